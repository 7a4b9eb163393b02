// A strategy that does, on each trade, what the trade's id asks for: the good and the bad things a
// plugin can do inside a call.
#include <writ/module.hpp>
#include <writ/strategy.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tests/support/plugins/probe_actions.hpp"

namespace writ::test {
namespace {

class Probe final : public Strategy {
 public:
  static constexpr Parameter<std::int64_t> kCount{
      .id = 1, .name = "count", .doc = "How often.", .default_value = "3", .min = "1", .max = "10"};
  static constexpr Parameter<Price> kPrice{
      .id = 2, .name = "price", .doc = "Of an order.", .default_value = "100.5", .live = true};
  static constexpr Parameter<bool> kLoud{
      .id = 3, .name = "loud", .doc = "Whether to log.", .default_value = "false"};
  static constexpr Parameter<std::string_view> kWord{
      .id = 4, .name = "word", .doc = "Logged at the start.", .default_value = "hello"};
  static constexpr Parameter<Duration> kDelay{.id = 5,
                                              .name = "delay",
                                              .doc = "Of the timer.",
                                              .default_value = "250ms",
                                              .min = "1ns",
                                              .max = "1d"};
  static constexpr Parameter<std::int64_t> kFailAt{
      .id = 6,
      .name = "fail_at",
      .doc = "1: the constructor's work throws in on_start.",
      .default_value = "0"};
  static constexpr auto kParameters = parameters(kCount, kPrice, kLoud, kWord, kDelay, kFailAt);
  static constexpr std::array kSignalsIn{port(7, "flow", "Any signal.")};
  static constexpr Description kDescription{.id = "test.probe",
                                            .name = "Probe",
                                            .version = "1.2.3",
                                            .doc = "Does what it is asked to.",
                                            .capabilities = WRIT_CAN_RANDOM,
                                            .state_schema = 2,
                                            .state_schema_min = 1};

  void on_start() override {
    if (value(kFailAt) == 1) throw std::runtime_error("asked to fail");
    if (value(kLoud)) log(Severity::kInfo, value(kWord));
  }
  void on_trade(const writ_trade& trade) override {
    ++calls_;
    act(static_cast<ProbeAction>(trade.trade_id), trade);
  }
  void on_snapshot(const Snapshot& snapshot) override {
    ++calls_;
    if (snapshot.can_trade()) buy(snapshot.instrument(), quantity(), snapshot.bid()).submit();
  }
  void on_timer(std::uint64_t timer, ReceiveTime) override {
    log(Severity::kInfo, "timer " + std::to_string(timer));
  }
  void on_signal(std::uint32_t input, const writ_signal& signal) override {
    log(Severity::kInfo,
        "input " + std::to_string(input) + " from " + std::to_string(signal.instance));
  }
  void on_parameter(std::uint32_t id) override {
    log(Severity::kInfo, "parameter " + std::to_string(id));
  }

  void save(StateWriter& state) const override {
    state.put(calls_);
    state.put(std::string_view(padding_));
  }
  void load(StateReader& state, std::uint32_t schema) override {
    calls_ = state.get<std::uint64_t>();
    padding_ = state.get_text();
    if (schema == 1) calls_ += 1000;
  }

