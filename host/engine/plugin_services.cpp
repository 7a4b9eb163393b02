#include "host/engine/plugin_services.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_words.hpp"

#include <algorithm>
#include <utility>

namespace writ::engine {
namespace {

constexpr std::size_t kLogTextMax = 1024;

}  // namespace

PluginServices::PluginServices(CoreSink& sink, const model::InstrumentTable& tables, Timers& timers,
                               const market::Markets& markets, const execution::Orders& orders,
                               BuildSnapshot build_snapshot, std::shared_ptr<Progress> progress,
                               std::shared_ptr<StageTimes> stage_times)
    : sink_(sink),
      tables_(tables),
      timers_(timers),
      markets_(markets),
      orders_(orders),
      build_snapshot_(std::move(build_snapshot)),
      progress_(std::move(progress)),
      stage_times_(std::move(stage_times)) {}

void PluginServices::begin_call(plugin::Actor& actor, const writ_snapshot* evaluated,
                                std::uint64_t recorded_seq) {
  WRIT_ASSERT(caller_ == nullptr);  // a call is never inside another
  caller_ = &actor;
  evaluated_ = evaluated;
  recorded_.clear();
  if (recorded_seq != 0) recorded_.emplace_back(evaluated->instrument, recorded_seq);
  first_of_call_ = intents_.size();
  if (progress_ == nullptr) return;
  progress_->input_seq.store(sink_.input_seq(), std::memory_order_relaxed);
  progress_->instance.store(actor.number(), std::memory_order_relaxed);
  progress_->calls.fetch_add(1, std::memory_order_release);
}

void PluginServices::end_call(bool failed) {
  WRIT_ASSERT(caller_ != nullptr);
  for (std::size_t i = first_of_call_; failed && i < intents_.size(); ++i) {
    intents_[i].call_failed = true;
  }
  caller_ = nullptr;
  evaluated_ = nullptr;
  if (progress_ != nullptr) progress_->instance.store(0, std::memory_order_relaxed);
}

bool PluginServices::take_intents(std::vector<PendingIntent>& batch) {
  for (auto& judged : batch) spare_.push_back(std::move(judged.words));
  batch.clear();
  batch.swap(intents_);
  return !batch.empty();
}

model::RecordWords PluginServices::spare_words() {
  if (spare_.empty()) return {};
  auto words = std::move(spare_.back());
  spare_.pop_back();
  return words;
}

void PluginServices::adopt(const writ_intent& intent, std::uint64_t id) {
  if ((intent.flags & WRIT_INTENT_WARMUP) != 0) return;
  intents_.push_back({id, model::words_of(intent.header), false});
}

std::vector<model::RecordWords> PluginServices::take_published() {
  return std::exchange(published_, {});
}

std::uint64_t PluginServices::snapshot_seq_for(std::uint32_t instrument) {
  for (const auto& [of, seq] : recorded_) {
    if (of == instrument) return seq;
  }
  const bool evaluated = evaluated_ != nullptr && evaluated_->instrument == instrument;
  const auto& snapshot = evaluated ? *evaluated_ : build_snapshot_(*caller_, instrument);
  model::assign(snapshot_, snapshot.header);
  auto& record = model::record_in(snapshot_);
  sink_.append(record);
  recorded_.emplace_back(instrument, record.seq);
  return record.seq;
}

// Who is only watched has no say in anybody's real account.
std::uint32_t PluginServices::account_for(const plugin::Actor& actor,
                                          const writ_intent& intent) const {
  const bool watched = tables_.book_of(actor.account) == WRIT_BOOK_SHADOW;
  return intent.account == 0 || watched ? actor.account : intent.account;
}

writ_status PluginServices::submit(std::uint32_t instance, const writ_intent& intent,
                                   std::uint64_t& intent_id) {
  if (caller_ == nullptr || caller_->number() != instance) return WRIT_E_STATE;
  if (refuse_submits_ || !caller_->intents.take(sink_.now())) return WRIT_E_LIMIT;

  if (stage_times_) stage_times_->reached(Stage::kStrategy);
  auto copy = spare_words();
  model::assign(copy, intent.header);
  auto& recorded = reinterpret_cast<writ_intent&>(*copy.data());
  recorded.instance = instance;
  recorded.account = account_for(*caller_, intent);
  recorded.seen_seq = sink_.input_seq();
  recorded.snapshot_seq = snapshot_seq_for(intent.instrument);
  const bool warm = caller_->warm_up.warm();
  if (!warm) recorded.flags |= WRIT_INTENT_WARMUP;
  const std::uint64_t id = sink_.append(recorded.header);
  if (id == 0) return WRIT_E_STATE;  // the journal failed, or a restart found it did otherwise
  intent_id = id;
  if (warm) {
    intents_.push_back({id, std::move(copy), false});
  } else {
    spare_.push_back(std::move(copy));
  }
  return WRIT_OK;
}

writ_status PluginServices::publish(std::uint32_t instance, const writ_record& value) {
  if (caller_ == nullptr || caller_->number() != instance) return WRIT_E_STATE;
  auto copy = model::words_of(value);
  auto& record = model::record_in(copy);
  auto& signal = reinterpret_cast<writ_signal&>(record);  // a report begins like a signal
  signal.instance = instance;
  signal.seen_seq = sink_.input_seq();
  if (sink_.append(record) == 0) return WRIT_E_STATE;
  published_.push_back(std::move(copy));
  return WRIT_OK;
}

writ_status PluginServices::set_timer(std::uint32_t instance, std::uint64_t timer,
                                      std::int64_t due_ts) {
  if (caller_ == nullptr) return WRIT_E_STATE;
  // One that is due already comes with the next input: the clock has moved then.
  timers_.set(instance, timer, std::max(due_ts, sink_.now() + 1));
  return WRIT_OK;
}

writ_status PluginServices::cancel_timer(std::uint32_t instance, std::uint64_t timer) {
  if (caller_ == nullptr) return WRIT_E_STATE;
  return timers_.cancel(instance, timer) ? WRIT_OK : WRIT_E_NOT_FOUND;
}

writ_status PluginServices::random(std::uint32_t instance, std::uint64_t& value) {
  if (caller_ == nullptr || caller_->number() != instance) return WRIT_E_STATE;
  value = caller_->draw();
  return WRIT_OK;
}

void PluginServices::log(std::uint32_t instance, std::uint32_t severity, std::string_view text) {
  if (caller_ == nullptr || caller_->number() != instance)
    return;  // outside a call: no place in the order
  auto line = model::make_record<writ_log_line>();
  line.instance = instance;
  line.severity = severity;
  line.text_size = static_cast<std::uint32_t>(std::min(text.size(), kLogTextMax));
  sink_.append(buffer_.begin(line).append(text.data(), line.text_size).finish());
}

std::int32_t PluginServices::book_levels(std::uint32_t instance, std::uint32_t instrument,
                                         std::uint32_t side, std::span<writ_level> levels) {
  if (caller_ == nullptr || caller_->number() != instance) return WRIT_E_STATE;
  if (!caller_->instance->names(instrument)) return WRIT_E_NOT_FOUND;
  if (side != WRIT_SIDE_BUY && side != WRIT_SIDE_SELL) return WRIT_E_INVALID;
  const InstrumentId id{instrument};
  if (!markets_.view(id, sink_.now()).in_sync) return WRIT_E_STATE;
  const auto book_side = side == WRIT_SIDE_BUY ? market::Side::kBid : market::Side::kAsk;
  return static_cast<std::int32_t>(markets_.book(id).levels(book_side, levels));
}

std::int32_t PluginServices::working_orders(std::uint32_t instance, std::uint32_t instrument,
                                            std::span<writ_order> orders) {
  if (caller_ == nullptr || caller_->number() != instance) return WRIT_E_STATE;
  std::int32_t count = 0;
  orders_.for_each_working({caller_->account, instrument, instance}, [&](const writ_order& order) {
    if (static_cast<std::size_t>(count) < orders.size()) {
      orders[static_cast<std::size_t>(count)] = order;
    }
    ++count;
  });
  return count;
}

}  // namespace writ::engine
