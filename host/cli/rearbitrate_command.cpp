// writ rearbitrate: what another rule book would have allowed, and what it would have made or lost.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/output.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/run_folders.hpp"
#include "host/engine/rearbitration.hpp"
#include "host/model/names.hpp"
#include "host/model/record_json.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/paper/paper_venues.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? std::string(value->get_string())
                            : std::string(json::serialize(*value));
}

std::string word_before(std::string_view word, const std::string& text) {
  return text.empty() ? text : std::string(word) + text;
}

// What was asked for: `mm sim/BTCUSDT PLACE BUY 0.01 @ 99.9`.
std::string asked_text(const json::object& intent) {
  return text_at(intent, "instance") + " " + text_at(intent, "instrument") + " " +
         text_at(intent, "kind") + word_before(" ", text_at(intent, "side")) +
         word_before(" ", text_at(intent, "quantity")) +
         word_before(" @ ", text_at(intent, "price"));
}

// The check that decided: the last one made, or the one that allowed a part.
std::string decided_by(const json::object& verdict) {
  const auto detail = text_at(verdict, "detail");
  for (const auto& one : verdict.at("checks").as_array()) {
    const auto& check = one.as_object();
    if (detail.empty() || text_at(check, "check") != detail) continue;
    const auto unit = text_at(check, "unit");
    if (unit.empty()) return " " + detail;
    return " " + detail + " (" + text_at(check, "value") + " against " + text_at(check, "limit") +
           " " + unit + ")";
  }
  return word_before(" ", detail);
}

std::string verdict_text(const writ_verdict& verdict, const json::object& as_json) {
  if (verdict.approved == 0) return text_at(as_json, "reason") + decided_by(as_json);
  return "approved" + word_before(" ", verdict.quantity == 0 ? "" : text_at(as_json, "quantity")) +
         decided_by(as_json);
}

// One changed decision after the other, as they come.
class Changes {
 public:
  explicit Changes(bool json) : json_(json) {}

  void take(const engine::Rejudgement& rejudged, const model::InstrumentTable& tables) {
    if (!rejudged.decides_otherwise()) return;
    const auto intent = model::record_to_json(rejudged.intent.header, tables);
    const auto recorded = model::record_to_json(rejudged.recorded.header, tables);
    const auto other = model::record_to_json(rejudged.other.header, tables);
    if (json_) {
      list_.push_back({{"intent_id", std::to_string(rejudged.intent_id)},
                       {"intent", intent},
                       {"recorded", recorded},
                       {"other", other}});
      return;
    }
    std::cout << "intent " << rejudged.intent_id << "  " << asked_text(intent) << "\n  "
              << verdict_text(rejudged.recorded, recorded) << "  ->  "
              << verdict_text(rejudged.other, other) << "\n";
  }
  [[nodiscard]] json::array take_list() { return std::move(list_); }

 private:
  bool json_;
  json::array list_;
};

std::string money_text(Money money) { return DecimalText(money.raw, 18).str(); }

std::string money_at(const auto& sums, const auto& key) {
  const auto found = sums.find(key);
  return money_text(found == sums.end() ? Money{} : found->second);
}
std::string difference_at(const auto& a, const auto& b, const auto& key) {
  const auto value = [&](const auto& sums) {
    const auto found = sums.find(key);
    return found == sums.end() ? Money{} : found->second;
  };
  return money_text(value(b) - value(a));
}
auto keys_of(const auto& a, const auto& b) {
  std::set<typename std::decay_t<decltype(a)>::key_type> keys;
  for (const auto& [key, value] : a) keys.insert(key);
  for (const auto& [key, value] : b) keys.insert(key);
  return keys;
}

struct Names {
  const model::InstrumentTable& tables;

  [[nodiscard]] std::string instance(std::uint32_t number) const {
    const auto* record = tables.instance(number);
    return record == nullptr ? "(account)" : std::string(model::text_of(record->name));
  }
  [[nodiscard]] std::string account(std::uint32_t number) const {
    const auto* record = tables.account(number);
    return record == nullptr ? std::to_string(number) : model::canonical_name(*record);
  }
  [[nodiscard]] std::string asset(std::uint32_t number) const {
    const auto* record = tables.asset(number);
    return record == nullptr ? std::to_string(number) : std::string(model::text_of(record->name));
  }
};

