#include "tests/scenario/world.hpp"

#include "host/base/assert.hpp"
#include "host/engine/operator_instance.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/writer.hpp"
#include "host/plugin/parameters.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/support/tree_paths.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace writ::test {

// --- the market ---------------------------------------------------------------------------------

Script simulate(feed::SimulatedOptions options, std::int64_t duration_ns) {
  options.duration_ns = duration_ns;
  feed::SimulatedMarket market{std::move(options)};
  Script script;
  while (market.next_ts()) {
    auto words = words_of(market.take());
    const auto type = record_in(words).type;
    const bool table = type < WRIT_RECORD_BOOK_SNAPSHOT;
    (table ? script.tables : script.events).push_back(std::move(words));
  }
  return script;
}

std::optional<std::int64_t> ScriptFeed::next_ts() {
  if (exhausted()) return std::nullopt;
  return record_in(script_.events[next_]).ingest_ts;
}

const writ_record& ScriptFeed::take() { return record_in(script_.events[next_++]); }

std::optional<engine::OperatorPort::Request> ScriptedOperator::poll() {
  const auto first = requests_.begin();
  if (first == requests_.end() || first->first > feed_.taken()) return std::nullopt;
  auto request = std::move(first->second);
  requests_.erase(first);
  return request;
}

// --- what a run is made of ----------------------------------------------------------------------

std::shared_ptr<const plugin::Module> module_in(const std::filesystem::path& file) {
  static std::map<std::string, std::shared_ptr<const plugin::Module>> loaded;
  auto& module = loaded[file.string()];
  if (!module) {
    const auto objects = std::filesystem::path(testing::TempDir()) / "writ-scenario-objects";
    module = plugin::Module::load(file, objects);
  }
  return module;
}

std::shared_ptr<const plugin::Module> module_of(std::string_view plugin_id) {
  const auto file = [&]() -> std::filesystem::path {
    if (plugin_id.starts_with("test.")) {
      return binary_dir() / "test_plugins" / "scenario_plugins.so";
    }
    if (plugin_id.starts_with("listener.")) return binary_dir() / "test_plugins" / "listener.so";
    return plugin_dir() / (std::string(plugin_id.substr(plugin_id.find('.') + 1)) + ".so");
  }();
  return module_in(file);
}

std::uint32_t World::number_of(std::string_view name) const {
  for (std::size_t i = 0; i < players.size(); ++i) {
    if (players[i].name == name) return static_cast<std::uint32_t>(i + 1);
  }
  ADD_FAILURE() << "no player " << name;
  return 0;
}

std::vector<engine::InstanceSetup> World::instances() const {
  std::vector<engine::InstanceSetup> setups;
  for (const auto& player : players) {
    if (player.gone) continue;
    engine::InstanceSetup setup;
    setup.number = number_of(player.name);
    setup.name = player.name;
    setup.module = player.build.empty()
                       ? module_of(player.plugin)
                       : module_in(binary_dir() / "test_plugins" / (player.build + ".so"));
    setup.plugin = player.plugin;
    std::vector<plugin::ParameterText> texts;
    for (const auto& [name, text] : player.parameters) texts.push_back({name, text});
    setup.parameters = plugin::ParameterSet::parse(*setup.module->find(player.plugin), texts,
                                                   "the test's configuration");
    setup.granted = ~std::uint64_t{0};
    setup.account = player.account;
    setup.instruments = player.instruments;
    setup.budget = player.budget;
    for (const auto& table : script.tables) {
      const auto* instrument = model::as<writ_instrument>(record_in(table));
      if (instrument != nullptr && player.instruments.empty()) {
        setup.instruments.push_back(instrument->instrument);
      }
    }
    for (const auto& input : player.inputs) {
      setup.inputs.push_back({input.port, number_of(input.publisher), input.signal});
    }
    setups.push_back(std::move(setup));
  }
  return setups;
}

namespace {

Words account_of_book(std::uint16_t book) {
  auto account = model::make_record<writ_account>();
  const bool shadow = book == WRIT_BOOK_SHADOW;
  account.account = shadow ? kShadowAccount : 1;
  account.shadow_of = shadow ? 1 : 0;
  account.book = book;
  account.reporting_asset = kUsdt;
  WRIT_ASSERT(model::set_text(account.name, "main"));
  return words_of(account.header);
}

}  // namespace

