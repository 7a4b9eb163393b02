// The design of the records, tried: a market of each kind is driven through everything that can
// happen to it, end to end, with a plugin that writes down what it is called with. Each type of
// record must come up for each kind, or have a reason why it moves nothing there.
#include "host/base/input_error.hpp"
#include "host/model/catalogue.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/projection.hpp"
#include "host/storage/verify.hpp"
#include "tests/abi/design/design_table.hpp"
#include "tests/scenario/text/scenario_player.hpp"
#include "tests/support/tree_paths.hpp"

#include <writ/abi/journal.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

constexpr std::uint32_t kListener = 1;  // by their places in the files
constexpr std::uint32_t kSpeaker = 2;
constexpr std::uint32_t kOfOne = 3;  ///< listens too, and names the first instrument alone
/// About a plugin's replacement and no instrument; a live parameter is changed by one, too.
bool is_of_reloads(std::uint16_t type) {
  return type == WRIT_RECORD_PARAMETER || type == WRIT_RECORD_RELOAD;
}

constexpr std::uint16_t kNoStream = 99;   // of a source that feeds none of the instruments
constexpr std::uint32_t kOfNobody = 777;  // marks its record

std::filesystem::path folder() { return source_dir() / "tests" / "abi" / "design"; }

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What no line of a scenario says comes right after its first event, a millisecond apart.
class Interludes {
 public:
  explicit Interludes(Scenario& scenario) : scenario_(scenario) {}

  template <model::Record T>
  void add(T record, std::uint16_t stream = 1, std::string_view tail = {}) {
    auto step = scenario_.steps[at_ - 1];
    step.expectations.clear();
    step.ts += 1'000'000;
    auto& header = record.header;
    header.event_ts = header.ingest_ts = step.ts;
    header.stream = stream;
    step.record = words_of(buffer_.begin(record).append(tail.data(), tail.size()).finish());
    scenario_.steps.insert(scenario_.steps.begin() + static_cast<std::ptrdiff_t>(at_++),
                           std::move(step));
  }

 private:
  Scenario& scenario_;
  std::size_t at_ = 1;
  model::RecordBuffer buffer_;
};

void add_interludes(Scenario& scenario) {
  const auto& image = *model::as<writ_book_snapshot>(record_in(scenario.steps.front().record));
  const auto levels = reinterpret_cast<const writ_level*>(&image + 1);
  const writ_level bid = levels[0];
  const writ_level ask = levels[image.bid_count];
  Interludes interludes(scenario);
  for (const auto& table : scenario.world.script.tables) {
    const auto* instrument = model::as<writ_instrument>(record_in(table));
    if (instrument == nullptr) continue;
    interludes.add(*instrument);  // announced again
    break;
  }
  auto top = model::make_record<writ_book_top>();
  top.instrument = 1;
  top.bid_price = bid.price;
  top.bid_quantity = bid.quantity;
  top.ask_price = ask.price;
  top.ask_quantity = ask.quantity;
  interludes.add(top);
  auto bar = model::make_record<writ_bar>();
  bar.instrument = 1;
  bar.interval_ns = 60'000'000'000;
  bar.open_ts = record_in(scenario.steps.front().record).event_ts - bar.interval_ns;
  bar.open = bar.high = bar.low = bar.close = bid.price;
  bar.volume = 7'000'000'000;
  interludes.add(bar);
  auto liquidation = model::make_record<writ_liquidation>();
  liquidation.instrument = 1;
  liquidation.side = WRIT_SIDE_SELL;
  liquidation.price = bid.price;
  liquidation.quantity = 1'000'000'000;
  interludes.add(liquidation);
  auto signal = model::make_record<writ_signal>();
  signal.header.type = WRIT_RECORD_SIGNAL_INPUT;
  signal.instance = kSpeaker;
  signal.signal = 1;
  signal.value = 0.25;
  interludes.add(signal);
  auto report = model::make_record<writ_signal_report>();
  report.header.type = WRIT_RECORD_SIGNAL_REPORT_INPUT;
  report.instance = kSpeaker;
  report.signal = 2;
  report.value = 0.5;
  report.payload_size = 2;
  interludes.add(report, 1, "{}");
  auto fault = model::make_record<writ_plugin_fault>();
  fault.instance = kSpeaker;
  fault.fault = WRIT_FAULT_ERROR;
  fault.detail = WRIT_E_INTERNAL;
  interludes.add(fault);
  auto connection = model::make_record<writ_market_status>();  // of a whole source
  connection.status = WRIT_MARKET_OPEN;
  interludes.add(connection);
  connection.bet_delay_s = kOfNobody;
  interludes.add(connection, kNoStream);
}

