"""The golden chain: from one intent, order or fill to everything that led to it and came of it."""

import decimal

import writ_program as wp

D = decimal.Decimal


class Trace(wp.ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = wp.temporary_folder(cls)
        cls.config = cls.shared / "writ.yaml"
        cls.config.write_text(wp.paper_config())
        wp.writ("run", "--config", cls.config, "--for", "6s", timeout=60)
        cls.records = wp.dump(cls.config)
        cls.by_type = {}
        for record in cls.records:
            cls.by_type.setdefault(record["type"], []).append(record)
        cls.by_seq = {record["seq"]: record for record in cls.records}

    def trace(self, identity, *words, **how):
        return wp.writ("trace", identity, "--config", self.config, "--json", *words, **how)

    def id_of(self, record):
        return (1 << 40) + record["seq"]

    def check_decision(self, chain, intent):
        """Snapshot, features, signals, rationale and the checks with their numbers, equal to what is on record."""
        self.assertEqual(chain["intent"]["id"], str(self.id_of(intent)))
        for key, value in intent.items():
            if key != "rationale":
                self.assertEqual(chain["intent"][key], value, key)
        self.assertEqual(chain["rationale"], intent["rationale"])
        self.assertTrue(chain["rationale"])
        snapshot = self.by_seq[intent["snapshot_seq"]]
        self.assertEqual(snapshot["type"], "snapshot")
        self.assertEqual(chain["snapshot"]["seq"], snapshot["seq"])
        for key in ("bid_price", "ask_price", "position", "cash_left"):
            self.assertEqual(chain["snapshot"][key], snapshot[key], key)
        self.assertEqual(chain["features"], snapshot["features"])
        self.assertIn("mid", chain["features"])
        self.assertEqual(chain["signals"], snapshot["signals"])
        verdict, = [v for v in self.by_type["verdict"] if v["intent_id"] == chain["intent"]["id"]]
        self.assertEqual(chain["verdict"]["checks"], verdict["checks"])
        self.assertEqual(chain["verdict"]["approved"], verdict["approved"])
        self.assertGreater(len(verdict["checks"]), 0)

    def check_outcome(self, chain):
        """Each order with its transitions, its fills, and every ledger row of those."""
        order_id = chain["orders"][0]["order_id"]
        transitions = [o for o in self.by_type["order"] if o["order_id"] == order_id]
        self.assertEqual([t["seq"] for t in chain["orders"][0]["transitions"]], [o["seq"] for o in transitions])
        self.assertEqual([t["state"] for t in chain["orders"][0]["transitions"]], [o["state"] for o in transitions])
        self.assertEqual(chain["orders"][0]["state"], transitions[-1]["state"])
        fills = [f for f in self.by_type["fill"] if f["order_id"] == order_id]
        self.assertEqual([f["seq"] for f in chain["fills"]], [f["seq"] for f in fills])
        ids = {str(self.id_of(f)) for f in fills}
        entries = [e for e in self.by_type["ledger"] if e["ref_kind"] == "fill" and e["ref"] in ids]
        self.assertEqual([e["seq"] for e in chain["ledger"]], [e["seq"] for e in entries])
        trades = [t for t in self.by_type["executed_trade"] if t["fill_id"] in ids]
        self.assertEqual([t["seq"] for t in chain["executed_trades"]], [t["seq"] for t in trades])
        realized = sum((D(t["realized"]) for t in trades), D(0))
        self.assertEqual(sum((D(p["realized"]) for p in chain["pnl"].values()), D(0)), realized)
        return len(fills), len(entries)

    def test_the_same_whole_chain_from_intent_order_client_id_and_fill(self):
        fills = self.by_type["fill"]
        self.assertGreater(len(fills), 0)
        intents = {str(self.id_of(i)): i for i in self.by_type["intent"]}
        rows = 0
        with_signals = 0
        for fill in fills:
            chain = self.trace(fill["intent_id"]).json
            for other in (fill["order_id"], fill["client_order_id"], self.id_of(fill)):
                self.assertEqual(self.trace(other).json, chain)
            self.check_decision(chain, intents[fill["intent_id"]])
            of_fills, entries = self.check_outcome(chain)
            self.assertGreater(of_fills, 0)
            self.assertGreater(entries, 0)
            rows += entries
            with_signals += bool(chain["signals"])
            text = wp.writ("trace", fill["order_id"], "--config", self.config).out
            for word in ("snapshot", "intent", "rationale", "verdict", "order", "fill", "ledger"):
                self.assertRegex(text, rf"(?m)^{word}\b")
        wp.figure("fills traced", len(fills))
        wp.figure("of these with a signal in the snapshot", with_signals)
        wp.figure("ledger rows reached", rows)
        self.assertGreater(with_signals, 0)

    def test_a_veto_says_which_check_and_by_how_much(self):
        intents = {str(self.id_of(i)): i for i in self.by_type["intent"]}
        vetoes = [v for v in self.by_type["verdict"] if not v["approved"]]
        self.assertGreater(len(vetoes), 0)
        measured = 0
        for verdict in vetoes:
            chain = self.trace(verdict["intent_id"]).json
            self.check_decision(chain, intents[verdict["intent_id"]])
            self.assertEqual((chain["orders"], chain["fills"], chain["ledger"]), ([], [], []))
            failed = chain["verdict"]["failed"]
            self.assertEqual(failed["check"], verdict["detail"])
            if failed["unit"]:
                self.assertEqual(D(failed["by"]), abs(D(failed["value"]) - D(failed["limit"])))
                measured += 1
        wp.figure("vetoes traced", len(vetoes))
        wp.figure("of these with a measure", measured)
        self.assertGreater(measured, 0)

    def test_a_chain_leads_through_a_restart(self):
        across = []
        for life in range(5):  # until an order was working when the host was killed
            folder = wp.temporary_folder(self)
            config = folder / "writ.yaml"
            config.write_text(wp.paper_config())
            with wp.Host(config) as host:
                count = host.wait(lambda s: s["fills"] > 0, "a fill")["orders"]
                host.wait(lambda s: s["orders"] > count, "another order")
                host.process.kill()
                host.process.wait()
            wp.writ("run", "--config", config, "--for", "3s", timeout=60)
            later = {r["order_id"] for r in wp.dump(config, 2, "order")}
            across = sorted({r["order_id"] for r in wp.dump(config, 1, "order")} & later)
            if across:
                break
        self.assertGreater(len(across), 0, "no order outlived a crash")
        for order in across:
            chain = wp.writ("trace", order, "--config", config, "--json").json
            runs = {int(t["id"]) >> 40 for t in chain["orders"][0]["transitions"]}
            self.assertEqual(runs, {1, 2})
        wp.figure("chains that lead through a restart", len(across))

    def test_what_is_not_there_is_wrong_input(self):
        self.assert_one_line(self.trace(12345, status=None), "12345")
        self.assert_one_line(self.trace("nobody-s-order", status=None), "nobody-s-order")
        market = self.by_type["book_delta"][0]
        self.assert_one_line(self.trace(self.id_of(market), status=None), "book_delta")


if __name__ == "__main__":
    wp.main()
