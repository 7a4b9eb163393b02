#include "host/ledger/account_books.hpp"

#include <writ/int128.hpp>

namespace writ::ledger {
namespace {

void put(base::ByteWriter& out, Money money) { out.put(money.raw); }
Money get_money(base::ByteReader& in) { return Money{in.get<Int128>()}; }

void put(base::ByteWriter& out, const Totals& totals) {
  put(out, totals.initial);
  put(out, totals.realized);
  put(out, totals.fees);
  put(out, totals.funding);
  put(out, totals.adjustments);
}

void put(base::ByteWriter& out, const std::vector<Bet>& bets) {
  out.put(static_cast<std::uint64_t>(bets.size()));
  for (const Bet& bet : bets) {
    out.put(bet.fill_id);
    out.put(bet.stake.raw);
    out.put(bet.odds.raw);
  }
}

std::vector<Bet> get_bets(base::ByteReader& in) {
  std::vector<Bet> bets;
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto fill_id = in.get<std::uint64_t>();
    const Quantity stake{in.get<std::int64_t>()};
    bets.push_back({fill_id, stake, Price{in.get<std::int64_t>()}});
  }
  return bets;
}

void put(base::ByteWriter& out, const Settled& settled) {
  out.put(static_cast<std::uint64_t>(settled.parts.size()));
  for (const Settled::Part& part : settled.parts) {
    out.put(part.instance);
    part.lots.save(out);
    put(out, part.bets);
    put(out, part.result);
    put(out, part.profit);
  }
  settled.truth.save(out);
  put(out, settled.cash);
  put(out, settled.reported);
}

base::Result<Settled> get_settled(base::ByteReader& in) {
  Settled settled;
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Settled::Part& part = settled.parts.emplace_back();
    part.instance = in.get<std::uint32_t>();
    if (auto loaded = part.lots.load(in); !loaded) return loaded.error();
    part.bets = get_bets(in);
    part.result = get_money(in);
    part.profit = get_money(in);
  }
  if (auto loaded = settled.truth.load(in); !loaded) return loaded.error();
  settled.cash = get_money(in);
  settled.reported = get_money(in);
  return settled;
}

Totals get_totals(base::ByteReader& in) {
  Totals totals;
  totals.initial = get_money(in);
  totals.realized = get_money(in);
  totals.fees = get_money(in);
  totals.funding = get_money(in);
  totals.adjustments = get_money(in);
  return totals;
}

}  // namespace

std::optional<Money> Totals::sum() const noexcept {
  auto sum = checked_add(initial, realized);
  if (sum) sum = checked_sub(*sum, fees);
  if (sum) sum = checked_add(*sum, funding);
  return sum ? checked_add(*sum, adjustments) : std::nullopt;
}

void AccountBooks::shift(Money amount) {
  drawdown.shift(amount);
  daily_loss.shift(amount);
}

void AccountBooks::save(base::ByteWriter& out) const {
  const auto put_count = [&out](const auto& container) {
    out.put(static_cast<std::uint64_t>(container.size()));
  };
  put_count(cash);
  for (const auto& [asset, amount] : cash) {
    out.put(asset);
    put(out, amount);
  }
  put_count(pending);
  for (const PendingDeposit& deposit : pending) {
    out.put(deposit.id);
    out.put(deposit.asset);
    put(out, deposit.amount);
  }
  put_count(totals);
  for (const auto& [asset, sums] : totals) {
    out.put(asset);
    put(out, sums);
  }
  put(out, reporting);
  put_count(strategies);
  for (const auto& [key, book] : strategies) {
    out.put(key.first);
    out.put(key.second);
    book.lots.save(out);
    put(out, book.bets);
    put(out, book.totals);
    put(out, book.mtm_booked);
  }
  put_count(truth);
  for (const auto& [instrument, lots] : truth) {
    out.put(instrument);
    lots.save(out);
  }
  put_count(own_adjustments);
  for (const auto& [asset, amount] : own_adjustments) {
    out.put(asset);
    put(out, amount);
  }
  put_count(settled);
  for (const auto& [instrument, settlements] : settled) {
    out.put(instrument);
    put_count(settlements);
    for (const Settled& one : settlements) put(out, one);
  }
  put_count(commissions);
  for (const auto& [market, charged] : commissions) {
    out.put(market);
    put_count(charged);
    for (const auto& [instance, amount] : charged) {
      out.put(instance);
      put(out, amount);
    }
  }
  put_count(negative_cash);
  for (const std::uint32_t asset : negative_cash) out.put(asset);
  out.put(static_cast<std::uint8_t>(foreign ? 1 : 0));
  drawdown.save(out);
  daily_loss.save(out);
  out.put(last_cycle);
  put(out, revaluation_booked);
  put(out, equity);
  put(out, gross_exposure);
  put(out, net_exposure);
  put(out, max_loss);
}

base::Result<void> AccountBooks::load(base::ByteReader& in) {
  *this = AccountBooks{};
  const auto times = [&in](auto&& read) {
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) read();
  };
  base::Result<void> result;
  const auto number = [&] {
    const auto read = in.get<std::uint32_t>();
    if (read <= base::DenseMap<Money>::kKeyMax) return read;
    result = base::Error{base::Errc::kCorrupt, "load account"};
    return 0U;
  };
  const auto load_lots = [&](FifoLots& lots) {
    if (result) result = lots.load(in);
  };
  times([&] {
    const auto asset = number();
    cash[asset] = get_money(in);
  });
  times([&] {
    const auto id = in.get<std::uint64_t>();
    const auto asset = in.get<std::uint32_t>();
    pending.push_back({id, asset, get_money(in)});
  });
  times([&] {
    const auto asset = in.get<std::uint32_t>();
    totals[asset] = get_totals(in);
  });
  reporting = get_totals(in);
  times([&] {
    const auto instrument = in.get<std::uint32_t>();
    const auto instance = in.get<std::uint32_t>();
    StrategyBook& book = strategies[{instrument, instance}];
    load_lots(book.lots);
    book.bets = get_bets(in);
    book.totals = get_totals(in);
    book.mtm_booked = get_money(in);
  });
  times([&] { load_lots(truth[number()]); });
  times([&] {
    const auto asset = in.get<std::uint32_t>();
    own_adjustments[asset] = get_money(in);
  });
  times([&] {
    auto& settlements = settled[in.get<std::uint32_t>()];
    times([&] {
      auto one = get_settled(in);
      if (one) {
        settlements.push_back(*std::move(one));
      } else if (result) {
        result = one.error();
      }
    });
  });
  times([&] {
    auto& charged = commissions[in.get<std::uint64_t>()];
    times([&] {
      const auto instance = in.get<std::uint32_t>();
      charged[instance] = get_money(in);
    });
  });
  times([&] { negative_cash.insert(in.get<std::uint32_t>()); });
  foreign = in.get<std::uint8_t>() != 0;
  if (result) result = drawdown.load(in);
  if (result) result = daily_loss.load(in);
  last_cycle = in.get<std::int64_t>();
  revaluation_booked = get_money(in);
  equity = get_money(in);
  gross_exposure = get_money(in);
  net_exposure = get_money(in);
  max_loss = get_money(in);
  if (result && !in.ok()) result = base::Error{base::Errc::kCorrupt, "load account"};
  return result;
}

}  // namespace writ::ledger
