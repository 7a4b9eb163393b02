#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <writ/ids.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace writ::ledger {

/// What enters a queue: units of a payoff, bought (positive) or sold, and what they cost.
struct LotFill {
  std::uint64_t fill_id;
  Quantity quantity;  ///< signed
  Price price;        ///< as shown: of win units, the odds of their bet
  Money cost;         ///< signed as the quantity: price × quantity, of a bet its stake
  Money fee;
};

/// What is left of one opening fill.
struct Lot {
  std::uint64_t fill_id;
  Quantity quantity;  ///< signed, never zero
  Price price;
  Money cost;  ///< of what is left, signed as the quantity
  Money fee_remaining;
};

/// Part of a fill that closed part of a lot.
struct LotMatch {
  std::uint64_t open_fill;
  Quantity quantity;  ///< > 0
  Price entry;
  Money cost;  ///< taken off the lot
  Money gross;
  Money open_fee;   ///< the lot's part
  Money close_fee;  ///< the fill's part
};

/// What one fill did to a queue: it closed, in order, and what remained opened a lot.
struct LotChange {
  std::vector<LotMatch> matches;
  Quantity opened;  ///< signed; zero if the fill only closed
  Money opened_cost;
  Money opened_fee;
  Money gross;  ///< sum over the matches
  std::uint64_t fill_id = 0;
  Price price;
  Quantity position_after;
  Money cost_after;
};

/// Open lots, first in first out. All of one sign. What is priced has exact results; a cost or a
/// fee that does not divide is split so that its parts add up to it (domain §2).
class FifoLots {
 public:
  /// What a fill would do: it closes from the front, then opens with the rest. Errors: kInvalid for
  /// a quantity of zero or none or a price of none, kOverflow.
  [[nodiscard]] base::Result<LotChange> plan(const LotFill& fill) const;
  /// The same for what costs price × quantity.
  [[nodiscard]] base::Result<LotChange> plan(std::uint64_t fill_id, Quantity quantity, Price price,
                                             Money fee) const;
  /// Does what was planned on this very state.
  void apply(const LotChange& change);
  /// Both.
  [[nodiscard]] base::Result<LotChange> fill(const LotFill& fill);
  [[nodiscard]] base::Result<LotChange> fill(std::uint64_t fill_id, Quantity quantity, Price price,
                                             Money fee);

  [[nodiscard]] Quantity position() const noexcept { return position_; }
  /// Sum of the lots' costs.
  [[nodiscard]] Money cost() const noexcept { return cost_; }
  /// position × mark - cost, for what is priced. Nothing if it would not fit.
  [[nodiscard]] std::optional<Money> unrealized(Price mark) const noexcept;
  [[nodiscard]] const std::deque<Lot>& lots() const noexcept { return lots_; }

  void save(base::ByteWriter& out) const;
  /// Errors: kCorrupt; the queue is then empty.
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  std::deque<Lot> lots_;
  Quantity position_;
  Money cost_;
};

}  // namespace writ::ledger
