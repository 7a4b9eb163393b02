#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/dense_map.hpp"
#include "host/base/result.hpp"

#include <writ/abi/instrument.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>

namespace writ::ledger {

/// Best prices of one instrument, none where a side is empty.
struct Quote {
  Price bid = Price::none();
  Price ask = Price::none();
  bool fresh = false;  ///< in sync, not stale, not crossed: fit to mark a position with
};

/// Where the ledger reads best prices. [sequencer-thread]
class QuoteSource {
 public:
  virtual ~QuoteSource() = default;
  [[nodiscard]] virtual Quote quote(std::uint32_t instrument) const = 0;
};

/// The price a position is valued at.
struct Mark {
  Price price = Price::none();  ///< none = there never was one
  bool stale = true;            ///< not from a book that can be trusted now
};

/// Long at the best bid, short at the best ask of the same token; a missing side of a binary from
/// the complement's opposite side, else the worst payoff: 0 for a long, 1 for a short (domain §3).
/// Position zero counts as long.
[[nodiscard]] Price binary_mark(Quantity position, const Quote& own,
                                const Quote& complement) noexcept;

/// The odds at which win units are closed now: won by laying at the best odds there are to lay (the
/// ask), owed by backing at the best there are to back (the bid). For an empty side the worst odds
/// of the ladder: 1000 and 1.01. Units of zero count as won (domain §3).
[[nodiscard]] Price runner_mark(Quantity units, const Quote& quote) noexcept;

/// Last valid best prices by instrument.
class Marks {
 public:
  /// Takes over the sides a fresh quote has. Returns whether the instrument has a mark now and had
  /// none before.
  bool note(std::uint32_t instrument, const Quote& quote);

  /// Conservative mark of a position. Spot and perpetuals fall back to the last valid price of the
  /// side, then of the other side, flagged stale; binaries follow `binary_mark`, win units
  /// `runner_mark`.
  [[nodiscard]] Mark mark(const writ_instrument& instrument, Quantity position,
                          const QuoteSource& quotes) const;
  /// The last valid best prices, not fresh; none where there never was one.
  [[nodiscard]] Quote remembered(std::uint32_t instrument) const noexcept;
  /// The same from the last valid prices alone; stale.
  [[nodiscard]] Mark last(std::uint32_t instrument, Quantity position) const noexcept;

  /// Middle of the last valid prices; none unless both sides had one.
  [[nodiscard]] Price mid(std::uint32_t instrument) const noexcept;

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  struct Sides {
    Price bid = Price::none();
    Price ask = Price::none();
  };
  base::DenseMap<Sides> last_;  // by instrument
};

}  // namespace writ::ledger
