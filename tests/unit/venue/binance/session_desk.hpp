#pragma once

#include "host/venue/binance/line_keeper.hpp"
#include "host/venue/binance/order_session.hpp"
#include "tests/unit/venue/binance/names.hpp"

#include <writ/decimal.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::binance::test {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kNoon = 1'700'000'000 * kSecond;
constexpr std::string_view kOwnId = "wr1-ufpi367fz4yrerhbje3kv5gp";

inline std::int64_t nano(std::string_view text) { return parse_nano(text).value; }

/// A line, its keeper and an order session, without any network: what leaves and what is told are
/// collected.
class SessionDesk {
 public:
  explicit SessionDesk(Market market, OrderSessionOptions options = {},
                       LineOptions line_options = {})
      : names(test::names(market)),
        line(market, credentials, line_options),
        keeper(line),
        session(
            line, names, seen,
            {[this](const writ_order&) { return !killed; },
             [this](const std::string& symbol, std::int64_t at) {
               return keeper.is_armed(symbol, at);
             }},
            [this](const writ_record& record) { told.push_back(model::words_of(record)); }, nullptr,
            std::move(options)) {
    SymbolRules rules;
    rules.price.step = nano("0.01");
    rules.lot.step = nano("0.001");
    session.set_rules("BTCUSDT", rules);
  }

  /// The clock is known, and the dead-man switch armed where there is one.
  void make_ready() {
    line.clock().on_answer(now - kMs, now, now);
    if (line.market() == Market::kUsdm) {
      keeper.guard("BTCUSDT");
      keeper.on_time(now);
      for (const auto& request : line.take_requests()) answer(request, 200, "{}");
    }
    (void)line.take_requests();
  }

  writ_order order(std::uint16_t what, std::uint64_t id = 5) const {
    auto made = model::make_record<writ_order>();
    made.order_id = id;
    made.intent_id = 4;
    made.instance = 2;
    made.instrument = kBtcUsdt;
    made.account = kAccount;
    made.book = WRIT_BOOK_MAIN;
    made.side = WRIT_SIDE_BUY;
    made.order_type = WRIT_ORDER_LIMIT;
    made.time_in_force = WRIT_TIF_GTC;
    made.command = what;
    made.price = nano("50000");
    made.quantity = nano("0.002");
    made.expire_ts = WRIT_NONE;
    std::string client = std::string(kOwnId);
    client.replace(client.size() - 6, 6, std::to_string(100'000 + id));
    EXPECT_TRUE(model::set_text(made.client_order_id, client));
    return made;
  }
  void command(std::uint16_t what, std::uint64_t id = 5) {
    session.on_command(order(what, id), now);
  }

  /// The one request that leaves now.
  WrittenRequest only_request() {
    auto requests = line.take_requests();
    EXPECT_EQ(requests.size(), 1U);
    return requests.empty() ? WrittenRequest{} : requests.front();
  }
  void answer(const WrittenRequest& request, int status, const std::string& body) {
    if (request.way == Way::kRest) {
      line.on_http(request.id, status, {}, body, now, now);
    } else {
      line.on_message(R"({"id":")" + request.id + R"(","status":)" + std::to_string(status) +
                          (status == 200 ? R"(,"result":)" : R"(,"error":)") + body + "}",
                      now);
    }
  }

  std::size_t reports() const { return told.size(); }
  writ_report last_report() const {
    EXPECT_FALSE(told.empty());
    if (told.empty()) return model::make_record<writ_report>();
    const auto* report = model::as<writ_report>(model::record_in(told.back()));
    EXPECT_NE(report, nullptr);
    return report == nullptr ? model::make_record<writ_report>() : *report;
  }
  std::pair<int, int> last() const {
    const auto report = last_report();
    return {report.kind, report.reason};
  }
  std::string words() const {
    const auto* report = model::as<writ_report>(model::record_in(told.back()));
    return report == nullptr ? "" : std::string(model::tail_text(*report, report->text_size));
  }

  std::int64_t now = kNoon;
  bool killed = false;
  Credentials credentials{"key", Signer::hmac("secret")};
  VenueNames names;
  VenueLine line;
  LineKeeper keeper;
  SeenTrades seen;
  std::vector<model::RecordWords> told;
  OrderSession session;
};

}  // namespace writ::venue::binance::test