bool begins(const std::vector<std::string>& lines, const std::string& beginning) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(beginning); });
}

/// A kind's market, played to its end.
struct Driven {
  World world;
  Played played;
  std::vector<std::string> heard;         ///< line for line
  std::vector<std::string> heard_of_one;  ///< by the one that names one instrument

  [[nodiscard]] std::size_t count(std::uint16_t type) const {
    return static_cast<std::size_t>(
        std::count_if(played.records.begin(), played.records.end(),
                      [type](const Words& words) { return record_in(words).type == type; }));
  }
  [[nodiscard]] bool hears(const std::string& beginning) const { return begins(heard, beginning); }
  /// All it heard of one type of record, for a message.
  [[nodiscard]] std::string all_heard(const std::string& like) const {
    std::string text;
    for (const auto& line : heard) {
      if (line.starts_with(like.substr(0, like.find(' ') + 1))) text += "\n  " + line;
    }
    return text;
  }
  /// Entries of the ledger that refer to a record of this type.
  [[nodiscard]] std::size_t booked(std::uint16_t type) const {
    std::set<std::uint64_t> ids;
    for (const auto& words : played.records) {
      const auto& record = record_in(words);
      if (record.type == type) ids.insert((std::uint64_t{1} << 40U) + record.seq);
    }
    const auto entries = all<writ_ledger>(played.records);
    return static_cast<std::size_t>(
        std::count_if(entries.begin(), entries.end(), [&](const writ_ledger* entry) {
          return entry->ref_kind != WRIT_REF_FILL && ids.contains(entry->ref);
        }));
  }
};

Driven drive(const std::string& kind) {
  const auto path = folder() / (kind + ".scenario");
  Driven driven;
  try {
    auto scenario = read_scenario(path.string(), text_of_file(path));
    auto& players = scenario.world.players;
    players[kListener - 1].plugin = "listener.strategy";
    players[kListener - 1].inputs = {{1, "s", 1}, {2, "s", 2}};
    players[kOfOne - 1].plugin = "listener.strategy";
    players[kOfOne - 1].instruments = {1};
    players[kSpeaker - 1].plugin = "listener.signal";
    players[kSpeaker - 1].parameters.clear();
    add_interludes(scenario);
    scenario.world.statistics_period_ns = 1'000'000'000;
    driven.world = scenario.world;
    driven.played = play(scenario);
  } catch (const base::InputError& error) {
    ADD_FAILURE() << error.what();
  }
  for (const auto* line : all<writ_log_line>(driven.played.records)) {
    const std::string text(model::tail_text(*line, line->text_size));
    if (line->instance == kListener) driven.heard.push_back(text);
    if (line->instance == kOfOne) driven.heard_of_one.push_back(text);
  }
  return driven;
}

const Driven& driven(std::size_t kind) {
  static std::map<std::size_t, Driven> known;
  const auto found = known.find(kind);
  return found != known.end() ? found->second
                              : known.emplace(kind, drive(kKindNames[kind])).first->second;
}

