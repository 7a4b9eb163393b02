#include "host/execution/orders.hpp"

#include "host/base/assert.hpp"
#include "host/base/uuid.hpp"
#include "host/execution/reservation.hpp"
#include "host/model/result_asset.hpp"

#include <writ/int128.hpp>
#include <writ/money_abi.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::execution {
namespace {

constexpr std::uint32_t kNumberMax = base::DenseMap<int>::kKeyMax;

Quantity clamped(Int128 raw) {
  const auto narrow = narrow_to_int64(raw);
  return narrow ? Quantity{*narrow} : Quantity::max();
}

/// What an amendment without an answer left open: some of it may have filled as it was agreed
/// before, the rest of what is asked for fills as asked for.
struct TwoTerms {
  struct Open {
    Int128 quantity;
    std::int64_t price;
  };
  Open asked;
  Open agreed;
};

/// The price at which the larger of the two quantities is worth what each unit of it may be at the
/// worst: what both have at the worse price, what one has beyond the other at its own.
std::int64_t price_at_worst(const TwoTerms& terms, bool higher_is_worse) {
  const auto& [asked, agreed] = terms;
  const auto& larger = asked.quantity > agreed.quantity ? asked : agreed;
  const Int128 either = std::min(asked.quantity, agreed.quantity);
  const std::int64_t worse =
      higher_is_worse ? std::max(asked.price, agreed.price) : std::min(asked.price, agreed.price);
  const Int128 value = either * worse + (larger.quantity - either) * larger.price;
  return static_cast<std::int64_t>(
      divide_rounded(value, larger.quantity, higher_is_worse ? Rounding::kCeil : Rounding::kFloor));
}

/// The odds at which the larger stake owes the most that laying on these terms may come to.
std::int64_t odds_at_worst(const TwoTerms& terms) {
  constexpr std::int64_t kEven = 1'000'000'000;
  const auto& [asked, agreed] = terms;
  const Int128 beyond = std::max(asked.quantity - agreed.quantity, Int128{0});
  const Int128 all_asked = asked.quantity * (asked.price - kEven);
  const Int128 first_agreed =
      agreed.quantity * (agreed.price - kEven) + beyond * (asked.price - kEven);
  const Int128 owed = std::max(all_asked, first_agreed);
  return kEven + static_cast<std::int64_t>(divide_rounded(
                     owed, std::max(asked.quantity, agreed.quantity), Rounding::kCeil));
}

}  // namespace

Orders::Orders(OrdersOptions options) : options_(options) {
  WRIT_ASSERT(options.answer_timeout_ns > 0);
}

void Orders::apply(const writ_run_started& run) {
  base::Uuid uuid;
  std::copy(std::begin(run.run_id), std::end(run.run_id), uuid.bytes.begin());
  run_id_ = base::to_string(uuid);
}

void Orders::apply(const writ_instance& instance) {
  instance_names_[instance.instance] = std::string(model::text_of(instance.name));
}

void Orders::apply(const writ_instrument& instrument) {
  writ_instrument& facts = instruments_[instrument.instrument];
  for (auto& [account, desks] : desks_) {  // what is reserved may be of other assets now
    const Desk* desk = desks.by_instrument.get(instrument.instrument);
    if (desk == nullptr) continue;
    Contribution taken_back;
    taken_back -= desk->all;
    reserve(desks, facts, taken_back);
    reserve(desks, instrument, desk->all);
  }
  facts = instrument;
}

void Orders::apply(const writ_order& order) {
  Entry* known = entry_of(order.order_id);
  const bool fresh = known == nullptr;
  Entry& entry = fresh ? add_entry(order.order_id) : *known;
  const bool was_final = !fresh && !is_working(entry.record);
  if (order.cause_seq == fill_seq_ && order.filled > entry.record.filled) {
    entry.trades.insert(fill_trade_);
    entry.name_seq = std::max(entry.name_seq, fill_venue_seq_);
    entry.waits_since = order.header.ingest_ts;
  }
  if (order.command != WRIT_COMMAND_NONE) entry.waits_since = order.header.ingest_ts;
  if (order.command == WRIT_COMMAND_LOOKUP) {
    entry.looking_up = true;
    ++entry.lookups;
  }
  if (order.command == WRIT_COMMAND_CANCEL) entry.cancelling = true;
  if (order.command == WRIT_COMMAND_REPLACE && !entry.replacing) {
    entry.replacing = true;
    entry.agreed_price = entry.record.price;
    entry.agreed_quantity = entry.record.quantity;
    entry.agreed_requested = entry.record.requested;
  }
  entry.record = order;
  if (fresh) index(entry);

  if (!is_working(order) && !was_final) {
    finished_.emplace_back(order.header.ingest_ts, order.order_id);
  }
  settle(entry);
  await(entry);
  forget_finished(order.header.ingest_ts);
}

