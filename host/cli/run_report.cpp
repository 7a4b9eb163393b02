#include "host/cli/run_report.hpp"

#include "host/cli/output.hpp"
#include "host/engine/run.hpp"
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"
#include "host/ops/run_status.hpp"

#include <writ/decimal.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

namespace json = boost::json;

// Sums over the accounts of a book, strategies and the account's own lots; by asset.
struct Totals {
  bool any = false;  // the book has an account
  std::map<std::uint32_t, Money> fees;
  std::map<std::uint32_t, Money> realized;
  std::map<std::uint32_t, Money> unrealized;
  std::map<std::uint32_t, Money> equity;
  std::map<std::uint32_t, Money> drawdown_max;
  Rate drawdown_fraction_max;
};

Totals totals_of(const engine::Run& run, std::uint16_t book) {
  Totals totals;
  const auto& tables = run.pipeline().tables();
  const auto& ledger = run.pipeline().ledger();
  for (const auto* account : tables.accounts()) {
    if (tables.book_of(account->account) != book) continue;
    totals.any = true;
    const AccountId number{account->account};
    totals.equity[account->reporting_asset] += ledger.equity(number);
    if (const auto found = run.summary().drawdowns.find(account->account);
        found != run.summary().drawdowns.end()) {
      auto& deepest = totals.drawdown_max[account->reporting_asset];
      deepest = std::max(deepest, found->second.amount);
      totals.drawdown_fraction_max = std::max(totals.drawdown_fraction_max, found->second.fraction);
    }
    const auto add = [&](std::uint32_t instance) {
      for (const auto& result : ledger.results(number, InstanceId{instance})) {
        totals.fees[result.asset] += result.fees;
        totals.realized[result.asset] += result.realized;
        totals.unrealized[result.asset] += result.unrealized;
      }
    };
    add(0);
    for (const auto* instance : tables.instances()) add(instance->instance);
  }
  return totals;
}

json::object by_asset(const engine::Run& run, const std::map<std::uint32_t, Money>& amounts) {
  json::object result;
  for (const auto& [asset, amount] : amounts) {
    result[run.pipeline().tables().asset_name(asset)] = to_string(amount);
  }
  return result;
}

void add_totals(const engine::Run& run, const Totals& totals, json::object& result) {
  result["fees"] = by_asset(run, totals.fees);
  result["realized_pnl"] = by_asset(run, totals.realized);
  result["unrealized_pnl"] = by_asset(run, totals.unrealized);
  result["equity"] = by_asset(run, totals.equity);
  result["max_drawdown"] = by_asset(run, totals.drawdown_max);
  result["max_drawdown_fraction"] = to_string(totals.drawdown_fraction_max);
}

// To three decimals: a measurement, not an amount.
double rounded(double value) {
  return static_cast<double>(static_cast<std::int64_t>(value * 1000 + 0.5)) / 1000;
}

std::string amounts_text(const engine::Run& run, const std::map<std::uint32_t, Money>& amounts) {
  std::string text;
  for (const auto& [asset, amount] : amounts) {
    if (!text.empty()) text += ", ";
    text += to_string(amount) + " " + std::string(run.pipeline().tables().asset_name(asset));
  }
  return text.empty() ? "0" : text;
}

std::string totals_text(const engine::Run& run, const Totals& totals) {
  return "fees " + amounts_text(run, totals.fees) + ", realized " +
         amounts_text(run, totals.realized) + ", unrealized " +
         amounts_text(run, totals.unrealized) + ", equity " + amounts_text(run, totals.equity);
}

std::string vetoes_text(const engine::RunSummary& summary) {
  std::string text;
  for (const auto& [check, count] : summary.vetoes) {
    text += text.empty() ? " (" : ", ";
    text += std::string(model::kCheckWords.text(check)) + " " + grouped(count);
  }
  return text.empty() ? text : text + ")";
}

