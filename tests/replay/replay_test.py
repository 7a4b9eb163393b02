"""A recorded run is computed again: equal, or the first record that differs is named."""

import collections
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
import writ_program as wp  # noqa: E402

PULSE = """\
strategies:
  - name: pulse
    plugin: test.pulse
    account: main
    instruments: [sim/ETHUSDT]
"""


class Replay(wp.ProgramTest):
    def record(self, config_text, **how):
        config = self.write("writ.yaml", config_text)
        wp.writ("run", "--config", config, "--for", "3s", timeout=60, **how)
        self.assertEqual(wp.journal_runs(self.folder / "journal"), [1])
        return config

    def replay(self, config, *words, run=1, status=wp.OK):
        return wp.writ("replay", run, "--verify", "--config", config, "--json", *words, status=status, timeout=120)

    def difference_of(self, done):
        """The first record that differs, as the report names it."""
        difference = done.json["first_difference"]
        self.assertGreater(int(difference["seq"]), 0, done)
        self.assertEqual(len(difference["text"].splitlines()), 1, done)
        return int(difference["seq"]), difference["text"]

    def derived_types(self):
        """Names of the types that are derived, from the catalogue that the format's document quotes."""
        text = (wp.source_tree / "sdk/include/writ/abi/record.h").read_text()
        return {name.lower() for name, number in re.findall(r"WRIT_RECORD_(\w+) = (\d+)", text) if int(number) >= 1000}

    def test_a_paper_run_is_equal_and_says_what_it_compared(self):
        config = self.record(wp.paper_config())
        report = self.replay(config).json
        self.assertTrue(report["equal"])
        compared = report["compared"]
        for kind in ("snapshot", "signal", "intent", "verdict", "order", "ledger", "portfolio", "executed_trade"):
            wp.figure(f"compared {kind} records", compared.get(kind, 0))
            self.assertGreater(compared.get(kind, 0), 0, kind)
        # Against the journal itself: nothing derived was left out but the checkpoint that a run begins with.
        records = wp.dump(config)
        recorded = collections.Counter(record["type"] for record in records)
        opening = next(r for r in records if r["type"] == "checkpoint")
        recorded["checkpoint"] -= opening["parts"]
        for kind, count in compared.items():
            self.assertEqual(recorded[kind], count, kind)
        derived = self.derived_types()
        self.assertEqual({k for k in recorded if k in derived and recorded[k] > 0}, set(compared))
        self.assertEqual(report["different_build"], [])

    def test_a_run_that_continued_another_is_equal(self):
        config = self.record(wp.paper_config())
        wp.writ("run", "--config", config, "--for", "2s", timeout=60)
        for run in (1, 2):
            report = self.replay(config, run=run).json
            self.assertTrue(report["equal"], run)

    def test_a_changed_parameter_differs(self):
        text = wp.paper_config()
        config = self.record(text)
        changed = self.write("changed.yaml", text.replace('order_notional: "500"', 'order_notional: "501"'))
        done = self.replay(config, "--with-config", changed, status=wp.FAILED)
        self.assertFalse(done.json["equal"])
        seq, line = self.difference_of(done)
        wp.figure("first record a parameter changed", seq)
        self.assertRegex(line.lower(), "intent|snapshot|order")

    def test_a_changed_build_differs_and_says_so(self):
        plugins = self.folder / "plugins"
        plugins.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/pulse_10.so", plugins / "pulse.so")
        text = wp.paper_config(PULSE, dirs=[plugins])
        config = self.record(text)
        self.assertTrue(self.replay(config).json["equal"])
        other = self.folder / "other"
        other.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/pulse_11.so", other / "pulse.so")
        done = self.replay(config, "--plugins", other, status=wp.FAILED)
        self.assertFalse(done.json["equal"])
        self.assertEqual(done.json["different_build"], ["plugin test.pulse"])
        seq, line = self.difference_of(done)
        self.assertRegex(line.lower(), "intent|snapshot")
        wp.figure("first record another build changed", seq)

    def test_an_altered_input_record_differs_after_that_record(self):
        config = self.record(wp.paper_config())
        places = 3
        for case in range(places):
            copy = self.folder / f"altered-{case}"
            shutil.copytree(self.folder / "journal/objects", copy / "objects")
            share = self.random.uniform(0.3, 0.7)
            told = wp.run(wp.tool("altered_copy"), self.folder / "journal/run-000001", copy, share).json
            text = (self.folder / "writ.yaml").read_text().replace("dir: journal", f"dir: altered-{case}")
            changed = self.write(f"altered-{case}.yaml", text)
            wp.verify_journal(changed, copy)
            done = self.replay(changed, status=wp.FAILED)
            self.assertFalse(done.json["equal"])
            seq, _ = self.difference_of(done)
            self.assertGreater(seq, told["altered"])
        wp.figure("altered input records found", places)

    def test_hash_is_stable_and_depends_on_the_run(self):
        config = self.record(wp.paper_config())
        first = wp.writ("replay", 1, "--hash", "--config", config, "--json").json
        self.assertEqual(first, wp.writ("replay", 1, "--hash", "--config", config, "--json").json)

    def test_a_run_that_is_not_there_is_wrong_input(self):
        config = self.record(wp.paper_config())
        self.assert_one_line(self.replay(config, run=77, status=wp.WRONG_INPUT), "77")


if __name__ == "__main__":
    wp.main()
