#include "host/venue/binance/answer_records.hpp"

#include "host/base/assert.hpp"
#include "host/execution/client_order_id.hpp"

#include <writ/money_abi.hpp>
#include <writ/muldiv.hpp>
#include <writ/quantity.hpp>

#include <algorithm>
#include <utility>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;

std::string venue_id_text(std::int64_t id) { return id == 0 ? "" : std::to_string(id); }

}  // namespace

OrderSaid said_of(const writ_order& command) noexcept {
  OrderSaid said;
  said.command = &command;
  said.price = command.price;
  said.quantity = command.quantity;
  said.filled = command.filled;
  said.side = command.side;
  return said;
}

bool OrderSaid::is_own() const noexcept {
  return command != nullptr || execution::is_own_client_order_id(client_order_id);
}

AnswerRecords::AnswerRecords(const VenueNames& names, AssetPrice price) noexcept
    : names_(names), price_(std::move(price)) {}

void AnswerRecords::clear() noexcept {
  records_.clear();
  unpriced_fees_.clear();
}

model::RecordBuffer& AnswerRecords::next_buffer() {
  if (buffers_.size() == records_.size()) buffers_.emplace_back();
  return buffers_[records_.size()];
}

std::string AnswerRecords::client_order_id(const OrderSaid& order) const {
  if (order.command != nullptr) return std::string(model::text_of(order.command->client_order_id));
  if (order.is_own()) return std::string(order.client_order_id);
  return execution::external_order_id(venue_name(names_.market()),
                                      venue_id_text(order.venue_order_id));
}

template <class Answer>
Answer AnswerRecords::answer_to(const OrderSaid& order) const {
  auto answer = model::make_record<Answer>();
  answer.header.event_ts = order.time;
  answer.header.ingest_ts = WRIT_NONE;
  answer.account = names_.account();
  answer.book = WRIT_BOOK_MAIN;
  if (order.time != WRIT_NONE) answer.venue_seq = static_cast<std::uint64_t>(order.time);
  std::string venue_id = venue_id_text(order.venue_order_id);
  if (order.command != nullptr) {
    answer.instrument = order.command->instrument;
    answer.order_id = order.command->order_id;
    answer.intent_id = order.command->intent_id;
    answer.tag = order.command->tag;
    answer.instance = order.command->instance;
    answer.account = order.command->account;
    answer.book = order.command->book;
    if (venue_id.empty()) venue_id = model::text_of(order.command->venue_order_id);
  }
  if (order.instrument != nullptr) answer.instrument = order.instrument->instrument;
  // An id of ours is never longer than this: whoever else uses our prefix is told by the venue's.
  if (!model::set_text(answer.client_order_id, client_order_id(order))) {
    const bool fits =
        model::set_text(answer.client_order_id,
                        execution::external_order_id(venue_name(names_.market()), venue_id));
    WRIT_ASSERT(fits);
  }
  const bool fits = model::set_text(answer.venue_order_id, venue_id);
  WRIT_ASSERT(fits);
  return answer;
}

writ_report& AnswerRecords::report(const OrderSaid& order, std::uint16_t kind, std::uint16_t reason,
                                   std::string_view text) {
  auto report = answer_to<writ_report>(order);
  report.kind = kind;
  report.reason = reason;
  report.price = order.price;
  report.quantity = order.quantity;
  report.filled = order.filled;
  if (text.empty() && !order.is_own()) text = order.client_order_id;
  report.text_size = static_cast<std::uint32_t>(text.size());
  model::RecordBuffer& buffer = next_buffer();
  buffer.begin(report).append(text.data(), text.size());
  records_.push_back(&buffer.finish());
  return buffer.fixed<writ_report>();
}

std::optional<Money> AnswerRecords::worth(const writ_instrument& instrument, Price price,
                                          std::uint32_t asset, Money amount) const {
  const std::uint32_t into =
      instrument.kind == WRIT_KIND_SPOT ? instrument.quote_asset : instrument.settle_asset;
  if (amount == Money{} || asset == into) return amount;
  std::optional<Price> rate;
  if (asset != 0 && asset == instrument.base_asset) {
    rate = price;
  } else if (asset != 0 && price_) {
    rate = price_(asset, into);
  }
  const auto value =
      rate ? muldiv(amount.raw, rate->raw, kOne, Rounding::kCeil) : std::optional<Int128>();
  if (value && Money{*value}.in_bounds()) return Money{*value};
  return std::nullopt;
}

void AnswerRecords::fill(const OrderSaid& order, const TradeSaid& trade) {
  auto fill = answer_to<writ_fill>(order);
  fill.side = order.side;
  fill.liquidity = trade.maker ? WRIT_LIQUIDITY_MAKER : WRIT_LIQUIDITY_TAKER;
  fill.price = trade.price;
  fill.quantity = trade.quantity;
  fill.fee_asset = names_.asset(trade.fee_asset);
  fill.fee_asset_quantity = to_abi(trade.fee);
  const auto fee = worth(*order.instrument, Price{trade.price}, fill.fee_asset, trade.fee);
  fill.fee = to_abi(fee.value_or(Money{}));
  if (!fee) unpriced_fees_.emplace_back(trade.fee_asset);
  const bool fits =
      model::set_text(fill.exchange_trade_id,
                      trade.trade_id > 0 ? std::to_string(trade.trade_id)
                                         : execution::cumulative_trade_id(Quantity{order.filled}));
  WRIT_ASSERT(fits);
  model::RecordBuffer& buffer = next_buffer();
  buffer.begin(fill);
  records_.push_back(&buffer.finish());
}

void AnswerRecords::deposit(std::uint32_t asset, Money amount, std::int64_t time) {
  auto deposit = model::make_record<writ_deposit>();
  deposit.header.event_ts = time;
  deposit.header.ingest_ts = WRIT_NONE;
  deposit.account = names_.account();
  deposit.asset = asset;
  deposit.amount = to_abi(amount);
  model::RecordBuffer& buffer = next_buffer();
  buffer.begin(deposit);
  records_.push_back(&buffer.finish());
}

}  // namespace writ::venue::binance
