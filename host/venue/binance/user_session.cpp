#include "host/venue/binance/user_session.hpp"

#include "host/execution/client_order_id.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/binance/json_fields.hpp"

#include <algorithm>
#include <charconv>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kKeepKey = 1'800 * kSecond;
constexpr std::int64_t kOverlap = 60 * kSecond;  // what happened just before was told already
constexpr std::size_t kFundingTries = 4;         // the stream tells of it before it is listed

bool answered(const VenueAnswer& answer) {
  return answer.kind == VenueAnswer::Kind::kAnswered && answer.status == 200;
}

std::string listen_key_in(std::string_view body) {
  simdjson::dom::parser parser;
  const auto document = parse_json(parser, body);
  if (!document) return {};
  JsonFault fault;
  return std::string(JsonFields(*document, fault).text_or_empty("listenKey"));
}

}  // namespace

void UserSession::Retry::later(std::int64_t at) noexcept {
  due_ = at + wait_;
  wait_ = std::min(2 * wait_, 30 * kFirst);
}

void UserSession::Retry::done() noexcept {
  due_ = INT64_MAX;
  wait_ = kFirst;
}

UserSession::UserSession(VenueLine& line, const VenueNames& names, SeenTrades& seen,
                         TellRecord tell, AssetPrice price, std::int64_t begun)
    : line_(line),
      names_(names),
      seen_(seen),
      tell_(tell),
      notices_(line.market(), names.account(), tell),
      events_(names, price),
      round_(line, names, price),
      heard_(begun + kOverlap),
      funded_(begun) {
  if (line_.market() == Market::kUsdm) subscribing_.now(begun);
}

// --- the stream --------------------------------------------------------------------------------

void UserSession::opened(std::int64_t now) {
  open_ = true;
  if (line_.market() == Market::kSpot) {
    subscribing_.now(now);
  } else {
    on_subscribed(now);
  }
}

void UserSession::closed(std::string_view why, std::int64_t now) {
  open_ = false;
  lose(why);
  // A key that ran out would be refused for ever: asked for again, a valid one is given once more.
  if (line_.market() == Market::kUsdm && subscribing_.due() == INT64_MAX) subscribing_.later(now);
  if (line_.market() == Market::kSpot) subscribing_.done();
}

void UserSession::lose(std::string_view why) {
  subscribed_ = false;
  recovered_ = false;
  ++losses_;
  recovering_.done();
  if (std::exchange(lost_, true)) return;
  notices_.lost("the stream of reports is lost: " + std::string(why));
}

void UserSession::on_subscribed(std::int64_t now) {
  subscribed_ = true;
  subscribing_.done();
  recovering_.now(now);
}

void UserSession::subscribe(std::int64_t now) {
  subscribing_.hold();
  const auto refusal =
      line_.ask(subscribe_request(), 0, true, now, [this](const VenueAnswer& answer) {
        if (!open_) return;
        if (answered(answer)) return on_subscribed(answer.received);
        subscribing_.later(answer.received);
      });
  if (refusal) subscribing_.later(now);
}

void UserSession::ask_listen_key(std::int64_t now) {
  subscribing_.hold();
  const auto refusal =
      line_.ask(listen_key_request("POST"), 0, false, now, [this](const VenueAnswer& answer) {
        const std::string key = answered(answer) ? listen_key_in(answer.body) : std::string();
        if (key.empty()) return subscribing_.later(answer.received);
        subscribing_.done();
        keep_due_ = answer.received + kKeepKey;
        if (key != std::exchange(key_, key)) new_key_ = key;
      });
  if (refusal) subscribing_.later(now);
}

void UserSession::keep_listen_key(std::int64_t now) {
  keep_due_ = now + kOverlap;
  (void)line_.ask(listen_key_request("PUT"), 0, false, now, [this](const VenueAnswer& answer) {
    if (answered(answer)) {
      keep_due_ = answer.received + kKeepKey;
    } else if (answer.kind == VenueAnswer::Kind::kAnswered && answer.status < 500) {
      keep_due_ = INT64_MAX;  // there is no such key any more
      subscribing_.now(answer.received);
    }
  });
}

// --- what was missed ---------------------------------------------------------------------------

void UserSession::recover(std::int64_t now) {
  recovering_.hold();
  execution::VenueQuestion question;
  question.fills_since = heard_ - kOverlap;
  question.funding_since = funded_;
  round_.begin(std::move(question), now,
               [this, losses = losses_](const auto& state, std::int64_t at) {
                 if (losses != losses_) return;
                 if (state) {
                   take_over(*state);
                   recovering_.done();
                   recovered_ = true;
                   lost_ = false;
                   return notices_.back("reports come, and what was missed is told");
                 }
                 if (state.error().code() != base::Errc::kUnsupported) return recovering_.later(at);
                 notices_.halt(base::to_string(state.error()));
               });
}

