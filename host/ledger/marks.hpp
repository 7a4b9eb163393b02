#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <writ/abi/instrument.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <map>
#include <optional>

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

/// Value of a set of matched bets if closed now: `units` = sum of stake × odds, backs less lays,
/// `cash` = sum of stakes, lays less backs. `best_lay` and `best_back` are the best prices
/// available to lay and to back, none = empty (1000 and 1.01 are then assumed). Rounded against us.
[[nodiscard]] std::optional<Money> green_up_value(Money units, Money cash, Price best_back,
                                                  Price best_lay) noexcept;

/// Last valid best prices by instrument.
class Marks {
 public:
  /// Takes over the sides a fresh quote has. Returns whether the instrument has a mark now and had
  /// none before.
  bool note(std::uint32_t instrument, const Quote& quote);

  /// Conservative mark of a position. Spot and perpetuals fall back to the last valid price of the
  /// side, then of the other side, flagged stale; binaries follow `binary_mark`.
  [[nodiscard]] Mark mark(const writ_instrument& instrument, Quantity position,
                          const QuoteSource& quotes) const;
  /// The same from the last valid prices alone; stale.
  [[nodiscard]] Mark last(std::uint32_t instrument, Quantity position) const noexcept;

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  struct Sides {
    Price bid = Price::none();
    Price ask = Price::none();
  };
  std::map<std::uint32_t, Sides> last_;
};

}  // namespace writ::ledger
