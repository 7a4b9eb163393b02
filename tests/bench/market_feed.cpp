#include "tests/bench/market_feed.hpp"

#include <algorithm>
#include <cstring>

namespace writ::bench {
namespace {

writ_level level_of(std::int64_t ticks, std::int64_t lots) { return {ticks * kTick, lots * kLot}; }

}  // namespace

template <class Record>
Record MarketRecorder::begin(std::int64_t ts) const {
  auto record = model::make_record<Record>();
  record.header.stream = stream_;
  record.header.event_ts = ts;
  record.header.ingest_ts = ts;
  record.instrument = instrument_;
  return record;
}

const writ_record& MarketRecorder::image(std::span<const L2Row> rows) {
  const auto first = rows.first(kImage);
  auto image = begin<writ_book_snapshot>(first.front().ts_ns);
  image.bid_count = static_cast<std::uint32_t>(
      std::count_if(first.begin(), first.end(), [](const L2Row& row) { return row.side == 'B'; }));
  image.ask_count = kImage - image.bid_count;
  image.last_id = book_id_ = kImage;
  buffer_.begin(image);
  for (const auto& row : first) {  // the best first, bids before asks: as the market makes them
    const auto level = level_of(row.price_ticks, row.quantity_lots);
    buffer_.append(&level, sizeof level);
  }
  return buffer_.finish();
}

const writ_record& MarketRecorder::touch(std::int64_t ts, std::int64_t bid_ticks,
                                         std::int64_t quantity_lots) {
  auto image = begin<writ_book_snapshot>(ts);
  image.bid_count = image.ask_count = 1;
  image.last_id = ++book_id_;
  const writ_level levels[] = {level_of(bid_ticks, quantity_lots),
                               level_of(bid_ticks + 1, quantity_lots)};
  return buffer_.begin(image).append(levels, sizeof levels).finish();
}

const writ_record& MarketRecorder::row(const L2Row& row) {
  const auto level = level_of(row.price_ticks, row.quantity_lots);
  if (row.kind == 'T') {
    auto trade = begin<writ_trade>(row.ts_ns);
    trade.side = row.side == 'B' ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    trade.price = level.price;
    trade.quantity = level.quantity;
    trade.trade_id = row.seq;
    return buffer_.begin(trade).finish();
  }
  auto delta = begin<writ_book_delta>(row.ts_ns);
  delta.flags = WRIT_DELTA_CONTIGUOUS;
  delta.first_id = delta.last_id = ++book_id_;
  delta.bid_count = row.side == 'B' ? 1 : 0;
  delta.ask_count = 1 - delta.bid_count;
  return buffer_.begin(delta).append(&level, sizeof level).finish();
}

const writ_record& MarketRecorder::bar(const BarRow& row) {
  auto bar = begin<writ_bar>(row.open_ts_ns + kBarIntervalNs);
  bar.open_ts = row.open_ts_ns;
  bar.interval_ns = kBarIntervalNs;
  bar.open = row.open * kTick;
  bar.high = row.high * kTick;
  bar.low = row.low * kTick;
  bar.close = row.close * kTick;
  bar.volume = row.volume * kLot;
  return buffer_.begin(bar).finish();
}

MarketRecords::MarketRecords(std::span<const L2Row> rows, std::uint32_t instrument,
                             std::uint16_t stream) {
  words_.reserve(rows.size() * (sizeof(writ_book_delta) + sizeof(writ_level)) / 8);
  MarketRecorder recorder(instrument, stream);
  put(recorder.image(rows));
  for (const auto& row : rows.subspan(MarketRecorder::kImage)) put(recorder.row(row));
}

MarketRecords MarketRecords::of_trades(std::span<const L2Row> rows, std::uint32_t instrument,
                                       std::uint16_t stream) {
  MarketRecords records;
  records.words_.reserve((rows.size() + 2) * sizeof(writ_trade) / 8);
  MarketRecorder recorder(instrument, stream);
  const auto& first = rows.front();
  records.put(recorder.touch(first.ts_ns, first.price_ticks, first.quantity_lots));
  for (const auto& row : rows) records.put(recorder.row(row));
  return records;
}

MarketRecords MarketRecords::of_bars(std::span<const BarRow> rows, std::uint32_t instrument,
                                     std::uint16_t stream) {
  MarketRecords records;
  constexpr auto kTouch = sizeof(writ_book_snapshot) + 2 * sizeof(writ_level);
  records.words_.reserve(rows.size() * (sizeof(writ_bar) + kTouch) / 8);
  MarketRecorder recorder(instrument, stream);
  for (const auto& row : rows) {
    records.put(recorder.touch(row.open_ts_ns, row.open, row.volume));
    records.put(recorder.bar(row));
  }
  return records;
}

void MarketRecords::put(const writ_record& record) {
  const std::size_t at = words_.size();
  words_.resize(at + record.size / 8);
  std::memcpy(words_.data() + at, &record, record.size);
  ++count_;
}

}  // namespace writ::bench
