#include "tests/sim/tally.hpp"

#include "host/model/names.hpp"
#include "host/model/record_view.hpp"

#include <writ/money_abi.hpp>

#include <ostream>
#include <string_view>

namespace writ::test {
namespace {

template <class Counts>
void add_counts(Counts& counts, const Counts& more) {
  for (const auto& [key, count] : more) counts[key] += count;
}

template <class Words>
void print(std::ostream& out, std::string_view title, const Words& words,
           const std::map<std::uint32_t, std::uint64_t>& counts) {
  out << "\n  " << title;
  for (const auto& [key, count] : counts) {
    out << " " << words.text(static_cast<std::uint16_t>(key)) << " " << count;
  }
}

}  // namespace

void Tally::on_record(const writ_record& record, const RunState& run) {
  if (model::is_input(record)) {
    ++events;
    ++inputs[record.type];
  }
  if (const auto* command = model::as<writ_command>(record)) ++commands[command->command];
  if (const auto* intent = model::as<writ_intent>(record)) {
    ++intents;
    ++kinds[intent->kind];
    if ((intent->flags & WRIT_INTENT_BY_HOST) != 0) ++by_host;
  }
  if (const auto* verdict = model::as<writ_verdict>(record)) {
    if (verdict->effect != WRIT_EFFECT_ADDS) ++exits;
    if (verdict->approved != 0) {
      ++approved;
      if (verdict->detail != WRIT_CHECK_NONE) ++reduced;
    } else {
      ++vetoes[verdict->detail];
      const auto made = model::tail_array<writ_check>(*verdict, verdict->check_count);
      if (!made.empty()) ++limits[{verdict->detail, from_abi(made.back().limit).raw}];
    }
  }
  if (const auto* order = model::as<writ_order>(record)) {
    ++order_states[order->state];
    if (run.made() != nullptr) ++orders;
  }
  if (const auto* fill = model::as<writ_fill>(record)) {
    if (run.filled_order() != nullptr) {
      ++fills;
      ++instruments[run.instrument(fill->instrument)->kind];
    } else {
      ++repeated_fills;
    }
  }
  if (record.type == WRIT_RECORD_PORTFOLIO) ++portfolios;
  if (const auto* incident = model::as<writ_incident>(record)) {
    if (incident->code == WRIT_INCIDENT_DRAWDOWN_HALT) ++halts;
  }
}

void Tally::add(const Tally& other) {
  events += other.events;
  intents += other.intents;
  by_host += other.by_host;
  approved += other.approved;
  reduced += other.reduced;
  exits += other.exits;
  orders += other.orders;
  fills += other.fills;
  repeated_fills += other.repeated_fills;
  portfolios += other.portfolios;
  halts += other.halts;
  add_counts(commands, other.commands);
  add_counts(kinds, other.kinds);
  add_counts(instruments, other.instruments);
  add_counts(vetoes, other.vetoes);
  add_counts(limits, other.limits);
  add_counts(order_states, other.order_states);
  add_counts(inputs, other.inputs);
}

std::ostream& operator<<(std::ostream& out, const Tally& tally) {
  out << tally.events << " events, " << tally.intents << " intents (" << tally.by_host
      << " by the host), " << tally.approved << " approved (" << tally.reduced << " for less), "
      << tally.exits << " exits, " << tally.orders << " orders, " << tally.fills << " fills ("
      << tally.repeated_fills << " repeated), " << tally.portfolios << " portfolios, "
      << tally.halts << " halts";
  print(out, "intents:", model::kIntentKindWords, tally.kinds);
  print(out, "fills:", model::kInstrumentKindWords, tally.instruments);
  print(out, "vetoes:", model::kCheckWords, tally.vetoes);
  print(out, "orders:", model::kOrderStateWords, tally.order_states);
  return out;
}

}  // namespace writ::test
