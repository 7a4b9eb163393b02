#include "tests/scenario/text/scenario_player.hpp"

#include "host/base/hex.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/core_options.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/support/silent_venue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace writ::test {
namespace {

/// Thrown through the host to end it where it stands.
struct Killed {};

/// A scenario being played: the host's feed and its operators.
class Stage final : public feed::FeedSource, public engine::OperatorPort {
 public:
  Stage(const Scenario& scenario, std::optional<std::uint64_t> death)
      : scenario_(scenario), world_(scenario.world), death_(death) {
    for (const auto& table : world_.tables()) (void)tables_.apply(record_in(table));
  }

  Played play() {
    storage_ = std::make_unique<FaultyStorage>();
    while (!live()) {
      storage_ = left_behind();
      if (testing::Test::HasFatalFailure() || !run_started_) return played_;
    }
    for (std::uint32_t run = 1; run <= played_.runs; ++run) verify(run);
    played_.records = history_.records();
    played_.storage = std::move(storage_);
    return std::move(played_);
  }

  // The script as a feed.
  [[nodiscard]] std::optional<std::int64_t> next_ts() override {
    if (exhausted()) return std::nullopt;
    return step().ts;
  }
  [[nodiscard]] bool exhausted() const override { return next_ == scenario_.steps.size(); }
  [[nodiscard]] const writ_record& take() override {
    look();
    const auto& now = step();
    ++next_;
    switch (now.kind) {
      case ScenarioStep::Kind::kRestart:
        unjudged_ = now.unjudged;
        throw Killed{};
      case ScenarioStep::Kind::kReload:
        reload_ = now.configuration;
        break;
      case ScenarioStep::Kind::kAnswer:
        if (auto answer = now.answer(history_)) {
          answer_ = std::move(*answer);
          record_in(answer_).ingest_ts = record_in(answer_).event_ts = now.ts;
          return record_in(answer_);
        }
        ADD_FAILURE_AT(scenario_.file.c_str(), static_cast<int>(now.line))
            << "the venue is to speak of an intent that has no order";
        answer_ = words_of(clock_at(now.ts).header);
        return record_in(answer_);
      case ScenarioStep::Kind::kRecord:
        if (record_in(now.record).type == WRIT_RECORD_BAR) {
          return with_targets(now.record, sizeof(writ_bar));
        }
        if (record_in(now.record).type == WRIT_RECORD_INTENT_INPUT) {
          return with_targets(now.record, 0);
        }
        break;
    }
    return record_in(now.record);
  }

  [[nodiscard]] std::optional<Request> poll() override {
    if (reload_) {
      return [this, configuration = *std::exchange(reload_, {})](engine::Run& run) {
        configuration_ = configuration;
        engine::ReloadSetup setup;
        setup.config_text = scenario_.configurations[configuration];
        setup.config_hash = hash_of(setup.config_text);
        setup.changes = reload_to(setup.config_text);
        run.reload(std::move(setup));
      };
    }
    if (death_ == played_.turns++) throw Killed{};
    return std::nullopt;
  }

 private:
  [[nodiscard]] const ScenarioStep& step() const { return scenario_.steps[next_]; }

  /// The intents from `first` on with the ids of those they are about, instead of their tags.
  const writ_record& with_targets(const Words& record, std::size_t first) {
    answer_ = record;
    auto* bytes = reinterpret_cast<std::byte*>(answer_.data());
    for (std::size_t at = first; at < record_in(answer_).size; at += sizeof(writ_intent)) {
      auto& intent = *reinterpret_cast<writ_intent*>(bytes + at);
      if (intent.target_intent == 0) continue;
      const auto* verdict = history_.verdict(intent.target_intent);
      intent.target_intent = verdict == nullptr ? 0 : verdict->intent_id;
    }
    return record_in(answer_);
  }

  static writ_clock clock_at(std::int64_t ts) {
    auto clock = model::make_record<writ_clock>();
    clock.header.ingest_ts = clock.header.event_ts = ts;
    return clock;
  }

  static base::Sha256Digest hash_of(const std::string& text) {
    return base::Sha256().update(std::string_view(text)).digest();
  }

  static config::Config config_of(std::string_view text) {
    return config::read_config(config::Document::recorded(text, "the scenario"), "/");
  }

  [[nodiscard]] engine::CoreOptions core_of(std::string_view text) const {
    auto core = cli::core_options(config_of(text), tables_, 1);
    core.snapshot_policy = engine::SnapshotPolicy::kIntent;
    return core;
  }

  [[nodiscard]] engine::Reload reload_to(std::string_view text) const {
    engine::Reload reload;
    reload.arbiter = cli::arbiter_options(config_of(text), tables_);
    return reload;
  }

  /// Of a run on record.
  [[nodiscard]] engine::Recipe recipe_of(std::string_view text) const {
    return {
        core_of(text), world_.instances(),
        [this](std::string_view changed, const engine::Pipeline&) { return reload_to(changed); }};
  }