void Orders::apply(const writ_fill& fill) {
  fill_seq_ = fill.header.seq;
  fill_venue_seq_ = fill.venue_seq;
  fill_trade_ = {};
  const auto text = model::text_of(fill.exchange_trade_id);
  std::copy(text.begin(), text.end(), fill_trade_.begin());
}

Orders::Contribution& Orders::Contribution::operator+=(const Contribution& other) noexcept {
  count += other.count;
  buy += other.buy;
  sell += other.sell;
  cash += other.cash;
  base += other.base;
  return *this;
}

// Counted modulo 2^32, so that a change by fewer can be added.
Orders::Contribution& Orders::Contribution::operator-=(const Contribution& other) noexcept {
  count -= other.count;
  buy -= other.buy;
  sell -= other.sell;
  cash -= other.cash;
  base -= other.base;
  return *this;
}

// It ended, and filled more than we were told of: those fills are under way.
bool Orders::is_owed_fills(const Entry& entry) noexcept {
  return !is_working(entry.record) && entry.record.intent_id != 0 &&
         entry.reported_filled > entry.record.filled;
}

writ_order Orders::at_worst(const Entry& entry) const {
  writ_order order = entry.record;
  const bool owed = is_owed_fills(entry);
  if (owed) order.state = WRIT_ORDER_PARTIAL;
  if (owed) order.quantity = entry.reported_filled;
  if (!entry.replacing) return order;
  const writ_instrument* facts = instruments_.get(order.instrument);
  const bool odds = facts != nullptr && facts->kind == WRIT_KIND_RUNNER;
  const bool higher_is_worse = (order.side == WRIT_SIDE_BUY) != odds;
  const auto open = [&order](std::int64_t quantity, std::int64_t price) {
    return TwoTerms::Open{std::max(Int128{quantity} - order.filled, Int128{0}), price};
  };
  const TwoTerms terms{open(order.quantity, order.price),
                       open(entry.agreed_quantity, entry.agreed_price)};
  order.price = higher_is_worse ? std::max(order.price, entry.agreed_price)
                                : std::min(order.price, entry.agreed_price);
  if (owed) return order;
  order.quantity = std::max(order.quantity, entry.agreed_quantity);
  const bool priced = terms.asked.price != WRIT_NONE && terms.agreed.price != WRIT_NONE;
  if (priced && leaves(order).raw > 0) {
    const bool lays = odds && order.side == WRIT_SIDE_SELL;
    order.price = lays ? odds_at_worst(terms) : price_at_worst(terms, higher_is_worse);
  }
  return order;
}

Orders::Contribution Orders::contribution_of(const Entry& entry) const {
  Contribution part;
  const bool works = is_working(entry.record);
  if (!works && !is_owed_fills(entry)) return part;
  part.count = works ? 1 : 0;
  const writ_instrument* facts = instruments_.get(entry.record.instrument);
  const auto cash_of = [facts](const writ_order& order) {
    return facts == nullptr ? Int128{0} : cash_reserved(*facts, order).raw;
  };
  const auto take_larger = [&](const writ_order& order, Int128 cash) {
    const Int128 open = leaves(order).raw;
    Int128& side = order.side == WRIT_SIDE_BUY ? part.buy : part.sell;
    side = std::max(side, open);
    part.cash = std::max(part.cash, cash);
    if (facts != nullptr) part.base = std::max(part.base, base_reserved(*facts, order).raw);
  };
  if (works && !entry.replacing) {
    take_larger(entry.record, cash_of(entry.record));
    return part;
  }
  writ_order fillable = entry.record;
  if (!works) {
    fillable.state = WRIT_ORDER_PARTIAL;
    fillable.quantity = entry.reported_filled;
  }
  take_larger(fillable, cash_of(fillable));
  if (entry.replacing) {
    // Until the venue answers it may fill what was agreed, and after that what is more of it.
    writ_order agreed = entry.record;
    agreed.price = entry.agreed_price;
    agreed.quantity = entry.agreed_quantity;
    agreed.requested = entry.agreed_requested;
    writ_order beyond = fillable;
    beyond.filled = std::max(beyond.filled, agreed.quantity);
    take_larger(agreed, cash_of(agreed) + cash_of(beyond));
  }
  return part;
}

