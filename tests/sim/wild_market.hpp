#pragma once

#include "host/base/random.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "tests/sim/wild_tables.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/market.h>

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace writ::test {

/// Middle of spot and perpetual at the start: the walk stays within 30 % of it, the stress grid.
inline constexpr std::int64_t kStartPrice = 100'000'000'000;

/// No order fills at a higher price: the upper edge of the stress grid, 1 for a token, 10 for odds.
[[nodiscard]] constexpr std::int64_t highest_price_of(std::uint32_t instrument) {
  constexpr std::int64_t kOne = 1'000'000'000;
  if (instrument <= kPerp) return kStartPrice * 13 / 10;
  return is_runner(instrument) ? 10 * kOne : kOne;
}
/// Nor one of spot and perpetual at a lower one.
[[nodiscard]] constexpr std::int64_t lowest_price_of(std::uint32_t instrument) {
  return instrument <= kPerp ? kStartPrice * 7 / 10 : 0;
}

/// Prices that walk at random within the stress grid, and markets that end: whole images of thin
/// books, trades, one-sided, empty and crossed books, marks, funding, suspensions, disconnections
/// and hours in which nothing happens. A season ends at a random instant with its tokens paid out
/// and its race settled (a winner, a dead heat, or void), told twice; before, the race may turn in
/// play and a runner be withdrawn. Same seed, same records; times never go back.
class WildMarket {
 public:
  explicit WildMarket(std::uint64_t seed);

  [[nodiscard]] std::int64_t next_ts();
  /// Valid until the next call.
  [[nodiscard]] writ_record& take();
  /// Of which the records so far are.
  [[nodiscard]] std::uint32_t season() const noexcept { return season_; }

 private:
  /// Of the one price a book is made around, in ticks.
  struct Walk {
    std::int64_t middle;
    std::int64_t lowest;
    std::int64_t highest;
    std::int64_t step;
  };
  struct Book {
    std::vector<writ_level> bids;
    std::vector<writ_level> asks;
  };

  void step();
  void emit_rarity(std::uint32_t instrument);
  [[nodiscard]] std::uint32_t any_instrument();
  void begin_season();
  void end_season();
  void pay_out_tokens();
  void settle_race();
  void withdraw_runner();
  void turn_in_play();
  void take_back_results();
  void settle(writ_settlement result);
  void quote(std::uint32_t instrument);
  void quote_all();
  void move(Walk& walk);
  [[nodiscard]] Book draw_book(const Walk& walk, std::uint32_t instrument);
  void emit_book(std::uint32_t instrument, const Book& book);
  void emit_trade(std::uint32_t instrument);
  void emit_mark();
  void emit_funding();
  void emit_status(std::uint32_t instrument, std::uint32_t status);
  void emit_break_of_connection();
  void emit(writ_record& record, std::uint32_t instrument);
  [[nodiscard]] std::int64_t between(std::int64_t first, std::int64_t last);
  [[nodiscard]] bool one_in(std::uint64_t n) { return random_.below(n) == 0; }

  base::RandomStream random_;
  std::int64_t now_;
  std::uint32_t season_ = 0;
  std::int64_t season_ends_ = 0;
  std::uint32_t withdrawn_ = 0;  // runner of the season, 0 = none
  bool in_play_ = false;
  std::vector<writ_settlement> told_;  // to be told again
  std::int64_t tell_again_ = INT64_MAX;
  std::array<Walk, kInstruments + 1> walks_{};  // by instrument; NO goes with YES
  std::array<Book, kInstruments + 1> books_;
  std::array<std::uint32_t, kInstruments + 1> status_{};
  std::uint64_t updates_ = 0;
  model::RecordBuffer buffer_;
  std::deque<model::RecordWords> ready_;
  model::RecordWords taken_;
};

}  // namespace writ::test
