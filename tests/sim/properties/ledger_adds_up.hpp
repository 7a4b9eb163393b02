#pragma once

#include "tests/sim/property.hpp"

#include <writ/abi/journal.h>
#include <writ/int128.hpp>

#include <cstdint>
#include <map>
#include <utility>

namespace writ::test {

/// After every event: each balance is the sum of its rows and of what came in, each fill is booked
/// whole, equity is the sum of what changed it and of its parts, each strategy's rows are its
/// result, and the strategies' lots are the account's position. To the last unit.
class LedgerAddsUp final : public Property {
 public:
  void on_record(const writ_record& record, const RunState& run) override;
  void on_event_end(const RunState& run) override;

 private:
  void on_ledger(const writ_ledger& row);
  void on_executed_trade(const writ_executed_trade& leg, const RunState& run);
  void on_portfolio(const writ_portfolio& portfolio, const RunState& run);
  void check_positions(const writ_portfolio& portfolio, const RunState& run);
  void check_cash(const RunState& run);
  void check_fill(const RunState& run);
  void check_results(const RunState& run);

  std::map<std::uint32_t, std::map<std::uint32_t, Int128>> cash_;   // by CASH rows
  std::map<std::pair<std::uint32_t, RunState::Key>, Results> pnl_;  // by PNL rows
  Int128 traded_ = 0;                                               // of the event's fill
};

}  // namespace writ::test