void Orders::Desk::add(std::uint32_t instance, const Contribution& change) {
  all += change;
  auto share = std::lower_bound(shares.begin(), shares.end(), instance,
                                [](const auto& one, std::uint32_t who) { return one.first < who; });
  if (share == shares.end() || share->first != instance) {
    share = shares.insert(share, {instance, {}});
  }
  share->second += change;
  if (share->second == Contribution{}) shares.erase(share);
}

void Orders::reserve(Desks& desks, const writ_instrument& facts, const Contribution& change) {
  const bool spot = facts.kind == WRIT_KIND_SPOT;
  if (change.cash != 0) desks.reserved[model::result_asset(facts)] += change.cash;
  if (spot && change.base != 0) desks.reserved[facts.base_asset] += change.base;
}

// Keeps the desk's list as the entry is now.
void Orders::Desk::list(Listed& listed, const Entry& entry, bool belongs) {
  const auto at = std::lower_bound(
      listed.begin(), listed.end(), entry.record.order_id,
      [](const Entry* one, std::uint64_t id) { return one->record.order_id < id; });
  const bool is_listed = at != listed.end() && *at == &entry;
  if (belongs && !is_listed) listed.insert(at, &entry);
  if (!belongs && is_listed) listed.erase(at);
}

// The one place where what is said of entries besides follows them.
void Orders::settle(Entry& entry) {
  const writ_order& order = entry.record;
  Desks& desks = desks_[order.account];
  Desk& desk = desks.by_instrument[order.instrument];
  const bool works = is_working(order);
  const bool fills = works || is_owed_fills(entry);
  if (works != std::exchange(entry.works, works)) {
    Desk::list(desk.working, entry, works);
    if (works) {
      working_.try_emplace(order.order_id, &entry);
    } else {
      working_.erase(order.order_id);
    }
  }
  if (fills != std::exchange(entry.fills, fills)) Desk::list(desk.fillable, entry, fills);

  const Contribution part = contribution_of(entry);
  if (part == entry.contribution) return;
  Contribution change = part;
  change -= entry.contribution;
  entry.contribution = part;
  desk.add(order.instance, change);
  const writ_instrument* facts = instruments_.get(order.instrument);
  if (facts != nullptr) reserve(desks, *facts, change);
}

Orders::Entry& Orders::add_entry(std::uint64_t order_id) {
  std::unique_ptr<Entry> entry;
  if (spare_.empty()) {
    entry = std::make_unique<Entry>();
  } else {
    entry = std::move(spare_.back());
    spare_.pop_back();
  }
  return *orders_.try_emplace(order_id, std::move(entry)).first->second;
}

void Orders::remove_entry(std::uint64_t order_id) {
  const auto at = orders_.find(order_id);
  *at->second = Entry{};
  spare_.push_back(std::move(at->second));
  orders_.erase(at);
}

// By what its order is found besides its own id.
void Orders::index(Entry& entry) {
  const writ_order& order = entry.record;
  by_client_id_.set(entry);
  if (order.intent_id != 0) by_intent_.insert_or_assign({order.intent_id, order.leg}, &entry);
}

void Orders::forget_finished(std::int64_t now) {
  while (!finished_.empty() && (finished_.size() > options_.finished_kept_max ||
                                now - finished_.front().first > options_.finished_kept_ns)) {
    Entry& entry = *entry_of(finished_.front().second);
    finished_.pop_front();
    const writ_order& order = entry.record;
    if (is_owed_fills(entry)) written_off_.push_back(order.instrument);
    entry.reported_filled = order.filled;  // a fill that comes now is refused
    settle(entry);
    by_client_id_.erase(entry);
    awaited_.erase({entry.due, order.order_id});
    const auto intent = by_intent_.find({order.intent_id, order.leg});
    if (intent != by_intent_.end() && intent->second == &entry) by_intent_.erase(intent);
    remove_entry(order.order_id);
  }
}

// --- reading -----------------------------------------------------------------------------------

bool Orders::is_working(const writ_order& order) noexcept {
  return !is_final(OrderState{order.state});
}

const Orders::Entry* Orders::entry_of(std::uint64_t order_id) const {
  const auto found = orders_.find(order_id);
  return found == orders_.end() ? nullptr : found->second.get();
}

