#include "truth.hpp"

#include "host/base/input_error.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <variant>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

std::string_view word_of(Execution execution) {
  constexpr std::array<std::string_view, 6> kWords = {"NEW",     "TRADE",     "CANCELED",
                                                      "EXPIRED", "PREVENTED", "AMENDED"};
  return kWords[static_cast<std::size_t>(execution)];
}

std::string_view word_of(BalanceReason reason) {
  constexpr std::array<std::string_view, 3> kWords = {"ORDER", "DEPOSIT", "FUNDING"};
  return kWords[static_cast<std::size_t>(reason)];
}

json::object order_json(const Exchange& exchange, const Order& order) {
  return {{"account", exchange.account(order.account).name},
          {"symbol", order.symbol},
          {"order_id", order.id},
          {"client_id", order.client_id},
          {"side", to_word(order.side)},
          {"type", to_word(order.type)},
          {"time_in_force", to_word(order.time_in_force)},
          {"reduce_only", order.reduce_only},
          {"price", to_string(order.price)},
          {"quantity", to_string(order.quantity)},
          {"executed", to_string(order.executed)},
          {"executed_quote", to_string(order.executed_quote)},
          {"status", to_word(order.status)},
          {"created_ts", order.created_ts},
          {"updated_ts", order.updated_ts}};
}

json::object fill_json(const Exchange& exchange, const Fill& fill) {
  return {{"account", exchange.account(fill.account).name},
          {"symbol", fill.symbol},
          {"trade_id", fill.trade_id},
          {"order_id", fill.order_id},
          {"side", to_word(fill.side)},
          {"price", to_string(fill.price)},
          {"quantity", to_string(fill.quantity)},
          {"commission", to_string(fill.commission)},
          {"commission_asset", fill.commission_asset},
          {"realised", to_string(fill.realised)},
          {"maker", fill.maker},
          {"ts", fill.ts}};
}

json::object position_json(const std::string& symbol, const Position& position) {
  return {{"symbol", symbol},
          {"amount", to_string(position.amount)},
          {"cost", to_string(position.cost)},
          {"entry_price", to_string(position.entry_price())},
          {"realised", to_string(position.realised)}};
}

json::object balance_json(const std::string& asset, const Balance& balance) {
  return {
      {"asset", asset}, {"free", to_string(balance.free)}, {"locked", to_string(balance.locked)}};
}

}  // namespace

Truth::Truth(const std::string& path) {
  if (path.empty()) return;
  file_.open(path, std::ios::trunc);
  if (!file_) throw base::InputError(path, "cannot be written");
}

void Truth::record(const Exchange& exchange, const std::vector<Event>& events) {
  for (const Event& event : events) {
    if (const auto* order = std::get_if<OrderEvent>(&event)) write(exchange, *order);
    if (const auto* balance = std::get_if<BalanceEvent>(&event)) write(exchange, *balance);
  }
  if (file_.is_open()) file_.flush();
}

void Truth::write(const Exchange& exchange, const OrderEvent& event) {
  json::object line = {{"seq", lines_.size() + 1},
                       {"kind", "order"},
                       {"ts", event.ts},
                       {"execution", word_of(event.execution)}};
  for (const auto& member : order_json(exchange, event.order)) line.insert(member);
  append(json::serialize(line));
  if (!event.fill) return;
  line = {{"seq", lines_.size() + 1}, {"kind", "fill"}};
  for (const auto& member : fill_json(exchange, *event.fill)) line.insert(member);
  append(json::serialize(line));
}

void Truth::write(const Exchange& exchange, const BalanceEvent& event) {
  const std::string& name = exchange.account(event.account).name;
  for (const auto& [asset, balance] : event.balances) {
    json::object line = {{"seq", lines_.size() + 1},
                         {"kind", "balance"},
                         {"ts", event.ts},
                         {"account", name},
                         {"reason", word_of(event.reason)}};
    for (const auto& member : balance_json(asset, balance)) line.insert(member);
    if (asset == event.asset) line["change"] = to_string(event.change);
    append(json::serialize(line));
  }
  for (const auto& [symbol, position] : event.positions) {
    json::object line = {
        {"seq", lines_.size() + 1}, {"kind", "position"}, {"ts", event.ts}, {"account", name}};
    for (const auto& member : position_json(symbol, position)) line.insert(member);
    append(json::serialize(line));
  }
}

void Truth::append(std::string line) {
  line += '\n';
  if (file_.is_open()) file_ << line;
  lines_.push_back(std::move(line));
}

std::string Truth::lines(std::size_t first) const {
  std::string text;
  for (std::size_t at = std::max<std::size_t>(first, 1) - 1; at < lines_.size(); ++at) {
    text += lines_[at];
  }
  return text;
}

std::string state_json(const Exchange& exchange) {
  json::array accounts;
  for (std::uint32_t id = 1; id < exchange.accounts(); ++id) {
    const Account& account = exchange.account(id);
    json::array balances;
    for (const auto& [asset, balance] : account.balances) {
      balances.push_back(balance_json(asset, balance));
    }
    json::array positions;
    for (const auto& [symbol, position] : account.positions) {
      positions.push_back(position_json(symbol, position));
    }
    accounts.push_back(json::object{{"account", account.name},
                                    {"balances", std::move(balances)},
                                    {"positions", std::move(positions)}});
  }
  json::array orders;
  for (const auto& [id, order] : exchange.orders()) orders.push_back(order_json(exchange, order));
  json::array fills;
  for (const Fill& fill : exchange.fills()) fills.push_back(fill_json(exchange, fill));
  return json::serialize(json::object{{"ts", exchange.now()},
                                      {"accounts", std::move(accounts)},
                                      {"orders", std::move(orders)},
                                      {"fills", std::move(fills)}});
}

}  // namespace writ::venue_sim
