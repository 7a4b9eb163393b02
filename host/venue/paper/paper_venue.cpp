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
constexpr std::uint32_t kStateVersion = 1;

}  // namespace

PaperVenue::PaperVenue(const PaperOptions& options)
    : options_(options),
      now_(kBeginning),
      outbox_(options.report_latency_ns),
      next_expiry_(kNever) {
  WRIT_ASSERT(options.order_latency_ns >= 0 && options.report_latency_ns >= 0);
}

PaperMarket* PaperVenue::market(std::uint32_t instrument) {
  const auto found = markets_.find(instrument);
  return found == markets_.end() ? nullptr : &found->second;
}

// --- time --------------------------------------------------------------------------------------

void PaperVenue::observe(const writ_record& input) {
  advance_before(input.ingest_ts);
  now_ = std::max(now_, input.ingest_ts);
  apply(input);
  if (next_expiry_ != kNever) find_next_expiry();  // a fill may have taken the order that had it
}

void PaperVenue::send(const writ_order& order) {
  WRIT_ASSERT(order.command != WRIT_COMMAND_NONE);
  std::int64_t at = std::max(now_, order.header.ingest_ts + options_.order_latency_ns);
  if (!arrivals_.empty()) at = std::max(at, arrivals_.back().at);
  arrivals_.push_back({at, order});
}

std::optional<std::int64_t> PaperVenue::next_due() const {
  std::int64_t due = kNever;
  if (const auto waiting = outbox_.next_due()) due = *waiting;
  if (!arrivals_.empty()) due = std::min(due, arrivals_.front().at + options_.report_latency_ns);
  if (next_expiry_ != kNever) due = std::min(due, next_expiry_ + options_.report_latency_ns);
  if (due == kNever) return std::nullopt;
  return due;
}

const writ_record* PaperVenue::take_report(std::int64_t until) {
  if (until != kNever) advance_before(until + 1);
  return outbox_.take(until);
}

void PaperVenue::advance_before(std::int64_t end) {
  for (;;) {
    const std::int64_t arrival = arrivals_.empty() ? kNever : arrivals_.front().at;
    const std::int64_t next = std::min(arrival, next_expiry_);
    if (next >= end) return;
    now_ = std::max(now_, next);
    if (next_expiry_ <= arrival) {
      for (auto& [id, each] : markets_) each.expire(now_, outbox_);
    } else {
      const Arrival arrived = arrivals_.front();
      arrivals_.pop_front();
      arrive(arrived);
    }
    find_next_expiry();
  }
}

void PaperVenue::arrive(const Arrival& arrival) {
  const writ_order& order = arrival.order;
  PaperMarket* at = market(order.instrument);
  switch (order.command) {
    case WRIT_COMMAND_SEND:
      if (at != nullptr) return at->submit(order, now_, outbox_);
      return outbox_.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_MARKET, now_);
    case WRIT_COMMAND_CANCEL:
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
  } else if (const auto* image = model::as<writ_book_snapshot>(input)) {
    if (auto* at = market(image->instrument)) at->on_image(*image, now_, outbox_);
  } else if (const auto* status = model::as<writ_market_status>(input)) {
    apply_status(*status);
  } else if (const auto* change = model::as<writ_tick_change>(input)) {
    if (auto* at = market(change->instrument)) at->on_tick_change(*change);
  } else if (const auto* instrument = model::as<writ_instrument>(input)) {
    const auto [at, fresh] = markets_.try_emplace(instrument->instrument, options_, *instrument);
    if (!fresh) at->second.on_instrument(*instrument);
  } else if (const auto* stream = model::as<writ_stream>(input)) {
    streams_[stream->stream] = {stream->instrument, std::string(model::text_of(stream->source))};
  }
}

void PaperVenue::apply_status(const writ_market_status& status) {
  if (status.instrument != 0) {
    if (auto* at = market(status.instrument)) at->on_status(status.status, now_, outbox_);
    return;
  }
  const auto said_by = streams_.find(status.header.stream);
  if (said_by == streams_.end()) return;
  std::vector<std::uint32_t> instruments;
  for (const auto& [id, stream] : streams_) {
    if (stream.source == said_by->second.source) instruments.push_back(stream.instrument);
  }
  std::sort(instruments.begin(), instruments.end());
  instruments.erase(std::unique(instruments.begin(), instruments.end()), instruments.end());
  for (const std::uint32_t instrument : instruments) {
    if (auto* at = market(instrument)) at->on_status(status.status, now_, outbox_);
  }
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
  out.put(static_cast<std::uint64_t>(arrivals_.size()));
  for (const Arrival& arrival : arrivals_) {
    out.put(arrival.at);
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
    const auto at = fresh.markets_.try_emplace(id, options_, writ_instrument{}).first;
    if (const auto loaded = at->second.load(in); !loaded) return loaded.error();
  }
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto at = in.get<std::int64_t>();
    fresh.arrivals_.push_back({at, in.get<writ_order>()});
  }
  if (!in.complete()) return corrupt;
  fresh.find_next_expiry();
  *this = std::move(fresh);
  return {};
}

}  // namespace writ::venue::paper
