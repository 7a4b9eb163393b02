#include "host/venue/paper/paper_venue.hpp"

#include "host/base/assert.hpp"
#include "host/base/byte_stream.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace writ::venue::paper {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kBeginning = std::numeric_limits<std::int64_t>::min();
constexpr std::uint32_t kStateVersion = 2;
constexpr std::uint32_t kNumberMax = base::DenseMap<PaperMarket>::kKeyMax;

}  // namespace

PaperVenue::PaperVenue(const PaperOptions& options)
    : options_(options),
      latency_(options.order_latency_ns, options.report_latency_ns, options.recorded_latency),
      now_(kBeginning),
      outbox_(latency_, options.id_prefix),
      next_expiry_(kNever) {
  WRIT_ASSERT(options.bet_delay_ns >= 0);
}

// --- time --------------------------------------------------------------------------------------

void PaperVenue::observe(const writ_record& input) {
  if (is_awaited()) advance_before(input.ingest_ts);
  now_ = std::max(now_, input.ingest_ts);
  apply(input);
  if (next_expiry_ != kNever) find_next_expiry();  // a fill may have taken the order that had it
}

void PaperVenue::send(const writ_order& order) {
  WRIT_ASSERT(order.command != WRIT_COMMAND_NONE);
  const OrderTrip trip = latency_.order(order.header.ingest_ts);
  std::int64_t at = std::max(now_, order.header.ingest_ts + trip.latency_ns);
  for (const auto& [turn, earlier] : arrivals_) {
    const bool same = earlier.order.order_id == order.order_id;
    if (same && earlier.way == Way::kToExchange) at = std::max(at, turn.at);
  }
  const bool lost = trip.lost && order.command != WRIT_COMMAND_LOOKUP;  // asked until answered
  arrivals_.try_emplace(Turn{at, ++sent_}, Arrival{order, lost ? Way::kLost : Way::kToExchange});
}

std::optional<std::int64_t> PaperVenue::next_due() const {
  if (!is_awaited()) return outbox_.next_due();
  std::int64_t due = kNever;
  if (const auto waiting = outbox_.next_due()) due = *waiting;
  for (const auto& [turn, arrival] : arrivals_) {
    if (turn.at >= due) break;
    const bool lost = arrival.way == Way::kLost;
    due = std::min(due, lost ? turn.at : turn.at + latency_.report_ns(turn.at));
  }
  std::int64_t told = 0;  // of an expiry at the end of time nothing is ever told
  if (!__builtin_add_overflow(next_expiry_, latency_.report_ns(next_expiry_), &told)) {
    due = std::min(due, told);
  }
  if (due == kNever) return std::nullopt;
  return due;
}

const writ_record* PaperVenue::take_report(std::int64_t until) {
  if (until != kNever && is_awaited()) advance_before(until + 1);
  return outbox_.take(until);
}

bool PaperVenue::is_awaited() const noexcept {
  return !arrivals_.empty() || next_expiry_ != kNever;
}

void PaperVenue::advance_before(std::int64_t end) {
  for (;;) {
    const std::int64_t arrival = arrivals_.empty() ? kNever : arrivals_.begin()->first.at;
    const std::int64_t next = std::min(arrival, next_expiry_);
    if (next >= end) return;
    now_ = std::max(now_, next);
    if (next_expiry_ <= arrival) {
      for (auto& [id, each] : markets_) each.expire(now_, outbox_);
    } else {
      const auto [turn, arrived] = *arrivals_.begin();
      arrivals_.erase(arrivals_.begin());
      arrive(turn, arrived);
    }
    find_next_expiry();
  }
}

void PaperVenue::arrive(const Turn& turn, const Arrival& arrival) {
  const writ_order& order = arrival.order;
  if (arrival.way == Way::kLost) return outbox_.report_lost(order, now_);
  if (made_to_wait(turn, arrival)) return;
  PaperMarket* at = market(order.instrument);
  switch (order.command) {
    case WRIT_COMMAND_SEND:
      if (at != nullptr) return at->submit(order, now_, outbox_);
      return outbox_.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_MARKET, now_);
    case WRIT_COMMAND_CANCEL:
      if (is_waiting(order.order_id)) {
        return outbox_.report(order, WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_OTHER, now_);
      }
      if (at != nullptr) return at->cancel(order, now_, outbox_);
      return outbox_.report(order, WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND, now_);
    case WRIT_COMMAND_REPLACE:
      if (at != nullptr) return at->replace(order, now_, outbox_);
      return outbox_.report(order, WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_NOT_FOUND,
                            now_);
    case WRIT_COMMAND_LOOKUP:
      if (at != nullptr) at->look_up(order, now_, outbox_);
      return;
    default:
      WRIT_ASSERT(false);
  }
}

