#include "host/feed/simulated_market.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace writ::feed {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

enum class Regime : std::uint8_t { kCalm, kUp, kDown, kVolatile };

}  // namespace

struct SimulatedMarket::Instrument {
  SimulatedInstrument spec;
  std::uint32_t number = 0;  // of instrument and stream
  base::RandomStream random;
  SimulatedBook book;
  std::int64_t fair = 0;  // in ticks: bids lie below, asks at or above
  Regime regime = Regime::kCalm;
  std::uint64_t update_id = 1000;  // of the last change made
  std::uint64_t trade_id = 0;
  std::int64_t image_due = 0;  // after a gap; 0 = none
  std::int64_t bids_gone_until = 0;
  std::int64_t asks_gone_until = 0;
  std::int64_t uncross_bid = 0;  // price of a bid that crosses; 0 = none
  std::int64_t mark_due = 0;
  bool image_sent = false;
};

SimulatedMarket::SimulatedMarket(SimulatedOptions options)
    : options_(std::move(options)),
      random_(options_.seed, "simulated_market"),
      now_(options_.start_ts) {
  WRIT_ASSERT(!options_.instruments.empty() && options_.events_per_second > 0);
  for (std::size_t i = 0; i < options_.instruments.size(); ++i) {
    const SimulatedInstrument& spec = options_.instruments[i];
    WRIT_ASSERT(spec.tick > 0 && spec.lot > 0 && spec.levels > 0 &&
                spec.typical_quantity >= spec.lot &&
                spec.price / spec.tick > std::int64_t{2} * spec.levels);
    instruments_.push_back(std::unique_ptr<Instrument>(
        new Instrument{.spec = spec,
                       .number = options_.first_number + static_cast<std::uint32_t>(i),
                       .random = base::RandomStream(options_.seed, "simulated_instrument", i),
                       .book = {},
                       .fair = spec.price / spec.tick,
                       .mark_due = options_.start_ts}));
  }
  write_tables();
  schedule();
}

SimulatedMarket::~SimulatedMarket() = default;
SimulatedMarket::SimulatedMarket(SimulatedMarket&&) noexcept = default;
SimulatedMarket& SimulatedMarket::operator=(SimulatedMarket&&) noexcept = default;

const SimulatedBook& SimulatedMarket::book(std::size_t instrument) const {
  return instruments_.at(instrument)->book;
}

void SimulatedMarket::write_tables() {
  std::vector<std::string> assets;
  const auto asset_number = [&](const std::string& name) {
    auto found = std::find(assets.begin(), assets.end(), name);
    if (found == assets.end()) found = assets.insert(assets.end(), name);
    return options_.first_number + static_cast<std::uint32_t>(found - assets.begin());
  };
  std::vector<writ_instrument> rows;
  for (const auto& instrument : instruments_) {
    const SimulatedInstrument& spec = instrument->spec;
    auto row = model::make_record<writ_instrument>();
    row.instrument = instrument->number;
    row.kind = spec.kind;
    row.base_asset = asset_number(spec.base);
    row.quote_asset = asset_number(spec.quote);
    row.settle_asset = row.quote_asset;
    row.status = WRIT_INSTRUMENT_ACTIVE;
    row.ladder = WRIT_LADDER_TICK;
    row.tick = spec.tick;
    row.lot = spec.lot;
    row.price_min = spec.tick;
    row.price_max = WRIT_NONE;
    row.quantity_min = spec.lot;
    row.quantity_max = WRIT_NONE;
    row.quantity_unit = kSecond;  // one
    row.maker_fee = spec.maker_fee;
    row.taker_fee = spec.taker_fee;
    row.fee_decimals = 8;
    row.fee_rounding = WRIT_ROUND_CEIL;
    row.start_ts = WRIT_NONE;
    row.expiry_ts = WRIT_NONE;
    WRIT_ASSERT(model::set_text(row.venue, options_.venue) &&
                model::set_text(row.market, spec.market) &&
                model::set_text(row.symbol, spec.market) && model::set_text(row.base, spec.base) &&
                model::set_text(row.quote, spec.quote) && model::set_text(row.settle, spec.quote));
    rows.push_back(row);
  }
  for (std::size_t i = 0; i < assets.size(); ++i) {
    auto asset = model::make_record<writ_asset>();
    asset.asset = options_.first_number + static_cast<std::uint32_t>(i);
    asset.decimals = 8;
    WRIT_ASSERT(model::set_text(asset.name, assets[i]));
    emit(asset.header, 0);
  }
  for (writ_instrument& row : rows) emit(row.header, 0);
  for (const writ_instrument& row : rows) {
    auto stream = model::make_record<writ_stream>();
    stream.stream = row.instrument;
    stream.instrument = row.instrument;
    WRIT_ASSERT(model::set_text(stream.source, options_.venue));
    emit(stream.header, 0);
  }
}