void print_outcome(const engine::Rearbitrated& result, const Names& names) {
  std::cout << grouped(result.intents) << " verdicts judged again: " << grouped(result.identical)
            << " the same in every number, " << grouped(result.otherwise) << " decided otherwise";
  if (result.not_made > 0) {
    std::cout << ", " << grouped(result.not_made) << " of the host itself not called for";
  }
  std::cout << "\n";
  std::vector<std::vector<std::string>> rows = {{"", "recorded", "other rules", "difference"}};
  const auto count = [&](const char* what, std::uint64_t a, std::uint64_t b) {
    rows.push_back(
        {what, grouped(a), grouped(b), (b < a ? "-" : "") + grouped(b < a ? a - b : b - a)});
  };
  count("approved", result.recorded.approved, result.other.approved);
  count("vetoed", result.recorded.vetoed, result.other.vetoed);
  count("fills", result.recorded.fills, result.other.fills);
  for (const auto& key : keys_of(result.recorded.results, result.other.results)) {
    const char* book = key.book == WRIT_BOOK_SHADOW ? " (shadow) " : " ";
    rows.push_back({"PnL " + names.instance(key.instance) + book + names.asset(key.asset),
                    money_at(result.recorded.results, key), money_at(result.other.results, key),
                    difference_at(result.recorded.results, result.other.results, key)});
  }
  for (const auto account : keys_of(result.recorded.equity, result.other.equity)) {
    rows.push_back({"equity " + names.account(account), money_at(result.recorded.equity, account),
                    money_at(result.other.equity, account),
                    difference_at(result.recorded.equity, result.other.equity, account)});
  }
  print_table(rows);
}

json::object outcome_json(const engine::RunOutcome& outcome, const Names& names) {
  json::array results;
  for (const auto& [key, amount] : outcome.results) {
    results.push_back({{"instance", names.instance(key.instance)},
                       {"book", model::kBookWords.text(key.book)},
                       {"asset", names.asset(key.asset)},
                       {"pnl", money_text(amount)}});
  }
  json::object equity;
  for (const auto& [account, amount] : outcome.equity) {
    equity[names.account(account)] = money_text(amount);
  }
  return {{"approved", outcome.approved},
          {"vetoed", outcome.vetoed},
          {"fills", outcome.fills},
          {"results", std::move(results)},
          {"equity", std::move(equity)}};
}

}  // namespace

ExitStatus rearbitrate(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_run_options(arguments);
  arguments
      .option("risk", "FILE",
              "the other rule book: the risk and ownership sections of a configuration")
      .plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto rules = arguments.path("risk");
  if (!rules) throw base::InputError("", "rearbitrate needs --risk FILE");
  journal::PosixStorage storage;
  const auto run = read_run(storage, find_run(arguments.words()[0], arguments));
  const auto* mode = run.manifest.if_contains("mode");
  if (mode != nullptr && *mode == "live") {
    throw base::InputError(run.folder.string(),
                           "a live run: what a real venue would have answered is not known");
  }
  auto loaded = config::load_under_rules(run.configs.front(),
                                         run.folder.string() + ": recorded configuration", *rules);
  loaded.config.paper.latency_file = kept_latencies(run);
  engine::RearbitrationSetup setup;
  setup.core = core_options(loaded.config, run.all_tables, 0);
  Changes changes(arguments.json());
  setup.rejudged = [&](const engine::Rejudgement& rejudged, const model::InstrumentTable& tables) {
    changes.take(rejudged, tables);
  };
  venue::paper::PaperVenues venue(paper_options(loaded.config));
  const auto result = engine::rearbitrate_run(storage, run.folder, setup, venue);
  if (!result) throw base::Failure(result.error());
  const Names names{run.all_tables};
  if (!arguments.json()) {
    print_outcome(*result, names);
    return ExitStatus::kOk;
  }
  print_json({{"intents", result->intents},
              {"identical", result->identical},
              {"otherwise", result->otherwise},
              {"not_made", result->not_made},
              {"changed", changes.take_list()},
              {"recorded", outcome_json(result->recorded, names)},
              {"other", outcome_json(result->other, names)}});
  return ExitStatus::kOk;
}

}  // namespace writ::cli
