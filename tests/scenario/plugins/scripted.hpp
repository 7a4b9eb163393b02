#pragma once

#include "tests/scenario/plugins/scripted_bar.hpp"

#include <writ/strategy.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace writ::test {

/// Submits what the bars it is given ask for, and nothing else.
class Scripted : public Strategy {
 public:
  static constexpr Parameter<std::int64_t> kNumber{
      .id = 1, .name = "number", .doc = "Which intents are its own.", .min = "1"};
  static constexpr auto kParameters = parameters(kNumber);
  static constexpr Description kDescription{.id = "test.scripted",
                                            .name = "Scripted",
                                            .version = "1.0.0",
                                            .doc = "Does what a scenario says.",
                                            .state_schema = 1,
                                            .state_schema_min = 1};

  void on_bar(const writ_bar& bar) override {
    const auto* bytes = reinterpret_cast<const std::byte*>(&bar);
    for (std::size_t at = sizeof bar; at + sizeof(writ_intent) <= bar.header.size;
         at += sizeof(writ_intent)) {
      writ_intent intent;
      std::memcpy(&intent, bytes + at, sizeof intent);
      if (intent.instance == static_cast<std::uint32_t>(value(kNumber))) submit(intent);
    }
  }

  void save(StateWriter& state) const override { state.put(submitted_); }
  void load(StateReader& state, std::uint32_t) override { submitted_ = state.get<std::uint64_t>(); }

 private:
  void submit(writ_intent intent) {
    if (intent.kind == kScriptedThrow) throw std::runtime_error("the script says so");
    intent.instance = 0;
    const auto status = host()->submit(host(), &intent, nullptr);
    if (status == WRIT_E_LIMIT) return;
    check("submit", status);
    ++submitted_;
  }

  std::uint64_t submitted_ = 0;
};

/// The same with three market events of history first.
class ScriptedWarm final : public Scripted {
 public:
  static constexpr Description kDescription{.id = "test.scripted_warm",
                                            .name = "Scripted with warm-up",
                                            .version = "1.0.0",
                                            .doc = "Does what a scenario says.",
                                            .warmup_events = 3,
                                            .state_schema = 1,
                                            .state_schema_min = 1};
};

}  // namespace writ::test
