// What the author's wrapper writes into its constant data, seen through the C contract.
#include <writ/module.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace writ {
namespace {

class Quiet final : public Strategy {
 public:
  static constexpr Description kDescription{
      .id = "test.quiet", .name = "Quiet", .version = "1.0.0", .doc = "Has no hook at all."};
};

class Middle : public Strategy {
 public:
  void on_trade(const writ_trade& trade) override { last = trade.price; }
  std::int64_t last = 0;
};

class Busy final : public Middle {
 public:
  static constexpr Parameter<Price> kPrice{
      .id = 4, .name = "price", .doc = "d", .unit = "quote", .default_value = "1.5", .min = "0"};
  static constexpr Parameter<std::int64_t> kCount{.id = 9, .name = "count", .doc = "d"};
  static constexpr auto kParameters = parameters(kPrice, kCount);
  static constexpr std::array kSignalsIn{port(3, "flow", "d", "u")};
  static constexpr Description kDescription{.id = "test.busy",
                                            .name = "Busy",
                                            .version = "2.0.0",
                                            .doc = "Has many hooks.",
                                            .snapshot_trigger = WRIT_TRIGGER_CONFLATED,
                                            .snapshot_interval_ns = 5,
                                            .warmup_ns = 7,
                                            .state_schema = 3,
                                            .state_schema_min = 2};
  void on_snapshot(const Snapshot&) override {}
  void on_timer(std::uint64_t, ReceiveTime) override {}
  void on_fill(const writ_fill&) override {}
  void save(StateWriter& state) const override { state.put(last); }
  void load(StateReader& state, std::uint32_t) override { last = state.get<std::int64_t>(); }
};

class Listener final : public Strategy {
 public:
  static constexpr std::array kSignalsIn{port(1, "flow", "d")};
  static constexpr Description kDescription{
      .id = "test.listener", .name = "Listener", .version = "1.0.0", .doc = "d"};
  void on_signal(std::uint32_t, const writ_signal&) override {}
};

class Value final : public Signal {
 public:
  static constexpr std::array kSignalsOut{port(1, "value", "d")};
  static constexpr std::array kSubscriptions{subscribe(WRIT_RECORD_BAR, WRIT_TRIGGER_CONFLATED, 9)};
  static constexpr Description kDescription{
      .id = "test.value", .name = "Value", .version = "1.0.0", .doc = "d"};
};

constexpr writ_module kModule = detail::module_of<Quiet, Busy, Value>("Tests");

std::vector<std::uint32_t> types_of(const writ_descriptor& descriptor) {
  std::vector<std::uint32_t> types;
  for (std::uint32_t i = 0; i < descriptor.subscription_count; ++i) {
    types.push_back(descriptor.subscriptions[i].record_type);
  }
  return types;
}

TEST(WrapperModule, IsConstantDataOfThisAbi) {
  static_assert(kModule.struct_size == sizeof(writ_module));
  EXPECT_EQ(kModule.abi_major, WRIT_ABI_MAJOR);
  EXPECT_STREQ(kModule.vendor, "Tests");
  ASSERT_EQ(kModule.descriptor_count, 3U);
  EXPECT_STREQ(kModule.descriptors[1]->id, "test.busy");
  EXPECT_EQ(kModule.descriptors[2]->kind, static_cast<std::uint32_t>(WRIT_PLUGIN_SIGNAL));
}

TEST(WrapperModule, SubscribesToWhatHasAHookAndNothingElse) {
  EXPECT_TRUE(types_of(*kModule.descriptors[0]).empty());
  EXPECT_EQ(types_of(*kModule.descriptors[1]),
            (std::vector<std::uint32_t>{WRIT_RECORD_TRADE, WRIT_RECORD_TIMER, WRIT_RECORD_SNAPSHOT,
                                        WRIT_RECORD_FILL}))
      << "a hook of a class between counts too";
  const auto& busy = *kModule.descriptors[1];
  EXPECT_EQ(busy.subscriptions[2].trigger, static_cast<std::uint32_t>(WRIT_TRIGGER_CONFLATED));
  EXPECT_EQ(busy.subscriptions[2].interval_ns, 5);
  const auto& value = *kModule.descriptors[2];
  EXPECT_EQ(types_of(value), std::vector<std::uint32_t>{WRIT_RECORD_BAR}) << "its own list";
}

TEST(WrapperModule, HearsSignalsOfBothOrigins) {
  EXPECT_EQ(types_of(detail::DescriptorOf<Listener>::kValue),
            (std::vector<std::uint32_t>{WRIT_RECORD_SIGNAL, WRIT_RECORD_SIGNAL_INPUT}))
      << "recomputed in a replay, or only on record";
}

TEST(WrapperModule, DeclaresTheCapabilitiesItsHooksNeed) {
  EXPECT_EQ(kModule.descriptors[0]->capabilities, WRIT_CAN_TRADE);
  EXPECT_EQ(kModule.descriptors[1]->capabilities, WRIT_CAN_TRADE | WRIT_CAN_TIMER);
  EXPECT_EQ(kModule.descriptors[2]->capabilities, WRIT_CAN_PUBLISH);
}

TEST(WrapperModule, DescribesParametersAndPorts) {
  const auto& busy = *kModule.descriptors[1];
  ASSERT_EQ(busy.parameter_count, 2U);
  EXPECT_EQ(busy.parameter_stride, sizeof(writ_parameter));
  EXPECT_EQ(busy.parameters[0].id, 4U);
  EXPECT_EQ(busy.parameters[0].type, static_cast<std::uint32_t>(WRIT_PARAMETER_DECIMAL));
  EXPECT_EQ(busy.parameters[0].flags, 0U);
  EXPECT_EQ(busy.parameters[1].flags, static_cast<std::uint32_t>(WRIT_PARAMETER_REQUIRED));
  EXPECT_EQ(busy.parameters[1].default_value, nullptr);
  ASSERT_EQ(busy.signal_in_count, 1U);
  EXPECT_STREQ(busy.signals_in[0].unit, "u");
  EXPECT_EQ(busy.state_schema_min, 2U);
  EXPECT_EQ(busy.warmup_ns, 7);
}

TEST(WrapperModule, RefusesWrongArgumentsToCreate) {
  writ_host host{};
  host.struct_size = offsetof(writ_host, log);
  writ_plugin* plugin = nullptr;
  EXPECT_EQ(kModule.create("test.none", nullptr, nullptr, 0, 0, &plugin), WRIT_E_INVALID);
  EXPECT_EQ(kModule.create("test.quiet", &host, nullptr, 0, 0, &plugin), WRIT_E_UNSUPPORTED)
      << "a host table too small to log into";
  EXPECT_EQ(plugin, nullptr);
}

TEST(State, ReadsBackWhatWasWrittenAndRefusesLess) {
  StateWriter writer;
  writer.put(std::uint8_t{7});
  writer.put(Price{-5});
  writer.put(1.5);
  writer.put(std::string_view("text"));
  writer.put(IntentId{9});
  writer.put(true);
  StateReader reader(writer.bytes());
  EXPECT_EQ(reader.get<std::uint8_t>(), 7);
  EXPECT_EQ(reader.get<Price>(), Price{-5});
  EXPECT_EQ(reader.get<double>(), 1.5);
  EXPECT_EQ(reader.get_text(), "text");
  EXPECT_EQ(reader.get<std::uint64_t>(), 9U);
  EXPECT_TRUE(reader.get_bool());
  EXPECT_TRUE(reader.at_end());
  EXPECT_THROW((void)reader.get<std::uint8_t>(), StateError);

  StateWriter huge;
  huge.put(UINT64_MAX);
  StateReader lying(huge.bytes());
  EXPECT_THROW((void)lying.get_text(), StateError);
  StateReader counting(huge.bytes());
  EXPECT_THROW((void)counting.get_count(8), StateError);
}

TEST(JsonObject, WritesExactNumbersAsTextAndEscapes) {
  JsonObject object;
  object.add("price", Price{1'500'000'000})
      .add("n", 42)
      .add("yes", true)
      .add("x", 0.1)
      .add("bad", 0.0 / 0.0)
      .add("q", "a\"b\\c\n")
      .add("id", IntentId{UINT64_MAX});
  EXPECT_EQ(object.view(),
            "{\"price\":\"1.5\",\"n\":42,\"yes\":true,\"x\":\"0.1\",\"bad\":null,"
            "\"q\":\"a\\\"b\\\\c\\u000a\",\"id\":\"18446744073709551615\"}");
  EXPECT_EQ(object.add("more", 1).view().substr(object.view().size() - 10), ",\"more\":1}");
  EXPECT_EQ(object.clear().view(), "{}");
}

TEST(Quantized, RoundsHalfToEvenAndRefusesWhatDoesNotFit) {
  EXPECT_EQ(quantized(0.1), 100'000'000);
  EXPECT_EQ(quantized(-2.5e-9), -2);
  EXPECT_EQ(quantized(3.5e-9), 4);
  EXPECT_FALSE(quantized(0.0 / 0.0));
  EXPECT_FALSE(quantized(1.0 / 0.0));
  EXPECT_FALSE(quantized(9.3e9));
}

TEST(Snapshot, ReadsItsTailOnlyAsFarAsItGoes) {
  std::array<std::uint64_t,
             (sizeof(writ_snapshot) + sizeof(writ_feature) + sizeof(writ_signal_value)) / 8>
      words{};
  writ_snapshot fixed{};
  fixed.header.size = sizeof words;
  fixed.instrument = 3;
  fixed.feature_schema = WRIT_FEATURE_SCHEMA_VERSION;
  fixed.feature_count = 1;
  fixed.signal_count = 1;
  const writ_feature feature{0.5, WRIT_FEATURE_VOLATILITY, 1};
  writ_signal_value signal{};
  signal.port = 7;
  signal.value = -0.25;
  auto* bytes = reinterpret_cast<std::byte*>(words.data());
  std::memcpy(bytes, &fixed, sizeof fixed);
  std::memcpy(bytes + sizeof fixed, &feature, sizeof feature);
  std::memcpy(bytes + sizeof fixed + sizeof feature, &signal, sizeof signal);
  const Snapshot snapshot(reinterpret_cast<const writ_snapshot&>(words[0]));
  EXPECT_EQ(snapshot.feature(WRIT_FEATURE_VOLATILITY), 0.5);
  EXPECT_FALSE(snapshot.feature(WRIT_FEATURE_MID));
  ASSERT_NE(snapshot.signal(7), nullptr) << "about no instrument, so about this one too";
  EXPECT_EQ(snapshot.signal(7)->value, -0.25);
  EXPECT_EQ(snapshot.signal(8), nullptr);

  fixed.signal_count = 2;
  std::memcpy(bytes, &fixed, sizeof fixed);
  EXPECT_TRUE(snapshot.signals().empty()) << "more signals than bytes";
}

}  // namespace
}  // namespace writ
