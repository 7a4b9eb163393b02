#pragma once

#include <writ/abi/instrument.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::ledger {

/// An order that may fill or not; `quantity` is negative for a sale.
struct Offer {
  Quantity quantity;
  Price price;
  bool in_complement = false;  ///< in the other token of a binary

  friend bool operator==(const Offer&, const Offer&) = default;
};

class KeptOffers;

/// What a book of one market is worth in each of its outcomes, as an instrument of it sees them
/// (domain §1). Spot and perpetuals: the stress grid -10 %, -30 %, +10 %, +30 % of the reference
/// price, for spot also the floor of zero, against what the position is worth at the reference.
/// Binaries: YES, NO, and a split, less what `add_cash` says was paid. A selection: it wins, it
/// loses, and if `of_outcomes` has it, it is removed.
class Payoff {
 public:
  static constexpr std::size_t kOutcomes = 5;

  /// `position` signed; of a binary also that in the other token.
  [[nodiscard]] static Payoff of_tokens(Quantity position, Quantity complement);
  /// `kind`: spot or perpetual.
  [[nodiscard]] static Payoff of_position(std::uint32_t kind, Quantity position, Price reference);
  [[nodiscard]] static Payoff of_selection(Money if_wins, Money if_loses);
  /// The same beside the rest of its market.
  [[nodiscard]] static Payoff of_selection(Money if_wins, Money if_loses, Money if_removed);

  /// The same in every outcome.
  void add_cash(Money amount);
  /// Adds what buying (or selling, negative) so much at this price changes; of a selection a back
  /// (or lay) of that stake at these odds.
  void trade(Quantity quantity, Price price);
  /// The same for an order that may fill or not: what it takes, never what it gives. Exact over any
  /// set of orders, since each fills on its own.
  void offer(const Offer& offer);
  /// The same for all of them.
  void offer(const KeptOffers& offers);

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] Money outcome(std::size_t i) const;

  /// The least of the outcomes.
  [[nodiscard]] Int128 worst() const noexcept;
  /// What the least of them is below zero.
  [[nodiscard]] Money worst_loss() const noexcept;
  /// The same with one offer more.
  [[nodiscard]] Money worst_loss_with(const Offer& offer) const;

 private:
  friend class KeptOffers;
  using Outcomes = std::array<Int128, kOutcomes>;

  [[nodiscard]] Outcomes change(Quantity quantity, Price price) const;
  [[nodiscard]] Outcomes taken_by(const Offer& offer) const;
  void add(const Outcomes& change);
  void take(const Outcomes& taken);
  void keep_in_bounds();

  std::uint32_t kind_ = 0;
  Price reference_;
  /// Below the bound by no more than what was taken since it was kept: whether each offer is
  /// bounded or all at once is the same, since offers only take.
  Outcomes outcomes_{};
  std::size_t count_ = 0;
  std::uint32_t taken_unbounded_ = 0;
};

/// What the orders of a market take of each outcome, one after the other, and their sum. Gone
/// through again, only what another offer stands for now is computed.
class KeptOffers {
 public:
  /// From the first again, for this payoff.
  void begin(const Payoff& of);
  /// The next of them.
  void next(const Offer& offer) {
    if (count_ < offers_.size() && offers_[count_].offer == offer) {
      ++count_;
    } else {
      replace(offer);
    }
  }
  /// There are no more.
  void end();

 private:
  friend class Payoff;
  struct Taken {
    Offer offer;
    Payoff::Outcomes outcomes{};
  };

  void replace(const Offer& offer);

  Payoff of_;  ///< what they follow from: its kind and reference price
  std::vector<Taken> offers_;
  std::size_t count_ = 0;  ///< of them gone through
  Payoff::Outcomes sum_{};
};

}  // namespace writ::ledger
