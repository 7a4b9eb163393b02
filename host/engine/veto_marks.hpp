#pragma once

#include "host/arbiter/order_terms.hpp"
#include "host/base/result.hpp"
#include "host/ledger/ledger.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_sink.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/outcome.h>
#include <writ/ids.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace writ::engine {

/// What each rule saved or cost: the order of every vetoed intent is followed as if it had been
/// made, and a VETO_MARK says what it would have been worth 5 s and 60 s after the verdict. It
/// counts as filled, whole, at the price it could have taken at the verdict, or at its limit once
/// the best opposite price has come there; it is closed at the best price on its own side. Before
/// fees. [sequencer-thread]
///
/// Not followed: what no rule book decided (invalid, expired, a failed call, a restart), orders in
/// an instrument that never had a price, numbers that do not fit, and what comes while kPendingMax
/// are followed already.
class VetoMarks {
 public:
  static constexpr std::array<std::int64_t, 2> kHorizonsNs = {5'000'000'000, 60'000'000'000};
  static constexpr std::size_t kPendingMax = 65'536;

  /// Both must outlive it. The ledger knows each quote before it comes here.
  VetoMarks(const model::InstrumentTable& tables, const ledger::Ledger& ledger)
      : tables_(tables), ledger_(ledger) {}

  /// A vetoed intent and the order it would have made.
  void on_veto(const writ_intent& intent, const arbiter::OrderTerms& terms,
               const writ_verdict& verdict, VerdictId verdict_id);
  /// Best prices changed. Those that are not fresh are not used.
  void on_quote(std::uint32_t instrument, const ledger::Quote& quote);

  /// Core time of the next mark.
  [[nodiscard]] std::optional<std::int64_t> next_due() const {
    return pending_.empty() ? std::nullopt : next_of_pending();
  }
  /// Records every mark due at or before `now`.
  void mark(std::int64_t now, model::RecordSink& sink) {
    if (!pending_.empty()) mark_pending(now, sink);
  }

  [[nodiscard]] std::vector<std::byte> save() const;
  /// Errors: kCorrupt; it is then empty.
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state);

 private:
  struct Vetoed {
    std::int64_t judged_ts;
    std::uint64_t verdict_id;
    std::uint64_t intent_id;
    std::int64_t quantity;  // signed: a sale is negative
    std::int64_t price;     // of the fill assumed, or the limit it waits at
    std::uint32_t instance;
    std::uint32_t instrument;
    std::uint32_t account;
    std::uint16_t check;
    std::uint8_t filled;
    std::uint8_t takes_asks;  // a buyer, but of a bet the one who lays
  };
  /// Orders that wait for the market to come to their limit, by limit; the value is their number.
  struct Waiting {
    std::multimap<std::int64_t, std::uint64_t> for_asks;
    std::multimap<std::int64_t, std::uint64_t> for_bids;
  };

  [[nodiscard]] std::optional<std::int64_t> next_of_pending() const;
  void mark_pending(std::int64_t now, model::RecordSink& sink);
  void await(const Vetoed& vetoed, std::uint64_t number);
  void stop_awaiting(const Vetoed& vetoed, std::uint64_t number);
  void fill(std::uint64_t number);
  void record_mark(const Vetoed& vetoed, std::int64_t horizon_ns, model::RecordSink& sink) const;
  void forget_marked();

  const model::InstrumentTable& tables_;
  const ledger::Ledger& ledger_;
  std::deque<Vetoed> pending_;                              // by time of the verdict
  std::uint64_t first_number_ = 0;                          // of the first pending
  std::array<std::uint64_t, kHorizonsNs.size()> marked_{};  // pending marked at each horizon
  std::map<std::uint32_t, Waiting> waiting_;                // follows from pending_
};

}  // namespace writ::engine
