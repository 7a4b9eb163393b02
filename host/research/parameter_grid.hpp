#pragma once

#include "host/config/config.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace writ::research {

/// What one trial is given instead of the configuration's own parameters.
using TrialParameters = std::vector<config::ParameterOverride>;

/// More sets than this are taken for a mistake.
inline constexpr std::size_t kTrialsMax = 1'000'000;

/// The parameter sets of a grid file, in the order of their trials: every combination of the lists
/// below `grid`, the last list changing fastest, then each set below `trials`.
///
///     grid:
///       mm: {gamma: ["0.05", "0.1"], order_notional: ["500", "1000"]}
///     trials:
///       - mm: {gamma: "0.2"}
///
/// Whether instances and parameters are there is for the check of the configuration to find: each
/// value has its place in this file. Throws base::InputError with file, line and column.
[[nodiscard]] std::vector<TrialParameters> read_parameter_grid(const std::filesystem::path& file);
/// The same of a text; `file` stands in messages.
[[nodiscard]] std::vector<TrialParameters> parse_parameter_grid(const std::string& text,
                                                                const std::string& file);

}  // namespace writ::research
