"""`--trace-latency`: how long each stage took, in the report, the status, the journal and the database; and nothing else changes."""

import sqlite3

import writ_program as wp

# Of a run by the clock there is one before them; an order's way to a network is the live test's.
STAGES = ["sequenced", "snapshot", "strategy", "journal", "verdict", "gateway", "tick_to_order"]


class Traced(wp.ProgramTest):
    def assert_stages(self, stages, expected=STAGES):
        self.assertEqual([stage["stage"] for stage in stages], expected)
        for stage in stages:
            self.assertGreater(stage["count"], 0, stage)
            self.assertLessEqual(stage["p50_ns"], stage["p99_ns"])
            self.assertLessEqual(stage["p99_ns"], stage["p999_ns"])
            self.assertLessEqual(stage["p999_ns"], stage["max_ns"])
            self.assertGreater(stage["max_ns"], 0)
        counts = {stage["stage"]: stage["count"] for stage in stages}
        self.assertEqual(counts["tick_to_order"], counts["gateway"])
        return counts

    def test_a_backtest_is_the_same_with_and_without(self):
        config = self.write("writ.yaml", wp.paper_config())
        results = []
        for name, words in (("plain", []), ("traced", ["--trace-latency"])):
            results.append(wp.writ("backtest", "--config", config, "--for", "20s", "--journal", self.folder / name,
                                   "--db", self.folder / f"{name}.db", "--json", *words, timeout=120).json)
        plain, traced = results
        self.assertNotIn("stages", plain)
        counts = self.assert_stages(traced.pop("stages"))
        for timing in ("elapsed_s", "events_per_s"):
            del plain[timing], traced[timing]
        self.assertEqual(plain, traced)
        self.assertEqual(counts["verdict"], traced["approved"] + sum(traced["vetoed"].values()))
        self.assertLessEqual(counts["journal"], traced["intents"])  # those of warm-up are on record too
        self.assertGreaterEqual(counts["sequenced"], traced["events"])
        said = wp.writ("backtest", "--config", config, "--for", "5s", "--journal", self.folder / "said", "--db",
                       self.folder / "said.db", "--trace-latency", timeout=120).out
        for stage in STAGES:
            self.assertRegex(said, rf"(?m)^  {stage}\s+\d+\s+\d+")
        wp.figure("intents whose stages were measured", counts["journal"])

    def test_a_running_host_shows_and_keeps_them(self):
        config = self.write("writ.yaml", wp.paper_config())
        with wp.Host(config, "--trace-latency") as host:
            self.assert_stages(host.wait(lambda status: len(status["stages"]) > len(STAGES), "an order")["stages"],
                               ["received", *STAGES])
            shown = wp.writ("status", "--journal", host.journal).out
            self.assertRegex(shown, r"(?m)^  tick_to_order\s+\d+")
            host.stop()
        with sqlite3.connect(self.folder / "run.db") as database:
            kept = dict(database.execute("SELECT instance, SUM(calls) FROM plugin_stat GROUP BY instance"))
        for stage in STAGES:
            self.assertGreater(kept.get(f"stage.{stage}", 0), 0, kept)
        self.assertGreater(kept["mm"], 0)
        self.assertTrue(wp.writ("replay", 1, "--config", config, "--verify", "--json", timeout=120).json["equal"])
        self.verify_database(self.folder / "run.db")
        with wp.Host(config) as host:  # without it again: the run goes on all the same
            self.assertNotIn("stages", host.wait_ready())
            host.stop()


if __name__ == "__main__":
    wp.main()
