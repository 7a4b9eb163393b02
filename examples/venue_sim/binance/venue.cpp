#include "venue.hpp"

#include "refusal.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <stdexcept>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t kTick = 100'000'000;

KeyRing keys_of(const VenueOptions& options) {
  KeyRing ring;
  std::uint32_t account = 0;
  for (const AccountOption& option : options.accounts) {
    ++account;
    for (Key key : option.keys) {
      key.account = account;
      ring.add(std::move(key));
    }
  }
  return ring;
}

std::string text(const json::object& asked, std::string_view name) {
  const json::value* value = asked.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    throw Refusal(-1102, "no text '" + std::string(name) + "'");
  }
  return std::string(value->get_string());
}

template <class Parsed>
auto exact(Parsed parsed) {
  if (!parsed) throw Refusal(-1100, "not an exact decimal");
  return parsed.value;
}

}  // namespace

Venue::Venue(const VenueOptions& options)
    : exchange_(options.market, options.listings, options.fees),
      api_(exchange_, faults_, keys_of(options), options.speed),
      streams_(exchange_, api_, faults_),
      truth_(options.truth_file) {
  exchange_.advance(options.start_ts);
  for (const AccountOption& option : options.accounts) {
    const std::uint32_t id = exchange_.open_account(option.name);
    exchange_.account(id).fees_in_bnb = option.fees_in_bnb;
    for (const auto& [asset, amount] : option.balances) exchange_.deposit(id, asset, amount);
  }
  if (!options.recordings.empty()) {
    source_ =
        recorded_market(options.recordings, options.start_ts, options.recording_speed, exchange_);
  } else if (!options.quiet) {
    source_ = random_market(options.seed, options.start_ts, exchange_);
  }
  settle();
}

void Venue::advance(std::int64_t now) {
  while (exchange_.now() < now) {
    const std::int64_t tick = (exchange_.now() / kTick + 1) * kTick;
    while (source_ && source_->next_ts() <= std::min(tick, now)) {
      step_to(std::max(exchange_.now(), source_->next_ts()));
      source_->step(exchange_);
      settle();
    }
    step_to(std::min(tick, now));
    if (exchange_.now() == tick) streams_.tick();
  }
}

void Venue::step_to(std::int64_t now) {
  exchange_.advance(now);
  for (const Fault& fault : faults_.due(now)) {
    if (fault.kind == FaultKind::kRateLimit) {
      api_.limits().refuse_for(fault.for_ns, now);
    } else {
      streams_.suffer(fault);
    }
  }
  settle();
}

void Venue::settle() {
  const std::vector<Event> events = exchange_.take_events();
  truth_.record(exchange_, events);
  streams_.publish(events);
}

std::optional<RestAnswer> Venue::rest(const RestAsk& ask) {
  if (ask.target.starts_with("/sim/")) return control(ask);
  try {
    RestAnswer answer = api_.rest(ask);
    settle();
    return answer;
  } catch (const Silence&) {
    settle();
    return std::nullopt;
  }
}

void Venue::received(ConnectionId id, std::string_view message) {
  streams_.received(id, message);
  settle();
}

RestAnswer Venue::control(const RestAsk& ask) {
  const std::string what = ask.method + ' ' + ask.target.substr(0, ask.target.find('?'));
  RestAnswer answer;
  try {
    if (what == "GET /sim/truth") {
      const std::size_t from = ask.target.find("from=");
      const std::size_t first =
          from == std::string::npos ? 1 : std::stoul(ask.target.substr(from + 5));
      answer.body = truth_.lines(first);
    } else if (what == "GET /sim/state") {
      answer.body = state_json(exchange_);
    } else if (what == "GET /sim/faults") {
      answer.body = json::serialize(faults_.counts());
    } else if (what == "DELETE /sim/faults") {
      faults_.clear();
      answer.body = "{}";
    } else {
      boost::system::error_code error;
      const json::value asked = json::parse(ask.body, error);
      if (error) throw Refusal(-1100, "not JSON");
      if (asked.is_array()) {
        for (const json::value& one : asked.get_array()) control(what, one.as_object());
      } else {
        control(what, asked.as_object());
      }
      step_to(exchange_.now());
      answer.body = "{}";
    }
  } catch (const Refusal& refusal) {
    answer.status = refusal.status();
    answer.body = json::serialize(json::object{{"code", refusal.code()}, {"msg", refusal.text()}});
  } catch (const std::exception& error) {
    answer.status = 400;
    answer.body = json::serialize(json::object{{"code", -1100}, {"msg", error.what()}});
  }
  return answer;
}

void Venue::control(std::string_view what, const json::object& asked) {
  if (what == "POST /sim/faults") return faults_.add(asked, exchange_.now());
  if (what == "POST /sim/deposit") {
    return exchange_.deposit(account_named(asked), text(asked, "asset"),
                             exact(parse_money(text(asked, "amount"))));
  }
  if (what == "POST /sim/liquidate") {
    return exchange_.liquidate(account_named(asked), text(asked, "symbol"));
  }
  if (what == "POST /sim/mark") {
    Mark mark = exchange_.listed(text(asked, "symbol")).mark;
    mark.mark = mark.index = exact(parse_price(text(asked, "mark")));
    if (asked.contains("funding_rate")) {
      mark.funding_rate = exact(parse_rate(text(asked, "funding_rate")));
    }
    return exchange_.set_mark(text(asked, "symbol"), mark);
  }
  if (what == "POST /sim/funding") return exchange_.fund(text(asked, "symbol"));
  if (what == "POST /sim/limits") {
    if (const auto* weight = asked.if_contains("weight")) {
      api_.limits().set_weight_limit(weight->to_number<std::int64_t>());
    }
    if (const auto* orders = asked.if_contains("orders")) {
      api_.limits().set_order_limit(orders->to_number<std::int64_t>());
    }
    return;
  }
  if (what != "POST /sim/market") throw Refusal(-5000, "no such control", 404);
  const auto side = side_of(text(asked, "side"));
  if (!side) throw Refusal(-1117, "Invalid side.");
  const Price price = exact(parse_price(text(asked, "price")));
  const Quantity quantity = exact(parse_quantity(text(asked, "quantity")));
  if (asked.contains("take")) {
    exchange_.others_take(text(asked, "symbol"), *side, price, quantity);
  } else {
    exchange_.others_offer(text(asked, "symbol"), *side, price, quantity);
  }
}

std::uint32_t Venue::account_named(const json::object& asked) const {
  const std::string name = text(asked, "account");
  for (std::uint32_t id = 1; id < exchange_.accounts(); ++id) {
    if (exchange_.account(id).name == name) return id;
  }
  throw Refusal(-1102, "no such account");
}

}  // namespace writ::venue_sim
