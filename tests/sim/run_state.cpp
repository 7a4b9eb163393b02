#include "tests/sim/run_state.hpp"

#include "host/model/record_view.hpp"
#include "tests/sim/payoffs.hpp"
#include "tests/sim/wild_market.hpp"

#include <writ/ids.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>

namespace writ::test {
namespace {

constexpr std::int64_t kKeptNs = 4'000'000'000'000;
constexpr std::int64_t kHalf = 500'000'000;
constexpr Int128 kOne = 1'000'000'000;

}  // namespace

std::int64_t SeenMarket::mark_of(bool is_long) const noexcept {
  const std::int64_t side = is_long ? valid.bid : valid.ask;
  return side != WRIT_NONE ? side : is_long ? valid.ask : valid.bid;
}

bool makes_order(std::uint16_t kind) noexcept {
  return kind == WRIT_INTENT_PLACE || kind == WRIT_INTENT_REPLACE || kind == WRIT_INTENT_FLATTEN ||
         kind == WRIT_INTENT_TARGET;
}

std::uint64_t RunState::id_of(const writ_record& record) const {
  return record_id<IntentId>(RunNumber{life_}, Seq{record.seq}).raw();
}

const writ_instrument* RunState::instrument(std::uint32_t number) const {
  const auto found = instruments_.find(number);
  return found == instruments_.end() ? nullptr : &found->second;
}

const SeenMarket& RunState::market(std::uint32_t instrument) const {
  static const SeenMarket kNeverSeen;
  const auto found = markets_.find(instrument);
  return found == markets_.end() ? kNeverSeen : found->second;
}

std::uint32_t RunState::tier(std::uint32_t account) const {
  const auto found = tiers_.find(account);
  return found == tiers_.end() ? std::uint32_t{WRIT_TIER_NORMAL} : found->second;
}

bool RunState::drawdown_halted(std::uint32_t account) const {
  return tier(account) == WRIT_TIER_HALT20;
}

bool RunState::blocked(std::uint32_t account, std::uint32_t instance) const {
  const auto shadowed = shadowed_.find(account);
  const std::uint32_t beside = shadowed == shadowed_.end() ? account : shadowed->second;
  if (killed_.contains(0) || killed_.contains(account) || killed_.contains(beside)) return true;
  if (drawdown_halted(account)) return true;
  return std::any_of(paused_.begin(), paused_.end(), [&](const Key& scope) {
    return (scope.first == 0 || scope.first == account || scope.first == beside) &&
           (scope.second == 0 || scope.second == instance);
  });
}

bool RunState::adds() const noexcept {
  return cause_ != nullptr && cause_->verdict.effect == WRIT_EFFECT_ADDS;
}

void RunState::apply(const writ_record& record) {
  end_records();
  if (model::is_input(record)) return on_input(record);
  switch (record.type) {
    case WRIT_RECORD_INTENT: {
      const auto& intent = *model::as<writ_intent>(record);
      if ((intent.flags & WRIT_INTENT_WARMUP) == 0) unjudged_[id_of(record)] = intent;
      return;
    }
    case WRIT_RECORD_VERDICT:
      return on_verdict(*model::as<writ_verdict>(record));
    case WRIT_RECORD_ORDER:
      return on_order(*model::as<writ_order>(record));
    case WRIT_RECORD_LEDGER:
      touched_.insert(model::as<writ_ledger>(record)->account);
      return;
    case WRIT_RECORD_PORTFOLIO: {
      const auto& portfolio = *model::as<writ_portfolio>(record);
      tiers_[portfolio.account] = portfolio.tier;
      return;
    }
    case WRIT_RECORD_INCIDENT:
      return on_incident(*model::as<writ_incident>(record));
    default:
      return;
  }
}

// --- what comes in -----------------------------------------------------------------------------

void RunState::on_input(const writ_record& input) {
  ++events_;
  input_seq_ = input.seq;
  now_ = input.ingest_ts;
  switch (input.type) {
    case WRIT_RECORD_RUN_STARTED:
      life_ = static_cast<std::uint32_t>(model::as<writ_run_started>(input)->run_number);
      return;
    case WRIT_RECORD_INSTRUMENT: {
      const auto& row = *model::as<writ_instrument>(input);
      instruments_[row.instrument] = row;
      return;
    }
    case WRIT_RECORD_ACCOUNT: {
      const auto& account = *model::as<writ_account>(input);
      if (account.shadow_of != 0) shadowed_[account.account] = account.shadow_of;
      return;
    }
    case WRIT_RECORD_BOOK_SNAPSHOT:
      return on_book(*model::as<writ_book_snapshot>(input));
    case WRIT_RECORD_TRADE: {
      const auto& trade = *model::as<writ_trade>(input);
      markets_[trade.instrument].last_trade = trade.price;
      return;
    }
    case WRIT_RECORD_MARK_PRICE: {
      const auto& mark = *model::as<writ_mark_price>(input);
      markets_[mark.instrument].mark = mark.mark;
      return;
    }
    case WRIT_RECORD_DEPOSIT:
      return on_deposit(*model::as<writ_deposit>(input));
    case WRIT_RECORD_FUNDING:
      return excuse_funding(*model::as<writ_funding>(input));
    case WRIT_RECORD_SETTLEMENT: {
      const auto& settlement = *model::as<writ_settlement>(input);
      const bool taken_back = settlement.result == WRIT_SETTLED_REVERSED;
      const auto before = taken_back ? holdings() : Holdings{};
      books_.settle(settlement, instruments_);
      touch_all();
      if (taken_back) excuse_change(before);
      return;
    }
    case WRIT_RECORD_REDUCTION: {
      const auto before = holdings();
      books_.reduce(*model::as<writ_reduction>(input), instruments_);
      touch_all();
      return excuse_change(before);
    }
    case WRIT_RECORD_TOKENS:
      return on_tokens(*model::as<writ_token_change>(input));
    case WRIT_RECORD_COMMAND:
      return on_command(*model::as<writ_command>(input));
    case WRIT_RECORD_REPORT: {
      const auto& report = *model::as<writ_report>(input);
      orders_.apply(report);
      touched_.insert(report.account);
      return;
    }
    case WRIT_RECORD_FILL:
      return on_fill(*model::as<writ_fill>(input));
    default:
      return;
  }
}

void RunState::on_book(const writ_book_snapshot& image) {
  const auto levels =
      model::tail_array<writ_level>(image, std::size_t{image.bid_count} + image.ask_count);
  SeenMarket& market = markets_[image.instrument];
  market.book.bid = image.bid_count != 0 ? levels[0].price : WRIT_NONE;
  market.book.ask = image.ask_count != 0 ? levels[image.bid_count].price : WRIT_NONE;
  if (market.book.crossed()) return;
  if (market.book.bid != WRIT_NONE) market.valid.bid = market.book.bid;
  if (market.book.ask != WRIT_NONE) market.valid.ask = market.book.ask;
}

void RunState::on_deposit(const writ_deposit& deposit) {
  books_.deposit(deposit.account, deposit.asset, from_abi(deposit.amount).raw);
  touched_.insert(deposit.account);
  for (const auto& [number, row] : instruments_) {
    if (row.kind != WRIT_KIND_SPOT || row.base_asset != deposit.asset) continue;
    const Int128 coins = from_abi(deposit.amount).raw / row.quantity_unit;
    books_.hold_coins(deposit.account, row, coins, market(number).valid.bid);
    excuse_move(deposit.account, number, coins);  // no more than an exit is it the arbiter's doing
  }
}

void RunState::touch_all() {
  for (const auto& [account, books] : books_.accounts()) touched_.insert(account);
}

RunState::Holdings RunState::holdings() const {
  Holdings held;
  for (const auto& [account, books] : books_.accounts()) {
    for (const auto& [asset, cash] : books.cash) held.cash[{account, asset}] = cash;
    for (const auto& [instrument, lots] : books.truth) {
      held.positions[{account, instrument}] = lots.position();
    }
  }
  return held;
}

// It takes the cash it takes, and each token or win unit that goes may have covered one that is
// owed.
void RunState::excuse_change(const Holdings& before) {
  const auto after = holdings();
  const auto fall = [](const std::map<Key, Int128>& from, const Key& key, Int128 to) {
    const auto had = from.find(key);
    return (had == from.end() ? Int128{0} : had->second) - to;
  };
  std::map<Key, Int128> costs;
  for (const auto& [key, cash] : after.cash) costs[key] += fall(before.cash, key, cash);
  for (const auto& [key, position] : after.positions) {
    const Int128 fewer = fall(before.positions, key, position);
    if (fewer != 0) excuse_move(key.first, key.second, -fewer);
    costs[{key.first, instrument(key.second)->quote_asset}] += std::max(fewer, Int128{0}) * kOne;
  }
  for (const auto& [key, cost] : costs) {
    if (cost > 0) excuse_cost(key.first, key.second, cost);
  }
}

// No more than the rate times what is held, at the highest price of the stress grid.
void RunState::excuse_funding(const writ_funding& funding) {
  const auto before = holdings();
  books_.fund(funding, instruments_);
  touch_all();
  const writ_instrument& row = *instrument(funding.instrument);
  for (const auto& [account, books] : books_.accounts()) {
    const Int128 taken =
        before.cash.at({account, row.settle_asset}) - books.cash.at(row.settle_asset);
    if (taken <= 0) continue;
    Int128 held = 0;  // strategies pay each for itself, and round it each
    Int128 parts = 1;
    for (const auto& [key, strategy] : books.strategies) {
      if (key.first != funding.instrument) continue;
      const Int128 own = strategy.lots.position();
      held += own < 0 ? -own : own;
      ++parts;
    }
    const Int128 rate = funding.rate < 0 ? -funding.rate : funding.rate;
    const Int128 most = held * highest_price_of(funding.instrument) * rate / kOne + parts;
    dear_funding_ = dear_funding_ || taken > most;
    excuse_cost(account, row.settle_asset, std::min(taken, most));
  }
}

// Signed.
void RunState::excuse_move(std::uint32_t account, std::uint32_t instrument, Int128 quantity) {
  moved_by_exits_[{{account, instrument}, quantity > 0}] += quantity > 0 ? quantity : -quantity;
}

void RunState::excuse_cost(std::uint32_t account, std::uint32_t asset, Int128 amount) {
  cost_of_exits_[{account, asset}] += amount;
}

Int128 RunState::moved_by_exits(std::uint32_t account, std::uint32_t instrument,
                                bool longer) const {
  const auto at = moved_by_exits_.find({{account, instrument}, longer});
  return at == moved_by_exits_.end() ? 0 : at->second;
}

Int128 RunState::cost_of_exits(std::uint32_t account, std::uint32_t asset) const {
  const auto at = cost_of_exits_.find({account, asset});
  return at == cost_of_exits_.end() ? 0 : at->second;
}

void RunState::on_tokens(const writ_token_change& change) {
  const Quote& quote = market(change.instrument).valid;
  const auto before = holdings();
  books_.change_tokens(change, instruments_,
                       quote.two_sided() ? (quote.bid + quote.ask) / 2 : kHalf);
  touched_.insert(change.account);
  excuse_change(before);
}

void RunState::on_command(const writ_command& command) {
  switch (command.command) {
    case WRIT_OPERATOR_KILL:
      killed_.insert(command.account);
      break;
    case WRIT_OPERATOR_RESUME_AFTER_KILL:
      if (command.account == 0) killed_.clear();
      killed_.erase(command.account);
      break;
    case WRIT_OPERATOR_PAUSE:
      paused_.insert({command.account, command.instance});
      break;
    case WRIT_OPERATOR_RESUME:
      std::erase_if(paused_, [&](const Key& scope) {
        return (command.account == 0 || scope.first == command.account) &&
               (command.instance == 0 || scope.second == command.instance);
      });
      break;
    default:
      break;
  }
}

void RunState::on_fill(const writ_fill& fill) {
  fill_copy_ = fill;
  fill_ = &fill_copy_;
  touched_.insert(fill.account);
  filled_order_ = orders_.apply(fill);
  const writ_instrument* row = instrument(fill.instrument);
  if (filled_order_ == nullptr || row == nullptr) return;
  if (filled_order_->exits) excuse_exit(*row, fill.account, fill.side, fill.quantity, fill.price);
  books_.trade(fill, *row);
}

// --- what follows ------------------------------------------------------------------------------

void RunState::on_verdict(const writ_verdict& verdict) {
  const auto at = unjudged_.find(verdict.intent_id);
  if (at == unjudged_.end()) return;
  judged_copy_ = {at->second, verdict};
  judged_ = &judged_copy_;
  unjudged_.erase(at);
  if (verdict.approved != 0) approved_[verdict.intent_id] = judged_copy_;
}

void RunState::on_order(const writ_order& order) {
  bool fresh = false;
  KnownOrder& known = orders_.apply(order, fresh);
  touched_.insert(order.account);
  if (fresh) {
    made_ = &known;
    const auto at = approved_.find(order.intent_id);
    if (at == approved_.end()) return;
    cause_ = &at->second;
    on_new_order(known);
  } else if (order.command == WRIT_COMMAND_REPLACE) {
    made_ = &known;
    const auto at = std::find_if(approved_.rbegin(), approved_.rend(), [&](const auto& entry) {
      return entry.second.verdict.header.seq == order.cause_seq;
    });
    if (at != approved_.rend()) cause_ = &at->second;
  }
}

void RunState::on_new_order(KnownOrder& known) {
  const auto& [intent, verdict] = *cause_;
  known.kind = intent.kind;
  known.effect = verdict.effect;
  known.exits = verdict.effect != WRIT_EFFECT_ADDS;
  if (!known.exits) return;
  const writ_order& order = known.record;
  const writ_instrument& row = *instrument(order.instrument);
  const bool buys = order.side == WRIT_SIDE_BUY;
  excuse_move(order.account, order.instrument, buys ? order.quantity : -Int128{order.quantity});
  excuse_exit(row, order.account, order.side, order.quantity, order.price);
}

// What it may cost, or owe, on its own; fees included. A market order's price nobody knows but that
// it is within the stress grid, as that is what a perpetual can have lost.
void RunState::excuse_exit(const writ_instrument& row, std::uint32_t account, std::uint16_t side,
                           std::int64_t quantity, std::int64_t price) {
  if (row.kind == WRIT_KIND_SPOT && side == WRIT_SIDE_SELL) {
    return excuse_cost(account, row.base_asset, Int128{quantity} * row.quantity_unit);
  }
  const bool buys = side == WRIT_SIDE_BUY;
  const Int128 highest = highest_price_of(row.instrument);
  const Int128 dearest = price == WRIT_NONE ? highest : Int128{price};
  const Int128 cheapest = price == WRIT_NONE ? Int128{0} : Int128{price};
  Int128 unit = dearest;
  if (row.kind == WRIT_KIND_PERP) unit = highest - lowest_price_of(row.instrument);
  if (row.kind == WRIT_KIND_BINARY && !buys) unit = kOne - cheapest;
  if (row.kind == WRIT_KIND_RUNNER) unit = buys ? kOne : dearest - kOne;
  excuse_cost(account, row.quote_asset, quantity * unit + fee_max(row, quantity * dearest));
}

void RunState::on_incident(const writ_incident& incident) {
  if (incident.code == WRIT_INCIDENT_DRAWDOWN_RESET && incident.severity == WRIT_SEVERITY_WARN) {
    tiers_[incident.account] = WRIT_TIER_NORMAL;
  }
}

void RunState::end_records() {
  judged_ = nullptr;
  made_ = nullptr;
  cause_ = nullptr;
}

void RunState::end_event() {
  if (events_ % 20'000 == 0) {
    orders_.forget_before(now_ - kKeptNs);
    std::erase_if(approved_, [&](const auto& entry) {
      return entry.second.verdict.header.ingest_ts < now_ - kKeptNs;
    });
  }
  moved_by_exits_.clear();
  cost_of_exits_.clear();
  touched_.clear();
  dear_funding_ = false;
  fill_ = nullptr;
  filled_order_ = nullptr;
}

}  // namespace writ::test