Orders::Entry* Orders::entry_of(std::uint64_t order_id) {
  return const_cast<Entry*>(std::as_const(*this).entry_of(order_id));
}

Orders::Entry* Orders::find_by_text(std::string_view client_order_id) const {
  ClientId id{};
  if (client_order_id.size() >= id.size()) return nullptr;
  std::copy(client_order_id.begin(), client_order_id.end(), id.begin());
  return by_client_id_.find(id);
}

Orders::Entry* Orders::find_entry(std::uint64_t order_id, std::string_view client_order_id) {
  Entry* by_id = entry_of(order_id);
  if (by_id != nullptr && (client_order_id.empty() ||
                           model::text_of(by_id->record.client_order_id) == client_order_id)) {
    return by_id;
  }
  return client_order_id.empty() ? nullptr : find_by_text(client_order_id);
}

const writ_order* Orders::find(OrderId order) const {
  const Entry* found = entry_of(order.raw());
  return found == nullptr ? nullptr : &found->record;
}

const writ_order* Orders::find_by_client_id(std::string_view client_order_id) const {
  const Entry* found = find_by_text(client_order_id);
  return found == nullptr ? nullptr : &found->record;
}

const writ_order* Orders::order_of_intent(IntentId intent, std::uint32_t leg) const {
  const auto found = by_intent_.find({intent.raw(), leg});
  return found == by_intent_.end() ? nullptr : &found->second->record;
}

bool Orders::has_command_under_way(OrderId order) const {
  const Entry* found = entry_of(order.raw());
  return found != nullptr && is_working(found->record) && (found->cancelling || found->replacing);
}

bool Orders::has_fill(OrderId order, std::string_view exchange_trade_id) const {
  const Entry* found = entry_of(order.raw());
  TradeId trade{};
  if (found == nullptr || exchange_trade_id.size() >= trade.size()) return false;
  std::copy(exchange_trade_id.begin(), exchange_trade_id.end(), trade.begin());
  return found->trades.count(trade) != 0;
}

bool Orders::is_cancelling(OrderId order) const {
  const Entry* found = entry_of(order.raw());
  return found != nullptr && found->cancelling;
}

bool Orders::may_fill(OrderId order) const {
  const Entry* found = entry_of(order.raw());
  return found != nullptr && (is_working(found->record) || is_owed_fills(*found));
}

Quantity Orders::fillable(OrderId order) const {
  const Entry* found = entry_of(order.raw());
  if (found == nullptr) return {};
  return clamped(found->contribution.buy + found->contribution.sell);
}

bool Orders::is_unanswered(OrderId order) const {
  const Entry* found = entry_of(order.raw());
  return found != nullptr && found->looking_up;
}

Price Orders::agreed_price(OrderId order) const {
  const Entry* found = entry_of(order.raw());
  if (found == nullptr) return Price::none();
  const Entry& entry = *found;
  return Price{entry.replacing ? entry.agreed_price : entry.record.price};
}

std::vector<writ_order> Orders::working(const OrderScope& scope) const {
  std::vector<writ_order> copies;
  for_each_working(scope, [&copies](const writ_order& order) { copies.push_back(order); });
  return copies;
}

WorkingOrders Orders::sums_of(const Contribution& part) noexcept {
  return {part.count, clamped(part.buy), clamped(part.sell), Money{part.cash}};
}

WorkingOrders Orders::sums(const OrderScope& scope) const {
  const auto part_of = [&](const Desk* desk) {
    if (desk == nullptr) return Contribution{};
    if (scope.instance == 0) return desk->all;
    for (const auto& [instance, share] : desk->shares) {
      if (instance == scope.instance) return share;
    }
    return Contribution{};
  };
  if (scope.account != 0 && scope.instrument != 0) {
    return sums_of(part_of(find_desk(scope.account, scope.instrument)));
  }
  Contribution all;
  for (const auto& [account, desks] : desks_) {
    if (scope.account != 0 && scope.account != account) continue;
    for (const auto& [instrument, desk] : desks.by_instrument) {
      if (scope.instrument == 0 || scope.instrument == instrument) all += part_of(&desk);
    }
  }
  return sums_of(all);
}

Money Orders::reserved(AccountId account, AssetId asset) const {
  const Desks* desks = desks_.get(account.raw());
  const Int128* held = desks == nullptr ? nullptr : desks->reserved.get(asset.raw());
  return held == nullptr ? Money{} : Money{*held};
}