std::optional<std::int64_t> SimulatedMarket::next_ts() {
  while (ready_.empty() && !exhausted()) step();
  if (ready_.empty()) return std::nullopt;
  return reinterpret_cast<const writ_record*>(ready_.front().data())->ingest_ts;
}

const writ_record& SimulatedMarket::take() {
  WRIT_ASSERT(next_ts().has_value());
  taken_ = std::move(ready_.front());
  ready_.pop_front();
  return *reinterpret_cast<const writ_record*>(taken_.data());
}

bool SimulatedMarket::exhausted() const {
  return ready_.empty() && options_.duration_ns > 0 &&
         next_at_ - options_.start_ts >= options_.duration_ns;
}

void SimulatedMarket::fast_forward(std::int64_t ts) {
  ready_.clear();
  muted_ = true;
  while (next_at_ <= ts && !exhausted()) step();
  muted_ = false;
  now_ = std::max(now_, ts);
  emit_status(WRIT_MARKET_DISCONNECTED);
  emit_status(WRIT_MARKET_CONNECTED);
  for (const auto& instrument : instruments_) {
    // An instrument without a step yet sends its first image with that.
    if (instrument->image_sent) emit_image(*instrument);
  }
}

bool SimulatedMarket::chance(std::uint32_t millionths) {
  return random_.below(1'000'000) < millionths;
}

void SimulatedMarket::schedule() {
  const std::int64_t mean = std::max<std::int64_t>(kSecond / options_.events_per_second, 1);
  const std::int64_t wait =
      1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(2 * mean)));
  next_at_ = now_ + (now_ < burst_until_ ? wait / 20 : wait);
}

void SimulatedMarket::step() {
  now_ = next_at_;
  // Not within a burst: its many steps would make it endless.
  if (chance(options_.burst) && now_ >= burst_until_) burst_until_ = now_ + 500 * kMillisecond;
  if (chance(options_.clock_offset)) offset_until_ = now_ + 3 * kSecond;
  step(*instruments_[random_.below(instruments_.size())]);
  schedule();
}

void SimulatedMarket::step(Instrument& instrument) {
  if (instrument.uncross_bid != 0) {
    instrument.book.set_bid(instrument.uncross_bid, 0);
    instrument.uncross_bid = 0;
  }
  if (chance(options_.regime_change)) {
    instrument.regime = static_cast<Regime>(instrument.random.below(4));
  }
  if (chance(options_.one_sided)) {
    const std::int64_t until =
        now_ + kSecond + static_cast<std::int64_t>(instrument.random.below(2 * kSecond));
    (instrument.random.below(2) == 0 ? instrument.bids_gone_until : instrument.asks_gone_until) =
        until;
  }
  if (!instrument.image_sent) {
    settle(instrument);
    static_cast<void>(instrument.book.take_changes());
    emit_image(instrument);
    instrument.image_sent = true;
    emit_top(instrument);
    return;
  }

  const std::uint64_t what = instrument.random.below(100);
  if (chance(options_.sweep)) {
    trade(instrument, true);
  } else if (what < 25) {
    trade(instrument, false);
  } else if (what < 45) {
    move_price(instrument);
  } else {
    quote(instrument);
  }
  settle(instrument);
  if (chance(options_.crossed) && !instrument.book.asks().empty()) {
    instrument.uncross_bid = instrument.book.asks().begin()->first;
    instrument.book.set_bid(instrument.uncross_bid, draw_quantity(instrument));
  }

  if (chance(options_.gap) && instrument.image_due == 0) {
    // These changes are lost on their way; the one after them will not follow.
    static_cast<void>(instrument.book.take_changes());
    instrument.update_id += 1 + instrument.random.below(5);
    instrument.image_due = now_ + 50 * kMillisecond +
                           static_cast<std::int64_t>(instrument.random.below(450 * kMillisecond));
  } else if (instrument.book.changed()) {
    emit_changes(instrument);
  }
  if (instrument.image_due != 0 && now_ >= instrument.image_due) {
    instrument.image_due = 0;
    emit_image(instrument);
  }
  if (instrument.random.below(2) == 0) emit_top(instrument);
  if (instrument.spec.kind == WRIT_KIND_PERP && now_ >= instrument.mark_due) {
    instrument.mark_due = now_ + kSecond;
    emit_mark(instrument);
  }
}

