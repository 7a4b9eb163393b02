#include "host/plugin/instance.hpp"

#include "host/base/input_error.hpp"
#include "host/plugin/float_control.hpp"
#include "host/plugin/module.hpp"
#include "tests/support/plugins/probe_actions.hpp"
#include "tests/unit/plugin/plugin_files.hpp"
#include "tests/unit/plugin/recording_services.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace writ::plugin {
namespace {

using test::ProbeAction;
using ::testing::HasSubstr;

constexpr std::uint64_t kAll =
    WRIT_CAN_TRADE | WRIT_CAN_PUBLISH | WRIT_CAN_TIMER | WRIT_CAN_RANDOM | WRIT_NONDETERMINISTIC;

class InstanceTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::shared_ptr<const Module> module(const std::string& name) const {
    return Module::load(test_plugin(name), folder_.path() / "objects");
  }
  [[nodiscard]] std::unique_ptr<Instance> make(const std::string& file, const std::string& id,
                                               std::vector<ParameterText> texts = {},
                                               std::uint64_t granted = kAll,
                                               std::uint32_t number = 4) {
    auto loaded = module(file);
    auto parameters = ParameterSet::parse(*loaded->find(id), texts, "test.yaml");
    InstanceOptions options;
    options.instance = number;
    options.name = "under_test";
    options.granted = granted;
    options.instruments = {3, 1};
    options.inputs = {{7, 21, 2}};
    return Instance::create(loaded, id, std::move(parameters), options, services_);
  }
  [[nodiscard]] std::unique_ptr<Instance> probe(std::vector<ParameterText> texts = {},
                                                std::uint64_t granted = kAll) {
    auto instance = make("probe", "test.probe", std::move(texts), granted);
    EXPECT_EQ(instance->init(), WRIT_OK);
    return instance;
  }
  [[nodiscard]] static writ_trade trade(std::uint64_t id, std::uint32_t instrument = 3) {
    auto record = model::make_record<writ_trade>();
    record.header.seq = 9;
    record.instrument = instrument;
    record.side = WRIT_SIDE_BUY;
    record.price = 100'000'000'000;
    record.quantity = 1'000'000'000;
    record.trade_id = id;
    return record;
  }
  writ_status act(Instance& instance, ProbeAction action) {
    return instance.on_event(trade(static_cast<std::uint64_t>(action)).header);
  }

  TemporaryFolder folder_;
  RecordingServices services_;
};

