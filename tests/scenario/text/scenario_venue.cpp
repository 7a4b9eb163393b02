// The scripted venue: what it says of orders, in the script's order and at the script's time.
#include "tests/scenario/text/scenario_history.hpp"
#include "tests/scenario/text/scenario_reader.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace writ::test {
namespace {

/// What every word about an order names it by.
template <class Answer>
void about(Answer& answer, const writ_order& order) {
  answer.order_id = order.order_id;
  answer.intent_id = order.intent_id;
  answer.tag = order.tag;
  answer.instance = order.instance;
  answer.instrument = order.instrument;
  answer.account = order.account;
  answer.book = order.book;
  answer.header.stream = static_cast<std::uint16_t>(order.instrument);
  std::copy(std::begin(order.client_order_id), std::end(order.client_order_id),
            std::begin(answer.client_order_id));
  const auto known = model::text_of(order.venue_order_id);
  const auto name = known.empty() ? "V" + std::to_string(order.tag) : std::string(known);
  WRIT_ASSERT(model::set_text(answer.venue_order_id, name));
}

}  // namespace

ScenarioReader::OrderOf ScenarioReader::take_order(ScenarioWords& words) {
  if (words.take("host")) {
    return [](const ScenarioHistory& history) { return history.order_by_host(); };
  }
  const auto tag = take_intent(words).tag;
  return [tag](const ScenarioHistory& history) { return history.order(tag); };
}

void ScenarioReader::read_venue(ScenarioWords& words) {
  if (!begun_) {
    if (!words.take("scripted")) words.expected("\"scripted\"");
    result_.scripted_venue = true;
    return;
  }
  if (!result_.scripted_venue) words.expected("\"venue scripted\" above");
  if (words.take("fill")) return read_venue_fill(words);
  auto report = model::make_record<writ_report>();
  report.kind = static_cast<std::uint16_t>(
      words.word_of(model::kReportWords, "fill, or a report such as accepted"));
  const auto order_of = take_order(words);
  if (report.kind == WRIT_REPORT_REPLACED) {
    report.quantity = words.nano("the new quantity");
    if (!words.take("@")) words.expected("@ and the new price");
    report.price = words.nano("the new price");
  }
  if (words.take("reason")) {
    report.reason =
        static_cast<std::uint16_t>(words.word_of(model::kReportReasonWords, "a reason"));
  }
  add_step(ScenarioStep::Kind::kAnswer).answer =
      [report, order_of](const ScenarioHistory& history) mutable -> std::optional<Words> {
    const auto* order = order_of(history);
    if (order == nullptr) return std::nullopt;
    about(report, *order);
    if (report.kind != WRIT_REPORT_REPLACED) {
      report.price = order->price;
      report.quantity = order->quantity;
    }
    report.filled = order->filled;
    return words_of(report.header);
  };
}

void ScenarioReader::read_venue_fill(ScenarioWords& words) {
  auto fill = model::make_record<writ_fill>();
  const auto order_of = take_order(words);
  fill.quantity = words.nano("a quantity");
  if (!words.take("@")) words.expected("@ and a price");
  fill.price = words.nano("a price");
  fill.liquidity = WRIT_LIQUIDITY_MAKER;
  std::string trade = "T" + std::to_string(++last_trade_);
  while (!words.at_end()) {
    if (words.take("taker")) {
      fill.liquidity = WRIT_LIQUIDITY_TAKER;
    } else if (words.take("fee")) {
      fill.fee = fill.fee_asset_quantity = to_abi(words.money("an amount"));
    } else if (words.take("trade")) {
      trade = words.text("the venue's name of the trade");
    } else {
      words.expected("\"taker\", \"fee\" or \"trade\"");
    }
  }
  if (!model::set_text(fill.exchange_trade_id, trade)) words.expected_before("a shorter name");
  const auto assets = instrument_records_;
  add_step(ScenarioStep::Kind::kAnswer).answer =
      [fill, order_of, assets](const ScenarioHistory& history) mutable -> std::optional<Words> {
    const auto* order = order_of(history);
    if (order == nullptr) return std::nullopt;
    about(fill, *order);
    fill.side = order->side;
    fill.fee_asset = assets[order->instrument - 1].settle_asset;
    return words_of(fill.header);
  };
}

}  // namespace writ::test
