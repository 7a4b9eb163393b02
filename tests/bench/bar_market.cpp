#include "tests/bench/bar_market.hpp"

#include "tests/bench/checked_data.hpp"
#include "tests/bench/l2_market.hpp"
#include "tests/bench/split_mix.hpp"

#include <algorithm>
#include <span>

namespace writ::bench {

namespace {

constexpr std::size_t kBars = 1'000'000;

}  // namespace

std::vector<BarRow> first_bars(std::size_t count) {
  SplitMix random(3);
  std::vector<BarRow> bars(count);
  std::int64_t ts = kDataStartTs - std::int64_t{kBars} * kBarIntervalNs;
  std::int64_t price = kPriceStart;
  std::int64_t drift = 0;
  for (auto& bar : bars) {
    if (random.below(200) == 0) drift = random.below(21) - 10;
    bar = {ts, price, price, price, price, 0};
    for (int step = 0; step < 6; ++step) {
      price += random.below(201) - 100 + drift;
      if (price < 50'000) price += 300;
      if (price > 2'000'000) price -= 300;
      bar.high = std::max(bar.high, price);
      bar.low = std::min(bar.low, price);
    }
    bar.close = price;
    bar.volume = 100 + random.below(100'000);
    ts += kBarIntervalNs;
  }
  return bars;
}

std::vector<BarRow> standard_bars() {
  auto bars = first_bars(kBars);
  check_data("bars", std::as_bytes(std::span(bars)),
             "bda5a37611c5ad1c6f8478ce6b6cffc237af73d167a6262f9cb630ceeefcdd89");
  return bars;
}

}  // namespace writ::bench
