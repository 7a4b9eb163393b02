// A call into a plugin in a process of its own, there and back, beside the same bytes echoed over
// the same ring by a process that does nothing else (G14).
#include "host/plugin/instance.hpp"
#include "host/plugin/module.hpp"
#include "host/sandbox/sandbox.hpp"
#include "tests/bench/echo_process.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/rounds.hpp"

#include <writ/abi/market.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace writ;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 7;
constexpr int kCallsSpinning = 20'000;
constexpr int kCallsSleeping = 500;
constexpr int kCrashes = 100;

double ns_since(Clock::time_point begun) {
  return static_cast<double>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begun).count());
}

/// A core that numbers intents and keeps nothing.
class CountingServices final : public plugin::HostServices {
 public:
  [[nodiscard]] std::int64_t now() const override { return 1; }
  writ_status submit(std::uint32_t, const writ_intent&, std::uint64_t& id) override {
    id = ++submitted;
    return WRIT_OK;
  }
  writ_status publish(std::uint32_t, const writ_record&) override { return WRIT_E_UNSUPPORTED; }
  writ_status set_timer(std::uint32_t, std::uint64_t, std::int64_t) override {
    return WRIT_E_UNSUPPORTED;
  }
  writ_status cancel_timer(std::uint32_t, std::uint64_t) override { return WRIT_E_UNSUPPORTED; }
  writ_status random(std::uint32_t, std::uint64_t&) override { return WRIT_E_UNSUPPORTED; }
  void log(std::uint32_t, std::uint32_t, std::string_view) override {}
  std::int32_t book_levels(std::uint32_t, std::uint32_t, std::uint32_t,
                           std::span<writ_level>) override {
    return 0;
  }
  std::int32_t working_orders(std::uint32_t, std::uint32_t, std::span<writ_order>) override {
    return 0;
  }

  std::uint64_t submitted = 0;
};

std::filesystem::path worker_program() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../host/cli/writ-sandbox";
}

std::unique_ptr<plugin::Instance> sandboxed(const std::shared_ptr<const plugin::Module>& module,
                                            const char* id, sandbox::Wait wait,
                                            plugin::HostServices& services) {
  sandbox::SandboxOptions sandbox;
  sandbox.worker = worker_program();
  sandbox.wait = wait;
  plugin::InstanceOptions options;
  options.instance = 1;
  options.name = "bench";
  options.granted = WRIT_CAN_TRADE;
  options.instruments = {1};
  options.isolate = sandbox::isolate(sandbox);
  auto made = plugin::Instance::create(
      module, id, plugin::ParameterSet::parse(*module->find(id), {}, ""), options, services);
  if (made->init() < 0) std::exit(1);
  return made;
}

writ_trade trade_record() {
  auto trade = model::make_record<writ_trade>();
  trade.instrument = 1;
  trade.side = WRIT_SIDE_BUY;
  trade.price = 50'000'000'000'000;
  trade.quantity = 10'000'000;
  return trade;
}

template <class Call>
std::vector<double> times_of(int calls, Call&& call) {
  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(calls));
  for (int i = 0; i < calls; ++i) {
    const auto begun = Clock::now();
    call();
    times.push_back(ns_since(begun));
  }
  return times;
}

std::string percentiles(const std::vector<double>& times) {
  char text[96];
  std::snprintf(text, sizeof text, "p50 %.0f, p99 %.0f, p99.9 %.0f ns",
                bench::percentile(times, 0.5), bench::percentile(times, 0.99),
                bench::percentile(times, 0.999));
  return text;
}

