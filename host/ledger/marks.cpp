#include "host/ledger/marks.hpp"

#include <writ/int128.hpp>
#include <writ/muldiv.hpp>
#include <writ/rate.hpp>

namespace writ::ledger {
namespace {

constexpr Price kOne{1'000'000'000};

/// 1 - price, kept within what a token can be worth.
Price complement_price(Price price) noexcept {
  if (price > kOne) return Price{};
  if (price < Price{}) return kOne;
  return kOne - price;
}

}  // namespace

Price binary_mark(Quantity position, const Quote& own, const Quote& complement) noexcept {
  if (position.raw >= 0) {
    if (!own.bid.is_none()) return own.bid;
    // Buying the complement and merging is as good as selling.
    return complement.ask.is_none() ? Price{} : complement_price(complement.ask);
  }
  if (!own.ask.is_none()) return own.ask;
  return complement.bid.is_none() ? kOne : complement_price(complement.bid);
}

std::optional<Money> green_up_value(Money units, Money cash, Price best_back,
                                    Price best_lay) noexcept {
  constexpr Price kLongestOdds{1'000'000'000'000};
  constexpr Price kShortestOdds{1'010'000'000};
  const Price odds = units.raw >= 0 ? (best_lay.is_none() ? kLongestOdds : best_lay)
                                    : (best_back.is_none() ? kShortestOdds : best_back);
  // A short value is negative, and rounding it down is rounding its size up.
  const auto closing = muldiv(units.raw, Rate::one().raw, odds.raw, Rounding::kFloor);
  return closing ? checked_add(cash, Money{*closing}) : std::nullopt;
}

bool Marks::note(std::uint32_t instrument, const Quote& quote) {
  if (!quote.fresh || (quote.bid.is_none() && quote.ask.is_none())) return false;
  const auto [at, first] = last_.try_emplace(instrument);
  if (!quote.bid.is_none()) at->second.bid = quote.bid;
  if (!quote.ask.is_none()) at->second.ask = quote.ask;
  return first;
}

Mark Marks::last(std::uint32_t instrument, Quantity position) const noexcept {
  const auto at = last_.find(instrument);
  if (at == last_.end()) return {};
  const Price side = position.raw >= 0 ? at->second.bid : at->second.ask;
  const Price other = position.raw >= 0 ? at->second.ask : at->second.bid;
  return {side.is_none() ? other : side, true};
}

Mark Marks::mark(const writ_instrument& instrument, Quantity position,
                 const QuoteSource& quotes) const {
  const auto remembered = [&](std::uint32_t number) -> Quote {
    const auto at = last_.find(number);
    return at == last_.end() ? Quote{} : Quote{at->second.bid, at->second.ask, false};
  };
  const Quote now = quotes.quote(instrument.instrument);
  if (instrument.kind == WRIT_KIND_BINARY) {
    const Quote own = now.fresh ? now : remembered(instrument.instrument);
    Quote complement;
    if (instrument.complement != 0) {
      complement = quotes.quote(instrument.complement);
      if (!complement.fresh) complement = remembered(instrument.complement);
    }
    return {binary_mark(position, own, complement), !now.fresh};
  }
  const Price side = position.raw >= 0 ? now.bid : now.ask;
  if (now.fresh && !side.is_none()) return {side, false};
  return last(instrument.instrument, position);
}

void Marks::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(last_.size()));
  for (const auto& [instrument, sides] : last_) {
    out.put(instrument);
    out.put(sides.bid.raw);
    out.put(sides.ask.raw);
  }
}

base::Result<void> Marks::load(base::ByteReader& in) {
  last_.clear();
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto instrument = in.get<std::uint32_t>();
    const Price bid{in.get<std::int64_t>()};
    const Price ask{in.get<std::int64_t>()};
    last_[instrument] = {bid, ask};
  }
  if (!in.ok()) return base::Error{base::Errc::kCorrupt, "load marks"};
  return {};
}

}  // namespace writ::ledger
