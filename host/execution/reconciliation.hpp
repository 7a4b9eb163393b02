#pragma once

#include "host/execution/order_state.hpp"

#include <writ/abi/journal.h>
#include <writ/abi/outcome.h>
#include <writ/money.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::execution {

/// An order as the venue has it.
struct VenueOrder {
  std::string client_order_id;  ///< as the venue has it: ours, or whatever others gave it
  std::string venue_order_id;
  std::uint32_t account = 0;
  std::uint32_t instrument = 0;
  OrderState state = OrderState::kOpen;
  std::int64_t price = WRIT_NONE;
  std::int64_t quantity = 0;
  std::int64_t filled = 0;  ///< cumulative

  friend bool operator==(const VenueOrder&, const VenueOrder&) = default;
};

struct VenuePosition {
  std::uint32_t account = 0;
  std::uint32_t instrument = 0;
  Quantity quantity;  ///< signed

  friend bool operator==(const VenuePosition&, const VenuePosition&) = default;
};

struct VenueBalance {
  std::uint32_t account = 0;
  std::uint32_t asset = 0;
  /// What is held in orders included; less what the perpetuals that settle in it were opened for.
  Money amount;

  friend bool operator==(const VenueBalance&, const VenueBalance&) = default;
};

/// What a venue holds of the accounts, as one round of questions found it.
struct VenueState {
  std::vector<VenueOrder> open;
  std::vector<VenueOrder> closed;  ///< of those asked for by client order id
  std::vector<writ_fill> fills;    ///< oldest first; order, intent and instance not filled in
  std::vector<VenuePosition> positions;
  std::vector<VenueBalance> balances;
  std::vector<writ_adjustment> fundings;  ///< oldest first; one that is booked changes nothing
};

/// Two rounds found the same: nothing moved between their questions.
[[nodiscard]] bool agree(const VenueState& a, const VenueState& b);

/// An order of ours that is not final.
struct LocalOrder {
  std::string client_order_id;
  OrderState state;
  bool window_over = false;  ///< so long since it was sent that the venue would know it by now
};

/// What is to be done about one order or fill.
enum class Reconcile : std::uint8_t {
  kApplyFill,     ///< a fill not seen yet
  kAdoptOpen,     ///< open there as well: take over what the venue says of it
  kFinalize,      ///< ended there
  kWait,          ///< just sent, and not known there yet
  kMarkFailed,    ///< sent, and by now proven never accepted
  kHaltMissing,   ///< was open there, and is not known there any more
  kCancelOrphan,  ///< open there under our prefix, and not known here
  kIgnore         ///< somebody else's: followed, its exposure counts
};

struct ReconcileAction {
  Reconcile what;
  std::string client_order_id;
  const VenueOrder* order = nullptr;  ///< of the state given
  const writ_fill* fill = nullptr;

  friend bool operator==(const ReconcileAction&, const ReconcileAction&) = default;
};

/// What brings orders here and there together, in the order it is to be done: fills, then the local
/// orders as given, then what only the venue has. `is_known` says whether a fill (client order id,
/// trade id) was booked or is of an order long ended. Actions point into `venue`.
[[nodiscard]] std::vector<ReconcileAction> reconcile_orders(
    const std::vector<LocalOrder>& local, const VenueState& venue,
    const std::function<bool(std::string_view client_order_id, std::string_view trade_id)>&
        is_known);

/// What is to be done about a difference between a position or balance there and here.
enum class ReconcileAmount : std::uint8_t { kOk, kAdjustDust, kHaltMismatch };

/// `difference` = there minus here, `dust` the most that is nobody's mistake; both at one scale.
[[nodiscard]] ReconcileAmount reconcile_amount(Int128 difference, Int128 dust) noexcept;

[[nodiscard]] std::string_view to_string(Reconcile what) noexcept;
[[nodiscard]] std::string_view to_string(ReconcileAmount what) noexcept;

}  // namespace writ::execution
