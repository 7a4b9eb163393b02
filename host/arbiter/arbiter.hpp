#pragma once

#include "host/arbiter/circuit_breaks.hpp"
#include "host/arbiter/duplicate_memory.hpp"
#include "host/arbiter/effect.hpp"
#include "host/arbiter/event_rates.hpp"
#include "host/arbiter/leases.hpp"
#include "host/arbiter/order_terms.hpp"
#include "host/arbiter/risk_limits.hpp"
#include "host/arbiter/risk_view.hpp"
#include "host/arbiter/rule_table.hpp"
#include "host/base/result.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/outcome.h>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace writ::arbiter {

/// Gives every intent one verdict. Judging changes nothing; `apply` folds the verdict that is on
/// record. Intents are judged one by one, in order, each on a view made after the one before was
/// carried out. [sequencer-thread]
class Arbiter {
 public:
  /// `tables` must outlive the arbiter: instruments of one market group share one lease.
  Arbiter(const model::InstrumentTable& tables, const ArbiterOptions& options);

  /// The order the intent would make.
  [[nodiscard]] OrderTerms terms(const writ_intent& intent, const RiskView& view) const;

  /// Builds the VERDICT record: the checks made, in order, with their numbers, up to the first that
  /// failed. Which checks apply to which effect is `check_table.hpp`. Never for warm-up intents.
  void judge(const writ_intent& intent, std::uint64_t intent_id, const RiskView& view,
             model::RecordBuffer& verdict) const;

  /// The verdict of an intent nobody judged: its call failed, or the host died first. `reason` is
  /// WRIT_REASON_PLUGIN_ERROR or WRIT_REASON_RESTART.
  [[nodiscard]] writ_verdict unjudged_verdict(const writ_intent& intent, std::uint64_t intent_id,
                                              std::uint16_t reason) const;
  /// The verdict of a leg whose group falls with another leg, `failed`. `judged`, if it was judged
  /// before, names the checks it passed.
  void refuse_leg(const writ_intent& intent, std::uint64_t intent_id, const writ_verdict* judged,
                  const writ_verdict& failed, model::RecordBuffer& verdict) const;
  /// Before a batch is judged: a market that changes hands from here on was taken in this batch.
  void begin_batch() { leases_.begin_batch(); }
  /// The market the intent would add in, by which strategies compete; nothing if it does not add.
  [[nodiscard]] std::optional<Market> wanted_market(const writ_intent& intent,
                                                    const RiskView& view) const;

  /// Folds a verdict on record: lease, order rates, what a duplicate is held against.
  void apply(const writ_verdict& verdict, const writ_intent& intent);
  /// Counts a leg that was approved as folded, until release_held: while the legs after it are
  /// judged.
  void hold(const writ_verdict& verdict, const writ_intent& intent);
  void release_held();
  /// A new fill of a strategy's order.
  void on_fill(const writ_fill& fill);
  /// The book of an instrument has two sides and can be trusted. Returns whether its market broke
  /// just now.
  bool on_book(std::uint32_t instrument, Price bid, Price ask, std::int64_t now);

  /// How long ago the strategy's youngest working order of the same request was approved; nothing:
  /// there is none in the window. `works(intent_id)` says whether an order works.
  template <class Works>
  [[nodiscard]] std::optional<std::int64_t> duplicate_age(const writ_intent& intent,
                                                          std::int64_t now, Works&& works) const {
    const auto& window =
        rules_->limits(intent.account, intent.instrument, intent.instance).duplicate_window_ns;
    std::optional<std::int64_t> age;
    if (!window) return age;
    approved_.find_alike(intent, now, *window, [&](std::uint64_t id, std::int64_t approved_at) {
      if (works(id)) age = now - approved_at;
      return age.has_value();
    });
    return age;
  }

  /// Instance that holds the market of the instrument, 0 = nobody (always, where it is shared).
  [[nodiscard]] std::uint32_t owner(std::uint32_t account, std::uint32_t instrument) const;
  /// Gives the lease of the instrument's market back if its owner has been flat and without working
  /// orders there for `ownership_lease_ns`; while it is, a strategy of higher priority takes it.
  /// `position` and `working_orders` are the owner's, absolute values summed over the instruments
  /// of the market. To be called when either may have become 0, and for expired leases. Returns
  /// whether a lease was released.
  bool release_if_idle(std::uint32_t account, std::uint32_t instrument, Quantity position,
                       std::uint32_t working_orders, std::int64_t now);
  [[nodiscard]] const Leases& leases() const noexcept { return leases_; }
  /// Releases what an instance holds that was removed, or has left the account (0 = in all).
  void release_all(std::uint32_t instance, std::uint32_t account = 0);

  /// From here on no adding intent of the account (0 = any) and of its shadow account is approved.
  /// Outlives the run.
  void kill(std::uint32_t account);
  [[nodiscard]] bool is_killed(std::uint32_t account) const;
  /// Lifts it: after the operator's resume-after-kill.
  void resume_after_kill(std::uint32_t account);

  /// Stops adding intents of an account, its shadow account included, and of an instance, 0 = any
  /// of either.
  void pause(std::uint32_t account, std::uint32_t instance);
  /// Lifts every pause within the scope; (0, 0) lifts all.
  void resume(std::uint32_t account, std::uint32_t instance);
  [[nodiscard]] bool is_paused(std::uint32_t account, std::uint32_t instance) const;
  /// The venue's reports of the account do not come: as a pause, which no resume lifts.
  void hold(std::uint32_t account) { paused_.insert({account, kHeld}); }
  /// They come again (0 = of all accounts).
  void release_hold(std::uint32_t account);

  /// A reload. Leases, rates, breaks, kills and pauses stay.
  void set_options(const ArbiterOptions& options) {
    rules_ = std::make_unique<const RuleTable>(options);
  }
  [[nodiscard]] const ArbiterOptions& options() const noexcept { return rules_->options(); }

  [[nodiscard]] std::vector<std::byte> save() const;
  /// Errors: kCorrupt; the arbiter is then as it was.
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state);

 private:
  using Scope = std::pair<std::uint32_t, std::uint32_t>;
  static constexpr std::uint32_t kHeld = UINT32_MAX;  // in the place of an instance: any

  [[nodiscard]] Market market_of(std::uint32_t account, std::uint32_t instrument) const;

  const model::InstrumentTable& tables_;
  std::unique_ptr<const RuleTable> rules_;
  Leases leases_;
  EventRates rates_;
  EventRates fills_;
  DuplicateMemory approved_;
  CircuitBreaks breaks_;
  std::set<std::uint32_t> killed_;
  std::set<Scope> paused_;
};

}  // namespace writ::arbiter
