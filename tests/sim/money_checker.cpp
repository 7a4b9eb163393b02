#include "tests/sim/money_checker.hpp"

#include "host/model/record_view.hpp"

#include <writ/ids.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>
#include <string>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;

std::string text(Int128 value) {
  if (value == 0) return "0";
  std::string digits;
  for (Int128 left = value < 0 ? -value : value; left != 0; left /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(left % 10)));
  }
  return (value < 0 ? "-" : "") + digits;
}

bool makes_order(std::uint16_t kind) {
  return kind == WRIT_INTENT_PLACE || kind == WRIT_INTENT_REPLACE || kind == WRIT_INTENT_FLATTEN ||
         kind == WRIT_INTENT_TARGET;
}

/// What an exit may be refused by: what it says itself, its group, or that nobody judged it.
bool may_refuse_an_exit(std::uint16_t check) {
  return check == WRIT_CHECK_VALIDITY || check == WRIT_CHECK_TTL ||
         check == WRIT_CHECK_TARGET_ORDER || check == WRIT_CHECK_REDUCE_ONLY ||
         check == WRIT_CHECK_GROUP || check == WRIT_CHECK_PLUGIN;
}

/// An order that adds as it was asked for: of one that was cut the verdict was looked at.
bool adds_whole(const writ_verdict& verdict) {
  return verdict.effect == WRIT_EFFECT_ADDS && verdict.detail == WRIT_CHECK_NONE;
}

/// The dearer fee of a fill, rounded up to what the venue charges in.
Int128 fee_max(const writ_instrument& instrument, Int128 value) {
  const Int128 rate = std::max({instrument.maker_fee, instrument.taker_fee, std::int64_t{0}});
  Int128 step = 1;
  for (auto i = instrument.fee_decimals; i < 18; ++i) step *= 10;
  const Int128 fee = (value * rate + kOne - 1) / kOne;
  return (fee + step - 1) / step * step;
}

}  // namespace

void MoneyChecker::fail(const std::string& what) {
  if (failure_.empty()) failure_ = "input " + std::to_string(input_seq_) + ": " + what;
}

const writ_instrument* MoneyChecker::instrument(std::uint32_t number) const {
  const auto found = instruments_.find(number);
  return found == instruments_.end() ? nullptr : &found->second;
}

bool MoneyChecker::drawdown_halted(std::uint32_t account) const {
  const auto tier = tiers_.find(account);
  return tier != tiers_.end() && tier->second == WRIT_TIER_HALT20;
}

// Killed, paused or halted: nothing that adds may leave.
bool MoneyChecker::blocked(std::uint32_t account, std::uint32_t instance) const {
  if (killed_.contains(0) || killed_.contains(account) || drawdown_halted(account)) return true;
  return std::any_of(paused_.begin(), paused_.end(), [&](const Key& scope) {
    return (scope.first == 0 || scope.first == account) &&
           (scope.second == 0 || scope.second == instance);
  });
}

void MoneyChecker::on_record(const writ_record& record) {
  if (model::is_input(record)) return on_input(record);
  switch (record.type) {
    case WRIT_RECORD_INTENT:
      return on_intent(*model::as<writ_intent>(record));
    case WRIT_RECORD_VERDICT:
      return on_verdict(*model::as<writ_verdict>(record));
    case WRIT_RECORD_ORDER:
      return on_order(*model::as<writ_order>(record));
    case WRIT_RECORD_LEDGER:
      return on_ledger(*model::as<writ_ledger>(record));
    case WRIT_RECORD_EXECUTED_TRADE:
      return on_executed_trade(*model::as<writ_executed_trade>(record));
    case WRIT_RECORD_PORTFOLIO:
      return on_portfolio(*model::as<writ_portfolio>(record));
    case WRIT_RECORD_INCIDENT:
      return on_incident(*model::as<writ_incident>(record));
    default:
      return;
  }
}

// --- what comes in -----------------------------------------------------------------------------

