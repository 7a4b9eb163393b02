#include "streams.hpp"

#include "messages.hpp"
#include "refusal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLife = 24LL * 3'600 * kSecond;
constexpr std::int64_t kNotice = 10 * kSecond;  // of a shutdown
constexpr std::array<std::int64_t, 4> kPeriodsMs = {100, 250, 500, 1'000};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

/// A stream's name; anything else in a path is a client's own business.
bool is_stream(std::string_view name) {
  return name.find('@') != std::string_view::npos || name.starts_with('!');
}

/// A message as a combined connection gets it, or as it is.
std::string wrapped(bool combined, std::string_view stream, const std::string& text) {
  if (!combined) return text;
  return "{\"stream\":\"" + std::string(stream) + "\",\"data\":" + text + "}";
}

/// Where a market stream is served.
std::string_view part_of(Market market, std::string_view stream) {
  if (market == Market::kSpot) return "";
  const bool is_public = stream.find("@depth") != stream.npos || stream.ends_with("bookTicker") ||
                         stream.ends_with("@trade");
  return is_public ? "public" : "market";
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// Which suffixes mean this period; the market's own is unnamed.
std::vector<std::string> suffixes(Market market, std::int64_t period_ms) {
  std::vector<std::string> found = {"@" + std::to_string(period_ms) + "ms"};
  if (period_ms == (market == Market::kSpot ? 1'000 : 250)) found.emplace_back("");
  if (period_ms == 100) found.emplace_back("@0ms");
  return found;
}

}  // namespace

bool Streams::opened(ConnectionId id, std::string_view target) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  std::vector<std::string> path = split(target.substr(0, mark), '/');
  const Request query = Request::of_rest(target.substr(std::min(mark + 1, target.size())), {});
  Connection connection;
  connection.opened_ts = exchange_.now();
  if (!path.empty() && (path[0] == "public" || path[0] == "market" || path[0] == "private")) {
    connection.part = path[0];
    path.erase(path.begin());
  }
  if (path.empty()) return false;
  const std::string api = exchange_.market() == Market::kSpot ? "ws-api" : "ws-fapi";
  connection.api = path[0] == api;
  connection.combined = path[0] == "stream";
  if (!connection.api && !connection.combined && path[0] != "ws") return false;
  const bool in_parts = exchange_.market() == Market::kUsdm && !connection.api;
  if (in_parts == connection.part.empty()) return false;
  connections_.emplace(id, std::move(connection));
  Connection& made = connections_.at(id);
  for (std::size_t at = 1; at < path.size() && !made.api; ++at) {
    subscribe(id, made, percent_decoded(path[at]));
  }
  for (const std::string& stream : split(query.text_or("streams", ""), '/')) {
    subscribe(id, made, stream);
  }
  if (query.has("listenKey")) subscribe(id, made, query.text("listenKey"));
  return true;
}

void Streams::received(ConnectionId id, std::string_view text) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.frozen) return;
  Connection& connection = found->second;
  if (!connection.api) {
    const std::int64_t second = exchange_.now() / kSecond;
    if (std::exchange(connection.second, second) != second) connection.requests = 0;
    const int requests_max = exchange_.market() == Market::kSpot ? 5 : 10;
    if (++connection.requests > requests_max) return say(id, connection, {}, Output::Kind::kCut);
    return control(id, connection, text);
  }
  try {
    say(id, connection, api_.message(connection.session, text));
  } catch (const Silence&) {
    say(id, connection, {}, Output::Kind::kCut);
  }
}

void Streams::closed(ConnectionId id) {
  connections_.erase(id);
  for (auto& [stream, ids] : listeners_) ids.erase(id);
}

