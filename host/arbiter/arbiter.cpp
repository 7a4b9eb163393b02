#include "host/arbiter/arbiter.hpp"

#include "host/arbiter/check_table.hpp"
#include "host/arbiter/checks/checks.hpp"
#include "host/arbiter/reduction.hpp"
#include "host/base/assert.hpp"
#include "host/base/byte_stream.hpp"
#include "host/model/market_key.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace writ::arbiter {
namespace {

/// The function of each row of the table, in its order.
constexpr std::array<Check, kCheckTable.size()> kChecks = {valid_by_venue_rules,
                                                           within_time_to_live,
                                                           target_order_working,
                                                           closes_no_more_than_held,
                                                           group_whole,
                                                           no_duplicate,
                                                           market_trading,
                                                           book_fresh,
                                                           no_data_gap,
                                                           not_killed,
                                                           not_paused,
                                                           circuit_whole,
                                                           within_drawdown_tier,
                                                           market_not_locked,
                                                           first_by_priority,
                                                           meets_no_own_order,
                                                           notional_within_cash,
                                                           position_within_limit,
                                                           exposure_within_limits,
                                                           worst_case_within_limits,
                                                           daily_loss_below_limit,
                                                           capital_within_budget,
                                                           price_within_band,
                                                           order_rate_within_limit,
                                                           orders_per_trade_within_limit,
                                                           open_orders_within_limit};

bool asks_for_an_order(const writ_intent& intent) {
  return intent.kind == WRIT_INTENT_PLACE || intent.kind == WRIT_INTENT_REPLACE ||
         intent.kind == WRIT_INTENT_FLATTEN || intent.kind == WRIT_INTENT_TARGET;
}

/// The first adding intent takes an exclusive market.
bool takes_market(const writ_verdict& verdict) {
  return verdict.effect == WRIT_EFFECT_ADDS && verdict.owner != 0 &&
         verdict.owner == verdict.instance;
}

writ_verdict begin_verdict(const writ_intent& intent, std::uint64_t intent_id, std::uint16_t book) {
  auto verdict = model::make_record<writ_verdict>();
  verdict.intent_id = intent_id;
  verdict.tag = intent.tag;
  verdict.instance = intent.instance;
  verdict.instrument = intent.instrument;
  verdict.account = intent.account;
  verdict.book = book;
  verdict.price = WRIT_NONE;
  verdict.quantity = 0;
  return verdict;
}

/// Puts a check on record; `outcome` is WRIT_CHECK_*.
void put(writ_check& record, std::uint16_t check, std::uint16_t outcome,
         const CheckResult& result) {
  record.check = check;
  record.result = outcome;
  record.unit = result.unit;
  record.value = to_abi(Money{result.value});
  record.limit = to_abi(Money{result.limit});
}

/// What came of the checks.
struct Judgement {
  Effect effect;  ///< of what is left of the order, where checks cut it
  std::uint16_t reason = WRIT_REASON_OK;
  std::uint16_t detail = WRIT_CHECK_NONE;
  writ_check* next = nullptr;  ///< place of the next check in the verdict
};

/// A check more than the table has: what an exit is let through.
constexpr std::size_t kChecksMax = kCheckTable.size() + 1;

/// Makes one check, if it applies, and puts it on record. False: it failed.
template <std::size_t kAt>
bool make_check(Case& c, bool divisible, Judgement& made) {
  constexpr CheckRule kRule = kCheckTable[kAt];
  if (!kRule.applies_to(made.effect)) return true;
  const auto result = kChecks[kAt](c);
  if (!result) return true;
  writ_check& record = *made.next++;
  if (result->passed) {
    put(record, kRule.check, WRIT_CHECK_PASSED, *result);
    return true;
  }
  made.detail = kRule.check;
  const bool cut = kRule.cuts && divisible && reduce_to_pass(kChecks[kAt], c);
  put(record, kRule.check, cut ? WRIT_CHECK_REDUCED : WRIT_CHECK_FAILED, *result);
  if (cut) {
    made.effect = effect_of(c.intent, c.terms, c.view);
  } else {
    made.reason = kRule.reason;
  }
  return cut;
}

/// Makes the checks in order, up to the first that fails.
template <std::size_t... kAt>
Judgement make_checks(Case& c, Effect effect, writ_check* first, std::index_sequence<kAt...>) {
  Judgement made{effect};
  made.next = first;
  const bool divisible = effect == Effect::kAdds && may_be_reduced(c.intent, c.terms);
  const bool passed = (make_check<kAt>(c, divisible, made) && ...);
  if (passed && made.effect == Effect::kReduces && !c.view.own_order_met.is_none()) {
    // An exit is let through: what it would meet is cancelled.
    put(*made.next++, WRIT_CHECK_SELF_CROSS, WRIT_CHECK_NOT_APPLIED, *meets_no_own_order(c));
  }
  return made;
}

}  // namespace

