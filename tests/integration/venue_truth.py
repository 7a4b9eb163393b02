"""What happened at the simulated venue by its truth journals, what a host has on record of it, and where the two differ, to the last unit."""

import collections
import decimal
import json
import sqlite3

import writ_program as wp

decimal.getcontext().prec = 60
Decimal = decimal.Decimal

# Which account of live_program.py trades where; every symbol is quoted, and settled, in USDT.
ACCOUNTS = {"spot": "spot", "futures": "fut"}
QUOTE = "USDT"
OPEN = ("NEW", "PARTIALLY_FILLED")
STATES = {"NEW": "OPEN", "PARTIALLY_FILLED": "PARTIAL", "FILLED": "FILLED", "CANCELED": "CANCELLED", "EXPIRED": "EXPIRED",
          "EXPIRED_IN_MATCH": "EXPIRED"}


class Market:
    """One market's truth journal, read as it grows."""

    def __init__(self, sim, name):
        self.name, self.file, self.offset = name, sim.truth_file(name), 0
        self.orders = {}  # by the venue's number, as they are now
        self.placed = collections.Counter()  # client ids
        self.ended = []  # lines that ended an order otherwise than by a fill
        self.fills = {}  # by symbol and number of the trade
        self.funding = []  # (ts, amount)
        self.initial = collections.Counter()
        self.balances = {}
        self.positions, self.costs = {}, {}  # by symbol

    def read(self):
        with open(self.file, "rb") as file:
            file.seek(self.offset)
            new = file.read()
        whole = new.rfind(b"\n") + 1
        self.offset += whole
        for line in new[:whole].splitlines():
            line = json.loads(line)
            getattr(self, "take_" + line["kind"])(line)
        return self

    def take_order(self, line):
        if line["execution"] == "NEW":
            self.placed[line["client_id"]] += 1
        if line["execution"] not in ("NEW", "TRADE") and line["status"] not in OPEN:
            self.ended.append(line)
        self.orders[line["order_id"]] = line

    def take_fill(self, line):
        name = line["symbol"], line["trade_id"]
        if name in self.fills:
            raise AssertionError(f"the simulator numbers two fills alike: {line}")
        self.fills[name] = line

    def take_balance(self, line):
        self.balances[line["asset"]] = Decimal(line["free"]) + Decimal(line["locked"])
        if line["reason"] == "DEPOSIT" and "change" in line:
            self.initial[line["asset"]] += Decimal(line["change"])
        if line["reason"] == "FUNDING" and "change" in line:
            self.funding.append((line["ts"], Decimal(line["change"])))

    def take_position(self, line):
        self.positions[line["symbol"]] = Decimal(line["amount"])
        self.costs[line["symbol"]] = Decimal(line["cost"])

    def open_orders(self):
        return [order for order in self.orders.values() if order["status"] in OPEN]


class Books:
    """What fills make of an account, computed apart from host and simulator. Perpetuals: first in, first out."""

    def __init__(self, market):
        self.market = market.name
        self.cash = collections.Counter(market.initial)
        self.lots = collections.defaultdict(collections.deque)  # by symbol: [quantity, price], signed
        self.positions = collections.Counter()  # by symbol and strategy

    def fill(self, fill, strategy):
        sign = 1 if fill["side"] == "BUY" else -1
        quantity, price = sign * Decimal(fill["quantity"]), Decimal(fill["price"])
        self.cash[fill["commission_asset"]] -= Decimal(fill["commission"])
        if self.market == "spot":
            self.cash[fill["symbol"].removesuffix(QUOTE)] += quantity
            self.cash[QUOTE] -= quantity * price
            return
        self.positions[fill["symbol"], strategy] += quantity
        lots = self.lots[fill["symbol"]]
        while quantity and lots and (lots[0][0] > 0) != (quantity > 0):
            lot = lots[0]
            closed = min(abs(quantity), abs(lot[0])) * (1 if lot[0] > 0 else -1)
            self.cash[QUOTE] += closed * (price - lot[1])
            lot[0] -= closed
            quantity += closed
            if not lot[0]:
                lots.popleft()
        if quantity:
            lots.append([quantity, price])

    def position(self, symbol):
        return sum((lot[0] for lot in self.lots[symbol]), Decimal(0))

    def cost(self):
        return sum((lot[0] * lot[1] for lots in self.lots.values() for lot in lots), Decimal(0))


