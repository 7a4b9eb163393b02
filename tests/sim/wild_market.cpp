#include "tests/sim/wild_market.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <string_view>

namespace writ::test {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;
constexpr std::int64_t kCent = 10'000'000;  // tick of spot and perpetual
constexpr std::int64_t kMille = 1'000'000;  // tick of the tokens
constexpr std::int64_t kLot = 1'000'000;
constexpr std::int64_t kStartTs = 1'700'000'000'000'000'000;

std::int64_t tick_of(std::uint32_t instrument) {
  return instrument == kSpot || instrument == kPerp ? kCent : kMille;
}

writ_instrument instrument_row(std::uint32_t number, std::uint32_t kind, std::string_view market,
                               std::string_view selection) {
  auto row = model::make_record<writ_instrument>();
  row.instrument = number;
  row.kind = kind;
  row.base_asset = kind == WRIT_KIND_BINARY ? 0 : kBtc;
  row.quote_asset = kUsdt;
  row.settle_asset = kUsdt;
  row.status = WRIT_INSTRUMENT_ACTIVE;
  row.ladder = WRIT_LADDER_TICK;
  row.tick = tick_of(number);
  row.lot = kLot;
  row.price_min = row.tick;
  row.price_max = kind == WRIT_KIND_BINARY ? kOne - row.tick : WRIT_NONE;
  row.quantity_min = kLot;
  row.quantity_max = WRIT_NONE;
  row.quantity_unit = kOne;
  row.maker_fee = 200'000;
  row.taker_fee = 500'000;
  row.fee_decimals = 8;
  row.fee_rounding = WRIT_ROUND_CEIL;
  row.start_ts = WRIT_NONE;
  row.expiry_ts = WRIT_NONE;
  if (kind == WRIT_KIND_BINARY) {
    row.complement = number == kYes ? kNo : kYes;
    row.market_group = 1;
  }
  WRIT_ASSERT(model::set_text(row.venue, "wild") && model::set_text(row.market, market) &&
              model::set_text(row.selection, selection) && model::set_text(row.symbol, market) &&
              model::set_text(row.quote, "USDT") && model::set_text(row.settle, "USDT"));
  if (row.base_asset != 0) WRIT_ASSERT(model::set_text(row.base, "BTC"));
  return row;
}

model::RecordWords asset_row(std::uint32_t number, std::string_view name) {
  auto asset = model::make_record<writ_asset>();
  asset.asset = number;
  asset.decimals = 8;
  WRIT_ASSERT(model::set_text(asset.name, name));
  return model::words_of(asset.header);
}

}  // namespace

std::vector<model::RecordWords> WildMarket::tables() {
  std::vector<model::RecordWords> tables = {asset_row(kUsdt, "USDT"), asset_row(kBtc, "BTC")};
  for (const auto& row : {instrument_row(kSpot, WRIT_KIND_SPOT, "BTCUSDT", ""),
                          instrument_row(kPerp, WRIT_KIND_PERP, "BTCUSDT-PERP", ""),
                          instrument_row(kYes, WRIT_KIND_BINARY, "rain", "yes"),
                          instrument_row(kNo, WRIT_KIND_BINARY, "rain", "no")}) {
    tables.push_back(model::words_of(row.header));
  }
  for (std::uint32_t number = 1; number <= kInstruments; ++number) {
    auto stream = model::make_record<writ_stream>();
    stream.stream = number;
    stream.instrument = number;
    WRIT_ASSERT(model::set_text(stream.source, "wild"));
    tables.push_back(model::words_of(stream.header));
  }
  return tables;
}

WildMarket::WildMarket(std::uint64_t seed) : random_(seed, "test.wild_market"), now_(kStartTs) {
  constexpr std::int64_t kStart = kStartPrice / kCent;
  const Walk asset{kStart, kStart * 71 / 100, kStart * 129 / 100, 15};
  walks_[kSpot] = walks_[kPerp] = asset;
  walks_[kYes] = {500, 30, 970, 4};
  status_.fill(WRIT_MARKET_OPEN);
  for (const std::uint32_t instrument : {kSpot, kPerp, kYes}) quote(instrument);
}

std::int64_t WildMarket::next_ts() {
  while (ready_.empty()) step();
  return model::record_in(ready_.front()).ingest_ts;
}

writ_record& WildMarket::take() {
  (void)next_ts();
  taken_ = std::move(ready_.front());
  ready_.pop_front();
  return model::record_in(taken_);
}

std::int64_t WildMarket::between(std::int64_t first, std::int64_t last) {
  return first +
         static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(last - first + 1)));
}

