#include "host/ledger/checked_move.hpp"
#include "host/ledger/ledger.hpp"
#include "host/model/result_asset.hpp"

#include <writ/int128.hpp>
#include <writ/money_abi.hpp>
#include <writ/rate.hpp>

#include <algorithm>
#include <set>

// Outcome tokens that change without a trade (domain §1, §2). Collateral is the tokens' quote
// asset.

namespace writ::ledger {
namespace {

constexpr Price kOne{1'000'000'000};
constexpr std::uint32_t kBipsOfWhole = 10'000;

bool is_pair(const writ_instrument* yes, const model::InstrumentTable& tables) {
  return yes != nullptr && yes->kind == WRIT_KIND_BINARY && yes->complement != 0 &&
         tables.instrument(yes->complement) != nullptr;
}

}  // namespace

Price Ledger::token_mid(std::uint32_t yes) const {
  const Price mid = marks_.mid(yes);
  if (mid.is_none()) return Price{kOne.raw / 2};
  return std::clamp(mid, Price{}, kOne);
}

void Ledger::on_token_change(const writ_token_change& change, std::uint64_t id,
                             model::RecordSink& sink) {
  const auto kind = static_cast<std::uint16_t>(WRIT_REF_SPLIT + change.kind - WRIT_TOKENS_SPLIT);
  const Ref ref{kind, id};
  const Entry entry{change.account, change.instrument, change.instance, 0};
  const auto refuse = [&](std::string_view why) {
    incident(change.header, WRIT_INCIDENT_BAD_MESSAGE, entry, why, sink);
  };
  if (tables_.account(change.account) == nullptr || change.quantity <= 0) {
    return refuse("tokens refused: unknown account or no quantity");
  }
  const Quantity quantity{change.quantity};
  const Money collateral = notional(kOne, quantity);
  if (change.kind == WRIT_TOKENS_REDEEM) return redeem(change, ref, sink);
  if (change.kind == WRIT_TOKENS_SPLIT || change.kind == WRIT_TOKENS_MERGE) {
    const writ_instrument* yes = tables_.instrument(change.instrument);
    if (!is_pair(yes, tables_)) return refuse("tokens refused: not a token with a complement");
    const Price mid = token_mid(yes->instrument);
    if (change.kind == WRIT_TOKENS_SPLIT) {
      return change_tokens(
          change, {{yes->instrument, quantity, mid}, {yes->complement, quantity, kOne - mid}},
          -collateral, ref, sink);
    }
    return change_tokens(
        change, {{yes->instrument, -quantity, Price{}}, {yes->complement, -quantity, Price{}}},
        collateral, ref, sink);
  }

  const auto questions = model::tail_array<writ_question>(change, change.question_count);
  if (change.kind != WRIT_TOKENS_CONVERT || questions.size() != change.question_count ||
      change.fee_bips > kBipsOfWhole) {
    return refuse("tokens refused: unknown kind, questions or fee");
  }
  const Quantity kept{change.quantity -
                      *narrow_to_int64(Int128{change.quantity} * change.fee_bips / kBipsOfWhole)};
  std::vector<TokenLeg> legs;
  std::int64_t given = 0;
  for (const writ_question& question : questions) {
    const writ_instrument* yes = tables_.instrument(question.instrument);
    if (!is_pair(yes, tables_)) return refuse("tokens refused: not a token with a complement");
    if (question.given != 0) {
      legs.push_back({yes->complement, -quantity, Price{}});
      ++given;
    } else if (kept.raw != 0) {
      legs.push_back({yes->instrument, kept, token_mid(yes->instrument)});
    }
  }
  const auto received = given == 0 ? std::nullopt : checked_mul(notional(kOne, kept), given - 1);
  if (!received) return refuse("tokens refused: no question given, or too many");
  // What is given comes first: the result is booked there.
  std::stable_partition(legs.begin(), legs.end(),
                        [](const TokenLeg& leg) { return leg.quantity.raw < 0; });
  change_tokens(change, legs, *received, ref, sink);
}

void Ledger::redeem(const writ_token_change& change, Ref ref, model::RecordSink& sink) {
  const writ_instrument* token = tables_.instrument(change.instrument);
  const bool pays = change.payout_denominator > 0 && change.payout_numerator >= 0;
  const auto payout =
      pays ? narrow_to_int64(divide_rounded(Int128{change.payout_numerator} * kOne.raw,
                                            change.payout_denominator, Rounding::kHalfEven))
           : std::nullopt;
  const auto paid =
      payout ? checked_notional(Price{*payout}, Quantity{change.quantity}) : std::nullopt;
  if (token == nullptr || token->kind != WRIT_KIND_BINARY || !paid) {
    incident(change.header, WRIT_INCIDENT_BAD_MESSAGE,
             {change.account, change.instrument, change.instance, 0},
             "tokens refused: not a token, or no payout", sink);
    return;
  }
  change_tokens(change, {{token->instrument, Quantity{-change.quantity}, Price{}}}, *paid, ref,
                sink);
}

void Ledger::change_tokens(const writ_token_change& change, const std::vector<TokenLeg>& legs,
                           Money collateral, Ref ref, model::RecordSink& sink) {
  AccountBooks& books = accounts_[change.account];
  const std::uint32_t booked_in = legs.front().instrument;
  const std::uint32_t asset = model::result_asset(*tables_.instrument(booked_in));
  const Entry entry{change.account, booked_in, change.instance, asset};
  const auto refuse = [&](std::uint16_t code, std::string_view why) {
    incident(change.header, code, entry, why, sink);
  };
  struct Planned {
    StrategyBook* book;
    FifoLots* truth;
    LotChange change;
    LotChange true_change;
  };
  std::vector<Planned> plans;
  std::set<std::uint32_t> seen;
  auto result = std::optional{collateral};  // and what the lots cost more now
  for (const TokenLeg& leg : legs) {
    if (!seen.insert(leg.instrument).second ||
        model::result_asset(*tables_.instrument(leg.instrument)) != asset) {
      return refuse(WRIT_INCIDENT_BAD_MESSAGE, "tokens refused: named twice or of another asset");
    }
    StrategyBook& book = books.strategies[{leg.instrument, change.instance}];
    FifoLots& truth = books.truth[leg.instrument];
    const std::int64_t given = std::max<std::int64_t>(0, -leg.quantity.raw);
    if (given > 0 && (book.lots.position().raw < given || truth.position().raw < given)) {
      return refuse(WRIT_INCIDENT_BAD_MESSAGE, "tokens refused: more than is held");
    }
    auto planned = book.lots.plan(ref.id, leg.quantity, leg.price, {});
    auto true_planned = truth.plan(ref.id, leg.quantity, leg.price, {});
    if (!planned || !true_planned) {
      return refuse(WRIT_INCIDENT_ARITHMETIC, "tokens refused: a result does not fit");
    }
    result = result ? checked_add(*result, planned->cost_after) : result;
    result = result ? checked_sub(*result, book.lots.cost()) : result;
    plans.push_back({&book, &truth, *std::move(planned), *std::move(true_planned)});
  }
  const auto cash_after = checked_add(books.cash[asset], collateral);
  if (collateral < Money{} && cash_after && *cash_after < Money{}) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, "tokens refused: more collateral than is held");
  }
  const bool redeems = change.kind == WRIT_TOKENS_REDEEM;
  const auto sum_of = [redeems](Totals& totals) -> Money& {
    return redeems ? totals.adjustments : totals.realized;
  };
  const Money booked = result.value_or(Money{});
  const std::uint32_t reporting = reporting_asset(change.account);
  CheckedMove move;
  move.add(sum_of(plans.front().book->totals), booked);
  move.add(sum_of(books.totals[asset]), booked);
  move.add(sum_of(books.reporting), worth_or_zero(booked, asset, reporting));
  if (!result || !cash_after || !move.ok()) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, "tokens refused: a sum does not fit");
  }
  move.commit();
  books.foreign |= asset != reporting;
  for (const Planned& planned : plans) {
    planned.book->lots.apply(planned.change);
    planned.truth->apply(planned.true_change);
  }
  if (collateral != Money{}) {
    cash_row(entry, redeems ? WRIT_ENTRY_SETTLEMENT : WRIT_ENTRY_TRADE, collateral, ref, sink);
  }
  watch_cash(change.header, entry, sink);
  if (change.kind != WRIT_TOKENS_SPLIT || booked != Money{}) {
    pnl_row(entry, redeems ? WRIT_ENTRY_ADJUSTMENT : WRIT_ENTRY_REALIZED, booked, ref, sink);
  }
}

}  // namespace writ::ledger