Arbiter::Arbiter(const model::InstrumentTable& tables, const ArbiterOptions& options)
    : tables_(tables), rules_(std::make_unique<const RuleTable>(options)) {}

OrderTerms Arbiter::terms(const writ_intent& intent, const RiskView& view) const {
  return order_terms(intent, view, options().market_order_slippage);
}

void Arbiter::judge(const writ_intent& intent, std::uint64_t intent_id, const RiskView& view,
                    model::RecordBuffer& verdict) const {
  WRIT_ASSERT((intent.flags & WRIT_INTENT_WARMUP) == 0);
  const OrderTerms order = terms(intent, view);
  const Effect effect = effect_of(intent, order, view);
  const RiskLimits& limits = rules_->limits(intent.account, intent.instrument, intent.instance);
  Case c{intent, order, view, limits, order.quantity};
  c.set_quantity(order.quantity);
  c.killed = is_killed(intent.account);
  c.paused = is_paused(intent.account, intent.instance);
  c.exclusive = rules_->ownership_of(intent.instrument) == Ownership::kExclusive;
  c.priority = rules_->priority_of(intent.instance);
  if (c.exclusive) {
    const auto market = market_of(intent.account, intent.instrument);
    if (const auto* lease = leases_.find(market)) {
      c.owner = lease->owner;
      c.owner_priority = rules_->priority_of(lease->owner);
      c.owner_idle = lease->is_idle();
      c.owner_new = leases_.taken_in_batch(market);
    }
  }
  c.recent_orders =
      rates_.count(intent.account, intent.instance, view.now, limits.order_rate_window_ns);
  if (limits.order_to_trade_max) {
    const std::int64_t window = limits.order_to_trade_window_ns;
    c.counted_orders = rates_.count(intent.account, intent.instance, view.now, window);
    c.counted_fills = fills_.count(intent.account, intent.instance, view.now, window);
  }
  c.watched = rules_->circuit_break_of(intent.instrument) != nullptr;
  c.broken_until = breaks_.broken_until(market_of(0, intent.instrument).second);

  verdict.begin(begin_verdict(intent, intent_id, tables_.book_of(intent.account)));
  std::array<writ_check, kChecksMax> rows;  // not set: all of a row is when it is put there
  const Judgement made =
      make_checks(c, effect, rows.data(), std::make_index_sequence<kCheckTable.size()>());
  const auto check_count = static_cast<std::uint32_t>(made.next - rows.data());
  verdict.append(rows.data(), check_count * sizeof(writ_check));
  auto& fixed = verdict.fixed<writ_verdict>();
  fixed.owner = c.owner;
  fixed.approved = made.reason == WRIT_REASON_OK ? 1 : 0;
  fixed.reason = made.reason;
  fixed.detail = made.detail;
  fixed.effect = static_cast<std::uint16_t>(made.effect);
  fixed.check_count = check_count;
  if (fixed.approved == 0) return;
  // apply() reads from here who takes the market.
  if (c.exclusive && made.effect == Effect::kAdds) fixed.owner = intent.instance;
  const bool sized = intent.kind == WRIT_INTENT_PLACE || intent.kind == WRIT_INTENT_REPLACE ||
                     intent.kind == WRIT_INTENT_TARGET;
  if (asks_for_an_order(intent) && !order.market) fixed.price = intent.price;
  const bool cut = c.terms.quantity != c.asked;
  if (sized) fixed.quantity = cut ? approved_quantity(c).raw : intent.quantity;
}