void Streams::control(ConnectionId id, Connection& connection, std::string_view text) {
  boost::system::error_code error;
  const json::value message = json::parse(text, error);
  const auto refuse = [&](const char* why) {
    say(id, connection,
        json::serialize(json::object{{"error", json::object{{"code", 2}, {"msg", why}}}}));
  };
  if (error || !message.is_object()) return refuse("Invalid JSON");
  const json::object& asked = message.get_object();
  const json::value* method = asked.if_contains("method");
  const json::value* request_id = asked.if_contains("id");
  if (method == nullptr || !method->is_string()) return refuse("Invalid request");
  json::value result;
  const json::value* params = asked.if_contains("params");
  const bool list = params != nullptr && params->is_array();
  if (method->get_string() == "LIST_SUBSCRIPTIONS") {
    json::array streams;
    for (const std::string& stream : connection.streams) streams.emplace_back(stream);
    result = std::move(streams);
  } else if (method->get_string() == "GET_PROPERTY") {
    result = connection.combined;
  } else if (method->get_string() == "SET_PROPERTY") {
    if (!list || params->get_array().size() != 2) return refuse("Invalid request");
    connection.combined = params->get_array()[1].is_bool() && params->get_array()[1].get_bool();
  } else if (list &&
             (method->get_string() == "SUBSCRIBE" || method->get_string() == "UNSUBSCRIBE")) {
    for (const json::value& stream : params->get_array()) {
      if (!stream.is_string()) return refuse("Invalid request");
      const std::string name(stream.get_string());
      if (method->get_string() == "SUBSCRIBE") {
        subscribe(id, connection, name);
      } else {
        unsubscribe(id, connection, name);
      }
    }
  } else {
    return refuse("Invalid request: unknown method");
  }
  say(id, connection,
      json::serialize(json::object{{"result", std::move(result)},
                                   {"id", request_id == nullptr ? json::value() : *request_id}}));
}

void Streams::subscribe(ConnectionId id, Connection& connection, const std::string& stream) {
  if (const std::uint32_t account = api_.listen_keys().account_of(stream); account != 0) {
    if (connection.part != "private") return;
    connection.accounts.insert(account);
    connection.listen_keys[account] = stream;
    return;
  }
  if (!is_stream(stream) || connection.part != part_of(exchange_.market(), stream)) return;
  connection.streams.insert(stream);
  listeners_[stream].insert(id);
}

void Streams::unsubscribe(ConnectionId id, Connection& connection, const std::string& stream) {
  if (const std::uint32_t account = api_.listen_keys().account_of(stream); account != 0) {
    connection.accounts.erase(account);
  }
  connection.streams.erase(stream);
  listeners_[stream].erase(id);
}

bool Streams::heard(const std::string& stream) const {
  const auto found = listeners_.find(stream);
  return found != listeners_.end() && !found->second.empty();
}

void Streams::send(const std::string& stream, const json::object& event) {
  if (!heard(stream)) return;
  const std::string text = json::serialize(event);
  const std::set<ConnectionId> ids = listeners_.at(stream);
  for (const ConnectionId id : ids) {
    Connection& connection = connections_.at(id);
    deliver(id, connection, stream, wrapped(connection.combined, stream, text));
  }
}

void Streams::deliver(ConnectionId id, Connection& connection, std::string_view stream,
                      std::string text) {
  const Fate fate = faults_.of_message(stream, exchange_.now());
  if (fate == Fate::kLost) return;
  if (fate == Fate::kAfterNext) {
    connection.waiting.push_back(std::move(text));
    return;
  }
  if (fate == Fate::kHeld) {
    connection.held.push_back(std::move(text));
    return;
  }
  if (fate == Fate::kTwice) say(id, connection, text);
  say(id, connection, std::move(text));
  for (std::string& late : std::exchange(connection.waiting, {})) {
    say(id, connection, std::move(late));
  }
}

void Streams::say(ConnectionId id, const Connection& connection, std::string text,
                  Output::Kind kind) {
  if (!connection.frozen) output_.push_back({id, kind, std::move(text)});
}

void Streams::publish(const std::vector<Event>& events) {
  for (const Event& event : events) {
    std::visit([this](const auto& one) { tell(one); }, event);
  }
  tell_tops();
}

void Streams::tell(const PublicTrade& trade) {
  const std::string stream = lower(trade.symbol) + "@trade";
  if (heard(stream)) send(stream, trade_event(exchange_.listed(trade.symbol).listing, trade));
}

