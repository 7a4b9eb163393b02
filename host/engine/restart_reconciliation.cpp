#include "host/engine/restart_reconciliation.hpp"

#include "host/execution/client_order_id.hpp"
#include "host/model/record_view.hpp"
#include "host/model/result_asset.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace writ::engine {
namespace {

using execution::Reconcile;
using execution::ReconcileAmount;
using execution::VenueOrder;
using execution::VenueState;

constexpr std::int64_t kOverlapNs = 3'600'000'000'000;
constexpr Int128 kAveragingMax = 100'000'000'000'000;  // 0.0001 of an asset

writ_report report_of(const VenueOrder& order, std::uint16_t kind, std::uint16_t reason) {
  auto report = model::make_record<writ_report>();
  report.account = order.account;
  report.instrument = order.instrument;
  report.book = WRIT_BOOK_MAIN;
  report.kind = kind;
  report.reason = reason;
  report.price = order.price;
  report.quantity = order.quantity;
  report.filled = order.filled;
  const bool fits = model::set_text(report.client_order_id, order.client_order_id) &&
                    model::set_text(report.venue_order_id, order.venue_order_id);
  WRIT_ASSERT(fits);
  return report;
}

/// Of the account's positions in perpetuals that settle in the asset.
struct OpenPerpetuals {
  Money cost;
  bool any = false;
};

OpenPerpetuals open_perpetuals(const Pipeline& core, std::uint32_t account, std::uint32_t asset) {
  OpenPerpetuals open;
  for (const auto* facts : core.tables().instruments()) {
    if (facts->kind != WRIT_KIND_PERP || model::result_asset(*facts) != asset) continue;
    const auto* lots = core.ledger().lots(AccountId{account}, InstrumentId{facts->instrument});
    if (lots == nullptr || lots->position().raw == 0) continue;
    open.cost = open.cost + lots->cost();
    open.any = true;
  }
  return open;
}

/// How the venue's end of an order is told; a filled one by its fills.
std::uint16_t end_kind(execution::OrderState ended, const writ_order& local) {
  using execution::OrderState;
  if (ended == OrderState::kFilled) return WRIT_REPORT_FOUND;
  if (ended == OrderState::kExpired) return WRIT_REPORT_EXPIRED;
  const bool unconfirmed = local.state == WRIT_ORDER_NEW || local.state == WRIT_ORDER_ACK ||
                           local.state == WRIT_ORDER_UNKNOWN;
  return ended == OrderState::kRejected && unconfirmed ? WRIT_REPORT_REJECTED
                                                       : WRIT_REPORT_CANCELLED;
}

}  // namespace

RestartReconciliation::RestartReconciliation(execution::VenueAccount& venue, std::int64_t last_seen,
                                             const ReconcileOptions& options)
    : venue_(venue), options_(options), fills_since_(last_seen - kOverlapNs) {}

void RestartReconciliation::ask(const Pipeline& core) {
  execution::VenueQuestion question;
  question.fills_since = fills_since_;
  question.funding_since = fills_since_ + kOverlapNs;
  core.orders().for_each_working({}, [&](const writ_order& order) {
    if (order.book == WRIT_BOOK_SHADOW) return;  // the venue never saw it
    question.orders.push_back(
        {std::string(model::text_of(order.client_order_id)), order.instrument});
  });
  venue_.ask(question);
  asked_ = true;
  ++rounds_;
}

RestartReconciliation::Stage RestartReconciliation::turn(std::int64_t now, const Pipeline& core,
                                                         const TakeInput& take) {
  if (!asked_) {
    if (now < ask_at_) return Stage::kUnderWay;
    ask(core);
  }
  auto answer = venue_.take_answer();
  if (!answer) return Stage::kUnderWay;
  asked_ = false;
  if (!*answer) {
    last_.reset();
    ask_at_ = now + options_.retry_ns;
    return Stage::kUnderWay;
  }
  state_ = std::move(**answer);
  const bool settled = last_ && execution::agree(*last_, state_);
  last_ = state_;
  if (!settled) return Stage::kUnderWay;
  last_.reset();
  return apply(now, core, take);
}