TEST_F(InstanceTest, RunsACPluginAndACppPluginSideBySide) {
  const auto c = make("c_counter", "test.c_counter", {{"size", "0.25"}}, kAll, 1);
  const auto cpp = make("probe", "test.probe", {}, kAll, 2);
  ASSERT_EQ(c->init(), WRIT_OK);
  ASSERT_EQ(cpp->init(), WRIT_OK);
  EXPECT_EQ(act(*c, ProbeAction::kNothing), WRIT_OK);
  EXPECT_EQ(act(*cpp, ProbeAction::kBuy), WRIT_OK);

  ASSERT_EQ(services_.intents.size(), 2U);
  EXPECT_EQ(services_.intents[0].instance, 1U);
  EXPECT_EQ(services_.intents[0].intent.quantity, 250'000'000);
  EXPECT_EQ(services_.intents[1].instance, 2U);
  EXPECT_EQ(services_.intents[1].intent.price, 100'500'000'000);
}

TEST_F(InstanceTest, HandsIntentsOverWithTheHostsFieldsCleared) {
  const auto instance = probe();
  ASSERT_EQ(act(*instance, ProbeAction::kBuy), WRIT_OK);
  ASSERT_EQ(services_.intents.size(), 1U);
  const auto& [number, intent, tags, rationale] = services_.intents[0];
  EXPECT_EQ(number, 4U);
  EXPECT_EQ(intent.header.type, WRIT_RECORD_INTENT);
  EXPECT_EQ(intent.header.seq, 0U);
  EXPECT_EQ(intent.instance, 4U);
  EXPECT_EQ(intent.instrument, 3U);
  EXPECT_EQ(intent.tag, 42U);
  EXPECT_EQ(intent.flags, static_cast<std::uint32_t>(WRIT_INTENT_POST_ONLY));
  EXPECT_EQ(intent.urgency, WRIT_URGENCY_MAKER);
  EXPECT_EQ(tags, R"(["probe"])");
  EXPECT_EQ(rationale, R"({"why":"asked","price":"100.5"})");

  services_.intents.clear();
  ASSERT_EQ(act(*instance, ProbeAction::kWarmUpFlag), WRIT_OK);
  EXPECT_EQ(services_.intents.at(0).intent.flags & WRIT_INTENT_WARMUP, 0U) << "the host's flag";
}

TEST_F(InstanceTest, RefusesMalformedIntentsAndTracesNone) {
  const auto instance = probe();
  for (const auto action : {ProbeAction::kBadJson, ProbeAction::kBadUtf8, ProbeAction::kWrongSize,
                            ProbeAction::kUnknownKind, ProbeAction::kUnknownFlag,
                            ProbeAction::kNoSide, ProbeAction::kConfidence}) {
    EXPECT_EQ(act(*instance, action), WRIT_E_INVALID) << static_cast<int>(action);
  }
  EXPECT_EQ(act(*instance, ProbeAction::kBuyOther), WRIT_E_NOT_FOUND) << "not its instrument";
  EXPECT_TRUE(services_.intents.empty());
  EXPECT_EQ(instance->statistics().refused, 8U);
  EXPECT_EQ(instance->statistics().errors, 8U);
  EXPECT_EQ(act(*instance, ProbeAction::kOpaque), WRIT_OK) << "bytes are fine when they say so";
}

TEST_F(InstanceTest, StopsAnExceptionAtTheBoundary) {
  const auto instance = probe();
  EXPECT_EQ(act(*instance, ProbeAction::kThrow), WRIT_E_INTERNAL);
  EXPECT_EQ(services_.intents.size(), 1U) << "submitted before: on record, to be refused";
  EXPECT_EQ(act(*instance, ProbeAction::kThrowInt), WRIT_E_INTERNAL);
  EXPECT_EQ(instance->statistics().errors, 2U);
  ASSERT_EQ(services_.lines.size(), 2U);
  EXPECT_EQ(services_.lines[0].text, "on_event: asked to throw");
  EXPECT_EQ(act(*instance, ProbeAction::kBuy), WRIT_OK) << "and goes on";
}

TEST_F(InstanceTest, ReportsAFailedStart) {
  const auto throwing = make("probe", "test.probe", {{"fail_at", "1"}});
  EXPECT_EQ(throwing->init(), WRIT_E_INTERNAL);
  EXPECT_EQ(act(*throwing, ProbeAction::kNothing), WRIT_E_STATE) << "never started";
  try {
    (void)make("harm_constructor", "test.harmful");
    FAIL() << "an instance whose constructor throws was made";
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("harm_constructor.so: plugin test.harmful, instance "
                                        "\"under_test\": create failed: internal error"));
  }
}

TEST_F(InstanceTest, DeniesWhatWasNotDeclaredOrNotGranted) {
  const auto ungranted = probe({}, WRIT_CAN_PUBLISH);
  EXPECT_EQ(act(*ungranted, ProbeAction::kBuy), WRIT_E_DENIED);
  EXPECT_EQ(act(*ungranted, ProbeAction::kSetTimer), WRIT_E_DENIED);
  EXPECT_EQ(act(*ungranted, ProbeAction::kRandom), WRIT_E_DENIED);
  const auto granted = probe();
  EXPECT_EQ(act(*granted, ProbeAction::kPublish), WRIT_E_DENIED) << "granted, but never declared";
  EXPECT_EQ(act(*granted, ProbeAction::kSetTimer), WRIT_OK);
  EXPECT_EQ(services_.timers.at(5), services_.time + 250'000'000);
  EXPECT_EQ(act(*granted, ProbeAction::kRandom), WRIT_OK);
  EXPECT_TRUE(services_.intents.empty());
}

TEST_F(InstanceTest, RefusesCallsOfTheHostOutsideACall) {
  const auto instance = make("c_counter", "test.c_counter");
  auto announced = model::make_record<writ_instrument>();
  EXPECT_EQ(instance->on_event(trade(0).header), WRIT_E_STATE) << "not before init";
  EXPECT_EQ(instance->on_event(announced.header), WRIT_OK) << "but instruments";
  ASSERT_EQ(instance->init(), WRIT_OK);
  EXPECT_EQ(instance->init(), WRIT_E_STATE) << "once";
  EXPECT_EQ(instance->on_event(trade(0).header), WRIT_OK);
  instance->stop();
  EXPECT_EQ(instance->on_event(trade(0).header), WRIT_E_STATE);
  EXPECT_EQ(services_.intents.size(), 1U) << "none after stop";
}

TEST_F(InstanceTest, LimitsSubmitsInOneCall) {
  const auto instance = probe();
  EXPECT_EQ(act(*instance, ProbeAction::kFlood), WRIT_OK);
  EXPECT_EQ(services_.intents.size(), 256U);
  EXPECT_EQ(services_.lines.back().text, "limit after 256");
  EXPECT_EQ(act(*instance, ProbeAction::kBuy), WRIT_OK) << "the next call has room again";
}

