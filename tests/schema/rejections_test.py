"""Every row and statement the schema must refuse is refused, by what it should be, and its neighbour taken."""
import sys

from databases import Attempt, Postgres, Refused, Sqlite
from refusals import says
from rejections import FINAL, IMPLIED, RULES, Catalogue
from report import Report
from rows import BACKTEST, KILLED, NEXT, RUN, TABLES, Rows

MUTABLE = ["run", "run_context", "order_request", "bracket_trade", "portfolio_hourly_state", "risk_hourly_state",
           "position_hourly_state", "phase_metric", "projection_checkpoint", "model_version", "config_kv"]


class Trial:
    def __init__(self, database, rows, report):
        self.database, self.rows, self.report = database, rows, report
        self._taken = set()
        self.refused_by = set()

    def refusal(self, action):
        """The words of the refusal of `action`, or None; nothing of it stays."""
        with Attempt(self.database):
            try:
                action()
            except Refused as refused:
                return str(refused)
        return None

    def row(self, table, changes, refusal, neighbour=None):
        words = self.refusal(lambda: self.rows.insert(self.database, table, self.rows.row(table, changes, other=True)))
        told = self.database.dialect
        text = f"{told} {table} {self._brief(changes)}: {refusal.name}"
        if words is None or not refusal.told(told, words):
            self.report.fail(f"{text}: {words or 'taken'}")
        elif self._takes(table, neighbour or {}, text):
            self.refused_by.add(refusal.name)
            self.report.ok(text)

    @staticmethod
    def _brief(changes):
        return " ".join(f"{key}={str(value)[:40]}" for key, value in changes.items())

    def _takes(self, table, neighbour, text):
        key = (table, repr(neighbour))
        if key not in self._taken:
            words = self.refusal(
                lambda: self.rows.insert(self.database, table, self.rows.row(table, neighbour, other=True)))
            if words is not None:
                self.report.fail(f"{text}: its neighbour {self._brief(neighbour)} is refused too: {words}")
                return False
            self._taken.add(key)
        return True

    def statement(self, sql, refusal):
        words = self.refusal(lambda: self.database.run(sql))
        text = f"{self.database.dialect} {sql[:70]}: {refusal.name}"
        self.report.check(words is not None and refusal.told(self.database.dialect, words), text, words or "taken")

    def taken(self, sql):
        words = self.refusal(lambda: self.database.run(sql))
        self.report.check(words is None, f"{self.database.dialect} takes {sql[:70]}", words)


def append_only_tables(postgres):
    return [table for (table,) in postgres.run("""
        SELECT relname FROM pg_trigger g JOIN pg_class t ON t.oid = tgrelid
        WHERE tgname = 'trg_' || relname || '_append_only' AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1""")]


def append_only(trial, tables):
    is_lite = trial.database.dialect == "sqlite"

    def kept(table, operation):
        return says(f"append-only violation on table {table}, operation {operation} is not allowed")

    for table in tables:
        # A trade is in its month.
        place = "agg_trades_202601" if table == "agg_trade" and not is_lite else table
        row = trial.rows.row(table)
        column = next(iter(row))
        trial.statement(f"UPDATE {table} SET {column} = {column}", kept(place, "UPDATE"))
        trial.statement(f"DELETE FROM {table}", kept(place, "DELETE"))
        if is_lite:
            for verb in ("INSERT OR REPLACE", "REPLACE"):
                words = trial.refusal(lambda: trial.rows.insert(trial.database, table, row, verb))
                trial.report.check(words is not None and kept(table, "DELETE").told("sqlite", words),
                                   f"sqlite {verb} INTO {table}", words or "taken")
            trial.statement(f"UPDATE OR REPLACE {table} SET {column} = {column}", kept(table, "UPDATE"))
        else:
            trial.statement(f"TRUNCATE {table} CASCADE", kept(table, "TRUNCATE"))
            if place != table:
                trial.statement(f"TRUNCATE {place}", kept(place, "TRUNCATE"))


def kill_switch(trial):
    killed = f"WHERE run_id = '{KILLED}'"
    for status in ("STARTED", "COMPLETED", "FAILED", "PENDING"):
        trial.statement(f"UPDATE run SET status = '{status}' {killed}", says(FINAL))
    trial.statement(f"DELETE FROM run {killed}", says(FINAL))
    trial.taken(f"UPDATE run SET notes = 'seen' {killed}")
    trial.taken(f"UPDATE run SET status = 'KILLED' WHERE run_id = '{RUN}'")
    # A working order of a killed run is cancelled.
    rows, database = trial.rows, trial.database
    words = trial.refusal(lambda: (
        rows.insert(database, "order_request", rows.row("order_request", {}, other=True)),
        database.run(f"UPDATE run SET status = 'KILLED' WHERE run_id = '{RUN}'"),
        database.run("UPDATE order_request SET status = 'CANCELLED' WHERE order_id = 2")))
    trial.report.check(words is None, f"{database.dialect} cancels an order of a killed run", words)
    if database.dialect == "sqlite":
        row = rows.row("run", {"run_id": KILLED, "status": "COMPLETED"})
        words = trial.refusal(lambda: rows.insert(database, "run", row, "INSERT OR REPLACE"))
        trial.report.check(words == FINAL, "sqlite INSERT OR REPLACE of a killed run", words or "taken")


def main():
    report = Report()
    postgres, sqlite = Postgres.new("rejections"), Sqlite()
    postgres.apply()
    sqlite.apply()
    rows = Rows(postgres)
    for database in (postgres, sqlite):
        rows.fill(database)
    catalogue = Catalogue(postgres, rows)
    cases = RULES + list(catalogue.cases())
    tables = append_only_tables(postgres)

    for database in (postgres, sqlite):
        trial = Trial(database, rows, report)
        for case in cases:
            trial.row(*case)
        append_only(trial, tables)
        kill_switch(trial)
        for table in MUTABLE:
            report.check(table not in tables, f"{table} may change")
            column = next(iter(rows.row(table)))
            trial.taken(f"UPDATE {table} SET {column} = {column}")
        untried = catalogue.check_names() - trial.refused_by - IMPLIED.keys()
        report.check(not untried, f"{database.dialect} every CHECK has refused something", sorted(untried))
    return report.close(at_least=2 * 130)


if __name__ == "__main__":
    sys.exit(main())
