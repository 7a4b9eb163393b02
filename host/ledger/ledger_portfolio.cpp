#include "host/base/assert.hpp"
#include "host/ledger/betting.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/trade_terms.hpp"
#include "host/model/result_asset.hpp"

#include <writ/int128.hpp>
#include <writ/money_abi.hpp>

namespace writ::ledger {
namespace {

constexpr std::int64_t kHourNs = 3'600'000'000'000;
constexpr std::uint32_t kFlagStale = 1;     // writ_position.flags
constexpr std::uint32_t kFlagUnvalued = 1;  // writ_balance.flags: part of it counts nothing yet

/// A sum that remembers whether every part of it fitted.
class Sum {
 public:
  void add(std::optional<Money> amount) {
    const auto next = amount && value_ ? checked_add(*value_, *amount) : std::nullopt;
    value_ = next;
  }
  void subtract(std::optional<Money> amount) {
    const auto next = amount && value_ ? checked_sub(*value_, *amount) : std::nullopt;
    value_ = next;
  }
  [[nodiscard]] const std::optional<Money>& value() const noexcept { return value_; }

 private:
  std::optional<Money> value_ = Money{};
};

/// Values positions of several strategies at one mark so that they add up to the value of their
/// sum: what rounding takes from win units goes with the strategy that brings the sum past it.
class UnitsValue {
 public:
  UnitsValue(const writ_instrument& instrument, Price mark)
      : bets_(instrument.kind == WRIT_KIND_RUNNER), mark_(mark) {}

  /// Of the next strategy; nothing if it would not fit.
  std::optional<Money> next(Quantity units) {
    if (!bets_) return checked_notional(mark_, units);
    const auto sum = checked_add(units_, units);
    const auto value = sum ? win_units_value(*sum, mark_) : std::nullopt;
    if (!value) return std::nullopt;
    const Money before = value_;
    units_ = *sum;
    value_ = *value;
    return checked_sub(value_, before);
  }

 private:
  bool bets_;
  Price mark_;
  Quantity units_;
  Money value_;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != word[i]) return false;
  }
  return true;
}

/// Whether a long position in it is short the event: the NO token of a binary market, by its name
/// or, if neither token is named so, the one listed later.
bool is_against_event(const writ_instrument& instrument, const writ_instrument* complement) {
  if (instrument.kind != WRIT_KIND_BINARY || complement == nullptr) return false;
  if (is_word(model::text_of(instrument.selection), "no")) return true;
  if (is_word(model::text_of(complement->selection), "no")) return false;
  return instrument.instrument > complement->instrument;
}

}  // namespace

/// An account valued at one instant, before any of it is on record.
struct Ledger::Valuation {
  struct StrategyMark {
    std::pair<std::uint32_t, std::uint32_t> key;
    std::uint32_t asset;
    Money unrealized;
  };
  /// Of one result asset, in it.
  struct InAsset {
    Money positions;   // what they add beyond cash
    Money unrealized;  // of all strategies
  };

  std::vector<StrategyMark> strategies;
  std::vector<writ_position> positions;
  std::vector<writ_balance> balances;
  std::map<std::uint32_t, InAsset> assets;
  Money equity;
  Money unrealized;
  Money revaluation;
  Money gross_exposure;
  Money net_exposure;
};