TEST_F(InstanceTest, PassesOnWhatTheHostAnswers) {
  const auto instance = probe();
  services_.submit_status = WRIT_E_STATE;
  EXPECT_EQ(act(*instance, ProbeAction::kBuy), WRIT_E_STATE);
  services_.submit_status = WRIT_E_LIMIT;
  EXPECT_EQ(act(*instance, ProbeAction::kBuy), WRIT_OK) << "a used-up budget is no error";
  EXPECT_EQ(instance->statistics().submits, 0U);
}

#if defined(__x86_64__)
TEST_F(InstanceTest, KeepsTheFloatingPointControl) {
  const auto instance = probe();
  const auto before = FloatControl::current();
  EXPECT_EQ(act(*instance, ProbeAction::kFlushToZero), WRIT_OK);
  EXPECT_EQ(FloatControl::current(), before);
  EXPECT_EQ(instance->statistics().float_control, 1U);
}
#endif

TEST_F(InstanceTest, CleansAndOrdersLogLines) {
  const auto instance = probe({{"loud", "true"}, {"word", "good day"}});
  EXPECT_EQ(services_.lines.at(0).text, "good day");
  ASSERT_EQ(act(*instance, ProbeAction::kBadLog), WRIT_OK);
  EXPECT_EQ(services_.lines.at(1).text, "two lines ? end");
  ASSERT_EQ(act(*instance, ProbeAction::kLogFromThread), WRIT_OK);
  EXPECT_EQ(services_.lines.at(2).text, "from a thread") << "on record once the call is over";
}

TEST_F(InstanceTest, OffersExtensions) {
  const auto instance = probe();
  ASSERT_EQ(act(*instance, ProbeAction::kBook), WRIT_OK);
  EXPECT_EQ(services_.lines.back().text, "levels 2");
  services_.level_count = WRIT_E_STATE;
  ASSERT_EQ(act(*instance, ProbeAction::kBook), WRIT_OK);
  EXPECT_EQ(services_.lines.back().text, "levels 0") << "not in sync";

  auto signal = model::make_record<writ_signal>();
  signal.instance = 21;
  signal.signal = 2;
  ASSERT_EQ(instance->on_event(signal.header), WRIT_OK);
  EXPECT_EQ(services_.lines.back().text, "input 7 from 21") << "as wired";
}

