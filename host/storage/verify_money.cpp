// sums of money and quantities, exact.
#include "host/storage/checks.hpp"

#include <writ/decimal.hpp>
#include <writ/money.hpp>
#include <writ/muldiv.hpp>
#include <writ/overflow.hpp>

#include <compare>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace writ::storage {
namespace {

// A decimal of the database; nothing if it is none or past what sums keep.
std::optional<Money> money(std::string_view text) {
  const auto parsed = parse_money(text);
  if (!parsed) return std::nullopt;
  return parsed.value;
}

std::string text_of(std::optional<Money> amount) {
  return amount ? to_string(*amount) : std::string("out of range");
}

std::optional<Money> add(std::optional<Money> a, std::optional<Money> b) {
  return a && b ? checked_add(*a, *b) : std::nullopt;
}

std::optional<Money> subtract(std::optional<Money> a, std::optional<Money> b) {
  return a && b ? checked_sub(*a, *b) : std::nullopt;
}

// Price times quantity; of a runner, win units over odds, rounded down.
std::optional<Money> worth_of(const std::string& kind, Quantity quantity, Price mark) {
  if (kind != "RUNNER") return checked_notional(mark, quantity);
  constexpr Int128 kOne = 1'000'000'000;
  const auto raw = muldiv(Int128{quantity.raw} * kOne, kOne, mark.raw, Rounding::kFloor);
  return raw ? std::optional(Money{*raw}) : std::nullopt;
}

// Goes through the rows of a query.
class Rows {
 public:
  static base::Result<Rows> of(Database& database, std::string_view sql) {
    auto statement = database.prepare(sql);
    if (!statement) return statement.error();
    Rows rows(std::move(*statement));
    if (auto moved = rows.next(); !moved) return moved.error();
    return rows;
  }
  [[nodiscard]] bool at_row() const { return at_row_; }
  base::Result<void> next() {
    const auto row = statement_->step();
    if (!row) return row.error();
    at_row_ = *row;
    return {};
  }
  [[nodiscard]] std::int64_t integer(int column) const { return statement_->integer(column); }
  [[nodiscard]] bool is_null(int column) const { return statement_->is_null(column); }
  [[nodiscard]] std::string text(int column) const { return std::string(statement_->text(column)); }
  [[nodiscard]] std::optional<Money> amount(int column) const {
    return money(statement_->text(column));
  }

 private:
  explicit Rows(std::unique_ptr<Statement> statement) : statement_(std::move(statement)) {}
  std::unique_ptr<Statement> statement_;
  bool at_row_ = false;
};

// The runs that took over each other's state: the first number of each, and whether it is here.
struct Chains {
  struct Chain {
    std::int64_t first = 0;
    bool whole = true;  // it began with nothing, in this database
  };
  std::map<std::int64_t, Chain> of_run;
};

base::Result<Chains> load_chains(Database& database) {
  auto rows = Rows::of(database, "SELECT run_number, continues_number FROM run ORDER BY 1");
  if (!rows) return rows.error();
  Chains chains;
  while (rows->at_row()) {
    const std::int64_t number = rows->integer(0);
    const std::int64_t before = rows->integer(1);
    Chains::Chain chain{number, before == 0};
    if (const auto found = chains.of_run.find(before); found != chains.of_run.end()) {
      chain = found->second;
    }
    chains.of_run[number] = chain;
    if (auto moved = rows->next(); !moved) return moved.error();
  }
  return chains;
}

// One balance: whose, of what.
struct Purse {
  std::int64_t chain;
  std::int64_t account;
  std::string asset;
  std::string book;
  auto operator<=>(const Purse&) const = default;
};

std::string name_of(const Purse& purse) {
  return "account " + std::to_string(purse.account) + " " + purse.asset + " " + purse.book;
}

constexpr std::string_view kCashRows =
    "SELECT l.ledger_seq, r.run_number, l.account_id, l.asset, l.chain_book, l.amount, "
    "l.balance_after FROM ledger_event l JOIN run r ON r.run_id = l.run_id "
    "WHERE l.book = 'CASH' ORDER BY l.ledger_seq";

// The balances of the ledger, brought forward entry by entry.
class CashBook {
 public:
  static base::Result<CashBook> open(Database& database) {
    auto chains = load_chains(database);
    if (!chains) return chains.error();
    auto rows = Rows::of(database, kCashRows);
    if (!rows) return rows.error();
    return CashBook(std::move(*chains), std::move(*rows));
  }

