#include "tests/bench/market_feed.hpp"

#include "host/model/record_view.hpp"

#include <algorithm>
#include <cstring>

namespace writ::bench {
namespace {

constexpr std::size_t kImage = 40;

writ_level level_of(const L2Row& row) {
  return {row.price_ticks * kTick, row.quantity_lots * kLot};
}

template <class Record>
Record begin(const L2Row& row, std::uint32_t instrument, std::uint16_t stream) {
  auto record = model::make_record<Record>();
  record.header.stream = stream;
  record.header.event_ts = row.ts_ns;
  record.header.ingest_ts = row.ts_ns;
  record.instrument = instrument;
  return record;
}

}  // namespace

MarketRecords::MarketRecords(std::span<const L2Row> rows, std::uint32_t instrument,
                             std::uint16_t stream) {
  words_.reserve(rows.size() * (sizeof(writ_book_delta) + sizeof(writ_level)) / 8);
  const auto image = rows.first(kImage);
  auto snapshot = begin<writ_book_snapshot>(image.front(), instrument, stream);
  snapshot.bid_count = static_cast<std::uint32_t>(
      std::count_if(image.begin(), image.end(), [](const L2Row& row) { return row.side == 'B'; }));
  snapshot.ask_count = kImage - snapshot.bid_count;
  std::uint64_t id = snapshot.last_id = kImage;
  snapshot.header.size += kImage * sizeof(writ_level);
  put(&snapshot, sizeof snapshot);
  for (const auto& row : image) {  // the best first, bids before asks: as the market makes them
    const auto level = level_of(row);
    put(&level, sizeof level);
  }
  ++count_;

  for (const auto& row : rows.subspan(kImage)) {
    ++count_;
    if (row.kind == 'T') {
      auto trade = begin<writ_trade>(row, instrument, stream);
      trade.side = row.side == 'B' ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
      trade.price = row.price_ticks * kTick;
      trade.quantity = row.quantity_lots * kLot;
      trade.trade_id = row.seq;
      put(&trade, sizeof trade);
      continue;
    }
    auto delta = begin<writ_book_delta>(row, instrument, stream);
    delta.header.size += sizeof(writ_level);
    delta.flags = WRIT_DELTA_CONTIGUOUS;
    delta.first_id = delta.last_id = ++id;
    delta.bid_count = row.side == 'B' ? 1 : 0;
    delta.ask_count = 1 - delta.bid_count;
    const auto level = level_of(row);
    put(&delta, sizeof delta);
    put(&level, sizeof level);
  }
}

void MarketRecords::put(const void* bytes, std::size_t size) {
  const std::size_t at = words_.size();
  words_.resize(at + size / 8);
  std::memcpy(words_.data() + at, bytes, size);
}

}  // namespace writ::bench
