// In a sandbox a plugin does what it does in this process.
#include "host/base/input_error.hpp"
#include "tests/support/plugins/probe_actions.hpp"
#include "tests/unit/sandbox/sandboxed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace writ::sandbox {
namespace {

using test::ProbeAction;
using ::testing::HasSubstr;

writ_trade trade(ProbeAction action) {
  auto record = model::make_record<writ_trade>();
  record.instrument = 3;
  record.side = WRIT_SIDE_BUY;
  record.price = 100'000'000'000;
  record.quantity = 1'000'000'000;
  record.trade_id = static_cast<std::uint64_t>(action);
  return record;
}

const std::vector<ProbeAction> kHarmless = {
    ProbeAction::kNothing,     ProbeAction::kBuy,         ProbeAction::kBuyOther,
    ProbeAction::kThrow,       ProbeAction::kThrowInt,    ProbeAction::kBadJson,
    ProbeAction::kBadUtf8,     ProbeAction::kOpaque,      ProbeAction::kWrongSize,
    ProbeAction::kUnknownKind, ProbeAction::kUnknownFlag, ProbeAction::kNoSide,
    ProbeAction::kConfidence,  ProbeAction::kPublish,     ProbeAction::kSetTimer,
    ProbeAction::kRandom,      ProbeAction::kFlood,       ProbeAction::kBadLog,
    ProbeAction::kGrow,        ProbeAction::kBook,        ProbeAction::kWarmUpFlag};

struct Did {
  std::vector<writ_status> statuses;
  std::vector<std::string> asked;
  plugin::InstanceStatistics statistics;
  std::vector<std::byte> state;
};

Did drive(plugin::Isolate isolate) {
  SandboxedPlugins plugins;
  const auto probe = plugins.make("probe", "test.probe", std::move(isolate),
                                  {{"loud", "true"}, {"word", "twice \xc3\xa4"}});
  Did did;
  did.statuses.push_back(probe->init());
  for (const auto action : kHarmless) {
    did.statuses.push_back(probe->on_event(trade(action).header));
  }
  auto& services = plugins.services;
  for (const auto& made : services.intents) {
    did.asked.emplace_back(reinterpret_cast<const char*>(&made.intent), sizeof made.intent);
    did.asked.push_back(made.tags + made.rationale);
  }
  for (const auto& [timer, due] : services.timers) {
    did.asked.push_back(std::to_string(timer) + " " + std::to_string(due));
  }
  for (const auto& line : services.lines) {
    did.asked.push_back(std::to_string(line.severity) + line.text);
  }
  did.statistics = probe->statistics();
  did.state = probe->save_state().value();
  return did;
}

TEST(Sandbox, DoesWhatItDoesInThisProcess) {
  const auto inside = drive({});
  const auto sandboxed = drive(isolate(test_options()));
  EXPECT_EQ(sandboxed.statuses, inside.statuses);
  EXPECT_EQ(sandboxed.asked, inside.asked);
  EXPECT_EQ(sandboxed.state, inside.state);
  EXPECT_EQ(sandboxed.statistics.calls, inside.statistics.calls);
  EXPECT_EQ(sandboxed.statistics.errors, inside.statistics.errors);
  EXPECT_EQ(sandboxed.statistics.submits, inside.statistics.submits);
  EXPECT_EQ(sandboxed.statistics.refused, inside.statistics.refused);
  EXPECT_GT(inside.asked.size(), 260U) << "the flood's intents and the lines";
}

TEST(Sandbox, ServesACPluginInEveryWaitMode) {
  for (const auto wait : {Wait::kFutex, Wait::kHybrid, Wait::kSpin}) {
    SandboxedPlugins plugins;
    auto options = test_options();
    options.wait = wait;
    const auto counter =
        plugins.make("c_counter", "test.c_counter", isolate(options), {{"size", "0.25"}});
    ASSERT_EQ(counter->init(), WRIT_OK);
    EXPECT_EQ(counter->on_event(trade(ProbeAction::kNothing).header), WRIT_OK);
    ASSERT_EQ(plugins.services.intents.size(), 1U);
    EXPECT_EQ(plugins.services.intents[0].intent.quantity, 250'000'000);
  }
}

TEST(Sandbox, TakesAStateOverThatTheHostWroteItself) {
  SandboxedPlugins plugins;
  const auto inside = plugins.make("probe", "test.probe", {});
  ASSERT_EQ(inside->init(), WRIT_OK);
  ASSERT_EQ(inside->on_event(trade(ProbeAction::kGrow).header), WRIT_OK);
  const auto state = inside->save_state().value();

  const auto sandboxed = plugins.make("probe", "test.probe", isolate(test_options()));
  ASSERT_EQ(sandboxed->init(), WRIT_OK);
  ASSERT_TRUE(sandboxed->load_state(state).has_value());
  EXPECT_EQ(sandboxed->save_state().value(), state);
}

TEST(Sandbox, SaysThatItsProgramIsMissing) {
  SandboxedPlugins plugins;
  auto options = test_options();
  options.worker = "/nowhere/writ-sandbox";
  try {
    (void)plugins.make("probe", "test.probe", isolate(options));
    FAIL() << "made without a process";
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("start writ-sandbox"));
  }
}

}  // namespace
}  // namespace writ::sandbox
