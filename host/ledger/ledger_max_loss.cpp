#include "host/ledger/ledger.hpp"
#include "host/ledger/payoff.hpp"
#include "host/ledger/result_asset.hpp"
#include "host/model/market_key.hpp"

#include <map>
#include <vector>

namespace writ::ledger {
namespace {

/// Of a position at its mark, or where there never was one at what it cost.
Money loss_of_position(const writ_instrument& instrument, const FifoLots& lots, Price mark) {
  const auto paid = mark.is_none() ? unit_price(lots.cost(), lots.position(), Rounding::kCeil)
                                   : std::optional(mark);
  return Payoff::of_position(instrument.kind, lots.position(), paid.value_or(Price{})).worst_loss();
}

Money loss_of_tokens(const FifoLots& own, const FifoLots& complement) {
  Payoff payoff = Payoff::of_tokens(own.position(), complement.position());
  payoff.add_cash(-own.cost());
  payoff.add_cash(-complement.cost());
  return payoff.worst_loss();
}

}  // namespace

std::optional<Money> Ledger::worst_case(std::uint32_t account, const AccountBooks& books,
                                        const QuoteSource& quotes) const {
  const std::uint32_t reporting = reporting_asset(account);
  std::optional<Money> sum = Money{};
  const auto add = [&](Money loss, std::uint32_t asset) {
    const auto value = worth(loss, asset, reporting, Rounding::kCeil);
    sum = sum ? checked_add(*sum, value.value_or(Money{})) : sum;
  };
  std::map<std::uint64_t, std::uint32_t> betting;  // market and the asset of its bets
  const FifoLots none;
  for (const auto& [number, lots] : books.truth) {
    const writ_instrument& instrument = *tables_.instrument(number);
    const std::uint32_t asset = result_asset(instrument);
    if (instrument.kind == WRIT_KIND_RUNNER) {
      betting.emplace(model::market_key(instrument), asset);
    } else if (instrument.kind != WRIT_KIND_BINARY) {
      if (lots.position().raw == 0) continue;
      add(loss_of_position(instrument, lots,
                           marks_.mark(instrument, lots.position(), quotes).price),
          asset);
    } else {
      const auto other = books.truth.find(instrument.complement);
      const bool pair = other != books.truth.end();
      if (pair && instrument.complement < number) continue;  // counted with the other
      add(loss_of_tokens(lots, pair ? other->second : none), asset);
    }
  }
  if (betting.empty()) return sum;
  std::map<std::uint64_t, std::vector<Selection>> markets;
  tables_.for_each_instrument([&](const writ_instrument& instrument) {
    if (instrument.kind != WRIT_KIND_RUNNER) return;
    const std::uint64_t market = model::market_key(instrument);
    if (!betting.contains(market)) return;
    const BetResult result = bets(AccountId{account}, InstrumentId{instrument.instrument});
    markets[market].push_back({result, {}, {}});
  });
  for (auto& [market, selections] : markets) {
    if (selections.size() == 1) selections.emplace_back();  // it need not win
    const BettingMarket whole{selections, 1, true};
    const Money worst = whole.worst();
    if (worst < Money{}) add(-worst, betting.at(market));
  }
  return sum;
}

}  // namespace writ::ledger
