#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/dense_map.hpp"
#include "host/base/result.hpp"
#include "host/base/rising_map.hpp"
#include "host/execution/client_id_index.hpp"
#include "host/execution/order_state.hpp"
#include "host/model/record_sink.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/journal.h>
#include <writ/abi/outcome.h>
#include <writ/ids.hpp>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::execution {

/// What is done about orders the host did not make: they are followed and counted in any case.
enum class ExternalOrders : std::uint8_t {
  kTrack,  ///< left alone: nothing the host does cancels them
  kAdopt,  ///< cancelled with its own
  kHalt    ///< the first one halts the run
};

/// How long a finished order is remembered: so long a late fill is applied and a repeated one
/// recognised. A fill of an own order no longer remembered is refused with an incident, so that
/// forgetting can never book money twice.
struct OrdersOptions {
  std::int64_t finished_kept_ns = 3'600'000'000'000;  ///< of core time
  std::size_t finished_kept_max = 4'096;              ///< oldest forgotten first
  /// A command without an answer for so long, of core time, is looked up at the venue; again after
  /// twice the time, up to 32 times it, while the venue says nothing.
  std::int64_t answer_timeout_ns = 10'000'000'000;
  ExternalOrders external = ExternalOrders::kTrack;
};

/// An approved intent. The records are read during the call only.
struct Approved {
  const writ_intent& intent;
  const writ_verdict& verdict;
  VerdictId verdict_id;
};

/// What the order draws on, for its record and for the reservation that follows from it.
struct Funding {
  Money cash_before;  ///< free quote cash before this order
  Money requested;    ///< cash it can consume, see cash_required; 0 when it only closes
  std::optional<Quantity> stake{};  ///< of a flatten or target of a runner, 0 = none can be made
  std::optional<Quantity> most{};   ///< of another flatten or target: no larger than this
};

/// Whose orders; 0 stands for any.
struct OrderScope {
  std::uint32_t account = 0;
  std::uint32_t instrument = 0;
  std::uint32_t instance = 0;
};

/// Sums over working orders.
struct WorkingOrders {
  std::uint32_t count = 0;
  Quantity buy;   ///< leaves of buys; stays at the largest quantity rather than overflow
  Quantity sell;  ///< leaves of sells, positive
  Money
      cash_reserved;  ///< in the quote asset of the instruments; add across instruments of one only
};

/// Every order of the run and those it took over: decides ORDER records, puts them on record and
/// follows what the venue says of them. A pure function of the calls. [sequencer-thread]
///
/// Each transition is one ORDER record whose cause_seq is that of the verdict, report or fill; a
/// command to the gateway is in the record that decides it. Folding the inputs and ORDER records of
/// a journal with the apply() functions gives the same state, byte for byte.
class Orders {
 public:
  explicit Orders(OrdersOptions options = {});
  Orders(const Orders&) = delete;
  Orders& operator=(const Orders&) = delete;
  Orders(Orders&&) = default;
  Orders& operator=(Orders&&) = default;
  ~Orders() = default;

  // What the run is made of. Needed before the first order: ids name the run and the strategy.
  void apply(const writ_run_started& run);
  void apply(const writ_instance& instance);
  void apply(const writ_instrument& instrument);

  // Decisions. Verdicts must be approved; price and quantity are those of the verdict, else of the
  // intent.

  /// Whatever the intent asks for. `position` is the strategy's own in the instrument, signed;
  /// `funding` is that of the one order it may make.
  void carry_out(const Approved& approved, Quantity position, const Funding& funding,
                 model::RecordSink& sink);

  /// Counts the order an approved intent would make among the working ones, without making it,
  /// until release_held: while the legs of a group are judged.
  void hold(const Approved& approved, const Funding& funding, const model::RecordSink& sink);
  void release_held();