  struct Entry {
    std::int64_t id = 0;
    Purse purse;
    std::optional<Money> balance;   // after it, as summed here
    std::optional<Money> recorded;  // after it, as the row says
  };

  // The next entry below `end`, or nothing.
  base::Result<std::optional<Entry>> next(std::int64_t end) {
    if (!rows_.at_row() || rows_.integer(0) >= end) return std::optional<Entry>();
    const auto chain = chain_of(rows_.integer(1));
    Entry entry;
    entry.id = rows_.integer(0);
    entry.purse = {chain.first, rows_.integer(2), rows_.text(3), rows_.text(4)};
    const auto amount = rows_.amount(5);
    entry.recorded = rows_.amount(6);
    auto [place, is_new] = balances_.try_emplace(entry.purse, Money{});
    // A chain whose beginning is elsewhere brings its first balance along.
    if (is_new && !chain.whole) place->second = subtract(entry.recorded, amount);
    place->second = add(place->second, amount);
    entry.balance = place->second;
    if (auto moved = rows_.next(); !moved) return moved.error();
    return std::optional<Entry>(std::move(entry));
  }

  [[nodiscard]] const std::map<Purse, std::optional<Money>>& balances() const { return balances_; }
  [[nodiscard]] Chains::Chain chain_of(std::int64_t run_number) const {
    const auto found = chains_.of_run.find(run_number);
    return found == chains_.of_run.end() ? Chains::Chain{run_number, false} : found->second;
  }

 private:
  CashBook(Chains chains, Rows rows) : chains_(std::move(chains)), rows_(std::move(rows)) {}
  Chains chains_;
  Rows rows_;
  std::map<Purse, std::optional<Money>> balances_;
};

constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

// The first two columns of a query.
base::Result<std::set<std::pair<std::int64_t, std::int64_t>>> load_pairs(Database& database,
                                                                         std::string_view sql) {
  auto rows = Rows::of(database, sql);
  if (!rows) return rows.error();
  std::set<std::pair<std::int64_t, std::int64_t>> pairs;
  while (rows->at_row()) {
    pairs.emplace(rows->integer(0), rows->integer(1));
    if (auto moved = rows->next(); !moved) return moved.error();
  }
  return pairs;
}

}  // namespace

base::Result<Check> check_fills_within_order(Database& database) {
  Check check{"X-04", "the fills of an order do not exceed it"};
  auto rows = Rows::of(database,
                       "SELECT o.order_id, o.qty, f.qty FROM order_fill f "
                       "JOIN order_request o ON o.order_id = f.order_id ORDER BY o.order_id");
  if (!rows) return rows.error();
  while (rows->at_row()) {
    const std::int64_t order = rows->integer(0);
    const auto ordered = rows->amount(1);
    std::optional<Money> filled = Money{};
    while (rows->at_row() && rows->integer(0) == order) {
      filled = add(filled, rows->amount(2));
      if (auto moved = rows->next(); !moved) return moved.error();
    }
    ++check.examined;
    if (!filled || !ordered || *filled > *ordered) {
      violate(check, "order " + std::to_string(order) + ": filled " + text_of(filled) + " of " +
                         text_of(ordered));
    }
  }
  return check;
}

