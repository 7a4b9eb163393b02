#include "tests/bench/host_backtest.hpp"

#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <writ/money_abi.hpp>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace writ::bench {
namespace {

constexpr std::uint32_t kAsset = 1;
constexpr std::uint32_t kAccount = 1;
constexpr std::uint32_t kInstance = 1;
constexpr std::int64_t kOne = 1'000'000'000;

template <std::size_t N>
void name(char (&field)[N], std::string_view text) {
  if (!model::set_text(field, text)) std::abort();
}

writ_instrument perpetual() {
  auto instrument = model::make_record<writ_instrument>();
  instrument.instrument = HostBacktest::kInstrument;
  instrument.kind = WRIT_KIND_PERP;
  instrument.base_asset = instrument.quote_asset = instrument.settle_asset = kAsset;
  instrument.status = WRIT_INSTRUMENT_ACTIVE;
  instrument.ladder = WRIT_LADDER_TICK;
  instrument.tick = kTick;
  instrument.lot = kLot;
  instrument.price_min = instrument.price_max = WRIT_NONE;
  instrument.quantity_min = instrument.quantity_max = WRIT_NONE;
  instrument.quantity_unit = kOne;
  instrument.maker_fee = 0;  // as low as it gets: the market maker quotes close enough to trade
  instrument.taker_fee = 500'000;  // 0.05 %
  instrument.fee_decimals = 8;
  instrument.fee_rounding = WRIT_ROUND_CEIL;
  instrument.start_ts = instrument.expiry_ts = WRIT_NONE;
  name(instrument.venue, "sim");
  name(instrument.market, "L2USDT");
  name(instrument.symbol, "L2USDT");
  for (auto* field : {&instrument.base, &instrument.quote, &instrument.settle}) {
    name(*field, "USDT");
  }
  return instrument;
}

std::vector<engine::TableRecord> tables(const plugin::Descriptor& descriptor) {
  auto account = model::make_record<writ_account>();
  account.account = kAccount;
  account.book = WRIT_BOOK_MAIN;
  account.reporting_asset = kAsset;
  name(account.name, "main");
  auto instance = model::make_record<writ_instance>();
  instance.instance = kInstance;
  instance.kind = WRIT_PLUGIN_STRATEGY;
  instance.account = kAccount;
  instance.state = 1;
  name(instance.name, "mm");
  name(instance.plugin, descriptor.id);
  name(instance.version, "1.0.0");
  auto all = l2_tables();
  all.insert(all.begin() + 1, model::words_of(account.header));
  all.push_back(model::words_of(instance.header));
  return all;
}

arbiter::ArbiterOptions limits() {
  arbiter::ArbiterOptions options;
  options.defaults.staleness_ns = 5 * kOne;
  options.defaults.position_max = Quantity{2 * kOne};
  options.defaults.price_band = Rate{50'000'000};
  options.defaults.order_rate_max = 10'000;
  options.defaults.open_orders_max = 10;
  return options;
}

}  // namespace

std::vector<engine::TableRecord> l2_tables() {
  auto asset = model::make_record<writ_asset>();
  asset.asset = kAsset;
  asset.decimals = 8;
  name(asset.name, "USDT");
  auto stream = model::make_record<writ_stream>();
  stream.stream = HostBacktest::kStream;
  stream.instrument = HostBacktest::kInstrument;
  name(stream.source, "sim");
  return {model::words_of(asset.header), model::words_of(perpetual().header),
          model::words_of(stream.header)};
}

engine::RunSetup l2_setup(std::shared_ptr<const plugin::Module> module,
                          const std::filesystem::path& folder, std::string_view plugin) {
  const auto& descriptor = plugin.empty() ? module->descriptors().front() : *module->find(plugin);
  engine::RunSetup setup;
  setup.mode = WRIT_MODE_BACKTEST;
  setup.writer.folder = folder;
  setup.writer.sync = journal::SyncPolicy::kNever;  // a backtest that dies is run again
  setup.manifest =
      R"({"code_version":"bench","data_hash":")" + std::string(kL2MarketSha256) + R"("})";
  setup.config_text = "{}";
  setup.tables = tables(descriptor);
  auto deposit = model::make_record<writ_deposit>();
  deposit.account = kAccount;
  deposit.asset = kAsset;
  deposit.amount = to_abi(Money{Int128{kOne} * kOne * 10'000'000});
  setup.deposits.push_back(deposit);
  setup.core.arbiter = limits();
  setup.core.checkpoint_inputs_min = 256;  // as the program has it
  engine::InstanceSetup instance;
  instance.number = kInstance;
  instance.name = "mm";
  instance.parameters = plugin::ParameterSet::parse(descriptor, {}, "");
  instance.plugin = descriptor.id;
  instance.module = std::move(module);
  instance.granted = descriptor.capabilities;
  instance.account = kAccount;
  instance.instruments = {HostBacktest::kInstrument};
  setup.instances.push_back(std::move(instance));
  return setup;
}

void never_stale(engine::RunSetup& setup) {
  constexpr std::int64_t kYears = 100'000'000 * kOne;
  setup.core.markets.stale_ns = kYears;
  setup.core.arbiter.defaults.staleness_ns = kYears;
}

HostBacktest::HostBacktest(const MarketRecords& records,
                           std::shared_ptr<const plugin::Module> module,
                           const std::filesystem::path& folder)
    : HostBacktest(records, l2_setup(std::move(module), folder)) {}

HostBacktest::HostBacktest(const MarketRecords& records, engine::RunSetup setup,
                           execution::OrderGateway* venue)
    : feed_(records), venue_(no_latency()) {
  std::filesystem::remove_all(setup.writer.folder);
  auto run = engine::Run::start(std::move(setup), storage_, nullptr, feed_,
                                venue == nullptr ? venue_ : *venue, pacer_, operators_);
  if (!run) {
    std::fprintf(stderr, "backtest: %s\n", to_string(run.error()).c_str());
    std::exit(1);
  }
  run_ = std::move(*run);
}

void HostBacktest::go() {
  if (const auto stopped = run_->go(); stopped != WRIT_STOP_END_OF_DATA) {
    std::fprintf(stderr, "backtest: stopped with %u\n", stopped);
    std::exit(1);
  }
}

std::int64_t HostBacktest::position() const {
  return run_->pipeline().ledger().position(AccountId{kAccount}, InstrumentId{kInstrument}).raw;
}

std::string HostBacktest::proof() const {
  const auto& sum = summary();
  char line[400];
  std::snprintf(
      line, sizeof line,
      "%llu records, %llu intents, %llu approved, %llu fills, intents_hash %.16s, "
      "ledger_hash %.16s",
      static_cast<unsigned long long>(sum.records), static_cast<unsigned long long>(sum.intents),
      static_cast<unsigned long long>(sum.approved), static_cast<unsigned long long>(sum.fills),
      run_->intents_hash().c_str(), run_->ledger_hash().c_str());
  return line;
}

}  // namespace writ::bench
