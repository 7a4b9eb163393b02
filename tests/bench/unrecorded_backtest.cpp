#include "tests/bench/unrecorded_backtest.hpp"

#include "host/model/record_words.hpp"
#include "tests/bench/host_backtest.hpp"

#include <algorithm>

namespace writ::bench {

std::uint64_t UnrecordedBacktest::Sink::put(writ_record& record) {
  record.seq = ++seq_;
  return record_id<IntentId>(run(), Seq{seq_}).raw();
}

UnrecordedBacktest::UnrecordedBacktest(const MarketRecords& records, const engine::RunSetup& setup)
    : feed_(records), venue_(no_latency()), pipeline_(setup.core, sink_) {
  auto started = model::make_record<writ_run_started>();
  started.run_number = 1;
  started.mode = setup.mode;
  started.header.ingest_ts = feed_.next_ts().value();
  work_on(started.header);
  for (auto table : setup.tables) work_on(model::record_in(table));
  for (const auto& instance : setup.instances) pipeline_.add_instance(instance);
  for (auto deposit : setup.deposits) {
    deposit.header.ingest_ts = feed_.next_ts().value();
    work_on(deposit.header);
  }
}

// At equal times the market goes before the venue's answers, and both before the clock.
void UnrecordedBacktest::go() {
  while (!feed_.exhausted()) {
    const auto feed_ts = feed_.next_ts().value();
    const auto report_ts = venue_.next_due().value_or(INT64_MAX);
    const auto deadline = pipeline_.next_deadline().value_or(INT64_MAX);
    const auto next = std::min({feed_ts, report_ts, deadline});
    if (feed_ts == next) {
      model::assign(input_, feed_.take());
      work_on(model::record_in(input_));
    } else if (report_ts == next) {
      const auto* report = venue_.take_report(next);
      if (report == nullptr) continue;
      model::assign(input_, *report);
      work_on(model::record_in(input_));
    } else {
      auto clock = model::make_record<writ_clock>();
      clock.header.ingest_ts = clock.header.event_ts = next;
      work_on(clock.header);
    }
  }
}

void UnrecordedBacktest::work_on(writ_record& input) {
  last_ts_ = std::max(last_ts_, input.ingest_ts);
  input.ingest_ts = last_ts_;
  sink_.number(input);
  venue_.observe(input);
  pipeline_.on_input(input);
  pipeline_.take_commands([this](const writ_order& order) { venue_.send(order); });
  (void)pipeline_.take_checkpoint_due();
}

}  // namespace writ::bench