base::Result<Check> check_realized(Database& database) {
  Check check{"X-05", "realised results of fills equal those of the executed trades"};
  struct Sums {
    std::optional<Money> ledger = Money{};
    std::optional<Money> trades = Money{};
  };
  using Key = std::pair<std::string, Purse>;  // run and purse
  std::map<Key, Sums> sums;
  const auto read = [&](std::string_view sql, std::optional<Money> Sums::*sum) {
    auto rows = Rows::of(database, sql);
    if (!rows) return base::Result<void>(rows.error());
    while (rows->at_row()) {
      Purse purse{0, rows->integer(1), rows->text(2), rows->text(3)};
      auto& into = sums[{rows->text(0), std::move(purse)}].*sum;
      into = add(into, rows->amount(4));
      ++check.examined;
      if (auto moved = rows->next(); !moved) return moved;
    }
    return base::Result<void>();
  };
  auto done = read(
      "SELECT l.run_id, l.account_id, l.asset, l.chain_book, l.amount FROM ledger_event l "
      "WHERE l.book = 'PNL' AND l.event_type = 'realized' "
      "AND l.ref IN (SELECT CAST(fill_id AS TEXT) FROM order_fill)",
      &Sums::ledger);
  if (!done) return done.error();
  done = read("SELECT run_id, account_id, asset, book, realized_pnl FROM executed_trade",
              &Sums::trades);
  if (!done) return done.error();
  for (const auto& [key, both] : sums) {
    if (both.ledger && both.trades && *both.ledger == *both.trades) continue;
    violate(check, "run " + key.first + " " + name_of(key.second) + ": ledger " +
                       text_of(both.ledger) + ", trades " + text_of(both.trades));
  }
  return check;
}

base::Result<Check> check_cash(Database& database) {
  Check check{"X-06",
              "each cash balance is the sum of its entries, and negative only with perpetuals"};
  const auto perpetual =
      load_pairs(database,
                 "SELECT DISTINCT o.account_id, 0 FROM order_request o "
                 "JOIN instrument i ON i.instrument_id = o.instrument_id WHERE i.kind = 'PERP'");
  if (!perpetual) return perpetual.error();
  const auto incidents =
      load_pairs(database,
                 "SELECT DISTINCT e.account_id, r.run_number FROM ops_event e "
                 "JOIN run r ON r.run_id = e.run_id WHERE e.kind = 'NEGATIVE_CASH'");
  if (!incidents) return incidents.error();
  auto book = CashBook::open(database);
  if (!book) return book.error();
  // An episode has one incident, and may go on in the runs that follow.
  std::set<std::pair<std::int64_t, std::int64_t>> told;
  for (const auto& [account, run] : *incidents) told.emplace(account, book->chain_of(run).first);
  while (true) {
    const auto entry = book->next(kNoEnd);
    if (!entry) return entry.error();
    if (!*entry) return check;
    ++check.examined;
    const auto& [id, purse, balance, recorded] = **entry;
    const std::string where = "entry " + std::to_string(id) + " " + name_of(purse) + ": ";
    if (!balance || !recorded || *balance != *recorded) {
      violate(check, where + "balance " + text_of(recorded) + ", sum " + text_of(balance));
    } else if (*balance < Money{}) {
      if (!perpetual->contains({purse.account, 0})) {
        violate(check, where + "balance " + text_of(balance) + " without perpetuals");
      } else if (!told.contains({purse.account, purse.chain})) {
        violate(check, where + "balance " + text_of(balance) + " without an incident");
      }
    }
  }
}