// --- saved state -------------------------------------------------------------------------------

std::vector<std::byte> Orders::save() const {
  base::ByteWriter out;
  out.put_text(run_id_);
  out.put(static_cast<std::uint64_t>(instance_names_.size()));
  for (const auto& [id, name] : instance_names_) {
    out.put(id);
    out.put_text(name);
  }
  out.put(static_cast<std::uint64_t>(instruments_.size()));
  for (const auto& [id, instrument] : instruments_) out.put(instrument);
  out.put(static_cast<std::uint64_t>(orders_.size()));
  for (const auto& [id, kept] : orders_) {
    const Entry& entry = *kept;
    out.put(entry.record);
    out.put(static_cast<std::uint8_t>(entry.cancelling ? 1 : 0));
    out.put(static_cast<std::uint8_t>(entry.replacing ? 1 : 0));
    if (entry.replacing) {
      out.put(entry.agreed_price);
      out.put(entry.agreed_quantity);
      out.put(entry.agreed_requested);
    }
    out.put(static_cast<std::uint8_t>(entry.looking_up ? 1 : 0));
    out.put(static_cast<std::uint8_t>(entry.doubted ? 1 : 0));
    out.put(entry.lookups);
    out.put(entry.waits_since);
    out.put(entry.reported_filled);
    out.put(entry.terms_seq);
    out.put(entry.name_seq);
    out.put(static_cast<std::uint64_t>(entry.trades.size()));
    for (const TradeId& trade : entry.trades) out.put(trade);
  }
  out.put(static_cast<std::uint64_t>(finished_.size()));
  for (const auto& [when, id] : finished_) {
    out.put(when);
    out.put(id);
  }
  return out.take();
}

base::Result<void> Orders::load(std::span<const std::byte> state) {
  const base::Error corrupt{base::Errc::kCorrupt, "load orders"};
  base::ByteReader in(state);
  Orders fresh(options_);
  fresh.run_id_ = in.get_text();
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto id = in.get<std::uint32_t>();
    fresh.instance_names_[id] = in.get_text();
  }
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto instrument = in.get<writ_instrument>();
    if (instrument.instrument > kNumberMax) return corrupt;
    fresh.apply(instrument);
  }
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    Entry entry;
    entry.record = in.get<writ_order>();
    entry.cancelling = in.get<std::uint8_t>() != 0;
    entry.replacing = in.get<std::uint8_t>() != 0;
    if (entry.replacing) {
      entry.agreed_price = in.get<std::int64_t>();
      entry.agreed_quantity = in.get<std::int64_t>();
      entry.agreed_requested = in.get<writ_money>();
    }
    entry.looking_up = in.get<std::uint8_t>() != 0;
    entry.doubted = in.get<std::uint8_t>() != 0;
    entry.lookups = in.get<std::uint32_t>();
    entry.waits_since = in.get<std::int64_t>();
    entry.reported_filled = in.get<std::int64_t>();
    entry.terms_seq = in.get<std::uint64_t>();
    entry.name_seq = in.get<std::uint64_t>();
    for (auto trades = in.get<std::uint64_t>(); in.ok() && trades > 0; --trades) {
      entry.trades.insert(in.get<TradeId>());
    }
    const writ_order record = entry.record;
    if (!in.ok() || record.state < WRIT_ORDER_NEW || record.state > WRIT_ORDER_FAILED ||
        record.account > kNumberMax || record.instrument > kNumberMax) {
      return corrupt;
    }
    if (model::text_of(record.client_order_id).size() >= sizeof(ClientId)) return corrupt;
    Entry* known = fresh.entry_of(record.order_id);
    Entry& kept = known == nullptr ? fresh.add_entry(record.order_id) : *known;
    kept = std::move(entry);
    fresh.index(kept);
    fresh.settle(kept);
    fresh.await(kept);
  }
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto when = in.get<std::int64_t>();
    const auto id = in.get<std::uint64_t>();
    const Entry* entry = fresh.entry_of(id);
    if (entry == nullptr || is_working(entry->record)) return corrupt;
    fresh.finished_.emplace_back(when, id);
  }
  if (!in.complete() || fresh.finished_.size() + fresh.working_.size() != fresh.orders_.size()) {
    return corrupt;
  }
  *this = std::move(fresh);
  return {};
}

}  // namespace writ::execution