std::int64_t SimulatedMarket::draw_quantity(Instrument& instrument) {
  const SimulatedInstrument& spec = instrument.spec;
  const auto typical = static_cast<std::uint64_t>(spec.typical_quantity / spec.lot);
  // Mostly small, sometimes ten times the typical size.
  const std::uint64_t scale = instrument.random.below(10) == 0 ? 10 * typical : typical;
  return static_cast<std::int64_t>(1 + instrument.random.below(2 * scale)) * spec.lot;
}

void SimulatedMarket::move_price(Instrument& instrument) {
  const std::uint64_t draw = instrument.random.below(100);
  std::int64_t move = 0;
  switch (instrument.regime) {
    case Regime::kCalm:
      move = draw < 30 ? -1 : draw < 60 ? 1 : 0;
      break;
    case Regime::kUp:
      move = draw < 60 ? 1 : draw < 75 ? -1 : 0;
      break;
    case Regime::kDown:
      move = draw < 60 ? -1 : draw < 75 ? 1 : 0;
      break;
    case Regime::kVolatile:
      move = static_cast<std::int64_t>(instrument.random.below(11)) - 5;
      break;
  }
  const std::int64_t lowest = std::int64_t{2} * instrument.spec.levels;
  const std::int64_t highest =
      std::numeric_limits<std::int64_t>::max() / instrument.spec.tick - lowest;
  instrument.fair = std::clamp(instrument.fair + move, lowest, highest);
}

void SimulatedMarket::trade(Instrument& instrument, bool sweep) {
  const bool buys = instrument.random.below(2) == 0;
  std::uint64_t levels_left = sweep ? 3 + instrument.random.below(6) : 1;
  std::int64_t rest = draw_quantity(instrument);
  SimulatedBook& book = instrument.book;
  while (levels_left > 0 && (sweep || rest > 0)) {
    if (buys ? book.asks().empty() : book.bids().empty()) break;
    const auto [price, resting] = buys
                                      ? std::pair<std::int64_t, std::int64_t>(*book.asks().begin())
                                      : std::pair<std::int64_t, std::int64_t>(*book.bids().begin());
    // A sweep takes whole levels, the last one in part.
    const std::int64_t taken = sweep && levels_left > 1 ? resting : std::min(resting, rest);
    auto print = model::make_record<writ_trade>();
    print.instrument = instrument.number;
    print.side = buys ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    print.price = price;
    print.quantity = taken;
    print.trade_id = ++instrument.trade_id;
    emit(print.header, static_cast<std::uint16_t>(instrument.number));
    buys ? book.set_ask(price, resting - taken) : book.set_bid(price, resting - taken);
    rest -= std::min(rest, taken);
    --levels_left;
  }
  // A sweep leaves the price where it ended.
  if (sweep) {
    const std::int64_t tick = instrument.spec.tick;
    if (buys && !book.asks().empty()) instrument.fair = book.asks().begin()->first / tick;
    if (!buys && !book.bids().empty()) instrument.fair = book.bids().begin()->first / tick + 1;
  }
}

// Changes the size of some levels near the top.
void SimulatedMarket::quote(Instrument& instrument) {
  SimulatedBook& book = instrument.book;
  const std::uint64_t count = 1 + instrument.random.below(3);
  for (std::uint64_t i = 0; i < count; ++i) {
    const bool bid = instrument.random.below(2) == 0;
    const auto depth =
        static_cast<std::int64_t>(std::min(instrument.random.below(instrument.spec.levels),
                                           instrument.random.below(instrument.spec.levels)));
    const std::int64_t price =
        (bid ? instrument.fair - 1 - depth : instrument.fair + depth) * instrument.spec.tick;
    const std::int64_t quantity = draw_quantity(instrument);
    bid ? book.set_bid(price, quantity) : book.set_ask(price, quantity);
  }
}

// Brings the book around the fair price: nothing on the wrong side of it, all levels filled,
// nothing far away, a side that is gone empty.
void SimulatedMarket::settle(Instrument& instrument) {
  SimulatedBook& book = instrument.book;
  const std::int64_t tick = instrument.spec.tick;
  const std::int64_t levels = instrument.spec.levels;
  const bool bids_gone = now_ < instrument.bids_gone_until;
  const bool asks_gone = now_ < instrument.asks_gone_until;
  const std::int64_t bid_best = (instrument.fair - 1) * tick;
  const std::int64_t ask_best = instrument.fair * tick;
  const std::int64_t bid_worst = bid_best - 2 * levels * tick;
  const std::int64_t ask_worst = ask_best + 2 * levels * tick;

  while (!book.bids().empty() && (bids_gone || book.bids().begin()->first > bid_best)) {
    book.set_bid(book.bids().begin()->first, 0);
  }
  while (!book.asks().empty() && (asks_gone || book.asks().begin()->first < ask_best)) {
    book.set_ask(book.asks().begin()->first, 0);
  }
  while (!book.bids().empty() && book.bids().rbegin()->first < bid_worst) {
    book.set_bid(book.bids().rbegin()->first, 0);
  }
  while (!book.asks().empty() && book.asks().rbegin()->first > ask_worst) {
    book.set_ask(book.asks().rbegin()->first, 0);
  }
  for (std::int64_t i = 0; i < levels; ++i) {
    const std::int64_t bid = bid_best - i * tick;
    const std::int64_t ask = ask_best + i * tick;
    if (!bids_gone && book.bids().count(bid) == 0) book.set_bid(bid, draw_quantity(instrument));
    if (!asks_gone && book.asks().count(ask) == 0) book.set_ask(ask, draw_quantity(instrument));
  }
}

