#pragma once

#include "host/venue/paper/latency.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace writ::venue::paper {

/// How the place of a resting order in its queue is estimated when its level gets smaller.
enum class QueueKind : std::uint8_t {
  kRiskAverse,  ///< moves ahead by trades only: the most careful estimate
  // Some of what left without a trade stood ahead; with b behind us and f ahead, the rest is by
  kPower,   ///< b^n / (b^n + f^n)
  kLog,     ///< ln(1 + b) / (ln(1 + b) + ln(1 + f))
  kPower3,  ///< 1 - (f / (f + b))^n
};

struct QueueModel {
  QueueKind kind = QueueKind::kRiskAverse;
  int power = 3;  ///< n, 1 to 10
};

/// Whose rest expires when an order would trade with a resting one of the same account.
enum class SelfTrade : std::uint8_t {
  kExpireTaker,
  kExpireMaker,
  kExpireBoth,
  kDecrement,  ///< both lose the smaller quantity
};

/// How the simulated exchange behaves. Times are core time.
struct PaperOptions {
  std::int64_t order_latency_ns = 1'000'000;   ///< from the decision to the exchange, >= 0
  std::int64_t report_latency_ns = 1'000'000;  ///< from the exchange to the host, >= 0
  QueueModel queue_model;
  SelfTrade self_trade = SelfTrade::kExpireTaker;
  /// In play, how long a bet waits at the exchange where the market does not say, >= 0.
  std::int64_t bet_delay_ns = 5'000'000'000;
  std::shared_ptr<const RecordedLatency> recorded_latency = nullptr;  ///< in place of constants
  std::string id_prefix = {};  ///< before each id the exchange gives to an order or a trade
};

}  // namespace writ::venue::paper
