// Run: a new configuration, and the replacements it leads to.
#include "host/base/assert.hpp"
#include "host/engine/late_call.hpp"
#include "host/engine/run.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace writ::engine {
namespace {

const writ_instance* instance_in(const TableRecord& table) {
  return model::as<writ_instance>(model::record_in(table));
}

bool names(const std::vector<InstanceSetup>& setups, std::uint32_t instance) {
  return std::any_of(setups.begin(), setups.end(),
                     [&](const auto& setup) { return setup.number == instance; });
}

void put_hash(std::uint8_t (&into)[32], const plugin::Module& module) {
  std::memcpy(into, module.object_hash().data(), sizeof into);
}

}  // namespace

void Run::reload(ReloadSetup setup) {
  const auto begun = pacer_.stopwatch();
  if (setup.changes.prepared_ts == 0) setup.changes.prepared_ts = last_ts_;
  const auto changes = setup.changes;
  // Instruments first: a plugin is told of them before it starts. They do no harm if it refuses.
  for (auto& table : setup.tables) {
    if (instance_in(table) == nullptr) work_on(model::record_in(table));
  }
  pipeline_->prepare_reload(std::move(setup.changes), std::move(setup.made));

  std::map<std::uint32_t, Swap> swaps;
  for (auto& table : setup.tables) {
    const auto* made = instance_in(table);
    if (made == nullptr) continue;
    if (names(changes.changed, made->instance)) {
      swaps[made->instance].new_instance = table;
      continue;
    }
    if (names(changes.tuned, made->instance)) continue;
    const auto* known = pipeline_->tables().instance(made->instance);
    if (known == nullptr || !model::same_payload(known->header, made->header)) {
      work_on(model::record_in(table));
    }
  }
  const auto announce = [&](const InstanceSetup& instance, Swap* swap) {
    auto reload = model::make_record<writ_reload>();
    reload.instance = instance.number;
    reload.step = WRIT_RELOAD_PREPARED;
    put_hash(reload.new_hash, *instance.module);
    reload.prepared_ts = changes.prepared_ts;
    reload.preparation_ns = setup.preparation_ns;
    if (swap != nullptr) {
      const auto& known = *pipeline_->tables().instance(instance.number);
      std::memcpy(reload.old_hash, known.object_hash, sizeof reload.old_hash);
      swap->old_instance = model::words_of(known.header);
      if (swap->new_instance.empty()) swap->new_instance = swap->old_instance;  // wired anew
      swap->begun = begun;
      swap->told = reload;
    }
    record_reload(reload);
  };
  for (const auto& instance : changes.changed) announce(instance, &swaps[instance.number]);
  for (const auto& instance : changes.added) announce(instance, nullptr);
  swaps_ = std::move(swaps);
  journal_config(setup.config_text, setup.config_hash);
  // Only now: of one that is tried it would have meant that the old one is back.
  for (auto& table : setup.tables) {
    const auto* tuned = instance_in(table);
    if (tuned != nullptr && names(changes.tuned, tuned->instance)) {
      work_on(model::record_in(table));
    }
  }
  pay_in(first_money(std::move(setup.deposits)));
  settle_swaps();
}

// Whatever is due: each is an input, and may lead to the next.
void Run::settle_swaps() {
  if (swaps_.empty()) return;
  report_overruns();
  while (const auto step = pipeline_->take_swap_step()) {
    take_swap_step(*step);
    report_overruns();
  }
}

void Run::take_swap_step(const SwapStep& step) {
  const auto found = swaps_.find(step.instance);
  WRIT_ASSERT(found != swaps_.end());
  auto& swap = found->second;
  const auto begun = swap.begun != 0 ? std::exchange(swap.begun, 0) : pacer_.stopwatch();
  switch (step.kind) {
    case SwapStep::Kind::kReady:
      swap.told.step = WRIT_RELOAD_SWAPPED;
      work_on(model::record_in(swap.new_instance));
      break;
    case SwapStep::Kind::kGivenUp:
      swap.told.step = WRIT_RELOAD_GIVEN_UP;
      break;
    case SwapStep::Kind::kFailed:
      swap.told.step = WRIT_RELOAD_ROLLED_BACK;
      work_on(model::record_in(swap.old_instance));
      break;
  }
  if (step.kind != SwapStep::Kind::kFailed) {
    swap.told.warmup_events = step.events;
    swap.told.warmup_intents = step.discarded;
  }
  swap.told.pause_ns = step.kind == SwapStep::Kind::kGivenUp ? 0 : pacer_.stopwatch() - begun;
  record_reload(swap.told);
}

void Run::record_reload(const writ_reload& reload) {
  auto record = reload;
  record.header.event_ts = 0;
  work_on(record.header);
}

void Run::report_overruns() {
  for (const auto& [instance, took_ns] : std::exchange(tried_calls_.overruns, {})) {
    if (!pipeline_->is_tried(instance)) continue;
    auto fault = late_call(instance, took_ns);
    work_on(fault.header);
  }
}

// A helper process is of this thread, and so is its end.
void Run::retire() {
  if (!pipeline_->has_retired()) return;
  auto gone = pipeline_->take_retired();
  std::erase_if(gone, [](const auto& one) { return one.actor.instance->isolation() != nullptr; });
  if (!gone.empty() && setup_.retirement != nullptr) setup_.retirement->retire(std::move(gone));
}

void Run::tell_unloaded(std::uint32_t instance, const base::Sha256Digest& build,
                        bool still_loaded) {
  auto reload = model::make_record<writ_reload>();
  reload.instance = instance;
  reload.step = still_loaded ? WRIT_RELOAD_STILL_LOADED : WRIT_RELOAD_UNLOADED;
  std::memcpy(reload.old_hash, build.data(), sizeof reload.old_hash);
  take_input(reload.header);
}

std::map<std::uint32_t, SwapTold> Run::swaps() const {
  std::map<std::uint32_t, SwapTold> told;
  for (const auto& [instance, swap] : swaps_) {
    told[instance] = {swap.told.step, swap.told.preparation_ns, swap.told.pause_ns};
  }
  return told;
}

void Run::refuse_reload(std::string_view why) { command(WRIT_OPERATOR_RELOAD_REFUSED, 0, 0, why); }

}  // namespace writ::engine
