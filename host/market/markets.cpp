#include "host/market/markets.hpp"

#include "host/base/assert.hpp"
#include "host/base/byte_stream.hpp"
#include "host/market/incident.hpp"
#include "host/market/market.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace writ::market {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kStateVersion = 2;

template <class Source>
std::string name_of(const Source& source) {
  return source.name.empty() ? std::string("a source without a name") : source.name;
}

/// What the clocks of host and source differ by, or a source's times go back by.
IncidentFacts clock_facts(std::uint16_t code, const writ_record& input, std::uint32_t instrument,
                          std::int64_t found_ns, const MarketsOptions& options) {
  IncidentFacts facts;
  facts.code = code;
  facts.instrument = instrument;
  facts.cause_seq = input.seq;
  facts.unit = WRIT_UNIT_NS;
  facts.value = static_cast<std::uint64_t>(found_ns);
  facts.threshold = static_cast<std::uint64_t>(options.clock_offset_ns);
  return facts;
}

}  // namespace

Markets::Markets(MarketsOptions options)
    : options_(std::move(options)), sources_(1), stale_check_ts_(kNever) {}
Markets::~Markets() = default;
Markets::Markets(Markets&&) noexcept = default;
Markets& Markets::operator=(Markets&&) noexcept = default;

void Markets::on_instrument(const writ_instrument& instrument) {
  WRIT_ASSERT(instrument.instrument > 0 && instrument.instrument <= kInstrumentMax);
  if (markets_.size() <= instrument.instrument)
    markets_.resize(std::size_t{instrument.instrument} + 1);
  if (source_of_.size() < markets_.size()) source_of_.resize(markets_.size(), 0);
  auto& market = markets_[instrument.instrument];
  if (market) {
    market->set_instrument(instrument);
  } else {
    market = std::make_unique<Market>(instrument, options_.features);
  }
}

void Markets::on_stream(const writ_stream& stream) {
  if (stream.stream > std::numeric_limits<std::uint16_t>::max()) return;  // no header can name it
  const std::string_view name = model::text_of(stream.source);
  const auto known = std::find_if(sources_.begin() + 1, sources_.end(),
                                  [name](const Source& source) { return source.name == name; });
  const auto index = static_cast<std::uint32_t>(known - sources_.begin());
  if (known == sources_.end()) sources_.push_back(Source{std::string(name), {}, {}});
  if (source_by_stream_.size() <= stream.stream)
    source_by_stream_.resize(std::size_t{stream.stream} + 1, 0);
  source_by_stream_[stream.stream] = index;
  if (stream.instrument == 0 || stream.instrument > kInstrumentMax) return;
  if (source_of_.size() <= stream.instrument)
    source_of_.resize(std::size_t{stream.instrument} + 1, 0);
  source_of_[stream.instrument] = index;
}

Market* Markets::find(std::uint32_t instrument) noexcept {
  return instrument < markets_.size() ? markets_[instrument].get() : nullptr;
}

const Market& Markets::at(InstrumentId instrument) const {
  WRIT_ASSERT(knows(instrument));
  return *markets_[instrument.raw()];
}

bool Markets::feeds(std::uint16_t stream, InstrumentId instrument) const noexcept {
  const auto source = stream < source_by_stream_.size() ? source_by_stream_[stream] : 0;
  return instrument.raw() < source_of_.size() && source_of_[instrument.raw()] == source;
}

Markets::Source& Markets::source_of(std::uint16_t stream) {
  return sources_[stream < source_by_stream_.size() ? source_by_stream_[stream] : 0];
}