base::Result<Check> check_equity(Database& database) {
  Check check{"X-07", "equity = cash + marked positions, and the cash is the ledger's"};
  auto book = CashBook::open(database);
  if (!book) return book.error();
  auto snapshots = Rows::of(
      database,
      "SELECT p.portfolio_snapshot_id, r.run_number, p.account_id, p.book, p.cash, "
      "p.position_value, p.equity, p.initial_value, p.realized_pnl, p.unrealized_pnl, p.fees, "
      "p.funding, p.adjustments FROM portfolio_snapshot p JOIN run r ON r.run_id = p.run_id "
      "ORDER BY p.portfolio_snapshot_id");
  if (!snapshots) return snapshots.error();
  auto balances = Rows::of(database,
                           "SELECT portfolio_snapshot_id, asset, amount, value "
                           "FROM portfolio_balance ORDER BY portfolio_snapshot_id, asset");
  if (!balances) return balances.error();
  auto positions =
      Rows::of(database,
               "SELECT q.portfolio_snapshot_id, q.instrument_id, q.qty, q.mark_price, q.value, "
               "CASE WHEN i.quote_ccy = p.asset AND i.qty_unit = '1' THEN i.kind ELSE '' END FROM "
               "portfolio_position q "
               "JOIN instrument i ON i.instrument_id = q.instrument_id "
               "JOIN portfolio_snapshot p ON p.portfolio_snapshot_id = q.portfolio_snapshot_id "
               "ORDER BY q.portfolio_snapshot_id, q.instrument_id");
  if (!positions) return positions.error();

  while (snapshots->at_row()) {
    ++check.examined;
    const std::int64_t id = snapshots->integer(0);
    const auto chain = book->chain_of(snapshots->integer(1));
    const std::int64_t account = snapshots->integer(2);
    const std::string chain_book = snapshots->text(3);
    std::string fault;
    const auto expect = [&fault](const std::string& what, std::optional<Money> found,
                                 std::optional<Money> wanted) {
      if (found && wanted && *found == *wanted) return;
      if (fault.empty()) fault = what + " " + text_of(found) + ", not " + text_of(wanted);
    };
    while (true) {  // the ledger as it was at this record
      const auto entry = book->next(id);
      if (!entry) return entry.error();
      if (!*entry) break;
    }

    std::optional<Money> cash = Money{};
    std::map<std::string, std::optional<Money>> amounts;
    while (balances->at_row() && balances->integer(0) <= id) {
      if (balances->integer(0) == id) {
        amounts[balances->text(1)] = balances->amount(2);
        cash = add(cash, balances->amount(3));
      }
      if (auto moved = balances->next(); !moved) return moved.error();
    }
    for (const auto& [asset, amount] : amounts) {
      const auto found = book->balances().find({chain.first, account, asset, chain_book});
      if (found != book->balances().end()) {
        expect("cash of " + asset, amount, found->second);
      } else if (chain.whole) {
        expect("cash of " + asset, amount, Money{});
      }
    }
    for (const auto& [purse, amount] : book->balances()) {
      if (purse.chain != chain.first || purse.account != account || purse.book != chain_book ||
          amounts.contains(purse.asset)) {
        continue;
      }
      expect("cash of " + purse.asset + " left out,", Money{}, amount);
    }

    std::optional<Money> held = Money{};
    while (positions->at_row() && positions->integer(0) <= id) {
      if (positions->integer(0) == id) {
        const auto value = positions->amount(4);
        held = add(held, value);
        // What is worth its mark, in the snapshot's own asset, must be worth exactly that.
        const std::string kind = positions->text(5);
        const bool marked = kind == "SPOT" || kind == "BINARY" || kind == "RUNNER";
        if (marked && !positions->is_null(3) && value && *value != Money{}) {
          const auto quantity = parse_quantity(positions->text(2));
          const auto mark = parse_price(positions->text(3));
          const auto worth =
              quantity && mark ? worth_of(kind, quantity.value, mark.value) : std::nullopt;
          expect("position in instrument " + positions->text(1), value, worth);
        }
      }
      if (auto moved = positions->next(); !moved) return moved.error();
    }

    const auto equity = snapshots->amount(6);
    expect("cash", snapshots->amount(4), cash);
    expect("position value", snapshots->amount(5), held);
    expect("equity", equity, add(cash, held));
    auto explained = add(add(snapshots->amount(7), snapshots->amount(8)), snapshots->amount(9));
    explained = add(add(subtract(explained, snapshots->amount(10)), snapshots->amount(11)),
                    snapshots->amount(12));
    expect("equity against results", equity, explained);
    if (!fault.empty()) violate(check, "portfolio snapshot " + std::to_string(id) + ": " + fault);
    if (auto moved = snapshots->next(); !moved) return moved.error();
  }
  return check;
}

}  // namespace writ::storage
