#include "api.hpp"

#include "refusal.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t kListenKeyLifeNs = 60LL * 60 * 1'000'000'000;

json::object error_json(const Refusal& refusal) {
  return {{"code", refusal.code()}, {"msg", refusal.text()}};
}

bool places_order(const Route& route) {
  return route.ws_method == "order.place" ||
         (route.method == "POST" && route.path.ends_with("/order"));
}

// What a request weighs: of books by how deep they are wanted, of open orders more without a
// symbol.
std::int64_t weight_of(const Route& route, const Request& request, Market market) {
  const bool spot = market == Market::kSpot;
  if (route.ws_method == "depth") {
    const auto levels = request.integer_or("limit", spot ? 100 : 500);
    if (spot) return levels <= 100 ? 5 : levels <= 500 ? 25 : levels <= 1'000 ? 50 : 250;
    return levels <= 50 ? 2 : levels <= 100 ? 5 : levels <= 500 ? 10 : 20;
  }
  if (route.method == "GET" && route.path.ends_with("/openOrders") && !request.has("symbol")) {
    return spot ? 80 : 40;
  }
  return route.weight;
}

}  // namespace

std::string ListenKeys::keep(std::uint32_t account, std::int64_t now) {
  Entry& entry = keys_[account];
  if (entry.key.empty()) {
    const std::string number = std::to_string(++made_);
    entry.key = "listen" + std::string(58 - number.size(), '0') + number;
  }
  entry.until = now + kListenKeyLifeNs;
  return entry.key;
}

bool ListenKeys::has(std::uint32_t account) const { return keys_.count(account) != 0; }
void ListenKeys::end(std::uint32_t account) { keys_.erase(account); }

std::uint32_t ListenKeys::account_of(std::string_view key) const {
  for (const auto& [account, entry] : keys_) {
    if (entry.key == key) return account;
  }
  return 0;
}

std::vector<std::pair<std::string, std::uint32_t>> ListenKeys::expire(std::int64_t now, bool all) {
  std::vector<std::pair<std::string, std::uint32_t>> ended;
  for (auto at = keys_.begin(); at != keys_.end();) {
    if (!all && now < at->second.until) {
      ++at;
      continue;
    }
    ended.emplace_back(at->second.key, at->first);
    at = keys_.erase(at);
  }
  return ended;
}

Api::Api(Exchange& exchange, Faults& faults, KeyRing keys, std::int64_t patience)
    : exchange_(exchange),
      faults_(faults),
      keys_(std::move(keys)),
      patience_(patience),
      limits_(exchange.market()) {}

json::value Api::answer(const Route& route, const Request& request, std::string_view api_key,
                        Session* session, std::uint32_t& account) {
  const std::int64_t now = exchange_.now();
  const std::string name = std::string(route.method) + ' ' + std::string(route.path) + ' ' +
                           std::string(route.ws_method);
  limits_.count_request(weight_of(route, request, exchange_.market()), now);
  faults_.before(name, now);
  if (route.security != Security::kNone) {
    const bool logged_on = session != nullptr && session->api_key && !request.has("apiKey") &&
                           request.signature().empty();
    const Key& key = keys_.find(logged_on ? std::string_view(*session->api_key) : api_key);
    if (route.security == Security::kSigned) {
      if (logged_on) {
        KeyRing::check_time(request, now, patience_);
      } else {
        KeyRing::check(key, request, now, patience_);
      }
    }
    account = key.account;
  }
  if (places_order(route)) limits_.count_order(account, now);
  Call call{exchange_, limits_, listen_keys_, request, account, session};
  if (route.ws_method == "session.logon") {
    if (!keys_.find(api_key).secret.empty()) {
      throw Refusal(-4056, "HMAC_SHA256 API key is not supported.");
    }
    session->api_key = std::string(api_key);
  }
  json::value answered = route.answer(call);
  faults_.after(name, now);
  return answered;
}

RestAnswer Api::rest(const RestAsk& ask) {
  RestAnswer result;
  std::uint32_t account = 0;
  try {
    const std::string_view target = ask.target;
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, mark);
    const auto& routes = exchange_.market() == Market::kSpot ? spot_routes() : futures_routes();
    const auto route = std::find_if(routes.begin(), routes.end(), [&](const Route& one) {
      return one.method == ask.method && one.path == path;
    });
    if (route == routes.end()) {
      throw Refusal(-5000, "Path " + std::string(path) + ", Method " + ask.method + " is invalid",
                    404);
    }
    const Request request =
        Request::of_rest(target.substr(std::min(mark + 1, target.size())), ask.body);
    result.body = json::serialize(answer(*route, request, ask.api_key, nullptr, account));
  } catch (const Refusal& refusal) {
    result.status = refusal.status();
    result.body = json::serialize(error_json(refusal));
  }
  result.headers = limits_.headers(account, exchange_.now());
  if (const std::int64_t seconds = limits_.retry_after(exchange_.now()); seconds != 0) {
    result.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  return result;
}

std::string Api::message(Session& session, std::string_view text) {
  json::value id;
  json::object answered;
  std::uint32_t account = 0;
  try {
    const auto members = flat_members(text);
    if (!members) throw Refusal(-1135, "JSON request is malformed.");
    std::string method;
    std::string params = "{}";
    for (const auto& [name, value] : *members) {
      if (name == "method") method = value;
      if (name == "params") params = value;
    }
    boost::system::error_code error;
    const json::value parsed = json::parse(text, error);
    if (!error && parsed.is_object() && parsed.get_object().contains("id")) {
      id = parsed.get_object().at("id");
    }
    const auto& routes = exchange_.market() == Market::kSpot ? spot_routes() : futures_routes();
    const auto route = std::find_if(routes.begin(), routes.end(), [&](const Route& one) {
      return !method.empty() && one.ws_method == method;
    });
    if (route == routes.end()) throw Refusal(-1000, "Unknown method: " + method);
    const Request request = Request::of_message(params);
    json::value result = answer(*route, request, request.text_or("apiKey", ""), &session, account);
    answered = {{"id", id}, {"status", 200}, {"result", std::move(result)}};
  } catch (const Refusal& refusal) {
    json::object error = error_json(refusal);
    if (const std::int64_t seconds = limits_.retry_after(exchange_.now()); seconds != 0) {
      const std::int64_t now_ms = exchange_.now() / 1'000'000;
      error["data"] =
          json::object{{"serverTime", now_ms}, {"retryAfter", now_ms + seconds * 1'000}};
    }
    answered = {{"id", id}, {"status", refusal.status()}, {"error", std::move(error)}};
  }
  answered["rateLimits"] = limits_.counted(account, exchange_.now());
  return json::serialize(answered);
}

}  // namespace writ::venue_sim