// --- betting delay -----------------------------------------------------------------------------

bool PaperVenue::made_to_wait(const Turn& turn, const Arrival& arrival) {
  const writ_order& order = arrival.order;
  const PaperMarket* at = market(order.instrument);
  const bool amends = order.command == WRIT_COMMAND_REPLACE;
  const bool bets = order.command == WRIT_COMMAND_SEND || amends;
  if (at == nullptr || arrival.way == Way::kWaiting || !bets) return false;
  const std::int64_t delay_ns = at->bet_delay_ns();
  if (delay_ns == 0 || !at->is_open() || (amends && at->only_shrinks(order))) return false;
  // It keeps its number: what was sent later goes after it.
  arrivals_.try_emplace(Turn{now_ + delay_ns, turn.number}, Arrival{order, Way::kWaiting});
  return true;
}

bool PaperVenue::is_waiting(std::uint64_t order_id) const {
  return std::any_of(arrivals_.begin(), arrivals_.end(), [order_id](const auto& entry) {
    return entry.second.way == Way::kWaiting && entry.second.order.order_id == order_id;
  });
}

void PaperVenue::lapse_waiting(std::uint32_t instrument) {
  for (auto at = arrivals_.begin(); at != arrivals_.end();) {
    const auto& [order, way] = at->second;
    if (way != Way::kWaiting || order.instrument != instrument) {
      ++at;
      continue;
    }
    const bool amends = order.command == WRIT_COMMAND_REPLACE;
    outbox_.report(order, amends ? WRIT_REPORT_REPLACE_REJECTED : WRIT_REPORT_REJECTED,
                   WRIT_REPORT_REASON_MARKET, now_);
    at = arrivals_.erase(at);
  }
}

void PaperVenue::find_next_expiry() {
  next_expiry_ = kNever;
  for (const auto& [id, each] : markets_) {
    next_expiry_ = std::min(next_expiry_, each.next_expiry().value_or(kNever));
  }
}

// --- market records ----------------------------------------------------------------------------

void PaperVenue::apply(const writ_record& input) {
  if (const auto* delta = model::as<writ_book_delta>(input)) {
    if (auto* at = market(delta->instrument)) at->on_change(*delta, now_, outbox_);
  } else if (const auto* trade = model::as<writ_trade>(input)) {
    if (auto* at = market(trade->instrument)) at->on_trade(*trade, now_, outbox_);
  } else {
    apply_rarer(input);
  }
}

void PaperVenue::apply_rarer(const writ_record& input) {
  if (const auto* image = model::as<writ_book_snapshot>(input)) {
    if (auto* at = market(image->instrument)) at->on_image(*image, now_, outbox_);
  } else if (const auto* status = model::as<writ_market_status>(input)) {
    apply_status(*status);
  } else if (const auto* change = model::as<writ_tick_change>(input)) {
    if (auto* at = market(change->instrument)) at->on_tick_change(*change);
  } else if (const auto* settlement = model::as<writ_settlement>(input)) {
    auto* at = market(settlement->instrument);
    if (at != nullptr && settlement->result != WRIT_SETTLED_REVERSED) {
      at->on_settlement(now_, outbox_);
    }
  } else if (const auto* adjustment = model::as<writ_adjustment>(input)) {
    auto* at = market(adjustment->instrument);
    if (at != nullptr && adjustment->kind == WRIT_ADJUST_POSITION) {
      at->on_adjustment(*adjustment, now_, outbox_);
    }
  } else if (const auto* reduction = model::as<writ_reduction>(input)) {
    apply_reduction(*reduction);
  } else if (const auto* instrument = model::as<writ_instrument>(input);
             instrument != nullptr && instrument->instrument <= kNumberMax) {
    const auto [at, fresh] = markets_.try_emplace(instrument->instrument, options_, *instrument);
    if (!fresh) at->second.on_instrument(*instrument, now_, outbox_);
  } else if (const auto* stream = model::as<writ_stream>(input)) {
    streams_[stream->stream] = {stream->instrument, std::string(model::text_of(stream->source))};
  }
}

