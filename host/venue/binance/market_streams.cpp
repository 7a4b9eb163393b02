#include "host/venue/binance/market_streams.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"

#include <initializer_list>
#include <utility>

namespace writ::venue::binance {
namespace {

using base::Error;
using feed::BinanceMessage;

// A target stays well below the length servers take.
constexpr std::size_t kStreamsOfConnectionMax = 100;
// An image is asked for without a change to reach it when none came for so long.
constexpr std::int64_t kQuietNs = 1'000'000'000;
constexpr std::int64_t kImageAgainNs = 250'000'000;

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void append_targets(std::vector<std::string>& targets, const std::string& path,
                    const std::vector<Subscription>& subscriptions,
                    std::initializer_list<std::string_view> streams) {
  std::size_t in_target = kStreamsOfConnectionMax;
  for (const Subscription& subscription : subscriptions) {
    const std::string symbol = lower_case(subscription.symbol);
    for (const std::string_view stream : streams) {
      const bool full = in_target == kStreamsOfConnectionMax;
      if (full) targets.push_back(path + "/stream?streams=");
      in_target = full ? 1 : in_target + 1;
      if (!full) targets.back() += '/';
      targets.back().append(symbol).append("@").append(stream);
    }
  }
}

// Notes the greater; false if it is none.
template <class T>
bool rises(T& last, T value) noexcept {
  if (value <= last) return false;
  last = value;
  return true;
}

}  // namespace

std::vector<std::string> stream_targets(Market market,
                                        const std::vector<Subscription>& subscriptions) {
  std::vector<std::string> targets;
  if (market == Market::kSpot) {
    append_targets(targets, "", subscriptions, {"depth@100ms", "trade", "bookTicker"});
  } else {
    append_targets(targets, "/public", subscriptions, {"depth@100ms", "bookTicker"});
    append_targets(targets, "/market", subscriptions, {"aggTrade", "markPrice@1s", "forceOrder"});
  }
  return targets;
}

MarketStreams::MarketStreams(Market market, std::vector<Subscription> subscriptions)
    : market_(market), subscriptions_(std::move(subscriptions)), states_(subscriptions_.size()) {
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) index_[subscriptions_[i].symbol] = i;
  WRIT_ASSERT(index_.size() == subscriptions_.size());
}

void MarketStreams::restart(std::int64_t now) {
  for (State& state : states_) {
    const auto event_ts = state.event_ts;
    state = {};
    state.event_ts = event_ts;
    state.quiet_until = now + kQuietNs;
  }
}

MarketStreams::Heard MarketStreams::on_message(std::string_view json, std::int64_t received_ts,
                                               const Consumer& consumer) {
  const auto message = codec_.decode(json);
  if (!message) return bad(message.error());
  if (message->kind == BinanceMessage::Kind::kUnknown) {
    if (message->event == "serverShutdown") return Heard::kShutdown;
    ++counters_.unknown_events[std::string(message->event)];
    return Heard::kNothing;
  }
  if (message->kind == BinanceMessage::Kind::kNothing) return Heard::kNothing;
  const auto found = index_.find(message->symbol);
  if (found == index_.end()) {
    ++counters_.other_symbols;
    return Heard::kNothing;
  }
  if (!is_new(*message->record, states_[found->second])) {
    ++counters_.repeated;
    return Heard::kRepeated;
  }
  complete(*message->record, found->second, received_ts);
  consumer(*message->record);
  return Heard::kRecord;
}

bool MarketStreams::is_new(const writ_record& record, State& state) {
  if (const auto* change = model::as<writ_book_delta>(record)) {
    return state.depth.on_change(*change);
  }
  if (const auto* trade = model::as<writ_trade>(record)) {
    return rises(state.trade_id, trade->trade_id);
  }
  if (const auto* top = model::as<writ_book_top>(record)) {
    return rises(state.top_id, top->update_id);
  }
  if (record.type == WRIT_RECORD_MARK_PRICE) return rises(state.mark_ts, record.event_ts);
  if (record.type == WRIT_RECORD_LIQUIDATION) return rises(state.liquidation_ts, record.event_ts);
  return true;
}

void MarketStreams::complete(writ_record& record, std::size_t subscription,
                             std::int64_t received_ts) {
  State& state = states_[subscription];
  feed::set_instrument(record, subscriptions_[subscription].instrument);
  record.stream = subscriptions_[subscription].stream;
  record.ingest_ts = received_ts;
  // A message without a time happened no earlier than the one before it on its stream.
  if (record.event_ts == WRIT_NONE) {
    record.event_ts = state.event_ts == WRIT_NONE ? received_ts : state.event_ts;
  } else {
    state.event_ts = record.event_ts;
  }
  ++counters_.records;
}

std::optional<std::size_t> MarketStreams::take_image_due(std::int64_t now) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (state.depth.in_sync() || state.image_asked || now < state.image_after) continue;
    if (!state.depth.has_change() && now < state.quiet_until) continue;
    state.image_asked = true;
    return i;
  }
  return std::nullopt;
}

MarketStreams::Heard MarketStreams::on_image(std::size_t subscription, std::string_view json,
                                             std::int64_t received_ts, const Consumer& consumer) {
  State& state = states_[subscription];
  state.image_asked = false;
  state.image_after = received_ts + kImageAgainNs;
  const auto message = codec_.decode(json);
  if (!message) return bad(message.error());
  auto* image =
      message->record == nullptr ? nullptr : model::as<writ_book_snapshot>(*message->record);
  if (image == nullptr) return bad(Error(base::Errc::kInvalid, "not an image"));
  switch (state.depth.on_image(*image)) {
    case DepthSync::Image::kUsed:
      break;
    case DepthSync::Image::kTooOld:
      ++counters_.images_too_old;
      return Heard::kNothing;
    case DepthSync::Image::kUnwanted:
      return Heard::kNothing;
  }
  complete(*message->record, subscription, received_ts);
  consumer(*message->record);
  return Heard::kRecord;
}

void MarketStreams::on_image_failed(std::size_t subscription, std::int64_t again) {
  states_[subscription].image_asked = false;
  states_[subscription].image_after = again;
}

MarketStreams::Heard MarketStreams::bad(const Error& error) {
  ++counters_.bad;
  last_bad_ = base::to_string(error);
  return Heard::kBad;
}

}  // namespace writ::venue::binance