  [[nodiscard]] engine::RunSetup setup_of(std::uint32_t run, const engine::Past* past) const {
    auto setup = world_.setup(run);
    setup.config_text = scenario_.configurations[configuration_];
    setup.identity.config_hash = hash_of(setup.config_text);
    setup.core = core_of(setup.config_text);
    if (past != nullptr) setup.past = recipe_of(past->config_text);
    return setup;
  }

  /// What the dead host left: everything, or (of its first run) the records up to an intent.
  std::unique_ptr<FaultyStorage> left_behind() {
    if (unjudged_ == 0) return storage_->after_process_death();
    EXPECT_EQ(played_.runs, 1U) << "before_verdict is for the first death only";
    const auto records = history_.cut_after_intent(std::exchange(unjudged_, 0));
    auto cut = dead_run(world_, records, records.size());
    return std::unique_ptr<FaultyStorage>(static_cast<FaultyStorage*>(cut.release()));
  }

  /// One life of the host; false if it was killed.
  bool live() {
    run_started_ = false;
    std::optional<engine::Past> past;
    if (played_.runs > 0) {
      past = open_past(world_, *storage_);
      if (!past) return false;
    }
    const auto number = ++played_.runs;
    venue::paper::PaperVenues paper{
        cli::paper_options(config_of(scenario_.configurations.front()))};
    SilentVenue silent(true);
    execution::OrderGateway& venue =
        scenario_.scripted_venue ? static_cast<execution::OrderGateway&>(silent) : paper;
    TapePacer pacer;
    auto started = engine::Run::start(setup_of(number, past ? &*past : nullptr), *storage_,
                                      past ? &*past : nullptr, *this, venue, pacer, *this);
    if (!started) {
      ADD_FAILURE() << scenario_.file << ": run " << number
                    << " did not start: " << to_string(started.error());
      return false;
    }
    run_started_ = true;
    run_ = started->get();
    if (run_->restarted()) {
      EXPECT_TRUE(run_->restarted()->differing.empty());
      EXPECT_EQ(run_->restarted()->unmatched_records, 0U);
    }
    history_.follow(*storage_, run_folder(world_, number));
    try {
      run_->go();
      history_.catch_up();
      return true;
    } catch (const Killed&) {
      if (death_ && played_.turns > *death_) death_.reset();
      history_.catch_up();
      return false;
    }
  }

  /// What is expected at this place.
  void look() {
    history_.catch_up();
    const Evidence evidence{run_->pipeline(), history_};
    for (const auto& expectation : step().expectations) {
      ++played_.expectations;
      const auto found = expectation.found(evidence);
      if (found == expectation.wanted) continue;
      ADD_FAILURE_AT(scenario_.file.c_str(), static_cast<int>(expectation.line))
          << expectation.subject << ": expected " << expectation.wanted << ", found " << found;
    }
  }

  void verify(std::uint32_t run) {
    const auto past_config = [&]() -> std::string {
      for (const auto& words : read_run(*storage_, run_folder(world_, run))) {
        const auto* config = model::as<writ_config_change>(record_in(words));
        if (config != nullptr) return std::string(model::tail_text(*config, config->text_size));
      }
      return "{}";
    }();
    engine::VerifySetup setup;
    static_cast<engine::Recipe&>(setup) = recipe_of(past_config);
    setup.resimulate = !scenario_.scripted_venue;
    SilentVenue silent(true);
    venue::paper::PaperVenues paper{
        cli::paper_options(config_of(scenario_.configurations.front()))};
    execution::OrderGateway& venue =
        scenario_.scripted_venue ? static_cast<execution::OrderGateway&>(silent) : paper;
    const auto verified = engine::verify_run(*storage_, run_folder(world_, run), setup, venue);
    if (!verified) {
      ADD_FAILURE() << scenario_.file << ": run " << run
                    << " cannot be recomputed: " << to_string(verified.error());
    } else if (verified->difference) {
      ADD_FAILURE() << scenario_.file << ": run " << run << " recomputed differs at record "
                    << verified->difference->seq.raw() << ": " << verified->difference->text;
    }
  }

  const Scenario& scenario_;
  const World& world_;
  std::optional<std::uint64_t> death_;
  model::InstrumentTable tables_;
  std::unique_ptr<FaultyStorage> storage_;
  ScenarioHistory history_;
  engine::Run* run_ = nullptr;
  bool run_started_ = false;
  std::size_t next_ = 0;
  std::size_t configuration_ = 0;
  std::optional<std::size_t> reload_;
  std::uint64_t unjudged_ = 0;
  Words answer_;
  Played played_;
};

}  // namespace

Played play(const Scenario& scenario, std::optional<std::uint64_t> death) {
  return Stage(scenario, death).play();
}

}  // namespace writ::test
