#pragma once

#include "host/cli/clock_pacer.hpp"
#include "host/engine/ports.hpp"
#include "host/engine/run.hpp"
#include "host/journal/storage.hpp"
#include "host/plugin/module.hpp"
#include "host/venue/paper/paper_venue.hpp"
#include "tests/bench/market_feed.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace writ::bench {

/// What the events of one phase cost, in ns, one value an event.
struct Latencies {
  std::vector<double> worked;   ///< from taken to done, by clock_ns()
  std::vector<double> delayed;  ///< from due to done, real time: what waiting and stalls add
};

/// A paper host on the L2 market, over and over, whose events are due at a fixed rate whatever the
/// host does; group commit, as a paper host is run. The sequencer thread is its own, waits by
/// spinning and stays on one core.
class PacedHost {
 public:
  struct Options {
    std::filesystem::path folder;
    std::int64_t period_ns = 100'000;
    int core = 0;
  };
  PacedHost(const MarketRecords& records, std::shared_ptr<const plugin::Module> module,
            const Options& options);
  /// Stops the run.
  ~PacedHost();
  PacedHost(const PacedHost&) = delete;
  PacedHost& operator=(const PacedHost&) = delete;

  /// Begins to trade.
  void go();
  /// Waits for the next `events` events; what they cost.
  [[nodiscard]] Latencies measure(std::size_t events);
  /// Ends the run; its journal is closed.
  void stop();

  [[nodiscard]] Seq durable_seq() const { return run_->durable_seq(); }
  [[nodiscard]] RunNumber number() const { return run_->setup().identity.run_number; }
  [[nodiscard]] const engine::RunSummary& summary() const { return run_->summary(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return options_.folder; }
  [[nodiscard]] journal::Storage& files() { return storage_; }

 private:
  class Feed final : public feed::FeedSource {
   public:
    Feed(PacedHost& host, const MarketRecords& records) : host_(host), records_(records) {}
    [[nodiscard]] std::optional<std::int64_t> next_ts() override { return due_; }
    [[nodiscard]] const writ_record& take() override;
    [[nodiscard]] bool exhausted() const override { return false; }
    void begin(std::int64_t due) { due_ = due; }

   private:
    PacedHost& host_;
    const MarketRecords& records_;
    const writ_record* last_ = nullptr;
    std::vector<std::uint64_t> words_;
    std::uint64_t id_shift_ = 0;
    std::int64_t due_ = 0;
  };
  struct SpinningPacer final : engine::Pacer {
    bool wait_until(std::int64_t ts) override {
      while (cli::wall_clock_ns() < ts) {
      }
      return true;
    }
    std::int64_t stamp(std::int64_t ts) override { return std::max(ts, cli::wall_clock_ns()); }
  };
  /// Asked between two events: the one before is done then.
  struct Operators final : engine::OperatorPort {
    explicit Operators(PacedHost& owner) : host(owner) {}
    std::optional<Request> poll() override;
    PacedHost& host;
  };

  void event_taken(std::int64_t due);
  void event_done();

  Options options_;
  journal::PosixStorage storage_;
  Feed feed_;
  venue::paper::PaperVenue venue_;
  SpinningPacer pacer_;
  Operators operators_{*this};
  std::unique_ptr<engine::Run> run_;
  std::thread thread_;

  // Of the sequencer thread, but for the hand-over of `asked_`.
  std::atomic<Latencies*> asked_ = nullptr;
  std::size_t wanted_ = 0;
  std::atomic<bool> stopping_ = false;
  bool open_ = false;  // an event is being worked on
  std::int64_t due_ = 0;
  std::int64_t taken_ = 0;
};

}  // namespace writ::bench
