#include "host/cli/reloader.hpp"

#include "host/base/input_error.hpp"
#include "host/cli/assemble.hpp"
#include "host/cli/core_options.hpp"
#include "host/config/difference.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace writ::cli {
namespace {

// Sections of the configuration that may change while the host runs.
constexpr std::array<std::string_view, 5> kChangeable = {"risk", "ownership", "signals",
                                                         "strategies", "plugins.dirs"};

bool may_change(std::string_view path) {
  for (const auto section : kChangeable) {
    if (path.substr(0, section.size()) != section) continue;
    if (path.size() == section.size() ||
        path.find_first_of(".[ ", section.size()) == section.size()) {
      return true;
    }
  }
  return false;
}

void refuse_fixed(const config::Document& after, const std::vector<config::Difference>& found) {
  for (const auto& difference : found) {
    if (may_change(difference.path)) continue;
    const auto& place = after.key_place(difference.place);
    throw base::InputError(
        place.file, place.line, place.column,
        difference.path + " cannot change while the host runs: stop and start it");
  }
}

}  // namespace

boost::json::object Reloader::reload(engine::Run& run, const boost::json::object& asked) {
  auto loaded = config::load_config(file_, overrides_);
  Numbering numbering(run.pipeline().tables());
  auto deposits = assemble_accounts(loaded.config, numbering);
  const auto instances =
      assemble_instances(loaded, find_in_folders(loaded),
                         isolation_in(loaded.config.mode, &outside_), instruments_, numbering);
  refuse_unknown_markets(loaded, numbering.tables());
  // After assembling: the parameters of both are then full sets.
  const auto found = config::difference(document_.values(), loaded.document.values());
  refuse_fixed(loaded.document, found);

  engine::ReloadSetup setup;
  setup.config_text = loaded.document.canonical();
  setup.config_hash = digest_of(loaded.document.hash());
  setup.tables = numbering.changed();
  setup.deposits = std::move(deposits);
  setup.changes = compare_instances(instances_, instances);
  setup.changes.arbiter = arbiter_options(loaded.config, numbering.tables());

  boost::json::object answer;
  auto& lines = answer["changes"].emplace_array();
  for (const auto& difference : found) {
    lines.push_back(boost::json::value(config::to_string(difference)));
  }
  answer["added"] = setup.changes.added.size();
  answer["changed"] = setup.changes.changed.size();
  answer["removed"] = setup.changes.removed.size();
  answer["config_hash"] = loaded.document.hash();
  const auto* dry_run = asked.if_contains("dry_run");
  const bool only_says = dry_run != nullptr && dry_run->is_bool() && dry_run->get_bool();
  answer["applied"] = !only_says;
  if (only_says) return answer;

  run.reload(setup);
  document_ = std::move(loaded.document);
  instances_ = instances;
  return answer;
}

}  // namespace writ::cli