Change Markets::apply(const writ_record& input, model::RecordSink& sink) {
  const auto with_market = [&](const auto* record, auto&& action) -> Change {
    if (record == nullptr) return {};
    Market* market = find(record->instrument);
    if (market == nullptr) return unknown_instrument(input, record->instrument, sink);
    check_times(input, record->instrument, sink);
    Change change;
    change.instrument = record->instrument;
    action(*market, *record, change);
    return change;
  };
  const auto book_updated = [this](const Market& market) {
    stale_check_ts_ = std::min(stale_check_ts_, market.stale_after(options_.stale_ns));
  };

  switch (input.type) {
    case WRIT_RECORD_BOOK_DELTA:
      return with_market(model::as<writ_book_delta>(input),
                         [&](Market& market, const writ_book_delta& delta, Change& change) {
                           change.top_changed = market.on_change(delta, sink);
                           book_updated(market);
                         });
    case WRIT_RECORD_BOOK_SNAPSHOT:
      return with_market(model::as<writ_book_snapshot>(input),
                         [&](Market& market, const writ_book_snapshot& image, Change& change) {
                           change.top_changed = market.on_image(image, sink);
                           book_updated(market);
                         });
    case WRIT_RECORD_BOOK_TOP:
      return with_market(model::as<writ_book_top>(input),
                         [&](Market& market, const writ_book_top& top, Change&) {
                           market.on_venue_top(top, sink);
                         });
    case WRIT_RECORD_TRADE:
      return with_market(model::as<writ_trade>(input),
                         [](Market& market, const writ_trade& trade, Change& change) {
                           market.on_trade(trade);
                           change.traded = true;
                         });
    case WRIT_RECORD_MARK_PRICE:
      return with_market(
          model::as<writ_mark_price>(input),
          [](Market& market, const writ_mark_price& mark, Change&) { market.on_mark_price(mark); });
    case WRIT_RECORD_TICK_CHANGE:
      return with_market(model::as<writ_tick_change>(input),
                         [](Market& market, const writ_tick_change& tick, Change& change) {
                           market.on_tick_change(tick);
                           change.status_changed = true;
                         });
    case WRIT_RECORD_SETTLEMENT:
      return with_market(model::as<writ_settlement>(input),
                         [&](Market& market, const writ_settlement&, Change& change) {
                           change.status_changed =
                               market.on_status(WRIT_MARKET_CLOSED, input.ingest_ts);
                         });
    case WRIT_RECORD_MARKET_STATUS:
      return on_status(input);
    case WRIT_RECORD_INSTRUMENT:
      if (const auto* instrument = model::as<writ_instrument>(input)) {
        on_instrument(*instrument);
        return {instrument->instrument, false, false, true};
      }
      return {};
    case WRIT_RECORD_STREAM:
      if (const auto* stream = model::as<writ_stream>(input)) on_stream(*stream);
      return {};
    default:
      return {};
  }
}

Change Markets::on_status(const writ_record& input) {
  const auto* status = model::as<writ_market_status>(input);
  if (status == nullptr) return {};
  Change change;
  change.instrument = status->instrument;
  if (status->instrument != 0) {
    Market* market = find(status->instrument);
    change.status_changed = market != nullptr && market->on_status(status->status, input.ingest_ts);
    return change;
  }
  // All instruments of the source: those that its streams name.
  for (const auto& market : markets_) {
    if (!market || !feeds(input.stream, InstrumentId{market->instrument().instrument})) continue;
    change.status_changed |= market->on_status(status->status, input.ingest_ts);
  }
  return change;
}

Change Markets::unknown_instrument(const writ_record& input, std::uint32_t instrument,
                                   model::RecordSink& sink) {
  if (bad_instrument_reported_) return {};
  bad_instrument_reported_ = true;
  IncidentFacts facts;
  facts.code = WRIT_INCIDENT_BAD_MESSAGE;
  facts.severity = WRIT_SEVERITY_ERROR;
  facts.cause_seq = input.seq;
  facts.unit = WRIT_UNIT_ID;
  facts.value = instrument;
  report_incident(facts,
                  "market record of an instrument nobody announced: " + std::to_string(instrument),
                  sink);
  return {};
}

