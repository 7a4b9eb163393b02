"""One backtest, both databases: the same contents, the same hashes as the journal, the same answers."""

import sqlite3

import postgres_program as pp
import writ_program as wp
from document_queries import DAILY_PNL, LATENCY, TRACE

TOLERANCE = 1e-9
NULL = "<null>"


class Equality(pp.PostgresTest):
    def ask_postgres(self, url, sql, **values):
        script = self.write("query.sql", sql)
        words = [word for name, value in values.items() for word in ("-v", f"{name}={value}")]
        done = pp.psql(url, "-A", "-t", "-F", "\x1f", "-P", f"null={NULL}", *words, "-f", script,
                       env={"PGOPTIONS": "-c search_path=powerdoc"})
        return [[None if text == NULL else text for text in line.split("\x1f")] for line in done.out.splitlines()]

    def ask_sqlite(self, path, sql, **values):
        with sqlite3.connect(path) as database:
            views = database.execute("SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'powerdoc_%'").fetchall()
            for (view,) in views:
                database.execute(f"CREATE TEMP VIEW {view.removeprefix('powerdoc_')} AS SELECT * FROM main.{view}")
            return database.execute(sql, {name: value.strip("'") for name, value in values.items()}).fetchall()

    def assert_same_answer(self, url, path, sql, **values):
        """Row by row; numbers within the tolerance. How many values that were."""
        there, here = self.ask_postgres(url, sql, **values), self.ask_sqlite(path, sql, **values)
        self.assertEqual(len(there), len(here), f"{sql}\n{there}\n{here}")
        if "ORDER BY" not in sql:
            there, here = (sorted(rows, key=lambda row: [str(row[i]) for i in keys_of(sql)]) for rows in (there, here))
        for theirs, ours in zip(there, here):
            for text, value in zip(theirs, ours, strict=True):
                if isinstance(value, (int, float)):
                    self.assertLessEqual(abs(float(boolean(text)) - value), TOLERANCE, f"{theirs}\n{ours}")
                else:
                    self.assertEqual(text, value, f"{theirs}\n{ours}")
        return sum(len(row) for row in here)

    def check_equal(self, name, config, *words):
        """Backtests into both and compares them."""
        sqlite, url = self.folder / "run.db", self.server.make_database()
        results = {}
        for kind, database in (("sqlite", sqlite), ("postgres", url)):
            results[kind] = wp.writ("backtest", "--config", config, "--db", database, "--journal", self.folder / kind, "--json", *words,
                                    timeout=600).json
        for key in ("run_id", "intents_hash", "ledger_hash", "intents", "orders", "fills"):
            self.assertEqual(results["sqlite"][key], results["postgres"][key], key)
        for count in ("intents", "orders", "fills"):
            wp.figure(f"{name}: {count}", results["sqlite"][count])
            self.assertGreater(int(results["sqlite"][count]), 0)

        dumped = {kind: wp.writ("db", "dump", "--hash", "--db", database, "--json", timeout=600).json
                  for kind, database in (("sqlite", sqlite), ("postgres", url))}
        rows = {kind: {table["table"]: (table["rows"], table["sha256"]) for table in said["tables"]} for kind, said in dumped.items()}
        self.assertEqual(rows["sqlite"], rows["postgres"])
        self.assertEqual(dumped["sqlite"]["sha256"], dumped["postgres"]["sha256"])
        wp.figure(f"{name}: rows with equal hashes", sum(count for count, _ in rows["sqlite"].values()))

        frames, _ = rows["sqlite"]["raw_event"]
        wp.figure(f"{name}: raw frames in the replay hash", frames)
        self.assertGreater(frames, 0)
        places = (("--journal", self.folder / "sqlite"), ("--db", sqlite), ("--db", url))
        hashes = [wp.writ("replay", 1, "--hash", "--json", *place, timeout=300).json["replay_hash"] for place in places]
        self.assertEqual(len(set(hashes)), 1, f"journal, SQLite and PostgreSQL: {hashes}")

        run_id = f"'{results['sqlite']['run_id']}'"
        values = self.assert_same_answer(url, sqlite, DAILY_PNL, run_id=run_id)
        values += self.assert_same_answer(url, sqlite, LATENCY, run_id=run_id)
        self.assertGreater(values, 0)
        filled = pp.query(url, "SELECT intent_id FROM order_request JOIN order_fill USING (order_id) GROUP BY 1 ORDER BY 1 LIMIT 20")
        vetoed = pp.query(url, "SELECT intent_id FROM arbiter_decision WHERE NOT approved ORDER BY 1 LIMIT 5")
        self.assertGreater(len(filled), 0)
        for (intent,) in filled + vetoed:
            values += self.assert_same_answer(url, sqlite, TRACE, intent_id=intent)
        wp.figure(f"{name}: values of the three queries compared", values)

    def test_a_generated_market(self):
        config = self.host_config(self.server.cluster.url).rename(self.folder / "backtest.yaml")
        config.write_text(config.read_text().replace("mode: paper", "mode: backtest", 1))
        self.check_equal("generated market", config, "--for", "30s")

    def test_a_recorded_market(self):
        captures = [wp.data("binance_feed", "hftbacktest", f"spot_ethusdt_{day}.jsonl.gz") for day in ("20240808", "20240809")]
        tape = self.folder / "eth.tape"
        wp.writ("tape", "import", "binance-stream", *captures, "-o", tape)
        self.check_equal("recorded market", wp.source_tree / "examples/backtest/writ.yaml", "--tape", tape)


def keys_of(sql):
    """What tells the rows of an unordered answer apart."""
    return (0,) if sql == LATENCY else (0, 9, 14)


def boolean(text):
    """SQLite has no truth values but 0 and 1."""
    return {"t": 1, "f": 0}.get(text, text)


if __name__ == "__main__":
    wp.main()
