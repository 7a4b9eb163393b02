"""A paper run judged again: by its own rules every verdict is the recorded one; by tighter ones each change is told."""

import decimal

import writ_program as wp

D = decimal.Decimal


class Rearbitrate(wp.ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = wp.temporary_folder(cls)
        cls.config = cls.shared / "writ.yaml"
        cls.config.write_text(wp.paper_config())
        wp.writ("run", "--config", cls.config, "--for", "6s", timeout=60)

    def judge(self, rules, *words, **how):
        return wp.writ("rearbitrate", "1", "--config", self.config, "--risk", rules, *words, **how)

    def rules(self, text):
        file = wp.temporary_folder(self) / "rules.yaml"
        file.write_text(text)
        return file

    def test_its_own_rules_reproduce_every_verdict(self):
        result = self.judge(self.config, "--json").json
        self.assertGreater(result["intents"], 0)
        self.assertGreater(result["recorded"]["fills"], 0)
        self.assertEqual(result["identical"], result["intents"])
        self.assertEqual((result["otherwise"], result["not_made"], result["changed"]), (0, 0, []))
        self.assertEqual(result["recorded"], result["other"])
        wp.figure("verdicts reproduced byte for byte", result["identical"])

    def test_tighter_rules_list_each_changed_verdict_and_what_it_comes_to(self):
        tighter = self.rules('risk: {position_max: "2", price_band: "0.02", open_orders_max: 1, order_rate_max: 1, '
                             'order_rate_window: 2s}\n')
        result = self.judge(tighter, "--json").json
        self.assertGreater(result["otherwise"], 0)
        self.assertEqual(len(result["changed"]), result["otherwise"])
        recorded = {v["intent_id"]: v for v in wp.dump(self.config, 1, "verdict")}
        for change in result["changed"]:
            there, now = recorded[change["intent_id"]], change["other"]
            self.assertEqual(there["detail"], change["recorded"]["detail"])
            self.assertNotEqual((there["approved"], there["reason"], there["detail"], there["quantity"]),
                                (now["approved"], now["reason"], now["detail"], now["quantity"]))
        self.assertLess(result["other"]["fills"], result["recorded"]["fills"])
        # Equity is what was paid in and every result since: that of the other rules adds up, too.
        for side in ("recorded", "other"):
            pnl = sum(D(r["pnl"]) for r in result[side]["results"] if r["asset"] == "USDT")
            start = {"recorded": None, "other": None}
            start[side] = D(result[side]["equity"]["main"]) - pnl
            self.assertGreater(start[side], 0)
        starts = [D(result[s]["equity"]["main"]) - sum(D(r["pnl"]) for r in result[s]["results"]) for s in ("recorded", "other")]
        self.assertEqual(starts[0], starts[1])
        wp.figure("verdicts changed by tighter rules", result["otherwise"])
        text = self.judge(tighter).out
        self.assertIn("decided otherwise", text)
        self.assertIn("risk_veto", text)
        self.assertIn("equity main", text)

    def test_what_is_no_rule_book_is_wrong_input(self):
        self.assert_one_line(self.judge(self.rules("mode: paper\n"), status=None), "risk")
        self.assert_one_line(self.judge(self.rules("risk: {position_max: 2}\n"), status=None), "position_max")
        self.assert_one_line(self.judge(self.shared / "none.yaml", status=None), "none.yaml")
        self.assert_one_line(wp.writ("rearbitrate", "1", "--config", self.config, status=None), "--risk")


if __name__ == "__main__":
    wp.main()