void Streams::tell(const AggregateTrade& trade) {
  const std::string stream = lower(trade.trade.symbol) + "@aggTrade";
  if (!heard(stream)) return;
  send(stream, aggregate_event(exchange_.listed(trade.trade.symbol).listing, trade));
}

void Streams::tell(const OrderEvent& event) {
  const Listing& listing = exchange_.listed(event.order.symbol).listing;
  const bool spot = exchange_.market() == Market::kSpot;
  send_to(event.order.account, spot ? "executionReport" : "ORDER_TRADE_UPDATE",
          order_event(exchange_.market(), listing, event));
}

void Streams::tell(const BalanceEvent& event) {
  const bool spot = exchange_.market() == Market::kSpot;
  if (spot && event.reason == BalanceReason::kDeposit) {
    send_to(event.account, "balanceUpdate", balance_update_event(event));
  }
  send_to(event.account, spot ? "outboundAccountPosition" : "ACCOUNT_UPDATE",
          balances_event(exchange_.market(), exchange_, event));
}

void Streams::tell(const ForcedEvent& event) {
  const Listing& listing = exchange_.listed(event.order.symbol).listing;
  const json::object made = force_order_event(listing, event);
  send(lower(listing.symbol) + "@forceOrder", made);
  send("!forceOrder@arr", made);
}

void Streams::send_to(std::uint32_t account, std::string_view kind, const json::object& event) {
  const std::string name = "user@" + std::string(kind);  // what a fault calls it
  for (auto& [id, connection] : connections_) {
    for (const auto& [subscription, subscriber] : connection.session.subscriptions) {
      if (subscriber != account) continue;
      deliver(id, connection, name,
              json::serialize(json::object{{"subscriptionId", subscription}, {"event", event}}));
    }
    if (connection.accounts.count(account) == 0) continue;
    // Under the listen key, not under what a fault calls it.
    deliver(id, connection, name,
            wrapped(connection.combined, connection.listen_keys[account], json::serialize(event)));
  }
}

void Streams::tell_tops() {
  const auto same = [](const BookLevel& a, const BookLevel& b) {
    return a.price == b.price && a.quantity == b.quantity;
  };
  for (const auto& [symbol, listed] : exchange_.all_listed()) {
    const std::string stream = lower(symbol) + "@bookTicker";
    const bool one = heard(stream);
    const bool all = heard("!bookTicker");
    if (!one && !all) continue;
    const BookLevel bid = listed.book.top(Side::kBuy).value_or(BookLevel{});
    const BookLevel ask = listed.book.top(Side::kSell).value_or(BookLevel{});
    auto& [told_bid, told_ask] = tops_[symbol];
    if (same(bid, told_bid) && same(ask, told_ask)) continue;
    told_bid = bid;
    told_ask = ask;
    const json::object event =
        book_ticker_event(exchange_.market(), listed.listing, listed.book, exchange_.now());
    send(stream, event);
    send("!bookTicker", event);
  }
}

void Streams::tick() {
  const std::int64_t now_ms = to_ms(exchange_.now());
  for (const auto& [symbol, listed] : exchange_.all_listed()) {
    std::uint64_t told = listed.book.last_id();
    for (const std::int64_t period : kPeriodsMs) {
      // A period of 250 ms ends at every fifth half of a tenth: at the tenth that follows.
      if (now_ms % period < 100) tell_depth(listed, period);
      told = std::min(told, told_ids_[{symbol, period}]);
    }
    exchange_.forget_changes(symbol, told);
  }
  if (now_ms % 1'000 < 100 && exchange_.market() == Market::kUsdm) tell_marks(now_ms % 3'000 < 100);
  end_listen_keys(false);
  release_held();
  cut_the_old();
}

void Streams::tell_depth(const ListedBook& listed, std::int64_t period_ms) {
  const Listing& listing = listed.listing;
  const std::string symbol = lower(listing.symbol);
  std::uint64_t& told = told_ids_[{listing.symbol, period_ms}];
  if (told == 0) told = listed.book.last_id();
  const bool changed = told != listed.book.last_id();
  for (const std::string& suffix : suffixes(exchange_.market(), period_ms)) {
    for (const std::size_t depth : {5U, 10U, 20U}) {
      const std::string stream = symbol + "@depth" + std::to_string(depth) + suffix;
      if (!heard(stream)) continue;
      send(stream,
           partial_depth_event(exchange_.market(), listing, listed.book, depth, exchange_.now()));
    }
    const std::string stream = symbol + "@depth" + suffix;
    if (!changed || !heard(stream)) continue;
    send(stream, depth_event(exchange_.market(), listing, listed.book.changes_since(told), told,
                             exchange_.now()));
  }
  told = listed.book.last_id();
}

