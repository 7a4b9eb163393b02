"""A newcomer's first command: a clone in an empty folder, `./dev demo`, a report and the whole trace of a filled order.

Runs only with WRIT_FULL=1, as `./dev check --full` sets it: it builds everything from the start.
"""

import os
import re
import unittest

import writ_program as wp


class Newcomer(wp.ProgramTest):
    def setUp(self):
        super().setUp()
        if os.environ.get("WRIT_FULL") != "1":
            raise unittest.SkipTest("only with WRIT_FULL=1")

    def test_a_clone_and_dev_demo_show_a_report_and_a_trace(self):
        clone = self.folder / "writ"
        wp.run("git", "clone", "-q", "--depth", "1", f"file://{wp.source_tree}", clone, timeout=300)
        shown = wp.run("./dev", "demo", cwd=clone, timeout=3000, env={"WRIT_DATA": ""}).out
        report = re.search(r"(?m)^ +([\d,]+) intents: ([\d,]+) approved, ([\d,]+) vetoed", shown)
        self.assertTrue(report, shown[-3000:])
        intents, approved, vetoed = (int(n.replace(",", "")) for n in report.groups())
        orders, fills = (int(n.replace(",", "")) for n in re.search(r"(?m)^ +([\d,]+) orders, ([\d,]+) fills", shown).groups())
        for name, count in (("intents", intents), ("approved", approved), ("vetoed", vetoed), ("orders", orders), ("fills", fills)):
            wp.figure(f"demo {name}", count)
            self.assertGreater(count, 0, name)
        self.assertRegex(shown, r"vetoed \(\w+ \d+", "vetoes by reason")
        self.assertEqual(len(re.findall(r"(?m)^ +\w+: [\d,]+ intents, .* PnL -?[\d.]+ ", shown)), 2, "PnL of two strategies")
        for word in ("snapshot", "intent", "rationale", "verdict", "order", "fill", "ledger"):
            self.assertRegex(shown, rf"(?m)^{word}\b", "the trace of one filled order")
        self.assertRegex(shown, r"(?m)^order .* FILLED$")
        # Nothing the demo leaves behind is taken for a part of the project.
        self.assertEqual(wp.run("git", "status", "--porcelain", cwd=clone).out, "")


if __name__ == "__main__":
    wp.main()
