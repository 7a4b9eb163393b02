#include "tests/sim/wild_market.hpp"

#include <algorithm>

namespace writ::test {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3'600 * kSecond;
constexpr std::int64_t kStartTs = 1'700'000'000'000'000'000;

writ_settlement settlement(std::uint32_t instrument, std::uint32_t result) {
  auto settled = model::make_record<writ_settlement>();
  settled.instrument = instrument;
  settled.result = result;
  settled.places = settled.tied = 1;
  settled.starting_price = WRIT_NONE;
  return settled;
}

}  // namespace

WildMarket::WildMarket(std::uint64_t seed) : random_(seed, "test.wild_market"), now_(kStartTs) {
  constexpr std::int64_t kStart = kStartPrice / 10'000'000;
  walks_[kSpot] = walks_[kPerp] = {kStart, kStart * 71 / 100, kStart * 129 / 100, 15};
  status_.fill(WRIT_MARKET_OPEN);
  begin_season();
  quote_all();
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

std::uint32_t WildMarket::any_instrument() {
  const auto drawn = static_cast<std::uint32_t>(between(1, kPerp + kOfSeason));
  if (drawn <= kPerp) return drawn;
  const std::uint32_t of_season = yes_of(season_) + drawn - kPerp - 1;
  return of_season == withdrawn_ ? kSpot : of_season;
}

void WildMarket::step() {
  now_ += between(0, 200'000'000);
  if (now_ >= tell_again_) {
    tell_again_ = INT64_MAX;
    for (auto settled : told_) emit(settled.header, settled.instrument);
  }
  if (now_ >= season_ends_) end_season();
  const std::uint32_t instrument = any_instrument();
  if (one_in(60)) return emit_rarity(instrument);
  if (status_[instrument] != WRIT_MARKET_OPEN && one_in(20)) {
    return emit_status(instrument, WRIT_MARKET_OPEN);
  }
  if (one_in(3)) return emit_trade(instrument);
  quote(instrument == no_of(season_) ? yes_of(season_) : instrument);
}

void WildMarket::emit_rarity(std::uint32_t instrument) {
  switch (between(0, 6)) {
    case 0:
      return emit_funding();
    case 1:
    case 2:
      return emit_mark();
    case 3:
      return emit_status(instrument, status_[instrument] == WRIT_MARKET_OPEN ? WRIT_MARKET_SUSPENDED
                                                                             : WRIT_MARKET_OPEN);
    case 4:
      if (one_in(20)) emit_break_of_connection();
      return;
    case 5:
      if (one_in(4)) withdraw_runner();
      if (one_in(4)) turn_in_play();
      return;
    default:
      if (one_in(100)) now_ += between(kHour, 12 * kHour);  // nothing happens
      return;
  }
}

void WildMarket::emit_break_of_connection() {
  emit_status(0, WRIT_MARKET_DISCONNECTED);
  now_ += between(0, 10 * kSecond);
  emit_status(0, WRIT_MARKET_CONNECTED);
  quote_all();
}

// --- seasons -----------------------------------------------------------------------------------

void WildMarket::begin_season() {
  walks_[yes_of(season_)] = {500, 30, 970, 4};
  for (std::uint32_t place = 0; place < kRunners; ++place) {
    walks_[runner_of(season_, place)] = {between(200, 500), 150, 900, 2};
  }
  withdrawn_ = 0;
  in_play_ = false;
  season_ends_ = now_ + between(100 * kSecond, 600 * kSecond);
}

void WildMarket::end_season() {
  if (season_ + 1 == kSeasons) {
    season_ends_ = INT64_MAX;
    return;
  }
  told_.clear();
  if (one_in(2)) {
    for (std::uint32_t i = 0; i < kOfSeason; ++i) {
      emit_status(yes_of(season_) + i, WRIT_MARKET_CLOSED);
    }
    now_ += between(0, 20 * kSecond);
  }
  pay_out_tokens();
  settle_race();
  if (one_in(2)) take_back_results();
  tell_again_ = now_ + 60 * kSecond;
  ++season_;
  begin_season();
  quote_all();
}

void WildMarket::pay_out_tokens() {
  const std::int64_t yes_pays = between(0, 2);  // halves
  for (const bool yes : {true, false}) {
    auto settled = settlement(yes ? yes_of(season_) : no_of(season_), WRIT_SETTLED_PAYOUT);
    settled.payout_numerator = yes ? yes_pays : 2 - yes_pays;
    settled.payout_denominator = 2;
    settle(settled);
  }
}

void WildMarket::settle_race() {
  const bool is_void = one_in(8);
  std::vector<std::uint32_t> run;
  for (std::uint32_t place = 0; place < kRunners; ++place) {
    if (runner_of(season_, place) != withdrawn_) run.push_back(runner_of(season_, place));
  }
  const bool dead_heat = one_in(4);
  const std::size_t winner = random_.below(run.size());
  for (std::size_t i = 0; i < run.size(); ++i) {
    const bool wins = i == winner || (dead_heat && i == (winner + 1) % run.size());
    auto settled = settlement(run[i], is_void ? WRIT_SETTLED_VOID
                                      : wins  ? WRIT_SETTLED_WINNER
                                              : WRIT_SETTLED_LOSER);
    if (dead_heat) settled.tied = 2;
    settle(settled);
  }
}

// Some results are reversed, and told as they were or otherwise.
void WildMarket::take_back_results() {
  for (auto& result : told_) {
    if (!one_in(3)) continue;
    now_ += between(0, 3 * kSecond);
    auto reversed = settlement(result.instrument, WRIT_SETTLED_REVERSED);
    emit(reversed.header, result.instrument);
    now_ += between(0, 3 * kSecond);
    if (result.result == WRIT_SETTLED_PAYOUT && one_in(2)) result.payout_numerator = between(0, 2);
    emit(result.header, result.instrument);
  }
}

void WildMarket::settle(writ_settlement result) {
  emit(result.header, result.instrument);
  told_.push_back(result);
  if (one_in(3)) now_ += between(0, 3 * kSecond);
}

void WildMarket::withdraw_runner() {
  if (withdrawn_ != 0 || in_play_) return;
  withdrawn_ = runner_of(season_, static_cast<std::uint32_t>(between(0, kRunners - 1)));
  auto reduction = model::make_record<writ_reduction>();
  reduction.instrument = withdrawn_;
  reduction.market_group = 2 + 2 * season_;
  reduction.factor = between(1, 40) * kOne;
  reduction.market = WRIT_REDUCTION_WIN;
  emit(reduction.header, withdrawn_);
  now_ += between(0, kSecond);
  auto settled = settlement(withdrawn_, WRIT_SETTLED_VOID);
  emit(settled.header, withdrawn_);
}

void WildMarket::turn_in_play() {
  if (in_play_) return;
  in_play_ = true;
  for (std::uint32_t place = 0; place < kRunners; ++place) {
    if (runner_of(season_, place) == withdrawn_) continue;
    emit_status(runner_of(season_, place), WRIT_MARKET_OPEN);
  }
}

// --- prices ------------------------------------------------------------------------------------

void WildMarket::quote_all() {
  for (const auto instrument : {kSpot, kPerp, yes_of(season_)}) quote(instrument);
  for (std::uint32_t place = 0; place < kRunners; ++place) quote(runner_of(season_, place));
}

void WildMarket::move(Walk& walk) {
  const std::int64_t reach = one_in(50) ? walk.step * 10 : walk.step;
  walk.middle = std::clamp(walk.middle + between(-reach, reach), walk.lowest, walk.highest);
}

WildMarket::Book WildMarket::draw_book(const Walk& walk, std::uint32_t instrument) {
  const std::int64_t tick = tick_of(instrument);
  Book book;
  const std::int64_t half = between(1, 5);
  const auto side = [&](std::vector<writ_level>& levels, std::int64_t sign) {
    std::int64_t price = walk.middle + sign * half;
    for (auto left = between(1, 5); left > 0; --left) {
      levels.push_back({price * tick, lot_of(instrument) * between(1, 20'000)});
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

// The NO book is the YES book seen from the other side; a withdrawn runner has none.
void WildMarket::quote(std::uint32_t instrument) {
  if (instrument == withdrawn_) return;
  Walk& walk = walks_[instrument];
  move(walk);
  books_[instrument] = draw_book(walk, instrument);
  emit_book(instrument, books_[instrument]);
  if (instrument != yes_of(season_)) return;
  Book mirrored;
  for (const auto& level : books_[instrument].asks) {
    mirrored.bids.push_back({kOne - level.price, level.quantity});
  }
  for (const auto& level : books_[instrument].bids) {
    mirrored.asks.push_back({kOne - level.price, level.quantity});
  }
  books_[no_of(season_)] = mirrored;
  emit_book(no_of(season_), mirrored);
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
  trade.quantity = lot_of(instrument) * between(1, 30'000);
  trade.trade_id = ++updates_;
  emit(trade.header, instrument);
}

void WildMarket::emit_mark() {
  auto mark = model::make_record<writ_mark_price>();
  mark.instrument = kPerp;
  mark.mark = walks_[kPerp].middle * tick_of(kPerp);
  mark.index = walks_[kSpot].middle * tick_of(kSpot);
  mark.funding_rate = between(-100'000, 100'000);
  mark.next_funding_ts = now_ + 60 * kOne;
  emit(mark.header, kPerp);
}

void WildMarket::emit_funding() {
  auto funding = model::make_record<writ_funding>();
  funding.instrument = kPerp;
  funding.mark = walks_[kPerp].middle * tick_of(kPerp);
  funding.rate = between(-100'000, 100'000);
  funding.interval_ns = 60 * kOne;
  emit(funding.header, kPerp);
}

void WildMarket::emit_status(std::uint32_t instrument, std::uint32_t status) {
  auto said = model::make_record<writ_market_status>();
  said.instrument = instrument;
  said.status = status;
  if (instrument != 0) status_[instrument] = status;
  if (in_play_ && instrument > no_of(season_)) {
    said.in_play = 1;
    said.bet_delay_s = static_cast<std::uint32_t>(between(1, 5));
  }
  emit(said.header, instrument == 0 ? kSpot : instrument);
}

void WildMarket::emit(writ_record& record, std::uint32_t instrument) {
  record.stream = static_cast<std::uint16_t>(instrument);
  record.event_ts = now_;
  record.ingest_ts = now_;
  ready_.push_back(model::words_of(record));
}

}  // namespace writ::test