void MoneyChecker::on_input(const writ_record& input) {
  input_seq_ = input.seq;
  now_ = input.ingest_ts;
  ++seen_.events;
  switch (input.type) {
    case WRIT_RECORD_INSTRUMENT: {
      const auto& row = *model::as<writ_instrument>(input);
      instruments_[row.instrument] = row;
      return;
    }
    case WRIT_RECORD_BOOK_SNAPSHOT:
      return on_book(*model::as<writ_book_snapshot>(input));
    case WRIT_RECORD_DEPOSIT:
      return on_deposit(*model::as<writ_deposit>(input));
    case WRIT_RECORD_FUNDING:
      return on_funding(*model::as<writ_funding>(input));
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

void MoneyChecker::on_book(const writ_book_snapshot& image) {
  const auto levels =
      model::tail_array<writ_level>(image, std::size_t{image.bid_count} + image.ask_count);
  Quote& quote = quotes_[image.instrument];
  if (image.bid_count != 0) quote.bid = levels[0].price;
  if (image.ask_count != 0) quote.ask = levels[image.bid_count].price;
}

void MoneyChecker::on_deposit(const writ_deposit& deposit) {
  books_.deposit(deposit.account, deposit.asset, from_abi(deposit.amount).raw);
  touched_.insert(deposit.account);
  for (const auto& [number, row] : instruments_) {
    if (row.kind != WRIT_KIND_SPOT || row.base_asset != deposit.asset) continue;
    books_.hold_coins(deposit.account, number, from_abi(deposit.amount).raw / row.quantity_unit,
                      quotes_[number].bid);
    exits_.insert({deposit.account, number});  // no more than an exit is it the arbiter's doing
  }
}

void MoneyChecker::on_funding(const writ_funding& funding) {
  const auto* row = instrument(funding.instrument);
  if (row == nullptr) return fail("funding of an unknown instrument");
  books_.fund(funding.instrument, row->settle_asset, funding.mark, funding.rate);
  for (const auto& [account, books] : books_.accounts()) {
    touched_.insert(account);
    exiting_.insert(account);
  }
}

void MoneyChecker::on_command(const writ_command& command) {
  switch (command.command) {
    case WRIT_OPERATOR_KILL:
      ++seen_.kills;
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

void MoneyChecker::on_fill(const writ_fill& fill) {
  fill_copy_ = fill;
  fill_ = &fill_copy_;
  touched_.insert(fill.account);
  const KnownOrder* order = orders_.apply(fill);
  fill_counts_ = order != nullptr;
  if (order == nullptr) {
    ++seen_.repeated_fills;
    return;
  }
  ++seen_.fills;
  const auto& record = order->record;
  if (fill.side != record.side || fill.account != record.account ||
      fill.instrument != record.instrument || fill.instance != record.instance) {
    return fail("a fill that is not its order's");
  }
  if (order->filled > order->whole()) {
    fail("order " + std::to_string(record.order_id) + " of " + text(order->whole()) + " filled " +
         text(order->filled));
  }
  const writ_instrument& row = *instrument(fill.instrument);
  // Neither what an exit costs nor what a perpetual loses is set aside.
  if (order->exits || row.kind == WRIT_KIND_PERP) exiting_.insert(fill.account);
  books_.trade(fill, row);
}

// --- intents and verdicts ----------------------------------------------------------------------

void MoneyChecker::on_intent(const writ_intent& intent) {
  ++seen_.intents;
  if ((intent.flags & WRIT_INTENT_BY_HOST) != 0) ++seen_.by_host;
  if ((intent.flags & WRIT_INTENT_WARMUP) == 0) unjudged_[intent.header.seq] = intent;
}

void MoneyChecker::on_verdict(const writ_verdict& verdict) {
  const auto at = unjudged_.find(verdict.intent_id & kSeqMask);
  if (at == unjudged_.end()) return fail("a verdict of an intent that has one, or never was");
  const writ_intent intent = at->second;
  unjudged_.erase(at);
  const bool adds = verdict.effect == WRIT_EFFECT_ADDS;
  if (verdict.detail != WRIT_CHECK_PLUGIN) {
    if (!adds) check_exit(intent, verdict);
    if (adds && surely_reduces(intent)) {
      fail("what only closes is classed as adding: instrument " +
           std::to_string(intent.instrument) + ", side " + std::to_string(intent.side) +
           ", quantity " + text(intent.quantity) + ", price " + text(intent.price) + ", flags " +
           std::to_string(intent.flags) + ", check " + std::to_string(verdict.detail) + ", held " +
           text(books_.position(intent.account, intent.instrument)) + " and " +
           text(books_.strategy_position(intent.account, intent.instrument, intent.instance)) +
           ", account " + std::to_string(intent.account) + open_orders(intent.account));
    }
    const bool harmless = intent.kind == WRIT_INTENT_CANCEL ||
                          intent.kind == WRIT_INTENT_CANCEL_ALL ||
                          intent.kind == WRIT_INTENT_NOOP || intent.kind == WRIT_INTENT_FLATTEN;
    if (adds && harmless) fail("a cancel or an exit is classed as adding");
  }
  if (verdict.approved == 0) {
    ++seen_.vetoes[verdict.detail];
    return;
  }
  ++seen_.approved;
  if (adds) check_adds(intent, verdict);
  approved_[verdict.intent_id] = {intent, verdict};
  if (makes_order(intent.kind)) {
    approvals_[{verdict.account, verdict.instance}].push_back(now_);
  }
}

void MoneyChecker::check_exit(const writ_intent& /*intent*/, const writ_verdict& verdict) {
  ++seen_.reducing;
  if (verdict.approved == 0 && !may_refuse_an_exit(verdict.detail)) {
    fail("an exit is refused by check " + std::to_string(verdict.detail));
  }
}

void MoneyChecker::check_adds(const writ_intent& intent, const writ_verdict& verdict) {
  if (blocked(verdict.account, verdict.instance) && !only_closes(intent, verdict)) {
    fail("account " + std::to_string(verdict.account) + " adds in instrument " +
         std::to_string(verdict.instrument) + " while killed, paused or halted (tier " +
         std::to_string(tiers_[verdict.account]) + "): kind " + std::to_string(intent.kind) +
         ", cut by " + std::to_string(verdict.detail) + " to " + text(verdict.quantity) + " of " +
         text(intent.quantity));
  }
  if (!makes_order(intent.kind)) return;
  if (limits_.open_orders_max != 0 && intent.kind == WRIT_INTENT_PLACE &&
      orders_.working(verdict.account, verdict.instrument, verdict.instance) >=
          limits_.open_orders_max) {
    fail("one order too many is open");
  }
  auto& times = approvals_[{verdict.account, verdict.instance}];
  while (!times.empty() && times.front() <= now_ - limits_.order_rate_window_ns) times.pop_front();
  if (limits_.order_rate_max != 0 && times.size() >= limits_.order_rate_max) {
    fail("one order too many in the window");
  }
}

// What is left of an intent that asked for more and was cut: the part that only closes.
bool MoneyChecker::only_closes(const writ_intent& intent, const writ_verdict& verdict) const {
  if (verdict.detail == WRIT_CHECK_NONE) return false;
  const auto* row = instrument(intent.instrument);
  if (row != nullptr && row->kind == WRIT_KIND_BINARY) return true;  // against the other token
  if (intent.kind == WRIT_INTENT_TARGET) {
    const Int128 held =
        books_.strategy_position(intent.account, intent.instrument, intent.instance);
    const Int128 goal = verdict.quantity;
    return held >= 0 ? goal >= 0 && goal <= held : goal <= 0 && goal >= held;
  }
  writ_intent part = intent;
  part.quantity = verdict.quantity;
  return surely_reduces(part);
}

// A sale or purchase that closes part of what both the account and the strategy hold, even if
// everything else that works the same way fills first.
bool MoneyChecker::surely_reduces(const writ_intent& intent) const {
  const auto* row = instrument(intent.instrument);
  if (row == nullptr || intent.kind != WRIT_INTENT_PLACE || intent.quantity <= 0) return false;
  if (intent.group_id != 0) return false;  // judged as if the legs before it were made
  if (row->kind != WRIT_KIND_SPOT && row->kind != WRIT_KIND_PERP) return false;
  const bool buys = intent.side == WRIT_SIDE_BUY;
  if (!buys && intent.side != WRIT_SIDE_SELL) return false;
  if (buys && row->kind == WRIT_KIND_SPOT) return false;  // needs cash as well
  const Int128 sign = buys ? -1 : 1;
  Int128 of_account = sign * books_.position(intent.account, intent.instrument);
  Int128 of_strategy =
      sign * books_.strategy_position(intent.account, intent.instrument, intent.instance);
  orders_.for_each_open(intent.account, [&](const KnownOrder& known) {
    const auto& order = known.record;
    if (order.instrument != intent.instrument || order.side != intent.side) return;
    of_account -= known.open();
    if (order.instance == intent.instance) of_strategy -= known.open();
  });
  return std::min(of_account, of_strategy) >= intent.quantity;
}

// --- orders ------------------------------------------------------------------------------------

void MoneyChecker::on_order(const writ_order& order) {
  bool fresh = false;
  KnownOrder& known = orders_.apply(order, fresh);
  touched_.insert(order.account);
  ++seen_.order_states[order.state];
  if (fresh) check_new_order(order, known);
  // What is due by the clock comes before the fill of the same input is taken in.
  const bool fill_to_come = fill_counts_ && traded_ == 0 && fill_->order_id == order.order_id &&
                            order.filled == known.filled - fill_->quantity;
  if (order.filled != known.filled && !fill_to_come) {
    fail("order " + std::to_string(order.order_id) + " says filled " + text(order.filled) +
         ", its fills are " + text(known.filled));
  }
  if (order.command != WRIT_COMMAND_REPLACE) return;
  const auto cause = std::find_if(approved_.begin(), approved_.end(), [&](const auto& entry) {
    return entry.second.verdict.header.seq == order.cause_seq;
  });
  if (cause == approved_.end()) return fail("an order amended without an approval");
  if (cause->second.verdict.effect == WRIT_EFFECT_ADDS && blocked(order.account, order.instance)) {
    fail("an amendment that adds leaves while killed, paused or halted");
  }
}

void MoneyChecker::check_new_order(const writ_order& order, KnownOrder& known) {
  ++seen_.orders;
  const auto at = approved_.find(order.intent_id);
  if (at == approved_.end()) return fail("an order without an approval");
  const auto& [intent, verdict] = at->second;
  if (order.account != intent.account || order.instrument != intent.instrument ||
      order.instance != intent.instance) {
    return fail("an order for others than its intent names");
  }
  if (intent.kind == WRIT_INTENT_PLACE &&
      (order.quantity > intent.quantity || order.side != intent.side ||
       (intent.order_type == WRIT_ORDER_LIMIT && order.price != intent.price))) {
    fail("an order other than was asked for");
  }
  if (adds_whole(verdict) && blocked(order.account, order.instance)) {
    fail("an order that adds leaves while killed, paused or halted");
  }
  // A target or flatten is sent beside the orders whose cancels it sends ahead; one of tokens may
  // lower the worst loss and move the position in one of them away from zero. Of what asked for
  // more, the part that only closes is an exit as well.
  const bool beside_own = intent.kind == WRIT_INTENT_FLATTEN || intent.kind == WRIT_INTENT_TARGET;
  const bool tokens = instrument(order.instrument)->kind == WRIT_KIND_BINARY;
  const bool closes = (order.flags & WRIT_INTENT_REDUCE_ONLY) != 0;
  const bool cut = tokens && verdict.detail != WRIT_CHECK_NONE;
  if ((beside_own && closes) ||
      ((beside_own || tokens) && (cut || verdict.effect != WRIT_EFFECT_ADDS))) {
    exits_.insert({order.account, order.instrument});
    exiting_.insert(order.account);
  }
  known.exits =
      verdict.effect != WRIT_EFFECT_ADDS || exits_.contains({order.account, order.instrument});
  known.kind = intent.kind;
  known.effect = verdict.effect;
  const std::int64_t ask = quotes_[order.instrument].ask;
  known.cash_price = order.price;
  if (order.price == WRIT_NONE && ask != WRIT_NONE) {
    const Int128 dearer = Int128{ask} * (kOne + limits_.slippage) / kOne;
    known.cash_price = static_cast<std::int64_t>(dearer);
  }
}

// --- money -------------------------------------------------------------------------------------

void MoneyChecker::on_ledger(const writ_ledger& row) {
  const Int128 amount = from_abi(row.amount).raw;
  if (row.ledger == WRIT_LEDGER_CASH) {
    Int128& cash = cash_[row.account][row.asset];
    cash += amount;
    if (cash != from_abi(row.balance_after).raw) fail("a balance is not the sum of its rows");
    if (-cash > std::max(Int128{0}, cash_excuses_[{row.account, row.asset}].excused()) &&
        !exiting_.contains(row.account)) {
      fail("cash of asset " + std::to_string(row.asset) + " of account " +
           std::to_string(row.account) + " is " + text(cash));
    }
    touched_.insert(row.account);
    return;
  }
  Results& pnl = pnl_[{row.account, {row.instrument, row.instance}}];
  switch (row.kind) {
    case WRIT_ENTRY_REALIZED:
      pnl.realized += amount;
      break;
    case WRIT_ENTRY_FEE:
      pnl.fees -= amount;
      break;
    case WRIT_ENTRY_FUNDING:
      pnl.funding += amount;
      break;
    default:
      break;
  }
}

void MoneyChecker::on_executed_trade(const writ_executed_trade& leg) {
  if (fill_ == nullptr || !fill_counts_) return fail("a trade without a fill");
  traded_ += leg.quantity;
  const Int128 position = books_.strategy_position(leg.account, leg.instrument, leg.instance);
  if (traded_ == fill_->quantity && Int128{leg.position_after} != position) {
    fail("the position after a trade is " + text(leg.position_after) + ", not " + text(position));
  }
}

void MoneyChecker::on_portfolio(const writ_portfolio& portfolio) {
  ++seen_.portfolios;
  const auto money = [](const writ_money& halves) { return from_abi(halves).raw; };
  const bool was_halted = drawdown_halted(portfolio.account);
  tiers_[portfolio.account] = portfolio.tier;
  if (!was_halted && drawdown_halted(portfolio.account)) ++seen_.halts;
  const Int128 equity = money(portfolio.equity);
  if (equity != money(portfolio.initial) + money(portfolio.realized) + money(portfolio.unrealized) -
                    money(portfolio.fees) + money(portfolio.funding) +
                    money(portfolio.adjustments)) {
    fail("equity is not the sum of what changed it");
  }
  const Results& results = books_.account(portfolio.account).results;
  if (results !=
      Results{money(portfolio.realized), money(portfolio.fees), money(portfolio.funding)}) {
    fail("results of the portfolio are not those of the fills");
  }
  if (portfolio.open_orders != orders_.working(portfolio.account, 0, 0)) {
    fail("the portfolio counts " + std::to_string(portfolio.open_orders) + " open orders, not " +
         std::to_string(orders_.working(portfolio.account, 0, 0)));
  }
  check_positions(portfolio);
}

// Equity is the sum of the parts, each part worth what quantity and mark say.
void MoneyChecker::check_positions(const writ_portfolio& portfolio) {
  const auto balances = model::tail_array<writ_balance>(portfolio, portfolio.balance_count);
  const auto positions = model::tail_array<writ_position>(
      portfolio, portfolio.position_count, portfolio.balance_count * sizeof(writ_balance));
  const auto& books = books_.account(portfolio.account);
  Int128 equity = 0;
  std::map<std::uint32_t, Int128> held;
  for (const auto& balance : balances) {
    equity += from_abi(balance.value).raw;
    held[balance.asset] += from_abi(balance.amount).raw;
  }
  std::set<std::uint32_t> named;
  for (const auto& position : positions) {
    equity += from_abi(position.value).raw;
    named.insert(position.instrument);
    const Int128 own = books_.position(portfolio.account, position.instrument);
    if (own != position.quantity) {
      fail("the portfolio holds " + text(position.quantity) + " of instrument " +
           std::to_string(position.instrument) + ", not " + text(own));
    }
    const writ_instrument& row = *instrument(position.instrument);
    if (position.mark == WRIT_NONE) continue;
    const auto lots = books.truth.find(position.instrument);
    const Int128 worth =
        row.kind == WRIT_KIND_PERP ? lots->second.unrealized(position.mark) : own * position.mark;
    if (worth != from_abi(position.value).raw) fail("a position is not worth quantity by mark");
  }
  for (const auto& [number, lots] : books.truth) {
    if (lots.position() != 0 && !named.contains(number)) fail("a position is not in the portfolio");
  }
  for (const auto& [asset, amount] : books.cash) {
    if (held[asset] != amount) {
      fail("the portfolio's balance of asset " + std::to_string(asset) + " is " +
           text(held[asset]) + ", what came in is " + text(amount));
    }
  }
  if (equity != from_abi(portfolio.equity).raw) fail("equity is not the sum of its parts");
}

void MoneyChecker::on_incident(const writ_incident& incident) {
  if (incident.code == WRIT_INCIDENT_DRAWDOWN_RESET && incident.severity == WRIT_SEVERITY_WARN) {
    tiers_[incident.account] = WRIT_TIER_NORMAL;
  }
  if (incident.code == WRIT_INCIDENT_ARITHMETIC) fail("an event did not fit");
}

// --- after each event --------------------------------------------------------------------------

void MoneyChecker::on_event_end() {
  if (!unjudged_.empty()) fail("an intent without a verdict");
  check_fill_booked();
  for (const auto account : touched_) {
    check_reach(account);
    check_cash(account);
  }
  if (seen_.events % 1'000 == 0) check_results();
  if (seen_.events % 20'000 == 0) orders_.forget_before(now_ - 4'000 * std::int64_t{kOne});
  approved_.clear();
  exits_.clear();
  exiting_.clear();
  touched_.clear();
  fill_ = nullptr;
  fill_counts_ = false;
  traded_ = 0;
}

std::string MoneyChecker::open_orders(std::uint32_t account) const {
  std::string lines;
  orders_.for_each_open(account, [&](const KnownOrder& known) {
    const auto& order = known.record;
    lines += "\n  order " + std::to_string(order.order_id & kSeqMask) + " of strategy " +
             std::to_string(order.instance) + " in " + std::to_string(order.instrument) +
             (order.side == WRIT_SIDE_BUY ? ": buys " : ": sells ") + text(order.quantity) +
             " at " + std::to_string(order.price) + ", filled " + text(known.filled) + " of " +
             text(known.reported_filled) + " reported, state " + std::to_string(order.state) +
             ", flags " + std::to_string(order.flags) + ", kind " + std::to_string(known.kind) +
             ", effect " + std::to_string(known.effect) + (known.amending ? ", amending" : "");
  });
  return lines;
}

void MoneyChecker::check_fill_booked() {
  if (fill_ != nullptr && fill_counts_ && traded_ != fill_->quantity) {
    fail("a fill of " + text(fill_->quantity) + " is booked as " + text(traded_));
  }
  for (const auto account : touched_) {
    for (const auto& [asset, amount] : books_.account(account).cash) {
      if (cash_[account][asset] != amount) {
        fail("cash of asset " + std::to_string(asset) + " is " + text(cash_[account][asset]) +
             ", what came in says " + text(amount));
      }
    }
  }
}

// Everything anew: what each strategy's rows add up to.
void MoneyChecker::check_results() {
  for (const auto& [account, books] : books_.accounts()) {
    std::map<std::uint32_t, Int128> sums;
    for (const auto& [key, strategy] : books.strategies) {
      sums[key.first] += strategy.lots.position();
      if (!(pnl_[{account, key}] == strategy.results)) {
        fail("a strategy's rows are not its result");
      }
    }
    for (const auto& [number, lots] : books.truth) {
      if (sums[number] != lots.position()) fail("strategies' lots are not the account's position");
    }
  }
}

// The largest and smallest position any set of fills of what works could lead to.
void MoneyChecker::check_reach(std::uint32_t account) {
  std::map<std::uint32_t, std::array<Int128, 2>> open;
  orders_.for_each_open(account, [&](const KnownOrder& known) {
    const bool buys = known.record.side == WRIT_SIDE_BUY;
    open[known.record.instrument][buys ? 0 : 1] += known.open();
  });
  for (const auto& [number, limit] : limits_.position_max) {
    const Int128 position = books_.position(account, number);
    for (const int way : {0, 1}) {
      const Int128 reach =
          (way == 0 ? position : -position) + open[number][static_cast<std::size_t>(way)];
      Excuse& excuse = position_excuses_[{account, number}][static_cast<std::size_t>(way)];
      if (excuse.breaks(reach, limit, exits_.contains({account, number}))) {
        fail("account " + std::to_string(account) + " may come to " + text(reach) +
             (way == 0 ? " long" : " short") + " of instrument " + std::to_string(number) +
             ", the limit is " + text(limit) + open_orders(account));
      }
    }
  }
}

// Cash left if every order that pays money fills at its worst.
void MoneyChecker::check_cash(std::uint32_t account) {
  std::map<std::uint32_t, Int128> needed;
  orders_.for_each_open(account, [&](const KnownOrder& known) {
    if (known.exits) return;
    const auto& order = known.record;
    const writ_instrument& row = *instrument(order.instrument);
    const bool buys = order.side == WRIT_SIDE_BUY;
    if (row.kind == WRIT_KIND_SPOT && !buys) {
      needed[row.base_asset] += known.open() * row.quantity_unit;
    } else if (buys && row.kind != WRIT_KIND_PERP) {
      const Int128 price = order.price == WRIT_NONE ? known.cash_price : known.worst_price();
      const Int128 cost = known.open() * price;
      needed[row.quote_asset] += cost + fee_max(row, cost);
    }
  });
  for (const auto& [asset, cash] : cash_[account]) {
    const Int128 amount = needed[asset];
    if (cash_excuses_[{account, asset}].breaks(amount - cash, 0, exiting_.contains(account))) {
      fail("account " + std::to_string(account) + " has " + text(cash) + " of asset " +
           std::to_string(asset) + ", its orders may take " + text(amount) + open_orders(account));
    }
  }
}

}  // namespace writ::test