std::uint64_t Ledger::portfolio(AccountId account, std::int64_t now, const QuoteSource& quotes,
                                std::uint32_t open_orders, model::RecordSink& sink) {
  if (tables_.account(account.raw()) == nullptr) return 0;
  const std::uint32_t reporting = reporting_asset(account.raw());
  AccountBooks& books = accounts_[account.raw()];
  std::vector<std::uint32_t> awaited;
  for (const PendingDeposit& deposit : books.pending) {
    const writ_instrument* spot = spot_of(deposit.asset, reporting);
    if (spot != nullptr) awaited.push_back(spot->instrument);
  }
  for (const std::uint32_t number : awaited) on_quote(number, quotes.quote(number), sink);
  for (const auto& [number, lots] : books.truth) on_quote(number, quotes.quote(number), sink);

  Valuation now_valued;
  std::map<std::uint32_t, Money> coins;  // base assets held as spot positions
  Sum equity, unrealized, gross, net;
  bool fits = true;
  const auto hold = [&](std::uint32_t asset, Money amount) {
    const auto sum = checked_add(coins[asset], amount);
    fits = fits && sum;
    if (sum) coins[asset] = *sum;
  };
  auto strategy = books.strategies.begin();
  for (const auto& [number, truth] : books.truth) {
    const writ_instrument& instrument = *tables_.instrument(number);
    const std::uint32_t asset = model::result_asset(instrument);
    const Mark mark = marks_.mark(instrument, truth.position(), quotes);
    // One mark for every strategy in the instrument, so that their parts add up to the whole; where
    // there never was one a position is worth what it cost.
    Sum cost, unrealized_here;
    UnitsValue worth_of(instrument, mark.price);
    for (; strategy != books.strategies.end() && strategy->first.first == number; ++strategy) {
      const FifoLots& lots = strategy->second.lots;
      const auto units_worth = mark.price.is_none() ? lots.cost() : worth_of.next(lots.position());
      const auto result = units_worth ? checked_sub(*units_worth, lots.cost()) : std::nullopt;
      if (!result) fits = false;
      now_valued.strategies.push_back({strategy->first, asset, result.value_or(Money{})});
      unrealized_here.add(result);
      cost.add(lots.cost());
    }
    Sum exposure = cost;  // cost + unrealised = position × mark
    exposure.add(unrealized_here.value());
    Sum value = exposure;
    if (!exchanges_principal(instrument)) value.subtract(truth.cost());
    if (!value.value()) {
      fits = false;
      break;
    }
    if (instrument.kind == WRIT_KIND_SPOT) {
      hold(instrument.base_asset, Money{Int128{truth.position().raw} * instrument.quantity_unit});
    }
    auto& in_asset = now_valued.assets[asset];
    Sum asset_positions, asset_unrealized;
    asset_positions.add(in_asset.positions);
    asset_positions.add(value.value());
    asset_unrealized.add(in_asset.unrealized);
    asset_unrealized.add(unrealized_here.value());
    if (!asset_positions.value() || !asset_unrealized.value()) {
      fits = false;
      break;
    }
    in_asset = {*asset_positions.value(), *asset_unrealized.value()};
    if (truth.position().raw == 0 && *value.value() == Money{}) continue;

    const auto reported = worth(*value.value(), asset, reporting, Rounding::kFloor);
    const auto exposed = worth(*exposure.value(), asset, reporting, Rounding::kFloor);
    const bool against = is_against_event(
        instrument,
        instrument.complement == 0 ? nullptr : tables_.instrument(instrument.complement));
    writ_position row{};
    row.instrument = number;
    row.flags = mark.stale ? kFlagStale : 0;
    row.quantity = truth.position().raw;
    row.mark = mark.price.raw;
    const Money worth_now = reported.value_or(Money{});
    const Money exposed_now = exposed.value_or(Money{});
    const Money signed_exposure = against ? -exposed_now : exposed_now;
    row.value = to_abi(worth_now);
    row.exposure = to_abi(signed_exposure);
    now_valued.positions.push_back(row);
    equity.add(worth_now);
    gross.add(abs(exposed_now));
    net.add(signed_exposure);
  }

  for (const PendingDeposit& deposit : books.pending) hold(deposit.asset, deposit.amount);
  bool foreign = books.foreign;
  for (const auto& [asset, amount] : books.cash) {
    const auto held = coins.find(asset);
    const auto money = held == coins.end() ? amount : checked_sub(amount, held->second);
    if (!money) {
      fits = false;
      break;
    }
    const auto in_asset = now_valued.assets.find(asset);
    const bool has_positions = in_asset != now_valued.assets.end();
    const auto totals = books.totals.find(asset);
    const auto booked = totals == books.totals.end() ? Money{} : totals->second.sum();
    Sum left, right;
    left.add(money);
    if (has_positions) left.add(in_asset->second.positions);
    right.add(booked);
    if (has_positions) right.add(in_asset->second.unrealized);
    if (!left.value() || !right.value()) {
      fits = false;
      break;
    }
    // Cash and positions of an asset are what was put in and what was earned since, to the last
    // unit.
    WRIT_ASSERT(!fits || *left.value() == *right.value());

    if (asset != reporting && (*money != Money{} || *right.value() != Money{})) foreign = true;
    const auto value = worth(*money, asset, reporting, Rounding::kFloor);
    writ_balance row{};
    row.asset = asset;
    row.amount = to_abi(amount);
    row.value = to_abi(value.value_or(Money{}));
    for (const PendingDeposit& deposit : books.pending) {
      if (deposit.asset == asset) row.flags = kFlagUnvalued;
    }
    if (!value) row.flags = kFlagUnvalued;
    now_valued.balances.push_back(row);
    equity.add(value.value_or(Money{}));
  }
  for (const auto& [asset, in_asset] : now_valued.assets) {
    const auto value = worth(in_asset.unrealized, asset, reporting, Rounding::kHalfEven);
    if (asset != reporting && in_asset.unrealized != Money{}) foreign = true;
    unrealized.add(value.value_or(Money{}));
  }
  Sum revaluation = equity;  // what currencies did to amounts booked at the rates of their time
  revaluation.subtract(books.reporting.sum());
  revaluation.subtract(unrealized.value());
  const auto max_loss = worst_case(account.raw(), books, quotes);
  if (!fits || !equity.value() || !gross.value() || !net.value() || !revaluation.value() ||
      !max_loss) {
    auto cause = writ_record{};
    cause.seq = 0;
    incident(cause, WRIT_INCIDENT_ARITHMETIC, {account.raw(), 0, 0, reporting},
             "portfolio refused: a sum does not fit", sink);
    return 0;
  }
  // With everything in one currency there is nothing to revalue.
  WRIT_ASSERT(foreign || *revaluation.value() == Money{});

  books.equity = *equity.value();
  books.gross_exposure = *gross.value();
  books.net_exposure = *net.value();
  books.max_loss = *max_loss;
  const std::int64_t hour = now / kHourNs;
  if (books.pending.empty() && !books.cash.empty()) {
    const bool new_cycle = books.drawdown.begun() && hour != books.last_cycle;
    books.drawdown.update(books.equity,
                          new_cycle ? DrawdownStep::kCycle : DrawdownStep::kEscalateOnly);
    books.last_cycle = hour;
    books.daily_loss.update(books.equity, now);
  }

  auto fixed = model::make_record<writ_portfolio>();
  fixed.account = account.raw();
  fixed.reporting_asset = reporting;
  fixed.equity = to_abi(books.equity);
  fixed.initial = to_abi(books.reporting.initial);
  fixed.realized = to_abi(books.reporting.realized);
  const Money all_unrealized = *unrealized.value() + *revaluation.value();
  fixed.unrealized = to_abi(all_unrealized);
  fixed.fees = to_abi(books.reporting.fees);
  fixed.funding = to_abi(books.reporting.funding);
  fixed.adjustments = to_abi(books.reporting.adjustments);
  fixed.gross_exposure = to_abi(books.gross_exposure);
  fixed.net_exposure = to_abi(books.net_exposure);
  fixed.max_loss = to_abi(books.max_loss);
  const bool begun = books.drawdown.begun();
  fixed.peak = to_abi(begun ? books.drawdown.peak() : books.equity);
  fixed.drawdown = to_abi(books.drawdown.drawdown());
  fixed.drawdown_fraction = books.drawdown.fraction().raw;
  fixed.tier = books.drawdown.tier();
  fixed.open_orders = open_orders;
  fixed.book = tables_.book_of(account.raw());
  fixed.balance_count = static_cast<std::uint32_t>(now_valued.balances.size());
  fixed.position_count = static_cast<std::uint32_t>(now_valued.positions.size());
  model::RecordBuffer buffer;
  buffer.begin(fixed)
      .append(now_valued.balances.data(), now_valued.balances.size() * sizeof(writ_balance))
      .append(now_valued.positions.data(), now_valued.positions.size() * sizeof(writ_position));
  const std::uint64_t id = sink.append(buffer.finish());

  const Ref ref{WRIT_REF_SNAPSHOT, id};
  for (const auto& mark : now_valued.strategies) {
    StrategyBook& book = books.strategies.find(mark.key)->second;
    const Money change = mark.unrealized - book.mtm_booked;
    if (change == Money{}) continue;
    book.mtm_booked = mark.unrealized;
    pnl_row({account.raw(), mark.key.first, mark.key.second, mark.asset}, WRIT_ENTRY_MTM, change,
            ref, sink);
  }
  const Money revalued = *revaluation.value() - books.revaluation_booked;
  if (revalued != Money{}) {
    books.revaluation_booked = *revaluation.value();
    pnl_row({account.raw(), 0, 0, reporting}, WRIT_ENTRY_MTM, revalued, ref, sink);
  }
  return id;
}

}  // namespace writ::ledger