void WildMarket::step() {
  now_ += between(0, 200'000'000);
  const auto instrument = static_cast<std::uint32_t>(between(kSpot, kNo));
  switch (random_.below(400)) {
    case 0:
      return emit_funding();
    case 1:
    case 2:
      return emit_mark();
    case 3: {
      auto& status = status_[instrument];
      status = status == WRIT_MARKET_OPEN ? WRIT_MARKET_SUSPENDED : WRIT_MARKET_OPEN;
      return emit_status(instrument, status);
    }
    case 4:
      if (!one_in(20)) return;
      emit_status(0, WRIT_MARKET_DISCONNECTED);
      now_ += between(0, 10 * kOne);
      emit_status(0, WRIT_MARKET_CONNECTED);
      for (const std::uint32_t number : {kSpot, kPerp, kYes}) quote(number);
      return;
    default:
      break;
  }
  if (status_[instrument] != WRIT_MARKET_OPEN && one_in(20)) {
    status_[instrument] = WRIT_MARKET_OPEN;
    return emit_status(instrument, WRIT_MARKET_OPEN);
  }
  if (one_in(3)) return emit_trade(instrument);
  quote(instrument == kNo ? kYes : instrument);
}

void WildMarket::move(Walk& walk) {
  const std::int64_t reach = one_in(50) ? walk.step * 10 : walk.step;
  walk.middle = std::clamp(walk.middle + between(-reach, reach), walk.lowest, walk.highest);
}

WildMarket::Book WildMarket::draw_book(const Walk& walk, std::int64_t tick) {
  Book book;
  const std::int64_t half = between(1, 5);
  const auto side = [&](std::vector<writ_level>& levels, std::int64_t sign) {
    std::int64_t price = walk.middle + sign * half;
    for (auto left = between(1, 5); left > 0; --left) {
      levels.push_back({price * tick, kLot * between(1, 20'000)});
      price += sign * between(1, 4);
    }
  };
  side(book.bids, -1);
  side(book.asks, 1);
  if (one_in(200)) book.bids.clear();
  if (one_in(200)) book.asks.clear();
  if (one_in(300) && !book.bids.empty() && !book.asks.empty()) {
    std::swap(book.bids.front().price, book.asks.front().price);  // crossed
    book.bids.resize(1);
    book.asks.resize(1);
  }
  return book;
}

// The NO book is the YES book seen from the other side.
void WildMarket::quote(std::uint32_t instrument) {
  Walk& walk = walks_[instrument];
  move(walk);
  books_[instrument] = draw_book(walk, tick_of(instrument));
  emit_book(instrument, books_[instrument]);
  if (instrument != kYes) return;
  Book mirrored;
  for (const auto& level : books_[kYes].asks) {
    mirrored.bids.push_back({kOne - level.price, level.quantity});
  }
  for (const auto& level : books_[kYes].bids) {
    mirrored.asks.push_back({kOne - level.price, level.quantity});
  }
  books_[kNo] = mirrored;
  emit_book(kNo, mirrored);
}

void WildMarket::emit_book(std::uint32_t instrument, const Book& book) {
  auto image = model::make_record<writ_book_snapshot>();
  image.instrument = instrument;
  image.last_id = ++updates_;
  image.bid_count = static_cast<std::uint32_t>(book.bids.size());
  image.ask_count = static_cast<std::uint32_t>(book.asks.size());
  emit(buffer_.begin(image)
           .append(book.bids.data(), book.bids.size() * sizeof(writ_level))
           .append(book.asks.data(), book.asks.size() * sizeof(writ_level))
           .finish(),
       instrument);
}

void WildMarket::emit_trade(std::uint32_t instrument) {
  const bool buys = one_in(2);
  const auto& levels = buys ? books_[instrument].asks : books_[instrument].bids;
  if (levels.empty()) return;
  auto trade = model::make_record<writ_trade>();
  trade.instrument = instrument;
  trade.side = buys ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
  trade.price = levels[random_.below(levels.size())].price;
  trade.quantity = kLot * between(1, 30'000);
  trade.trade_id = ++updates_;
  emit(trade.header, instrument);
}

void WildMarket::emit_mark() {
  auto mark = model::make_record<writ_mark_price>();
  mark.instrument = kPerp;
  mark.mark = walks_[kPerp].middle * kCent;
  mark.index = walks_[kSpot].middle * kCent;
  mark.funding_rate = between(-100'000, 100'000);
  mark.next_funding_ts = now_ + 60 * kOne;
  emit(mark.header, kPerp);
}

void WildMarket::emit_funding() {
  auto funding = model::make_record<writ_funding>();
  funding.instrument = kPerp;
  funding.mark = walks_[kPerp].middle * kCent;
  funding.rate = between(-100'000, 100'000);
  funding.interval_ns = 60 * kOne;
  emit(funding.header, kPerp);
}

void WildMarket::emit_status(std::uint32_t instrument, std::uint32_t status) {
  auto said = model::make_record<writ_market_status>();
  said.instrument = instrument;
  said.status = status;
  emit(said.header, instrument == 0 ? kSpot : instrument);
}

void WildMarket::emit(writ_record& record, std::uint32_t instrument) {
  record.stream = static_cast<std::uint16_t>(instrument);
  record.event_ts = now_;
  record.ingest_ts = now_;
  ready_.push_back(model::words_of(record));
}

}  // namespace writ::test
