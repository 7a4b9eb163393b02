// A book change: market::Book, and the whole market state around it, against the least that keeps
// the same book, a ring of quantities by tick around the best prices.
#include "host/market/book.hpp"
#include "host/market/markets.hpp"
#include "host/model/record_view.hpp"
#include "tests/bench/l2_market.hpp"
#include "tests/bench/market_feed.hpp"
#include "tests/bench/rounds.hpp"
#include "tests/bench/tick_ring.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace {

using namespace writ;
using bench::L2Row;

constexpr std::size_t kRecords = 1'000'000;

/// Nothing of this market is worth an incident.
class NoIncidents final : public model::RecordSink {
 public:
  std::uint64_t append(writ_record& record) override {
    std::fprintf(stderr, "book_bench: a record of type %u\n", record.type);
    std::exit(1);
  }
  [[nodiscard]] RunNumber run() const override { return RunNumber{1}; }
  [[nodiscard]] Seq next_seq() const override { return Seq{1}; }
};

writ_instrument instrument() {
  auto made = model::make_record<writ_instrument>();
  made.instrument = 1;
  made.kind = WRIT_KIND_PERP;
  made.status = WRIT_INSTRUMENT_ACTIVE;
  made.ladder = WRIT_LADDER_TICK;
  made.tick = bench::kTick;
  made.lot = bench::kLot;
  made.price_min = made.price_max = made.quantity_min = made.quantity_max = WRIT_NONE;
  made.expiry_ts = made.start_ts = WRIT_NONE;
  return made;
}

}  // namespace

int main() {
  const auto rows = bench::standard_l2_market();
  std::vector<L2Row> changes;
  for (const auto& row : rows) {
    if (row.kind == 'D') changes.push_back(row);
  }
  volatile std::int64_t seen = 0;  // what was computed is used
  std::int64_t last_sum = 0;

  bench::print_heading("book_bench");
  const std::string ring_name = "flat ring by tick";
  bench::compare({"book", "change of one level, best price read",
                  [&] {
                    market::Book book(bench::kTick);
                    return bench::timed([&] {
                      std::int64_t sum = 0;
                      for (const auto& row : changes) {
                        const auto side = row.side == 'B' ? market::Side::kBid : market::Side::kAsk;
                        book.set(side, row.price_ticks * bench::kTick,
                                 row.quantity_lots * bench::kLot);
                        const auto* best = book.best(side);
                        sum += best == nullptr ? 0 : best->price / bench::kTick;
                      }
                      last_sum = sum;
                      seen = sum;
                      return changes.size();
                    });
                  },
                  ring_name,
                  [&] {
                    auto ring = std::make_unique<bench::TickRing>();
                    for (const auto& row : std::span(changes).first(40)) {
                      ring->set(row.side == 'B', row.price_ticks, row.quantity_lots);
                    }
                    return bench::timed([&] {
                      std::int64_t sum = 0;
                      for (const auto& row : changes) {
                        ring->set(row.side == 'B', row.price_ticks, row.quantity_lots);
                        sum += row.side == 'B' ? ring->bid() : ring->ask();
                      }
                      seen = sum;
                      return changes.size();
                    });
                  },
                  std::nullopt});
  bench::print_proof("change of one level, best price read",
                     "sum of best prices " + std::to_string(last_sum));

  const auto some = std::span(rows).first(kRecords);
  const bench::MarketRecords records(some, 1, 1);
  bench::compare({"book", "market record: BOOK_DELTA or TRADE",
                  [&] {
                    market::Markets markets;
                    NoIncidents sink;
                    markets.on_instrument(instrument());
                    return bench::timed([&] {
                      std::int64_t sum = 0;
                      for (const auto* record = &records.front(); record != nullptr;
                           record = records.next(*record)) {
                        sum += markets.apply(*record, sink).top_changed ? 1 : 0;
                      }
                      seen = sum;
                      return records.count();
                    });
                  },
                  "flat ring, last trade, top compared",
                  [&] {
                    auto ring = std::make_unique<bench::TickRing>();
                    for (const auto& row : some.first(40)) {
                      ring->set(row.side == 'B', row.price_ticks, row.quantity_lots);
                    }
                    return bench::timed([&] {
                      std::int64_t sum = 0;
                      std::int64_t bid = 0, ask = 0, bid_quantity = 0, ask_quantity = 0;
                      for (const auto& row : some) {
                        if (row.kind == 'T') {
                          seen = row.price_ticks;
                          continue;
                        }
                        ring->set(row.side == 'B', row.price_ticks, row.quantity_lots);
                        const auto now_bid = ring->bid();
                        const auto now_ask = ring->ask();
                        const auto now_bids = ring->quantity(true, now_bid);
                        const auto now_asks = ring->quantity(false, now_ask);
                        sum += now_bid != bid || now_ask != ask || now_bids != bid_quantity ||
                               now_asks != ask_quantity;
                        bid = now_bid, ask = now_ask;
                        bid_quantity = now_bids, ask_quantity = now_asks;
                      }
                      seen = sum;
                      return some.size();
                    });
                  },
                  std::nullopt});
  return 0;
}
