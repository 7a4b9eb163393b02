#include "host/venue/binance/account_replies.hpp"

#include "host/model/record_view.hpp"
#include "host/model/result_asset.hpp"
#include "host/venue/binance/error_codes.hpp"
#include "host/venue/binance/json_fields.hpp"
#include "host/venue/binance/order_words.hpp"

#include <writ/money.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>
#include <utility>

namespace writ::venue::binance {
namespace {

namespace dom = simdjson::dom;
using base::Errc;
using base::Error;
using base::Result;

/// A reply under reading.
class Reply {
 public:
  explicit Reply(std::string_view json) : document_(parse_json(parser_, json)) {}

  /// Calls `take(JsonFields)` for each of a list, of the list named so in an object, or for the
  /// object itself.
  template <class Take>
  void for_each(const char* name, Take take) {
    if (!document_) return;
    dom::array list;
    if (document_->get(list) == simdjson::SUCCESS) {
      for (const dom::element element : list) take(JsonFields(element, fault_));
      return;
    }
    const JsonFields whole(*document_, fault_);
    if (whole.has(name)) {
      whole.for_each(name, take);
    } else if (!fault_.any()) {
      take(whole);
    }
  }

  template <class T>
  Result<T> result(T value) const {
    if (!document_) return document_.error();
    if (fault_.any()) return fault_.error();
    return value;
  }

