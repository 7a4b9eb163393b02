#pragma once

#include "words.hpp"

#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace writ::venue_sim {

/// The owner of the liquidity that is nobody's: the rest of the market.
inline constexpr std::uint32_t kRestOfMarket = 0;

/// What rests of one order.
struct Resting {
  std::uint64_t order = 0;  ///< 0: the rest of the market's
  std::uint32_t account = kRestOfMarket;
  Quantity left;
};

struct BookLevel {
  Price price;
  Quantity quantity;
};

/// Best first.
using BookLevels = std::vector<BookLevel>;

/// Levels changed since some update; a quantity of 0 is a level that is gone.
struct BookChanges {
  std::uint64_t first_id = 0;
  std::uint64_t last_id = 0;
  BookLevels bids;
  BookLevels asks;
};

/// The resting orders of one symbol, by price, then by arrival. Each change of a level is one
/// update, numbered without a hole.
class Book {
 public:
  [[nodiscard]] std::uint64_t last_id() const noexcept { return last_id_; }
  /// nullptr on an empty side. Valid until the next change.
  [[nodiscard]] const Resting* front(Side side) const noexcept;
  [[nodiscard]] std::optional<Price> best(Side side) const noexcept;
  [[nodiscard]] std::optional<BookLevel> top(Side side) const noexcept;
  [[nodiscard]] BookLevels levels(Side side, std::size_t depth) const;
  [[nodiscard]] Quantity quantity_at(Side side, Price price) const noexcept;
  /// How much of `price` is the rest of the market's.
  [[nodiscard]] Quantity others_at(Side side, Price price) const noexcept;
  /// What could be taken from `side` at prices not worse than `limit`, of others than `account`.
  [[nodiscard]] Quantity available(Side side, Price limit, std::uint32_t account) const;

  /// Behind everything of that price.
  void add(Side side, Price price, const Resting& resting);
  /// Takes from the first of the best level.
  void take_front(Side side, Quantity quantity);
  /// Takes an order out, or part of it, its place kept.
  void remove(Side side, Price price, std::uint64_t order);
  void reduce(Side side, Price price, std::uint64_t order, Quantity by);
  /// Takes from what is the rest of the market's at a price, last come first.
  void withdraw_others(Side side, Price price, Quantity by);
  /// Calls `visit(price, quantity)` for each level, best first, with what of it is the rest of the
  /// market's, until it returns false.
  void each_others(Side side, const std::function<bool(Price, Quantity)>& visit) const;

  /// What changed after update `id`. Ids from before `forget` cannot be asked for any more.
  [[nodiscard]] BookChanges changes_since(std::uint64_t id) const;
  void forget(std::uint64_t up_to_id);

 private:
  struct Level {
    std::deque<Resting> queue;
    Quantity total;
  };
  // Of a key that sorts the best first: the price of an ask, the negative price of a bid.
  using Levels = std::map<std::int64_t, Level>;

  [[nodiscard]] static std::int64_t key(Side side, Price price) noexcept {
    return side == Side::kBuy ? -price.raw : price.raw;
  }
  [[nodiscard]] static Price price_of(Side side, std::int64_t key) noexcept {
    return Price{side == Side::kBuy ? -key : key};
  }
  [[nodiscard]] Levels& levels_of(Side side) noexcept { return side == Side::kBuy ? bids_ : asks_; }
  [[nodiscard]] const Levels& levels_of(Side side) const noexcept {
    return side == Side::kBuy ? bids_ : asks_;
  }
  void changed(Side side, Levels::iterator level);
  [[nodiscard]] std::pair<Levels::iterator, std::deque<Resting>::iterator> find(
      Side side, Price price, std::uint64_t order);

  Levels bids_;
  Levels asks_;
  std::uint64_t last_id_ = 1'000;
  std::uint64_t forgotten_id_ = 1'000;
  std::deque<std::pair<Side, Price>> touched_;  // by updates forgotten_id_ + 1 .. last_id_
};

}  // namespace writ::venue_sim
