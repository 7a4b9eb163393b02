"""Latencies from a recording: they move what a backtest does, are part of what it is, and stay with its run."""

import sys

import writ_program as wp


class RecordedLatency(wp.ProgramTest):
    def generate(self, *words):
        script = wp.source_tree / "examples/latency/generate.py"
        return wp.run(sys.executable, "-B", script, "--seconds", 20, *words).out

    def config(self, latency_file=None):
        more = "" if latency_file is None else f"paper: {{latency_file: {latency_file}}}\n"
        return self.write("writ.yaml", wp.paper_config(more=more).replace("mode: paper", "mode: backtest"))

    def backtest(self, config, journal, **how):
        return wp.writ("backtest", "--config", config, "--for", "10s", "--db", self.folder / f"{journal}.db",
                       "--journal", self.folder / journal, "--json", **how)

    def manifest(self, journal):
        started, = wp.writ("journal", "dump", 1, "--journal", self.folder / journal, "--type", "run_started",
                           "--json").lines
        return started["manifest"]

    def test_a_backtest_with_it_repeats_and_differs_from_one_without(self):
        self.write("latency.csv", self.generate())
        constant = self.backtest(self.config(), "constant").json
        first = self.backtest(self.config("latency.csv"), "first").json
        second = self.backtest(self.config("latency.csv"), "second").json
        self.assertEqual(first["ledger_hash"], second["ledger_hash"])
        self.assertEqual(first["run_id"], second["run_id"])
        self.assertNotEqual(first["ledger_hash"], constant["ledger_hash"])
        self.write("latency.csv", self.generate("--seed", 2))
        other = self.backtest(self.config("latency.csv"), "other").json
        self.assertNotEqual(other["run_id"], first["run_id"])
        wp.figure("fills at recorded latencies", first["fills"])

    def test_a_recomputation_needs_no_file(self):
        file = self.write("latency.csv", self.generate("--lost", 5))
        config = self.config("latency.csv")
        self.backtest(config, "kept")
        self.assertRegex(self.manifest("kept")["latency_hash"], "^[0-9a-f]{64}$")
        file.unlink()
        verified = wp.writ("replay", 1, "--journal", self.folder / "kept", "--verify", "--resimulate", "--json").json
        self.assertTrue(verified["equal"], verified)

    def test_a_wrong_line_is_named(self):
        self.write("latency.csv", "# three times\n10,20,30\n9,20,30\n")
        wrong = self.backtest(self.config("latency.csv"), "wrong", status=None)
        self.assert_one_line(wrong, r"latency\.csv:3:1: not sorted by request time")
        missing = self.backtest(self.config("none.csv"), "missing", status=None)
        self.assert_one_line(missing, r"none\.csv")


if __name__ == "__main__":
    wp.main()
