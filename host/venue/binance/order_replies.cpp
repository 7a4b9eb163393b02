#include "host/venue/binance/order_replies.hpp"

#include "host/base/assert.hpp"
#include "host/venue/binance/json_fields.hpp"
#include "host/venue/binance/order_words.hpp"

#include <utility>

namespace writ::venue::binance {
namespace {

namespace dom = simdjson::dom;
using base::Errc;
using base::Error;
using base::Result;
using execution::OrderState;

struct Meaning {
  std::uint16_t kind;
  std::uint16_t reason;
};

constexpr Meaning kNoAnswer = {WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT};

/// An order that has ended, whatever was asked for.
Meaning ended(OrderState state, std::uint16_t reason) {
  const std::uint16_t kind = state == OrderState::kCancelled  ? WRIT_REPORT_CANCELLED
                             : state == OrderState::kRejected ? WRIT_REPORT_REJECTED
                                                              : WRIT_REPORT_EXPIRED;
  return {kind, reason};
}

bool has_ended(OrderState state) {
  return state == OrderState::kCancelled || state == OrderState::kRejected ||
         state == OrderState::kExpired;
}

/// What a command that succeeded comes to, by where the order stands after it.
Meaning meaning_of_state(std::uint16_t command, OrderState state, std::uint16_t reason) {
  if (has_ended(state)) return ended(state, reason);
  switch (command) {
    case WRIT_COMMAND_SEND:
      return {WRIT_REPORT_ACCEPTED, WRIT_REPORT_REASON_NONE};
    case WRIT_COMMAND_CANCEL:  // it was filled before: its fills are under way, or lost
      return {WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND};
    case WRIT_COMMAND_REPLACE:
      return {WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_NONE};
    default:
      return {WRIT_REPORT_FOUND, WRIT_REPORT_REASON_NONE};
  }
}

Meaning meaning_of_refusal(const SentCommand& sent, const ErrorMeaning& error) {
  if (error.fate == Fate::kUnknown) return kNoAnswer;
  switch (sent.order.command) {
    case WRIT_COMMAND_SEND:
      return {WRIT_REPORT_REJECTED, error.reason};
    case WRIT_COMMAND_CANCEL:
      return {WRIT_REPORT_CANCEL_REJECTED, error.reason};
    case WRIT_COMMAND_REPLACE:
      return {WRIT_REPORT_REPLACE_REJECTED, error.reason};
    default:  // a look-up: that it was refused says nothing of the order
      if (error.fate == Fate::kNotFound && sent.window_over) {
        return {WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND};
      }
      return {WRIT_REPORT_UNKNOWN, error.reason};
  }
}

}  // namespace

struct OrderReplies::State {
  explicit State(const VenueNames& venue_names) : names(venue_names), made(venue_names, nullptr) {}

  const VenueNames& names;
  AnswerRecords made;
  dom::parser parser;
  std::string words;

  OrderReply make(const SentCommand& sent, const OrderSaid& said, Meaning meaning,
                  std::string_view text = {});
  OrderReply unanswered(const SentCommand& sent);
  OrderReply success(const SentCommand& sent, const JsonFields& body);
  OrderReply failure(const SentCommand& sent, int status, const JsonFields& error);
};

OrderReply OrderReplies::State::make(const SentCommand& sent, const OrderSaid& said,
                                     Meaning meaning, std::string_view text) {
  WRIT_ASSERT(sent.order.command != WRIT_COMMAND_NONE);
  made.clear();
  OrderReply reply;
  reply.report = &made.report(said, meaning.kind, meaning.reason, text);
  return reply;
}

OrderReply OrderReplies::State::unanswered(const SentCommand& sent) {
  OrderReply reply = make(sent, said_of(sent.order), kNoAnswer);
  reply.fate = Fate::kUnknown;
  return reply;
}

OrderReply OrderReplies::State::success(const SentCommand& sent, const JsonFields& body) {
  const JsonFields order = body.has("amendedOrder") ? body.object("amendedOrder") : body;
  OrderSaid said = said_of(sent.order);
  said.venue_order_id = order.integer("orderId");
  if (order.has("price") && order.decimal("price") != 0) said.price = order.decimal("price");
  const char* const quantity = order.has("qty") ? "qty" : "origQty";
  if (order.has(quantity)) said.quantity = order.decimal(quantity);
  if (order.has("executedQty")) said.filled = order.decimal("executedQty");
  for (const char* const time : {"transactTime", "updateTime"}) {
    for (const JsonFields& fields : {body, order}) {
      if (said.time == WRIT_NONE) said.time = fields.time_or_none(time);
    }
  }
  // An ACK has no status: it is accepted.
  const std::string_view status = order.text_or_empty("status");
  const auto state = status.empty() ? OrderState::kOpen : state_of_status(status);
  if (!state) order.fault().note("status");
  if (order.fault().any()) return unanswered(sent);
  const std::uint16_t reason =
      reason_of_end({status, order.text_or_empty("type"), order.text_or_empty("timeInForce"), {}});
  return make(sent, said, meaning_of_state(sent.order.command, *state, reason),
              order.text_or_empty("expiryReason"));
}

OrderReply OrderReplies::State::failure(const SentCommand& sent, int status,
                                        const JsonFields& error) {
  const std::int64_t code = error.has("code") ? error.integer("code") : 0;
  words = error.text_or_empty("msg");
  const ErrorMeaning meaning = meaning_of_error(names.market(), status, code, words);
  OrderReply reply = make(sent, said_of(sent.order), meaning_of_refusal(sent, meaning), words);
  reply.fate = meaning.fate;
  reply.consequence = meaning.consequence;
  reply.code = code;
  reply.text = words;
  if (error.has("data")) {
    const JsonFields data = error.object("data");
    if (data.has("retryAfter")) reply.retry_after_ms = data.integer("retryAfter");
  }
  return reply;
}

OrderReplies::OrderReplies(const VenueNames& names) : state_(std::make_unique<State>(names)) {}
OrderReplies::~OrderReplies() = default;
OrderReplies::OrderReplies(OrderReplies&&) noexcept = default;

OrderReply OrderReplies::unanswered(const SentCommand& sent) { return state_->unanswered(sent); }

OrderReply OrderReplies::decode(const SentCommand& sent, int status, std::string_view body) {
  JsonFault fault;
  const auto document = parse_json(state_->parser, body);
  if (status >= 200 && status < 300) {
    return document ? state_->success(sent, JsonFields(*document, fault)) : unanswered(sent);
  }
  // Of a page that is no JSON, a proxy's, the status alone speaks.
  return state_->failure(sent, status, document ? JsonFields(*document, fault) : JsonFields(fault));
}

OrderReply OrderReplies::decode(const SentCommand& sent, std::string_view message) {
  const auto document = parse_json(state_->parser, message);
  if (!document) return unanswered(sent);
  JsonFault fault;
  const JsonFields whole(*document, fault);
  const auto status = static_cast<int>(whole.integer("status"));
  if (fault.any()) return unanswered(sent);
  return status == 200 ? state_->success(sent, whole.object("result"))
                       : state_->failure(sent, status, whole.object("error"));
}

Result<std::string> read_reply_id(std::string_view message) {
  dom::parser parser;
  const auto document = parse_json(parser, message);
  if (!document) return document.error();
  JsonFault fault;
  const std::string id(JsonFields(*document, fault).text("id"));
  if (fault.any()) return fault.error();
  return id;
}

}  // namespace writ::venue::binance
