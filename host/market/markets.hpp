#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book.hpp"
#include "host/market/features.hpp"
#include "host/market/market_view.hpp"
#include "host/model/record_sink.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/market.h>
#include <writ/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::market {

class Market;

struct MarketsOptions {
  std::int64_t stale_ns = 5'000'000'000;         ///< a book not updated for longer is stale
  std::int64_t clock_offset_ns = 1'000'000'000;  ///< an event stamped later than its receipt, or
                                                 ///< before the one before it, by more
  /// An offset not seen for so long has ended; the next one is a new episode.
  std::int64_t clock_offset_calm_ns = 60'000'000'000;
  FeatureOptions features = {};
};

/// What one input did.
struct Change {
  std::uint32_t instrument = 0;  ///< 0: none, or (status_changed) all of a source
  bool top_changed = false;      ///< best bid or ask: price, quantity, or whether they can be used
  bool traded = false;
  bool status_changed = false;
};

/// The market state of a run: one book, last trade, mark and feature tracker per instrument.
/// Deterministic: a function of the records applied. Incidents (gap, crossed book, mismatch with
/// the venue's own top, clock offset, times that go back, staleness, bad message) go to the sink,
/// one per episode.
/// [sequencer-thread]
class Markets {
 public:
  explicit Markets(MarketsOptions options = {});
  ~Markets();
  Markets(Markets&&) noexcept;
  Markets& operator=(Markets&&) noexcept;

  /// Adds an instrument, or changes it (tick, status). Ids are small: from 1 to kInstrumentMax.
  static constexpr std::uint32_t kInstrumentMax = 1U << 20U;
  void on_instrument(const writ_instrument& instrument);
  /// What the stream number of later records stands for: their source, for clock offsets.
  void on_stream(const writ_stream& stream);

  /// Applies one input record, INSTRUMENT and STREAM included; types that are no market's are
  /// ignored. `input.ingest_ts` is core time and does not go back.
  Change apply(const writ_record& input, model::RecordSink& sink);

  /// Core time is `now`: STALE_FEED for each book that became stale. To be called before the input
  /// that brought this time is applied. Cheap while nothing is due.
  void on_time(std::int64_t now, model::RecordSink& sink) {
    if (is_due(now)) report_stale(now, sink);
  }
  /// Whether some book may have become stale by `now`.
  [[nodiscard]] bool is_due(std::int64_t now) const noexcept { return now > stale_check_ts_; }
  /// The data have ended: NEVER_TRADABLE for each instrument whose book never came into sync.
  void finish(model::RecordSink& sink);

  [[nodiscard]] bool knows(InstrumentId instrument) const noexcept;
  /// The others need knows(instrument).
  [[nodiscard]] const Book& book(InstrumentId instrument) const;
  [[nodiscard]] const writ_instrument& instrument(InstrumentId instrument) const;
  [[nodiscard]] MarketView view(InstrumentId instrument, std::int64_t now) const;
  [[nodiscard]] FeatureVector features(InstrumentId instrument, std::int64_t now) const;

  /// Whether an instrument's data comes from the source of a stream.
  [[nodiscard]] bool feeds(std::uint16_t stream, InstrumentId instrument) const noexcept;

  /// Ids known, ascending.
  [[nodiscard]] std::vector<InstrumentId> instruments() const;

  struct Counters {
    std::uint64_t changes = 0;  ///< book changes and images applied
    std::uint64_t trades = 0;
    std::uint64_t gaps = 0;        ///< times the book fell out of sync
    std::uint64_t top_checks = 0;  ///< coincidences of update ids compared
    std::uint64_t top_mismatches = 0;
    bool ever_in_sync = false;
  };
  [[nodiscard]] Counters counters(InstrumentId instrument) const;

  /// Whole state; same state, same bytes. load: kCorrupt, and no instrument is known then.
  [[nodiscard]] std::vector<std::byte> save() const;
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> bytes);

 private:
  struct Episode {
    bool begun = false;
    std::int64_t seen_ts = 0;
  };
  struct Source {
    std::string name;
    Episode offset;
    Episode back;  // of times that go back
  };

  [[nodiscard]] Market* find(std::uint32_t instrument) noexcept;
  [[nodiscard]] const Market& at(InstrumentId instrument) const;
  [[nodiscard]] Source& source_of(std::uint16_t stream);
  void check_times(const writ_record& input, std::uint32_t instrument, model::RecordSink& sink);
  void report_offset(const writ_record& input, std::uint32_t instrument, std::int64_t offset,
                     model::RecordSink& sink);
  void report_back(const writ_record& input, std::uint32_t instrument, std::int64_t back,
                   model::RecordSink& sink);
  /// Notes what is wrong with a source; whether that is a new episode.
  [[nodiscard]] bool begins(Episode& episode, std::int64_t now) const;
  void report_stale(std::int64_t now, model::RecordSink& sink);
  Change on_status(const writ_record& input);
  [[nodiscard]] base::Result<void> read(base::ByteReader& in);
  Change unknown_instrument(const writ_record& input, std::uint32_t instrument,
                            model::RecordSink& sink);

  MarketsOptions options_;
  std::vector<std::unique_ptr<Market>> markets_;  // by id, gaps are null
  std::vector<Source> sources_;                   // the first is of streams nobody announced
  std::vector<std::uint32_t> source_by_stream_;   // index into sources_
  std::vector<std::int64_t> last_event_ts_;       // by stream
  std::vector<std::uint32_t> source_of_;          // by instrument: that of its last stream
  std::int64_t stale_check_ts_;                   // no book gets stale before
  bool bad_instrument_reported_ = false;
};

}  // namespace writ::market
