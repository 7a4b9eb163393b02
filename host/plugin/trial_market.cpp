#include "host/plugin/trial_market.hpp"

#include <algorithm>
#include <cstring>

namespace writ::plugin {
namespace {

constexpr std::int64_t kUnit = 1'000'000'000;
constexpr std::int64_t kTick = kUnit / 100;
constexpr std::int64_t kMidAtStart = 2'000 * kUnit;

writ_instrument instrument_record(std::uint32_t number) {
  auto record = model::make_record<writ_instrument>();
  record.instrument = number;
  record.kind = number == 1 ? WRIT_KIND_SPOT : WRIT_KIND_PERP;
  record.base_asset = 1;
  record.quote_asset = 2;
  record.settle_asset = 2;
  record.status = WRIT_INSTRUMENT_ACTIVE;
  record.ladder = WRIT_LADDER_TICK;
  record.tick = kTick;
  record.lot = kUnit / 10'000;
  record.price_min = WRIT_NONE;
  record.price_max = WRIT_NONE;
  record.quantity_min = WRIT_NONE;
  record.quantity_max = WRIT_NONE;
  record.quantity_unit = kUnit;
  record.start_ts = WRIT_NONE;
  record.expiry_ts = WRIT_NONE;
  (void)model::set_text(record.venue, "trial");
  (void)model::set_text(record.market, number == 1 ? "SPOT" : "PERP");
  return record;
}

}  // namespace

void TrialHost::remember(std::uint32_t kind, std::span<const std::byte> bytes) {
  ++count_;
  actions_.update(std::as_bytes(std::span(&kind, 1)));
  actions_.update(bytes);
}

writ_status TrialHost::submit(std::uint32_t, const writ_intent& intent, std::uint64_t& intent_id) {
  if (answer < 0) return answer;
  remember(1, model::bytes_of(intent.header));
  intent_id = ++last_id_;
  submitted_.push_back({intent_id, intent});
  return WRIT_OK;
}

writ_status TrialHost::publish(std::uint32_t, const writ_record& value) {
  if (answer < 0) return answer;
  remember(2, model::bytes_of(value));
  return WRIT_OK;
}

writ_status TrialHost::set_timer(std::uint32_t, std::uint64_t timer, std::int64_t due_ts) {
  if (answer < 0) return answer;
  remember(3, std::as_bytes(std::span(&timer, 1)));
  timers_[timer] = due_ts;
  return WRIT_OK;
}

writ_status TrialHost::cancel_timer(std::uint32_t, std::uint64_t timer) {
  remember(4, std::as_bytes(std::span(&timer, 1)));
  return timers_.erase(timer) != 0 ? WRIT_OK : WRIT_E_NOT_FOUND;
}

writ_status TrialHost::random(std::uint32_t, std::uint64_t& value) {
  if (answer < 0) return answer;
  value = random_.next_u64();
  return WRIT_OK;
}

void TrialHost::log(std::uint32_t, std::uint32_t, std::string_view text) {
  remember(5, std::as_bytes(std::span(text)));
}

std::int32_t TrialHost::book_levels(std::uint32_t, std::uint32_t instrument, std::uint32_t side,
                                    std::span<writ_level> levels) {
  const auto known = best.find(instrument);
  if (known == best.end()) return WRIT_E_STATE;
  std::int32_t count = 0;
  for (writ_level& level : levels) {
    const std::int64_t away = kTick * count;
    level.price = side == WRIT_SIDE_BUY ? known->second.first - away : known->second.second + away;
    level.quantity = kUnit * (1 + (known->second.first / kTick + count) % 7);
    if (++count == 10) break;
  }
  return count;
}

std::int32_t TrialHost::working_orders(std::uint32_t, std::uint32_t, std::span<writ_order>) {
  return 0;
}

std::vector<writ_timer> TrialHost::take_due() {
  std::vector<writ_timer> due;
  for (auto timer = timers_.begin(); timer != timers_.end();) {
    if (timer->second > time) {
      ++timer;
      continue;
    }
    auto record = model::make_record<writ_timer>();
    record.timer = timer->first;
    record.due_ts = timer->second;
    due.push_back(record);
    timer = timers_.erase(timer);
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const writ_timer& a, const writ_timer& b) { return a.due_ts < b.due_ts; });
  return due;
}

void TrialMarket::stamp(writ_record& record) {
  record.seq = ++seq_;
  record.event_ts = host_.time;
  record.ingest_ts = host_.time;
}

writ_status TrialMarket::hand(Instance& instance, writ_record& record) {
  stamp(record);
  return deliver(instance, record);
}