TEST_F(InstanceTest, AppliesALiveParameter) {
  const auto instance = probe();
  const auto after = ParameterSet::parse(
      instance->descriptor(), std::vector<ParameterText>{{"price", "7.25"}}, "test.yaml");
  model::RecordBuffer buffer;
  for (const auto& change : changes(instance->parameters(), after)) {
    ASSERT_EQ(instance->on_event(build_parameter_record(buffer, 4, change)), WRIT_OK);
  }
  EXPECT_EQ(instance->parameters().find("price")->value.number, 7'250'000'000);
  ASSERT_EQ(act(*instance, ProbeAction::kBuy), WRIT_OK);
  EXPECT_EQ(services_.intents.at(0).intent.price, 7'250'000'000);
}

TEST_F(InstanceTest, TimesASampleOfItsCallsAndCountsAll) {
  const auto instance = probe();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(act(*instance, ProbeAction::kNothing), WRIT_OK);
  const auto times = instance->call_times();
  EXPECT_EQ(times.calls, 100U);
  EXPECT_GT(times.p50_ns, 0);
  EXPECT_GE(times.total_ns, times.max_ns);
  EXPECT_FALSE(instance->late());
  (void)instance->take_period();
  EXPECT_EQ(act(*instance, ProbeAction::kNothing), WRIT_OK);
  EXPECT_GT(instance->take_period().times.p50_ns, 0) << "the first of a period is timed";
}

TEST_F(InstanceTest, FindsEveryCallThatIsBeyondItsDeadline) {
  auto loaded = module("probe");
  InstanceOptions options;
  options.instance = 4;
  options.name = "under_test";
  options.granted = kAll;
  options.instruments = {3};
  options.deadline_ns = 1;
  const auto instance = Instance::create(
      loaded, "test.probe", ParameterSet::parse(*loaded->find("test.probe"), {}, "test.yaml"),
      options, services_);
  ASSERT_EQ(instance->init(), WRIT_OK);
  for (int i = 0; i < 20; ++i) {
    (void)act(*instance, ProbeAction::kFlood);
    EXPECT_GT(instance->take_late_ns(), 1) << "call " << i;
  }
}

TEST_F(InstanceTest, ReturnsIgnoredForTypesItDoesNotKnow) {
  const auto instance = probe();
  auto unknown = model::make_record<writ_trade>();
  unknown.header.type = 65'000;
  EXPECT_EQ(instance->on_event(unknown.header), WRIT_IGNORED);
  const auto c = make("c_counter", "test.c_counter");
  ASSERT_EQ(c->init(), WRIT_OK);
  EXPECT_EQ(c->on_snapshot(model::make_record<writ_snapshot>()), WRIT_IGNORED);
}

TEST_F(InstanceTest, ChecksPublishedValues) {
  const auto signal = make("bad_signal", "test.bad_signal");
  ASSERT_EQ(signal->init(), WRIT_OK);
  EXPECT_EQ(signal->on_event(trade(0).header), WRIT_OK);
  EXPECT_EQ(signal->on_event(trade(1).header), WRIT_E_INVALID) << "NaN";
  EXPECT_EQ(signal->on_event(trade(2).header), WRIT_E_INVALID) << "infinity";
  EXPECT_EQ(signal->on_event(trade(3).header), WRIT_E_NOT_FOUND) << "no such port";
  EXPECT_EQ(signal->on_event(trade(4).header), WRIT_OK);
  EXPECT_EQ(signal->on_event(trade(5).header), WRIT_E_NOT_FOUND) << "not its instrument";
  EXPECT_EQ(signal->on_event(trade(6).header), WRIT_OK) << "about no instrument";
  ASSERT_EQ(services_.published.size(), 3U);
  const auto* report = model::as<writ_signal_report>(
      reinterpret_cast<const writ_record&>(services_.published[1][0]));
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(model::tail_text(*report, report->payload_size), R"({"id":4})");
  EXPECT_EQ(report->instance, 4U);
}

TEST_F(InstanceTest, MovesStateToAnotherInstance) {
  const auto first = probe();
  ASSERT_TRUE(first->has_state());
  ASSERT_EQ(act(*first, ProbeAction::kGrow), WRIT_OK) << "more than the host's first buffer";
  const auto blob = first->save_state();
  ASSERT_TRUE(blob);
  EXPECT_GT(blob->size(), 5'000U);
  EXPECT_EQ(*first->save_state(), *blob) << "same state, same bytes";
  EXPECT_EQ(first->statistics().errors, 0U);

  const auto second = probe();
  EXPECT_NE(*second->state_hash(), *first->state_hash());
  ASSERT_TRUE(second->load_state(*blob));
  EXPECT_EQ(*second->state_hash(), *first->state_hash());
}

TEST_F(InstanceTest, RefusesStateThatIsNotItsOwnAndStaysAsItWas) {
  const auto instance = probe();
  ASSERT_EQ(act(*instance, ProbeAction::kNothing), WRIT_OK);
  const auto blob = *instance->save_state();
  const auto error_of = [&](const std::vector<std::byte>& bytes) {
    const auto loaded = instance->load_state(bytes);
    EXPECT_FALSE(loaded);
    return loaded ? base::Errc::kNone : loaded.error().code();
  };
  for (std::size_t size = 0; size < blob.size(); ++size) {
    EXPECT_EQ(error_of({blob.begin(), blob.begin() + static_cast<std::ptrdiff_t>(size)}),
              base::Errc::kCorrupt);
  }
  for (std::size_t at = 0; at < blob.size(); ++at) {
    auto flipped = blob;
    flipped[at] ^= std::byte{0x10};
    EXPECT_NE(error_of(flipped), base::Errc::kNone) << "byte " << at;
  }
  const auto other = make("c_counter", "test.c_counter");
  ASSERT_EQ(other->init(), WRIT_OK);
  EXPECT_EQ(error_of(*other->save_state()), base::Errc::kMismatch);
  EXPECT_EQ(*instance->save_state(), blob);
}

TEST_F(InstanceTest, MakesAndDestroysManyWithoutTheOthersNoticing) {
  const auto kept = probe();
  ASSERT_EQ(act(*kept, ProbeAction::kNothing), WRIT_OK);
  const auto before = *kept->state_hash();
  auto loaded = module("probe");
  const auto parameters = ParameterSet::parse(*loaded->find("test.probe"), {}, "test.yaml");
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    InstanceOptions options;
    options.instance = i + 10;
    const auto made = Instance::create(loaded, "test.probe", parameters, options, services_);
    ASSERT_EQ(made->init(), WRIT_OK);
  }
  EXPECT_EQ(*kept->state_hash(), before);
  EXPECT_THROW((void)Instance::create(loaded, "test.nobody", parameters, {}, services_),
               base::InputError);
}

}  // namespace
}  // namespace writ::plugin
