#!/usr/bin/env python3
"""Checks X-01 to X-07 of a Writ SQLite database, independently of the program: exact sums with Decimal.

    db_invariants.py F.db [--json]

Prints one line for each check with what it examined and how many violations it found. Exit status 0 when all hold,
1 when one is violated (or X-01 found no intent, or the projection refused a record), 2 when the file is no such database.
"""

import argparse
import collections
import decimal
import json
import sqlite3
import sys

decimal.getcontext().prec = 80
decimal.getcontext().traps[decimal.Inexact] = True
D = decimal.Decimal
ZERO = D(0)


class Check:
    def __init__(self, name, what):
        self.name, self.what = name, what
        self.examined, self.violations, self.first = 0, 0, ""
        self.needs_rows = False

    def violate(self, line):
        self.violations += 1
        self.first = self.first or line

    @property
    def passed(self):
        return self.violations == 0 and (self.examined > 0 or not self.needs_rows)


def rejects(db):
    check = Check("rejects", "the projection refused no record")
    check.examined = db.execute("SELECT COALESCE(SUM(records), 0) FROM projection_checkpoint").fetchone()[0]
    for run, seq, table, error in db.execute("SELECT run_id, journal_seq, table_name, error FROM projection_reject"):
        check.violate(f"run {run} record {seq} into {table}: {error}")
    return check


def x01(db):
    check = Check("X-01", "every verdict comes after its intent")
    check.needs_rows = True
    numbers = dict(db.execute("SELECT run_id, run_number FROM run"))
    intents = {}
    for intent, run, seq in db.execute("SELECT intent_id, run_id, journal_seq FROM strategy_intent"):
        intents[intent] = (numbers[run], seq)
        check.examined += 1
    for decision, intent, run, seq in db.execute("SELECT decision_id, intent_id, run_id, journal_seq FROM arbiter_decision"):
        if intent in intents and (numbers[run], seq) <= intents[intent]:
            check.violate(f"decision {decision} at {seq}, intent {intent} at {intents[intent][1]}")
    return check


def x02(db):
    check = Check("X-02", "no order of an intent without an approved verdict")
    approved = dict(db.execute("SELECT decision_id, approved FROM arbiter_decision"))
    for order, decision in db.execute("SELECT order_id, decision_id FROM order_request WHERE intent_id IS NOT NULL"):
        check.examined += 1
        if approved.get(decision) != 1:
            check.violate(f"order {order}: verdict {decision} is {'missing' if decision not in approved else 'no approval'}")
    return check


def x03(db):
    check = Check("X-03", "every fill reaches order, verdict, intent and snapshot")
    orders = {o: (c, d, i) for o, c, d, i in
              db.execute("SELECT order_id, client_order_id, decision_id, intent_id FROM order_request")}
    decisions = dict(db.execute("SELECT decision_id, intent_id FROM arbiter_decision"))
    intents = {i: (s, w) for i, s, w in db.execute("SELECT intent_id, snapshot_id, strategy FROM strategy_intent")}
    snapshots = {s for (s,) in db.execute("SELECT snapshot_id FROM state_snapshot")}
    for fill, order, client in db.execute("SELECT fill_id, order_id, client_order_id FROM order_fill"):
        check.examined += 1
        if order not in orders:
            check.violate(f"fill {fill}: no order")
            continue
        order_client, decision, intent = orders[order]
        if order_client != client:
            check.violate(f"fill {fill}: another client order id")
        elif intent is None:
            continue  # made at the venue: nobody here wanted it
        elif decision not in decisions:
            check.violate(f"fill {fill}: no verdict")
        elif intent not in intents or decisions[decision] != intent:
            check.violate(f"fill {fill}: no intent")
        elif intents[intent][0] not in snapshots and intents[intent][1] != "operator":
            check.violate(f"fill {fill}: no snapshot")
    return check