  /// Makes one order and sends it.
  OrderId place(const Approved& approved, const Funding& funding, model::RecordSink& sink);
  /// Asks the venue to cancel the live orders of intent.target_intent; how many were asked for.
  std::size_t cancel(const Approved& approved, model::RecordSink& sink);
  /// Amends the live order of intent.target_intent to this price and total quantity (what was
  /// filled included); to no more than what was filled cancels the rest. False if it is not working
  /// or a command for it is under way.
  bool replace(const Approved& approved, const Funding& funding, model::RecordSink& sink);
  /// Cancels the strategy's working orders in the intent's instrument; how many were asked for.
  std::size_t cancel_all(const Approved& approved, model::RecordSink& sink);
  /// Cancels them and sends a reduce-only order over what is left of the position once those that
  /// still may fill and reduce it did: a market order unless the intent is a limit one. No order
  /// where nothing is left. What this holds back is OpenTargets' to send.
  std::optional<OrderId> flatten(const Approved& approved, Quantity position,
                                 const Funding& funding, model::RecordSink& sink);
  /// Cancels them and sends an order over what is missing to the signed target position once those
  /// that still may fill towards it did, see flatten().
  std::optional<OrderId> target(const Approved& approved, Quantity position, const Funding& funding,
                                model::RecordSink& sink);

  /// Cancels one order of the host's own accord. False if it is not working or a cancel for it is
  /// under way.
  bool cancel(OrderId order, Seq cause, model::RecordSink& sink);
  /// Cancels every working order of the scope that no cancel is under way for: a stopped plugin, a
  /// kill (account 0 = all). How many were asked for.
  std::size_t cancel_scope(const OrderScope& scope, Seq cause, model::RecordSink& sink);

  // What the venue said.

  /// One ORDER record if the report changes anything; an incident if it contradicts the record.
  void on_report(const writ_report& report, model::RecordSink& sink);
  /// True if the fill is new and to be booked. A repeated one gives an incident and false. Joined
  /// by client order id, whatever the venue calls the order now. An order the host did not make is
  /// followed from its first fill on.
  [[nodiscard]] bool on_fill(const writ_fill& fill, model::RecordSink& sink);

  /// The time is `now`: orders whose command got no answer in time are looked up. An order nothing
  /// is known of becomes UNKNOWN, and goes on counting as working. [core time]
  void on_time(std::int64_t now, Seq cause, model::RecordSink& sink);
  /// Asks what became of every working order of the scope that the venue was told of and that no
  /// question is under way for: it may have ended unheard. How many were asked for.
  std::size_t look_up_scope(const OrderScope& scope, Seq cause, model::RecordSink& sink);
  /// Core time of the next look-up, if nothing is heard until then.
  [[nodiscard]] std::optional<std::int64_t> next_due() const;
  /// Why the run must halt after the last call, if it must; asking ends it.
  [[nodiscard]] std::optional<std::string> take_halt() { return std::exchange(halt_, {}); }
  [[nodiscard]] bool has_written_off() const noexcept { return !written_off_.empty(); }
  /// Instruments in which an order was forgotten that fills were owed to, which no record says;
  /// asking ends it.
  [[nodiscard]] std::vector<std::uint32_t> take_written_off() {
    return std::exchange(written_off_, {});
  }

  // Folding what is on record.
  void apply(const writ_order& order);
  void apply(const writ_report& report);
  void apply(const writ_fill& fill);

  // Reading. Pointers are valid until the next call that is not const.

  [[nodiscard]] const writ_order* find(OrderId order) const;
  [[nodiscard]] const writ_order* find_by_client_id(std::string_view client_order_id) const;
  /// The latest attempt of this leg.
  [[nodiscard]] const writ_order* order_of_intent(IntentId intent, std::uint32_t leg = 0) const;
  /// Whether this fill of the order has been booked.
  [[nodiscard]] bool has_fill(OrderId order, std::string_view exchange_trade_id) const;
  /// Not final.
  [[nodiscard]] static bool is_working(const writ_order& order) noexcept;
  /// A command by which more could be filled than before: it goes nowhere unless it is on record.
  [[nodiscard]] static bool makes_or_amends(const writ_order& order) noexcept {
    return order.command == WRIT_COMMAND_SEND || order.command == WRIT_COMMAND_REPLACE;
  }
  /// Not final, or final with fills that were reported and have not come.
  [[nodiscard]] bool may_fill(OrderId order) const;
  /// The most it may still fill.
  [[nodiscard]] Quantity fillable(OrderId order) const;
  /// It was looked up, and the venue said nothing of it since.
  [[nodiscard]] bool is_unanswered(OrderId order) const;
  /// A cancel or replace was sent and has no answer yet.
  [[nodiscard]] bool has_command_under_way(OrderId order) const;
  /// A cancel was sent and has no answer yet.
  [[nodiscard]] bool is_cancelling(OrderId order) const;
  /// The price the venue knows while a replace has no answer, else that of the order's record.
  [[nodiscard]] Price agreed_price(OrderId order) const;