/// Both sides by turns; the row compares the rounds' medians.
void compare_spinning(const std::shared_ptr<const plugin::Module>& module, const char* id,
                      const std::string& name, std::optional<double> target) {
  CountingServices services;
  const auto ours = sandboxed(module, id, sandbox::Wait::kSpin, services);
  bench::EchoProcess echo(bench::EchoProcess::Waits::kSpinning);
  const auto trade = trade_record();
  bench::Row row{"G14", name, "the same ring, echoed", target};
  std::vector<double> all_ours;
  std::vector<double> all_echoed;
  for (int round = -1; round < kRounds; ++round) {
    const auto mine = times_of(kCallsSpinning, [&] { (void)ours->on_event(trade.header); });
    const auto raw = times_of(kCallsSpinning, [&] { echo.round_trip(&trade, sizeof trade); });
    if (round < 0) continue;  // to warm up
    row.ours.push_back(bench::percentile(mine, 0.5));
    row.limit.push_back(bench::percentile(raw, 0.5));
    all_ours.insert(all_ours.end(), mine.begin(), mine.end());
    all_echoed.insert(all_echoed.end(), raw.begin(), raw.end());
  }
  bench::print(row);
  bench::print_proof(name, "sandbox " + percentiles(all_ours) + "; echo " +
                               percentiles(all_echoed) + "; " +
                               std::to_string(ours->statistics().calls) + " calls, " +
                               std::to_string(services.submitted) + " intents" +
                               (ours->fault().empty() ? "" : ", FAULT: " + ours->fault()));
}

void compare_sleeping(const std::shared_ptr<const plugin::Module>& module, sandbox::Wait wait,
                      const char* word) {
  CountingServices services;
  const auto ours = sandboxed(module, "bench.count", wait, services);
  bench::EchoProcess echo(bench::EchoProcess::Waits::kAsleep);
  const auto trade = trade_record();
  const std::string name = std::string("a call now and then, wait: ") + word;
  bench::Row row{"G14", name, "the same ring, asleep by futex", std::nullopt};
  std::vector<double> all_ours;
  std::vector<double> all_echoed;
  const auto rested = [&](auto&& call) {  // both sides are asleep when the next one comes
    ::usleep(50);
    const auto begun = Clock::now();
    call();
    return ns_since(begun);
  };
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> mine;
    std::vector<double> raw;
    for (int i = 0; i < kCallsSleeping; ++i) {
      mine.push_back(rested([&] { (void)ours->on_event(trade.header); }));
      raw.push_back(rested([&] { echo.round_trip(&trade, sizeof trade); }));
    }
    row.ours.push_back(bench::percentile(mine, 0.5));
    row.limit.push_back(bench::percentile(raw, 0.5));
    all_ours.insert(all_ours.end(), mine.begin(), mine.end());
    all_echoed.insert(all_echoed.end(), raw.begin(), raw.end());
  }
  bench::print(row);
  bench::print_proof(name,
                     "sandbox " + percentiles(all_ours) + "; echo " + percentiles(all_echoed));
}

void show_crash(const std::shared_ptr<const plugin::Module>& module) {
  CountingServices services;
  const auto ours = sandboxed(module, "bench.crash", sandbox::Wait::kHybrid, services);
  const auto trade = trade_record();
  std::vector<double> times;
  for (int i = 0; i < kCrashes; ++i) {
    if (i > 0 && (!ours->begin_anew() || ours->init() < 0)) std::exit(1);
    const auto begun = Clock::now();
    if (ours->on_event(trade.header) >= 0) std::exit(1);
    times.push_back(ns_since(begun));
  }
  const std::string name = "a crash is known to the host";
  bench::print({"G14", name, "100 us", 1.0, {bench::percentile(times, 0.5)}, {100'000.0}});
  bench::print_proof(name, percentiles(times) + "; " + ours->fault());
}

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("sandbox");
  const auto module = plugin::Module::load(bench::bench_object("calls"), folder);
  bench::print_heading("sandbox_bench");
  compare_spinning(module, "bench.count", "call into a sandbox and back, wait: spin", 1.5);
  compare_spinning(module, "bench.submit", "the same with an intent submitted", std::nullopt);
  compare_sleeping(module, sandbox::Wait::kFutex, "futex");
  compare_sleeping(module, sandbox::Wait::kHybrid, "hybrid");
  show_crash(module);
  std::filesystem::remove_all(folder);
  return 0;
}
