#include "host/market/market.hpp"

#include "host/market/incident.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/decimal.hpp>
#include <writ/price.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

namespace writ::market {
namespace {

std::string level_text(const writ_level& level) {
  return level.price == WRIT_NONE
             ? std::string("none")
             : to_string(Quantity{level.quantity}) + " @ " + to_string(Price{level.price});
}

bool equal(const writ_level& a, const writ_level& b) noexcept {
  return a.price == b.price && a.quantity == b.quantity;
}

writ_level level_or_none(const writ_level* level) noexcept {
  return level != nullptr ? *level : writ_level{WRIT_NONE, WRIT_NONE};
}

}  // namespace

Market::Market(const writ_instrument& instrument, const FeatureOptions& options)
    : instrument_(instrument), sync_(instrument.tick), features_(options, instrument.tick) {
  set_instrument(instrument);
}

void Market::set_instrument(const writ_instrument& instrument) {
  if (instrument.tick != instrument_.tick) set_tick(instrument.tick);
  instrument_ = instrument;
  suspended_ = instrument.status == WRIT_INSTRUMENT_SUSPENDED;
  closed_ =
      instrument.status == WRIT_INSTRUMENT_CLOSED || instrument.status == WRIT_INSTRUMENT_SETTLED;
}

std::string Market::name() const { return model::canonical_name(instrument_); }

bool Market::on_image(const writ_book_snapshot& image, model::RecordSink& sink) {
  return on_book_record(image.header, sync_.on_image(image), sink);
}

bool Market::on_change(const writ_book_delta& change, model::RecordSink& sink) {
  return on_book_record(change.header, sync_.on_change(change), sink);
}

bool Market::on_book_record(const writ_record& input, SyncStep step, model::RecordSink& sink) {
  last_update_ts_ = input.ingest_ts;
  stale_reported_ = false;
  SyncStep lost;  // where continuity broke, if it did
  const auto take = [&](const SyncStep& taken) {
    switch (taken.outcome) {
      case SyncOutcome::kApplied:
        ++changes_;
        report_top(input, top_check_.on_book(sync_.book(), sync_.id()), sink);
        break;
      case SyncOutcome::kGap:
      case SyncOutcome::kInvalid:
        lost = taken;
        break;
      case SyncOutcome::kBuffered:
        ++waiting_;
        break;
      case SyncOutcome::kIgnored:
        break;
    }
  };
  take(step);
  while (sync_.has_buffered()) take(sync_.apply_buffered());

  const bool broke = lost.outcome == SyncOutcome::kGap || lost.outcome == SyncOutcome::kInvalid;
  if (broke || (gap_reported_ && sync_.in_sync())) report_sync(input, lost, broke, sink);
  report_crossed(input, sink);
  return note_top(input.ingest_ts);
}

void Market::report_sync(const writ_record& input, const SyncStep& lost, bool broke,
                         model::RecordSink& sink) {
  IncidentFacts facts;
  facts.instrument = instrument_.instrument;
  facts.cause_seq = input.seq;
  facts.unit = WRIT_UNIT_ID;
  if (!broke) {
    gap_reported_ = false;
    facts.code = WRIT_INCIDENT_RESYNCED;
    facts.severity = WRIT_SEVERITY_INFO;
    facts.value = sync_.id();
    report_incident(facts, name() + ": book continuous again at id " + std::to_string(sync_.id()),
                    sink);
    return;
  }
  if (gap_reported_) return;
  gap_reported_ = true;
  ++gaps_;
  facts.value = lost.found;
  facts.threshold = lost.expected;
  if (lost.outcome == SyncOutcome::kInvalid) {
    facts.code = WRIT_INCIDENT_BAD_MESSAGE;
    facts.severity = WRIT_SEVERITY_ERROR;
    report_incident(facts,
                    name() + ": levels of book record " + std::to_string(lost.found) +
                        " are not valid; book not tradable until the next image",
                    sink);
    return;
  }
  facts.code = WRIT_INCIDENT_DATA_GAP;
  report_incident(facts,
                  name() + ": gap in the depth sequence, expected id " +
                      std::to_string(lost.expected) + ", found " + std::to_string(lost.found) +
                      "; book not tradable until the next image",
                  sink);
}

void Market::report_crossed(const writ_record& input, model::RecordSink& sink) {
  if (!sync_.in_sync()) return;
  if (!sync_.book().crossed()) {
    crossed_reported_ = false;
    return;
  }
  if (crossed_reported_) return;
  crossed_reported_ = true;
  const writ_level bid = *sync_.book().best(Side::kBid);
  const writ_level ask = *sync_.book().best(Side::kAsk);
  IncidentFacts facts;
  facts.code = WRIT_INCIDENT_CROSSED_BOOK;
  facts.instrument = instrument_.instrument;
  facts.cause_seq = input.seq;
  facts.unit = WRIT_UNIT_ID;
  facts.value = sync_.id();
  report_incident(facts,
                  name() + ": crossed book at id " + std::to_string(sync_.id()) + ", bid " +
                      level_text(bid) + ", ask " + level_text(ask),
                  sink);
}

void Market::on_venue_top(const writ_book_top& top, model::RecordSink& sink) {
  const auto id = sync_.in_sync() ? std::optional(sync_.id()) : std::nullopt;
  report_top(top.header, top_check_.on_top(top, sync_.book(), id), sink);
}

void Market::report_top(const writ_record& input, const TopCheck::Result& result,
                        model::RecordSink& sink) {
  if (!result.checked) return;
  if (!result.mismatch) {
    mismatch_reported_ = false;
    return;
  }
  if (mismatch_reported_) return;
  mismatch_reported_ = true;
  IncidentFacts facts;
  facts.code = WRIT_INCIDENT_TOP_MISMATCH;
  facts.severity = WRIT_SEVERITY_ERROR;
  facts.instrument = instrument_.instrument;
  facts.cause_seq = input.seq;
  facts.unit = WRIT_UNIT_ID;
  facts.value = result.mismatch->update_id;
  report_incident(facts,
                  name() + ": at update id " + std::to_string(result.mismatch->update_id) +
                      " the book's best " +
                      (result.mismatch->side == Side::kBid ? "bid is " : "ask is ") +
                      level_text(result.mismatch->book) + ", the venue says " +
                      level_text(result.mismatch->top),
                  sink);
}

void Market::on_trade(const writ_trade& trade) {
  ++trades_;
  last_trade_price_ = trade.price;
  last_trade_quantity_ = trade.quantity;
  last_trade_ts_ = trade.header.ingest_ts;
  last_trade_side_ = trade.side;
  if ((trade.flags & WRIT_TRADE_OUTSIDE_BOOK) == 0) {
    features_.on_trade(trade.header.ingest_ts, trade.side, trade.quantity);
  }
}

void Market::on_mark_price(const writ_mark_price& mark) {
  mark_price_ = mark.mark;
  index_price_ = mark.index;
  funding_rate_ = mark.funding_rate;
  next_funding_ts_ = mark.next_funding_ts;
}

void Market::on_tick_change(const writ_tick_change& change) { set_tick(change.tick); }

void Market::set_tick(std::int64_t tick) {
  instrument_.tick = tick;
  sync_.set_tick(tick);
  features_.set_tick(tick);
}

bool Market::on_status(std::uint32_t status, std::int64_t now) {
  const bool was_suspended = suspended_;
  const bool was_closed = closed_;
  switch (status) {
    case WRIT_MARKET_OPEN:
      suspended_ = false;
      closed_ = false;
      break;
    case WRIT_MARKET_SUSPENDED:
      suspended_ = true;
      break;
    case WRIT_MARKET_CLOSED:
      closed_ = true;
      break;
    case WRIT_MARKET_CONNECTED:
    case WRIT_MARKET_DISCONNECTED:
      sync_.disconnect();
      gap_reported_ = false;
      note_top(now);
      return true;
    default:
      return false;
  }
  return was_suspended != suspended_ || was_closed != closed_;
}

Market::Top Market::top() const noexcept {
  return {level_or_none(sync_.book().best(Side::kBid)),
          level_or_none(sync_.book().best(Side::kAsk)), usable()};
}

bool Market::note_top(std::int64_t now) {
  const Top now_top = top();
  if (equal(now_top.bid, last_top_.bid) && equal(now_top.ask, last_top_.ask) &&
      now_top.usable == last_top_.usable) {
    features_.advance(now);
    return false;
  }
  last_top_ = now_top;
  features_.on_top(now, sync_.book(), now_top.usable);
  return true;
}

std::int64_t Market::stale_after(std::int64_t stale_ns) const noexcept {
  std::int64_t at = std::numeric_limits<std::int64_t>::max();
  if (last_update_ts_ == WRIT_NONE || stale_reported_) return at;
  if (__builtin_add_overflow(last_update_ts_, stale_ns, &at)) {
    return std::numeric_limits<std::int64_t>::max();
  }
  return at;
}

void Market::check_stale(std::int64_t now, std::int64_t stale_ns, model::RecordSink& sink) {
  if (now <= stale_after(stale_ns)) return;
  stale_reported_ = true;
  IncidentFacts facts;
  facts.code = WRIT_INCIDENT_STALE_FEED;
  facts.instrument = instrument_.instrument;
  facts.unit = WRIT_UNIT_NS;
  facts.value = static_cast<std::uint64_t>(now - last_update_ts_);
  facts.threshold = static_cast<std::uint64_t>(stale_ns);
  report_incident(facts,
                  name() + ": book not updated for " + std::to_string(now - last_update_ts_) +
                      " ns, limit " + std::to_string(stale_ns) + " ns",
                  sink);
}

void Market::finish(model::RecordSink& sink) {
  if (sync_.ever_in_sync() || never_tradable_reported_) return;
  never_tradable_reported_ = true;
  IncidentFacts facts;
  facts.code = WRIT_INCIDENT_NEVER_TRADABLE;
  facts.instrument = instrument_.instrument;
  facts.unit = WRIT_UNIT_COUNT;
  facts.value = waiting_;
  report_incident(facts,
                  name() + ": book never became tradable: no image of it came (" +
                      std::to_string(waiting_) + " depth changes waited for one, " +
                      std::to_string(trades_) + " trades)",
                  sink);
}

MarketView Market::view(std::int64_t now, std::int64_t stale_ns) const {
  MarketView view;
  view.instrument = instrument_.instrument;
  const Top best = top();
  view.bid_price = best.bid.price;
  view.bid_quantity = best.bid.quantity;
  view.ask_price = best.ask.price;
  view.ask_quantity = best.ask.quantity;
  view.in_sync = sync_.in_sync();
  view.gap = sync_.state() == SyncState::kGap;
  view.crossed = sync_.book().crossed();
  view.open = !suspended_ && !closed_;
  view.last_update_ts = last_update_ts_;
  if (last_update_ts_ != WRIT_NONE) {
    view.age_ns = now > last_update_ts_ ? now - last_update_ts_ : 0;
    view.stale = view.age_ns > stale_ns;
  }
  view.last_trade_price = last_trade_price_;
  view.last_trade_quantity = last_trade_quantity_;
  view.last_trade_ts = last_trade_ts_;
  view.last_trade_side = last_trade_side_;
  view.mark_price = mark_price_;
  view.index_price = index_price_;
  view.funding_rate = funding_rate_;
  view.next_funding_ts = next_funding_ts_;
  return view;
}

void Market::save(base::ByteWriter& out) const {
  sync_.save(out);
  top_check_.save(out);
  features_.save(out);
  out.put(last_top_.bid);
  out.put(last_top_.ask);
  for (const bool flag : {last_top_.usable, suspended_, closed_, gap_reported_, crossed_reported_,
                          mismatch_reported_, stale_reported_, never_tradable_reported_}) {
    out.put(static_cast<std::uint8_t>(flag));
  }
  for (const std::int64_t value :
       {last_update_ts_, last_trade_price_, last_trade_quantity_, last_trade_ts_, mark_price_,
        index_price_, funding_rate_, next_funding_ts_}) {
    out.put(value);
  }
  out.put(last_trade_side_);
  out.put(changes_);
  out.put(trades_);
  out.put(gaps_);
  out.put(waiting_);
}

base::Result<void> Market::load(base::ByteReader& in) {
  if (const auto loaded = sync_.load(in); !loaded) return loaded;
  if (const auto loaded = top_check_.load(in); !loaded) return loaded;
  if (const auto loaded = features_.load(in); !loaded) return loaded;
  last_top_.bid = in.get<writ_level>();
  last_top_.ask = in.get<writ_level>();
  for (bool* flag : {&last_top_.usable, &suspended_, &closed_, &gap_reported_, &crossed_reported_,
                     &mismatch_reported_, &stale_reported_, &never_tradable_reported_}) {
    *flag = in.get<std::uint8_t>() != 0;
  }
  for (std::int64_t* value :
       {&last_update_ts_, &last_trade_price_, &last_trade_quantity_, &last_trade_ts_, &mark_price_,
        &index_price_, &funding_rate_, &next_funding_ts_}) {
    *value = in.get<std::int64_t>();
  }
  last_trade_side_ = in.get<std::uint16_t>();
  changes_ = in.get<std::uint64_t>();
  trades_ = in.get<std::uint64_t>();
  gaps_ = in.get<std::uint64_t>();
  waiting_ = in.get<std::uint64_t>();
  if (!in.ok()) return base::Error(base::Errc::kCorrupt, "saved market");
  return {};
}

}  // namespace writ::market
