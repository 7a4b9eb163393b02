// A book change: market::Book against the least that keeps the same book, a ring of quantities by
// tick around the best prices.
#include "host/market/book.hpp"
#include "tests/bench/l2_market.hpp"
#include "tests/bench/rounds.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace {

using writ::bench::L2Row;

/// Quantities by price modulo a power of two; enough for a market whose levels stay within it.
struct TickRing {
  static constexpr std::size_t kSize = 4096;
  std::array<std::int64_t, kSize> quantity{};
  std::int64_t best_bid = 0;
  std::int64_t best_ask = INT64_MAX;

  static std::size_t slot(std::int64_t price) { return static_cast<std::size_t>(price) % kSize; }

  void set_bid(std::int64_t price, std::int64_t amount) {
    quantity[slot(price)] = amount;
    if (amount != 0 && price > best_bid) best_bid = price;
    while (quantity[slot(best_bid)] == 0) --best_bid;
  }
  void set_ask(std::int64_t price, std::int64_t amount) {
    quantity[slot(price)] = amount;
    if (amount != 0 && price < best_ask) best_ask = price;
    while (quantity[slot(best_ask)] == 0) ++best_ask;
  }
};

}  // namespace

int main() {
  using namespace writ;
  const auto rows = bench::standard_l2_market();
  std::vector<L2Row> changes;
  for (const auto& row : rows) {
    if (row.kind == 'D') changes.push_back(row);
  }
  volatile std::int64_t seen = 0;  // what was computed is used

  bench::print_heading("book_bench");
  bench::compare({"book change, best prices read",
                  [&] {
                    market::Book book(bench::kTick);
                    return bench::timed([&] {
                      std::int64_t sum = 0;
                      for (const auto& row : changes) {
                        const auto side = row.side == 'B' ? market::Side::kBid : market::Side::kAsk;
                        book.set(side, row.price_ticks * bench::kTick,
                                 row.quantity_lots * bench::kLot);
                        const auto* best = book.best(side);
                        sum += best == nullptr ? 0 : best->price;
                      }
                      seen = sum;
                      return changes.size();
                    });
                  },
                  "flat ring by tick",
                  [&] {
                    TickRing ring;
                    // A book is never empty on a side here, so the walk to the next level ends.
                    ring.best_bid = changes.front().price_ticks;
                    ring.best_ask = changes[20].price_ticks;
                    return bench::timed([&] {
                      std::int64_t sum = 0;
                      for (const auto& row : changes) {
                        if (row.side == 'B')
                          ring.set_bid(row.price_ticks, row.quantity_lots);
                        else
                          ring.set_ask(row.price_ticks, row.quantity_lots);
                        sum += row.side == 'B' ? ring.best_bid : ring.best_ask;
                      }
                      seen = sum;
                      return changes.size();
                    });
                  },
                  std::nullopt});
  return 0;
}
