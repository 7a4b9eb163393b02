#include "host/venue/binance/order_session.hpp"

#include "host/base/assert.hpp"

#include <charconv>
#include <utility>

namespace writ::venue::binance {
namespace {

constexpr std::size_t kRemembered = 65'536;

bool closes(const writ_order& order) {
  return (order.flags & (WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION)) != 0;
}

}  // namespace

std::uint16_t kind_of_refusal(std::uint16_t command) noexcept {
  switch (command) {
    case WRIT_COMMAND_SEND:
      return WRIT_REPORT_REJECTED;
    case WRIT_COMMAND_REPLACE:
      return WRIT_REPORT_REPLACE_REJECTED;
    default:  // a cancel must not be forgotten: it is looked up, and asked for again
      return WRIT_REPORT_UNKNOWN;
  }
}

OrderSession::OrderSession(VenueLine& line, const VenueNames& names, SeenTrades& seen,
                           LastQuestions questions, TellRecord tell, AssetPrice price,
                           OrderSessionOptions options)
    : line_(line),
      names_(names),
      seen_(seen),
      questions_(std::move(questions)),
      tell_(std::move(tell)),
      price_(std::move(price)),
      options_(std::move(options)),
      replies_(names),
      made_(names, nullptr) {}

void OrderSession::set_rules(std::string_view symbol, const SymbolRules& rules) {
  rules_.insert_or_assign(std::string(symbol), rules);
}

void OrderSession::on_command(const writ_order& order, std::int64_t now) {
  WRIT_ASSERT(order.command != WRIT_COMMAND_NONE);
  if (!begun_) begun_ = now;
  const writ_instrument* instrument = names_.instrument(order.instrument);
  if (instrument == nullptr) {
    return refuse(order, WRIT_REPORT_REASON_MARKET, "this venue does not have the instrument");
  }
  if (order.command == WRIT_COMMAND_SEND || order.command == WRIT_COMMAND_REPLACE) {
    if (const auto refusal = refusal_of(order, model::text_of(instrument->symbol), now)) {
      return refuse(order, refusal->reason, refusal->why);
    }
  }
  if (order.command == WRIT_COMMAND_REPLACE) return replace(order, now);
  const auto request =
      order_request(line_.market(), *instrument, order, {options_.self_trade_prevention});
  if (!request) return refuse(order, WRIT_REPORT_REASON_OTHER, request.error().step());
  ask(order, *request, now);
}

std::optional<LineRefusal> OrderSession::refusal_of(const writ_order& order,
                                                    std::string_view symbol,
                                                    std::int64_t now) const {
  const auto rules = rules_.find(symbol);
  if (rules == rules_.end()) {
    return LineRefusal{WRIT_REPORT_REASON_MARKET, "the venue does not list it"};
  }
  if (const auto refusal = check_filters(rules->second, order, {})) {
    return LineRefusal{WRIT_REPORT_REASON_FILTER, refusal->text};
  }
  if (!closes(order) && !questions_.armed(std::string(symbol), now)) {
    return LineRefusal{WRIT_REPORT_REASON_OTHER, "the venue's dead-man switch is not armed"};
  }
  if (!questions_.latch(order)) {
    return LineRefusal{WRIT_REPORT_REASON_OTHER, "the kill switch of the account is set"};
  }
  return std::nullopt;
}

void OrderSession::replace(const writ_order& order, std::int64_t now) {
  const auto left = left_.find(order.order_id);
  const bool known = left != left_.end();
  const auto request =
      replace_request(line_.market(), *names_.instrument(order.instrument), order,
                      known ? left->second.price : WRIT_NONE, known ? left->second.quantity : 0);
  if (!request) return refuse(order, WRIT_REPORT_REASON_OTHER, request.error().step());
  ask(order, *request, now);
}

void OrderSession::ask(const writ_order& order, VenueRequest request, std::int64_t now) {
  request.order_seq = order.header.seq;
  const auto refusal = line_.ask(request, order.instance, true, now,
                                 [this, order](const auto& answer) { on_answer(order, answer); });
  if (refusal) return refuse(order, refusal->reason, refusal->why);
  if (order.command != WRIT_COMMAND_SEND) return;
  const bool first = left_.emplace(order.order_id, Left{now, order.price, order.quantity}).second;
  WRIT_ASSERT(first);  // no order is ever sent twice
  if (left_.size() > kRemembered) left_.erase(left_.begin());
}

SentCommand OrderSession::sent(const writ_order& order, std::int64_t now) const {
  const auto left = left_.find(order.order_id);
  const std::int64_t since = left == left_.end() ? begun_.value_or(now) : left->second.sent;
  return {order, now - since >= options_.window_ns};
}

OrderReply OrderSession::decode(const writ_order& order, const VenueAnswer& answer) {
  const SentCommand command = sent(order, answer.received);
  if (answer.kind != VenueAnswer::Kind::kAnswered) return replies_.unanswered(command);
  return answer.way == Way::kSocket ? replies_.decode(command, answer.body)
                                    : replies_.decode(command, answer.status, answer.body);
}

void OrderSession::on_answer(const writ_order& order, const VenueAnswer& answer) {
  if (answer.kind == VenueAnswer::Kind::kNotSent) {
    constexpr std::string_view kWhy = "not sent: there is no way to the venue";
    if (order.command != WRIT_COMMAND_SEND) return refuse(order, WRIT_REPORT_REASON_OTHER, kWhy);
    return report(order, WRIT_REPORT_FAILED, WRIT_REPORT_REASON_OTHER, kWhy);
  }
  const OrderReply reply = decode(order, answer);
  const bool may_try_again =
      reply.fate == Fate::kRefused && (reply.consequence == Consequence::kBackOff ||
                                       reply.consequence == Consequence::kMeasureClock);
  if (order.command == WRIT_COMMAND_CANCEL && may_try_again) {
    return refuse(order, reply.report->reason, std::string(reply.text));
  }
  note_terms(*reply.report);
  const bool looked_up = order.command == WRIT_COMMAND_LOOKUP && reply.fate == Fate::kDone;
  const std::string_view venue_id = model::text_of(reply.report->venue_order_id);
  if (!looked_up || reply.report->filled <= order.filled || venue_id.empty()) {
    return tell_(reply.report->header);
  }
  // The venue filled more than the core knows of: those fills first.
  std::int64_t number = 0;
  std::from_chars(venue_id.data(), venue_id.data() + venue_id.size(), number);
  const std::string symbol(model::text_of(names_.instrument(order.instrument)->symbol));
  const auto refusal = line_.ask(
      trades_request(line_.market(), symbol, number, 0), order.instance, false, answer.received,
      [this, order, found = model::words_of(reply.report->header)](const VenueAnswer& trades) {
        on_trades(order, found, trades);
      });
  if (refusal) refuse(order, refusal->reason, refusal->why);
}

void OrderSession::on_trades(const writ_order& order, const model::RecordWords& found,
                             const VenueAnswer& answer) {
  const auto own = [&](std::uint32_t, std::int64_t) {
    return std::string(model::text_of(order.client_order_id));
  };
  const bool answered = answer.kind == VenueAnswer::Kind::kAnswered && answer.status == 200;
  const auto fills = answered ? read_trades(answer.body, names_, own, price_)
                              : base::Error(base::Errc::kTimeout, "ask for trades");
  if (!fills) return tell_(replies_.unanswered(sent(order, answer.received)).report->header);
  for (const writ_fill& fill : *fills) {
    if (seen_.insert(fill)) tell_(fill.header);
  }
  tell_(model::record_in(found));
}

void OrderSession::note_terms(const writ_report& report) {
  if (report.kind == WRIT_REPORT_REJECTED) left_.erase(report.order_id);
  if (report.kind != WRIT_REPORT_REPLACED && report.kind != WRIT_REPORT_FOUND) return;
  const auto left = left_.find(report.order_id);
  const bool known = left != left_.end();
  left_.insert_or_assign(report.order_id, Left{known ? left->second.sent : begun_.value_or(0),
                                               report.price, report.quantity});
}

void OrderSession::refuse(const writ_order& order, std::uint16_t reason, std::string_view why) {
  report(order, kind_of_refusal(order.command), reason, why);
}

void OrderSession::report(const writ_order& order, std::uint16_t kind, std::uint16_t reason,
                          std::string_view why) {
  made_.clear();
  tell_(made_.report(said_of(order), kind, reason, why).header);
}

}  // namespace writ::venue::binance
