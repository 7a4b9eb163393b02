#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/venue/binance/session_desk.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace writ::venue::binance {
namespace {

using test::kMs;
using test::kSecond;
using test::SessionDesk;

/// What a written request is about: its method and the client order id it names.
std::string subject(const WrittenRequest& request) {
  const std::string& text = request.way == Way::kRest ? request.http.target : request.message;
  const auto at = text.find("wr1-");
  return at == std::string::npos ? "" : text.substr(at, 28);
}

bool places(const WrittenRequest& request) {
  if (subject(request).empty()) return false;  // a countdown
  return request.way == Way::kRest ? request.http.method == "POST"
                                   : request.message.find("order.place") != std::string::npos;
}

const std::vector<std::pair<int, std::string>> kAnswers = {
    {200, R"({"orderId":28,"transactTime":1700000000001})"},
    {200, R"({"orderId":28,"status":"CANCELED","executedQty":"0","updateTime":1700000000001})"},
    {200, R"({"orderId":28,"status":"NO_SUCH"})"},
    {200, "nonsense"},
    {400, R"({"code":-2010,"msg":"Account has insufficient balance for requested action."})"},
    {400, R"({"code":-2010,"msg":"Duplicate order sent."})"},
    {400, R"({"code":-2011,"msg":"Unknown order sent."})"},
    {400, R"({"code":-2013,"msg":"Order does not exist."})"},
    {400, R"({"code":-1021,"msg":"Timestamp"})"},
    {429, R"({"code":-1003,"msg":"Too many requests"})"},
    {503, R"({"msg":"Unknown error"})"},
    {504, R"({"code":-1007,"msg":"Timeout"})"}};

// Random commands, ways, answers, losses, repetitions and reorderings.
TEST(OrderSessionProperty, NoOrderIsSentTwiceAndEveryCommandIsAnsweredInTime) {
  const std::size_t rounds = writ::test::scaled(2'000);
  std::size_t commands = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    base::RandomStream random(7, "test.order_session", round);
    SessionDesk desk(random.below(2) == 0 ? Market::kSpot : Market::kUsdm);
    desk.make_ready();
    std::set<std::string> placed;
    std::map<std::string, bool> written;  // request ids, whether placing
    std::vector<WrittenRequest> open;
    std::vector<WrittenRequest> answered;
    std::map<std::uint64_t, std::int64_t> waits;  // commands without a report, since when
    std::size_t taken = 0;
    std::uint64_t next_order = 1;

    const auto take = [&] {
      for (auto& request : desk.line.take_requests()) {
        EXPECT_TRUE(written.emplace(request.id, true).second) << "seed 7, round " << round;
        if (request.way == Way::kSocket && random.below(10) == 0) {
          desk.line.not_written(request.id, desk.now);
          continue;
        }
        if (places(request)) {
          EXPECT_TRUE(placed.insert(subject(request)).second)
              << "sent twice: seed 7, round " << round;
        }
        open.push_back(std::move(request));
      }
      for (auto& request : desk.line.take_requests()) {  // by the other way
        if (places(request)) {
          EXPECT_TRUE(placed.insert(subject(request)).second)
              << "sent twice: seed 7, round " << round;
        }
        open.push_back(std::move(request));
      }
    };
    const auto hear = [&] {
      for (; taken < desk.told.size(); ++taken) {
        const auto* report = model::as<writ_report>(model::record_in(desk.told[taken]));
        ASSERT_NE(report, nullptr);
        waits.erase(report->order_id);
      }
      for (const auto& [order, since] : waits) {
        // A look-up asks twice at most.
        EXPECT_LE(desk.now - since, 2 * desk.line.options().timeout_ns)
            << "order " << order << ": seed 7, round " << round;
      }
    };

    for (int step = 0; step < 60; ++step) {
      switch (random.below(8)) {
        case 0:
        case 1: {
          const bool fresh = next_order == 1 || random.below(2) == 0;
          const std::uint64_t id = fresh ? next_order++ : 1 + random.below(next_order - 1);
          if (waits.count(id) != 0) break;
          constexpr std::uint16_t kLater[] = {WRIT_COMMAND_CANCEL, WRIT_COMMAND_REPLACE,
                                              WRIT_COMMAND_LOOKUP};
          waits[id] = desk.now;
          ++commands;
          desk.command(fresh ? std::uint16_t{WRIT_COMMAND_SEND} : kLater[random.below(3)], id);
          break;
        }
        case 2:
          desk.line.socket_opened();
          break;
        case 3:
          desk.line.socket_closed(desk.now);
          break;
        case 4:
          desk.now += static_cast<std::int64_t>(random.below(4'000)) * kMs;
          break;
        case 5:
          if (!answered.empty()) {  // once more
            const auto& again = kAnswers[random.below(kAnswers.size())];
            desk.answer(answered[random.below(answered.size())], again.first, again.second);
          }
          break;
        default: {
          if (open.empty()) break;
          const std::size_t at = random.below(open.size());
          const WrittenRequest request = open[at];
          open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
          answered.push_back(request);
          const auto& [status, body] = kAnswers[random.below(kAnswers.size())];
          if (random.below(6) == 0) break;  // lost
          if (request.way == Way::kRest && random.below(6) == 0) {
            desk.line.on_http_failure(request.id, random.below(2) == 0, desk.now);
          } else {
            desk.answer(request, status, body);
          }
        }
      }
      take();
      if (desk.line.next_due() <= desk.now) desk.line.on_time(desk.now);
      if (desk.keeper.next_due() <= desk.now) desk.keeper.on_time(desk.now);
      take();
      hear();
    }
    for (int turn = 0; turn < 3; ++turn) {
      desk.now += 11 * kSecond;
      desk.line.on_time(desk.now);
      take();
      hear();
    }
    EXPECT_TRUE(waits.empty()) << "seed 7, round " << round;
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(commands, rounds);
}

}  // namespace
}  // namespace writ::venue::binance
