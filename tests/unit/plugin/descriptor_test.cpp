#include "host/plugin/descriptor.hpp"

#include "host/base/input_error.hpp"

#include <writ/abi/plugin.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace writ::plugin {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;

/// Why a descriptor is refused; "" if it is not.
std::string refusal(const writ_descriptor& table) {
  try {
    (void)read_descriptor("timed.so", table);
    return "";
  } catch (const base::InputError& error) {
    return error.what();
  }
}

/// The same of a strategy with this conflated subscription to trades and this warm-up.
std::string refusal(std::int64_t interval_ns, std::int64_t warmup_ns) {
  writ_subscription trades{};
  trades.struct_size = sizeof trades;
  trades.record_type = WRIT_RECORD_TRADE;
  trades.trigger = WRIT_TRIGGER_CONFLATED;
  trades.interval_ns = interval_ns;
  writ_descriptor table{};
  table.struct_size = sizeof table;
  table.kind = WRIT_PLUGIN_STRATEGY;
  table.id = "test.timed";
  table.name = "timed";
  table.version = "1.0.0";
  table.doc = "A strategy in time.";
  table.subscriptions = &trades;
  table.subscription_count = 1;
  table.subscription_stride = sizeof trades;
  table.warmup_ns = warmup_ns;
  return refusal(table);
}

TEST(Descriptor, OfAStrategyCannotBeNondeterministic) {
  writ_descriptor table{};
  table.struct_size = sizeof table;
  table.id = "test.oracle";
  table.name = "oracle";
  table.version = "1.0.0";
  table.doc = "Asks somebody.";
  table.capabilities = WRIT_NONDETERMINISTIC;
  table.kind = WRIT_PLUGIN_SIGNAL;
  EXPECT_EQ(refusal(table), "");
  table.kind = WRIT_PLUGIN_STRATEGY;
  EXPECT_NE(refusal(table).find("cannot be nondeterministic"), std::string::npos);
}

TEST(Descriptor, RefusesTimesThatCouldNotBeAddedToTheClock) {
  EXPECT_EQ(refusal(366 * kDayNs, 366 * kDayNs), "");
  EXPECT_NE(refusal(366 * kDayNs + 1, 0).find("366 days"), std::string::npos);
  EXPECT_NE(refusal(INT64_MAX, 0).find("366 days"), std::string::npos);
  EXPECT_NE(refusal(kDayNs, INT64_MAX).find("366 days"), std::string::npos);
  EXPECT_NE(refusal(kDayNs, -1).find("366 days"), std::string::npos);
}

}  // namespace
}  // namespace writ::plugin
