#pragma once

#include <cstdint>

namespace writ::venue::paper {

/// How the place of a resting order in its queue is estimated. One file each.
enum class QueueModel : std::uint8_t {
  kRiskAverse,  ///< moves ahead by trades only: the most careful estimate
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
  QueueModel queue_model = QueueModel::kRiskAverse;
  SelfTrade self_trade = SelfTrade::kExpireTaker;
};

}  // namespace writ::venue::paper
