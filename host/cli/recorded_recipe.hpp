#pragma once

#include "host/config/config.hpp"
#include "host/engine/past.hpp"
#include "host/engine/setup.hpp"
#include "host/model/instrument_table.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/parameters.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace writ::cli {

/// The build of an instance's plugin, by the tables of the run it is on record in. Throws
/// base::InputError if it cannot be had.
using FindRecorded = std::function<std::shared_ptr<const plugin::Module>(
    const config::InstanceConfig& instance, const model::InstrumentTable& tables)>;

/// The parameters an instance worked with where the run on record begins.
using FindParameters =
    std::function<std::vector<plugin::ParameterText>(const config::InstanceConfig& instance)>;

/// The configuration of a CONFIG record. `run_folder` is for messages and relative paths.
[[nodiscard]] config::Loaded recorded_config(const std::string& text,
                                             const std::filesystem::path& run_folder);

/// What a run on record was made of, by a configuration and the run's tables where it begins. Each
/// reload is compared with what works in the core then. Without `parameters` those it begins with
/// are the configuration's. Throws base::InputError if a plugin or a parameter does not fit.
[[nodiscard]] engine::Recipe recorded_recipe(config::Loaded& loaded,
                                             const std::filesystem::path& run_folder,
                                             const model::InstrumentTable& tables,
                                             std::uint32_t seed, FindRecorded find,
                                             const FindParameters& parameters = {});

/// The recipe of the run to be continued, its plugins loaded from the journal's objects/.
[[nodiscard]] engine::Recipe recipe_of_past(const engine::Past& past,
                                            const std::filesystem::path& journal_folder,
                                            std::uint32_t seed);

}  // namespace writ::cli
