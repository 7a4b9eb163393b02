#include "host/venue/binance/venue_line.hpp"

#include "host/venue/binance/json_fields.hpp"
#include "host/venue/binance/rate_headers.hpp"

#include <writ/abi/outcome.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;

/// The error of an answer, as far as it has one.
struct ErrorSaid {
  std::int64_t code = 0;
  std::string words;
  std::int64_t retry_after_ms = 0;  ///< of the venue's clock
};

ErrorSaid error_in(const JsonFields& fields) {
  ErrorSaid said;
  if (fields.has("code")) said.code = fields.integer("code");
  said.words = fields.text_or_empty("msg");
  if (!fields.has("data")) return said;
  const JsonFields data = fields.object("data");
  if (data.has("retryAfter")) said.retry_after_ms = data.integer("retryAfter");
  return said;
}

ErrorSaid error_of_body(std::string_view body) {
  simdjson::dom::parser parser;
  const auto document = parse_json(parser, body);
  JsonFault fault;
  return document ? error_in(JsonFields(*document, fault)) : ErrorSaid{};
}

}  // namespace

VenueLine::VenueLine(Market market, const Credentials& credentials, const LineOptions& options)
    : market_(market), credentials_(credentials), options_(options), budget_(options.address) {}

std::int64_t VenueLine::venue_time(std::int64_t now) const noexcept {
  const auto estimate = clock_.estimate();
  return estimate ? now + estimate->offset_ns : now;
}

std::optional<LineRefusal> VenueLine::refusal_of_signed() const {
  const auto refuse = [](std::string why) {
    return LineRefusal{WRIT_REPORT_REASON_OTHER, std::move(why)};
  };
  if (!stopped_.empty()) return refuse(stopped_);
  if (!clock_.estimate()) return refuse("the venue's clock is not measured");
  if (!clock_.fits(options_.recv_window_ns)) {
    return refuse("the venue's clock is known too vaguely for its time window");
  }
  return std::nullopt;
}

std::optional<LineRefusal> VenueLine::refusal_of_orders() const {
  if (auto refusal = refusal_of_signed()) return refusal;
  const auto estimate = clock_.estimate();
  const std::int64_t apart = std::abs(estimate->offset_ns);
  if (apart <= options_.clock_apart_max_ns + estimate->uncertainty_ns) return std::nullopt;
  return LineRefusal{WRIT_REPORT_REASON_OTHER,
                     "our clock is " + std::to_string(apart / kMs) + " ms off the venue's"};
}

std::optional<LineRefusal> VenueLine::ask(const VenueRequest& request, std::uint32_t strategy,
                                          bool by_socket, std::int64_t now, OnAnswer on_answer) {
  if (request.security == Security::kSigned) {
    const bool order = request.kind == RequestKind::kOrder;
    if (auto refusal = order ? refusal_of_orders() : refusal_of_signed()) return refusal;
  }
  const bool socket = by_socket && socket_open_ && !request.ws_method.empty();
  if (!socket && request.path.empty()) {
    return LineRefusal{WRIT_REPORT_REASON_OTHER, "the connection it needs is down"};
  }
  if (const auto estimate = clock_.estimate()) {
    budget_.address().set_clock_offset(estimate->offset_ns);
  }
  const Admission admission = budget_.take({request.kind, request.weight, strategy},
                                           std::max<std::int64_t>(0, venue_time(now)));
  if (!admission.admitted) {
    const std::int64_t wait = admission.try_again - venue_time(now);
    return LineRefusal{WRIT_REPORT_REASON_RATE_LIMIT,
                       "the rate limit leaves no room for " + std::to_string(wait / kMs) + " ms"};
  }
  const std::int64_t deadline = now + options_.timeout_ns;
  write("w" + std::to_string(++asked_),
        {request, socket ? Way::kSocket : Way::kRest, now, deadline, std::move(on_answer)}, now);
  return std::nullopt;
}

void VenueLine::write(std::string id, Pending pending, std::int64_t now) {
  const RequestStamp stamp{clock_.timestamp_ms(now).value_or(now / kMs),
                           options_.recv_window_ns / kMs};
  WrittenRequest written;
  written.id = id;
  written.way = pending.way;
  written.timeout_ns = pending.deadline - now;
  written.order_seq = pending.request.order_seq;
  if (pending.way == Way::kSocket) {
    written.message = to_message(pending.request, id, credentials_, stamp);
  } else {
    written.http = to_http(pending.request, credentials_, stamp);
  }
  ready_.push_back(std::move(written));
  pending_.emplace(std::move(id), std::move(pending));
}

std::vector<WrittenRequest> VenueLine::take_requests() { return std::exchange(ready_, {}); }

void VenueLine::finish(std::map<std::string, Pending, std::less<>>::iterator at,
                       VenueAnswer answer) {
  const Pending pending = std::move(at->second);
  pending_.erase(at);
  answer.way = pending.way;
  if (answer.sent == 0) answer.sent = pending.sent;
  pending.on_answer(answer);
}

void VenueLine::socket_closed(std::int64_t now) {
  socket_open_ = false;
  // What was not taken yet by whoever writes never left, and goes the other way.
  std::vector<std::string> unwritten;
  for (const WrittenRequest& request : ready_) {
    if (request.way == Way::kSocket) unwritten.push_back(request.id);
  }
  std::erase_if(ready_, [](const WrittenRequest& request) { return request.way == Way::kSocket; });
  for (const std::string& id : unwritten) not_written(id, now);
  std::vector<std::string> lost;
  for (const auto& [id, pending] : pending_) {
    if (pending.way == Way::kSocket) lost.push_back(id);
  }
  for (const std::string& id : lost) {
    const auto at = pending_.find(id);
    if (at == pending_.end()) continue;
    VenueAnswer answer;
    answer.received = now;
    finish(at, answer);
  }
}