class Record:
    """What a host's journal says, run after run."""

    TYPES = ("run_started", "order", "fill", "executed_trade", "ledger", "incident", "adjustment")

    def __init__(self, config):
        self.config = config
        self.run = 0
        self.started = 0  # of the last run, host time
        self.orders = {}  # by client id, as last written
        self.heard = {}  # fills as they came, some twice: by two ways
        self.fills = collections.defaultdict(list)  # by account, as they were booked
        self.positions = collections.defaultdict(dict)  # by account: by symbol and strategy
        self.cash = {}  # by (account, asset)
        self.adjustments = []
        self.funding = collections.Counter()  # by account
        self.incidents = collections.Counter()

    def read(self, run, reconciled=lambda: None):
        """A run's records; `reconciled` is called where host and venue had agreed."""
        for record in wp.dump(self.config, run, *self.TYPES):
            getattr(self, "take_" + record["type"])(record)
            if record["type"] == "incident" and record["code"] == "RESTART_RECONCILED":
                reconciled()

    def take_run_started(self, record):
        self.run, self.started = record["run_number"], record["ingest_ts"]

    def take_order(self, record):
        self.orders[record["client_order_id"]] = record

    def take_fill(self, record):
        self.heard[self.run << 40 | record["seq"]] = record

    def take_executed_trade(self, record):
        if record["leg"] == 0:
            self.fills[record["account"]].append(self.heard[int(record["fill_id"])])
        name = symbol_of(record["instrument"]), record["instance"]
        self.positions[record["account"]][name] = Decimal(record["position_after"])

    def take_ledger(self, record):
        if record["ledger"] == "CASH":
            self.cash[record["account"], record["asset"]] = Decimal(record["balance_after"])

    def take_incident(self, record):
        self.incidents[record["code"]] += 1

    def take_adjustment(self, record):
        if record["kind"] == "funding":
            self.funding[record["account"]] += Decimal(record["amount"])
        else:
            self.adjustments.append(record)


def symbol_of(instrument):
    return instrument.partition("/")[2]


def same_terms(ours, theirs):
    return (ours["side"] == theirs["side"] and ours["liquidity"] == ("MAKER" if theirs["maker"] else "TAKER")
            and ours["fee_asset"] == theirs["commission_asset"]
            and all(Decimal(ours[a]) == Decimal(theirs[b]) for a, b in (
                ("price", "price"), ("quantity", "quantity"), ("fee_asset_quantity", "commission"))))


