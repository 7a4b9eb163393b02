#include "host/plugin/plugin_tests.hpp"

#include "host/base/input_error.hpp"
#include "host/base/random.hpp"
#include "host/plugin/bytes_in_use.hpp"
#include "host/plugin/state_blob.hpp"
#include "host/plugin/trial.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

namespace writ::plugin {
namespace {

constexpr int kTrialEvents = 20'000;

void require_state(const Descriptor& descriptor) {
  if (descriptor.state_schema == 0) throw NotApplicable("has no state: a restart is cold");
}

std::string life(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  TrialHost host;
  const auto parameters = any_parameters(descriptor);
  const auto cycle = [&] {
    const auto instance = make_trial_instance(module, descriptor, host, parameters);
    if (instance->init() < 0) fail("init failed");
  };
  for (int i = 0; i < 50; ++i) cycle();  // what is allocated once, is
  const std::size_t before = bytes_in_use();
  for (std::uint32_t i = 0; i < options.life_cycles; ++i) cycle();
  const std::size_t after = bytes_in_use();
  const std::size_t grown = after > before ? after - before : 0;
  if (grown > options.life_cycles) fail("grew by " + std::to_string(grown) + " bytes");
  return "grew by " + std::to_string(grown) + " bytes";
}

std::string two(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  Trial alone(module, descriptor, options.seed);
  alone.run(kTrialEvents / 10);
  Trial one(module, descriptor, options.seed);
  Trial other(module, descriptor, options.seed + 1);
  for (int i = 0; i < kTrialEvents / 10; ++i) {
    one.run(1);
    other.run(2);
  }
  if (one.host.hash() != alone.host.hash()) fail("one acts differently beside another");
  return std::to_string(one.host.count()) + " actions";
}

std::string tables(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  TrialHost host;
  const auto parameters = any_parameters(descriptor);
  for (const std::uint32_t size :
       {static_cast<std::uint32_t>(offsetof(writ_host, now)),
        static_cast<std::uint32_t>(offsetof(writ_host, random)),
        static_cast<std::uint32_t>(offsetof(writ_host, get_extension))}) {
    try {
      const auto instance = make_trial_instance(module, descriptor, host, parameters, 1, size);
      (void)instance->init();
    } catch (const base::InputError&) {
      // Saying no is right.
    }
  }
  const auto grown =
      make_trial_instance(module, descriptor, host, parameters, 1, sizeof(writ_host) + 64);
  if (grown->init() < 0) fail("does not start with a larger table");
  return "";
}

std::string bounds(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  int tried = 0;
  int refused = 0;
  for (const ParameterSpec& spec : descriptor.parameters) {
    for (const bool upper : {false, true}) {
      const auto& bound = upper ? spec.max : spec.min;
      if (!bound) continue;
      const auto text_of = [&](std::int64_t number) {
        return to_text(spec, ParameterValue{number, {}});
      };
      TrialHost host;
      TrialMarket market(1, host);
      const auto instance = make_trial_instance(
          module, descriptor, host, any_parameters(descriptor, spec.name, text_of(*bound)));
      market.announce(*instance);
      if (instance->init() < 0) fail("does not start with " + spec.name + " = " + text_of(*bound));
      for (int i = 0; i < 200; ++i) (void)market.step(*instance);
      ++tried;
      if (*bound == INT64_MIN || *bound == INT64_MAX) continue;
      try {
        (void)any_parameters(descriptor, spec.name, text_of(upper ? *bound + 1 : *bound - 1));
        fail(spec.name + " may be out of its bounds");
      } catch (const base::InputError&) {
        ++refused;
      }
    }
  }
  if (tried == 0) throw NotApplicable("no parameter has bounds");
  return std::to_string(tried) + " bounds tried, " + std::to_string(refused) + " refused past them";
}

std::string events(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  Trial trial(module, descriptor, options.seed);
  writ_event unknown{};
  unknown.size = sizeof unknown;
  for (const std::uint16_t type : {std::uint16_t{999}, std::uint16_t{65'535}}) {
    unknown.type = type;
    if (const auto status = trial.instance->on_event(unknown); status != WRIT_IGNORED) {
      fail("type " + std::to_string(type) + " returned " + status_name(status));
    }
  }
  trial.run(options.events);
  const auto& counted = trial.instance->statistics();
  if (counted.float_control != 0) fail("changes the floating-point control");
  if (counted.errors != 0) fail(std::to_string(counted.errors) + " calls failed");
  return std::to_string(counted.calls) + " calls, " + std::to_string(trial.host.count()) +
         " actions, seed " + std::to_string(options.seed);
}

std::string extremes(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  Trial trial(module, descriptor, options.seed);
  trial.run(100);
  trial.market.extremes(*trial.instance);
  trial.run(100);
  return std::to_string(trial.instance->statistics().errors) + " calls refused them";
}

std::string again(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  if (!descriptor.deterministic()) throw NotApplicable("declared nondeterministic");
  Trial first(module, descriptor, options.seed);
  first.run(kTrialEvents);
  // Another heap layout, so that an order by address shows.
  std::vector<std::unique_ptr<std::array<char, 4096>>> ballast;
  for (int i = 0; i < 100; ++i) ballast.push_back(std::make_unique<std::array<char, 4096>>());
  Trial second(module, descriptor, options.seed);
  second.run(kTrialEvents);
  if (first.host.hash() != second.host.hash()) fail("the actions differ");
  std::string elsewhere;
  std::thread([&] {
    Trial third(module, descriptor, options.seed);
    third.run(kTrialEvents);
    elsewhere = third.host.hash();
  }).join();
  if (first.host.hash() != elsewhere) fail("the actions differ on another thread");
  return std::to_string(first.host.count()) + " actions, " + first.host.hash().substr(0, 16);
}

std::string errors(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  Trial trial(module, descriptor, options.seed);
  for (const writ_status status : {WRIT_E_INVALID, WRIT_E_DENIED, WRIT_E_NOT_FOUND, WRIT_E_STATE,
                                   WRIT_E_LIMIT, WRIT_E_UNSUPPORTED, WRIT_E_INTERNAL}) {
    trial.host.answer = status;
    trial.run(kTrialEvents / 20);
  }
  trial.host.answer = WRIT_OK;
  trial.run(kTrialEvents / 20);
  return std::to_string(trial.instance->statistics().refused) + " refused calls";
}

std::string declared(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  Trial trial(module, descriptor, options.seed);
  trial.run(kTrialEvents);
  const auto& counted = trial.instance->statistics();
  if (counted.refused != 0) {
    fail(std::to_string(counted.refused) +
         " requests were refused: beyond its capabilities, or malformed");
  }
  return std::to_string(counted.submits) + " intents, " + std::to_string(counted.publishes) +
         " values";
}

// The successor takes the state over and goes on.
void renew(Trial& trial, const Subject& subject) {
  const auto saved = trial.state();
  auto successor = make_trial_instance(subject.module, subject.descriptor, trial.host,
                                       any_parameters(subject.descriptor));
  trial.market.announce(*successor);
  if (successor->init() < 0) fail("init failed");
  if (const auto loaded = successor->load_state(saved); !loaded) {
    fail("load failed: " + to_string(loaded.error()));
  }
  trial.instance = std::move(successor);
}

std::string resume(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  require_state(descriptor);
  constexpr int kHalf = kTrialEvents / 4;
  Trial whole(module, descriptor, options.seed);
  whole.run(kHalf);
  whole.host.forget_actions();
  whole.run(kHalf);

  Trial cut(module, descriptor, options.seed);
  cut.run(kHalf);
  const auto saved = cut.state();
  if (cut.state() != saved) fail("the same state saves to other bytes");
  renew(cut, subject);
  if (cut.state() != saved) fail("save after load gives other bytes");
  cut.host.forget_actions();
  cut.run(kHalf);
  if (cut.host.hash() != whole.host.hash()) fail("it acts differently after the interruption");
  if (cut.state() != whole.state()) fail("its state differs after the interruption");
  return std::to_string(saved.size()) + " bytes, " + std::to_string(whole.host.count()) +
         " actions after it";
}

std::string damage(const Subject& subject) {
  const auto& [module, descriptor, options] = subject;
  require_state(descriptor);
  Trial trial(module, descriptor, options.seed);
  trial.run(kTrialEvents / 10);
  const auto saved = trial.state();
  const auto decoded = decode_state(descriptor, saved);
  if (!decoded) fail("its own state is refused: " + to_string(decoded.error()));
  const std::vector<std::byte> payload(decoded->bytes.begin(), decoded->bytes.end());
  if (payload.empty()) throw NotApplicable("its state is empty");

  base::RandomStream random(options.seed, "trial.damage");
  int refused = 0;
  for (int i = 0; i < 1'000; ++i) {
    auto damaged = payload;
    const bool cut = i % 2 == 0;
    if (cut) {
      damaged.resize(random.below(payload.size()));
    } else {
      for (auto& byte : damaged) byte = static_cast<std::byte>(random.next_u64() & 0xffU);
    }
    const auto loaded = trial.instance->load_state(encode_state(descriptor, damaged));
    if (!loaded) {
      ++refused;
      if (trial.state() != saved) fail("refused state left traces");
    } else if (cut) {
      fail("takes " + std::to_string(damaged.size()) + " of " + std::to_string(payload.size()) +
           " bytes of state for a whole one");
    } else if (!trial.instance->load_state(saved)) {
      fail("its own state is refused after a random one was taken");
    }
  }
  return std::to_string(refused) + " of 1000 refused";
}

std::string quiet(const Subject& subject) {
  Trial trial(subject.module, subject.descriptor, subject.options.seed);
  trial.run(kTrialEvents / 20);
  const auto refused = trial.instance->statistics().refused;
  if (!trial.instance->begin_anew()) fail("cannot be made again");
  if (trial.instance->statistics().refused != refused) {
    fail("asks for something when it is not started yet, or while it is destroyed");
  }
  return "";
}

constexpr int kSandboxedEvents = kTrialEvents / 10;

// A trial in a sandbox. Fails the test if the plugin cannot work in one.
Trial sandboxed(const Subject& subject) {
  if (!subject.options.isolate) throw NotApplicable("no sandbox here");
  if (subject.module->facts().sanitized()) {
    throw NotApplicable("built with a sanitizer, for which a sandbox has no room");
  }
  if (!subject.descriptor.deterministic()) {
    throw NotApplicable("declared nondeterministic: what it does in a sandbox is another matter");
  }
  return {subject.module, subject.descriptor, subject.options.seed, 1, subject.options.isolate};
}

std::string parity(const Subject& subject) {
  auto outside = sandboxed(subject);
  outside.run(kSandboxedEvents);
  if (const auto& fault = outside.instance->fault(); !fault.empty()) fail(fault);
  Trial inside(subject.module, subject.descriptor, subject.options.seed);
  inside.run(kSandboxedEvents);
  if (outside.host.hash() != inside.host.hash()) fail("it acts differently in a sandbox");
  if (inside.instance->has_state() && outside.state() != inside.state()) {
    fail("its state differs in a sandbox");
  }
  const auto missing = outside.instance->isolation()->guards().missing;
  return std::to_string(inside.host.count()) + " actions, " + inside.host.hash().substr(0, 16) +
         (missing.empty() ? "" : "; this machine has no " + missing);
}

std::string allocations(const Subject& subject) {
  auto trial = sandboxed(subject);
  trial.run(kSandboxedEvents);
  if (const auto& fault = trial.instance->fault(); !fault.empty()) fail(fault);
  const auto times = trial.instance->call_times();
  return std::to_string(trial.instance->isolation()->allocations()) + " in " +
         std::to_string(times.calls) + " calls";
}

std::string speed(const Subject& subject) {
  Trial trial(subject.module, subject.descriptor, subject.options.seed);
  trial.run(kTrialEvents / 10);
  const auto calls = trial.instance->statistics().calls;
  const std::size_t before = bytes_in_use();
  const auto begin = std::chrono::steady_clock::now();
  trial.run(kTrialEvents);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  const auto made = static_cast<double>(trial.instance->statistics().calls - calls);
  const std::size_t after = bytes_in_use();
  return std::to_string(std::lround(took.count() / made)) + " ns a call with its event made, " +
         std::to_string(after > before ? after - before : 0) + " bytes kept";
}

constexpr auto kTests = std::to_array<PluginTest>({
    {"lifecycle", "creates and destroys without leak", life},
    {"lifecycle", "two instances do not disturb each other", two},
    {"lifecycle", "host tables smaller and larger than 1.0", tables},
    {"parameters", "starts at every bound, out of range is refused", bounds},
    {"events", "unknown types, spoilt buffers, random events", events},
    {"events", "extreme numbers", extremes},
    {"intents", "asks for nothing it may not", declared},
    {"intents", "every error of the host is tolerated", errors},
    {"intents", "none before its start or after its end", quiet},
    {"determinism", "the same events again give the same actions, elsewhere too", again},
    {"state", "goes on from a saved state as if never stopped", resume},
    {"state", "truncated and random state is refused", damage},
    {"sandbox", "does there what it does in the host's process", parity},
    {"speed", "is measured", speed},
    {"speed", "allocations are counted", allocations},
});

constexpr writ_status kAnswers[] = {WRIT_OK,          WRIT_OK,      WRIT_OK,      WRIT_E_DENIED,
                                    WRIT_E_NOT_FOUND, WRIT_E_STATE, WRIT_E_LIMIT, WRIT_E_INTERNAL};

}  // namespace

std::span<const PluginTest> plugin_tests() { return kTests; }

std::string fuzz(const Subject& subject, int events) {
  Trial trial(subject.module, subject.descriptor, subject.options.seed);
  base::RandomStream random(subject.options.seed, "trial.fuzz");
  std::uint64_t calls = 0;
  for (int i = 0; i < events; ++i) {
    if (random.below(50) == 0) trial.host.answer = kAnswers[random.below(std::size(kAnswers))];
    if (random.below(2'000) == 0) trial.market.extremes(*trial.instance);
    if (random.below(2'000) == 0 && subject.descriptor.state_schema != 0) {
      calls += trial.instance->statistics().calls;
      renew(trial, subject);
    }
    trial.run(1);
  }
  calls += trial.instance->statistics().calls;
  return std::to_string(calls) + " calls";
}

}  // namespace writ::plugin
