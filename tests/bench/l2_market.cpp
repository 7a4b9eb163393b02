#include "tests/bench/l2_market.hpp"

#include "tests/bench/checked_data.hpp"
#include "tests/bench/split_mix.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace writ::bench {
namespace {

constexpr std::size_t kLevels = 20;
constexpr std::int64_t kDepth = kLevels;

// The best bid is at best_, the best ask one tick above.
class L2Market {
 public:
  explicit L2Market(std::uint64_t seed) : random_(seed) {}

  std::vector<L2Row> run(std::uint64_t changes) {
    for (std::size_t i = 0; i < kLevels; ++i) {
      bids_[i] = new_quantity();
      asks_[i] = new_quantity();
    }
    for (std::size_t i = 0; i < kLevels; ++i) change('B', bid_price(i), bids_[i]);
    for (std::size_t i = 0; i < kLevels; ++i) change('A', ask_price(i), asks_[i]);
    while (changes_ < changes) {
      ts_ += 1 + random_.below(4'000'000);
      const auto action = random_.below(1000);
      if (action < 30)
        move();
      else if (action < 120)
        trade();
      else
        requote();
    }
    return std::move(rows_);
  }

 private:
  [[nodiscard]] std::int64_t bid_price(std::size_t level) const {
    return best_ - static_cast<std::int64_t>(level);
  }
  [[nodiscard]] std::int64_t ask_price(std::size_t level) const {
    return best_ + 1 + static_cast<std::int64_t>(level);
  }
  std::int64_t new_quantity() {
    const auto usual = 50 + random_.below(2000);
    return usual + (random_.below(16) == 0 ? random_.below(20'000) : 0);
  }
  void emit(char kind, char side, std::int64_t price, std::int64_t quantity) {
    rows_.push_back({ts_, price, quantity, ++seq_, kind, side, 0});
  }
  void change(char side, std::int64_t price, std::int64_t quantity) {
    ++changes_;
    emit('D', side, price, quantity);
  }

  void move() {
    if (random_.below(50) == 0) trend_ = random_.below(21) - 10;
    bool up = random_.below(100) < 50 + trend_;
    if (best_ < kPriceMin) up = true;
    if (best_ > kPriceMax) up = false;
    auto& eaten = up ? asks_ : bids_;
    auto& grown = up ? bids_ : asks_;
    const std::int64_t gone = up ? best_ + 1 : best_;
    emit('T', up ? 'B' : 'S', gone, eaten[0]);
    change(up ? 'A' : 'B', gone, 0);
    std::rotate(eaten.begin(), eaten.begin() + 1, eaten.end());
    eaten.back() = new_quantity();
    std::rotate(grown.begin(), grown.end() - 1, grown.end());
    grown[0] = new_quantity();
    best_ += up ? 1 : -1;
    if (up) {
      change('B', best_, bids_[0]);
      change('B', best_ - kDepth, 0);
      change('A', best_ + kDepth, asks_.back());
    } else {
      change('A', best_ + 1, asks_[0]);
      change('A', best_ + kDepth + 1, 0);
      change('B', best_ - kDepth + 1, bids_.back());
    }
  }

  void trade() {
    const bool buy = random_.below(2) != 0;
    auto& best = buy ? asks_[0] : bids_[0];
    const std::int64_t price = buy ? best_ + 1 : best_;
    if (best > 20) {
      const auto most = std::min<std::int64_t>(best / 2, 400);
      const auto taken = 1 + random_.below(static_cast<std::uint32_t>(most));
      best -= taken;
      emit('T', buy ? 'B' : 'S', price, taken);
    } else {
      best += new_quantity();
    }
    change(buy ? 'A' : 'B', price, best);
  }

  void requote() {
    const bool ask = random_.below(2) != 0;
    const auto drawn = random_.below(400);
    const auto level = std::min(static_cast<std::size_t>(drawn * drawn / 8000),
                                kLevels - 1);  // near the top mostly
    auto& quantity = ask ? asks_[level] : bids_[level];
    quantity = new_quantity();
    change(ask ? 'A' : 'B', ask ? ask_price(level) : bid_price(level), quantity);
  }

  SplitMix random_;
  std::int64_t ts_ = kDataStartTs;
  std::int64_t best_ = kPriceStart;
  std::int64_t trend_ = 0;
  std::uint32_t seq_ = 0;
  std::uint64_t changes_ = 0;
  std::array<std::int64_t, kLevels> bids_{};
  std::array<std::int64_t, kLevels> asks_{};
  std::vector<L2Row> rows_;
};

}  // namespace

std::vector<L2Row> make_l2_market(std::uint64_t changes, std::uint64_t seed) {
  return L2Market{seed}.run(changes);
}

std::vector<L2Row> standard_l2_market() {
  auto rows = make_l2_market(5'000'000, 2);
  check_data("L2 market", std::as_bytes(std::span(rows)), kL2MarketSha256);
  return rows;
}

}  // namespace writ::bench
