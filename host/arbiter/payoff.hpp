#pragma once

#include <writ/abi/instrument.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace writ::arbiter {

/// What a book of one market is worth in each outcome, up to a constant. Spot and perpetuals: the
/// stress grid -10 %, -30 %, +10 %, +30 %, for spot also the floor of zero, in tenths of the
/// reference price. Binaries: YES, NO, and a split. A selection: it wins, it loses (domain §1).
class Payoff {
 public:
  static constexpr std::size_t kOutcomes = 5;

  /// `kind` is the instrument's, `position` signed, `complement` that in the other token. For a
  /// selection use `of_bets`.
  [[nodiscard]] static Payoff of(std::uint32_t kind, Quantity position, Quantity complement);
  [[nodiscard]] static Payoff of_bets(Money if_wins, Money if_loses);

  /// Adds what buying (or selling, signed) that much changes: the position at the reference for
  /// spot and perpetuals; payoff less price for a binary; for a selection a back (or lay) of that
  /// stake at these odds.
  void trade(std::uint32_t kind, Quantity quantity, Price price);

  /// The least of the outcomes; the worst-case loss is what it is below zero.
  [[nodiscard]] Int128 worst() const noexcept;

 private:
  std::array<Int128, kOutcomes> outcomes_{};
  std::size_t count_ = 0;
};

}  // namespace writ::arbiter
