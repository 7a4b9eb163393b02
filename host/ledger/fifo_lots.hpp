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

/// What is left of one opening fill.
struct Lot {
  std::uint64_t fill_id;
  Quantity quantity;  ///< signed, never zero
  Price price;
  Money fee_remaining;
};

/// Part of a fill that closed part of a lot.
struct LotMatch {
  std::uint64_t open_fill;
  Quantity quantity;  ///< > 0
  Price entry;
  Money gross;
  Money open_fee;   ///< the lot's part
  Money close_fee;  ///< the fill's part
};

/// What one fill did to a queue: it closed, in order, and what remained opened a lot.
struct LotChange {
  std::vector<LotMatch> matches;
  Quantity opened;  ///< signed; zero if the fill only closed
  Money opened_fee;
  Money gross;  ///< sum over the matches
  std::uint64_t fill_id = 0;
  Price price;
  Quantity position_after;
  Money cost_after;
};

/// Open lots, first in first out. All of one sign; prices, results and fees are exact, a fee is
/// split so that its parts add up to it (domain §2).
class FifoLots {
 public:
  /// What a fill would do: it closes from the front, then opens with the rest. `quantity` is signed
  /// (a sale is negative). Errors: kInvalid for a quantity of zero or none or a price of none,
  /// kOverflow.
  [[nodiscard]] base::Result<LotChange> plan(std::uint64_t fill_id, Quantity quantity, Price price,
                                             Money fee) const;
  /// Does what was planned on this very state.
  void apply(const LotChange& change);
  /// Both.
  [[nodiscard]] base::Result<LotChange> fill(std::uint64_t fill_id, Quantity quantity, Price price,
                                             Money fee);

  [[nodiscard]] Quantity position() const noexcept { return position_; }
  /// Sum of price × signed quantity over the lots.
  [[nodiscard]] Money cost() const noexcept { return cost_; }
  /// position × mark - cost. Nothing if it would not fit.
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