writ_status TrialMarket::deliver(Instance& instance, const writ_record& record) {
  // In a place of its own, spoilt after the call: a plugin that kept a pointer gives itself away.
  std::vector<std::uint64_t> copy(record.size / 8);
  std::memcpy(copy.data(), &record, record.size);
  const writ_status status = instance.on_event(reinterpret_cast<const writ_event&>(*copy.data()));
  std::fill(copy.begin(), copy.end(), 0xa5a5'a5a5'a5a5'a5a5U);
  return status;
}

void TrialMarket::announce(Instance& instance) {
  for (const std::uint32_t number : kInstruments) {
    auto record = instrument_record(number);
    record.header.seq = number;
    mid_.try_emplace(number, kMidAtStart);
    (void)deliver(instance, record.header);
  }
}

writ_status TrialMarket::step(Instance& instance) {
  // Equal times happen: several events of one packet.
  host_.time += static_cast<std::int64_t>(random_.below(4) * random_.below(50'000'000));
  writ_status worst = WRIT_OK;
  const auto note = [&worst](writ_status status) { worst = std::min(worst, status); };
  for (writ_timer& timer : host_.take_due()) {
    timer.instance = instance.number();
    note(hand(instance, timer.header));
  }

  const std::uint32_t instrument = 1 + static_cast<std::uint32_t>(random_.below(2));
  std::int64_t& mid = mid_[instrument];
  mid += kTick * (static_cast<std::int64_t>(random_.below(7)) - 3);
  mid = std::max(mid, 100 * kUnit);
  const std::int64_t half = kTick * static_cast<std::int64_t>(1 + random_.below(3));
  host_.best[instrument] = {mid - half, mid + half};
  const auto quantity = [this] {
    return static_cast<std::int64_t>(1 + random_.below(1'000)) * (kUnit / 100);
  };

  const auto wants = [&](std::uint32_t type) {
    return instance.descriptor().subscription(type) != nullptr;
  };
  if (random_.below(3) == 0 && wants(WRIT_RECORD_TRADE)) {
    auto trade = model::make_record<writ_trade>();
    trade.instrument = instrument;
    trade.side = random_.below(2) == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    trade.price = trade.side == WRIT_SIDE_BUY ? mid + half : mid - half;
    trade.quantity = quantity();
    trade.trade_id = random_.next_u64() % 1'000'000;
    note(hand(instance, trade.header));
  }
  if (wants(WRIT_RECORD_BOOK_DELTA)) {
    auto delta = model::make_record<writ_book_delta>();
    delta.instrument = instrument;
    delta.flags = WRIT_DELTA_CONTIGUOUS;
    delta.first_id = delta.last_id = seq_ + 1;
    delta.bid_count = 1;
    delta.ask_count = 1;
    const writ_level levels[] = {{mid - half, quantity()}, {mid + half, quantity()}};
    note(hand(instance, buffer_.begin(delta).append(levels, sizeof levels).finish()));
  }
  if (wants(WRIT_RECORD_BOOK_TOP)) {
    auto top = model::make_record<writ_book_top>();
    top.instrument = instrument;
    top.bid_price = mid - half;
    top.ask_price = mid + half;
    top.bid_quantity = quantity();
    top.ask_quantity = quantity();
    note(hand(instance, top.header));
  }
  if (wants(WRIT_RECORD_SIGNAL)) {
    auto signal = model::make_record<writ_signal>();
    signal.instance = 77;
    signal.signal = 1;
    signal.instrument = instrument;
    signal.flags = WRIT_SIGNAL_WARM;
    signal.value = 2 * random_.next_f64() - 1;
    note(hand(instance, signal.header));
  }
  if (instance.descriptor().kind == PluginKind::kStrategy) note(evaluate(instance, instrument));
  for (const auto& submitted : host_.take_submitted()) note(answer(instance, submitted));
  return worst;
}

void TrialMarket::extremes(Instance& instance) {
  constexpr std::int64_t kNumbers[] = {0, 1, -1, INT64_MAX, INT64_MIN + 1, WRIT_NONE};
  for (const std::int64_t price : kNumbers) {
    for (const std::int64_t quantity : kNumbers) {
      auto trade = model::make_record<writ_trade>();
      trade.instrument = kInstruments[0];
      trade.side = WRIT_SIDE_SELL;
      trade.price = price;
      trade.quantity = quantity;
      if (instance.descriptor().subscription(WRIT_RECORD_TRADE) != nullptr) {
        (void)hand(instance, trade.header);
      }
      if (instance.descriptor().kind != PluginKind::kStrategy) continue;
      auto snapshot = model::make_record<writ_snapshot>();
      snapshot.instance = instance.number();
      snapshot.instrument = kInstruments[0];
      snapshot.flags = WRIT_SNAPSHOT_CAN_TRADE | WRIT_SNAPSHOT_IN_SYNC;
      snapshot.bid_price = price;
      snapshot.ask_price = price == INT64_MAX ? price : price + 1;
      snapshot.bid_quantity = quantity;
      snapshot.ask_quantity = quantity;
      snapshot.position = quantity;
      snapshot.account_position = quantity;
      snapshot.feature_schema = WRIT_FEATURE_SCHEMA_VERSION;
      snapshot.feature_count = 1;
      const writ_feature volatility{1e300, WRIT_FEATURE_VOLATILITY, 1};
      buffer_.begin(snapshot).append(&volatility, sizeof volatility);
      auto& record = buffer_.finish();
      stamp(record);
      (void)instance.on_snapshot(reinterpret_cast<const writ_snapshot&>(record));
      (void)host_.take_submitted();
    }
  }
}

writ_status TrialMarket::evaluate(Instance& instance, std::uint32_t instrument) {
  auto snapshot = model::make_record<writ_snapshot>();
  snapshot.instance = instance.number();
  snapshot.instrument = instrument;
  snapshot.account = 1;
  snapshot.flags = WRIT_SNAPSHOT_CAN_TRADE | WRIT_SNAPSHOT_IN_SYNC;
  if (random_.below(50) == 0) snapshot.flags = WRIT_SNAPSHOT_STALE;
  const bool one_sided = random_.below(100) == 0;
  const auto [bid, ask] = host_.best[instrument];
  snapshot.bid_price = one_sided ? WRIT_NONE : bid;
  snapshot.bid_quantity = one_sided ? WRIT_NONE : kUnit;
  snapshot.ask_price = ask;
  snapshot.ask_quantity = kUnit;
  snapshot.position = position_[instrument];
  snapshot.account_position = position_[instrument];
  snapshot.feature_schema = WRIT_FEATURE_SCHEMA_VERSION;
  snapshot.feature_count = WRIT_FEATURE_COUNT;
  const auto& inputs = instance.descriptor().signals_in;
  snapshot.signal_count = static_cast<std::uint32_t>(inputs.size());
  buffer_.begin(snapshot);
  for (std::uint32_t feature = 0; feature < WRIT_FEATURE_COUNT; ++feature) {
    const double value = feature == WRIT_FEATURE_VOLATILITY ? 0.05 : random_.next_f64() / 2;
    const bool known = random_.below(20) != 0;
    const writ_feature entry{known ? value : 0, feature, known ? 1U : 0U};
    buffer_.append(&entry, sizeof entry);
  }
  for (const Port& input : inputs) {
    writ_signal_value value{};
    value.instance = 77;
    value.port = input.id;
    value.instrument = instrument;
    value.flags = WRIT_SIGNAL_WARM;
    value.ingest_ts = host_.time;
    value.value = 2 * random_.next_f64() - 1;
    buffer_.append(&value, sizeof value);
  }
  auto& record = buffer_.finish();
  stamp(record);
  std::vector<std::uint64_t> copy(record.size / 8);
  std::memcpy(copy.data(), &record, record.size);
  const writ_status status =
      instance.on_snapshot(reinterpret_cast<const writ_snapshot&>(*copy.data()));
  std::fill(copy.begin(), copy.end(), 0xa5a5'a5a5'a5a5'a5a5U);
  return status;
}

writ_status TrialMarket::answer(Instance& instance, const TrialHost::Submitted& submitted) {
  const writ_intent& intent = submitted.intent;
  writ_status worst = WRIT_OK;
  auto verdict = model::make_record<writ_verdict>();
  verdict.intent_id = submitted.id;
  verdict.tag = intent.tag;
  verdict.instance = instance.number();
  verdict.instrument = intent.instrument;
  verdict.book = WRIT_BOOK_MAIN;
  verdict.approved = random_.below(5) != 0 ? 1 : 0;
  verdict.reason = verdict.approved != 0 ? WRIT_REASON_OK : WRIT_REASON_RISK_VETO;
  verdict.price = verdict.approved != 0 ? intent.price : WRIT_NONE;
  verdict.quantity = verdict.approved != 0 ? intent.quantity : WRIT_NONE;
  worst = std::min(worst, hand(instance, verdict.header));
  if (verdict.approved == 0 || intent.kind != WRIT_INTENT_PLACE) return worst;

  auto order = model::make_record<writ_order>();
  order.order_id = submitted.id + 1'000'000;
  order.intent_id = submitted.id;
  order.tag = intent.tag;
  order.instance = instance.number();
  order.instrument = intent.instrument;
  order.side = intent.side;
  order.state = WRIT_ORDER_OPEN;
  order.price = intent.price;
  order.quantity = intent.quantity;
  worst = std::min(worst, hand(instance, order.header));
  const std::uint64_t fate = random_.below(4);
  if (fate == 0 && intent.quantity > 0 && intent.price > 0) {
    auto fill = model::make_record<writ_fill>();
    fill.order_id = order.order_id;
    fill.intent_id = submitted.id;
    fill.instance = instance.number();
    fill.instrument = intent.instrument;
    fill.side = intent.side;
    fill.liquidity = WRIT_LIQUIDITY_MAKER;
    fill.price = intent.price;
    fill.quantity = intent.quantity;
    position_[intent.instrument] +=
        intent.side == WRIT_SIDE_BUY ? intent.quantity : -intent.quantity;
    worst = std::min(worst, hand(instance, fill.header));
    order.state = WRIT_ORDER_FILLED;
    order.filled = intent.quantity;
    worst = std::min(worst, hand(instance, order.header));
  } else if (fate == 1) {
    order.state = WRIT_ORDER_CANCELLED;
    worst = std::min(worst, hand(instance, order.header));
  }
  return worst;
}

}  // namespace writ::plugin
