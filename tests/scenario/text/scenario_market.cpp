// What a market and its venue do.
#include "tests/scenario/text/scenario_reader.hpp"

#include <writ/decimal.hpp>

#include <string>

namespace writ::test {
namespace {

/// `PRICExQUANTITY`.
writ_level level_of(ScenarioWords& words) {
  const auto text = words.text("a level such as 99.9x5");
  const auto cross = text.find('x');
  const auto price = parse_price(text.substr(0, cross));
  const auto quantity = cross == text.npos ? Parsed<Quantity>{{}, DecimalError::kSyntax}
                                           : parse_quantity(text.substr(cross + 1));
  if (!price || !quantity) words.expected_before("a level such as 99.9x5");
  return {price.value.raw, quantity.value.raw};
}

struct Levels {
  std::vector<writ_level> levels;  // bids, then asks
  std::uint32_t bid_count = 0;
  std::uint32_t ask_count = 0;
};

Levels levels_of(ScenarioWords& words) {
  Levels result;
  while (!words.take("/")) {
    if (words.at_end()) words.expected("a level such as 99.9x5, or / before the asks");
    result.levels.push_back(level_of(words));
    ++result.bid_count;
  }
  while (!words.at_end()) {
    result.levels.push_back(level_of(words));
    ++result.ask_count;
  }
  return result;
}

}  // namespace

void ScenarioReader::read_book(ScenarioWords& words) {
  auto image = model::make_record<writ_book_snapshot>();
  image.instrument = take_instrument(words);
  const auto levels = levels_of(words);
  image.last_id = ++book_ids_[image.instrument];
  image.bid_count = levels.bid_count;
  image.ask_count = levels.ask_count;
  model::RecordBuffer buffer;
  buffer.begin(image).append(levels.levels.data(), levels.levels.size() * sizeof(writ_level));
  add_record(buffer.finish(), image.instrument);
}

void ScenarioReader::add_delta(ScenarioWords& words, std::uint64_t lost) {
  auto delta = model::make_record<writ_book_delta>();
  delta.instrument = take_instrument(words);
  const auto levels = lost == 0 ? levels_of(words) : Levels{};
  auto& id = book_ids_[delta.instrument];
  id += lost + 1;
  delta.flags = WRIT_DELTA_CONTIGUOUS;
  delta.first_id = delta.last_id = id;
  delta.bid_count = levels.bid_count;
  delta.ask_count = levels.ask_count;
  model::RecordBuffer buffer;
  buffer.begin(delta).append(levels.levels.data(), levels.levels.size() * sizeof(writ_level));
  add_record(buffer.finish(), delta.instrument);
}

void ScenarioReader::read_change(ScenarioWords& words) { add_delta(words, 0); }
void ScenarioReader::read_gap(ScenarioWords& words) { add_delta(words, 1); }

void ScenarioReader::read_trade(ScenarioWords& words) {
  auto trade = model::make_record<writ_trade>();
  trade.instrument = take_instrument(words);
  trade.side = static_cast<std::uint16_t>(words.lower_word_of(model::kSideWords, "buy or sell"));
  trade.quantity = words.nano("a quantity");
  if (!words.take("@")) words.expected("@ and a price");
  trade.price = words.nano("a price");
  trade.trade_id = ++last_trade_;
  add_record(trade.header, trade.instrument);
}

void ScenarioReader::read_mark(ScenarioWords& words) {
  auto mark = model::make_record<writ_mark_price>();
  mark.instrument = take_instrument(words);
  mark.mark = words.nano("a price");
  mark.index = WRIT_NONE;
  add_record(mark.header, mark.instrument);
}

void ScenarioReader::read_status(ScenarioWords& words) {
  auto status = model::make_record<writ_market_status>();
  status.instrument = take_instrument(words);
  status.status = words.word_of(model::kMarketStatusWords, "a status");
  if (words.take("in_play")) {
    status.in_play = 1;
    status.bet_delay_s = static_cast<std::uint32_t>(words.count("a bet delay in seconds"));
  }
  add_record(status.header, status.instrument);
}

void ScenarioReader::read_funding(ScenarioWords& words) {
  auto funding = model::make_record<writ_funding>();
  funding.instrument = take_instrument(words);
  funding.rate = words.nano("a rate");
  if (!words.take("@")) words.expected("@ and the mark price");
  funding.mark = words.nano("the mark price");
  funding.interval_ns = 8 * 3'600'000'000'000;
  add_record(funding.header, funding.instrument);
}

void ScenarioReader::read_settle(ScenarioWords& words) {
  auto settled = model::make_record<writ_settlement>();
  settled.instrument = take_instrument(words);
  settled.result = words.word_of(model::kSettlementWords, "a result");
  settled.payout_denominator = settled.places = settled.tied = 1;
  settled.payout_numerator = settled.result == WRIT_SETTLED_WINNER ? 1 : 0;
  settled.starting_price = WRIT_NONE;
  if (settled.result == WRIT_SETTLED_PAYOUT ||
      (settled.result == WRIT_SETTLED_WINNER && !words.at_end())) {
    const auto text = words.text("a fraction such as 1/2");
    const auto slash = text.find('/');
    const auto upper = parse_nano(text.substr(0, slash));
    const auto under = parse_nano(slash == text.npos ? "" : text.substr(slash + 1));
    constexpr std::int64_t kOne = 1'000'000'000;
    if (!upper || !under || under.value <= 0) words.expected_before("a fraction such as 1/2");
    if (settled.result == WRIT_SETTLED_PAYOUT) {
      settled.payout_numerator = upper.value / kOne;
      settled.payout_denominator = under.value / kOne;
    } else {
      settled.places = static_cast<std::uint32_t>(upper.value / kOne);
      settled.tied = static_cast<std::uint32_t>(under.value / kOne);
    }
  }
  add_record(settled.header, settled.instrument);
}

void ScenarioReader::read_reduction(ScenarioWords& words) {
  auto reduction = model::make_record<writ_reduction>();
  reduction.instrument = take_instrument(words);
  reduction.market_group = instrument(reduction.instrument).market_group;
  reduction.factor = words.nano("a percentage");
  reduction.market = words.word_of(model::kReductionMarketWords, "win or place");
  add_record(reduction.header, reduction.instrument);
}

void ScenarioReader::read_tick(ScenarioWords& words) {
  auto change = model::make_record<writ_tick_change>();
  change.instrument = take_instrument(words);
  change.tick_before = instrument(change.instrument).tick;
  change.tick = words.nano("a tick");
  add_record(change.header, change.instrument);
}

void ScenarioReader::read_wait(ScenarioWords& words) {
  delay_ns_ = words.duration_ns("a duration");
  auto clock = model::make_record<writ_clock>();
  add_record(clock.header);
}

}  // namespace writ::test
