// Pipeline: what plugins beside the core want, and what becomes of them.
#include "host/engine/late_call.hpp"
#include "host/engine/pipeline.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "host/plugin/fault_words.hpp"
#include "host/plugin/instance.hpp"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace writ::engine {
namespace {

// Each of them begins, after the header, with its instance.
std::uint32_t instance_of(const writ_record& wanted) {
  std::uint32_t instance = 0;
  std::memcpy(&instance, &wanted + 1, sizeof instance);
  return instance;
}

}  // namespace

writ_status Pipeline::examine(const writ_record& wanted) const {
  const auto* actor = find_actor(instance_of(wanted));
  if (actor == nullptr || actor->instance->stopped() || halted_) return WRIT_E_STATE;
  if (wanted.type == WRIT_RECORD_PLUGIN_FAULT) return WRIT_OK;
  return actor->instance->admits(wanted);
}

void Pipeline::complete_wish(writ_record& wanted) const {
  switch (wanted.type) {
    case WRIT_RECORD_INTENT: {
      auto& intent = reinterpret_cast<writ_intent&>(wanted);
      const auto* actor = find_actor(intent.instance);
      intent.account = services_.account_for(*actor, intent);
      if (!actor->warm_up.warm()) intent.flags |= WRIT_INTENT_WARMUP;
      wanted.type = WRIT_RECORD_INTENT_INPUT;
      break;
    }
    case WRIT_RECORD_SIGNAL:
      wanted.type = WRIT_RECORD_SIGNAL_INPUT;
      break;
    case WRIT_RECORD_SIGNAL_REPORT:
      wanted.type = WRIT_RECORD_SIGNAL_REPORT_INPUT;
      break;
    default:
      break;
  }
}

void Pipeline::look(std::uint32_t instance,
                    const std::function<void(plugin::HostServices&)>& reader) {
  auto* actor = find_actor(instance);
  if (actor == nullptr) return;
  services_.begin_call(*actor, nullptr, 0);
  reader(services_);
  services_.end_call(false);
}

// A value published beside the core reaches its subscribers with this input.
void Pipeline::take_value(const writ_record& input) {
  if (input.size < sizeof(writ_signal)) return;
  if (auto* actor = find_actor(instance_of(input))) actor->instance->count_recorded(input);
  board_.post(input);
  values_.push_back(model::words_of(input));
}

void Pipeline::on_plugin_fault(const writ_plugin_fault& fault) {
  auto* actor = find_actor(fault.instance);
  if (actor == nullptr || actor->instance->stopped()) return;
  if (actor->instance->isolation() == nullptr && took_too_long(fault)) return;
  if (fault.fault != WRIT_FAULT_ERROR)
    return quarantine(*actor, plugin::Fault(fault.detail).words());
  count_error(*actor, static_cast<writ_status>(fault.detail));
}

std::vector<writ_plugin_fault> Pipeline::take_overruns() {
  std::vector<writ_plugin_fault> overruns;
  if (!std::exchange(overran_, false)) return overruns;
  for (const auto number : instances()) {
    const auto late_ns = find_actor(number)->instance->take_late_ns();
    if (late_ns == 0) continue;
    overruns.push_back(late_call(number, late_ns));
  }
  return overruns;
}

std::vector<writ_plugin_stat> Pipeline::take_statistics() {
  std::vector<writ_plugin_stat> statistics;
  for (const auto number : instances()) {
    auto& actor = *find_actor(number);
    const auto period = actor.instance->take_period();
    auto told = model::make_record<writ_plugin_stat>();
    told.instance = number;
    told.calls = period.times.calls;
    told.errors = period.counted.errors;
    told.intents = period.counted.submits;
    told.published = period.counted.publishes;
    told.conflated = actor.delivery.take_conflated();
    told.total_ns = period.times.total_ns;
    told.p50_ns = period.times.p50_ns;
    told.p99_ns = period.times.p99_ns;
    told.p999_ns = period.times.p999_ns;
    told.max_ns = period.times.max_ns;
    if (told.calls != 0) statistics.push_back(told);
  }
  return statistics;
}

}  // namespace writ::engine
