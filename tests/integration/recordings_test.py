"""The main job on real recordings: captures become tapes, each tape backtests with intents, vetoes and fills, twice alike."""

import gzip
import re
import sqlite3
import zipfile

import writ_program as wp

# A later day continues the one before and has no REST image: several files make one tape.
TAPES = {
    "spot_ethusdt": ["spot_ethusdt_20240808", "spot_ethusdt_20240809"],
    "usdm_btcusdt_2023": ["usdm_btcusdt_20230404"],
    "usdm_btcusdt_2024": ["usdm_btcusdt_20240718", "usdm_btcusdt_20240719"],
    "usdm_ethusdt": ["usdm_ethusdt_20240718", "usdm_ethusdt_20240719"],
}
# Where an update of the book and one of the ticker have the same id.
COINCIDENCES = {"spot_ethusdt": 1056, "usdm_btcusdt_2023": 310, "usdm_btcusdt_2024": 625, "usdm_ethusdt": 834}

KEYS = ["run_id", "events", "intents", "approved", "vetoed", "orders", "fills", "fees", "realized_pnl", "unrealized_pnl",
        "equity", "max_drawdown", "max_drawdown_fraction", "elapsed_s", "events_per_s", "incidents", "intents_hash",
        "verdicts_hash", "ledger_hash"]
DECIMAL = re.compile(r"-?\d+(\.\d+)?\Z")
HASH = re.compile(r"[0-9a-f]{64}\Z")


def captures(names):
    return [wp.data("binance_feed", "hftbacktest", f"{name}.jsonl.gz") for name in names]


def import_stream(names, tape):
    wp.writ("tape", "import", "binance-stream", *captures(names), "-o", tape)


def backtest(tape, database, *words, status=wp.OK):
    config = wp.source_tree / "examples/backtest/writ.yaml"
    # A journal of its own: the example's is one for everybody who tries it.
    return wp.writ("backtest", "--config", config, "--tape", tape, "--db", database, "--journal", tape.parent / "journal",
                   "--json", *words, status=status, timeout=300)


def decimals_of(value):
    """Money is a decimal string, or an object of them by asset."""
    return list(value.values()) if isinstance(value, dict) else [value]


