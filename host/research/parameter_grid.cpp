#include "host/research/parameter_grid.hpp"

#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"
#include "host/config/yaml_text.hpp"

#include <array>
#include <utility>

namespace writ::research {
namespace {

using config::Node;

[[noreturn]] void refuse(const config::Place& place, const std::string& message) {
  throw base::InputError(place.file, place.line, place.column, message);
}

const char* word_of(Node::Kind kind) {
  constexpr std::array kWords = {"nothing", "a single value", "a list", "a mapping"};
  return kWords[static_cast<std::size_t>(kind)];
}

void need(const Node& node, Node::Kind kind, const std::string& what) {
  if (node.kind == kind) return;
  refuse(node.place, what + ": " + word_of(kind) + " is needed, not " + word_of(node.kind));
}

/// One parameter and what it is tried with.
struct Axis {
  std::string instance;
  std::string parameter;
  config::Place key;
  std::vector<Node> values;
};

// Instance by instance, parameter by parameter.
template <class Take>
void for_each_parameter(const Node& instances, const std::string& what, Take take) {
  need(instances, Node::Kind::kMapping, what);
  for (const auto& instance : instances.entries) {
    need(instance.value, Node::Kind::kMapping, what + "." + instance.key);
    for (const auto& parameter : instance.value.entries) {
      take(instance.key, parameter, what + "." + instance.key + "." + parameter.key);
    }
  }
}

std::vector<Axis> axes_of(const Node& grid) {
  std::vector<Axis> axes;
  for_each_parameter(grid, "grid", [&axes](const auto& instance, const auto& entry, auto what) {
    need(entry.value, Node::Kind::kList, what);
    if (entry.value.items.empty()) refuse(entry.value.place, what + " is empty");
    for (const Node& value : entry.value.items) need(value, Node::Kind::kScalar, what);
    axes.push_back({instance, entry.key, entry.place, entry.value.items});
  });
  if (axes.empty()) refuse(grid.place, "grid names no parameter");
  return axes;
}

void add_combinations(const Node& grid, std::vector<TrialParameters>& trials) {
  const auto axes = axes_of(grid);
  std::size_t count = 1;
  for (const auto& axis : axes) {
    count *= axis.values.size();
    if (count <= kTrialsMax) continue;
    refuse(grid.place, "grid: more than " + std::to_string(kTrialsMax) + " combinations");
  }
  for (std::size_t i = 0; i < count; ++i) {
    TrialParameters trial;
    std::size_t rest = i;
    std::size_t block = count;
    for (const auto& axis : axes) {
      block /= axis.values.size();
      trial.push_back({axis.instance, axis.parameter, axis.key, axis.values[rest / block]});
      rest %= block;
    }
    trials.push_back(std::move(trial));
  }
}

void add_listed(const Node& list, std::vector<TrialParameters>& trials) {
  need(list, Node::Kind::kList, "trials");
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    TrialParameters trial;
    const std::string what = "trials[" + std::to_string(i) + "]";
    for_each_parameter(list.items[i], what,
                       [&trial](const auto& instance, const auto& entry, const auto& where) {
                         need(entry.value, Node::Kind::kScalar, where);
                         trial.push_back({instance, entry.key, entry.place, entry.value});
                       });
    trials.push_back(std::move(trial));
  }
  if (trials.size() > kTrialsMax) {
    refuse(list.place, "trials: more than " + std::to_string(kTrialsMax));
  }
}

}  // namespace

std::vector<TrialParameters> parse_parameter_grid(const std::string& text,
                                                  const std::string& file) {
  const Node root = config::parse_yaml(text, file);
  need(root, Node::Kind::kMapping, "the grid file");
  std::vector<TrialParameters> trials;
  for (const auto& entry : root.entries) {
    if (entry.key == "grid" || entry.key == "trials") continue;
    const std::vector<std::string> known = {"grid", "trials"};
    refuse(entry.place, "unknown key \"" + entry.key + "\" in the grid file" +
                            base::near_name(entry.key, known));
  }
  if (const auto* grid = root.find("grid")) add_combinations(grid->value, trials);
  if (const auto* listed = root.find("trials")) add_listed(listed->value, trials);
  if (trials.empty()) throw base::InputError(file, "no parameter set: neither grid nor trials");
  return trials;
}

std::vector<TrialParameters> read_parameter_grid(const std::filesystem::path& file) {
  const auto text = base::read_file(file);
  if (!text) throw base::InputError(file.string(), to_string(text.error()));
  return parse_parameter_grid(*text, file.string());
}

}  // namespace writ::research
