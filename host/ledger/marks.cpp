#include "host/ledger/marks.hpp"

#include <writ/int128.hpp>

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

Price runner_mark(Quantity units, const Quote& quote) noexcept {
  constexpr Price kLongestOdds{1'000'000'000'000};
  constexpr Price kShortestOdds{1'010'000'000};
  if (units.raw >= 0) return quote.ask.is_none() ? kLongestOdds : quote.ask;
  return quote.bid.is_none() ? kShortestOdds : quote.bid;
}

bool Marks::note(std::uint32_t instrument, const Quote& quote) {
  if (!quote.fresh || (quote.bid.is_none() && quote.ask.is_none())) return false;
  const auto [at, first] = last_.try_emplace(instrument);
  if (!quote.bid.is_none()) at->second.bid = quote.bid;
  if (!quote.ask.is_none()) at->second.ask = quote.ask;
  return first;
}

Quote Marks::remembered(std::uint32_t instrument) const noexcept {
  const auto at = last_.find(instrument);
  return at == last_.end() ? Quote{} : Quote{at->second.bid, at->second.ask, false};
}

Mark Marks::last(std::uint32_t instrument, Quantity position) const noexcept {
  const auto at = last_.find(instrument);
  if (at == last_.end()) return {};
  const Price side = position.raw >= 0 ? at->second.bid : at->second.ask;
  const Price other = position.raw >= 0 ? at->second.ask : at->second.bid;
  return {side.is_none() ? other : side, true};
}

Price Marks::mid(std::uint32_t instrument) const noexcept {
  const auto at = last_.find(instrument);
  if (at == last_.end() || at->second.bid.is_none() || at->second.ask.is_none()) {
    return Price::none();
  }
  return Price{static_cast<std::int64_t>((Int128{at->second.bid.raw} + at->second.ask.raw) / 2)};
}

Mark Marks::mark(const writ_instrument& instrument, Quantity position,
                 const QuoteSource& quotes) const {
  const Quote now = quotes.quote(instrument.instrument);
  if (instrument.kind == WRIT_KIND_RUNNER) {
    const Quote own = now.fresh ? now : remembered(instrument.instrument);
    return {runner_mark(position, own), !now.fresh};
  }
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
    if (instrument > base::DenseMap<Sides>::kKeyMax) break;
    last_[instrument] = {bid, ask};
  }
  if (!in.ok() || last_.size() != count) return base::Error{base::Errc::kCorrupt, "load marks"};
  return {};
}

}  // namespace writ::ledger
