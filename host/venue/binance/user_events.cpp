#include "host/venue/binance/user_events.hpp"

#include "host/venue/binance/json_fields.hpp"
#include "host/venue/binance/order_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace writ::venue::binance {
namespace {

namespace dom = simdjson::dom;
using base::Result;
using execution::OrderState;

template <std::size_t N>
bool among(std::string_view word, const std::array<std::string_view, N>& words) noexcept {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 3> kEnds = {"listenKeyExpired", "eventStreamTerminated",
                                                   "serverShutdown"};
constexpr std::array<std::string_view, 8> kTellNothing = {"TRADE_LITE",
                                                          "listStatus",
                                                          "externalLockUpdate",
                                                          "ALGO_UPDATE",
                                                          "ACCOUNT_CONFIG_UPDATE",
                                                          "STRATEGY_UPDATE",
                                                          "GRID_UPDATE",
                                                          "CONDITIONAL_ORDER_TRIGGER_REJECT"};
constexpr std::array<std::string_view, 9> kTransfers = {
    "DEPOSIT",        "WITHDRAW",      "WITHDRAW_REJECT",   "ADMIN_DEPOSIT",     "ADMIN_WITHDRAW",
    "ASSET_TRANSFER", "AUTO_EXCHANGE", "COIN_SWAP_DEPOSIT", "COIN_SWAP_WITHDRAW"};

std::int64_t none_if_zero(std::int64_t price) noexcept { return price == 0 ? WRIT_NONE : price; }

}  // namespace

struct UserEvents::State {
  State(const VenueNames& venue_names, AssetPrice price)
      : names(venue_names), made(venue_names, std::move(price)) {}

  const VenueNames& names;
  AnswerRecords made;
  dom::parser parser;
  std::string name;
  std::map<std::string, std::uint64_t> new_events;

