#pragma once

#include "host/engine/core_sink.hpp"
#include "host/engine/pipeline.hpp"
#include "host/engine/run.hpp"
#include "host/model/record_words.hpp"
#include "host/venue/paper/paper_venue.hpp"
#include "tests/bench/market_feed.hpp"

#include <cstdint>

namespace writ::bench {

/// The same core, exchange and strategy as HostBacktest, but nothing is put on record: what a
/// journal costs is what is missing here. The product has no such mode.
class UnrecordedBacktest {
 public:
  UnrecordedBacktest(const MarketRecords& records, const engine::RunSetup& setup);

  /// To the end of the data.
  void go();

  [[nodiscard]] const engine::RunSummary& summary() const { return sink_.summary(); }

 private:
  /// Numbers the records and forgets them.
  class Sink final : public engine::CoreSink {
   public:
    [[nodiscard]] RunNumber run() const override { return RunNumber{1}; }
    [[nodiscard]] Seq next_seq() const override { return Seq{seq_ + 1}; }
    void number(writ_record& input) { input.seq = ++seq_; }

   protected:
    std::uint64_t put(writ_record& record) override;

   private:
    std::uint64_t seq_ = 0;
  };

  void work_on(writ_record& input);

  MemoryFeed feed_;
  venue::paper::PaperVenue venue_;
  Sink sink_;
  engine::Pipeline pipeline_;
  model::RecordWords input_;
  std::int64_t last_ts_ = 0;
};

}  // namespace writ::bench
