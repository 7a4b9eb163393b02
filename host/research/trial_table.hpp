#pragma once

#include "host/research/trial_rows.hpp"

#include <string>

namespace writ::research {

/// A canonical JSON line for each row.
[[nodiscard]] std::string json_lines(const TrialRows::Rows& rows);

/// The same as CSV (RFC 4180, lines end with LF): a value inside an object is named by the path to
/// it, such as `fees.USDT`. The trial, its parameters, then all else by name; a column for
/// everything that any row has, empty where a row has it not.
[[nodiscard]] std::string csv_table(const TrialRows::Rows& rows);

}  // namespace writ::research