  void decode_order(const JsonFields& order, std::int64_t time, UserEvent& event);
  void answer(const JsonFields& order, const OrderSaid& said);
  void end_or_trade(const JsonFields& order, std::string_view what, const OrderSaid& said);
  void decode_account(const JsonFields& update, std::int64_t time, UserEvent& event);
  void decode_spot_balances(const JsonFields& fields, UserEvent& event);
  void decode_spot_transfer(const JsonFields& fields, UserEvent& event);
  bool add_amount(std::string_view asset, Money amount,
                  std::vector<execution::VenueBalance>& amounts, UserEvent& event) const;
};

namespace {

TradeSaid trade_of(const JsonFields& order) {
  TradeSaid trade;
  trade.trade_id = order.has("t") ? order.integer("t") : 0;
  trade.price = order.decimal("L");
  trade.quantity = order.decimal("l");
  trade.maker = order.flag_or("m", false);
  if (order.has("n")) trade.fee = order.money("n");
  trade.fee_asset = order.text_or_empty("N");
  return trade;
}

std::uint16_t why_it_ended(const JsonFields& order, std::string_view status) {
  return reason_of_end(
      {status, order.text_or_empty("o"), order.text_or_empty("f"), order.text_or_empty("r")});
}

}  // namespace

// Of a report that ends an order, or a trade, by what happened (x).
void UserEvents::State::end_or_trade(const JsonFields& order, std::string_view what,
                                     const OrderSaid& said) {
  const std::string_view status = order.text("X");
  if (what == "TRADE" || what == "CALCULATED") {
    if (order.decimal("l") > 0) {
      made.fill(said, trade_of(order));
    } else if (!said.is_own()) {
      made.report(said, WRIT_REPORT_EXTERNAL, WRIT_REPORT_REASON_NONE);
    }
  } else if (what == "CANCELED") {
    made.report(said, WRIT_REPORT_CANCELLED, why_it_ended(order, "CANCELED"));
  } else if (what == "REJECTED") {
    made.report(said, WRIT_REPORT_REJECTED, why_it_ended(order, "REJECTED"),
                order.text_or_empty("r"));
  } else if (what == "EXPIRED") {
    made.report(said, WRIT_REPORT_EXPIRED, why_it_ended(order, status), order.text_or_empty("eR"));
  } else {
    order.fault().note("x");
  }
}

void UserEvents::State::answer(const JsonFields& order, const OrderSaid& said) {
  const std::string_view what = order.text("x");
  if (!state_of_status(order.text("X"))) return order.fault().note("X");
  if (what == "NEW") {
    made.report(said, said.is_own() ? WRIT_REPORT_ACCEPTED : WRIT_REPORT_EXTERNAL,
                WRIT_REPORT_REASON_NONE);
  } else if (what == "REPLACED" || what == "AMENDMENT") {
    made.report(said, WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_NONE);
  } else if (what == "TRADE_PREVENTION") {
    const auto state = *state_of_status(order.text("X"));
    if (state == OrderState::kExpired || state == OrderState::kCancelled) {
      made.report(said, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_SELF_TRADE);
    } else {  // it lives on for what was not prevented
      OrderSaid rest = said;
      if (__builtin_sub_overflow(rest.quantity, order.decimal_or("A", 0), &rest.quantity)) {
        order.fault().note("A");
      }
      made.report(rest, WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_SELF_TRADE);
    }
  } else {
    end_or_trade(order, what, said);
  }
}

void UserEvents::State::decode_order(const JsonFields& order, std::int64_t time, UserEvent& event) {
  event.kind = UserEvent::Kind::kOrder;
  const std::string_view symbol = order.text("s");
  OrderSaid said;
  said.instrument = names.instrument(symbol);
  if (said.instrument == nullptr) {
    event.unknown_names.emplace_back(symbol);
    return;
  }
  // A cancel has an id of its own, in the place of the order's.
  const std::string_view original = order.text_or_empty("C");
  said.client_order_id = original.empty() ? order.text("c") : original;
  said.venue_order_id = order.integer("i");
  said.price = none_if_zero(order.decimal("p"));
  said.quantity = order.decimal("q");
  said.filled = order.decimal("z");
  said.side = side_of(order.text("S"));
  said.time = time;
  if (said.side == WRIT_SIDE_NONE) order.fault().note("S");
  if (said.venue_order_id <= 0) order.fault().note("i");
  if (!order.fault().any()) answer(order, said);
}

bool UserEvents::State::add_amount(std::string_view asset, Money amount,
                                   std::vector<execution::VenueBalance>& amounts,
                                   UserEvent& event) const {
  const std::uint32_t id = names.asset(asset);
  if (id == 0) {
    event.unknown_names.emplace_back(asset);
    return false;
  }
  amounts.push_back({names.account(), id, amount});
  return true;
}

void UserEvents::State::decode_account(const JsonFields& update, std::int64_t time,
                                       UserEvent& event) {
  event.kind = UserEvent::Kind::kAccount;
  const std::string_view cause = update.text("m");
  event.cause = cause == "ORDER"           ? AccountCause::kOrder
                : cause == "FUNDING_FEE"   ? AccountCause::kFunding
                : among(cause, kTransfers) ? AccountCause::kTransfer
                                           : AccountCause::kOther;
  if (update.has("B")) {
    update.for_each("B", [&](const JsonFields& balance) {
      const std::string_view asset = balance.text("a");
      const Money change = balance.has("bc") ? balance.money("bc") : Money{};
      if (!add_amount(asset, balance.money("wb"), event.balances, event)) return;
      if (change == Money{}) return;
      event.changes.push_back({names.account(), names.asset(asset), change});
      if (event.cause == AccountCause::kTransfer) made.deposit(names.asset(asset), change, time);
    });
  }
  if (!update.has("P")) return;
  update.for_each("P", [&](const JsonFields& position) {
    const std::int64_t amount = position.decimal("pa");
    if (position.text_or_empty("ps") == "LONG" || position.text_or_empty("ps") == "SHORT") {
      event.hedged = event.hedged || amount != 0;
      return;
    }
    const std::string_view symbol = position.text("s");
    const writ_instrument* instrument = names.instrument(symbol);
    if (instrument == nullptr) {
      event.unknown_names.emplace_back(symbol);
    } else {
      event.positions.push_back({names.account(), instrument->instrument, Quantity{amount}});
    }
  });
}

void UserEvents::State::decode_spot_balances(const JsonFields& fields, UserEvent& event) {
  event.kind = UserEvent::Kind::kAccount;
  event.cause = AccountCause::kOrder;
  fields.for_each("B", [&](const JsonFields& balance) {
    const auto whole = checked_add(balance.money("f"), balance.money("l"));
    if (!whole) return fields.fault().note("f");
    add_amount(balance.text("a"), *whole, event.balances, event);
  });
}

void UserEvents::State::decode_spot_transfer(const JsonFields& fields, UserEvent& event) {
  event.kind = UserEvent::Kind::kAccount;
  event.cause = AccountCause::kTransfer;
  const Money change = fields.money("d");
  const std::string_view asset = fields.text("a");
  const std::int64_t time = fields.time("T");
  if (add_amount(asset, change, event.changes, event)) {
    made.deposit(names.asset(asset), change, time);
  }
}

UserEvents::UserEvents(const VenueNames& names, AssetPrice price)
    : state_(std::make_unique<State>(names, std::move(price))) {}
UserEvents::~UserEvents() = default;
UserEvents::UserEvents(UserEvents&&) noexcept = default;

const std::map<std::string, std::uint64_t>& UserEvents::new_events() const noexcept {
  return state_->new_events;
}

Result<UserEvent> UserEvents::decode(std::string_view json) {
  State& state = *state_;
  state.made.clear();
  const auto document = parse_json(state.parser, json);
  if (!document) return document.error();
  JsonFault fault;
  const JsonFields whole(*document, fault);
  const JsonFields fields = whole.has("event")  ? whole.object("event")
                            : whole.has("data") ? whole.object("data")
                                                : whole;
  state.name = fields.text("e");
  UserEvent event;
  event.name = state.name;
  if (state.name == "executionReport") {
    state.decode_order(fields, fields.time("T"), event);
  } else if (state.name == "ORDER_TRADE_UPDATE") {
    state.decode_order(fields.object("o"), fields.time("T"), event);
  } else if (state.name == "outboundAccountPosition") {
    state.decode_spot_balances(fields, event);
  } else if (state.name == "balanceUpdate") {
    state.decode_spot_transfer(fields, event);
  } else if (state.name == "ACCOUNT_UPDATE") {
    state.decode_account(fields.object("a"), fields.time("T"), event);
  } else if (state.name == "MARGIN_CALL") {
    event.kind = UserEvent::Kind::kMarginCall;
  } else if (among(state.name, kEnds)) {
    event.kind = UserEvent::Kind::kStreamEnded;
  } else if (!fault.any() && !among(state.name, kTellNothing)) {
    event.kind = UserEvent::Kind::kNew;
    ++state.new_events[state.name];
  }
  if (fault.any()) return fault.error();
  event.records = state.made.records();
  event.unpriced_fees = state.made.unpriced_fees();
  return event;
}

}  // namespace writ::venue::binance