RestartReconciliation::Stage RestartReconciliation::apply(std::int64_t now, const Pipeline& core,
                                                          const TakeInput& take) {
  waits_ = false;
  name_external(core);
  apply_orders(now, core, take);
  for (auto& funding : state_.fundings) take(funding.header);
  if (problems_.empty() && waits_) {
    ask_at_ = now + options_.retry_ns;
    return Stage::kUnderWay;
  }
  if (problems_.empty()) compare_amounts(core, take);
  return problems_.empty() ? Stage::kAgreed : Stage::kHalt;
}

// Orders and fills that are not ours go by the names they are followed under here.
void RestartReconciliation::name_external(const Pipeline& core) {
  const auto name = [&](std::string_view client_id, std::string_view venue_id,
                        std::uint32_t instrument) {
    const auto* facts = core.tables().instrument(instrument);
    if (execution::is_own_client_order_id(client_id) || facts == nullptr) {
      return std::string(client_id);
    }
    return execution::external_order_id(model::text_of(facts->venue), venue_id);
  };
  for (auto* orders : {&state_.open, &state_.closed}) {
    for (auto& order : *orders) {
      order.client_order_id = name(order.client_order_id, order.venue_order_id, order.instrument);
    }
  }
  for (auto& fill : state_.fills) {
    const bool fits = model::set_text(fill.client_order_id,
                                      name(model::text_of(fill.client_order_id),
                                           model::text_of(fill.venue_order_id), fill.instrument));
    WRIT_ASSERT(fits);
  }
}

void RestartReconciliation::apply_orders(std::int64_t now, const Pipeline& core,
                                         const TakeInput& take) {
  std::vector<execution::LocalOrder> local;
  core.orders().for_each_working({}, [&](const writ_order& order) {
    if (order.intent_id == 0 || order.book == WRIT_BOOK_SHADOW) return;
    local.push_back({std::string(model::text_of(order.client_order_id)),
                     execution::OrderState{order.state},
                     now - order.header.ingest_ts >= options_.window_ns});
  });
  const auto is_known = [&core](std::string_view order, std::string_view trade) {
    const auto* here = core.orders().find_by_client_id(order);
    if (here == nullptr) return execution::is_own_client_order_id(order);  // ended long ago
    return core.orders().has_fill(OrderId{here->order_id}, trade);
  };
  for (const auto& action : execution::reconcile_orders(local, state_, is_known)) {
    carry_out(action, core, take);
  }
  end_external(core, take);
}

void RestartReconciliation::carry_out(const execution::ReconcileAction& action,
                                      const Pipeline& core, const TakeInput& take) {
  const auto say = [&](const VenueOrder& order, std::uint16_t kind, std::uint16_t reason) {
    auto report = report_of(order, kind, reason);
    take(report.header);
  };
  const auto* here = core.orders().find_by_client_id(action.client_order_id);
  switch (action.what) {
    case Reconcile::kApplyFill: {
      auto fill = *action.fill;
      ++fills_;
      take(fill.header);
      break;
    }
    case Reconcile::kAdoptOpen:
      ++orders_;
      say(*action.order, WRIT_REPORT_FOUND, WRIT_REPORT_REASON_RESTART);
      break;
    case Reconcile::kFinalize:
      if (here == nullptr || !execution::Orders::is_working(*here)) break;  // its fills ended it
      ++orders_;
      say(*action.order, end_kind(action.order->state, *here), WRIT_REPORT_REASON_RESTART);
      break;
    case Reconcile::kWait:
      waits_ = true;
      break;
    case Reconcile::kMarkFailed: {
      ++orders_;
      VenueOrder absent;
      absent.client_order_id = action.client_order_id;
      if (here != nullptr) {
        absent.account = here->account;
        absent.instrument = here->instrument;
      }
      say(absent, WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND);
      break;
    }
    case Reconcile::kHaltMissing:
      problems_.push_back("order " + action.client_order_id +
                          " was open at the venue and is not known there");
      break;
    case Reconcile::kCancelOrphan:
      // Until it is gone; asked for once.
      waits_ = true;
      if (here == nullptr) say(*action.order, WRIT_REPORT_EXTERNAL, WRIT_REPORT_REASON_RESTART);
      break;
    case Reconcile::kIgnore:
      ++foreign_;
      say(*action.order, WRIT_REPORT_EXTERNAL, WRIT_REPORT_REASON_NONE);
      break;
  }
}

