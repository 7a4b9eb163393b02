"""The three queries of document 001 run as they are written there, and give the same numbers on both databases."""
import json
import subprocess
import sys

from databases import Postgres, Sqlite, literal, postgres_cluster
from document_queries import DAILY_PNL, LATENCY, TRACE
from report import Report
from rows import NEW_RUN, RUN, T0, Rows

MS, DAY = 1_000_000, 86_400_000_000_000
T0_MS = T0 // MS

# (day, strategy, amount); the last one of day 1 is a millisecond before midnight.
PNL = [(T0, "mm", "0.1"), (T0 + 5, "mm", "0.2"), (T0 + DAY - MS, "mm", "-1.05"), (T0, "boxarb", "2.5"),
       (T0 + DAY, "mm", "3.000000000000000001"), (T0 + DAY, "boxarb", "-0.75")]
DAILY_EXPECTED = [("2026-01-01", "boxarb", 2.5), ("2026-01-01", "mm", -0.75), ("2026-01-02", "mm", 3.0),
                  ("2026-01-02", "boxarb", -0.75)]
# (strategy, milliseconds to the acknowledgement or None)
LATENCIES = [("mm", 3), ("mm", 8), ("boxarb", 20), ("boxarb", None)]
LATENCY_EXPECTED = [("boxarb", 20, 20), ("mm", 5.5, 8), ("x", 12, 12)]
# intent 7: two fills of one order, prices with no exact double
TRACE_EXPECTED = [
    (7, "mm", "PlaceOrder", "BuyNo", 0.3, 10, 0.05, 1, "ok", "000123", "seven", "PartiallyFilled", T0_MS, T0_MS + 12,
     trade, T0_MS + 40, 0.29, qty, 0.01) for trade, qty in (("t1", 2.5), ("t2", 4))]
VETO_EXPECTED = [(8, "mm", "PlaceOrder", "SellYes", None, None, 0.05, 0, "risk_veto") + (None,) * 10]


def fill(rows, database):
    def insert(table, **changes):
        rows.insert(database, table, rows.row(table, changes))

    rows.fill(database)
    insert("run", run_id=NEW_RUN)
    for number, (ts, strategy, amount) in enumerate(PNL, start=10):
        insert("ledger_event", ledger_seq=number, event_id=f"p{number}", book="PNL", event_type="realized", event_ts=ts,
               strategy=strategy, amount=amount, client_order_id=None)
    # Of another run, and of another book: neither is in the answer.
    insert("ledger_event", ledger_seq=90, event_id="p90", book="PNL", event_type="realized", run_id=NEW_RUN, amount="50")
    insert("ledger_event", ledger_seq=91, event_id="p91", amount="70")
    for number, (strategy, ms) in enumerate(LATENCIES, start=10):
        insert("order_request", order_id=number, client_order_id=f"c{number}", strategy=strategy,
               acked_ts=None if ms is None else T0 + ms * MS)

    intent = {"strategy": "mm", "outcome": "NO", "expected_value": "0.05"}
    insert("strategy_intent", intent_id=7, price="0.3", qty="10", **intent)
    insert("strategy_intent", intent_id=8, **(intent | {"outcome": "YES"}), side="SELL", price=None, qty=None)
    insert("arbiter_decision", decision_id=7, intent_id=7)
    insert("arbiter_decision", decision_id=8, intent_id=8, approved=False, reason="risk_veto", approved_qty="0")
    insert("order_request", order_id=7, client_order_id="seven", intent_id=7, decision_id=7, status="PARTIAL",
           outcome="NO", venue_order_id="000123", acked_ts=T0 + 12 * MS)
    for number, (trade, qty) in enumerate((("t1", "2.5"), ("t2", "4")), start=7):
        insert("order_fill", fill_id=number, order_id=7, client_order_id="seven", exchange_trade_id=trade, qty=qty,
               price="0.29", fee="0.01", event_ts=T0 + 40 * MS, outcome="NO",
               venue_order_id="renumbered")  # fills join on the client's id


def ask_postgres(url, query, **given):
    """Through psql's own :variables, with the views' schema alone on the path."""
    command = [postgres_cluster.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "--csv", url]
    for name, wanted in given.items():
        command += ["-v", f"{name}={literal(wanted, 'postgres')}"]
    told = subprocess.run(command, input="SET search_path = powerdoc;\n\\pset null null\n" + query, text=True,
                          capture_output=True, check=True)
    return [tuple(value(field) for field in line.split(",")) for line in told.stdout.splitlines()]


def value(field):
    """Numbers as numbers; an id with leading zeros is text."""
    if field == "null":
        return None
    try:
        return field if field.startswith("0") and field[1:2].isdigit() else json.loads(field)
    except json.JSONDecodeError:
        return field


def same(left, right):
    def equal(one, other):
        if isinstance(one, str) or isinstance(other, str) or None in (one, other):
            return one == other
        return abs(one - other) <= 1e-9

    return len(left) == len(right) and all(
        len(one) == len(other) and all(map(equal, one, other)) for one, other in zip(left, right))


def main():
    report = Report()
    postgres, sqlite = Postgres.new("queries"), Sqlite()
    for database in (postgres, sqlite):
        database.apply()
    rows = Rows(postgres)
    for database in (postgres, sqlite):
        fill(rows, database)
    for (name,) in sqlite.run("SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'powerdoc~_%' ESCAPE '~'"):
        sqlite.run(f"CREATE TEMP VIEW {name.removeprefix('powerdoc_')} AS SELECT * FROM main.{name}")

    for what, query, given, expected in (
            ("P-55 5.1 PnL by strategy (daily)", DAILY_PNL, {"run_id": RUN}, DAILY_EXPECTED),
            ("P-56 5.2 trace a weird trade", TRACE, {"intent_id": 7}, TRACE_EXPECTED),
            ("P-56 5.2 trace a vetoed intent", TRACE, {"intent_id": 8}, VETO_EXPECTED),
            ("P-57 5.3 execution latency", LATENCY, {"run_id": RUN}, LATENCY_EXPECTED)):
        answers = {"postgres": ask_postgres(postgres.url, query, **given),
                   "sqlite": sqlite.run(query, given)}
        if query != DAILY_PNL:  # the only one with an order
            answers = {dialect: sorted(answer, key=str) for dialect, answer in answers.items()}
        for dialect, answer in answers.items():
            report.check(same(answer, expected), f"{what}, {dialect}: {len(answer)} rows", answer)
        report.check(same(*answers.values()), f"{what}: the same within 1e-9 on both")
    return report.close(at_least=12)


if __name__ == "__main__":
    sys.exit(main())
