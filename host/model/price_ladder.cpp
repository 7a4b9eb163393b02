#include "host/model/price_ladder.hpp"

#include <writ/abi/market.h>

#include <algorithm>
#include <array>
#include <limits>

namespace writ::model {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;
constexpr std::int64_t kLowestOdds = 1'010'000'000;
constexpr std::int64_t kHighestOdds = 1000 * kOne;
constexpr std::int64_t kFinestStep = 10'000'000;

constexpr std::array<PriceBand, 10> kClassic = {{{kLowestOdds, 2 * kOne, 10'000'000},
                                                 {2'020'000'000, 3 * kOne, 20'000'000},
                                                 {3'050'000'000, 4 * kOne, 50'000'000},
                                                 {4'100'000'000, 6 * kOne, 100'000'000},
                                                 {6'200'000'000, 10 * kOne, 200'000'000},
                                                 {10'500'000'000, 20 * kOne, 500'000'000},
                                                 {21 * kOne, 30 * kOne, kOne},
                                                 {32 * kOne, 50 * kOne, 2 * kOne},
                                                 {55 * kOne, 100 * kOne, 5 * kOne},
                                                 {110 * kOne, kHighestOdds, 10 * kOne}}};

/// The band of every ladder but CLASSIC; its bounds are the ladder's own.
PriceBand band_of_ladder(const writ_instrument& instrument) {
  if (instrument.ladder == WRIT_LADDER_FINEST) return {kLowestOdds, kHighestOdds, kFinestStep};
  const std::int64_t step = std::max<std::int64_t>(instrument.tick, 1);
  if (instrument.ladder == WRIT_LADDER_LINE && instrument.price_min != WRIT_NONE) {
    return {instrument.price_min, std::numeric_limits<std::int64_t>::max(), step};
  }
  if (instrument.kind == WRIT_KIND_BINARY) return {step, kOne - step, step};
  return {step, std::numeric_limits<std::int64_t>::max(), step};
}

}  // namespace

PriceLadder::PriceLadder(const writ_instrument& instrument)
    : classic_(instrument.ladder == WRIT_LADDER_CLASSIC),
      odds_(instrument.kind == WRIT_KIND_RUNNER),
      only_(classic_ ? PriceBand{} : band_of_ladder(instrument)),
      low_(bands().front().first),
      high_(bands().back().last) {
  // Each bound becomes the valid price next to it inside; without one the ladder is empty.
  if (instrument.price_min != WRIT_NONE) {
    const auto low = at_or_above(Price{instrument.price_min});
    low_ = low ? low->raw : std::numeric_limits<std::int64_t>::max();
  }
  if (instrument.price_max != WRIT_NONE) {
    const auto high = at_or_below(Price{instrument.price_max});
    high_ = high ? high->raw : std::numeric_limits<std::int64_t>::min();
  }
}

std::span<const PriceBand> PriceLadder::bands() const {
  return classic_ ? std::span<const PriceBand>(kClassic) : std::span<const PriceBand>(&only_, 1);
}

/// The last band that begins at or below the price; the first one for a lower price.
const PriceBand& PriceLadder::band_of(std::int64_t price) const {
  const auto all = bands();
  std::size_t at = 0;
  while (at + 1 < all.size() && all[at + 1].first <= price) ++at;
  return all[at];
}

std::optional<Price> PriceLadder::at_or_below(Price price) const {
  if (price.is_none() || price.raw < low_ || low_ > high_) return std::nullopt;
  const std::int64_t raw = std::min(price.raw, high_);
  const PriceBand& band = band_of(raw);
  return Price{std::min(raw - (raw - band.first) % band.step, band.last)};
}

std::optional<Price> PriceLadder::at_or_above(Price price) const {
  if (price.is_none() || price.raw > high_ || low_ > high_) return std::nullopt;
  if (price.raw <= low_) return Price{low_};
  const auto below = at_or_below(price);
  if (!below || *below == price) return below;
  const PriceBand& band = band_of(below->raw);
  if (band.last - below->raw >= band.step) return Price{below->raw + band.step};
  const PriceBand* next = &band + 1;
  const auto all = bands();
  if (next == all.data() + all.size()) return std::nullopt;
  return Price{next->first};
}

std::optional<Price> PriceLadder::nearest(Price price) const {
  const auto below = at_or_below(price);
  const auto above = at_or_above(price);
  if (!below || !above) return below ? below : above;
  return price.raw - below->raw <= above->raw - price.raw ? below : above;
}

std::optional<Price> PriceLadder::limit(std::uint16_t side, Price price) const {
  if (price.is_none() || price.raw < low_ || price.raw > high_) return std::nullopt;
  const bool wants_low = (side == WRIT_SIDE_BUY) != odds_;
  return wants_low ? at_or_below(price) : at_or_above(price);
}

std::optional<std::int64_t> PriceLadder::index_of(Price price) const {
  if (!contains(price)) return std::nullopt;
  std::int64_t index = 0;
  for (const PriceBand& band : bands()) {
    if (price.raw <= band.last) return index + (price.raw - band.first) / band.step;
    index += (band.last - band.first) / band.step + 1;
  }
  return std::nullopt;
}

std::optional<std::int64_t> PriceLadder::distance(Price from, Price to) const {
  const auto start = index_of(from);
  const auto end = index_of(to);
  if (!start || !end) return std::nullopt;
  return *end - *start;
}

Price PriceLadder::step_at(Price price) const { return Price{band_of(price.raw).step}; }

}  // namespace writ::model
