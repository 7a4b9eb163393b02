#include "tests/bench/live_host.hpp"

#include "host/base/sha256.hpp"
#include "host/model/record_view.hpp"
#include "host/ops/run_status.hpp"
#include "tests/bench/plain_object.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace writ::bench {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("live host: " + what); }

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Every limit there is, wide enough for what the strategy does.
constexpr const char* kRisk = R"(risk:
  staleness: 1h
  position_max: "1000"
  price_band: "0.05"
  order_rate_max: 1000000
  open_orders_max: 1000
  duplicate_window: 1ms
  instrument_exposure_max: "50000000"
  market_exposure_max: "50000000"
  venue_exposure_max: "50000000"
  strategy_exposure_max: "50000000"
  account_exposure_max: "50000000"
  market_worst_case_max: "50000000"
  account_worst_case_max: "50000000"
  daily_loss_max: "1000000"
)";

cli::SessionOptions session_options(ops::Attention& attention) {
  cli::SessionOptions options;
  options.trace_latency = true;
  options.wake = [&attention] { attention.raise(); };
  return options;
}

config::Loaded live_config(const test::VenueSim& venue, const LiveHost::Options& options) {
  const auto& folder = options.folder;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "plugins");
  const std::string plugin = bench_object("average_strategies");
  std::filesystem::copy(plugin, folder / "plugins");
  const auto keys = folder / "keys";
  write(keys, "api_key: writ-sim-key\nsecret: writ-sim-secret\n");
  std::filesystem::permissions(keys, std::filesystem::perms(0600));
  const auto& at = venue.spot();
  const std::string text =
      "mode: live\nseed: 1\njournal: {dir: journal, promise: " +
      std::string(options.durable ? "durable" : "appended") +
      "}\nhost: {wait: " + (options.spins ? "spin" : "sleep") +
      "}\nstorage: {url: \"sqlite:run.db\"}\nreconcile: {adopt: true}\n"
      "plugins: {dirs: [plugins]}\nvenues:\n  spot:\n    type: binance\n    market: spot\n"
      "    rest: " +
      at.rest + "\n    websocket: " + at.websocket + "\n    websocket_api: " + at.websocket_api +
      "\n    credentials: {file: keys}\n" +
      (options.ca_file.empty() ? "" : "    ca_file: " + options.ca_file + "\n") +
      "accounts: [{name: spot, reporting: USDT, venue: spot}]\n"
      "feeds: [{name: spot, type: binance, venue: spot, symbols: [BTCUSDT]}]\n"
      "market: {stale_after: 1h}\n" +
      kRisk +
      "strategies:\n  - {name: probe, plugin: bench.probe_each, account: spot, instruments: "
      "[binance_spot/BTCUSDT], sha256: \"" +
      base::sha256_hex(bytes_of(plugin)) + "\"}\n";
  write(folder / "writ.yaml", text);
  return config::load_config(folder / "writ.yaml", {});
}

}  // namespace

// --- what is measured --------------------------------------------------------------------------

void LiveHost::Wire::observe(const writ_record& input) {
  inner_.observe(input);
  const auto* command = model::as<writ_command>(input);
  if (command != nullptr && command->command == WRIT_OPERATOR_RECONCILED) reconciled = true;
  if (input.type == WRIT_RECORD_BOOK_SNAPSHOT) has_book = true;
}

void LiveHost::Wire::send(const writ_order& order) {
  seq_ = order.header.seq;
  read_ts_ = trade_read_ts;
  inner_.send(order);
}

std::optional<std::int64_t> LiveHost::Wire::next_due() const { return inner_.next_due(); }

const writ_record* LiveHost::Wire::take_report(std::int64_t until) {
  return inner_.take_report(until);
}

std::optional<execution::OrderGateway::Left> LiveHost::Wire::take_left() {
  const auto gone = inner_.take_left();
  if (!gone) return gone;
  if (gone->seq != seq_) fail("another order left than the one that was sent");
  times.push_back(static_cast<double>(gone->ts - read_ts_));
  left.fetch_add(1, std::memory_order_release);
  return gone;
}

const writ_record& LiveHost::Feed::take() {
  const auto& record = inner_.take();
  if (record.type == WRIT_RECORD_TRADE) wire_.trade_read_ts = record.ingest_ts;
  return record;
}

// --- the run -----------------------------------------------------------------------------------

std::optional<engine::OperatorPort::Request> LiveHost::Operators::poll() {
  if (!ending.exchange(false)) return std::nullopt;
  return [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); };
}

LiveHost::LiveHost(const test::VenueSim& venue, const Options& options)
    : session_(live_config(venue, options), storage_, nullptr, nullptr,
               session_options(attention_)),
      wire_(session_.venue()),
      feed_(session_.feeds().source(), wire_),
      pacer_(attention_, session_.loaded().config.host.wait) {
  auto run =
      engine::Run::start(session_.setup(), storage_, nullptr, feed_, wire_, pacer_, operators_);
  if (!run) fail(to_string(run.error()));
  run_ = std::move(*run);
  session_.forget_instances();
  sequencer_ = std::thread([this] { static_cast<void>(run_->go()); });
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!wire_.reconciled || !wire_.has_book) {
    if (std::chrono::steady_clock::now() > until) {
      stop();
      fail("is not ready to trade");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

LiveHost::~LiveHost() { stop(); }

void LiveHost::stop() {
  if (!sequencer_.joinable()) return;
  operators_.ending = true;
  attention_.raise();
  sequencer_.join();
}

std::vector<double> LiveHost::take_times() { return std::exchange(wire_.times, {}); }

std::string LiveHost::finish() {
  stop();
  const auto& done = run_->summary();
  std::string text = std::to_string(done.events) + " events, " + std::to_string(done.intents) +
                     " intents, " + std::to_string(done.orders) + " orders; ns p50/p99/p99.9 of";
  for (const auto& stage : ops::stage_times(*run_->setup().core.stage_times)) {
    const auto& told = stage.as_object();
    const auto number = [&told](const char* key) {
      return std::to_string(told.at(key).to_number<std::int64_t>());
    };
    text += " " + std::string(told.at("stage").as_string()) + " " + number("p50_ns") + "/" +
            number("p99_ns") + "/" + number("p999_ns");
  }
  return text;
}

}  // namespace writ::bench
