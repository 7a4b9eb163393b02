#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace writ::bench {

/// The least book: a ring of quantities by tick for each side. Enough for a market whose levels
/// stay within its size and whose sides are never empty.
class TickRing {
 public:
  void set(bool bid, std::int64_t price, std::int64_t quantity) {
    auto& side = sides_[bid ? 0 : 1];
    side.quantity[slot(price)] = quantity;
    if (bid) {
      if (quantity != 0 && price > side.best) side.best = price;
      while (side.quantity[slot(side.best)] == 0) --side.best;
    } else {
      if (quantity != 0 && price < side.best) side.best = price;
      while (side.quantity[slot(side.best)] == 0) ++side.best;
    }
  }
  [[nodiscard]] std::int64_t bid() const { return sides_[0].best; }
  [[nodiscard]] std::int64_t ask() const { return sides_[1].best; }
  [[nodiscard]] std::int64_t quantity(bool bid, std::int64_t price) const {
    return sides_[bid ? 0 : 1].quantity[slot(price)];
  }

 private:
  static constexpr std::size_t kSize = 4096;
  static std::size_t slot(std::int64_t price) { return static_cast<std::size_t>(price) % kSize; }

  struct OneSide {
    std::array<std::int64_t, kSize> quantity{};
    std::int64_t best = 0;
  };
  OneSide sides_[2] = {{{}, 0}, {{}, INT64_MAX / 2}};
};

}  // namespace writ::bench
