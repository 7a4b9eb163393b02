#include "host/cli/recorded_recipe.hpp"

#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/cli/assemble.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/numbering.hpp"
#include "host/cli/plugin_source.hpp"
#include "host/engine/pipeline.hpp"
#include "host/model/record_view.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

std::vector<std::uint32_t> instrument_numbers(const model::InstrumentTable& tables) {
  std::vector<std::uint32_t> numbers;
  for (const auto* instrument : tables.instruments()) numbers.push_back(instrument->instrument);
  return numbers;
}

// A build that was rolled back took the configuration's parameters with it.
std::vector<plugin::ParameterText> parameters_of(const config::InstanceConfig& instance,
                                                 const model::InstrumentTable& tables) {
  std::vector<plugin::ParameterText> texts;
  const auto& known = *tables.instance(*tables.find_instance(instance.name));
  const auto values = boost::json::parse(model::tail_text(known, known.parameters_size));
  for (const auto& [name, value] : values.as_object()) {
    texts.push_back(
        {name, value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value)});
  }
  return texts;
}

}  // namespace

config::Loaded recorded_config(const std::string& text, const std::filesystem::path& run_folder) {
  config::Loaded loaded;
  loaded.document =
      config::Document::recorded(text, run_folder.string() + ": recorded configuration");
  loaded.config = config::read_config(loaded.document, run_folder);
  return loaded;
}

engine::Recipe recorded_recipe(config::Loaded& loaded, const std::filesystem::path& run_folder,
                               const model::InstrumentTable& tables, std::uint32_t seed,
                               FindRecorded find, const FindParameters& parameters) {
  Numbering numbering(tables);
  engine::Recipe recipe;
  recipe.instances = assemble_instances(
      loaded,
      [&](const config::InstanceConfig& instance) {
        FoundPlugin found{find(instance, tables), std::nullopt};
        if (parameters) found.parameters = parameters(instance);
        return found;
      },
      isolation_in(loaded.config.mode, nullptr), instrument_numbers(tables), numbering);
  recipe.core = core_options(loaded.config, numbering.tables(), seed);
  recipe.reload = [run_folder, find = std::move(find)](std::string_view text,
                                                       const engine::Pipeline& core) {
    auto changed = recorded_config(std::string(text), run_folder);
    const auto now = core.announced_tables();
    Numbering later(now);
    auto instances = assemble_instances(
        changed,
        [&](const config::InstanceConfig& instance) {
          return FoundPlugin{find(instance, now), std::nullopt};
        },
        isolation_in(changed.config.mode, nullptr), instrument_numbers(now), later);
    auto reload = compare_instances(core.setups(), std::move(instances));
    reload.arbiter = arbiter_options(changed.config, now);
    return reload;
  };
  return recipe;
}

engine::Recipe recipe_of_past(const engine::Past& past, const std::filesystem::path& journal_folder,
                              std::uint32_t seed) {
  auto loaded = recorded_config(past.config_text, past.folder);
  auto modules = std::make_shared<RecordedModules>(journal_folder / "objects");
  return recorded_recipe(
      loaded, past.folder, past.checkpoint_tables, seed,
      [modules = std::move(modules), folder = past.folder](const config::InstanceConfig& instance,
                                                           const model::InstrumentTable& tables) {
        const auto number = tables.find_instance(instance.name);
        if (!number) {
          throw base::InputError(folder.string(),
                                 "no instance \"" + instance.name + "\" on record");
        }
        return modules->open(base::to_hex(tables.instance(*number)->object_hash),
                             instance.isolation);
      },
      [&past](const config::InstanceConfig& instance) {
        return parameters_of(instance, past.checkpoint_tables);
      });
}

}  // namespace writ::cli