class AbiDesign : public testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] const Driven& market() const { return driven(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Kinds, AbiDesign, testing::Range(std::size_t{0}, kKinds),
                         [](const auto& of) { return std::string(kKindNames[of.param]); });

TEST(AbiDesignTable, HasARowForEveryTypeOfRecordInOrder) {
  std::vector<std::uint16_t> rows;
  for (const auto& row : record_rows()) rows.push_back(row.type);
  std::vector<std::uint16_t> known;
  for (const auto& layout : model::catalogue()) known.push_back(layout.type);
  EXPECT_EQ(rows, known);
}

TEST(AbiDesignTable, IsWhatThePageShows) {
  const auto page = text_of_file(source_dir() / "docs" / "ABI_DESIGN_TEST.md");
  EXPECT_NE(page.find(design_markdown()), std::string::npos)
      << "docs/ABI_DESIGN_TEST.md is to hold these tables as they are:\n"
      << design_markdown();
}

TEST(AbiDesignTable, TheListenerAsksForEveryType) {
  const auto module = module_of("listener.strategy");
  for (const auto& layout : model::catalogue()) {
    EXPECT_NE(module->find("listener.strategy")->subscription(layout.type), nullptr) << layout.name;
  }
}

TEST_P(AbiDesign, EveryTypeComesUpAndIsGivenToWhomTheTableSays) {
  std::set<std::string> heard;
  for (const auto& line : market().heard) heard.insert(line.substr(0, line.find(' ')));
  for (const auto& row : record_rows()) {
    if (is_of_reloads(row.type)) continue;
    const std::string name(model::type_name(row.type));
    EXPECT_GT(market().count(row.type), 0U) << name << " is never on record";
    EXPECT_EQ(heard.contains(name), row.given != Given::kNobody) << name;
  }
  EXPECT_FALSE(heard.contains("unexpected"));
}

TEST_P(AbiDesign, WhatCannotHappenMovesNoMoney) {
  for (const auto& row : record_rows()) {
    if (row.moves_nothing[GetParam()] == nullptr) continue;
    EXPECT_EQ(market().booked(row.type), 0U) << model::type_name(row.type);
  }
}

TEST_P(AbiDesign, EachEventOfItsLifeIsHeardAndBooked) {
  const auto entries = all<writ_ledger>(market().played.records);
  for (const auto& row : life_rows()) {
    const auto& cell = row.cells[GetParam()];
    EXPECT_TRUE(market().hears(cell.heard)) << row.event << ": nobody heard " << cell.heard
                                            << ", only" << market().all_heard(cell.heard);
    if (row.ref == 0) continue;
    const bool booked = std::any_of(entries.begin(), entries.end(),
                                    [&](const auto* entry) { return entry->ref_kind == row.ref; });
    EXPECT_EQ(booked, cell.booked_as != 0) << row.event;
  }
}

TEST_P(AbiDesign, WhoNamesOneInstrumentHearsOfItAndOfWhatConcernsIt) {
  const auto hears = [&](const std::string& beginning) {
    return begins(market().heard_of_one, beginning);
  };
  EXPECT_TRUE(hears("book_snapshot 1"));
  EXPECT_FALSE(hears("book_snapshot 2"));
  EXPECT_FALSE(hears("settlement 2"));
  EXPECT_TRUE(hears("market_status 0 status 1 in_play 0 delay 0"));
  EXPECT_FALSE(hears("market_status 0 status 1 in_play 0 delay 777"));
  EXPECT_FALSE(market().hears("market_status 0 status 1 in_play 0 delay 777"));
  // Another runner of its market was withdrawn: its own odds are cut.
  const bool runners = kKindNames[GetParam()] == std::string("runner");
  EXPECT_EQ(hears("reduction 2"), runners);
}

TEST_P(AbiDesign, IsProjectedWithoutARowRefused) {
  const auto database = storage::Database::open(":memory:");
  std::string failed;
  const auto rebuilt = storage::rebuild(*database, *market().played.storage, market().world.folder,
                                        {.limit = journal::ReadLimit::kAppended}, &failed);
  ASSERT_TRUE(rebuilt.has_value()) << failed;
  for (const auto& run : *rebuilt) EXPECT_EQ(run.progress.rejected, 0U);
  const auto checks = storage::verify(*database);
  ASSERT_TRUE(checks.has_value());
  for (const auto& check : *checks) {
    EXPECT_TRUE(check.passed()) << check.name << " (" << check.what << "): " << check.first;
  }
  const auto rows =
      storage::verify_against_journal(*database, *market().played.storage, market().world.folder);
  ASSERT_TRUE(rows.has_value());
  for (const auto& check : *rows) EXPECT_TRUE(check.passed()) << check.name << ": " << check.first;
}

}  // namespace
}  // namespace writ::test
