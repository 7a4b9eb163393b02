// A plugin beside the core: nobody waits for it, and what it wants comes back through the port.
#include "host/sandbox/beside.hpp"

#include "tests/support/plugins/probe_actions.hpp"
#include "tests/unit/sandbox/sandboxed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace writ::sandbox {
namespace {

using test::ProbeAction;
using ::testing::HasSubstr;

class BesideTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<plugin::Instance> make(
      const std::string& file, const std::string& id, std::vector<plugin::ParameterText> texts = {},
      SandboxOptions options = test_options()) {
    auto made = plugins_.make(file, id, port_.isolate(options), std::move(texts));
    EXPECT_EQ(made->init(), WRIT_OK);
    return made;
  }
  [[nodiscard]] static writ_trade trade(ProbeAction action, std::uint64_t seq = 9) {
    auto record = model::make_record<writ_trade>();
    record.header.seq = seq;
    record.instrument = 3;
    record.side = WRIT_SIDE_BUY;
    record.price = 100'000'000'000;
    record.quantity = 1'000'000'000;
    record.trade_id = static_cast<std::uint64_t>(action);
    return record;
  }
  /// The next thing wanted; nullptr after so long.
  const writ_record* next(std::int64_t now = 1'000, int seconds = 10) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (std::chrono::steady_clock::now() < end) {
      const auto* wanted = port_.poll(
          now, [this](std::uint32_t, const std::function<void(plugin::HostServices&)>& reader) {
            reader(plugins_.services);
          });
      if (wanted != nullptr) return wanted;
    }
    return nullptr;
  }

  BesidePort port_;
  SandboxedPlugins plugins_;
};

