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

// As spot writes it.
std::string long_price(std::int64_t ticks) { return price(ticks) + "000000"; }
std::string long_quantity(std::int64_t lots) { return quantity(lots) + "00000"; }

class Others {
 public:
  OtherMessages make() {
    OtherMessages messages;
    for (std::uint64_t i = 0; i < kOthers; ++i) {
      price_ += random_.below(3) - 1;
      ts_ms_ += random_.below(50);
      messages.tops.push_back(top(i));
      messages.prints.push_back(print(i));
      messages.marks.push_back(mark());
      messages.liquidations.push_back(liquidation());
    }
    return messages;
  }

 private:
  std::string lots() { return long_quantity(1 + random_.below(50'000)); }
  [[nodiscard]] std::string time() const { return std::to_string(ts_ms_); }

  std::string top(std::uint64_t i) {
    std::string text = R"({"stream":"btcusdt@bookTicker","data":{"u":)" +
                       std::to_string(40'000'000'000 + i) + R"(,"s":"BTCUSDT","b":")" +
                       long_price(price_) + R"(","B":")";
    text += lots() + R"(","a":")" + long_price(price_ + 1) + R"(","A":")";
    return text + lots() + R"("}})";
  }
  std::string print(std::uint64_t i) {
    std::string text = R"({"stream":"btcusdt@trade","data":{"e":"trade","E":)" + time() +
                       R"(,"s":"BTCUSDT","t":)" + std::to_string(4'000'000'000 + i) + R"(,"p":")" +
                       long_price(price_) + R"(","q":")";
    text += lots() + R"(","T":)" + time() + R"(,"m":)";
    return text + (random_.below(2) != 0 ? "true" : "false") + R"(,"M":true}})";
  }
  std::string mark() {
    return R"({"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":)" + time() +
           R"(,"s":"BTCUSDT","p":")" + long_price(price_) + R"(","P":")" + long_price(price_ - 7) +
           R"(","i":")" + long_price(price_ + 3) + R"(","r":"0.000)" +
           std::to_string(10'000 + random_.below(90'000)) + R"(","T":)" +
           std::to_string(ts_ms_ / 28'800'000 * 28'800'000 + 28'800'000) + "}}";
  }
  std::string liquidation() {
    const auto size = quantity(1 + random_.below(5'000));
    return R"({"stream":"btcusdt@forceOrder","data":{"e":"forceOrder","E":)" + time() +
           R"(,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":")" + size + R"(","p":")" +
           price(price_) + R"(","ap":")" + price(price_) + R"(","X":"FILLED","l":")" + size +
           R"(","z":")" + size + R"(","T":)" + time() + "}}}";
  }

  static constexpr std::uint64_t kOthers = 100'000;
  SplitMix random_{5};
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

OtherMessages other_messages() {
  auto messages = Others{}.make();
  check("bookTicker messages", messages.tops,
        "9679310fa471784b4144191ab0f27e2cfb92988892a0a082b37823c575eb05d6");
  check("trade messages", messages.prints,
        "dd40ca68b1fe42d2857cc7c107b090c8742c36afeaae5bcff93575a8ef1e01f6");
  check("markPrice messages", messages.marks,
        "ae4fc08c46a6a60e672a4a87d6a9444fb33e8d0fdaa1465e2e8b9b37da501a69");
  check("forceOrder messages", messages.liquidations,
        "7752d31162a9dc5884cc9d7c0ace6ecfc12b0ab715312477345c5e37875fb7ea");
  return messages;
}

}  // namespace writ::bench