 private:
  static Quantity quantity() { return Quantity{1'000'000'000}; }

  void act(ProbeAction action, const writ_trade& trade);
  void submit_raw(std::uint32_t instrument, const char* rationale, std::size_t size,
                  std::uint32_t flags = 0, std::uint16_t kind = WRIT_INTENT_NOOP);

  std::uint64_t calls_ = 0;
  std::string padding_;
};

void Probe::submit_raw(std::uint32_t instrument, const char* rationale, std::size_t size,
                       std::uint32_t flags, std::uint16_t kind) {
  std::array<std::uint64_t, 64> words{};
  writ_intent intent{};
  intent.header.size = static_cast<std::uint32_t>(sizeof intent + (size + 7) / 8 * 8);
  intent.instrument = instrument;
  intent.kind = kind;
  intent.flags = flags;
  intent.rationale_size = static_cast<std::uint32_t>(size);
  std::memcpy(words.data(), &intent, sizeof intent);
  std::memcpy(reinterpret_cast<std::byte*>(words.data()) + sizeof intent, rationale, size);
  check("submit", host()->submit(host(), reinterpret_cast<writ_intent*>(words.data()), nullptr));
}

void Probe::act(ProbeAction action, const writ_trade& trade) {
  const std::uint32_t market = trade.instrument;
  switch (action) {
    case ProbeAction::kNothing:
      break;
    case ProbeAction::kBuy:
      buy(market, quantity(), value(kPrice))
          .post_only()
          .tag(42)
          .tags({"probe"})
          .because(rationale().add("why", "asked").add("price", value(kPrice)))
          .submit();
      break;
    case ProbeAction::kBuyOther:
      buy(market + 1, quantity(), value(kPrice)).submit();
      break;
    case ProbeAction::kThrow:
      buy(market, quantity(), value(kPrice)).submit();
      throw std::runtime_error("asked to throw");
    case ProbeAction::kThrowInt:
      throw 7;
    case ProbeAction::kBadJson:
      submit_raw(market, "{\"a\":}", 6);
      break;
    case ProbeAction::kBadUtf8:
      submit_raw(market, "\"\xc3\x28\"", 4);
      break;
    case ProbeAction::kOpaque:
      submit_raw(market, "\xff\xfe\x00", 3, WRIT_INTENT_OPAQUE_RATIONALE);
      break;
    case ProbeAction::kWrongSize: {
      writ_intent intent{};
      intent.header.size = sizeof intent + 8;
      intent.instrument = market;
      intent.kind = WRIT_INTENT_NOOP;
      check("submit", host()->submit(host(), &intent, nullptr));
      break;
    }
    case ProbeAction::kUnknownKind:
      submit_raw(market, "", 0, 0, 99);
      break;
    case ProbeAction::kUnknownFlag:
      submit_raw(market, "", 0, 1U << 20U);
      break;
    case ProbeAction::kNoSide:
      order(market, Side::kNone, quantity(), value(kPrice)).submit();
      break;
    case ProbeAction::kConfidence:
      no_op(market).confidence(Rate{1'000'000'001}).submit();
      break;
    case ProbeAction::kPublish: {
      writ_signal signal{};
      signal.header.size = sizeof signal;
      signal.header.type = WRIT_RECORD_SIGNAL;
      check("publish", host()->publish(host(), &signal.header));
      break;
    }
    case ProbeAction::kSetTimer:
      set_timer(5, now() + value(kDelay));
      break;
    case ProbeAction::kRandom:
      log(Severity::kInfo, std::to_string(random()));
      break;
    case ProbeAction::kFlood:
      for (int i = 0; i < 1000; ++i) {
        if (!no_op(market).submit()) {
          log(Severity::kInfo, "limit after " + std::to_string(i));
          return;
        }
      }
      break;
    case ProbeAction::kFlushToZero:
#if defined(__x86_64__)
      _mm_setcsr(_mm_getcsr() | 0x8040U);
#endif
      break;
    case ProbeAction::kLogFromThread:
      std::thread([this] { log(Severity::kWarning, "from a thread"); }).join();
      break;
    case ProbeAction::kBadLog:
      log(Severity::kInfo, "two\nlines \xff end");
      break;
    case ProbeAction::kGrow:
      padding_.assign(5'000, 'x');
      break;
    case ProbeAction::kBook: {
      std::array<writ_level, 3> levels{};
      const auto found = book(market, WRIT_SIDE_BUY, levels);
      log(Severity::kInfo, "levels " + std::to_string(found.size()));
      break;
    }
    case ProbeAction::kWarmUpFlag:
      submit_raw(market, "", 0, WRIT_INTENT_WARMUP);
      break;
  }
}

}  // namespace
}  // namespace writ::test

WRIT_MODULE("Writ tests", writ::test::Probe)
