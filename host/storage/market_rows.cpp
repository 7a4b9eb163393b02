// Raw frames, and what market records say: book levels, trades and other events, states.
#include "host/model/names.hpp"
#include "host/model/record_json.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/raw_frame.hpp"
#include "host/storage/record_rows.hpp"
#include "host/storage/words.hpp"

#include <boost/json/serialize.hpp>

#include <cstring>
#include <string>

namespace writ::storage {
namespace {

constexpr WriteSql kRawEvent{
    "raw_event",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, raw_event_id, seq, topic, "
    "instrument_id, payload",
    ""};

constexpr WriteSql kMarketEvent{
    "market_event",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, event_id, instrument_id, "
    "event_type, raw_seq, payload",
    ""};

constexpr WriteSql kBookLevel{
    "book_level",
    "schema_version, source, ingest_ts, event_ts, run_id, journal_seq, instrument_id, side, level, "
    "price, size",
    // A level that changes twice in one instant of the venue's clock is one row; both frames are
    // in raw_event.
    "ON CONFLICT (run_id, instrument_id, side, level, event_ts) DO NOTHING"};

constexpr WriteSql kInstrumentStatus{
    "instrument", "",
    "UPDATE instrument SET status = $1, updated_ts = $2 WHERE instrument_id = $3"};

// The depth of an instrument before a record, from the last image on.
constexpr std::string_view kDepthFrames =
    "SELECT topic, payload FROM raw_event WHERE run_id = $1 AND source = $2 AND "
    "instrument_id = $3 AND topic IN ('book_snapshot', 'book_delta') AND raw_event_id < $4 AND "
    "raw_event_id >= COALESCE((SELECT MAX(raw_event_id) FROM raw_event WHERE run_id = $1 AND "
    "source = $2 AND instrument_id = $3 AND topic = 'book_snapshot' AND raw_event_id < $4), 0) "
    "ORDER BY raw_event_id";

// A stored payload behind a header again.
std::vector<std::uint64_t> record_of(std::uint16_t type, std::string_view payload) {
  std::vector<std::uint64_t> words((sizeof(writ_record) + payload.size()) / 8, 0);
  auto& header = *reinterpret_cast<writ_record*>(words.data());
  header.type = type;
  header.size = static_cast<std::uint32_t>(words.size() * 8);
  std::memcpy(reinterpret_cast<char*>(words.data()) + sizeof header, payload.data(),
              header.size - sizeof header);
  return words;
}

// False if the counts exceed the record.
template <class Depth>
bool apply_levels(const Depth& record, BookLadder& ladder) {
  const std::size_t count = std::size_t{record.bid_count} + record.ask_count;
  const auto levels = model::tail_array<writ_level>(record, count);
  if (levels.size() != count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    ladder.set(i < record.bid_count ? WRIT_SIDE_BUY : WRIT_SIDE_SELL, levels[i]);
  }
  return true;
}

bool apply_depth(const writ_record& record, BookLadder& ladder) {
  if (const auto* image = model::as<writ_book_snapshot>(record)) {
    ladder.clear();
    return apply_levels(*image, ladder);
  }
  const auto* change = model::as<writ_book_delta>(record);
  return change != nullptr && apply_levels(*change, ladder);
}

}  // namespace

base::Result<std::int64_t> RecordRows::next_frame(std::string_view source) {
  if (const auto known = next_frames_.find(source); known != next_frames_.end()) {
    return known->second;
  }
  auto query = row_.query(
      "SELECT COALESCE(MAX(seq) + 1, 0) FROM raw_event WHERE run_id = $1 AND source = $2");
  if (!query) return query.error();
  (*query)->bind_text(1, tables_.run_id);
  (*query)->bind_text(2, source);
  const auto row = (*query)->step();
  if (!row) return row.error();
  return next_frames_[std::string(source)] = (*query)->integer(0);
}

base::Result<void> RecordRows::log_raw_event(const writ_record& record) {
  const std::string_view source = tables_.source(record.stream);
  const auto seq = next_frame(source);
  if (!seq) return seq.error();
  const auto* instrument = tables_.instrument(frame_instrument(record));
  envelope(kRawEvent, record).id(tables_.id(record.seq)).integer(*seq).text(frame_topic(record));
  instrument != nullptr ? row_.integer(instrument->row_id) : row_.null();
  const auto payload = frame_payload(record);
  row_.bytes(std::as_bytes(std::span(payload.data(), payload.size())));
  auto written = write();
  if (written) next_frames_.find(source)->second = *seq + 1;
  return written;
}

base::Result<void> RecordRows::insert_market_event(const writ_record& record) {
  const auto* instrument = tables_.instrument(frame_instrument(record));
  const auto frame = next_frames_.find(tables_.source(record.stream));
  const std::string event_id = std::to_string(tables_.id(record.seq));
  json_ = boost::json::serialize(model::record_to_json(record));
  envelope(kMarketEvent, record).text(event_id);
  instrument != nullptr ? row_.integer(instrument->row_id) : row_.null();
  row_.text(frame_topic(record));
  frame != next_frames_.end() ? row_.integer(frame->second - 1) : row_.null();
  row_.text(json_);
  return write();
}

base::Result<void> RecordRows::insert_market_status(const writ_market_status& record) {
  if (auto written = insert_market_event(record.header); !written) return written;
  if (record.status == WRIT_MARKET_CONNECTED || record.status == WRIT_MARKET_DISCONNECTED) {
    const bool up = record.status == WRIT_MARKET_CONNECTED;
    const std::string source(tables_.source(record.header.stream));
    return write_event(record.header, up ? "INFO" : "WARN", up ? "WS_CONNECT" : "WS_DISCONNECT",
                       source, R"({"stream":)" + std::to_string(record.header.stream) + "}");
  }
  const auto* instrument = tables_.instrument(record.instrument);
  if (instrument == nullptr) return {};  // the whole source: each instrument follows by its own
  const std::string_view status = record.status == WRIT_MARKET_OPEN        ? "ACTIVE"
                                  : record.status == WRIT_MARKET_SUSPENDED ? "SUSPENDED"
                                                                           : "CLOSED";
  row_.begin(kInstrumentStatus)
      .text(status)
      .integer(record.header.ingest_ts)
      .integer(instrument->row_id);
  return write();
}

base::Result<void> RecordRows::insert_book_image(const writ_book_snapshot& record) {
  return insert_depth(record.header, record.instrument);
}

base::Result<void> RecordRows::insert_book_change(const writ_book_delta& record) {
  return insert_depth(record.header, record.instrument);
}

base::Result<void> RecordRows::insert_depth(const writ_record& record, std::uint32_t number) {
  const auto book = ladder(record, number);
  if (!book) return book.error();
  if (!apply_depth(record, **book)) return row_.refuse("book_level", "counts exceed the record");
  return write_levels(record, number, (*book)->take_changes());
}

// Where depth is told the top of book only checks it.
base::Result<void> RecordRows::insert_book_top(const writ_book_top& record) {
  const auto book = ladder(record.header, record.instrument);
  if (!book) return book.error();
  if (!(*book)->empty()) return {};
  std::vector<BookLadder::Change> tops;
  if (record.bid_price > 0) {
    tops.push_back({WRIT_SIDE_BUY, 0, {record.bid_price, record.bid_quantity}});
  }
  if (record.ask_price > 0) {
    tops.push_back({WRIT_SIDE_SELL, 0, {record.ask_price, record.ask_quantity}});
  }
  return write_levels(record.header, record.instrument, tops);
}

// The book of an instrument as it was before this record; a resumed projection brings it forward
// from the frames that are stored.
base::Result<BookLadder*> RecordRows::ladder(const writ_record& record, std::uint32_t number) {
  if (const auto known = ladders_.find(number); known != ladders_.end()) return &known->second;
  const auto instrument = this->instrument("book_level", number);
  if (!instrument) return instrument.error();
  auto frames = row_.query(kDepthFrames);
  if (!frames) return frames.error();
  (*frames)->bind_text(1, tables_.run_id);
  (*frames)->bind_text(2, tables_.source(record.stream));
  (*frames)->bind_integer(3, (*instrument)->row_id);
  (*frames)->bind_integer(4, static_cast<std::int64_t>(tables_.id(record.seq)));
  BookLadder found;
  while (true) {
    const auto row = (*frames)->step();
    if (!row) return row.error();
    if (!*row) break;
    const std::uint16_t type =
        (*frames)->text(0) == "book_snapshot" ? WRIT_RECORD_BOOK_SNAPSHOT : WRIT_RECORD_BOOK_DELTA;
    const auto words = record_of(type, (*frames)->text(1));
    static_cast<void>(apply_depth(*reinterpret_cast<const writ_record*>(words.data()), found));
  }
  static_cast<void>(found.take_changes());  // told before
  return &(ladders_[number] = std::move(found));
}

base::Result<void> RecordRows::write_levels(const writ_record& record, std::uint32_t number,
                                            const std::vector<BookLadder::Change>& changes) {
  const auto instrument = this->instrument("book_level", number);
  if (!instrument) return instrument.error();
  for (const BookLadder::Change& change : changes) {
    envelope(kBookLevel, record)
        .integer((*instrument)->row_id)
        .text(side_word(change.side))
        .integer(static_cast<std::int64_t>(change.level))
        .nano(change.now.price)
        .nano_or_zero(change.now.quantity);
    if (auto written = write(); !written) return written;
  }
  return {};
}

}  // namespace writ::storage