def x04(db):
    check = Check("X-04", "the fills of an order do not exceed it")
    filled = collections.defaultdict(lambda: ZERO)
    for order, qty in db.execute("SELECT order_id, qty FROM order_fill"):
        filled[order] += D(qty)
    ordered = dict(db.execute("SELECT order_id, qty FROM order_request"))
    for order, qty in filled.items():
        if order not in ordered:
            continue  # X-03 says so
        check.examined += 1
        if qty > D(ordered[order]):
            check.violate(f"order {order}: filled {qty} of {ordered[order]}")
    return check


def x05(db):
    check = Check("X-05", "realised results of fills equal those of the executed trades")
    fills = {str(f) for (f,) in db.execute("SELECT fill_id FROM order_fill")}
    ledger, trades = collections.defaultdict(lambda: ZERO), collections.defaultdict(lambda: ZERO)
    for *key, ref, amount in db.execute(
            "SELECT run_id, account_id, asset, chain_book, ref, amount FROM ledger_event "
            "WHERE book = 'PNL' AND event_type = 'realized'"):
        if ref in fills:
            check.examined += 1
            ledger[tuple(key)] += D(amount)
    for *key, amount in db.execute("SELECT run_id, account_id, asset, book, realized_pnl FROM executed_trade"):
        check.examined += 1
        trades[tuple(key)] += D(amount)
    for key in sorted(ledger.keys() | trades.keys()):
        if ledger[key] != trades[key]:
            check.violate(f"{key}: ledger {ledger[key]}, trades {trades[key]}")
    return check


def chains(db):
    """{run number: (first run of its chain, whether the chain begins in this database)}"""
    before = dict(db.execute("SELECT run_number, continues_number FROM run ORDER BY run_number"))
    result = {}
    for number in sorted(before):
        result[number] = result.get(before[number], (number, before[number] == 0))
    return result


CASH = ("SELECT l.ledger_seq, r.run_number, l.account_id, l.asset, l.chain_book, l.amount, l.balance_after "
        "FROM ledger_event l JOIN run r USING (run_id) WHERE l.book = 'CASH' ORDER BY l.ledger_seq")


class Purses:
    """Cash balances brought forward from the amounts alone."""

    def __init__(self, db):
        self.chains = chains(db)
        self.rows = iter(db.execute(CASH).fetchall())
        self.balance = {}
        self.ahead = next(self.rows, None)

    def next_below(self, end):
        """(id, key, sum, recorded balance) of the next entry with an id below `end`, or None."""
        if self.ahead is None or (end is not None and self.ahead[0] >= end):
            return None
        entry, run, account, asset, book, amount, recorded = self.ahead
        self.ahead = next(self.rows, None)
        chain, whole = self.chains[run]
        key = (chain, account, asset, book)
        if key not in self.balance:
            self.balance[key] = ZERO if whole else D(recorded) - D(amount)
        self.balance[key] += D(amount)
        return entry, key, self.balance[key], D(recorded)


def x06(db):
    check = Check("X-06", "each cash balance is the sum of its entries, and negative only with perpetuals")
    purses = Purses(db)
    perpetual = {a for (a,) in db.execute("SELECT o.account_id FROM order_request o JOIN instrument i USING (instrument_id) "
                                          "WHERE i.kind = 'PERP'")}
    told = {(purses.chains[n][0], a) for n, a in db.execute(
        "SELECT r.run_number, e.account_id FROM ops_event e JOIN run r USING (run_id) WHERE e.kind = 'NEGATIVE_CASH'")}
    while (row := purses.next_below(None)) is not None:
        check.examined += 1
        entry, (chain, account, asset, book), total, recorded = row
        where = f"entry {entry} account {account} {asset} {book}: "
        if total != recorded:
            check.violate(where + f"balance {recorded}, sum {total}")
        elif total < 0 and account not in perpetual:
            check.violate(where + f"balance {total} without perpetuals")
        elif total < 0 and (chain, account) not in told:
            check.violate(where + f"balance {total} without an incident")
    return check