void strategies_text(const engine::Run& run, std::ostringstream& out) {
  const auto& tables = run.pipeline().tables();
  const auto& ledger = run.pipeline().ledger();
  for (const auto* instance : tables.instances()) {
    if (instance->kind != WRIT_PLUGIN_STRATEGY || instance->state == WRIT_INSTANCE_REMOVED)
      continue;
    engine::RunSummary::Instance made;
    if (const auto found = run.summary().instances.find({instance->instance, instance->account});
        found != run.summary().instances.end()) {
      made = found->second;
    }
    const bool watched = tables.book_of(instance->account) == WRIT_BOOK_SHADOW;
    out << "  " << model::text_of(instance->name) << (watched ? " (shadow)" : "") << ": "
        << grouped(made.intents) << " intents, " << grouped(made.orders) << " orders, "
        << grouped(made.fills) << " fills";
    for (const auto& result :
         ledger.results(AccountId{instance->account}, InstanceId{instance->instance})) {
      out << ", PnL " << to_string(result.total()) << " " << tables.asset_name(result.asset)
          << " (realized " << to_string(result.realized) << ", unrealized "
          << to_string(result.unrealized) << ", fees " << to_string(result.fees) << ")";
    }
    out << "\n";
  }
}

}  // namespace

json::object run_outcome(const engine::Run& run) {
  const auto& summary = run.summary();
  json::object result;
  result["run_id"] = base::to_string(run.setup().identity.run_id);
  result["events"] = summary.events;
  result["intents"] = summary.intents;
  result["approved"] = summary.approved;
  auto& vetoed = result["vetoed"].emplace_object();
  for (const auto& [check, count] : summary.vetoes) vetoed[model::kCheckWords.text(check)] = count;
  result["orders"] = summary.orders;
  result["fills"] = summary.fills;
  result["incidents"] = summary.incidents;
  add_totals(run, totals_of(run, WRIT_BOOK_MAIN), result);
  if (const auto shadow = totals_of(run, WRIT_BOOK_SHADOW); shadow.any) {
    auto& apart = result["shadow"].emplace_object();
    apart["fills"] = summary.shadow_fills;
    add_totals(run, shadow, apart);
  }
  result["intents_hash"] = run.intents_hash();
  result["verdicts_hash"] = run.verdicts_hash();
  result["ledger_hash"] = run.ledger_hash();
  return result;
}

json::object run_result(const engine::Run& run, double elapsed_s) {
  auto result = run_outcome(run);
  const auto events = static_cast<double>(run.summary().events);
  result["elapsed_s"] = rounded(elapsed_s);
  result["events_per_s"] =
      elapsed_s > 0 ? static_cast<std::uint64_t>(events / elapsed_s) : std::uint64_t{0};
  if (const auto& times = run.setup().core.stage_times) {
    result["stages"] = ops::stage_times(*times);
  }
  return result;
}

void print_stages(const json::array& stages) {
  std::vector<std::pair<std::string, json::object>> times;
  for (const auto& stage : stages) {
    const auto& object = stage.as_object();
    times.emplace_back(object.at("stage").as_string(), object);
  }
  print_times("stage", times);
}

std::string run_report(const engine::Run& run, double elapsed_s) {
  const auto& summary = run.summary();
  std::ostringstream out;
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.1f", elapsed_s);
  out << "run " << run.setup().identity.run_number.raw() << " in " << run.run_folder().string()
      << "\n";
  out << "  " << grouped(summary.events) << " market events in " << seconds.data() << " s, "
      << grouped(summary.records) << " records, " << grouped(summary.incidents) << " incidents\n";
  out << "  " << grouped(summary.intents) << " intents: " << grouped(summary.approved)
      << " approved, " << grouped(summary.vetoed) << " vetoed" << vetoes_text(summary) << "\n";
  out << "  " << grouped(summary.orders) << " orders, " << grouped(summary.fills) << " fills\n";
  out << "  " << totals_text(run, totals_of(run, WRIT_BOOK_MAIN)) << "\n";
  if (const auto shadow = totals_of(run, WRIT_BOOK_SHADOW); shadow.any) {
    out << "  only watched: " << grouped(summary.shadow_fills) << " of the fills, "
        << totals_text(run, shadow) << "\n";
  }
  strategies_text(run, out);
  return out.str();
}

void warn_of_missing_guards(const engine::Run& run) {
  for (const auto number : run.pipeline().instances()) {
    const auto* instance = run.pipeline().instance(number);
    if (instance->isolation() == nullptr) continue;
    const auto missing = instance->isolation()->guards().missing;
    if (missing.empty()) continue;
    std::cerr << "writ: WARN: the sandbox of " << instance->name() << " goes without: " << missing
              << "\n";
  }
}

}  // namespace writ::cli