void SimulatedMarket::emit_image(Instrument& instrument) {
  auto image = model::make_record<writ_book_snapshot>();
  image.instrument = instrument.number;
  image.last_id = instrument.update_id;
  image.bid_count = static_cast<std::uint32_t>(instrument.book.bids().size());
  image.ask_count = static_cast<std::uint32_t>(instrument.book.asks().size());
  model::RecordBuffer record;
  record.begin(image);
  const auto append = [&record](const auto& side) {
    for (const auto& [price, quantity] : side) {
      const writ_level level{price, quantity};
      record.append(&level, sizeof level);
    }
  };
  append(instrument.book.bids());
  append(instrument.book.asks());
  emit(record.finish(), static_cast<std::uint16_t>(instrument.number));
}

void SimulatedMarket::emit_changes(Instrument& instrument) {
  const auto changes = instrument.book.take_changes();
  auto delta = model::make_record<writ_book_delta>();
  delta.instrument = instrument.number;
  delta.flags = WRIT_DELTA_CONTIGUOUS;
  delta.first_id = instrument.update_id + 1;
  instrument.update_id += changes.bids.size() + changes.asks.size();
  delta.last_id = instrument.update_id;
  delta.bid_count = static_cast<std::uint32_t>(changes.bids.size());
  delta.ask_count = static_cast<std::uint32_t>(changes.asks.size());
  model::RecordBuffer record;
  record.begin(delta)
      .append(changes.bids.data(), changes.bids.size() * sizeof(writ_level))
      .append(changes.asks.data(), changes.asks.size() * sizeof(writ_level));
  emit(record.finish(), static_cast<std::uint16_t>(instrument.number));
}

void SimulatedMarket::emit_top(Instrument& instrument) {
  const SimulatedBook& book = instrument.book;
  auto top = model::make_record<writ_book_top>();
  top.instrument = instrument.number;
  top.update_id = instrument.update_id;
  const bool bids = !book.bids().empty();
  const bool asks = !book.asks().empty();
  top.bid_price = bids ? book.bids().begin()->first : WRIT_NONE;
  top.bid_quantity = bids ? book.bids().begin()->second : WRIT_NONE;
  top.ask_price = asks ? book.asks().begin()->first : WRIT_NONE;
  top.ask_quantity = asks ? book.asks().begin()->second : WRIT_NONE;
  emit(top.header, static_cast<std::uint16_t>(instrument.number));
}

void SimulatedMarket::emit_mark(Instrument& instrument) {
  auto mark = model::make_record<writ_mark_price>();
  mark.instrument = instrument.number;
  mark.mark = instrument.fair * instrument.spec.tick;
  mark.index = mark.mark;
  mark.funding_rate = 100'000;  // 0.01 %
  constexpr std::int64_t kFundingPeriod = 8 * 3600 * kSecond;
  mark.next_funding_ts = (now_ / kFundingPeriod + 1) * kFundingPeriod;
  emit(mark.header, static_cast<std::uint16_t>(instrument.number));
}

void SimulatedMarket::emit_status(std::uint32_t status) {
  auto record = model::make_record<writ_market_status>();
  record.status = status;
  emit(record.header, static_cast<std::uint16_t>(instruments_.front()->number));
}

void SimulatedMarket::emit(writ_record& record, std::uint16_t stream) {
  if (muted_) return;
  // The venue's clock is a little before ours, and sometimes well after.
  constexpr std::int64_t kLatency = 2 * kMillisecond;
  constexpr std::int64_t kOffset = 1'500 * kMillisecond;
  record.stream = stream;
  record.ingest_ts = now_;
  record.event_ts = stream == 0 ? now_ : now_ + (now_ < offset_until_ ? kOffset : -kLatency);
  Words words((record.size + 7) / 8, 0);
  std::memcpy(words.data(), &record, record.size);
  ready_.push_back(std::move(words));
}

}  // namespace writ::feed
