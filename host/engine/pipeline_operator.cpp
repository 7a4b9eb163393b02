// Pipeline: what people command, and what a halted account has done to it.
#include "host/engine/operator_instance.hpp"
#include "host/engine/pipeline.hpp"
#include "host/market/incident.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <writ/decimal.hpp>

#include <string>

namespace writ::engine {

void Pipeline::obey(const writ_command& command) {
  const auto why = model::tail_text(command, command.text_size);
  // A candidate must not look better because it went on where its account could not.
  const auto concerned = tables_.with_shadow(command.account);
  switch (command.command) {
    case WRIT_OPERATOR_PAUSE:
      arbiter_.pause(command.account, command.instance);
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_PAUSED, command.instance, why, command.account);
      break;
    case WRIT_OPERATOR_RESUME:
      arbiter_.resume(command.account, command.instance);
      incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_RESUMED, command.instance, why, command.account);
      break;
    case WRIT_OPERATOR_KILL:
      arbiter_.kill(command.account);
      incident(WRIT_SEVERITY_CRITICAL, WRIT_INCIDENT_KILL, 0, why, command.account);
      for (const auto account : concerned) {
        flattening_.stop({account, 0, 0});
        cancel_scope({account, 0, 0}, Seq{command.header.seq});
      }
      break;
    case WRIT_OPERATOR_RESUME_AFTER_KILL:
      arbiter_.resume_after_kill(command.account);
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RESUMED, 0, why, command.account);
      break;
    case WRIT_OPERATOR_FLATTEN:
      flatten(command, why);
      break;
    case WRIT_OPERATOR_STOP_FLATTEN:
      for (const auto account : concerned) {
        flattening_.stop({account, command.instrument, command.instance});
      }
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_FLATTEN, command.instance,
               "stopped: " + std::string(why), command.account);
      break;
    case WRIT_OPERATOR_RESET_DRAWDOWN:
      reset_drawdown(command, why);
      break;
    case WRIT_OPERATOR_HALT:
      incident(WRIT_SEVERITY_CRITICAL, WRIT_INCIDENT_HALT, 0, why, command.account);
      for (const auto account : concerned) {
        cancel_scope({account, 0, 0}, Seq{command.header.seq});
      }
      break;
    case WRIT_OPERATOR_RECONCILE:
      reconciling_ = true;
      break;
    case WRIT_OPERATOR_RECONCILED:
      reconciling_ = false;
      incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_RESTART_RECONCILED, 0, why);
      break;
    case WRIT_OPERATOR_VENUE_LOST:
      arbiter_.hold(command.account);  // what it adds to may have moved unheard
      incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_VENUE_LOST, 0, why, command.account);
      break;
    case WRIT_OPERATOR_VENUE_BACK:
      arbiter_.release_hold(command.account);
      incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_VENUE_BACK, 0, why, command.account);
      orders_.look_up_scope({command.account, command.instrument, 0}, Seq{command.header.seq},
                            sink_);
      break;
    case WRIT_OPERATOR_VENUE_WARNING:
      if (command.instrument != 0) {  // of what a feed should have said of that market
        market::report_incident({.code = WRIT_INCIDENT_DATA_GAP,
                                 .instrument = command.instrument,
                                 .cause_seq = sink_.input_seq()},
                                why, sink_);
        break;
      }
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_VENUE_WARNING, 0, why, command.account);
      break;
    case WRIT_OPERATOR_VENUE_HALT:
      halt_reason_ = why;
      break;
    case WRIT_OPERATOR_RELOAD_REFUSED:
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RELOAD_REFUSED, 0, why);
      break;
    default:
      break;
  }
  settle_orders();
}

// What came from outside becomes an intent of the core's own, judged with those of this input.
void Pipeline::take_intent(const writ_record& input) {
  intent_taken_ = 0;
  if (halted_ || input.size < sizeof(writ_intent)) return;
  auto words = model::words_of(input);
  auto& intent = reinterpret_cast<writ_intent&>(*words.data());
  intent.header.type = WRIT_RECORD_INTENT;
  intent.flags &= ~std::uint32_t{WRIT_INTENT_BY_HOST};
  if (is_operator(tables_, intent.instance)) {
    intent.flags &= ~std::uint32_t{WRIT_INTENT_WARMUP};
    intent.seen_seq = sink_.input_seq();
    intent.snapshot_seq = 0;
  }
  auto* actor = find_actor(intent.instance);
  if (actor != nullptr && !actor->intents.take(sink_.now())) return quarantine_over_intents(*actor);
  intent_taken_ = sink_.append(intent.header);
  const bool waits = intent_taken_ != 0 && actor != nullptr &&
                     waiting_legs_.add({intent_taken_, words, false}, sink_.now());
  if (intent_taken_ != 0 && !waits) services_.adopt(intent, intent_taken_);
  if (actor != nullptr) actor->instance->count_recorded(input);
}

// What works is cancelled first: what is left to close is then known sooner.
void Pipeline::flatten(const writ_command& command, std::string_view why) {
  incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_FLATTEN, command.instance, why, command.account);
  for (const auto account : tables_.with_shadow(command.account)) {
    const execution::OrderScope scope{account, command.instrument, command.instance};
    flattening_.begin(scope, "flatten");
    cancel_scope(scope, Seq{command.header.seq});
  }
}

// Once per halt. The tier itself vetoes what adds until the operator's reset.
void Pipeline::halt_on_drawdown() {
  bool halts = false;
  for (const auto account : ledger_.accounts()) {
    if (ledger_.tier(account) != WRIT_TIER_HALT20) continue;
    if (!drawdown_halted_.insert(account.raw()).second) continue;
    halts = true;
    const execution::OrderScope scope{account.raw(), 0, 0};
    flattening_.begin(scope, "halt");
    incident(WRIT_SEVERITY_CRITICAL, WRIT_INCIDENT_DRAWDOWN_HALT, 0,
             "drawdown of 20 %: orders cancelled, positions closed, nothing new until a reset",
             account.raw());
    cancel_scope(scope, Seq{sink_.input_seq()});
  }
  if (halts) flattening_.go_on(0);
}

void Pipeline::reset_drawdown(const writ_command& command, std::string_view why) {
  const AccountId account{command.account};
  if (const auto open = why_not_flat(account)) {
    incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_DRAWDOWN_RESET, 0, "refused: " + *open,
             command.account);
    return;
  }
  mark_account(account);  // the peak begins at the equity of now
  ledger_.reset_drawdown(account);
  drawdown_halted_.erase(command.account);
  incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_DRAWDOWN_RESET, 0, why, command.account);
}

std::optional<std::string> Pipeline::why_not_flat(AccountId account) const {
  for (const auto& [instrument, instance] : ledger_.strategies(account)) {
    const auto position = ledger_.strategy_position(account, instance, instrument);
    if (instance.raw() == 0 || position.raw == 0) continue;
    const auto* holder = tables_.instance(instance.raw());
    return std::string(holder == nullptr ? "?" : model::text_of(holder->name)) + " holds " +
           to_string(position) + " of " + std::string(tables_.instrument_name(instrument.raw()));
  }
  const auto working = orders_.sums({account.raw(), 0, 0}).count;
  if (working != 0) return std::to_string(working) + " orders are working";
  return std::nullopt;
}

}  // namespace writ::engine
