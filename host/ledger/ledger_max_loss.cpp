#include "host/ledger/ledger.hpp"
#include "host/ledger/payoff.hpp"
#include "host/model/market_key.hpp"
#include "host/model/result_asset.hpp"

#include <map>
#include <set>
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
  std::set<std::uint64_t> betting;  // markets
  const FifoLots none;
  for (const auto& [number, lots] : books.truth) {
    const writ_instrument& instrument = *tables_.instrument(number);
    const std::uint32_t asset = model::result_asset(instrument);
    if (instrument.kind == WRIT_KIND_RUNNER) {
      betting.insert(model::market_key(instrument));
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
  struct Market {
    const writ_instrument* runner;
    std::vector<Selection> selections;
  };
  std::map<std::uint64_t, Market> markets;
  tables_.for_each_instrument([&](const writ_instrument& instrument) {
    if (instrument.kind != WRIT_KIND_RUNNER) return;
    const std::uint64_t market = model::market_key(instrument);
    if (!betting.contains(market)) return;
    const BetResult result = bets(AccountId{account}, InstrumentId{instrument.instrument});
    Market& at = markets[market];
    at.runner = &instrument;
    at.selections.push_back({result, {}, {}});
  });
  for (const auto& [market, at] : markets) {
    add(betting_payoff(*at.runner, at.selections, 0).worst_loss(), model::result_asset(*at.runner));
  }
  return sum;
}

}  // namespace writ::ledger
