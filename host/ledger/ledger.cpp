#include "host/ledger/ledger.hpp"

#include "host/base/byte_stream.hpp"
#include "host/model/result_asset.hpp"

#include <writ/int128.hpp>
#include <writ/money_abi.hpp>
#include <writ/rate.hpp>

#include <algorithm>

namespace writ::ledger {
namespace {

/// Sums that a settlement would pay, so they fit as long as it does.
BetResult result_of(const std::vector<Bet>& bets) {
  Int128 staked = 0, units = 0;
  for (const Bet& bet : bets) {
    staked += Int128{bet.stake.raw} * Rate::one().raw;
    units += Int128{bet.stake.raw} * bet.odds.raw;
  }
  return {Money{units - staked}, Money{-staked}};
}

}  // namespace

// --- money from and to outside ---

void Ledger::on_deposit(const writ_deposit& deposit, std::uint64_t id, model::RecordSink& sink) {
  move_money(deposit.header, deposit.account, deposit.asset, from_abi(deposit.amount),
             {WRIT_REF_DEPOSIT, id}, sink);
}

void Ledger::move_money(const writ_record& cause, std::uint32_t account, std::uint32_t asset,
                        Money amount, Ref ref, model::RecordSink& sink) {
  const Entry entry{account, 0, 0, asset};
  if (tables_.account(account) == nullptr || tables_.asset(asset) == nullptr) {
    incident(cause, WRIT_INCIDENT_BAD_MESSAGE, entry, "deposit for an unknown account or asset",
             sink);
    return;
  }
  AccountBooks& books = accounts_[account];
  const auto balance = amount.in_bounds() ? checked_add(books.cash[asset], amount) : std::nullopt;
  if (!balance) {
    incident(cause, WRIT_INCIDENT_ARITHMETIC, entry, "deposit does not fit", sink);
    return;
  }
  const std::uint16_t kind = amount.raw < 0 ? WRIT_ENTRY_WITHDRAWAL : WRIT_ENTRY_DEPOSIT;
  cash_row(entry, kind, amount, ref, sink);
  watch_cash(cause, entry, sink);

  // Coins whose instrument is marked already are priced now, and a withdrawal of them may realise.
  const writ_instrument* spot = spot_of(asset, reporting_asset(account));
  const Price mark = spot == nullptr ? Price::none() : marks_.last(spot->instrument, {}).price;
  const PendingDeposit coins{ref.id, asset, amount};
  if (mark.is_none()) {
    books.pending.push_back(coins);
    price_deposits(account, books, 0, Price::none(), sink);
  } else if (!book_coins(account, books, *spot, coins, mark, sink)) {
    incident(cause, WRIT_INCIDENT_ARITHMETIC, entry, "deposit cannot be valued", sink);
    books.pending.push_back(coins);  // in the balance, but worth nothing
  }
}

void Ledger::price_deposits(std::uint32_t account, AccountBooks& books, std::uint32_t instrument,
                            Price price, model::RecordSink& sink) {
  const std::uint32_t reporting = reporting_asset(account);
  std::vector<PendingDeposit> waiting;
  for (const PendingDeposit& deposit : books.pending) {
    const writ_instrument* spot =
        deposit.asset == reporting ? nullptr : spot_of(deposit.asset, reporting);
    if (spot != nullptr) {
      Price mark = marks_.last(spot->instrument, {}).price;
      if (mark.is_none() && spot->instrument == instrument) mark = price;
      if (mark.is_none() || !book_coins(account, books, *spot, deposit, mark, sink)) {
        waiting.push_back(deposit);
      }
      continue;
    }
    const auto value = worth(deposit.amount, deposit.asset, reporting, Rounding::kHalfEven);
    Totals& totals = books.totals[deposit.asset];
    const auto initial = checked_add(totals.initial, deposit.amount);
    const auto reported = value ? checked_add(books.reporting.initial, *value) : std::nullopt;
    if (!initial || !reported) {
      waiting.push_back(deposit);
      continue;
    }
    totals.initial = *initial;
    books.reporting.initial = *reported;
    books.shift(*value);
    books.foreign |= deposit.asset != reporting;
  }
  books.pending = std::move(waiting);
}

bool Ledger::book_coins(std::uint32_t account, AccountBooks& books,
                        const writ_instrument& instrument, const PendingDeposit& deposit,
                        Price price, model::RecordSink& sink) {
  // What is finer than a quantity stays money of the asset itself.
  const auto units = narrow_to_int64(
      divide_rounded(deposit.amount.raw, instrument.quantity_unit, Rounding::kTrunc));
  if (!units || Quantity{*units}.is_none()) return false;
  const Quantity quantity{*units};
  const Money dust{deposit.amount.raw - Int128{quantity.raw} * instrument.quantity_unit};
  const auto dust_initial = checked_add(books.totals[deposit.asset].initial, dust);
  const auto value = checked_notional(price, quantity);
  if (!dust_initial || !value) return false;

  if (quantity.raw != 0) {
    const std::uint32_t asset = model::result_asset(instrument);
    StrategyBook& own = books.strategies[{instrument.instrument, 0}];
    FifoLots& truth = books.truth[instrument.instrument];
    Totals& totals = books.totals[asset];
    const auto change = own.lots.plan(deposit.id, quantity, price, {});
    const auto true_change = truth.plan(deposit.id, quantity, price, {});
    if (!change || !true_change) return false;
    const auto initial = checked_add(totals.initial, *value);
    const auto reported = checked_add(books.reporting.initial, *value);
    const auto realized = checked_add(own.totals.realized, change->gross);
    const auto total_realized = checked_add(totals.realized, change->gross);
    const auto reported_realized = checked_add(books.reporting.realized, change->gross);
    if (!initial || !reported || !realized || !total_realized || !reported_realized) return false;
    own.lots.apply(*change);
    truth.apply(*true_change);
    totals.initial = *initial;
    books.reporting.initial = *reported;
    own.totals.realized = *realized;
    totals.realized = *total_realized;
    books.reporting.realized = *reported_realized;
    books.shift(*value);
    if (!change->matches.empty()) {
      pnl_row({account, instrument.instrument, 0, asset}, WRIT_ENTRY_REALIZED, change->gross,
              {WRIT_REF_DEPOSIT, deposit.id}, sink);
    }
  }
  books.totals[deposit.asset].initial = *dust_initial;
  books.foreign |= dust != Money{};
  ++coins_booked_;
  return true;
}

void Ledger::on_conversion(const writ_conversion& conversion, model::RecordSink& sink) {
  if (conversion.rate <= 0 || conversion.asset == conversion.into) return;
  conversions_[{conversion.asset, conversion.into}] = conversion.rate;
  for (auto& [account, books] : accounts_) {
    if (!books.pending.empty()) price_deposits(account, books, 0, Price::none(), sink);
  }
}

void Ledger::on_quote(std::uint32_t instrument, const Quote& quote, model::RecordSink& sink) {
  if (!marks_.note(instrument, quote)) return;
  for (auto& [account, books] : accounts_) {
    if (!books.pending.empty()) price_deposits(account, books, 0, Price::none(), sink);
  }
}

// --- rows ---

writ_ledger Ledger::row_of(const Entry& entry, std::uint16_t kind, Money amount, Ref ref) const {
  auto row = model::make_record<writ_ledger>();
  row.account = entry.account;
  row.instrument = entry.instrument;
  row.instance = entry.instance;
  row.asset = entry.asset;
  row.kind = kind;
  row.book = tables_.book_of(entry.account);
  row.ref_kind = ref.kind;
  row.ref = ref.id;
  row.amount = to_abi(amount);
  return row;
}

void Ledger::cash_row(const Entry& entry, std::uint16_t kind, Money amount, Ref ref,
                      model::RecordSink& sink) {
  Money& balance = accounts_[entry.account].cash[entry.asset];
  balance += amount;  // every caller has checked the sum
  auto row = row_of(entry, kind, amount, ref);
  row.ledger = WRIT_LEDGER_CASH;
  row.balance_after = to_abi(balance);
  sink.append(row.header);
}

void Ledger::pnl_row(const Entry& entry, std::uint16_t kind, Money amount, Ref ref,
                     model::RecordSink& sink) {
  auto row = row_of(entry, kind, amount, ref);
  row.ledger = WRIT_LEDGER_PNL;
  sink.append(row.header);
}

void Ledger::incident(const writ_record& cause, std::uint16_t code, const Entry& entry,
                      std::string_view text, model::RecordSink& sink) const {
  auto fixed = model::make_record<writ_incident>();
  fixed.severity = WRIT_SEVERITY_ERROR;
  fixed.code = code;
  fixed.account = entry.account;
  fixed.instrument = entry.instrument;
  fixed.instance = entry.instance;
  fixed.cause_seq = cause.seq;
  if (code == WRIT_INCIDENT_NEGATIVE_CASH) {
    fixed.value = to_abi(cash(AccountId{entry.account}, AssetId{entry.asset}));
    fixed.unit = WRIT_UNIT_MONEY;
  }
  fixed.text_size = static_cast<std::uint32_t>(text.size());
  model::RecordBuffer buffer;
  sink.append(buffer.begin(fixed).append(text.data(), text.size()).finish());
}

void Ledger::watch_cash(const writ_record& cause, const Entry& entry, model::RecordSink& sink) {
  AccountBooks& books = accounts_[entry.account];
  if (books.cash[entry.asset] >= Money{}) {
    books.negative_cash.erase(entry.asset);
  } else if (books.negative_cash.insert(entry.asset).second) {
    incident(cause, WRIT_INCIDENT_NEGATIVE_CASH, entry, "an asset's balance went below zero", sink);
  }
}

// --- worth ---

std::uint32_t Ledger::reporting_asset(std::uint32_t account) const {
  const writ_account* record = tables_.account(account);
  return record == nullptr ? 0 : record->reporting_asset;
}

const writ_instrument* Ledger::spot_of(std::uint32_t asset, std::uint32_t quote) const {
  for (const writ_instrument* instrument : tables_.instruments()) {
    if (instrument->kind == WRIT_KIND_SPOT && instrument->base_asset == asset &&
        instrument->quote_asset == quote && instrument->quantity_unit > 0) {
      return instrument;
    }
  }
  return nullptr;
}

std::optional<Money> Ledger::worth(Money amount, std::uint32_t asset, std::uint32_t into,
                                   Rounding rounding) const {
  if (asset == into || amount == Money{}) return amount;
  if (const auto at = conversions_.find({asset, into}); at != conversions_.end()) {
    return scaled(amount, Rate{at->second}, rounding);
  }
  const writ_instrument* spot = spot_of(asset, into);
  if (spot == nullptr) return std::nullopt;
  const Price mark = marks_.last(spot->instrument, {}).price;
  if (mark.is_none()) return std::nullopt;
  const auto raw = muldiv(amount.raw, mark.raw, spot->quantity_unit, rounding);
  if (!raw || !Money{*raw}.in_bounds()) return std::nullopt;
  return Money{*raw};
}

Money Ledger::worth_or_zero(Money amount, std::uint32_t asset, std::uint32_t into) const {
  const auto value = worth(amount, asset, into, Rounding::kHalfEven);
  return value ? *value : Money{};
}

// --- reading ---

const AccountBooks* Ledger::find(AccountId account) const { return accounts_.get(account.raw()); }

Money Ledger::cash(AccountId account, AssetId asset) const {
  const AccountBooks* books = find(account);
  if (books == nullptr) return {};
  const Money* balance = books->cash.get(asset.raw());
  return balance == nullptr ? Money{} : *balance;
}

Quantity Ledger::position(AccountId account, InstrumentId instrument) const {
  const FifoLots* held = lots(account, instrument);
  return held == nullptr ? Quantity{} : held->position();
}

const FifoLots* Ledger::lots(AccountId account, InstrumentId instrument) const {
  const AccountBooks* books = find(account);
  return books == nullptr ? nullptr : books->truth.get(instrument.raw());
}

Quantity Ledger::strategy_position(AccountId account, InstanceId instance,
                                   InstrumentId instrument) const {
  const AccountBooks* books = find(account);
  if (books == nullptr) return {};
  const auto at = books->strategies.find({instrument.raw(), instance.raw()});
  return at == books->strategies.end() ? Quantity{} : at->second.lots.position();
}

BetResult Ledger::bets(AccountId account, InstrumentId instrument) const {
  BetResult sum;
  const AccountBooks* books = find(account);
  if (books == nullptr) return sum;
  const auto first = books->strategies.lower_bound({instrument.raw(), 0});
  for (auto at = first; at != books->strategies.end() && at->first.first == instrument.raw();
       ++at) {
    const BetResult own = result_of(at->second.bets);
    sum = {sum.if_wins + own.if_wins, sum.if_loses + own.if_loses};
  }
  return sum;
}

BetResult Ledger::strategy_bets(AccountId account, InstanceId instance,
                                InstrumentId instrument) const {
  const AccountBooks* books = find(account);
  if (books == nullptr) return {};
  const auto at = books->strategies.find({instrument.raw(), instance.raw()});
  return at == books->strategies.end() ? BetResult{} : result_of(at->second.bets);
}

Money Ledger::equity(AccountId account) const {
  const AccountBooks* books = find(account);
  return books == nullptr ? Money{} : books->equity;
}

Money Ledger::gross_exposure(AccountId account) const {
  const AccountBooks* books = find(account);
  return books == nullptr ? Money{} : books->gross_exposure;
}

Money Ledger::net_exposure(AccountId account) const {
  const AccountBooks* books = find(account);
  return books == nullptr ? Money{} : books->net_exposure;
}

Money Ledger::max_loss(AccountId account) const {
  const AccountBooks* books = find(account);
  return books == nullptr ? Money{} : books->max_loss;
}

std::uint32_t Ledger::tier(AccountId account) const {
  const AccountBooks* books = find(account);
  return books == nullptr ? std::uint32_t{WRIT_TIER_NORMAL} : books->drawdown.tier();
}

const Drawdown* Ledger::drawdown(AccountId account) const {
  const AccountBooks* books = find(account);
  return books == nullptr ? nullptr : &books->drawdown;
}

Money Ledger::daily_loss(AccountId account, std::int64_t now) const {
  const AccountBooks* books = find(account);
  return books == nullptr ? Money{} : books->daily_loss.at(now);
}

Quote Ledger::last_quote(InstrumentId instrument) const {
  return marks_.remembered(instrument.raw());
}

Price Ledger::last_mark(InstrumentId instrument, Quantity position) const {
  return marks_.last(instrument.raw(), position).price;
}

std::optional<Rate> Ledger::reporting_rate(AccountId account, AssetId asset) const {
  constexpr Int128 kUnit = kMoneyLimit / 1'000'000'000 / 1'000'000'000;  // 1 at 1e-18
  const std::uint32_t into = reporting_asset(account.raw());
  if (asset.raw() == into) return Rate::one();
  const auto value = worth(Money{kUnit}, asset.raw(), into, Rounding::kCeil);
  if (!value) return std::nullopt;
  const auto rate = narrow_to_int64(divide_rounded(value->raw, 1'000'000'000, Rounding::kCeil));
  return rate ? std::optional(Rate{*rate}) : std::nullopt;
}

void Ledger::reset_drawdown(AccountId account) {
  const auto at = accounts_.find(account.raw());
  if (at != accounts_.end()) at->second.drawdown.rebase(at->second.equity);
}

StrategyResult Ledger::result(AccountId account, InstanceId instance,
                              InstrumentId instrument) const {
  StrategyResult result;
  const writ_instrument* record = tables_.instrument(instrument.raw());
  if (record != nullptr) result.asset = model::result_asset(*record);
  const AccountBooks* books = find(account);
  if (books == nullptr) return result;
  const auto at = books->strategies.find({instrument.raw(), instance.raw()});
  if (at == books->strategies.end()) return result;
  const Totals& totals = at->second.totals;
  result.position = at->second.lots.position();
  result.realized = totals.realized;
  result.unrealized = at->second.mtm_booked;
  result.fees = totals.fees;
  result.funding = totals.funding;
  result.adjustments = totals.adjustments;
  return result;
}

std::vector<StrategyResult> Ledger::results(AccountId account, InstanceId instance) const {
  std::map<std::uint32_t, StrategyResult> sums;
  for (const auto& [number, who] : strategies(account)) {
    if (who != instance) continue;
    const StrategyResult one = result(account, instance, number);
    StrategyResult& sum = sums[one.asset];
    sum.asset = one.asset;
    sum.realized += one.realized;
    sum.unrealized += one.unrealized;
    sum.fees += one.fees;
    sum.funding += one.funding;
    sum.adjustments += one.adjustments;
  }
  const AccountBooks* books = find(account);
  if (books != nullptr && instance == InstanceId{0}) {
    for (const auto& [asset, amount] : books->own_adjustments) {
      sums[asset].asset = asset;
      sums[asset].adjustments += amount;
    }
  }
  if (books != nullptr && instance == InstanceId{0} && books->revaluation_booked != Money{}) {
    StrategyResult& sum = sums[reporting_asset(account.raw())];
    sum.asset = reporting_asset(account.raw());
    sum.unrealized += books->revaluation_booked;
  }
  std::vector<StrategyResult> results;
  for (const auto& [asset, sum] : sums) results.push_back(sum);
  return results;
}

std::vector<std::pair<InstrumentId, InstanceId>> Ledger::strategies(AccountId account) const {
  std::vector<std::pair<InstrumentId, InstanceId>> all;
  if (const AccountBooks* books = find(account)) {
    for (const auto& [key, book] : books->strategies) {
      all.emplace_back(InstrumentId{key.first}, InstanceId{key.second});
    }
  }
  return all;
}

std::vector<AccountId> Ledger::accounts() const {
  std::vector<AccountId> all;
  for (const auto& [account, books] : accounts_) all.emplace_back(account);
  return all;
}

// --- saved state ---

std::vector<std::byte> Ledger::save() const {
  base::ByteWriter out;
  out.put(static_cast<std::uint64_t>(accounts_.size()));
  for (const auto& [account, books] : accounts_) {
    out.put(account);
    books.save(out);
  }
  out.put(static_cast<std::uint64_t>(conversions_.size()));
  for (const auto& [pair, rate] : conversions_) {
    out.put(pair.first);
    out.put(pair.second);
    out.put(rate);
  }
  marks_.save(out);
  out.put(static_cast<std::uint64_t>(fundings_.size()));
  for (const auto& [instrument, past] : fundings_) {
    out.put(instrument);
    out.put(static_cast<std::uint64_t>(past.size()));
    for (const PastFunding& funding : past) {
      out.put(funding.id);
      out.put(funding.event_ts);
      out.put(funding.mark);
      out.put(funding.rate);
      out.put(static_cast<std::uint64_t>(funding.positions.size()));
      for (const auto& [whose, position] : funding.positions) {
        out.put(whose.first);
        out.put(whose.second);
        out.put(position.raw);
      }
    }
  }
  out.put(static_cast<std::uint64_t>(funded_.size()));
  for (const auto& [whose, event_ts] : funded_) {
    out.put(whose.first);
    out.put(whose.second);
    out.put(event_ts);
  }
  return out.take();
}

base::Result<void> Ledger::load(std::span<const std::byte> state) {
  const base::Error corrupt{base::Errc::kCorrupt, "load ledger"};
  base::ByteReader in(state);
  Ledger loaded(tables_);
  const auto account_count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < account_count && in.ok(); ++i) {
    const auto account = in.get<std::uint32_t>();
    if (account > base::DenseMap<AccountBooks>::kKeyMax) return corrupt;
    if (const auto result = loaded.accounts_[account].load(in); !result) return result;
  }
  const auto conversion_count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < conversion_count && in.ok(); ++i) {
    const auto asset = in.get<std::uint32_t>();
    const auto into = in.get<std::uint32_t>();
    loaded.conversions_[{asset, into}] = in.get<std::int64_t>();
  }
  if (const auto result = loaded.marks_.load(in); !result) return result;
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    auto& past = loaded.fundings_[in.get<std::uint32_t>()];
    for (auto count = in.get<std::uint64_t>(); count > 0 && in.ok(); --count) {
      PastFunding& funding = past.emplace_back();
      funding.id = in.get<std::uint64_t>();
      funding.event_ts = in.get<std::int64_t>();
      funding.mark = in.get<std::int64_t>();
      funding.rate = in.get<std::int64_t>();
      for (auto parts = in.get<std::uint64_t>(); parts > 0 && in.ok(); --parts) {
        const auto account = in.get<std::uint32_t>();
        const auto instance = in.get<std::uint32_t>();
        funding.positions[{account, instance}] = Quantity{in.get<std::int64_t>()};
      }
    }
  }
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    const auto account = in.get<std::uint32_t>();
    const auto instrument = in.get<std::uint32_t>();
    loaded.funded_[{account, instrument}] = in.get<std::int64_t>();
  }
  if (!in.complete()) return corrupt;
  accounts_ = std::move(loaded.accounts_);
  conversions_ = std::move(loaded.conversions_);
  marks_ = std::move(loaded.marks_);
  fundings_ = std::move(loaded.fundings_);
  funded_ = std::move(loaded.funded_);
  return {};
}

}  // namespace writ::ledger
