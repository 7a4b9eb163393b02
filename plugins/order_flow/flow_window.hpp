#pragma once

#include <writ/abi/market.h>
#include <writ/int128.hpp>
#include <writ/quantity.hpp>
#include <writ/state.hpp>
#include <writ/time.hpp>

#include <cstdint>
#include <deque>
#include <stdexcept>

namespace writ::order_flow {

/// Signed and total volume of the trades in [T - W, T): a trade at T itself counts from the next
/// instant on. Exact integers, so the sums never drift and do not depend on how they were reached.
class FlowWindow {
 public:
  /// A trade by an aggressor of this side; times do not decrease. One without side or size is none.
  void add(ReceiveTime time, std::uint16_t side, Quantity quantity) {
    if (side != WRIT_SIDE_BUY && side != WRIT_SIDE_SELL) return;
    if (quantity.raw <= 0) return;
    const std::int64_t signed_quantity = side == WRIT_SIDE_BUY ? quantity.raw : -quantity.raw;
    if (trades_.empty() && !started_) start_ = time;
    started_ = true;
    trades_.push_back({time, signed_quantity});
  }

  /// Moves the window to [now - width, now).
  void advance(ReceiveTime now, Duration width) {
    for (; counted_ < trades_.size() && trades_[counted_].time < now; ++counted_) {
      enter(trades_[counted_], 1);
    }
    const ReceiveTime begin = now - width;
    while (counted_ > 0 && trades_.front().time < begin) {
      enter(trades_.front(), -1);
      trades_.pop_front();
      --counted_;
    }
  }

  /// Buyers' minus sellers' volume, in units of 1e-9.
  [[nodiscard]] Int128 cvd() const noexcept { return signed_; }
  [[nodiscard]] Int128 volume() const noexcept { return total_; }
  /// Whether the window lies wholly after the first trade seen.
  [[nodiscard]] bool warm(ReceiveTime now, Duration width) const noexcept {
    return started_ && start_ <= now - width;
  }

  void save(StateWriter& state) const {
    state.put(started_);
    state.put(start_);
    state.put(static_cast<std::uint64_t>(counted_));
    state.put(static_cast<std::uint64_t>(trades_.size()));
    for (const Trade& trade : trades_) {
      state.put(trade.time);
      state.put(trade.signed_quantity);
    }
  }
  void load(StateReader& state) {
    *this = {};
    started_ = state.get_bool();
    start_ = state.get<ReceiveTime>();
    const auto counted = state.get<std::uint64_t>();
    const std::size_t count = state.get_count(16);
    if (counted > count) throw StateError("order flow: more trades counted than kept");
    for (std::size_t i = 0; i < count; ++i) {
      const auto time = state.get<ReceiveTime>();
      trades_.push_back({time, state.get<std::int64_t>()});
      if (i < counted) enter(trades_.back(), 1);
    }
    counted_ = static_cast<std::size_t>(counted);
  }

 private:
  struct Trade {
    ReceiveTime time;
    std::int64_t signed_quantity;
  };
  void enter(const Trade& trade, int sign) noexcept {
    const Int128 quantity = trade.signed_quantity;
    signed_ += sign * quantity;
    total_ += sign * (quantity < 0 ? -quantity : quantity);
  }

  std::deque<Trade> trades_;
  std::size_t counted_ = 0;  // of trades_, from the front: those before the window's end
  Int128 signed_ = 0;
  Int128 total_ = 0;
  ReceiveTime start_;
  bool started_ = false;
};

}  // namespace writ::order_flow
