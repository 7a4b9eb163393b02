// Prints in a text file to a strategy in one go: the importer's rows, checked, as records through
// the plugin's table, against a loop that reads the same bytes by hand (G4).
#include "host/feed/import.hpp"
#include "host/model/record_view.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/module.hpp"
#include "tests/bench/plain_object.hpp"
#include "tests/bench/plugins/plain.h"
#include "tests/bench/ring_services.hpp"
#include "tests/bench/rounds.hpp"
#include "tests/bench/trade_market.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace writ;

constexpr std::size_t kRows = 1'000'000;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "csv_bench: %s\n", what.c_str());
  std::exit(1);
}

std::unique_ptr<plugin::Instance> average_of(const std::shared_ptr<const plugin::Module>& module,
                                             plugin::HostServices& services) {
  plugin::InstanceOptions options;
  options.instance = 1;
  options.name = "bench";
  options.instruments = {1};
  const std::string id = "bench.trade_average";
  auto made = plugin::Instance::create(
      module, id, plugin::ParameterSet::parse(*module->find(id), {}, ""), options, services);
  if (made->init() < 0) fail("the plugin refuses");
  return made;
}

std::uint64_t import_into(plugin::Instance& strategy, const std::filesystem::path& file) {
  std::uint64_t trades = 0;
  (void)feed::import_archive("tardis-trades", {file}, {}, [&](const writ_record& record) {
    if (record.type != WRIT_RECORD_TRADE) return;
    ++trades;
    (void)strategy.on_event(record);
  });
  return trades;
}

/// A decimal of at most nine places at 1e-9; moves behind the comma after it.
std::int64_t take_decimal(const char*& at) {
  std::int64_t value = 0;
  int places = -1;
  for (; *at != ',' && *at != '\n'; ++at) {
    if (*at == '.') {
      places = 0;
      continue;
    }
    value = value * 10 + (*at - '0');
    if (places >= 0) ++places;
  }
  ++at;
  for (int i = places < 0 ? 0 : places; i < 9; ++i) value *= 10;
  return value;
}
void skip_field(const char*& at) {
  while (*at++ != ',') {
  }
}

}  // namespace

int main() {
  const std::filesystem::path folder = bench::scratch_folder("csv");
  std::filesystem::create_directories(folder);
  const auto file = folder / "BTCUSDT-trades-2025-01-01.csv";
  auto rows = bench::standard_trades();
  rows.resize(kRows);
  {
    std::ofstream out(file, std::ios::binary);
    out << bench::trades_csv(rows);
    if (!out) fail("cannot write " + file.string());
  }
  const auto module =
      plugin::Module::load(bench::bench_object("average_strategies"), folder / "objects");
  const bench::PlainObject plain(bench::bench_object("plain"));
  const auto make = plain.function<bench_average_make>("average_make");
  const auto add = plain.function<bench_average_add>("average_add");
  const auto value = plain.function<bench_average_value>("average_value");
  const auto free_average = plain.function<bench_average_free>("average_free");
  volatile double seen = 0;

  bench::print_heading("csv_bench");
  bench::compare({"G4", "row of a file to a strategy",
                  [&] {
                    bench::RingServices services;
                    const auto strategy = average_of(module, services);
                    return bench::timed([&] {
                      const auto trades = import_into(*strategy, file);
                      if (trades != kRows) fail(std::to_string(trades) + " trades");
                      return kRows;
                    });
                  },
                  "loop by hand, strategy in a .so",
                  [&] {
                    void* average = make();
                    const double ns = bench::timed([&] {
                      std::string text(std::filesystem::file_size(file), '\0');
                      std::ifstream(file, std::ios::binary)
                          .read(text.data(), static_cast<std::streamsize>(text.size()));
                      const char* at = text.data() + text.find('\n') + 1;
                      const char* end = text.data() + text.size();
                      std::int64_t sum = 0;
                      while (at != end) {
                        skip_field(at);
                        skip_field(at);
                        sum += take_decimal(at);
                        skip_field(at);
                        sum += take_decimal(at);
                        skip_field(at);
                        const auto price = take_decimal(at);
                        sum += take_decimal(at);
                        add(average, price);
                      }
                      seen = static_cast<double>(sum);
                      return kRows;
                    });
                    seen = value(average);
                    free_average(average);
                    return ns;
                  },
                  1.6},
                 5);
  std::filesystem::remove_all(folder);
  return 0;
}
