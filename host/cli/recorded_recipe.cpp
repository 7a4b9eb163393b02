#include "host/cli/recorded_recipe.hpp"

#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/cli/assemble.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/numbering.hpp"
#include "host/model/record_view.hpp"

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

}  // namespace

config::Loaded recorded_config(const std::string& text, const std::filesystem::path& run_folder) {
  config::Loaded loaded;
  loaded.document =
      config::Document::recorded(text, run_folder.string() + ": recorded configuration");
  loaded.config = config::read_config(loaded.document, run_folder);
  return loaded;
}

engine::Recipe recorded_recipe(config::Loaded& loaded, const std::filesystem::path& run_folder,
                               const model::InstrumentTable& tables,
                               const model::InstrumentTable& all_tables, std::uint32_t seed,
                               FindRecorded find) {
  Numbering numbering(tables);
  engine::Recipe recipe;
  recipe.instances = assemble_instances(
      loaded, [&](const config::InstanceConfig& instance) { return find(instance, tables); },
      isolation_in(loaded.config.mode, nullptr), instrument_numbers(tables), numbering);
  recipe.core = core_options(loaded.config, numbering.tables(), seed);
  recipe.reload = [&all_tables, run_folder, find = std::move(find),
                   running = recipe.instances](std::string_view text) mutable {
    auto changed = recorded_config(std::string(text), run_folder);
    Numbering later(all_tables);
    auto instances = assemble_instances(
        changed, [&](const config::InstanceConfig& instance) { return find(instance, all_tables); },
        isolation_in(changed.config.mode, nullptr), instrument_numbers(all_tables), later);
    auto reload = compare_instances(running, instances);
    reload.arbiter = arbiter_options(changed.config, all_tables);
    running = std::move(instances);
    return reload;
  };
  return recipe;
}

engine::Recipe recipe_of_past(const engine::Past& past, const std::filesystem::path& journal_folder,
                              std::uint32_t seed) {
  auto loaded = recorded_config(past.config_text, past.folder);
  const auto objects = journal_folder / "objects";
  return recorded_recipe(loaded, past.folder, past.tables, past.tables, seed,
                         [objects, folder = past.folder](const config::InstanceConfig& instance,
                                                         const model::InstrumentTable& tables) {
                           const auto number = tables.find_instance(instance.name);
                           if (!number) {
                             throw base::InputError(
                                 folder.string(),
                                 "no instance \"" + instance.name + "\" on record");
                           }
                           const auto hash = base::to_hex(tables.instance(*number)->object_hash);
                           return plugin::Module::load(objects / hash, objects);
                         });
}

}  // namespace writ::cli
