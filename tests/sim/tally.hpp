#pragma once

#include "tests/sim/run_state.hpp"

#include <writ/abi/record.h>
#include <writ/int128.hpp>

#include <cstdint>
#include <iosfwd>
#include <map>
#include <utility>

namespace writ::test {

/// What was seen, so that a run that proves nothing is noticed.
struct Tally {
  std::uint64_t events = 0;
  std::uint64_t intents = 0;
  std::uint64_t by_host = 0;
  std::uint64_t approved = 0;
  std::uint64_t reduced = 0;  ///< approved for less than was asked
  std::uint64_t exits = 0;
  std::uint64_t orders = 0;
  std::uint64_t fills = 0;
  std::uint64_t repeated_fills = 0;
  std::uint64_t portfolios = 0;
  std::uint64_t halts = 0;
  std::map<std::uint32_t, std::uint64_t> commands;                   ///< by WRIT_OPERATOR_*
  std::map<std::uint32_t, std::uint64_t> kinds;                      ///< intents, by WRIT_INTENT_*
  std::map<std::uint32_t, std::uint64_t> instruments;                ///< fills, by WRIT_KIND_*
  std::map<std::uint32_t, std::uint64_t> vetoes;                     ///< by WRIT_CHECK_*
  std::map<std::pair<std::uint32_t, Int128>, std::uint64_t> limits;  ///< the same, and the limit
  std::map<std::uint32_t, std::uint64_t> order_states;               ///< by WRIT_ORDER_*
  std::map<std::uint32_t, std::uint64_t> inputs;                     ///< by WRIT_RECORD_*

  void on_record(const writ_record& record, const RunState& run);
  /// Adds what another run saw.
  void add(const Tally& other);
};

std::ostream& operator<<(std::ostream& out, const Tally& tally);

}  // namespace writ::test