writ_verdict Arbiter::unjudged_verdict(const writ_intent& intent, std::uint64_t intent_id,
                                       std::uint16_t reason) const {
  WRIT_ASSERT(reason == WRIT_REASON_PLUGIN_ERROR || reason == WRIT_REASON_RESTART);
  writ_verdict verdict = begin_verdict(intent, intent_id, tables_.book_of(intent.account));
  verdict.reason = reason;
  verdict.detail = reason == WRIT_REASON_RESTART ? WRIT_CHECK_RESTART : WRIT_CHECK_PLUGIN;
  return verdict;
}

void Arbiter::refuse_leg(const writ_intent& intent, std::uint64_t intent_id,
                         const writ_verdict* judged, const writ_verdict& failed,
                         model::RecordBuffer& verdict) const {
  writ_verdict fixed = judged != nullptr
                           ? *judged
                           : begin_verdict(intent, intent_id, tables_.book_of(intent.account));
  std::span<const writ_check> made;
  if (judged != nullptr) made = model::tail_array<writ_check>(*judged, judged->check_count);
  fixed.approved = 0;
  fixed.reason = failed.reason;
  fixed.detail = WRIT_CHECK_GROUP;
  fixed.owner = owner(intent.account, intent.instrument);
  fixed.price = WRIT_NONE;
  fixed.quantity = 0;
  ++fixed.check_count;
  verdict.begin(fixed).append(made.data(), made.size_bytes());
  put(verdict.extend<writ_check>(), WRIT_CHECK_GROUP, WRIT_CHECK_FAILED,
      {false, WRIT_UNIT_ID, failed.intent_id, 0});
}

void Arbiter::hold(const writ_verdict& verdict, const writ_intent& intent) {
  WRIT_ASSERT(verdict.approved == 1);
  if (takes_market(verdict)) {
    leases_.hold(market_of(verdict.account, verdict.instrument), verdict.instrument,
                 verdict.instance);
  }
  if (asks_for_an_order(intent)) {
    rates_.hold(verdict.account, verdict.instance, verdict.header.ingest_ts);
  }
}

void Arbiter::release_held() {
  leases_.release_held();
  rates_.release_held();
}

void Arbiter::apply(const writ_verdict& verdict, const writ_intent& intent) {
  if (verdict.approved != 1) return;
  if (takes_market(verdict)) {
    leases_.take(market_of(verdict.account, verdict.instrument), verdict.instrument,
                 verdict.instance);
  }
  if (asks_for_an_order(intent)) {
    const auto& limits = rules_->limits(verdict.account, verdict.instrument, verdict.instance);
    const std::int64_t now = verdict.header.ingest_ts;
    std::int64_t kept_ns = limits.order_rate_window_ns;
    if (limits.order_to_trade_max) kept_ns = std::max(kept_ns, limits.order_to_trade_window_ns);
    rates_.note(verdict.account, verdict.instance, now, kept_ns);
    if (limits.duplicate_window_ns) {
      approved_.note(intent, verdict.intent_id, now, *limits.duplicate_window_ns);
    }
  }
}

void Arbiter::on_fill(const writ_fill& fill) {
  const auto& limits = rules_->limits(fill.account, fill.instrument, fill.instance);
  if (!limits.order_to_trade_max) return;
  fills_.note(fill.account, fill.instance, fill.header.ingest_ts, limits.order_to_trade_window_ns);
}

bool Arbiter::on_book(std::uint32_t instrument, Price bid, Price ask, std::int64_t now) {
  const CircuitBreakRule* rule = rules_->circuit_break_of(instrument);
  if (rule == nullptr) return false;
  const auto doubled = narrow_to_int64(Int128{bid.raw} + ask.raw);
  if (!doubled || *doubled <= 0) return false;
  return breaks_.on_middle(instrument, market_of(0, instrument).second, *doubled, now, *rule);
}

// --- ownership ---

std::optional<Market> Arbiter::wanted_market(const writ_intent& intent,
                                             const RiskView& view) const {
  if (effect_of(intent, terms(intent, view), view) != Effect::kAdds) return std::nullopt;
  return market_of(intent.account, intent.instrument);
}

Market Arbiter::market_of(std::uint32_t account, std::uint32_t instrument) const {
  const writ_instrument* record = tables_.instrument(instrument);
  return {account, record == nullptr ? instrument : model::market_key(*record)};
}

