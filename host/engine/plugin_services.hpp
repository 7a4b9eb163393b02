#pragma once

#include "host/engine/core_sink.hpp"
#include "host/engine/progress.hpp"
#include "host/engine/stage_times.hpp"
#include "host/engine/timers.hpp"
#include "host/execution/orders.hpp"
#include "host/market/markets.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "host/plugin/actor.hpp"
#include "host/plugin/host_services.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace writ::engine {

/// An intent on record, on its way to the arbiter.
struct PendingIntent {
  std::uint64_t id = 0;
  model::RecordWords words;  ///< the record
  bool call_failed = false;  ///< the call that made it returned an error

  [[nodiscard]] const writ_intent& intent() const {
    return reinterpret_cast<const writ_intent&>(*words.data());
  }
};

/// What the core does for plugin instances while they are called: `submit` puts the intent on
/// record before it returns, and the snapshot it was made on before that. [sequencer-thread]
class PluginServices final : public plugin::HostServices {
 public:
  /// Builds the snapshot of an actor in an instrument.
  using BuildSnapshot =
      std::function<const writ_snapshot&(const plugin::Actor&, std::uint32_t instrument)>;

  PluginServices(CoreSink& sink, const model::InstrumentTable& tables, Timers& timers,
                 const market::Markets& markets, const execution::Orders& orders,
                 BuildSnapshot build_snapshot, std::shared_ptr<Progress> progress,
                 std::shared_ptr<StageTimes> stage_times);

  /// From here to end_call the actor may use its host table. `evaluated` is the snapshot it is
  /// called with, if any; `recorded_seq` its seq if it is on record already.
  void begin_call(plugin::Actor& actor, const writ_snapshot* evaluated, std::uint64_t recorded_seq);
  /// Intents of a failed call get no judgement but the verdict plugin_error.
  void end_call(bool failed);

  /// The account that an intent of the actor is for.
  [[nodiscard]] std::uint32_t account_for(const plugin::Actor& actor,
                                          const writ_intent& intent) const;

  /// Exchanges `batch` for the intents submitted since the last time, in order; what it held is
  /// used again. False: there are none.
  bool take_intents(std::vector<PendingIntent>& batch);
  /// An intent on record that no call made again: it takes effect as recorded.
  void adopt(const writ_intent& intent, std::uint64_t id);
  [[nodiscard]] bool has_published() const noexcept { return !published_.empty(); }
  /// Values published since the last time, in order, as recorded.
  [[nodiscard]] std::vector<model::RecordWords> take_published();

  /// While refused, submit returns WRIT_E_LIMIT: the cascade of one input has gone too far.
  void refuse_submits(bool refuse) noexcept { refuse_submits_ = refuse; }

  [[nodiscard]] std::int64_t now() const override { return sink_.now(); }
  writ_status submit(std::uint32_t instance, const writ_intent& intent,
                     std::uint64_t& intent_id) override;
  writ_status publish(std::uint32_t instance, const writ_record& value) override;
  writ_status set_timer(std::uint32_t instance, std::uint64_t timer, std::int64_t due_ts) override;
  writ_status cancel_timer(std::uint32_t instance, std::uint64_t timer) override;
  writ_status random(std::uint32_t instance, std::uint64_t& value) override;
  void log(std::uint32_t instance, std::uint32_t severity, std::string_view text) override;
  std::int32_t book_levels(std::uint32_t instance, std::uint32_t instrument, std::uint32_t side,
                           std::span<writ_level> levels) override;
  std::int32_t working_orders(std::uint32_t instance, std::uint32_t instrument,
                              std::span<writ_order> orders) override;

 private:
  [[nodiscard]] std::uint64_t snapshot_seq_for(std::uint32_t instrument);
  [[nodiscard]] model::RecordWords spare_words();

  CoreSink& sink_;
  const model::InstrumentTable& tables_;
  Timers& timers_;
  const market::Markets& markets_;
  const execution::Orders& orders_;
  BuildSnapshot build_snapshot_;
  std::shared_ptr<Progress> progress_;
  std::shared_ptr<StageTimes> stage_times_;

  plugin::Actor* caller_ = nullptr;
  const writ_snapshot* evaluated_ = nullptr;
  /// Instrument and seq of the snapshots on record of this call: few, found by looking through.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> recorded_;
  std::size_t first_of_call_ = 0;
  bool refuse_submits_ = false;
  std::vector<PendingIntent> intents_;
  std::vector<model::RecordWords> spare_;  // of intents that were judged
  std::vector<model::RecordWords> published_;
  model::RecordWords snapshot_;
  model::RecordBuffer buffer_;
};

}  // namespace writ::engine
