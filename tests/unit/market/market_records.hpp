#pragma once

#include "host/model/record_sink.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>
#include <writ/abi/market.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

// Records of one instrument, and the incidents they lead to.

namespace writ::test {

/// Keeps the incidents put on record.
class IncidentLog final : public model::RecordSink {
 public:
  struct Incident {
    std::uint16_t code;
    std::uint16_t severity;
    std::uint32_t instrument;
    std::uint64_t cause_seq;
    std::uint64_t value;
    std::uint64_t threshold;
    std::string text;
  };

  [[nodiscard]] RunNumber run() const override { return RunNumber{1}; }
  [[nodiscard]] Seq next_seq() const override { return Seq{seq_}; }
  std::uint64_t append(writ_record& record) override {
    if (const auto* incident = model::as<writ_incident>(record)) {
      incidents.push_back({incident->code, incident->severity, incident->instrument,
                           incident->cause_seq, incident->value.lo, incident->threshold.lo,
                           std::string(model::tail_text(*incident, incident->text_size))});
    }
    return record_id<SnapshotId>(run(), Seq{seq_++}).raw();
  }

  [[nodiscard]] std::size_t count(std::uint16_t code) const {
    std::size_t found = 0;
    for (const Incident& incident : incidents) found += incident.code == code ? 1U : 0U;
    return found;
  }

  std::vector<Incident> incidents;

 private:
  std::uint64_t seq_ = 1;
};

/// A whole record in aligned memory of its own.
class OwnedRecord {
 public:
  explicit OwnedRecord(const writ_record& record) : words_((record.size + 7) / 8) {
    std::memcpy(words_.data(), &record, record.size);
  }
  [[nodiscard]] writ_record& get() { return *reinterpret_cast<writ_record*>(words_.data()); }
  [[nodiscard]] const writ_record& get() const {
    return *reinterpret_cast<const writ_record*>(words_.data());
  }
  template <model::Record T>
  [[nodiscard]] T& fixed() {
    return *reinterpret_cast<T*>(words_.data());
  }

 private:
  std::vector<std::uint64_t> words_;
};

inline constexpr std::int64_t kUnit = 1'000'000'000;  // one, at 1e-9
inline constexpr std::int64_t kSecondNs = 1'000'000'000;

using Levels = std::initializer_list<writ_level>;

inline writ_instrument make_instrument(std::uint32_t id, const char* venue, const char* market) {
  auto instrument = model::make_record<writ_instrument>();
  instrument.instrument = id;
  instrument.kind = WRIT_KIND_SPOT;
  instrument.status = WRIT_INSTRUMENT_ACTIVE;
  instrument.tick = kUnit;
  instrument.lot = kUnit;
  (void)model::set_text(instrument.venue, venue);
  (void)model::set_text(instrument.market, market);
  return instrument;
}

inline OwnedRecord make_image(std::uint64_t id, Levels bids, Levels asks, std::int64_t ts = 0) {
  auto image = model::make_record<writ_book_snapshot>();
  image.header.ingest_ts = image.header.event_ts = ts;
  image.instrument = 1;
  image.last_id = id;
  image.bid_count = static_cast<std::uint32_t>(bids.size());
  image.ask_count = static_cast<std::uint32_t>(asks.size());
  model::RecordBuffer record;
  record.begin(image);
  for (const Levels& side : {bids, asks}) {
    for (const writ_level& level : side) record.append(&level, sizeof level);
  }
  return OwnedRecord(record.finish());
}

inline OwnedRecord make_delta(std::uint32_t flags, std::uint64_t first, std::uint64_t last,
                              std::uint64_t previous, Levels bids, Levels asks,
                              std::int64_t ts = 0) {
  auto delta = model::make_record<writ_book_delta>();
  delta.header.ingest_ts = delta.header.event_ts = ts;
  delta.instrument = 1;
  delta.flags = flags;
  delta.first_id = first;
  delta.last_id = last;
  delta.prev_id = previous;
  delta.bid_count = static_cast<std::uint32_t>(bids.size());
  delta.ask_count = static_cast<std::uint32_t>(asks.size());
  model::RecordBuffer record;
  record.begin(delta);
  for (const Levels& side : {bids, asks}) {
    for (const writ_level& level : side) record.append(&level, sizeof level);
  }
  return OwnedRecord(record.finish());
}

/// A contiguous change (Binance spot).
inline OwnedRecord spot(std::uint64_t first, std::uint64_t last, Levels bids, Levels asks = {},
                        std::int64_t ts = 0) {
  return make_delta(WRIT_DELTA_CONTIGUOUS, first, last, 0, bids, asks, ts);
}

/// A linked change (Binance USDT-M futures).
inline OwnedRecord linked(std::uint64_t first, std::uint64_t last, std::uint64_t previous,
                          Levels bids, Levels asks = {}, std::int64_t ts = 0) {
  return make_delta(WRIT_DELTA_LINKED, first, last, previous, bids, asks, ts);
}

inline OwnedRecord make_top(std::uint64_t id, writ_level bid, writ_level ask, std::int64_t ts = 0) {
  auto top = model::make_record<writ_book_top>();
  top.header.ingest_ts = top.header.event_ts = ts;
  top.instrument = 1;
  top.update_id = id;
  top.bid_price = bid.price;
  top.bid_quantity = bid.quantity;
  top.ask_price = ask.price;
  top.ask_quantity = ask.quantity;
  return OwnedRecord(top.header);
}

inline OwnedRecord make_trade(std::uint16_t side, std::int64_t price, std::int64_t quantity,
                              std::int64_t ts = 0) {
  auto trade = model::make_record<writ_trade>();
  trade.header.ingest_ts = trade.header.event_ts = ts;
  trade.instrument = 1;
  trade.side = side;
  trade.price = price;
  trade.quantity = quantity;
  return OwnedRecord(trade.header);
}

}  // namespace writ::test