// How long after its receipt an event is stamped, and how long before the one before it, where that
// is more than clocks differ. A stamp of the future is an offset's affair: the next true one does
// not go back.
void Markets::check_times(const writ_record& input, std::uint32_t instrument,
                          model::RecordSink& sink) {
  if (input.event_ts == WRIT_NONE) return;
  std::int64_t offset = 0;
  const bool fits = !__builtin_sub_overflow(input.event_ts, input.ingest_ts, &offset);
  if (fits && offset > options_.clock_offset_ns) {
    return report_offset(input, instrument, offset, sink);
  }
  if (input.stream == 0) return;
  if (last_event_ts_.size() <= input.stream) {
    last_event_ts_.resize(std::size_t{input.stream} + 1, WRIT_NONE);
  }
  const std::int64_t before = std::exchange(last_event_ts_[input.stream], input.event_ts);
  std::int64_t back = 0;
  if (before == WRIT_NONE || __builtin_sub_overflow(before, input.event_ts, &back) ||
      back <= options_.clock_offset_ns) {
    return;
  }
  report_back(input, instrument, back, sink);
}

void Markets::report_offset(const writ_record& input, std::uint32_t instrument, std::int64_t offset,
                            model::RecordSink& sink) {
  Source& source = source_of(input.stream);
  if (!begins(source.offset, input.ingest_ts)) return;
  report_incident(clock_facts(WRIT_INCIDENT_CLOCK_OFFSET, input, instrument, offset, options_),
                  name_of(source) + ": events stamped " + std::to_string(offset) +
                      " ns after their receipt; core time is the host's",
                  sink);
}

// The order in which they came stands; whoever measures by the venue's times should know.
void Markets::report_back(const writ_record& input, std::uint32_t instrument, std::int64_t back,
                          model::RecordSink& sink) {
  Source& source = source_of(input.stream);
  if (!begins(source.back, input.ingest_ts)) return;
  report_incident(clock_facts(WRIT_INCIDENT_TIME_BACKWARDS, input, instrument, back, options_),
                  name_of(source) + ": an event stamped " + std::to_string(back) +
                      " ns before the one before it; taken in the order they came",
                  sink);
}

bool Markets::begins(Episode& episode, std::int64_t now) const {
  const bool goes_on = episode.begun && now - episode.seen_ts <= options_.clock_offset_calm_ns;
  episode = {true, now};
  return !goes_on;
}

void Markets::report_stale(std::int64_t now, model::RecordSink& sink) {
  stale_check_ts_ = kNever;
  for (const auto& market : markets_) {
    if (!market) continue;
    market->check_stale(now, options_.stale_ns, sink);
    stale_check_ts_ = std::min(stale_check_ts_, market->stale_after(options_.stale_ns));
  }
}

void Markets::finish(model::RecordSink& sink) {
  for (const auto& market : markets_) {
    if (market) market->finish(sink);
  }
}

bool Markets::knows(InstrumentId instrument) const noexcept {
  return instrument.raw() < markets_.size() && markets_[instrument.raw()] != nullptr;
}

const Book& Markets::book(InstrumentId instrument) const { return at(instrument).sync().book(); }

const writ_instrument& Markets::instrument(InstrumentId instrument) const {
  return at(instrument).instrument();
}

MarketView Markets::view(InstrumentId instrument, std::int64_t now) const {
  return at(instrument).view(now, options_.stale_ns);
}

FeatureVector Markets::features(InstrumentId instrument, std::int64_t now) const {
  return at(instrument).features(now);
}

std::vector<InstrumentId> Markets::instruments() const {
  std::vector<InstrumentId> ids;
  for (const auto& market : markets_) {
    if (market) ids.emplace_back(market->instrument().instrument);
  }
  return ids;
}

Markets::Counters Markets::counters(InstrumentId instrument) const {
  const Market& market = at(instrument);
  return {market.changes(),
          market.trades(),
          market.gaps(),
          market.top_check().checks(),
          market.top_check().mismatches(),
          market.sync().ever_in_sync()};
}