void VenueLine::not_written(const std::string& id, std::int64_t now) {
  const auto at = pending_.find(id);
  if (at == pending_.end() || at->second.way != Way::kSocket) return;
  if (at->second.request.path.empty()) {
    VenueAnswer answer;
    answer.kind = VenueAnswer::Kind::kNotSent;
    answer.received = now;
    return finish(at, answer);
  }
  Pending pending = std::move(at->second);
  pending_.erase(at);
  pending.way = Way::kRest;
  write(id + "r", std::move(pending), now);
}

bool VenueLine::on_message(std::string_view message, std::int64_t now) {
  simdjson::dom::parser parser;
  const auto document = parse_json(parser, message);
  if (!document) return false;
  JsonFault fault;
  const JsonFields whole(*document, fault);
  const std::string_view id = whole.text_or_empty("id");
  if (fault.any() || !whole.has("status")) return false;
  const auto status = static_cast<int>(whole.integer("status"));
  for (const RateUse& use : read_rate_uses(message)) {
    budget_.on_use(use, std::max<std::int64_t>(0, venue_time(now)));
  }
  if (status != 200 && whole.has("error")) {
    const ErrorSaid said = error_in(whole.object("error"));
    std::optional<std::int64_t> wait;
    if (said.retry_after_ms > 0 &&
        said.retry_after_ms < std::numeric_limits<std::int64_t>::max() / kMs) {
      wait = std::max<std::int64_t>(0, said.retry_after_ms * kMs - venue_time(now));
    }
    heed(meaning_of_error(market_, status, said.code, said.words), status, said.code, said.words,
         wait, now);
  }
  const auto at = pending_.find(id);
  if (at == pending_.end()) return true;  // its time was over
  VenueAnswer answer;
  answer.kind = VenueAnswer::Kind::kAnswered;
  answer.status = status;
  answer.body = message;
  answer.received = now;
  finish(at, answer);
  return true;
}

void VenueLine::on_http(const std::string& id, int status,
                        const std::vector<std::pair<std::string, std::string>>& headers,
                        std::string_view body, std::int64_t sent, std::int64_t now) {
  for (const auto& [name, value] : headers) {
    if (const auto use = read_rate_header(name, value)) {
      budget_.on_use(*use, std::max<std::int64_t>(0, venue_time(now)));
    }
  }
  if (status >= 400) {
    const ErrorSaid said = error_of_body(body);
    heed(meaning_of_error(market_, status, said.code, said.words), status, said.code, said.words,
         retry_after_ns(headers), now);
  }
  const auto at = pending_.find(id);
  if (at == pending_.end()) return;
  VenueAnswer answer;
  answer.kind = VenueAnswer::Kind::kAnswered;
  answer.status = status;
  answer.body = body;
  answer.sent = sent;
  answer.received = now;
  finish(at, answer);
}

void VenueLine::on_http_failure(const std::string& id, bool not_sent, std::int64_t now) {
  const auto at = pending_.find(id);
  if (at == pending_.end()) return;
  VenueAnswer answer;
  answer.kind = not_sent ? VenueAnswer::Kind::kNotSent : VenueAnswer::Kind::kUnknown;
  answer.received = now;
  finish(at, answer);
}

void VenueLine::heed(const ErrorMeaning& meaning, int status, std::int64_t code,
                     std::string_view words, std::optional<std::int64_t> retry_after_ns,
                     std::int64_t now) {
  const std::string said =
      std::to_string(status) + " " + std::to_string(code) + " " + std::string(words.substr(0, 160));
  switch (meaning.consequence) {
    case Consequence::kNone:
      break;
    case Consequence::kBackOff: {
      const std::int64_t there = std::max<std::int64_t>(0, venue_time(now));
      budget_.on_refusal(status, code, retry_after_ns, there);
      if (there >= warned_until_) warnings_.push_back("the venue asks for a pause: " + said);
      warned_until_ = std::max({warned_until_, budget_.address().stopped_until(), there + kSecond});
      break;
    }
    case Consequence::kMeasureClock:
      clock_.on_refused(now);
      warnings_.push_back("the venue does not accept our time: " + said);
      break;
    case Consequence::kStopVenue:
      if (stopped_.empty()) warnings_.push_back("the venue does not accept our key: " + said);
      stopped_ = "the venue does not accept our key: " + said;
      break;
  }
}

std::int64_t VenueLine::next_due() const noexcept {
  std::int64_t due = std::numeric_limits<std::int64_t>::max();
  for (const auto& [id, pending] : pending_) due = std::min(due, pending.deadline);
  return due;
}

void VenueLine::on_time(std::int64_t now) {
  std::vector<std::string> late;
  for (const auto& [id, pending] : pending_) {
    if (pending.deadline <= now) late.push_back(id);
  }
  for (const std::string& id : late) {
    const auto at = pending_.find(id);
    if (at == pending_.end()) continue;
    socket_silent_ = socket_silent_ || at->second.way == Way::kSocket;
    VenueAnswer answer;
    answer.received = now;
    finish(at, answer);
  }
}

}  // namespace writ::venue::binance