TEST_F(BesideTest, WhatItWantsComesThroughThePortWithWhatItHadSeen) {
  const auto probe = make("probe", "test.probe");
  EXPECT_EQ(probe->on_event(trade(ProbeAction::kBuy, 17).header), WRIT_OK);
  const auto* wanted = next();
  ASSERT_NE(wanted, nullptr);
  const auto* intent = model::as<writ_intent>(*wanted);
  ASSERT_NE(intent, nullptr);
  EXPECT_EQ(intent->instance, 4U);
  EXPECT_EQ(intent->seen_seq, 17U);
  EXPECT_EQ(intent->price, 100'500'000'000);
  EXPECT_EQ(probe->admits(*wanted), WRIT_OK);
  EXPECT_TRUE(plugins_.services.intents.empty()) << "nothing of the core was called";
  port_.answer(WRIT_OK, 77);
  EXPECT_EQ(next(1'000, 1), nullptr) << "one thing was wanted";
}

TEST_F(BesideTest, AnIntentIsAsOldAsWhatItWasMadeOn) {
  const auto probe = make("probe", "test.probe");
  plugins_.services.time = 5'000;
  EXPECT_EQ(probe->on_event(trade(ProbeAction::kBuy, 17).header), WRIT_OK);
  plugins_.services.time = 9'000;
  EXPECT_EQ(probe->on_event(trade(ProbeAction::kBuy, 18).header), WRIT_OK);
  for (const std::int64_t given : {5'000, 9'000}) {
    const auto* wanted = next(20'000);
    ASSERT_NE(wanted, nullptr);
    EXPECT_EQ(wanted->event_ts, given);
    port_.answer(WRIT_OK, 77);
  }
}

TEST_F(BesideTest, WhatAHostTableWouldRefuseIsRefused) {
  const auto probe = make("probe", "test.probe");
  for (const auto action : {ProbeAction::kBadJson, ProbeAction::kUnknownKind, ProbeAction::kNoSide,
                            ProbeAction::kConfidence}) {
    EXPECT_EQ(probe->on_event(trade(action).header), WRIT_OK);
    const auto* wanted = next();
    ASSERT_NE(wanted, nullptr);
    EXPECT_EQ(probe->admits(*wanted), WRIT_E_INVALID);
    port_.answer(WRIT_E_INVALID, 0);
    // The wrapper lets the call fail then, as in process.
    const auto* told = next();
    ASSERT_NE(told, nullptr);
    const auto* error = model::as<writ_plugin_fault>(*told);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->fault, static_cast<std::uint32_t>(WRIT_FAULT_ERROR));
    EXPECT_EQ(error->detail, WRIT_E_INVALID);
  }
  EXPECT_EQ(probe->on_event(trade(ProbeAction::kBuyOther).header), WRIT_OK);
  const auto* other = next();
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(probe->admits(*other), WRIT_E_NOT_FOUND) << "not its instrument";
}

TEST_F(BesideTest, ItsTimersAreItsOwnAndFireByTheCoresTime) {
  const auto probe = make("probe", "test.probe");
  EXPECT_EQ(probe->on_event(trade(ProbeAction::kSetTimer).header), WRIT_OK);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!port_.next_due() && std::chrono::steady_clock::now() < end) {
    (void)port_.poll(1'000, {});
  }
  ASSERT_TRUE(port_.next_due());
  EXPECT_EQ(*port_.next_due(), 1'000 + 250'000'000) << "250 ms after the core's time";
  EXPECT_TRUE(plugins_.services.timers.empty());
  (void)port_.poll(1'000 + 250'000'000, {});
  EXPECT_FALSE(port_.next_due());
}

TEST_F(BesideTest, ItReadsBooksBetweenTwoInputs) {
  const auto probe = make("probe", "test.probe");
  EXPECT_EQ(probe->on_event(trade(ProbeAction::kBook).header), WRIT_OK);
  EXPECT_EQ(probe->on_event(trade(ProbeAction::kBuy).header), WRIT_OK);
  const auto* wanted = next();
  ASSERT_NE(wanted, nullptr) << "it got its answer and went on";
  EXPECT_NE(model::as<writ_intent>(*wanted), nullptr);
}

TEST_F(BesideTest, ACrashIsToldOnceAndItBeginsAnew) {
  const auto outlaw = make("outlaw", "test.outlaw", {{"crime", "null"}});
  auto snapshot = model::make_record<writ_snapshot>();
  snapshot.instrument = 3;
  EXPECT_EQ(outlaw->on_snapshot(snapshot), WRIT_OK);
  const auto* told = next();
  ASSERT_NE(told, nullptr);
  const auto* fault = model::as<writ_plugin_fault>(*told);
  ASSERT_NE(fault, nullptr);
  EXPECT_EQ(fault->instance, 4U);
  EXPECT_EQ(fault->fault, static_cast<std::uint32_t>(WRIT_FAULT_CRASH));
  EXPECT_EQ(plugin::Fault(fault->detail).words(), "crashed: SIGSEGV, a null pointer");
  EXPECT_EQ(outlaw->on_snapshot(snapshot), WRIT_OK) << "and nobody is the worse for it";
  EXPECT_EQ(next(1'000, 1), nullptr);

  ASSERT_TRUE(outlaw->begin_anew());
  ASSERT_EQ(outlaw->init(), WRIT_OK);
  EXPECT_EQ(outlaw->on_snapshot(snapshot), WRIT_OK);
  EXPECT_NE(next(), nullptr) << "it crashes again";
}

TEST_F(BesideTest, AHangIsFoundByItsDeadline) {
  auto options = test_options();
  options.deadline_ns = 100'000'000;
  const auto outlaw = make("outlaw", "test.outlaw", {{"crime", "loop"}}, options);
  auto snapshot = model::make_record<writ_snapshot>();
  EXPECT_EQ(outlaw->on_snapshot(snapshot), WRIT_OK);
  const auto* told = next();
  ASSERT_NE(told, nullptr);
  const auto* fault = model::as<writ_plugin_fault>(*told);
  ASSERT_NE(fault, nullptr);
  EXPECT_EQ(fault->fault, static_cast<std::uint32_t>(WRIT_FAULT_HANG));
  EXPECT_EQ(plugin::Fault(fault->detail).words(), "gave no answer within 100 ms");
}

TEST_F(BesideTest, OneThatDoesNotKeepUpIsEnded) {
  auto options = test_options();
  options.deadline_ns = 60'000'000'000;
  const auto outlaw = make("outlaw", "test.outlaw", {{"crime", "loop"}}, options);
  auto snapshot = model::make_record<writ_snapshot>();
  for (int i = 0; i < 100'000; ++i) EXPECT_EQ(outlaw->on_snapshot(snapshot), WRIT_OK);
  const auto* told = next();
  ASSERT_NE(told, nullptr);
  EXPECT_THAT(plugin::Fault(model::as<writ_plugin_fault>(*told)->detail).words(),
              HasSubstr("does not take what it is sent"));
}

TEST_F(BesideTest, TakesTheStateOverOfOneThatGoes) {
  const auto old = make("probe", "test.probe");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(old->on_event(trade(ProbeAction::kGrow).header), WRIT_OK);
  }
  EXPECT_EQ(old->on_event(trade(ProbeAction::kSetTimer).header), WRIT_OK);
  const auto fresh = make("probe", "test.probe");
  fresh->take_over_outside(*old);
  EXPECT_EQ(fresh->fault(), "");
  EXPECT_TRUE(port_.next_due()) << "its timers, after all it was given";
  EXPECT_EQ(fresh->on_event(trade(ProbeAction::kBuy, 21).header), WRIT_OK);
  const auto* wanted = next();
  ASSERT_NE(wanted, nullptr);
  EXPECT_NE(model::as<writ_intent>(*wanted), nullptr) << "and it works";
}

TEST_F(BesideTest, WithoutTheStateOfOneThatDiedItIsAFault) {
  auto options = test_options();
  options.deadline_ns = 50'000'000;
  const auto old = make("outlaw", "test.outlaw", {{"crime", "loop"}}, options);
  auto snapshot = model::make_record<writ_snapshot>();
  EXPECT_EQ(old->on_snapshot(snapshot), WRIT_OK);
  const auto fresh = make("outlaw", "test.outlaw");
  fresh->take_over_outside(*old);
  const writ_plugin_fault* fault = nullptr;
  for (const auto* told = next(); fault == nullptr && told != nullptr; told = next()) {
    const auto* found = model::as<writ_plugin_fault>(*told);
    if (found != nullptr && plugin::Fault(found->detail).reason() == plugin::FaultReason::kState) {
      fault = found;
    }
  }
  ASSERT_NE(fault, nullptr);
  EXPECT_EQ(plugin::Fault(fault->detail).words(), "did not get the state of the build before it");
}

TEST(Recorded, TakesEveryCallAndDoesNothing) {
  SandboxedPlugins plugins;
  const auto probe = plugins.make("probe", "test.probe", recorded());
  EXPECT_EQ(probe->init(), WRIT_OK);
  auto record = model::make_record<writ_trade>();
  record.trade_id = static_cast<std::uint64_t>(ProbeAction::kBuy);
  EXPECT_EQ(probe->on_event(record.header), WRIT_OK);
  EXPECT_TRUE(plugins.services.intents.empty());
  EXPECT_FALSE(probe->has_state());
}

}  // namespace
}  // namespace writ::sandbox
