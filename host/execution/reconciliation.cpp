#include "host/execution/reconciliation.hpp"

#include "host/execution/client_order_id.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace writ::execution {
namespace {

const VenueOrder* find(const std::vector<VenueOrder>& orders, std::string_view client_order_id) {
  const auto found =
      std::find_if(orders.begin(), orders.end(), [client_order_id](const VenueOrder& order) {
        return order.client_order_id == client_order_id;
      });
  return found == orders.end() ? nullptr : &*found;
}

bool same_fills(const std::vector<writ_fill>& a, const std::vector<writ_fill>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const writ_fill& x, const writ_fill& y) {
        return model::text_of(x.client_order_id) == model::text_of(y.client_order_id) &&
               model::text_of(x.exchange_trade_id) == model::text_of(y.exchange_trade_id) &&
               x.quantity == y.quantity && x.price == y.price;
      });
}

ReconcileAction resolve(const LocalOrder& local, const VenueState& venue) {
  if (const auto* open = find(venue.open, local.client_order_id)) {
    return {Reconcile::kAdoptOpen, local.client_order_id, open, nullptr};
  }
  if (const auto* closed = find(venue.closed, local.client_order_id)) {
    return {Reconcile::kFinalize, local.client_order_id, closed, nullptr};
  }
  const bool was_confirmed = local.state != OrderState::kNew && local.state != OrderState::kUnknown;
  if (was_confirmed) return {Reconcile::kHaltMissing, local.client_order_id, nullptr, nullptr};
  return {local.window_over ? Reconcile::kMarkFailed : Reconcile::kWait, local.client_order_id,
          nullptr, nullptr};
}

}  // namespace

bool agree(const VenueState& a, const VenueState& b) {
  return a.open == b.open && a.closed == b.closed && a.positions == b.positions &&
         a.balances == b.balances && a.fundings.size() == b.fundings.size() &&
         same_fills(a.fills, b.fills);
}

std::vector<ReconcileAction> reconcile_orders(
    const std::vector<LocalOrder>& local, const VenueState& venue,
    const std::function<bool(std::string_view, std::string_view)>& is_known) {
  std::vector<ReconcileAction> actions;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& fill : venue.fills) {
    const auto order = model::text_of(fill.client_order_id);
    const auto trade = model::text_of(fill.exchange_trade_id);
    if (!seen.emplace(order, trade).second || is_known(order, trade)) continue;
    actions.push_back({Reconcile::kApplyFill, std::string(order), nullptr, &fill});
  }
  std::set<std::string_view> here;
  for (const auto& order : local) {
    here.insert(order.client_order_id);
    actions.push_back(resolve(order, venue));
  }
  for (const auto& order : venue.open) {
    if (here.count(order.client_order_id) != 0) continue;
    const bool ours = is_own_client_order_id(order.client_order_id);
    actions.push_back({ours ? Reconcile::kCancelOrphan : Reconcile::kIgnore, order.client_order_id,
                       &order, nullptr});
  }
  return actions;
}

ReconcileAmount reconcile_amount(Int128 difference, Int128 dust) noexcept {
  if (difference == 0) return ReconcileAmount::kOk;
  const Int128 size = difference < 0 ? -difference : difference;
  return size <= dust ? ReconcileAmount::kAdjustDust : ReconcileAmount::kHaltMismatch;
}

std::string_view to_string(Reconcile what) noexcept {
  switch (what) {
    case Reconcile::kApplyFill:
      return "APPLY_FILL";
    case Reconcile::kAdoptOpen:
      return "ADOPT_OPEN";
    case Reconcile::kFinalize:
      return "FINALIZE";
    case Reconcile::kWait:
      return "WAIT";
    case Reconcile::kMarkFailed:
      return "MARK_FAILED_NOT_FOUND";
    case Reconcile::kHaltMissing:
      return "HALT_MISSING";
    case Reconcile::kCancelOrphan:
      return "CANCEL_ORPHAN";
    case Reconcile::kIgnore:
      return "FOREIGN_IGNORE";
  }
  return "?";
}

std::string_view to_string(ReconcileAmount what) noexcept {
  switch (what) {
    case ReconcileAmount::kOk:
      return "OK";
    case ReconcileAmount::kAdjustDust:
      return "ADJUST_DUST";
    case ReconcileAmount::kHaltMismatch:
      return "HALT_MISMATCH";
  }
  return "?";
}

}  // namespace writ::execution
