#pragma once

#include <writ/abi/instrument.h>
#include <writ/price.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace writ::model {

/// Prices from `first` to `last`, `step` apart; all at 1e-9.
struct PriceBand {
  std::int64_t first;
  std::int64_t last;
  std::int64_t step;
};

/// The valid prices of an instrument, as its `ladder` names them: multiples of the tick, of a
/// binary token from one tick to 1 less one tick; Betfair's CLASSIC (350 odds from 1.01 to 1000)
/// and FINEST (0.01 apart); the lines from price_min on, one tick apart. price_min and price_max
/// bound every ladder. With no tick known, every positive price is valid.
/// Source: Betfair, price increments of the Exchange API; domain of a ladder:
/// priceLadderDefinition.
class PriceLadder {
 public:
  explicit PriceLadder(const writ_instrument& instrument);

  [[nodiscard]] bool contains(Price price) const { return at_or_below(price) == price; }
  /// Nothing if no valid price is that low, or that high; nothing for a price that is none.
  [[nodiscard]] std::optional<Price> at_or_below(Price price) const;
  [[nodiscard]] std::optional<Price> at_or_above(Price price) const;
  /// The lower of two that are as near. Nothing for none and on a ladder without a price.
  [[nodiscard]] std::optional<Price> nearest(Price price) const;
  /// The price an order of this side asks for at most: rounded so that it is never worse than
  /// `price`. A buy rounds down and a sell up; in odds a back rounds up and a lay down. Nothing
  /// outside the ladder.
  [[nodiscard]] std::optional<Price> limit(std::uint16_t side, Price price) const;

  /// Place of a valid price, from 0 at the lowest; nothing for any other.
  [[nodiscard]] std::optional<std::int64_t> index_of(Price price) const;
  /// Steps from one valid price up to the other, negative if that is lower.
  [[nodiscard]] std::optional<std::int64_t> distance(Price from, Price to) const;
  /// How far apart the valid prices around this one are.
  [[nodiscard]] Price step_at(Price price) const;

 private:
  [[nodiscard]] std::span<const PriceBand> bands() const;
  [[nodiscard]] const PriceBand& band_of(std::int64_t price) const;

  bool classic_;
  bool odds_;
  PriceBand only_{};  ///< of every other ladder
  std::int64_t low_;  ///< the lowest valid price; above high_ if there is none
  std::int64_t high_;
};

}  // namespace writ::model
