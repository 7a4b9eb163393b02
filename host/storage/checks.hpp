#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"
#include "host/storage/verify.hpp"

#include <string>
#include <string_view>

namespace writ::storage {

// The checks of verify(), by what they need.
[[nodiscard]] base::Result<Check> check_rejects(Database& database);
[[nodiscard]] base::Result<Check> check_verdict_after_intent(Database& database);
[[nodiscard]] base::Result<Check> check_order_approved(Database& database);
[[nodiscard]] base::Result<Check> check_chain(Database& database);
[[nodiscard]] base::Result<Check> check_fills_within_order(Database& database);
[[nodiscard]] base::Result<Check> check_realized(Database& database);
[[nodiscard]] base::Result<Check> check_cash(Database& database);
[[nodiscard]] base::Result<Check> check_equity(Database& database);

/// The check of what SQL can say: `examined` counts, `violations` gives one line of text a row.
[[nodiscard]] base::Result<Check> check_rows(Database& database, Check made,
                                             std::string_view examined,
                                             std::string_view violations);

/// Counts a violation and keeps the line of the first.
void violate(Check& check, const std::string& line);

}  // namespace writ::storage