std::vector<Words> World::tables() const {
  std::vector<Words> tables = script.tables;
  tables.insert(tables.end(), people.begin(), people.end());
  if (people.empty()) tables.push_back(account_of_book(WRIT_BOOK_MAIN));
  for (const auto& setup : instances()) {
    auto made = model::make_record<writ_instance>();
    made.instance = setup.number;
    made.kind = static_cast<std::uint32_t>(setup.module->find(setup.plugin)->kind);
    made.account = setup.account;
    made.state = 1;
    WRIT_ASSERT(model::set_text(made.name, setup.name) &&
                model::set_text(made.plugin, setup.plugin) &&
                model::set_text(made.version, setup.module->find(setup.plugin)->version));
    const auto parameters = setup.parameters.canonical_json();
    made.parameters_size = static_cast<std::uint32_t>(parameters.size());
    model::RecordBuffer buffer;
    tables.push_back(
        words_of(buffer.begin(made).append(parameters.data(), parameters.size()).finish()));
  }
  tables.push_back(words_of(engine::operator_instance(kOperator).header));
  return tables;
}

engine::RunSetup World::setup(std::uint32_t run_number) const {
  engine::RunSetup setup;
  setup.mode = mode;
  setup.writer.folder = folder;
  setup.writer.ring_bytes = ring_bytes;
  setup.writer.segment_bytes = segment_bytes;
  setup.writer.reserve_bytes = reserve_bytes;
  setup.writer.sync = sync;
  setup.identity.run_number = RunNumber{run_number};
  setup.identity.run_id.bytes[15] = static_cast<std::uint8_t>(run_number);
  setup.manifest = "{}";
  setup.config_text = "{}";
  setup.tables = tables();
  for (const auto& [asset, units] :
       {std::pair{kUsdt, deposit_usdt}, std::pair{kBtc, deposit_btc}}) {
    if (!people.empty()) break;
    auto deposit = model::make_record<writ_deposit>();
    deposit.account = 1;
    deposit.asset = asset;
    deposit.amount = to_abi(Money{Int128{units} * 1'000'000'000'000'000'000});
    setup.deposits.push_back(deposit);
  }
  setup.deposits.insert(setup.deposits.end(), deposits.begin(), deposits.end());
  setup.core = core;
  setup.instances = instances();
  setup.promise = promise;
  setup.reconcile = reconcile;
  setup.statistics_period_ns = statistics_period_ns;
  return setup;
}

World with_shadow_account(World world) {
  world.deposits = world.setup(1).deposits;
  for (std::size_t i = 0, of_main = world.deposits.size(); i < of_main; ++i) {
    auto deposit = world.deposits[i];
    deposit.account = kShadowAccount;
    world.deposits.push_back(deposit);
  }
  world.people = {account_of_book(WRIT_BOOK_MAIN), account_of_book(WRIT_BOOK_SHADOW)};
  return world;
}

engine::VerifySetup World::verify_setup() const {
  engine::VerifySetup setup;
  setup.core = core;
  setup.instances = instances();
  setup.resimulate = true;
  return setup;
}

World small_world(std::int64_t duration_ns, std::uint64_t seed) {
  World world;
  feed::SimulatedOptions options;
  options.seed = seed;
  world.script = simulate(options, duration_ns);
  return world;
}

// --- a life -------------------------------------------------------------------------------------

namespace {

std::size_t begin_of(const World& world, journal::Storage& storage, const engine::Past* past) {
  if (past == nullptr) return 0;
  std::size_t taken = 0;
  for (std::uint64_t run = 1; run <= past->run.identity.run_number.raw(); ++run) {
    const auto folder = run_folder(world, static_cast<std::uint32_t>(run));
    const auto there = storage.exists(folder / journal::segment_name(1));
    if (there && *there) {
      taken += events_taken(read_run(storage, folder));
    }
  }
  return taken;
}

}  // namespace

Life::Life(const World& world, journal::Storage& storage, std::uint32_t run_number,
           const engine::Past* past, execution::OrderGateway* gateway)
    : feed(world.script, begin_of(world, storage, past)), paper(world.paper) {
  auto started = engine::Run::start(world.setup(run_number), storage, past, feed,
                                    gateway == nullptr ? paper : *gateway, pacer, operators);
  if (started) {
    run = std::move(*started);
  } else {
    error = started.error();
  }
}

std::filesystem::path run_folder(const World& world, std::uint32_t run_number) {
  return journal::run_folder(world.folder, RunNumber{run_number});
}

