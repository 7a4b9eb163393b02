#include "host/cli/venue_questions.hpp"

#include "host/base/assert.hpp"
#include "host/venue/binance/account_replies.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace writ::cli {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kTimeoutNs = 30 * kSecondNs;  // a listing is large
constexpr std::int64_t kWaitMaxNs = 60 * kSecondNs;  // as long as the limits' interval

// `{"code":-2015,"msg":"..."}` as the venue says it; else nothing.
std::string said_in(const std::string& body) {
  boost::json::error_code error;
  const auto value = boost::json::parse(body, error);
  const auto* object = error ? nullptr : value.if_object();
  const auto* code = object == nullptr ? nullptr : object->if_contains("code");
  const auto* text = object == nullptr ? nullptr : object->if_contains("msg");
  if (code == nullptr || text == nullptr || !code->is_int64() || !text->is_string()) return "";
  return ": " + std::to_string(code->get_int64()) + " " + std::string(text->get_string());
}

}  // namespace

VenueQuestions::VenueQuestions(venue::net::HttpClient& rest, VenueQuestionsSetup setup)
    : rest_(rest), setup_(std::move(setup)) {}

venue::binance::OffsetEstimate VenueQuestions::clock(int times) {
  const auto request = venue::binance::time_request(setup_.market);
  for (int i = 0; i < times; ++i) {
    const auto answer = answer_to(request);
    const auto venue_time = venue::binance::read_server_time(answer.body);
    if (!venue_time) fail(request, to_string(venue_time.error()));
    clock_.on_answer(answer.sent_ts, answer.received_ts, *venue_time);
  }
  const auto estimate = clock_.estimate();
  if (!estimate) fail(request, "this machine's clock was set while it was compared");
  setup_.address->set_clock_offset(estimate->offset_ns);
  return *estimate;
}

venue::binance::ExchangeInfo VenueQuestions::listing() {
  const auto request = venue::binance::exchange_info_request(setup_.market);
  auto read = venue::binance::read_exchange_info(setup_.market, answer_to(request).body);
  if (!read) fail(request, to_string(read.error()));
  setup_.address->set_limits(read->rate_limits);
  return std::move(*read);
}

venue::net::HttpAnswer VenueQuestions::answer_to(const venue::binance::VenueRequest& request) {
  wait_for_room(request);
  venue::binance::RequestStamp stamp{0, setup_.recv_window_ns / 1'000'000};
  if (request.security == venue::binance::Security::kSigned) {
    const auto timestamp = clock_.timestamp_ms(venue::net::wall_clock_ns());
    WRIT_ASSERT(timestamp.has_value());
    stamp.timestamp_ms = *timestamp;
  }
  static const venue::binance::Credentials kNobody{"", venue::binance::Signer::hmac("none")};
  const auto& keys = setup_.keys != nullptr ? *setup_.keys : kNobody;
  const auto http = venue::binance::to_http(request, keys, stamp);
  venue::net::HttpAsk ask;
  ask.method = http.method;
  ask.target = http.target;
  ask.timeout_ns = kTimeoutNs;
  if (!http.api_key.empty()) ask.headers = {{"X-MBX-APIKEY", std::string(http.api_key)}};
  auto answer = rest_.ask_and_wait(std::move(ask));
  if (!answer) fail(request, answer.error().text());
  setup_.address->on_answer(answer->status, answer->headers,
                            answer->received_ts + setup_.address->clock_offset());
  if (answer->status != 200) {
    fail(request, "HTTP status " + std::to_string(answer->status) + said_in(answer->body));
  }
  return std::move(*answer);
}

void VenueQuestions::wait_for_room(const venue::binance::VenueRequest& request) {
  for (;;) {
    const auto now = venue::net::wall_clock_ns() + setup_.address->clock_offset();
    const auto admission = setup_.address->take({request.kind, request.weight, 0}, now);
    if (admission.admitted) return;
    const std::int64_t wait_ns = admission.try_again - now;
    const auto seconds = std::to_string((wait_ns + kSecondNs - 1) / kSecondNs) + " s";
    if (wait_ns > kWaitMaxNs) fail(request, "the venue answers nothing for " + seconds);
    std::cerr << "writ: venue " + setup_.name + ": its rate limit is used up, waiting " + seconds +
                     "\n";
    std::this_thread::sleep_for(std::chrono::nanoseconds(wait_ns));
  }
}

void VenueQuestions::fail(const venue::binance::VenueRequest& request,
                          const std::string& why) const {
  throw std::runtime_error("venue " + setup_.name + ": " + std::string(request.method) + " " +
                           std::string(request.path) + ": " + why);
}

}  // namespace writ::cli
