"""`writ research sweep`: the same rows whatever the threads, the memory, and however often it was killed; each as of a backtest."""

import csv
import hashlib
import json
import signal
import subprocess
import time

import capture
import damage_test
import writ_program as wp

GRID = """\
grid:
  mm: {order_notional: ["300", "400", "700"], requote_interval: [20ms, 50ms]}
  trend: {threshold: ["0.1", "0.3"]}
trials:
  - {}
  - mm: {order_notional: "900"}
"""
TRIALS = 3 * 2 * 2 + 2
MARKET_TIME = "20s"


class Sweep(wp.ProgramTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("writ.yaml", wp.paper_config())
        self.grid = self.write("grid.yaml", GRID)

    def words(self, output, *more, grid=None, market_time=MARKET_TIME):
        return ["research", "sweep", "--config", self.config, "--grid", grid or self.grid, "--for", market_time,
                "--output", self.folder / output, *more]

    def sweep(self, output, *more, grid=None, market_time=MARKET_TIME, **how):
        return wp.writ(*self.words(output, *more, grid=grid, market_time=market_time), timeout=300, **how)

    def rows(self, output):
        return [json.loads(line) for line in (self.folder / output).read_text().splitlines()]

    def part_rows(self, output):
        """Those that are whole."""
        part = self.folder / f"{output}.part"
        text = part.read_text() if part.exists() else ""
        return text[: text.rfind("\n") + 1].splitlines()[1:]


class Results(Sweep):
    def test_rows_are_the_same_on_any_number_of_threads_and_from_any_memory(self):
        kept = []
        for name, words in {"one": ["--threads", 1], "two": ["--threads", 2], "four": ["--threads", 4],
                            "read": ["--threads", 2, "--decoded-mib", 0]}.items():
            said = self.sweep(f"{name}.jsonl", *words, "--json").json
            content = (self.folder / f"{name}.jsonl").read_bytes()
            self.assertEqual(said["output_sha256"], hashlib.sha256(content).hexdigest())
            self.assertEqual(said["decoded_bytes"] == 0, name == "read")
            self.assertEqual(said["trials"], TRIALS)
            kept.append(content)
        self.assertEqual(kept.count(kept[0]), len(kept))
        rows = self.rows("one.jsonl")
        self.assertEqual([row["trial"] for row in rows], list(range(1, TRIALS + 1)))
        self.assertEqual(len({row["run_id"] for row in rows}), TRIALS)
        self.assertGreater(len({row["ledger_hash"] for row in rows}), TRIALS / 2, "parameters change nothing")
        self.assertGreater(sum(row["fills"] for row in rows), 0)
        self.assertFalse(list(self.folder.glob("*.part")))
        wp.figure("trials, each sweep", TRIALS)

    def test_a_trial_is_the_backtest_with_its_parameters(self):
        self.sweep("rows.jsonl")
        rows = self.rows("rows.jsonl")
        compared = 0
        for trial in (1, 8, TRIALS - 1, TRIALS):
            row = rows[trial - 1]
            text = wp.paper_config()
            for instance, name, was in (("mm", "order_notional", '"500"'), ("mm", "requote_interval", '"20ms"'),
                                        ("trend", "threshold", '"0.1"')):
                value = row["parameters"].get(instance, {}).get(name)
                if value is not None:
                    self.assertEqual(text.count(f"{name}: {was}"), 1)
                    text = text.replace(f"{name}: {was}", f'{name}: "{value}"')
            config = self.write("one.yaml", text)
            result = wp.writ("backtest", "--config", config, "--for", MARKET_TIME, "--journal", self.folder / f"journal-{trial}",
                             "--db", self.folder / f"{trial}.db", "--json", timeout=120).json
            for timing in ("elapsed_s", "events_per_s"):
                del result[timing]
            self.assertEqual(result, {name: row[name] for name in result})
            for name in ("intents_hash", "verdicts_hash", "ledger_hash", "max_drawdown", "run_id"):
                self.assertIn(name, result)
            compared += 1
        wp.figure("trials compared with a backtest of their own", compared)

    def test_a_tape_is_decoded_once_or_read_by_each_trial(self):
        text = self.write("made.jsonl", capture.Capture(steps=3000).text())
        wp.writ("tape", "import", "binance-stream", text, "-o", self.folder / "made.tape")
        config = self.write("tape.yaml", damage_test.BACKTEST)
        grid = self.write("tape-grid.yaml", 'grid: {mm: {order_notional: ["500", "600", "700", "800"]}}\n')
        for name, mebibytes in (("decoded", 64), ("read", 0)):
            wp.writ("research", "sweep", "--config", config, "--grid", grid, "--tape", self.folder / "made.tape",
                    "-o", self.folder / name, "--threads", 2, "--decoded-mib", mebibytes)
        self.assertEqual((self.folder / "decoded").read_bytes(), (self.folder / "read").read_bytes())
        result = wp.writ("backtest", "--config", config, "--tape", self.folder / "made.tape", "--json").json
        self.assertGreater(result["intents"], 0)
        self.assertEqual(result["ledger_hash"], self.rows("decoded")[0]["ledger_hash"])

    def test_a_plugin_that_refuses_its_parameters_is_a_row(self):
        grid = self.write("refused.yaml", "grid: {mm: {model: [glft, other, as]}}\n")
        self.sweep("rows.jsonl", grid=grid)
        first, second, third = self.rows("rows.jsonl")
        self.assertRegex(second["refused"], "^mm: init failed")
        self.assertNotIn("ledger_hash", second)
        self.assertNotIn("refused", {**first, **third})

    def test_csv_has_a_column_for_each_value(self):
        self.sweep("rows.jsonl")
        self.sweep("rows.csv")
        with open(self.folder / "rows.csv", newline="") as file:
            table = list(csv.DictReader(file))
        self.assertEqual(len(table), TRIALS)
        for row, cells in zip(self.rows("rows.jsonl"), table):
            self.assertEqual(cells["trial"], str(row["trial"]))
            self.assertEqual(cells["equity.USDT"], row["equity"]["USDT"])
            self.assertEqual(cells["parameters.mm.order_notional"], row["parameters"].get("mm", {}).get("order_notional", ""))
            self.assertEqual(cells["ledger_hash"], row["ledger_hash"])

    def test_journals_are_kept_where_asked_and_can_be_recomputed(self):
        self.sweep("plain.jsonl")
        said = self.sweep("rows.jsonl", "--keep-journals", self.folder / "journals", "--threads", 3, "--json").json
        self.assertEqual((self.folder / "rows.jsonl").read_bytes(), (self.folder / "plain.jsonl").read_bytes())
        self.assertEqual(wp.journal_runs(self.folder / "journals"), list(range(1, said["trials"] + 1)))
        for trial in (2, TRIALS):
            verified = wp.writ("replay", trial, "--journal", self.folder / "journals", "--verify", "--json", timeout=120).json
            self.assertTrue(verified["equal"], verified)
            hashes = wp.writ("replay", trial, "--journal", self.folder / "journals", "--hash", "--json").json
            self.assertEqual(hashes["ledger_hash"], self.rows("rows.jsonl")[trial - 1]["ledger_hash"])
        again = self.sweep("again.jsonl", "--keep-journals", self.folder / "journals", status=None)
        self.assert_one_line(again, "run-000001", "no journal of this sweep")


class Ended(Sweep):
    def start(self, output, *more):
        """The sweep in a process of its own, once three more of its trials have ended."""
        wanted = len(self.part_rows(output)) + 3
        words = [str(word) for word in (wp.program, *self.words(output, "--threads", 2, *more))]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + wp.seconds(120)
        while len(self.part_rows(output)) < wanted and process.poll() is None:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.002)
        return process

    def test_a_killed_one_goes_on_where_it_was(self):
        whole = self.sweep("whole.jsonl")
        for round_number, more in enumerate(([], ["--keep-journals", self.folder / "journals"])):
            name = f"killed{round_number}.jsonl"
            kills = 0
            while kills < 3:
                process = self.start(name, *more)
                if process.poll() is not None:
                    break
                process.kill()
                process.communicate()
                kills += 1
                before = {json.loads(row)["trial"]: row for row in self.part_rows(name)}
                with open(self.folder / f"{name}.part", "a") as part:  # as if it had died while it wrote
                    part.write('{"config_hash":"')
            self.assertGreater(kills, 0, "too quick to be killed")
            if not (self.folder / name).exists():
                said = self.sweep(name, *more, "--json").json
                self.assertEqual(said["trials_ended_before"], len(before))
            lines = (self.folder / name).read_text().splitlines()
            for trial, row in before.items():
                self.assertEqual(lines[trial - 1], row)
            self.assertEqual((self.folder / name).read_bytes(), (self.folder / "whole.jsonl").read_bytes())
            wp.figure("kills of a sweep", kills)
        self.assertIn(f"{TRIALS} trials", whole.out)

    def test_one_asked_to_end_says_so_and_goes_on(self):
        process = self.start("rows.jsonl")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=wp.seconds(60))
        self.assertEqual(process.returncode, wp.FAILED)
        self.assertRegex(said, rf"ended with \d+ of {TRIALS} trials; the same command goes on")
        self.assertFalse((self.folder / "rows.jsonl").exists())
        self.sweep("rows.jsonl")
        self.assertEqual(len(self.rows("rows.jsonl")), TRIALS)

    def test_progress_is_lines_where_there_is_no_terminal(self):
        said = self.sweep("rows.jsonl").err.splitlines()
        self.assertEqual(said[-1], f"writ: {TRIALS} of {TRIALS} trials")
        self.assertLessEqual(len(said), 10)