std::vector<std::byte> Markets::save() const {
  base::ByteWriter out;
  out.put(kStateVersion);
  out.put(static_cast<std::uint64_t>(sources_.size()));
  for (const Source& source : sources_) {
    out.put_text(source.name);
    for (const Episode* episode : {&source.offset, &source.back}) {
      out.put(static_cast<std::uint8_t>(episode->begun));
      out.put(episode->seen_ts);
    }
  }
  out.put(static_cast<std::uint64_t>(source_by_stream_.size()));
  for (const std::uint32_t source : source_by_stream_) out.put(source);
  out.put(static_cast<std::uint64_t>(source_of_.size()));
  for (const std::uint32_t source : source_of_) out.put(source);
  out.put(static_cast<std::uint64_t>(last_event_ts_.size()));
  for (const std::int64_t ts : last_event_ts_) out.put(ts);
  out.put(static_cast<std::uint8_t>(bad_instrument_reported_));
  const auto ids = instruments();
  out.put(static_cast<std::uint64_t>(ids.size()));
  for (const InstrumentId id : ids) {
    const Market& market = at(id);
    out.put_bytes(std::as_bytes(std::span{&market.instrument(), 1}));
    market.save(out);
  }
  return out.take();
}

base::Result<void> Markets::load(std::span<const std::byte> bytes) {
  Markets fresh(options_);
  base::ByteReader in(bytes);
  const auto read = fresh.read(in);
  *this = read ? std::move(fresh) : Markets(options_);
  return read;
}

base::Result<void> Markets::read(base::ByteReader& in) {
  const base::Error corrupt(base::Errc::kCorrupt, "saved markets");
  if (in.get<std::uint32_t>() != kStateVersion) {
    return base::Error(base::Errc::kUnsupported, "saved markets");
  }
  constexpr std::uint64_t kStreamMax = std::uint64_t{1} << 16U;
  const auto sources = in.get<std::uint64_t>();
  if (!in.ok() || sources == 0 || sources > kStreamMax) return corrupt;
  sources_.clear();
  for (std::uint64_t i = 0; i < sources && in.ok(); ++i) {
    Source source;
    source.name = in.get_text();
    for (Episode* episode : {&source.offset, &source.back}) {
      episode->begun = in.get<std::uint8_t>() != 0;
      episode->seen_ts = in.get<std::int64_t>();
    }
    sources_.push_back(std::move(source));
  }
  const auto read_sources = [&](std::vector<std::uint32_t>& to, std::uint64_t limit) {
    const auto count = in.get<std::uint64_t>();
    if (!in.ok() || count > limit) return false;
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
      to.push_back(in.get<std::uint32_t>());
      if (to.back() >= sources_.size()) return false;
    }
    return in.ok();
  };
  if (!read_sources(source_by_stream_, kStreamMax) ||
      !read_sources(source_of_, std::uint64_t{kInstrumentMax} + 1)) {
    return corrupt;
  }
  const auto stamped = in.get<std::uint64_t>();
  if (!in.ok() || stamped > kStreamMax) return corrupt;
  for (std::uint64_t i = 0; i < stamped && in.ok(); ++i) {
    last_event_ts_.push_back(in.get<std::int64_t>());
  }
  bad_instrument_reported_ = in.get<std::uint8_t>() != 0;
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto image = in.get_bytes();
    writ_instrument instrument;
    if (image.size() != sizeof instrument) return corrupt;
    std::memcpy(&instrument, image.data(), sizeof instrument);
    if (instrument.instrument == 0 || instrument.instrument > kInstrumentMax ||
        find(instrument.instrument) != nullptr) {
      return corrupt;
    }
    on_instrument(instrument);
    Market& market = *find(instrument.instrument);
    if (const auto loaded = market.load(in); !loaded) return loaded;
    stale_check_ts_ = std::min(stale_check_ts_, market.stale_after(options_.stale_ns));
  }
  if (!in.complete()) return corrupt;
  return {};
}

}  // namespace writ::market