  /// Calls `visit(const writ_order&)` for each working order of the scope in order-id order.
  template <class Visit>
  void for_each_working(const OrderScope& scope, Visit&& visit) const {
    if (scope.account != 0 && scope.instrument != 0) {
      const Desk* desk = find_desk(scope.account, scope.instrument);
      if (desk == nullptr) return;
      for (const Entry* entry : desk->working) {
        if (scope.instance == 0 || scope.instance == entry->record.instance) visit(entry->record);
      }
      return;
    }
    for (const auto& [id, entry] : working_) {
      if (matches(scope, entry->record)) visit(entry->record);
    }
  }
  /// The same for each order that may still fill, at the terms that are worst for us: while an
  /// amendment has no answer either may hold, and one that ended may have filled more than we were
  /// told of yet. The scope names an account and an instrument.
  template <class Visit>
  void for_each_fillable(const OrderScope& scope, Visit&& visit) const {
    const Desk* desk = find_desk(scope.account, scope.instrument);
    if (desk == nullptr) return;
    for (const Entry* entry : desk->fillable) {
      if (scope.instance != 0 && scope.instance != entry->record.instance) continue;
      if (entry->replacing || is_owed_fills(*entry)) {
        visit(at_worst(*entry));
      } else {
        visit(entry->record);
      }
    }
  }
  /// The working orders of the scope as copies, oldest first.
  [[nodiscard]] std::vector<writ_order> working(const OrderScope& scope) const;
  [[nodiscard]] WorkingOrders sums(const OrderScope& scope) const;
  /// Calls `visit(instance, WorkingOrders)` for each strategy with working orders there, by number.
  template <class Visit>
  void for_each_owner(AccountId account, InstrumentId instrument, Visit&& visit) const {
    const Desk* desk = find_desk(account.raw(), instrument.raw());
    if (desk == nullptr) return;
    for (const auto& [instance, share] : desk->shares) visit(instance, sums_of(share));
  }
  /// What working orders hold of an asset: cash of buys and of what opens, base quantity of spot
  /// sales.
  [[nodiscard]] Money reserved(AccountId account, AssetId asset) const;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// Errors: kCorrupt; the orders are then as they were.
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state);

 private:
  using TradeId = std::array<char, sizeof(writ_fill::exchange_trade_id)>;

  /// What a working order adds to the sums of its owner.
  struct Contribution {
    std::uint32_t count = 0;
    Int128 buy = 0;
    Int128 sell = 0;
    Int128 cash = 0;
    Int128 base = 0;

    Contribution& operator+=(const Contribution& other) noexcept;
    Contribution& operator-=(const Contribution& other) noexcept;
    friend bool operator==(const Contribution&, const Contribution&) = default;
  };
  /// What was said to the venue of an order, and by it.
  struct Exchange {
    bool cancelling = false;  ///< a cancel has no answer yet
    /// A replace has no answer yet, `agreed` holds. Outlives the order's end: a late refusal says
    /// which terms its late fills belong to.
    bool replacing = false;
    std::int64_t agreed_price = 0;
    std::int64_t agreed_quantity = 0;
    writ_money agreed_requested{};
    bool looking_up = false;           ///< a look-up has no answer yet
    bool doubted = false;              ///< the venue said what contradicts the record
    std::uint32_t lookups = 0;         ///< since the venue last said anything of the order
    std::int64_t waits_since = 0;      ///< last command or answer
    std::int64_t reported_filled = 0;  ///< the most the venue said it had filled
    std::uint64_t terms_seq = 0;       ///< venue_seq of the report the terms are from
    std::uint64_t name_seq = 0;        ///< venue_seq of the answer the venue's order id is from
  };
  struct Entry : Exchange {
    writ_order record{};
    std::set<TradeId> trades;  ///< those booked
    Contribution contribution;
    std::int64_t due = INT64_MAX;  ///< when to look it up
    bool works = false;            ///< listed among those that work
    bool fills = false;            ///< listed among those that may fill
  };
  /// Of one account in one instrument.
  struct Desk {
    using Listed = std::vector<const Entry*>;  // by order id

    Listed working;
    Listed fillable;  ///< those, and what ended but is owed fills
    Contribution all;
    std::vector<std::pair<std::uint32_t, Contribution>> shares;  ///< by instance, none empty

    void add(std::uint32_t instance, const Contribution& change);
    static void list(Listed& listed, const Entry& entry, bool belongs);
  };
  struct Desks {
    base::DenseMap<Desk> by_instrument;
    base::DenseMap<Int128> reserved;  ///< by asset: what the desks' orders hold of it
  };
  /// What an order is to be, before it has ids.
  struct Terms {
    std::uint16_t side = WRIT_SIDE_NONE;
    std::uint16_t order_type = WRIT_ORDER_LIMIT;
    std::uint16_t time_in_force = WRIT_TIF_GTC;
    std::uint32_t flags = 0;
    std::int64_t price = WRIT_NONE;
    std::int64_t quantity = 0;
  };

  [[nodiscard]] static bool matches(const OrderScope& scope, const writ_order& order) noexcept {
    return (scope.account == 0 || scope.account == order.account) &&
           (scope.instrument == 0 || scope.instrument == order.instrument) &&
           (scope.instance == 0 || scope.instance == order.instance);
  }

  [[nodiscard]] const Desk* find_desk(std::uint32_t account,
                                      std::uint32_t instrument) const noexcept {
    const Desks* desks = desks_.get(account);
    return desks == nullptr ? nullptr : desks->by_instrument.get(instrument);
  }
  [[nodiscard]] static WorkingOrders sums_of(const Contribution& part) noexcept;
  [[nodiscard]] std::optional<Terms> terms_of(const Approved& approved, Quantity position) const;
  [[nodiscard]] writ_order new_order(const Approved& approved, const Terms& terms,
                                     const Funding& funding, const model::RecordSink& sink) const;
  void put(writ_order record, std::uint64_t cause, model::RecordSink& sink);
  void follow_external(const writ_report& report, model::RecordSink& sink);
  void halt_on_external(std::string_view client_order_id);
  static void settle_terms(const writ_report& report, const Exchange& before, writ_order& order);
  bool ask_cancel(const Entry& entry, std::uint64_t cause, model::RecordSink& sink);
  [[nodiscard]] const Entry* live_order_of(std::uint64_t intent_id) const;
  [[nodiscard]] Entry* entry_of(std::uint64_t order_id);
  [[nodiscard]] const Entry* entry_of(std::uint64_t order_id) const;
  [[nodiscard]] Entry* find_by_text(std::string_view client_order_id) const;
  [[nodiscard]] Entry* find_entry(std::uint64_t order_id, std::string_view client_order_id);
  Entry& add_entry(std::uint64_t order_id);
  void remove_entry(std::uint64_t order_id);
  void index(Entry& entry);
  [[nodiscard]] static bool is_owed_fills(const Entry& entry) noexcept;
  [[nodiscard]] Contribution contribution_of(const Entry& entry) const;
  [[nodiscard]] writ_order at_worst(const Entry& entry) const;
  [[nodiscard]] std::int64_t due_of(const Entry& entry) const;
  void settle(Entry& entry);
  static void reserve(Desks& desks, const writ_instrument& facts, const Contribution& change);
  void await(Entry& entry);
  void forget_finished(std::int64_t now);

  OrdersOptions options_;
  std::string run_id_;
  std::map<std::uint32_t, std::string> instance_names_;
  base::DenseMap<writ_instrument> instruments_;
  base::RisingMap<std::uint64_t, std::unique_ptr<Entry>> orders_;
  std::vector<std::unique_ptr<Entry>> spare_;  ///< of orders that are forgotten
  ClientIdIndex<Entry> by_client_id_;
  /// (intent, leg) to the latest attempt
  base::RisingMap<std::pair<std::uint64_t, std::uint32_t>, Entry*> by_intent_;
  base::RisingMap<std::uint64_t, Entry*> working_;
  std::deque<std::pair<std::int64_t, std::uint64_t>> finished_;  ///< (when, order), oldest first
  base::DenseMap<Desks> desks_;  ///< by account: the entries, once more and added up
  base::RisingMap<std::pair<std::int64_t, std::uint64_t>, Entry*> awaited_;  ///< (when to look up,
                                                                             ///< order)
  std::optional<std::string> halt_;
  std::vector<std::uint64_t> held_;         ///< never outlives one input
  std::vector<std::uint32_t> written_off_;  ///< never outlives one input
  /// The last fill folded: the ORDER record it caused books its trade id. Never outlives one input.
  std::uint64_t fill_seq_ = 0;
  std::uint64_t fill_venue_seq_ = 0;
  TradeId fill_trade_{};
};

}  // namespace writ::execution