 private:
  dom::parser parser_;
  Result<dom::element> document_;
  JsonFault fault_;
};

void count(std::size_t* passed_over) {
  if (passed_over != nullptr) ++*passed_over;
}

execution::VenueOrder order_of(const JsonFields& fields, const VenueNames& names,
                               std::uint32_t instrument) {
  execution::VenueOrder order;
  order.client_order_id = fields.text("clientOrderId");
  order.venue_order_id = std::to_string(fields.integer("orderId"));
  order.account = names.account();
  order.instrument = instrument;
  const auto state = state_of_status(fields.text("status"));
  if (!state) fields.fault().note("status");
  order.state = state.value_or(execution::OrderState::kOpen);
  const std::int64_t price = fields.decimal("price");
  order.price = price == 0 ? WRIT_NONE : price;
  order.quantity = fields.decimal("origQty");
  order.filled = fields.decimal("executedQty");
  return order;
}

Money balance_in(const JsonFields& fields) {
  if (fields.has("walletBalance")) return fields.money("walletBalance");
  if (fields.has("balance")) return fields.money("balance");
  const auto whole = checked_add(fields.money("free"), fields.money("locked"));
  if (!whole) fields.fault().note("free");
  return whole.value_or(Money{});
}

}  // namespace

Result<std::vector<execution::VenueOrder>> read_orders(std::string_view json,
                                                       const VenueNames& names,
                                                       std::size_t* passed_over) {
  Reply reply(json);
  std::vector<execution::VenueOrder> orders;
  reply.for_each("orders", [&](const JsonFields& fields) {
    const writ_instrument* instrument = names.instrument(fields.text("symbol"));
    if (instrument == nullptr) return count(passed_over);
    orders.push_back(order_of(fields, names, instrument->instrument));
  });
  return reply.result(std::move(orders));
}

Result<std::vector<writ_fill>> read_trades(std::string_view json, const VenueNames& names,
                                           const ClientIdOf& client_id, const AssetPrice& price) {
  Reply reply(json);
  AnswerRecords made(names, price);
  reply.for_each("trades", [&](const JsonFields& fields) {
    OrderSaid said;
    said.instrument = names.instrument(fields.text("symbol"));
    if (said.instrument == nullptr) return;
    said.venue_order_id = fields.integer("orderId");
    const std::string id = client_id(said.instrument->instrument, said.venue_order_id);
    said.client_order_id = id;
    said.time = fields.time("time");
    const bool buy = fields.has("isBuyer") ? fields.flag("isBuyer") : fields.flag("buyer");
    said.side = buy ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    TradeSaid trade;
    trade.trade_id = fields.integer("id");
    trade.price = fields.decimal("price");
    trade.quantity = fields.decimal("qty");
    trade.maker = fields.has("isMaker") ? fields.flag("isMaker") : fields.flag("maker");
    trade.fee = fields.money("commission");
    trade.fee_asset = fields.text("commissionAsset");
    made.fill(said, trade);
  });
  std::vector<writ_fill> fills;
  for (const writ_record* record : made.records()) {
    fills.push_back(*model::as<writ_fill>(*record));
  }
  std::stable_sort(fills.begin(), fills.end(), [](const writ_fill& a, const writ_fill& b) {
    return a.header.event_ts < b.header.event_ts;
  });
  return reply.result(std::move(fills));
}

Result<std::vector<execution::VenueBalance>> read_balances(std::string_view json,
                                                           const VenueNames& names,
                                                           std::size_t* passed_over) {
  Reply reply(json);
  std::vector<execution::VenueBalance> balances;
  const char* const list = names.market() == Market::kSpot ? "balances" : "assets";
  reply.for_each(list, [&](const JsonFields& fields) {
    const Money amount = balance_in(fields);
    const std::uint32_t asset = names.asset(fields.text("asset"));
    if (amount == Money{}) return;
    if (asset == 0) return count(passed_over);
    balances.push_back({names.account(), asset, amount});
  });
  return reply.result(std::move(balances));
}

Result<std::vector<execution::VenuePosition>> read_positions(std::string_view json,
                                                             const VenueNames& names,
                                                             std::size_t* passed_over) {
  Reply reply(json);
  std::vector<execution::VenuePosition> positions;
  bool hedged = false;
  reply.for_each("positions", [&](const JsonFields& fields) {
    const std::int64_t amount = fields.decimal("positionAmt");
    const writ_instrument* instrument = names.instrument(fields.text("symbol"));
    if (amount == 0) return;
    if (fields.text("positionSide") != "BOTH") hedged = true;
    if (instrument == nullptr) return count(passed_over);
    positions.push_back({names.account(), instrument->instrument, Quantity{amount}});
  });
  auto result = reply.result(std::move(positions));
  if (result && hedged) {
    return Error(Errc::kUnsupported, "follow an account in hedge mode: set it to one-way mode");
  }
  return result;
}

Result<std::map<std::uint32_t, Money>> read_position_costs(std::string_view json,
                                                           const VenueNames& names) {
  constexpr Int128 kMillionth = 1'000'000'000'000;
  Reply reply(json);
  std::map<std::uint32_t, Money> costs;
  reply.for_each("positions", [&](const JsonFields& fields) {
    const writ_instrument* instrument = names.instrument(fields.text("symbol"));
    if (fields.decimal("positionAmt") == 0 || instrument == nullptr) return;
    // Its value at the mark less what it gained until there.
    const Int128 cost = fields.money("notional").raw - fields.money("unrealizedProfit").raw;
    const Int128 half = cost < 0 ? -kMillionth / 2 : kMillionth / 2;
    auto& sum = costs[model::result_asset(*instrument)];
    sum = Money{sum.raw + (cost + half) / kMillionth * kMillionth};
  });
  return reply.result(std::move(costs));
}

Result<std::vector<writ_adjustment>> read_fundings(std::string_view json, const VenueNames& names,
                                                   std::size_t* passed_over) {
  Reply reply(json);
  std::vector<writ_adjustment> fundings;
  reply.for_each("income", [&](const JsonFields& fields) {
    if (fields.text("incomeType") != "FUNDING_FEE") return;
    const writ_instrument* instrument = names.instrument(fields.text("symbol"));
    const std::uint32_t asset = names.asset(fields.text("asset"));
    if (instrument == nullptr || asset == 0) return count(passed_over);
    auto made = model::make_record<writ_adjustment>();
    made.header.event_ts = fields.time("time");
    made.header.ingest_ts = WRIT_NONE;
    made.account = names.account();
    made.asset = asset;
    made.instrument = instrument->instrument;
    made.kind = WRIT_ADJUST_FUNDING;
    made.amount = to_abi(fields.money("income"));
    made.price = WRIT_NONE;
    fundings.push_back(made);
  });
  std::stable_sort(fundings.begin(), fundings.end(), [](const auto& a, const auto& b) {
    return a.header.event_ts < b.header.event_ts;
  });
  return reply.result(std::move(fundings));
}

Result<TradeNumbers> read_trade_numbers(std::string_view json) {
  Reply reply(json);
  TradeNumbers numbers;
  reply.for_each("trades", [&](const JsonFields& fields) {
    ++numbers.trades;
    numbers.last = std::max(numbers.last, fields.integer("id"));
    std::pair<std::string, std::int64_t> order(fields.text("symbol"), fields.integer("orderId"));
    const auto known = std::find(numbers.orders.begin(), numbers.orders.end(), order);
    if (known == numbers.orders.end()) numbers.orders.push_back(std::move(order));
  });
  return reply.result(std::move(numbers));
}

bool is_not_found(Market market, int status, std::string_view body) {
  Reply reply(body);
  std::int64_t code = 0;
  std::string_view words;
  reply.for_each("", [&](const JsonFields& fields) {
    code = fields.integer("code");
    words = fields.text_or_empty("msg");
  });
  return meaning_of_error(market, status, code, words).fate == Fate::kNotFound;
}

Result<std::int64_t> read_server_time(std::string_view json) {
  Reply reply(json);
  std::int64_t time = WRIT_NONE;
  reply.for_each("", [&](const JsonFields& fields) { time = fields.time("serverTime"); });
  return reply.result(time);
}

}  // namespace writ::venue::binance
