#include "tests/bench/feed_messages.hpp"

#include "tests/bench/checked_data.hpp"
#include "tests/bench/l2_market.hpp"
#include "tests/bench/split_mix.hpp"

#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>

namespace writ::bench {
namespace {

constexpr std::uint64_t kMessages = 200'000;
constexpr std::uint64_t kTradesADepth = 10;

std::string price(std::int64_t ticks) {
  return std::to_string(ticks / 10) + "." + std::to_string(ticks % 10) + "0";
}
std::string quantity(std::int64_t lots) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(lots / 1000),
                static_cast<long long>(lots % 1000));
  return text;
}

// One market for both kinds of message: the random numbers are drawn in the order of the text.
class Messages {
 public:
  FeedMessages make() {
    FeedMessages messages;
    for (std::uint64_t i = 0; i < kMessages; ++i) {
      price_ += random_.below(3) - 1;
      ts_ms_ += random_.below(50);
      messages.trades.push_back(trade(i));
      if (i % kTradesADepth == 0) messages.depths.push_back(depth(i));
    }
    return messages;
  }

 private:
  std::string trade(std::uint64_t i) {
    const auto size = quantity(1 + random_.below(5'000));
    const bool maker = random_.below(2) != 0;
    return R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":)" + std::to_string(ts_ms_) +
           R"(,"s":"BTCUSDT","a":)" + std::to_string(3'000'000'000 + i) + R"(,"p":")" +
           price(price_) + R"(","q":")" + size + R"(","f":)" +
           std::to_string(5'000'000'000 + 2 * i) + R"(,"l":)" +
           std::to_string(5'000'000'001 + 2 * i) + R"(,"T":)" + std::to_string(ts_ms_ - 3) +
           R"(,"m":)" + (maker ? "true" : "false") + "}}";
  }

  std::string depth(std::uint64_t i) {
    const auto id = 7'000'000'000'000 + i * 30;
    std::string text = R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":)" +
                       std::to_string(ts_ms_) + R"(,"T":)" + std::to_string(ts_ms_ - 2) +
                       R"(,"s":"BTCUSDT","U":)" + std::to_string(id) + R"(,"u":)" +
                       std::to_string(id + 29) + R"(,"pu":)" + std::to_string(id - 1) + R"(,"b":[)";
    levels(text, price_, -1);
    text += R"(],"a":[)";
    levels(text, price_ + 1, 1);
    return text + "]}}";
  }

  void levels(std::string& text, std::int64_t from, std::int64_t step) {
    for (std::int64_t level = 0; level < 20; ++level) {
      const auto at = price(from + step * (level + random_.below(2)));
      const auto size = quantity(random_.below(4) != 0 ? random_.below(50'000) : 0);
      text.append(level != 0 ? R"(,[")" : R"([")").append(at).append(R"(",")").append(size);
      text += R"("])";
    }
  }

  SplitMix random_{4};
  std::int64_t price_ = kPriceStart;
  std::int64_t ts_ms_ = kDataStartTs / 1'000'000;
};

void check(std::string_view what, const std::vector<std::string>& messages,
           std::string_view sha256) {
  std::string lines;
  for (const auto& message : messages) lines.append(message).append("\n");
  check_data(what, std::as_bytes(std::span(lines)), sha256);
}

}  // namespace

FeedMessages standard_messages() {
  auto messages = Messages{}.make();
  check("aggTrade messages", messages.trades,
        "309f7ff2bf3db5dec12b72de17ee754e91115e6c1bb52c58adb57c76276238c3");
  check("depth messages", messages.depths,
        "7dd1af968e9ddb49f581a8a7bbfcdcc297c0b3dfa41adb6139996a5fbf654c02");
  return messages;
}

}  // namespace writ::bench
