#include "host/cli/tape_quality.hpp"

#include "host/base/input_error.hpp"
#include "host/journal/tape.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/names.hpp"
#include "host/model/record_sink.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>

namespace writ::cli {
namespace {

// Counts what the markets report.
class IncidentCounter final : public model::RecordSink {
 public:
  explicit IncidentCounter(TapeQuality& quality) : quality_(quality) {}

  void begin(const writ_record& input) { now_ = input.ingest_ts; }

  [[nodiscard]] RunNumber run() const override { return RunNumber{1}; }
  [[nodiscard]] Seq next_seq() const override { return Seq{seq_ + 1}; }
  std::uint64_t append(writ_record& record) override {
    record.seq = ++seq_;
    record.ingest_ts = now_;
    if (const auto* incident = model::as<writ_incident>(record)) {
      ++quality_.incidents[std::string(model::kIncidentWords.text(incident->code))];
      constexpr std::size_t kLinesMax = 20;
      if (quality_.lines.size() < kLinesMax) {
        quality_.lines.emplace_back(model::tail_text(*incident, incident->text_size));
      }
    }
    return seq_;
  }

 private:
  TapeQuality& quality_;
  std::uint64_t seq_ = 0;
  std::int64_t now_ = 0;
};

}  // namespace

TapeQuality tape_quality(journal::Storage& storage, const std::filesystem::path& path) {
  auto reader = journal::TapeReader::open(storage, path);
  if (!reader) throw base::InputError::from(path.string(), reader.error());
  TapeQuality quality;
  IncidentCounter sink(quality);
  market::Markets markets;
  model::InstrumentTable tables;
  std::int64_t now = 0;
  for (;;) {
    const auto next = reader->next();
    if (!next) throw base::InputError("", reader->describe(next.error()));
    if (*next == nullptr) break;
    const writ_record& record = **next;
    static_cast<void>(tables.apply(record));
    now = std::max(now, record.ingest_ts);
    sink.begin(record);
    markets.on_time(now, sink);
    static_cast<void>(markets.apply(record, sink));
  }
  markets.finish(sink);
  for (const InstrumentId instrument : markets.instruments()) {
    quality.instruments.push_back(
        {std::string(tables.instrument_name(instrument.raw())), markets.counters(instrument)});
  }
  return quality;
}

}  // namespace writ::cli