std::uint32_t Arbiter::owner(std::uint32_t account, std::uint32_t instrument) const {
  if (rules_->ownership_of(instrument) == Ownership::kShared) return 0;
  const auto* lease = leases_.find(market_of(account, instrument));
  return lease == nullptr ? 0 : lease->owner;
}

bool Arbiter::release_if_idle(std::uint32_t account, std::uint32_t instrument, Quantity position,
                              std::uint32_t working_orders, std::int64_t now) {
  const auto market = market_of(account, instrument);
  if (position.raw == 0 && working_orders == 0) {
    return leases_.rest(market, now, options().ownership_lease_ns);
  }
  leases_.wake(market);
  return false;
}

void Arbiter::release_all(std::uint32_t instance, std::uint32_t account) {
  leases_.release_all(instance, account);
}

// --- kill and pause ---

void Arbiter::kill(std::uint32_t account) { killed_.insert(account); }

bool Arbiter::is_killed(std::uint32_t account) const {
  return killed_.contains(0) || killed_.contains(account) ||
         killed_.contains(tables_.shadowed(account));
}

void Arbiter::resume_after_kill(std::uint32_t account) {
  if (account == 0) {
    killed_.clear();
  } else {
    killed_.erase(account);
  }
}

void Arbiter::pause(std::uint32_t account, std::uint32_t instance) {
  paused_.insert({account, instance});
}

void Arbiter::resume(std::uint32_t account, std::uint32_t instance) {
  std::erase_if(paused_, [&](const Scope& scope) {
    return scope.second != kHeld && (account == 0 || scope.first == account) &&
           (instance == 0 || scope.second == instance);
  });
}

void Arbiter::release_hold(std::uint32_t account) {
  std::erase_if(paused_, [&](const Scope& scope) {
    return scope.second == kHeld && (account == 0 || scope.first == account);
  });
}

bool Arbiter::is_paused(std::uint32_t account, std::uint32_t instance) const {
  for (const Scope& scope : paused_) {
    const bool concerned =
        scope.first == 0 || scope.first == account || scope.first == tables_.shadowed(account);
    if (concerned && (scope.second == 0 || scope.second == instance || scope.second == kHeld)) {
      return true;
    }
  }
  return false;
}

// --- saved state ---

std::vector<std::byte> Arbiter::save() const {
  base::ByteWriter out;
  leases_.save(out);
  rates_.save(out);
  fills_.save(out);
  approved_.save(out);
  breaks_.save(out);
  out.put(static_cast<std::uint64_t>(killed_.size()));
  for (const std::uint32_t account : killed_) out.put(account);
  out.put(static_cast<std::uint64_t>(paused_.size()));
  for (const Scope& scope : paused_) {
    out.put(scope.first);
    out.put(scope.second);
  }
  return out.take();
}

base::Result<void> Arbiter::load(std::span<const std::byte> state) {
  base::ByteReader in(state);
  Arbiter loaded(tables_, {});
  if (!loaded.leases_.load(in)) return base::Error{base::Errc::kCorrupt, "load arbiter"};
  if (const auto result = loaded.rates_.load(in); !result) return result;
  if (const auto result = loaded.fills_.load(in); !result) return result;
  if (!loaded.approved_.load(in) || !loaded.breaks_.load(in)) {
    return base::Error{base::Errc::kCorrupt, "load arbiter"};
  }
  const auto killed_count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < killed_count && in.ok(); ++i) {
    loaded.killed_.insert(in.get<std::uint32_t>());
  }
  const auto paused_count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < paused_count && in.ok(); ++i) {
    const auto account = in.get<std::uint32_t>();
    loaded.paused_.insert({account, in.get<std::uint32_t>()});
  }
  if (!in.complete()) return base::Error{base::Errc::kCorrupt, "load arbiter"};
  leases_ = std::move(loaded.leases_);
  rates_ = std::move(loaded.rates_);
  fills_ = std::move(loaded.fills_);
  approved_ = std::move(loaded.approved_);
  breaks_ = std::move(loaded.breaks_);
  killed_ = std::move(loaded.killed_);
  paused_ = std::move(loaded.paused_);
  return {};
}

}  // namespace writ::arbiter