def x07(db):
    check = Check("X-07", "equity = cash + marked positions, and the cash is the ledger's")
    purses = Purses(db)
    balances, positions = collections.defaultdict(dict), collections.defaultdict(list)
    for snapshot, asset, amount, value in db.execute("SELECT portfolio_snapshot_id, asset, amount, value FROM portfolio_balance"):
        balances[snapshot][asset] = (D(amount), D(value))
    for snapshot, instrument, qty, mark, value, kind, quote, unit in db.execute(
            "SELECT q.portfolio_snapshot_id, q.instrument_id, q.qty, q.mark_price, q.value, i.kind, i.quote_ccy, i.qty_unit "
            "FROM portfolio_position q JOIN instrument i USING (instrument_id)"):
        worth = None
        if mark is not None and kind in ("SPOT", "BINARY") and D(unit) == 1:
            worth = D(qty) * D(mark)
        elif mark is not None and kind == "RUNNER":  # win units at odds, rounded down
            worth = D(int(D(qty).scaleb(27)) // int(D(mark).scaleb(9))).scaleb(-18)
        positions[snapshot].append((instrument, D(value), worth, quote))
    for row in db.execute("SELECT p.portfolio_snapshot_id, r.run_number, p.account_id, p.book, p.asset, p.cash, p.position_value, "
                          "p.equity, p.initial_value, p.realized_pnl, p.unrealized_pnl, p.fees, p.funding, p.adjustments "
                          "FROM portfolio_snapshot p JOIN run r USING (run_id) ORDER BY 1").fetchall():
        snapshot, run, account, book, asset = row[:5]
        cash, held, equity, initial, realized, unrealized, fees, funding, adjustments = map(D, row[5:])
        check.examined += 1
        while purses.next_below(snapshot) is not None:
            pass
        chain, whole = purses.chains[run]
        faults = []
        for name, (amount, _) in balances[snapshot].items():
            known = purses.balance.get((chain, account, name, book), ZERO if whole else amount)
            if amount != known:
                faults.append(f"cash of {name} {amount}, not {known}")
        for (its_chain, its_account, name, its_book), amount in purses.balance.items():
            if (its_chain, its_account, its_book) == (chain, account, book) and name not in balances[snapshot] and amount:
                faults.append(f"cash of {name} left out, not {amount}")
        for instrument, value, worth, quote in positions[snapshot]:
            if quote == asset and worth is not None and value and value != worth:
                faults.append(f"position in instrument {instrument} {value}, not {worth}")
        sum_cash = sum((v for _, v in balances[snapshot].values()), ZERO)
        sum_held = sum((p[1] for p in positions[snapshot]), ZERO)
        for name, found, wanted in (("cash", cash, sum_cash), ("position value", held, sum_held), ("equity", equity, sum_cash + sum_held),
                                    ("equity against results", equity,
                                     initial + realized + unrealized - fees + funding + adjustments)):
            if found != wanted:
                faults.append(f"{name} {found}, not {wanted}, difference {found - wanted}")
        if faults:
            check.violate(f"portfolio snapshot {snapshot}: {faults[0]}")
    return check


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("database")
    arguments.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    given = arguments.parse_args()
    try:
        db = sqlite3.connect(f"file:{given.database}?mode=ro", uri=True)
        checks = [check(db) for check in (rejects, x01, x02, x03, x04, x05, x06, x07)]
    except (sqlite3.Error, decimal.DecimalException, KeyError) as error:
        print(f"{given.database}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    passed = all(check.passed for check in checks)
    if given.json:
        print(json.dumps({"database": given.database, "passed": passed, "checks": [
            {"name": c.name, "what": c.what, "passed": c.passed, "examined": c.examined, "violations": c.violations,
             "first": c.first} for c in checks]}))
    else:
        for c in checks:
            print(f"{'ok  ' if c.passed else 'FAIL'} {c.name:8} {c.examined:>9} examined, {c.violations} violations: {c.what}"
                  + (f" [{c.first}]" if c.first else ""))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