// Followed orders of others that the venue no longer has open have ended.
void RestartReconciliation::end_external(const Pipeline& core, const TakeInput& take) {
  for (const auto& order : core.orders().working({})) {
    if (order.intent_id != 0) continue;
    const auto id = model::text_of(order.client_order_id);
    const bool open = std::any_of(state_.open.begin(), state_.open.end(),
                                  [id](const auto& there) { return there.client_order_id == id; });
    if (open) continue;
    VenueOrder ended;
    ended.client_order_id = id;
    ended.account = order.account;
    ended.instrument = order.instrument;
    auto report = report_of(ended, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_RESTART);
    take(report.header);
  }
}

void RestartReconciliation::compare_amounts(const Pipeline& core, const TakeInput& take) {
  std::set<std::uint32_t> accounts;
  for (const auto& balance : state_.balances) accounts.insert(balance.account);
  for (const auto& position : state_.positions) accounts.insert(position.account);
  for (const auto account : accounts) {
    for (const auto* facts : core.tables().instruments()) {
      if (facts->kind == WRIT_KIND_SPOT) continue;  // its position is a balance
      Int128 there = 0;
      for (const auto& position : state_.positions) {
        if (position.account == account && position.instrument == facts->instrument) {
          there = position.quantity.raw;
        }
      }
      const auto here = core.ledger().position(AccountId{account}, InstrumentId{facts->instrument});
      compare(account, 0, facts->instrument, there - here.raw, std::max<Int128>(facts->lot - 1, 0),
              take);
    }
    for (const auto* asset : core.tables().assets()) {
      Money there;
      for (const auto& balance : state_.balances) {
        if (balance.account == account && balance.asset == asset->asset) there = balance.amount;
      }
      // Both less what open perpetuals cost: a venue closes at average prices, the ledger lot by
      // lot.
      const auto open = open_perpetuals(core, account, asset->asset);
      const auto cash = core.ledger().cash(AccountId{account}, AssetId{asset->asset});
      const Int128 difference = (there - (cash - open.cost)).raw;
      // It rounds its average prices: with a position open nobody knows the last digits.
      if (open.any && difference <= kAveragingMax && -difference <= kAveragingMax) continue;
      compare(account, asset->asset, 0, difference, options_.balance_dust.raw, take);
    }
  }
}

void RestartReconciliation::compare(std::uint32_t account, std::uint32_t asset,
                                    std::uint32_t instrument, Int128 difference, Int128 dust,
                                    const TakeInput& take) {
  const auto verdict = execution::reconcile_amount(difference, dust);
  if (verdict == ReconcileAmount::kOk) return;
  const bool is_position = instrument != 0;
  const auto quantity = narrow_to_int64(is_position ? difference : Int128{0});
  if ((verdict == ReconcileAmount::kHaltMismatch && !options_.adopt) || !quantity) {
    problems_.push_back(
        (is_position ? "position in instrument " + std::to_string(instrument)
                     : "balance of asset " + std::to_string(asset)) +
        " of account " + std::to_string(account) + " is " +
        (is_position && quantity ? to_string(Quantity{*quantity}) : to_string(Money{difference})) +
        " more at the venue than here");
    return;
  }
  constexpr std::string_view kDust = "reconciled: dust";
  constexpr std::string_view kAdopted = "reconciled: the venue's word adopted";
  const auto why = verdict == ReconcileAmount::kAdjustDust ? kDust : kAdopted;
  auto adjustment = model::make_record<writ_adjustment>();
  adjustment.account = account;
  adjustment.asset = asset;
  adjustment.instrument = instrument;
  adjustment.kind = is_position ? WRIT_ADJUST_POSITION : WRIT_ADJUST_CASH;
  adjustment.amount = to_abi(is_position ? Money{} : Money{difference});
  adjustment.quantity = *quantity;
  adjustment.price = WRIT_NONE;
  adjustment.text_size = static_cast<std::uint32_t>(why.size());
  model::RecordBuffer buffer;
  ++adjusted_;
  take(buffer.begin(adjustment).append(why.data(), why.size()).finish());
}

std::string RestartReconciliation::summary() const {
  if (!problems_.empty()) {
    std::string text;
    for (const auto& problem : problems_) text += (text.empty() ? "" : "; ") + problem;
    return text;
  }
  return std::to_string(fills_) + " fills, " + std::to_string(orders_) + " orders, " +
         std::to_string(foreign_) + " orders of others, " + std::to_string(adjusted_) +
         " adjustments, " + std::to_string(rounds_) + " rounds";
}

}  // namespace writ::engine