def differences(market, record, settled):
    """Between the truth of one market and what a host has on record, where `settled` is the time until which it must know
    everything; later things may be on their way. One line each."""
    account = ACCOUNTS[market.name]
    found = []
    books = Books(market)
    ours = collections.Counter()
    for fill in record.fills[account]:
        trade = symbol_of(fill["instrument"]), int(fill["exchange_trade_id"])
        ours[trade] += 1
        theirs = market.fills.get(trade)
        if theirs is None or not same_terms(fill, theirs):
            found.append(f"on record {fill}, at the venue {theirs}")
        if ours[trade] > 1:
            found.append(f"a fill booked twice: {fill}")
        if theirs is not None:
            books.fill(theirs, fill["instance"])
    for trade, fill in market.fills.items():
        if fill["ts"] <= settled and trade not in ours:
            found.append(f"a fill that is not on record: {fill}")

    for client_id, times in market.placed.items():
        if times > 1:
            found.append(f"{client_id} was placed {times} times")
    for order in market.orders.values():
        here = record.orders.get(order["client_id"])
        if here is None:
            if order["created_ts"] <= settled:
                found.append(f"an order the host does not know: {order}")
        elif order["ts"] <= settled and (here["state"] != STATES.get(order["status"], order["status"])
                                         or Decimal(here["filled"]) != Decimal(order["executed"])):
            found.append(f"{here['state']}, {here['filled']} filled here: {order}")

    books.cash[QUOTE] += record.funding[account]
    for asset, amount in books.cash.items():
        if record.cash.get((account, asset), 0) != amount:
            found.append(f"{market.name}: {record.cash.get((account, asset))} {asset} on record, its fills make {amount}")
    if market.name == "futures" and record.positions[account] != dict(books.positions):
        found.append(f"positions of {record.positions[account]} on record, its fills make {dict(books.positions)}")
    if len(ours) == len(market.fills) and sum(amount for _, amount in market.funding) == record.funding[account]:
        found += book_differences(market, books)
    return found


def book_differences(market, books):
    """Every fill is known: the venue's own balances. Of perpetuals less what is open, which a venue averages."""
    found = []
    for asset, amount in market.balances.items():
        there = amount - (sum(market.costs.values()) if asset == QUOTE else 0)
        here = books.cash[asset] - (books.cost() if asset == QUOTE else 0)
        if there != here:
            found.append(f"{market.name}: {there} {asset} at the venue, {here} by its fills")
    for symbol, position in market.positions.items():
        if position != books.position(symbol):
            found.append(f"{symbol}: a position of {position} at the venue, {books.position(symbol)} by its fills")
    return found


def database_differences(database, markets):
    """Between the truth of all markets, at rest, and the host's database."""
    found = []
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        orders = {row[0]: row[1] for row in db.execute("SELECT client_order_id, status FROM order_request")}
        strategies = dict(db.execute("SELECT client_order_id, strategy FROM order_request"))
        fills = {(account, symbol, int(trade)): terms for account, symbol, trade, *terms in db.execute(
            "SELECT a.name, i.symbol, f.exchange_trade_id, f.client_order_id, f.side, f.price, f.qty, f.fee_asset_qty, f.fee_asset"
            " FROM order_fill f JOIN account a USING (account_id) JOIN instrument i USING (instrument_id)")}
        rows = db.execute("SELECT count(*) FROM order_fill").fetchone()[0]
        cash = {(account, asset): Decimal(amount) for account, asset, amount in db.execute(
            "SELECT a.name, l.asset, l.balance_after FROM ledger_event l JOIN account a USING (account_id)"
            " WHERE l.book = 'CASH' ORDER BY l.ledger_seq")}
    if rows != len(fills):
        found.append(f"{rows} rows of {len(fills)} fills")
    for market in markets:
        account = ACCOUNTS[market.name]
        books = Books(market)
        for order in market.orders.values():
            if orders.get(order["client_id"]) != STATES.get(order["status"]):
                found.append(f"{orders.get(order['client_id'])} in the database: {order}")
        for trade, fill in market.fills.items():
            client_id = market.orders[fill["order_id"]]["client_id"]
            books.fill(fill, strategies.get(client_id))
            theirs = [client_id, fill["side"], *(
                Decimal(fill[name]) for name in ("price", "quantity", "commission")), fill["commission_asset"]]
            terms = fills.pop((account, *trade), None)
            if terms is None or [*terms[:2], *map(Decimal, terms[2:5]), terms[5]] != theirs:
                found.append(f"{terms} in the database: {fill}")
        books.cash[QUOTE] += sum(amount for _, amount in market.funding)
        for asset, amount in books.cash.items():
            if cash.get((account, asset)) != amount:
                found.append(f"{cash.get((account, asset))} {asset} of {account} in the database, its fills make {amount}")
    found += [f"a fill no venue knows: {fill}" for fill in fills]
    return found
