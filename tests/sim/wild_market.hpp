#pragma once

#include "host/base/random.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/market.h>

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace writ::test {

inline constexpr std::uint32_t kUsdt = 1;
inline constexpr std::uint32_t kBtc = 2;
inline constexpr std::uint32_t kSpot = 1;
inline constexpr std::uint32_t kPerp = 2;
inline constexpr std::uint32_t kYes = 3;
inline constexpr std::uint32_t kNo = 4;
inline constexpr std::uint32_t kInstruments = 4;

/// Middle of spot and perpetual at the start: the walk stays within 30 % of it, the stress grid.
inline constexpr std::int64_t kStartPrice = 100'000'000'000;

/// A spot, a perpetual and a binary pair whose prices walk at random within the stress grid: whole
/// images of thin books, trades, one-sided, empty and crossed books, marks, funding, suspensions
/// and disconnections. Same seed, same records; times never go back.
class WildMarket {
 public:
  explicit WildMarket(std::uint64_t seed);

  /// ASSET, INSTRUMENT and STREAM records.
  [[nodiscard]] static std::vector<model::RecordWords> tables();

  [[nodiscard]] std::int64_t next_ts();
  /// Valid until the next call.
  [[nodiscard]] writ_record& take();

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
  void quote(std::uint32_t instrument);
  void move(Walk& walk);
  [[nodiscard]] Book draw_book(const Walk& walk, std::int64_t tick);
  void emit_book(std::uint32_t instrument, const Book& book);
  void emit_trade(std::uint32_t instrument);
  void emit_mark();
  void emit_funding();
  void emit_status(std::uint32_t instrument, std::uint32_t status);
  void emit(writ_record& record, std::uint32_t instrument);
  [[nodiscard]] std::int64_t between(std::int64_t first, std::int64_t last);
  [[nodiscard]] bool one_in(std::uint64_t n) { return random_.below(n) == 0; }

  base::RandomStream random_;
  std::int64_t now_;
  std::array<Walk, kInstruments + 1> walks_{};  // by instrument; NO goes with YES
  std::array<Book, kInstruments + 1> books_;
  std::array<std::uint32_t, kInstruments + 1> status_{};
  std::uint64_t updates_ = 0;
  model::RecordBuffer buffer_;
  std::deque<model::RecordWords> ready_;
  model::RecordWords taken_;
};

}  // namespace writ::test
