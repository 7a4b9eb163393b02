// A call into a plugin: through the contract's table, the author's wrapper and the host's
// accounting, each against a plain call by pointer into a shared object.
//
// The targets are the figures of the ABI's prototype as ratios to its plain call by pointer (2.3
// ns): table 3.4, wrapper 5.3, accounting 20.
#include "host/plugin/instance.hpp"
#include "host/plugin/module.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/plugins/plain.h"
#include "tests/bench/ring_services.hpp"
#include "tests/bench/rounds.hpp"

#include <writ/abi/market.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

namespace {

using namespace writ;
using bench::RecordRing;
using bench::RingServices;

constexpr std::uint64_t kCalls = 2'000'000;
constexpr std::uint64_t kSubmits = 500'000;
constexpr std::uint64_t kThrows = 20'000;
constexpr std::uint32_t kInstrument = 1;

/// A host table that is as empty as a host's can be.
struct BareHost {
  BareHost() {
    host.struct_size = sizeof host;
    host.abi_major = WRIT_ABI_MAJOR;
    host.context = &ring;
    host.submit = [](const writ_host* self, const writ_intent* intent, std::uint64_t* id) {
      *id = static_cast<RecordRing*>(self->context)->push(intent->header);
      return writ_status{WRIT_OK};
    };
    host.log = [](const writ_host*, std::uint32_t, const char*, std::size_t) {};
    host.get_extension = [](const writ_host*, const char*) -> const void* { return nullptr; };
  }
  RecordRing ring;
  writ_host host{};
};

/// A plugin made as the host makes it, called without the host.
class BarePlugin {
 public:
  BarePlugin(const plugin::Module& module, const char* id) {
    if (module.table().create(id, &host_.host, nullptr, 0, sizeof(writ_value), &plugin_) != 0 ||
        plugin_->init(plugin_) != 0) {
      std::fprintf(stderr, "abi_bench: cannot make %s\n", id);
      std::exit(1);
    }
  }
  ~BarePlugin() { plugin_->destroy(plugin_); }
  BarePlugin(const BarePlugin&) = delete;
  BarePlugin& operator=(const BarePlugin&) = delete;

  writ_status call(const writ_event& event) { return plugin_->on_event(plugin_, &event); }

 private:
  BareHost host_;
  writ_plugin* plugin_ = nullptr;
};

std::unique_ptr<plugin::Instance> instance_of(const std::shared_ptr<const plugin::Module>& module,
                                              const char* id, plugin::HostServices& services) {
  plugin::InstanceOptions options;
  options.instance = 1;
  options.name = "bench";
  options.granted = WRIT_CAN_TRADE;
  options.instruments = {kInstrument};
  auto made = plugin::Instance::create(
      module, id, plugin::ParameterSet::parse(*module->find(id), {}, ""), options, services);
  if (made->init() < 0) std::exit(1);
  return made;
}

// The price moves, so that no call can be left out.
template <class Call>
double calls(std::uint64_t count, Call&& call) {
  auto trade = model::make_record<writ_trade>();
  trade.instrument = kInstrument;
  trade.side = WRIT_SIDE_BUY;
  trade.price = 50'000'000'000'000;
  trade.quantity = 10'000'000;
  return bench::timed([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      trade.price += 100'000'000;
      if (trade.price > 60'000'000'000'000) trade.price = 50'000'000'000'000;
      call(trade.header);
    }
    return count;
  });
}

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("abi");
  const auto in_c = plugin::Module::load(bench::bench_object("calls"), folder);
  const auto wrapped = plugin::Module::load(bench::bench_object("hooks"), folder);
  const bench::PlainObject plain(bench::bench_object("plain"));
  volatile std::int64_t seen = 0;

  const auto plain_call = [&, count = plain.function<bench_count>("plain_count")] {
    std::int64_t sum = 0;
    const double ns = calls(kCalls, [&](const writ_event& event) { (void)count(&sum, &event); });
    seen = sum;
    return ns;
  };
  const auto table_call = [&](const plugin::Module& module, const char* id, std::uint64_t count) {
    BarePlugin plugin(module, id);
    return calls(count, [&](const writ_event& event) { (void)plugin.call(event); });
  };
  const auto host_call = [&](const auto& module, const char* id, std::uint64_t count) {
    RingServices services;
    const auto instance = instance_of(module, id, services);
    const double ns =
        calls(count, [&](const writ_event& event) { (void)instance->on_event(event); });
    seen = static_cast<std::int64_t>(services.ring.count() + services.lines);
    return ns;
  };
  RecordRing ring;
  const bench_sink sink{&ring, [](void* context, const writ_intent* intent) {
                          return static_cast<RecordRing*>(context)->push(intent->header);
                        }};
  const auto plain_submit = [&, submit = plain.function<bench_submit>("plain_submit")] {
    std::int64_t sum = 0;
    return calls(kSubmits, [&](const writ_event& event) { (void)submit(&sum, &event, &sink); });
  };
  const auto plain_throw = [&, thrown = plain.function<bench_throw>("plain_throw")] {
    std::int64_t sum = 0;
    return calls(kThrows, [&](const writ_event& event) { (void)thrown(&sum, &event); });
  };
  const std::string by_pointer = "plain call by pointer into a .so";
  const std::string by_sink = "plain call, intent into a ring";

  bench::print_heading("abi_bench");
  bench::compare({"ABI", "table call into a C plugin",
                  [&] { return table_call(*in_c, "bench.count", kCalls); }, by_pointer, plain_call,
                  1.48});
  bench::compare({"ABI", "table call into the wrapper, virtual hook",
                  [&] { return table_call(*wrapped, "bench.hook_count", kCalls); }, by_pointer,
                  plain_call, 2.3});
  bench::compare({"ABI", "Instance::on_event with its accounting",
                  [&] { return host_call(wrapped, "bench.hook_count", kCalls); }, by_pointer,
                  plain_call, 8.7});
  bench::compare({"ABI", "submit from C by a bare table, into a ring",
                  [&] { return table_call(*in_c, "bench.submit", kSubmits); }, by_sink,
                  plain_submit, 1.15});
  bench::compare({"ABI", "submit from C by the host's table, into a ring",
                  [&] { return host_call(in_c, "bench.submit", kSubmits); }, by_sink, plain_submit,
                  std::nullopt});
  bench::compare({"ABI", "submit by the wrapper and the host's table",
                  [&] { return host_call(wrapped, "bench.hook_submit", kSubmits); }, by_sink,
                  plain_submit, std::nullopt});
  bench::compare({"ABI", "exception stopped in the wrapper",
                  [&] { return table_call(*wrapped, "bench.hook_throw", kThrows); },
                  "exception caught where it is thrown", plain_throw, std::nullopt});
  std::filesystem::remove_all(folder);
  return 0;
}
