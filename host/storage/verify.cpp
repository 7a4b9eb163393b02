#include "host/storage/verify.hpp"

#include "host/storage/checks.hpp"

#include <utility>

namespace writ::storage {

base::Result<std::vector<Check>> verify(Database& database) {
  constexpr base::Result<Check> (*kChecks[])(Database&) = {check_rejects,
                                                           check_verdict_after_intent,
                                                           check_order_approved,
                                                           check_chain,
                                                           check_fills_within_order,
                                                           check_realized,
                                                           check_cash,
                                                           check_equity};
  std::vector<Check> made;
  for (const auto check : kChecks) {
    auto found = check(database);
    if (!found) return found.error();
    made.push_back(std::move(*found));
  }
  return made;
}

}  // namespace writ::storage