void PaperVenue::apply_status(const writ_market_status& status) {
  if (status.instrument != 0) return apply_status(status, status.instrument);
  const auto said_by = streams_.find(status.header.stream);
  if (said_by == streams_.end()) return;
  std::vector<std::uint32_t> instruments;
  for (const auto& [id, stream] : streams_) {
    if (stream.source == said_by->second.source) instruments.push_back(stream.instrument);
  }
  std::sort(instruments.begin(), instruments.end());
  instruments.erase(std::unique(instruments.begin(), instruments.end()), instruments.end());
  for (const std::uint32_t instrument : instruments) apply_status(status, instrument);
}

void PaperVenue::apply_status(const writ_market_status& status, std::uint32_t instrument) {
  auto* at = market(instrument);
  if (at == nullptr) return;
  at->on_status(status, now_, outbox_);
  if (status.status == WRIT_MARKET_SUSPENDED || status.status == WRIT_MARKET_CLOSED) {
    lapse_waiting(instrument);
  }
}

void PaperVenue::apply_reduction(const writ_reduction& reduction) {
  for (auto& [id, each] : markets_) {
    const bool same_market =
        reduction.market_group != 0 && each.market_group() == reduction.market_group;
    if (id == reduction.instrument || same_market) each.on_reduction(reduction, now_, outbox_);
  }
}

PaperVenue PaperVenue::twin(std::string id_prefix) const {
  auto options = options_;
  options.id_prefix = std::move(id_prefix);
  PaperVenue made(options);
  made.now_ = now_;
  made.streams_ = streams_;
  for (const auto& [id, each] : markets_) made.markets_.try_emplace(id, each.without_orders());
  return made;
}

// --- saved state -------------------------------------------------------------------------------

std::vector<std::byte> PaperVenue::save() const {
  base::ByteWriter out;
  out.put(kStateVersion);
  out.put(now_);
  outbox_.save(out);
  out.put(static_cast<std::uint64_t>(streams_.size()));
  for (const auto& [id, stream] : streams_) {
    out.put(id);
    out.put(stream.instrument);
    out.put_text(stream.source);
  }
  out.put(static_cast<std::uint64_t>(markets_.size()));
  for (const auto& [id, each] : markets_) {
    out.put(id);
    each.save(out);
  }
  out.put(sent_);
  out.put(static_cast<std::uint64_t>(arrivals_.size()));
  for (const auto& [turn, arrival] : arrivals_) {
    out.put(turn.at);
    out.put(turn.number);
    out.put(static_cast<std::uint32_t>(arrival.way));
    out.put(arrival.order);
  }
  return out.take();
}

base::Result<void> PaperVenue::load(std::span<const std::byte> state) {
  const base::Error corrupt{base::Errc::kCorrupt, "load paper venue"};
  base::ByteReader in(state);
  if (in.get<std::uint32_t>() != kStateVersion) return corrupt;
  PaperVenue fresh(options_);
  fresh.now_ = in.get<std::int64_t>();
  if (const auto loaded = fresh.outbox_.load(in); !loaded) return loaded.error();
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto id = in.get<std::uint32_t>();
    const auto instrument = in.get<std::uint32_t>();
    fresh.streams_[id] = {instrument, in.get_text()};
  }
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto id = in.get<std::uint32_t>();
    if (id > kNumberMax) return corrupt;
    const auto at = fresh.markets_.try_emplace(id, options_, writ_instrument{}).first;
    if (const auto loaded = at->second.load(in); !loaded) return loaded.error();
  }
  fresh.sent_ = in.get<std::uint64_t>();
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto at = in.get<std::int64_t>();
    const auto number = in.get<std::uint64_t>();
    const auto way = in.get<std::uint32_t>();
    if (way > static_cast<std::uint32_t>(Way::kWaiting)) return corrupt;
    fresh.arrivals_.insert_or_assign({at, number},
                                     Arrival{in.get<writ_order>(), static_cast<Way>(way)});
  }
  if (!in.complete()) return corrupt;
  fresh.find_next_expiry();
  *this = std::move(fresh);
  return {};
}

}  // namespace writ::venue::paper
