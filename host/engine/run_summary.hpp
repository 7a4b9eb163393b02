#pragma once

#include "host/base/dense_map.hpp"

#include <writ/abi/record.h>
#include <writ/money.hpp>
#include <writ/rate.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <utility>

namespace writ::engine {

/// What a run amounted to, counted from its records as they pass. Everything here can be counted
/// again from the journal. [sequencer-thread]
class RunSummary {
 public:
  void add(const writ_record& record);

  struct Instance {
    std::uint64_t intents = 0;
    std::uint64_t approved = 0;
    std::uint64_t vetoed = 0;
    std::uint64_t orders = 0;
    std::uint64_t fills = 0;
    Money realized;  // gross of fees
    Money unrealized;
    Money fees;
  };

  std::uint64_t records = 0;
  std::uint64_t events = 0;  // market inputs
  std::uint64_t intents = 0;
  std::uint64_t warmup_intents = 0;
  std::uint64_t approved = 0;
  std::uint64_t vetoed = 0;
  std::uint64_t orders = 0;
  std::uint64_t fills = 0;
  std::uint64_t shadow_fills = 0;  // of these, in the shadow book
  std::uint64_t incidents = 0;
  std::int64_t first_ts = 0;  // core time of the first and last input
  std::int64_t last_ts = 0;
  std::uint64_t last_filled_order = 0;  // id; 0 = none
  /// The deepest an account stood below its peak, at its PORTFOLIO records.
  struct Drawdown {
    Money amount;
    Rate fraction;  // the largest, of the peak then
  };
  std::map<std::uint32_t, Drawdown> drawdowns;  // by account
  base::DenseMap<std::uint64_t> by_type;
  std::map<std::uint16_t, std::uint64_t> vetoes;  // WRIT_CHECK_* that failed
  std::map<std::uint16_t, std::uint64_t> incidents_by_code;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Instance> instances;  // by account as well
};

}  // namespace writ::engine
