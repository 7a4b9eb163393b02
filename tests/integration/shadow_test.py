"""A candidate beside the account's strategies, from outside: what it does stays apart, and a reload promotes it."""

import sqlite3

import writ_program as wp

CANDIDATE = """\
  - name: wider
    plugin: writ.market_maker
    account: main
    shadow: true
    instruments: [sim/BTCUSDT]
    params: {order_notional: "500", inventory_max: "2500", requote_interval: "10ms", retry_after: "100ms", fee_cover: "0"}
"""


def watched(**how):
    return wp.paper_config(wp.STRATEGIES + CANDIDATE, **how)


class Shadow(wp.ProgramTest):
    def start(self, text):
        self.config = self.write("writ.yaml", text)
        return wp.Host(self.config)

    def verify_run(self, number):
        wp.writ("replay", str(number), "--verify", "--resimulate", "--config", self.config, timeout=120)

    def backtest(self, name, text):
        config = self.write(f"{name}/writ.yaml", text)
        return wp.writ("backtest", "--config", config, "--for", "60s", "--json", timeout=120).json

    def test_the_main_book_is_the_same_with_and_without_it(self):
        (self.folder / "alone").mkdir()
        (self.folder / "watched").mkdir()
        alone = self.backtest("alone", wp.paper_config())
        beside = self.backtest("watched", watched())
        for key in ("fees", "realized_pnl", "unrealized_pnl", "equity"):
            self.assertEqual(alone[key], beside[key], key)
        self.assertNotIn("shadow", alone)
        self.assertGreater(beside["shadow"]["fills"], 0)
        self.assertEqual(beside["fills"] - beside["shadow"]["fills"], alone["fills"])
        wp.figure("fills of the shadow book", beside["shadow"]["fills"])
        trades = [self.trades(name) for name in ("alone", "watched")]
        self.assertTrue(trades[0])
        self.assertEqual(trades[0], trades[1])
        self.verify_database(self.folder / "watched/run.db")
        lines = wp.writ("db", "query", "daily_pnl", "--db", self.folder / "watched/run.db", "--json").json
        books = {(row["strategy"], row["book"]) for row in lines["rows"]}
        self.assertIn(("mm", "MAIN"), books)
        self.assertIn(("wider", "SHADOW"), books)
        self.assertNotIn(("wider", "MAIN"), books)

    def trades(self, name):
        """Of the main book: times, sides, prices, quantities and results, no ids."""
        with sqlite3.connect(self.folder / name / "run.db") as db:
            return db.execute("SELECT t.event_ts, t.ingest_ts, t.strategy, t.side, t.qty, t.entry_price, t.exit_price, t.realized_pnl "
                              "FROM executed_trade t WHERE t.book = 'MAIN' ORDER BY t.journal_seq").fetchall()

    def test_a_restart_after_a_kill_9_takes_both_books_over_and_a_reload_promotes(self):
        with self.start(watched()) as host:
            status = host.wait(lambda s: wp.instance_of(s, "wider").get("fills", 0) > 1, "fills of the candidate")
            self.assertEqual({a["name"]: a["book"] for a in status["accounts"]}, {"main": "MAIN", "main/shadow": "SHADOW"})
            self.assertEqual(wp.instance_of(status, "wider")["book"], "SHADOW")
            self.assertEqual(wp.instance_of(status, "mm")["book"], "MAIN")
            host.process.kill()
            host.process.wait()
        with wp.Host(self.config) as host:
            host.wait(lambda s: wp.instance_of(s, "wider").get("orders", 0) > 2, "orders of the candidate")
            self.write("writ.yaml", watched().replace("shadow: true", "shadow: false"))
            self.assertEqual(host.ask("reload").json["changed"], 1)
            status = host.wait(lambda s: wp.instance_of(s, "wider").get("orders", 0) > 2, "its orders in the main book")
            self.assertEqual(wp.instance_of(status, "wider")["book"], "MAIN")
            host.process.kill()
            host.process.wait()
        with wp.Host(self.config) as host:
            host.wait(lambda s: wp.instance_of(s, "wider").get("orders", 0) > 2, "orders after the restart")
            host.stop()
        records = wp.dump(self.config, 2)
        reload = [int(r["seq"]) for r in records if r["type"] == "config"][-1]
        sent = [(int(r["seq"]) < reload, r["book"]) for r in records
                if r["type"] == "order" and r["command"] == "send" and r["instance"] == "wider"]
        self.assertEqual(set(sent), {(True, "SHADOW"), (False, "MAIN")})
        after = {r["book"] for r in wp.dump(self.config, 3, "order") if r["command"] == "send" and r["instance"] == "wider"}
        self.assertEqual(after, {"MAIN"})
        for run in (1, 2, 3):
            self.verify_run(run)
        self.verify_database(self.folder / "run.db")

    def test_a_promotion_judged_again_by_its_own_rules_comes_to_the_same(self):
        with self.start(watched()) as host:
            host.wait(lambda s: wp.instance_of(s, "wider").get("fills", 0) > 1, "fills of the candidate")
            self.write("writ.yaml", watched().replace("shadow: true", "shadow: false"))
            host.ask("reload")
            host.wait(lambda s: wp.instance_of(s, "wider").get("orders", 0) > 4, "its orders in the main book")
            host.stop()
        again = wp.writ("rearbitrate", "1", "--config", self.config, "--risk", self.config, "--json").json
        self.assertEqual(again["identical"], again["intents"])
        self.assertEqual(again["recorded"], again["other"])
        results = {(r["instance"], r["book"]) for r in again["recorded"]["results"]}
        self.assertLessEqual({("wider", "SHADOW"), ("wider", "MAIN"), ("mm", "MAIN")}, results)

    def test_the_first_candidate_of_a_running_host_begins_with_the_accounts_money(self):
        with self.start(wp.paper_config()) as host:
            host.wait(lambda s: s["fills"] > 0, "fills")
            self.write("writ.yaml", watched())
            self.assertEqual(host.ask("reload").json["added"], 1)
            host.wait(lambda s: wp.instance_of(s, "wider").get("fills", 0) > 0, "fills of the candidate")
            host.stop()
        deposits = [(r["account"], r["asset"], r["amount"]) for r in wp.dump(self.config, 1, "deposit")]
        self.assertEqual(len(deposits), 6)
        self.assertEqual([d[1:] for d in deposits if d[0] == "main/shadow"], [d[1:] for d in deposits if d[0] == "main"])
        self.verify_run(1)
        self.verify_database(self.folder / "run.db")

    def test_a_kill_of_its_account_stops_it(self):
        with self.start(watched()) as host:
            host.wait(lambda s: wp.instance_of(s, "wider").get("orders", 0) > 0, "orders of the candidate")
            host.ask("kill", "--account", "main", "--reason", "enough")
            status = host.wait(lambda s: all(a["killed"] for a in s["accounts"]), "the kill of both")
            self.assertEqual(len(status["accounts"]), 2)
            host.stop()
        self.assertIn("resume --after-kill 1", wp.writ("run", "--config", self.config, status=wp.HALTED, timeout=30).err)
        wp.writ("resume", "--after-kill", "1", "--reason", "all is well", "--config", self.config)
        with wp.Host(self.config) as host:
            status = host.wait_ready()
            self.assertFalse(any(a["killed"] for a in status["accounts"]))
            host.stop()
        self.verify_database(self.folder / "run.db")


if __name__ == "__main__":
    wp.main()