std::optional<engine::Past> open_past(const World& world, journal::Storage& storage) {
  auto lock = journal::FolderLock::take(storage, world.folder);
  if (!lock) {
    ADD_FAILURE() << to_string(lock.error());
    return std::nullopt;
  }
  auto past = engine::open_past(storage, **lock);
  if (!past) {
    ADD_FAILURE() << to_string(past.error());
    return std::nullopt;
  }
  return std::move(*past);
}

std::vector<Words> read_run(journal::Storage& storage, const std::filesystem::path& run_folder) {
  std::vector<Words> records;
  auto reader = journal::Reader::open(storage, run_folder);
  if (!reader) {
    ADD_FAILURE() << to_string(reader.error());
    return records;
  }
  while (true) {
    const auto next = reader->next();
    if (!next) {
      ADD_FAILURE() << reader->describe(next.error());
      return records;
    }
    if (*next == nullptr) return records;
    records.push_back(words_of(**next));
  }
}

namespace {

std::unique_ptr<journal::Writer> begin_copy(const World& world, journal::Storage& storage,
                                            const std::vector<Words>& records) {
  const auto& started = *model::as<writ_run_started>(record_in(records.front()));
  const auto setup = world.setup(static_cast<std::uint32_t>(started.run_number));
  auto writer = journal::Writer::create(storage, setup.writer, setup.identity);
  if (!writer) {
    ADD_FAILURE() << to_string(writer.error());
    return nullptr;
  }
  return std::move(*writer);
}

}  // namespace

std::unique_ptr<journal::Storage> dead_run(const World& world, const std::vector<Words>& records,
                                           std::size_t count) {
  FaultyStorage storage;
  auto writer = begin_copy(world, storage, records);
  for (std::size_t i = 0; i < count; ++i) {
    auto words = records[i];
    const auto seq = writer->append(record_in(words));
    EXPECT_TRUE(seq.has_value());
  }
  return storage.after_process_death();
}

void write_run(const World& world, journal::Storage& storage, const std::vector<Words>& records) {
  auto writer = begin_copy(world, storage, records);
  for (auto words : records) {
    EXPECT_TRUE(writer->append(record_in(words)).has_value());
  }
  EXPECT_TRUE(writer->close().has_value());
}

engine::Verified verify(const World& world, journal::Storage& storage, std::uint32_t run_number,
                        const engine::VerifySetup* setup, execution::OrderGateway* gateway) {
  venue::paper::PaperVenues paper{world.paper};
  const auto verified = engine::verify_run(storage, run_folder(world, run_number),
                                           setup == nullptr ? world.verify_setup() : *setup,
                                           gateway == nullptr ? paper : *gateway);
  if (!verified) {
    ADD_FAILURE() << to_string(verified.error());
    return {};
  }
  return *verified;
}

void expect_verifies(const World& world, journal::Storage& storage, std::uint32_t run_number,
                     execution::OrderGateway* gateway) {
  const auto verified = verify(world, storage, run_number, nullptr, gateway);
  EXPECT_FALSE(verified.difference)
      << "run " << run_number << ", record " << verified.difference->seq.raw() << ": "
      << verified.difference->text;
  EXPECT_GT(verified.inputs, 0U);
}

std::vector<const writ_incident*> incidents(const std::vector<Words>& records, std::uint16_t code) {
  auto found = all<writ_incident>(records);
  std::erase_if(found, [&](const auto* incident) { return incident->code != code; });
  return found;
}

std::size_t find(const std::vector<Words>& records, std::size_t from,
                 const std::function<bool(const writ_record&)>& satisfies) {
  for (std::size_t i = from; i < records.size(); ++i) {
    if (satisfies(record_in(records[i]))) return i;
  }
  return records.size();
}

std::size_t events_taken(const std::vector<Words>& records) {
  return static_cast<std::size_t>(
      std::count_if(records.begin(), records.end(), [](const Words& words) {
        const auto type = record_in(words).type;
        return type >= WRIT_RECORD_BOOK_SNAPSHOT && type < WRIT_RECORD_SIGNAL_INPUT;
      }));
}

std::vector<Words> records_of(const World& world, journal::Storage& storage) {
  {
    Life life{world, storage};
    life.go();
  }
  expect_verifies(world, storage, 1);
  return read_run(storage, run_folder(world, 1));
}

}  // namespace writ::test