class Recordings(wp.ProgramTest):
    def check_tape(self, name):
        tape = self.folder / f"{name}.tape"
        import_stream(TAPES[name], tape)
        info = wp.writ("tape", "info", tape, "--books", "--json").json
        self.assertGreater(int(info["events"]), 10_000)
        book, = info["books"]["instruments"]
        wp.figure(f"{name} tops compared", book["top_checks"])
        self.assertEqual((book["top_checks"], book["top_mismatches"], book["gaps"]), (COINCIDENCES[name], 0, 0))

        early = backtest(tape, self.folder / "first.db", "--again", status=wp.WRONG_INPUT)
        self.assert_one_line(early, "is not in the database")
        first = backtest(tape, self.folder / "first.db").json
        self.assertEqual(sorted(first), sorted(KEYS))
        for key in ("fees", "realized_pnl", "unrealized_pnl", "equity"):
            self.assertTrue(decimals_of(first[key]))
            for text in decimals_of(first[key]):
                self.assertIsInstance(text, str, key)
                self.assertRegex(text, DECIMAL, key)
        for key in ("intents_hash", "ledger_hash"):
            self.assertRegex(first[key], HASH)
        vetoes = sum(first["vetoed"].values())
        for what, count in (("events", first["events"]), ("intents", first["intents"]), ("vetoes", vetoes),
                            ("orders", first["orders"]), ("fills", first["fills"])):
            wp.figure(f"{name} {what}", count)
            self.assertGreater(count, 0, what)
        self.assertEqual(first["approved"] + vetoes, first["intents"])
        self.assertEqual(first["events"], int(info["events"]))

        second = backtest(tape, self.folder / "second.db").json
        for key in KEYS:
            if key not in ("elapsed_s", "events_per_s"):
                self.assertEqual(first[key], second[key], f"{key} of two backtests")

        for database in ("first.db", "second.db"):
            examined = self.verify_database(self.folder / database)
            for check, count in examined.items():
                self.assertGreater(count, 0, f"{check} examined nothing")
        for check, count in examined.items():
            wp.figure(f"{name} {check} examined", count)
        self.check_database(self.folder / "first.db", first)

        again = backtest(tape, self.folder / "first.db", status=wp.WRONG_INPUT)
        self.assert_one_line(again, "exists: ")
        replayed = backtest(tape, self.folder / "first.db", "--again").json
        self.assertEqual(replayed["intents_hash"], first["intents_hash"])
        with sqlite3.connect(self.folder / "first.db") as db:
            kinds = [kind for (kind,) in db.execute("SELECT run_kind FROM run ORDER BY run_number")]
        self.assertEqual(kinds, ["BACKTEST", "REPLAY"])

    def check_database(self, database, result):
        """What the report says is what the database holds."""
        with sqlite3.connect(database) as db:
            count = lambda query: db.execute(f"SELECT COUNT(*) FROM {query}").fetchone()[0]
            self.assertEqual(count("strategy_intent"), result["intents"])
            self.assertEqual(count("arbiter_decision WHERE approved = 1"), result["approved"])
            self.assertEqual(count("order_request"), result["orders"])
            self.assertEqual(count("order_fill"), result["fills"])
            run_id, = db.execute("SELECT run_id FROM run").fetchone()
            self.assertEqual(run_id, result["run_id"])

    def test_spot_ethusdt_two_days(self):
        self.check_tape("spot_ethusdt")

    def test_usdm_btcusdt_2023(self):
        self.check_tape("usdm_btcusdt_2023")

    def test_usdm_btcusdt_2024_two_days(self):
        self.check_tape("usdm_btcusdt_2024")

    def test_usdm_ethusdt_two_days(self):
        self.check_tape("usdm_ethusdt")

    def test_a_capture_without_an_image_reports_that_its_book_never_became_tradable(self):
        tape, database = self.folder / "spot_btc.tape", self.folder / "spot_btc.db"
        imported = wp.writ("tape", "import", "binance-stream", *captures(["spot_btcusdt_20230405"]), "-o", tape)
        self.assertIn("its book never became tradable", imported.out)
        result = backtest(tape, database).json
        self.assertEqual(result["fills"], 0)
        with sqlite3.connect(database) as db:
            told = db.execute("SELECT message FROM ops_event WHERE kind = 'NEVER_TRADABLE'").fetchall()
        self.assertEqual(len(told), 1, told)
        self.assertIn("BTCUSDT", told[0][0])
        wp.figure("incidents of a book that never became tradable", len(told))

    def test_another_parameter_gives_other_intents(self):
        tape = self.folder / "btc.tape"
        import_stream(TAPES["usdm_btcusdt_2023"], tape)
        example = (wp.source_tree / "examples/backtest/writ.yaml").read_text()
        changed, count = re.subn(r'order_notional: "([0-9.]+)"', r'order_notional: "9\1"', example)
        self.assertGreater(count, 0, "the example sets no order_notional")
        config = self.write("writ.yaml", changed)
        other = wp.writ("backtest", "--config", config, "--tape", tape, "--db", self.folder / "b.db", "--journal",
                        self.folder / "journal", "--json").json
        base = backtest(tape, self.folder / "a.db").json
        self.assertNotEqual(base["intents_hash"], other["intents_hash"])
        self.assertNotEqual(base["run_id"], other["run_id"])


class TradeArchives(wp.ProgramTest):
    """The archive's CSV, plain, gzip and zip, in ms and µs. Variants are generated from the recorded one."""

    def rows(self):
        path = wp.data("binance_trades", "derived_XRPETH-aggTrades-2019-10-11.csv.gz")
        with gzip.open(path, "rt") as file:
            return file.read()

    def import_trades(self, source, name):
        tape = self.folder / f"{name}.tape"
        report = wp.writ("tape", "import", "binance-aggtrades", source, "-o", tape, "--json").json
        info = wp.writ("tape", "info", tape, "--json").json
        return report, info

    def test_plain_gzip_zip_ms_and_us_are_one_tape(self):
        text = self.rows()
        lines = text.splitlines()
        header = [] if lines[0][0].isdigit() else [lines.pop(0)]
        micro = []
        for line in lines:
            fields = line.split(",")
            fields[5] += "000"
            micro.append(",".join(fields))
        micro = "\n".join(header + micro) + "\n"

        name = "XRPETH-aggTrades-2019-10-11"
        contents = []
        for unit, content in (("ms", text), ("us", micro)):
            for kind in ("plain", "gzip", "zip"):
                folder = self.folder / f"{unit}-{kind}"
                folder.mkdir()
                path = folder / (f"{name}.csv" + {"plain": "", "gzip": ".gz", "zip": ".zip"}[kind])
                if kind == "plain":
                    path.write_text(content)
                elif kind == "gzip":
                    path.write_bytes(gzip.compress(content.encode()))
                else:
                    path = folder / f"{name}.zip"
                    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                        archive.writestr(f"{name}.csv", content)
                _, info = self.import_trades(path, f"{unit}-{kind}")
                self.assertEqual(int(info["events"]), len(lines), path.name)
                contents.append(info["content_hash"])
        wp.figure("rows of an archive", len(lines))
        wp.figure("archives of the same content", len(contents))
        self.assertEqual(len(set(contents)), 1, "the content does not depend on packing and unit")


if __name__ == "__main__":
    wp.main()