void UserSession::take_over(const execution::VenueState& state) {
  for (const writ_fill& fill : state.fills) tell_fill(fill);
  for (const execution::VenueOrder& order : state.open) {
    if (execution::is_own_client_order_id(order.client_order_id)) continue;
    OrderSaid said;
    said.instrument = names_.instrument(order.instrument);
    said.client_order_id = order.client_order_id;
    const auto& number = order.venue_order_id;
    std::from_chars(number.data(), number.data() + number.size(), said.venue_order_id);
    said.price = order.price;
    said.quantity = order.quantity;
    said.filled = order.filled;
    AnswerRecords made(names_, nullptr);
    tell_(made.report(said, WRIT_REPORT_EXTERNAL, WRIT_REPORT_REASON_NONE).header);
  }
  for (const writ_adjustment& funding : state.fundings) tell_funding(funding);
}

void UserSession::tell_fill(const writ_fill& fill) {
  heard_ = std::max(heard_, fill.header.event_ts);
  if (seen_.insert(fill)) tell_(fill.header);
}

void UserSession::tell_funding(writ_adjustment funding) {
  if (!fundings_.emplace(funding.instrument, funding.header.event_ts).second) return;
  if (fundings_.size() > 10'000) fundings_.erase(fundings_.begin());
  funded_ = std::max(funded_, funding.header.event_ts);
  constexpr std::string_view kWhy = "funding as the venue booked it";
  funding.text_size = static_cast<std::uint32_t>(kWhy.size());
  model::RecordBuffer buffer;
  tell_(buffer.begin(funding).append(kWhy.data(), kWhy.size()).finish());
}

// The stream tells what was paid in all: of which symbol is asked for.
void UserSession::ask_funding(std::int64_t now) {
  funding_.later(now);
  (void)line_.ask(funding_request(funded_ - kOverlap), 0, false, now,
                  [this](const VenueAnswer& answer) {
                    if (!answered(answer)) return;
                    const auto fundings = read_fundings(answer.body, names_);
                    if (!fundings) return;
                    for (const writ_adjustment& funding : *fundings) tell_funding(funding);
                  });
}

// --- events ------------------------------------------------------------------------------------

void UserSession::on_event(std::string_view message, std::int64_t now) {
  const auto event = events_.decode(message);
  if (!event) {
    ++damaged_;
    return warn_once("an event is not understood: " + base::to_string(event.error()));
  }
  for (const writ_record* record : event->records) {
    heard_ = std::max(heard_, record->event_ts);
    if (const auto* fill = model::as<writ_fill>(*record)) {
      tell_fill(*fill);
    } else {
      tell_(*record);
    }
  }
  for (const std::string& asset : event->unpriced_fees) {
    warn_once("a fee was charged in " + asset + ", whose worth this run does not know: add " +
              "a symbol of it, such as " + asset + "USDT, to `symbols` of a feed");
  }
  switch (event->kind) {
    case UserEvent::Kind::kAccount:
      return on_account(*event, now);
    case UserEvent::Kind::kStreamEnded:
      if (event->name == "serverShutdown") {
        leaving_ = true;
        return;
      }
      lose(event->name);
      if (event->name == "listenKeyExpired") key_.clear();
      return subscribing_.now(now);
    case UserEvent::Kind::kMarginCall:
      return notices_.warn("a position is near its liquidation");
    case UserEvent::Kind::kNew:
      return warn_once("an event of a type not known here: " + std::string(event->name));
    case UserEvent::Kind::kOrder:
    case UserEvent::Kind::kNothing:
      return;
  }
}

void UserSession::on_account(const UserEvent& event, std::int64_t now) {
  if (event.hedged) notices_.halt("the account is in hedge mode: set it to one-way mode");
  if (event.changes.empty()) return;
  if (event.cause == AccountCause::kFunding) {
    funding_tries_ = kFundingTries;
    funding_.done();
    funding_.now(now);
  } else if (event.cause == AccountCause::kOther) {
    notices_.warn("a balance changed, and not by a trade, a transfer or funding: compare it");
  }
}

void UserSession::warn_once(const std::string& text) {
  if (warned_.insert(text).second) notices_.warn(text);
}

// --- time --------------------------------------------------------------------------------------

std::int64_t UserSession::next_due() const noexcept {
  if (line_.refusal_of_signed()) return INT64_MAX;  // it would be refused
  return std::min({subscribing_.due(), recovering_.due(), funding_.due(), keep_due_});
}

void UserSession::on_time(std::int64_t now) {
  if (line_.refusal_of_signed()) return;
  if (subscribing_.due() <= now) {
    if (line_.market() == Market::kUsdm) {
      ask_listen_key(now);
    } else if (open_) {
      subscribe(now);
    } else {
      subscribing_.done();
    }
  }
  if (keep_due_ <= now) keep_listen_key(now);
  if (recovering_.due() <= now && subscribed_) recover(now);
  if (funding_.due() <= now) {
    if (funding_tries_ == 0) return funding_.done();
    --funding_tries_;
    ask_funding(now);
  }
}

}  // namespace writ::venue::binance
