#include "host/engine/veto_marks.hpp"

#include "host/base/byte_stream.hpp"
#include "host/ledger/betting.hpp"
#include "host/ledger/trade_terms.hpp"
#include "host/model/record_view.hpp"
#include "host/model/result_asset.hpp"

#include <writ/abi/journal.h>
#include <writ/money_abi.hpp>

#include <algorithm>

namespace writ::engine {
namespace {

bool is_of_a_rule(const writ_verdict& verdict) {
  return verdict.reason != WRIT_REASON_INVALID && verdict.reason != WRIT_REASON_EXPIRED &&
         verdict.reason != WRIT_REASON_PLUGIN_ERROR && verdict.reason != WRIT_REASON_RESTART;
}

/// Whether the rest of the order would have waited in the book.
bool may_rest(const writ_intent& intent, const arbiter::OrderTerms& terms) {
  return !terms.market && intent.time_in_force != WRIT_TIF_IOC &&
         intent.time_in_force != WRIT_TIF_FOK;
}

/// Result of a trade at `entry` closed at `exit`; nothing if it does not fit.
std::optional<Money> result_of(const writ_instrument& instrument, Quantity quantity, Price entry,
                               Price exit) {
  const auto terms = ledger::trade_terms(instrument, quantity, entry);
  if (!terms) return std::nullopt;
  const auto value = instrument.kind == WRIT_KIND_RUNNER
                         ? ledger::win_units_value(terms->units, exit)
                         : checked_notional(exit, terms->units);
  return value ? checked_sub(*value, terms->cost) : std::nullopt;
}

}  // namespace

void VetoMarks::on_veto(const writ_intent& intent, const arbiter::OrderTerms& terms,
                        const writ_verdict& verdict, VerdictId verdict_id) {
  const auto* instrument = tables_.instrument(intent.instrument);
  if (!is_of_a_rule(verdict) || !terms.makes_order || terms.quantity.raw <= 0 ||
      instrument == nullptr || pending_.size() >= kPendingMax) {
    return;
  }
  const auto known = ledger_.last_quote(InstrumentId{intent.instrument});
  if (known.bid.is_none() && known.ask.is_none()) return;

  const bool buys = terms.side == WRIT_SIDE_BUY;
  Vetoed vetoed{};
  vetoed.judged_ts = verdict.header.ingest_ts;
  vetoed.verdict_id = verdict_id.raw();
  vetoed.intent_id = verdict.intent_id;
  vetoed.quantity = buys ? terms.quantity.raw : -terms.quantity.raw;
  vetoed.instance = intent.instance;
  vetoed.instrument = intent.instrument;
  vetoed.account = intent.account;
  vetoed.check = verdict.detail;
  const bool takes_asks = buys != (instrument->kind == WRIT_KIND_RUNNER);
  vetoed.takes_asks = takes_asks ? 1 : 0;

  const Price best = takes_asks ? known.ask : known.bid;
  const bool reaches =
      !best.is_none() && (terms.market || (takes_asks ? best <= terms.price : best >= terms.price));
  if (!reaches && (!may_rest(intent, terms) || terms.price.is_none())) return;  // never filled
  vetoed.filled = reaches ? 1 : 0;
  vetoed.price = reaches ? best.raw : terms.price.raw;
  pending_.push_back(vetoed);
  if (!reaches) await(vetoed, first_number_ + pending_.size() - 1);
}

void VetoMarks::await(const Vetoed& vetoed, std::uint64_t number) {
  auto& waiting = waiting_[vetoed.instrument];
  (vetoed.takes_asks != 0 ? waiting.for_asks : waiting.for_bids).emplace(vetoed.price, number);
}

void VetoMarks::stop_awaiting(const Vetoed& vetoed, std::uint64_t number) {
  auto& waiting = waiting_[vetoed.instrument];
  auto& side = vetoed.takes_asks != 0 ? waiting.for_asks : waiting.for_bids;
  const auto [first, last] = side.equal_range(vetoed.price);
  side.erase(std::find_if(first, last, [&](const auto& one) { return one.second == number; }));
}

void VetoMarks::fill(std::uint64_t number) { pending_[number - first_number_].filled = 1; }

void VetoMarks::on_quote(std::uint32_t instrument, const ledger::Quote& quote) {
  if (!quote.fresh || waiting_.empty()) return;
  const auto found = waiting_.find(instrument);
  if (found == waiting_.end()) return;
  auto& [for_asks, for_bids] = found->second;
  while (!quote.ask.is_none() && !for_asks.empty() && for_asks.rbegin()->first >= quote.ask.raw) {
    fill(for_asks.rbegin()->second);
    for_asks.erase(std::prev(for_asks.end()));
  }
  while (!quote.bid.is_none() && !for_bids.empty() && for_bids.begin()->first <= quote.bid.raw) {
    fill(for_bids.begin()->second);
    for_bids.erase(for_bids.begin());
  }
}

std::optional<std::int64_t> VetoMarks::next_of_pending() const {
  std::optional<std::int64_t> next;
  for (std::size_t i = 0; i < kHorizonsNs.size(); ++i) {
    if (marked_[i] == pending_.size()) continue;
    const auto due = pending_[marked_[i]].judged_ts + kHorizonsNs[i];
    if (!next || due < *next) next = due;
  }
  return next;
}

void VetoMarks::mark_pending(std::int64_t now, model::RecordSink& sink) {
  for (std::size_t i = 0; i < kHorizonsNs.size(); ++i) {
    while (marked_[i] < pending_.size() && pending_[marked_[i]].judged_ts + kHorizonsNs[i] <= now) {
      record_mark(pending_[marked_[i]++], kHorizonsNs[i], sink);
    }
  }
  forget_marked();
}

void VetoMarks::record_mark(const Vetoed& vetoed, std::int64_t horizon_ns,
                            model::RecordSink& sink) const {
  const auto* instrument = tables_.instrument(vetoed.instrument);
  if (instrument == nullptr) return;
  const auto known = ledger_.last_quote(InstrumentId{vetoed.instrument});
  const Price own_side = vetoed.takes_asks != 0 ? known.bid : known.ask;
  if (own_side.is_none()) return;  // it could not have been closed
  const Price entry{vetoed.price};
  const auto result = vetoed.filled != 0
                          ? result_of(*instrument, Quantity{vetoed.quantity}, entry, own_side)
                          : std::optional(Money{});
  if (!result) return;

  auto marked = model::make_record<writ_veto_mark>();
  marked.verdict_id = vetoed.verdict_id;
  marked.intent_id = vetoed.intent_id;
  marked.instance = vetoed.instance;
  marked.instrument = vetoed.instrument;
  marked.account = vetoed.account;
  marked.check = vetoed.check;
  marked.filled = vetoed.filled;
  marked.asset = model::result_asset(*instrument);
  marked.horizon_ns = horizon_ns;
  marked.quantity = vetoed.quantity;
  marked.reference_price = entry.raw;
  marked.mark_price = own_side.raw;
  marked.pnl = to_abi(*result);
  sink.append(marked.header);
}

void VetoMarks::forget_marked() {
  const auto done = *std::min_element(marked_.begin(), marked_.end());
  for (std::uint64_t i = 0; i < done; ++i) {
    if (pending_.front().filled == 0) stop_awaiting(pending_.front(), first_number_);
    pending_.pop_front();
    ++first_number_;
  }
  for (auto& marked : marked_) marked -= done;
}

std::vector<std::byte> VetoMarks::save() const {
  base::ByteWriter out;
  out.put(marked_);
  out.put(static_cast<std::uint64_t>(pending_.size()));
  for (const auto& vetoed : pending_) out.put(vetoed);
  return out.take();
}

base::Result<void> VetoMarks::load(std::span<const std::byte> state) {
  pending_.clear();
  waiting_.clear();
  first_number_ = 0;
  base::ByteReader in{state};
  marked_ = in.get<decltype(marked_)>();
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    pending_.push_back(in.get<Vetoed>());
  }
  const bool fits = std::all_of(marked_.begin(), marked_.end(),
                                [&](std::uint64_t marked) { return marked <= pending_.size(); });
  if (!in.complete() || !fits) {
    pending_.clear();
    marked_ = {};
    return base::Error{base::Errc::kCorrupt, "load veto marks"};
  }
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (pending_[i].filled == 0) await(pending_[i], i);
  }
  return {};
}

}  // namespace writ::engine
