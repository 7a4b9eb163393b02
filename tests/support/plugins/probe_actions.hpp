#pragma once

#include <cstdint>

namespace writ::test {

/// What the plugin test.probe does on a trade whose trade_id is this.
enum class ProbeAction : std::uint64_t {
  kNothing,
  kBuy,
  kBuyOther,  ///< in the instrument after the trade's
  kThrow,     ///< after a submit
  kThrowInt,
  kBadJson,
  kBadUtf8,
  kOpaque,
  kWrongSize,
  kUnknownKind,
  kUnknownFlag,
  kNoSide,
  kConfidence,
  kPublish,
  kSetTimer,
  kRandom,
  kFlood,
  kFlushToZero,
  kLogFromThread,
  kBadLog,
  kGrow,  ///< its state becomes larger than the host's first buffer
  kBook,
  kWarmUpFlag,
};

}  // namespace writ::test
