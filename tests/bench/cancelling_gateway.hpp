#pragma once

#include "host/execution/order_gateway.hpp"
#include "tests/support/report_on.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace writ::bench {

/// Takes every order and says at once that it is cancelled.
class CancellingGateway final : public execution::OrderGateway {
 public:
  void observe(const writ_record& input) override { now_ = input.ingest_ts; }
  void send(const writ_order& order) override {
    auto report = test::report_on(order, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_NO_LIQUIDITY);
    report.header.event_ts = report.header.ingest_ts = now_;
    report.venue_seq = ++sent_;
    waiting_.push_back(report);
  }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front().header.ingest_ts;
  }
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override {
    if (waiting_.empty() || waiting_.front().header.ingest_ts > until) return nullptr;
    taken_ = waiting_.front();
    waiting_.pop_front();
    return &taken_.header;
  }
  [[nodiscard]] std::vector<std::byte> save() const override { return {}; }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte>) override { return {}; }

  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  std::deque<writ_report> waiting_;
  writ_report taken_{};
  std::int64_t now_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace writ::bench
