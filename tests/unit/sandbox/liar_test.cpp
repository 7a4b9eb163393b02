// A worker that lies in every message harms nobody: what it says is refused or sound.
#include "tests/support/scale.hpp"
#include "tests/unit/sandbox/sandboxed.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

namespace writ::sandbox {
namespace {

TEST(Liar, IsRefusedOrEndedWhateverItSays) {
  SandboxedPlugins plugins;
  auto options = test_options();
  options.worker = test::binary_dir() / "tests/unit/sandbox/sandbox_liar";
  options.deadline_ns = 20'000'000;
  auto trade = model::make_record<writ_trade>();
  trade.instrument = 3;
  std::uint64_t faults = 0;
  std::uint64_t calls = 0;
  const auto seeds = test::scaled(1'000);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    options.memory_max = seed;
    std::unique_ptr<plugin::Instance> liar;
    try {
      liar = plugins.make("probe", "test.probe", isolate(options));
    } catch (const std::exception&) {
      ++faults;  // it lied before it was made
      continue;
    }
    (void)liar->init();
    for (int i = 0; i < 20 && liar->fault().empty(); ++i) {
      (void)liar->on_event(trade.header);
      ++calls;
      if (i % 5 == 4) (void)liar->save_state();
    }
    if (!liar->fault().empty()) ++faults;
  }
  for (const auto& made : plugins.services.intents) {
    EXPECT_EQ(made.instance, 4U);
    EXPECT_TRUE(made.intent.instrument == 1 || made.intent.instrument == 3);
  }
  std::cout << "  " << seeds << " liars, " << calls << " calls, " << faults << " faults, "
            << plugins.services.intents.size() << " sound intents among what they said\n";
  EXPECT_GT(faults, seeds / 2);
  EXPECT_GT(calls, seeds);
  EXPECT_FALSE(plugins.services.intents.empty());
}

}  // namespace
}  // namespace writ::sandbox