void Streams::tell_marks(bool third_second) {
  json::array all;
  for (const auto& [symbol, listed] : exchange_.all_listed()) {
    const json::object event = mark_price_event(listed.listing, listed.mark, exchange_.now());
    send(lower(symbol) + "@markPrice@1s", event);
    if (third_second) send(lower(symbol) + "@markPrice", event);
    all.push_back(event);
  }
  const std::string text = json::serialize(all);
  for (const char* stream : {"!markPrice@arr@1s", "!markPrice@arr"}) {
    if (!heard(stream) || (stream == std::string_view("!markPrice@arr") && !third_second)) continue;
    const std::set<ConnectionId> ids = listeners_.at(stream);
    for (const ConnectionId id : ids) {
      Connection& connection = connections_.at(id);
      deliver(id, connection, stream, wrapped(connection.combined, stream, text));
    }
  }
}

void Streams::end_listen_keys(bool all) {
  for (const auto& [key, account] : api_.listen_keys().expire(exchange_.now(), all)) {
    send_to(account, "listenKeyExpired",
            {{"e", "listenKeyExpired"}, {"E", to_ms(exchange_.now())}, {"listenKey", key}});
    for (auto& [id, connection] : connections_) connection.accounts.erase(account);
  }
}

void Streams::release_held() {
  if (faults_.is_stale(exchange_.now())) return;
  for (auto& [id, connection] : connections_) {
    for (std::string& text : std::exchange(connection.held, {})) {
      say(id, connection, std::move(text));
    }
  }
}

void Streams::cut_the_old() {
  const bool shut = shutdown_ts_ != 0 && exchange_.now() >= shutdown_ts_;
  // Whoever connects after the announcement reaches another server.
  const std::int64_t announced_ts = std::exchange(shutdown_ts_, shut ? 0 : shutdown_ts_) - kNotice;
  for (const auto& [id, connection] : connections_) {
    const bool is_shut = shut && connection.opened_ts <= announced_ts;
    if (is_shut || exchange_.now() - connection.opened_ts >= kLife) {
      say(id, connection, {}, Output::Kind::kClose);
    }
  }
}

void Streams::suffer(const Fault& fault) {
  if (fault.kind == FaultKind::kListenKeyExpiry) return end_listen_keys(true);
  if (fault.kind == FaultKind::kShutdown) shutdown_ts_ = exchange_.now() + kNotice;
  for (auto& [id, connection] : connections_) {
    const bool meant =
        fault.target.empty() || (connection.api && fault.target == "api") ||
        ((!connection.accounts.empty() || !connection.session.subscriptions.empty()) &&
         fault.target == "user") ||
        std::any_of(connection.streams.begin(), connection.streams.end(),
                    [&](const std::string& one) { return one.find(fault.target) != one.npos; });
    if (!meant) continue;
    const json::object goodbye = {{"e", "serverShutdown"}, {"E", to_ms(exchange_.now())}};
    switch (fault.kind) {
      case FaultKind::kDrop:
        say(id, connection, {}, Output::Kind::kCut);
        break;
      case FaultKind::kCut:
        say(id, connection, {}, Output::Kind::kClose);
        break;
      case FaultKind::kHalfOpen:
        say(id, connection, {}, Output::Kind::kFreeze);
        connection.frozen = true;
        break;
      case FaultKind::kShutdown:
        say(id, connection,
            json::serialize(connection.combined
                                ? json::object{{"stream", "!serverShutdown"}, {"data", goodbye}}
                                : goodbye));
        break;
      default:
        break;
    }
  }
}

std::vector<Output> Streams::take_output() { return std::exchange(output_, {}); }

}  // namespace writ::venue_sim