class Refused(Sweep):
    def refuse(self, grid, *parts, output="rows.jsonl", **how):
        self.assert_one_line(self.sweep(output, grid=self.write("wrong.yaml", grid), status=None, **how), *parts)
        self.assertFalse(list(self.folder.glob("rows.*")), "something was begun")

    def test_parameters_are_checked_before_the_first_trial(self):
        self.refuse('grid: {mm: {gama: ["0.1"]}}\n', r'wrong\.yaml:1:13: .*no parameter "gama", did you mean "gamma"')
        self.refuse('grid:\n  mm:\n    gamma: ["0.1", "0,2"]\n', r'wrong\.yaml:3:20: .*"gamma": "0,2" is not a decimal')
        self.refuse("grid: {mm: {gamma: [0.1]}}\n", r"wrong\.yaml:1:21: .*in quotes")
        self.refuse('grid: {tend: {threshold: ["0.1"]}}\n', r'wrong\.yaml:1:\d+: no signal or strategy "tend", did you mean "trend"')
        self.refuse('grid: {mm: {gamma: ["-1"]}}\n', r'wrong\.yaml:1:21: .*"-1" is below the minimum')
        self.refuse('grid: {mm: {gamma: ["0.1", "0.10"]}}\n', r"wrong\.yaml:1:28: trial 2 is the same as trial 1")
        self.refuse("grid: [\n", r"wrong\.yaml:\d+:\d+: ")

    def test_other_wrong_input(self):
        self.assert_one_line(wp.writ("research", "sweep", "--config", self.config, "--grid", self.grid, "-o", self.folder / "x",
                                     status=None), "--for")
        self.assert_one_line(self.sweep("x", "--threads", 0, status=None), "--threads")
        self.assert_one_line(self.sweep("x", grid=self.folder / "none.yaml", status=None), r"none\.yaml")
        self.sweep("done.jsonl")
        self.assert_one_line(self.sweep("done.jsonl", status=None), r"done\.jsonl: is there already")
        (self.folder / "other.jsonl.part").write_text('{"sweep":"0","trials":14}\n')
        self.assert_one_line(self.sweep("other.jsonl", status=None), r"other\.jsonl\.part: .*another sweep")


if __name__ == "__main__":
    wp.main()
