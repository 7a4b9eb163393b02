"""A running host and the people who operate it: signals, the control socket, one host for each journal, the kill."""

import json
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import stat
import time

import writ_program as wp


class Control(wp.ProgramTest):
    def start(self, text=None, **how):
        self.config = self.write("writ.yaml", text or wp.paper_config())
        return wp.Host(self.config, **how)

    def records(self, run=1):
        return wp.dump(self.config, run)

    def run_status(self):
        with sqlite3.connect(self.folder / "run.db") as db:
            return [status for (status,) in db.execute("SELECT status FROM run ORDER BY run_number")]

    def test_sigterm_and_sigint_end_the_run_cleanly(self):
        for number, ending in enumerate((signal.SIGTERM, signal.SIGINT), 1):
            with self.start() as host:
                host.wait_ready()
                host.signal(ending)
                self.assertEqual(host.end(), wp.OK, host.output())
            last = self.records(number)
            stopped = [r for r in last if r["type"] == "run_stopped"]
            self.assertEqual(stopped[-1]["reason"], "operator")
            self.assertEqual(last[-1]["type"], "checkpoint", "a clean stop ends with a checkpoint")
            self.assertFalse(list(self.folder.glob("journal/run-*/tail.map")), "a closed run keeps no mapping")
        self.assertEqual(self.run_status(), ["COMPLETED", "COMPLETED"])

    def test_a_second_host_on_the_journal_is_refused(self):
        with self.start() as host:
            host.wait_ready()
            second = wp.writ("run", "--config", self.config, "--for", "1s", status=None, timeout=30)
            self.assert_one_line(second, "journal", "another host")
            host.wait_ready()
            host.stop()
        self.assertEqual(wp.journal_runs(self.folder / "journal"), [1])

    def test_the_socket_belongs_to_the_host_alone(self):
        with self.start() as host:
            status = host.wait_ready()
            made = pathlib.Path(status["run_folder"]) / "control.sock"
            mode = made.stat().st_mode
            self.assertTrue(stat.S_ISSOCK(mode))
            self.assertEqual(stat.S_IMODE(mode), 0o600)
            host.stop()
            self.assertFalse(made.exists())

    def test_pause_stops_adding_and_resume_takes_it_back(self):
        strategies = wp.STRATEGIES[:wp.STRATEGIES.index("  - name: mm")] + wp.STRATEGIES[wp.STRATEGIES.index("  - name: trend"):]
        pulse = "  - {name: pulse, plugin: test.pulse, account: main, instruments: [sim/BTCUSDT]}\n"
        text = wp.paper_config(strategies + pulse, dirs=[self.pulse_folder()])
        with self.start(text) as host:
            host.wait(lambda s: wp.instance_of(s, "pulse").get("approved", 0) > 0, "an approved intent")
            host.ask("pause", "--instance", "pulse", "--reason", "look at it")
            status = host.status()
            self.assertTrue(wp.instance_of(status, "pulse")["paused"])
            self.assertFalse(wp.instance_of(status, "trend")["paused"])
            vetoed = wp.instance_of(status, "pulse").get("vetoed", 0)
            host.wait(lambda s: wp.instance_of(s, "pulse")["vetoed"] > vetoed + 2, "vetoes of the paused instance")
            host.ask("resume", "--instance", "pulse")
            approved = wp.instance_of(host.status(), "pulse")["approved"]
            host.wait(lambda s: wp.instance_of(s, "pulse")["approved"] > approved + 2, "approvals after the resume")
            self.assert_one_line(host.ask("pause", "--instance", "nobody", status=None), "nobody")
            host.ask("stop", "--reason", "enough")
            self.assertEqual(host.end(), wp.OK)
        records = self.records()
        at = [int(r["seq"]) for r in records if r["type"] == "incident" and r["code"] in ("PAUSED", "RESUMED")]
        self.assertEqual(len(at), 2)
        judged = [r for r in records if r["type"] == "verdict" and at[0] < int(r["seq"]) < at[1] and r["instance"] == "pulse"]
        wp.figure("verdicts during a pause", len(judged))
        self.assertEqual([r for r in judged if r["approved"] and r["effect"] == "adds"], [])
        self.assertTrue([r for r in judged if not r["approved"] and r["detail"] == "pause"])
        # A pause never blocks an exit.
        self.assertEqual([r for r in judged if not r["approved"] and r["effect"] == "reduces" and r["detail"] == "pause"], [])

    def pulse_folder(self):
        folder = self.folder / "plugins"
        folder.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/pulse_10.so", folder / "pulse.so")
        return folder

    def test_kill_cancels_everything_and_outlives_the_process(self):
        with self.start() as host:
            host.wait(lambda s: s["orders"] > 5 and s["fills"] > 0, "orders and a fill")
            host.ask("kill", "--reason", "smoke")
            status = host.wait(lambda s: s["accounts"][0]["killed"], "the kill")
            self.assertEqual(status["run"], 1)
            host.wait(lambda s: s["events"] > status["events"] + 100, "events after the kill")
            host.signal(signal.SIGTERM)
            host.end()
        records = self.records()
        killed = [int(r["seq"]) for r in records if r["type"] == "command" and r["command"] == "kill"]
        self.assertEqual(len(killed), 1)
        after = [r for r in records if r["type"] == "order" and int(r["seq"]) > killed[0]]
        self.assertEqual([r for r in after if r["command"] in ("send", "replace")], [])
        final = {r["order_id"]: r["state"] for r in records if r["type"] == "order"}
        self.assertEqual({s for s in final.values()} - {"FILLED", "CANCELLED", "EXPIRED", "REJECTED", "FAILED"}, set())
        wp.figure("orders ended by a kill", len(final))

        for _ in range(2):  # a refusal changes nothing
            refused = wp.writ("run", "--config", self.config, "--for", "1s", status=wp.HALTED, timeout=30)
            self.assertIn("resume --after-kill 1", refused.err)
        self.assertEqual(wp.journal_runs(self.folder / "journal"), [1])
        self.assert_one_line(wp.writ("resume", "--after-kill", "1", "--config", self.config, status=None), "reason")
        self.assert_one_line(wp.writ("resume", "--after-kill", "7", "--reason", "x", "--config", self.config, status=None), "7")
        wp.writ("resume", "--after-kill", "1", "--reason", "found the cause", "--config", self.config)
        wp.writ("run", "--config", self.config, "--for", "3s", timeout=60)
        run = wp.journal_runs(self.folder / "journal")[-1]
        sent = [r for r in self.records(run) if r["type"] == "order" and r["command"] == "send"]
        wp.figure("orders after a resumed kill", len(sent))
        self.assertGreater(len(sent), 0)
        self.verify_database(self.folder / "run.db")

    def assert_resumes_after_kill(self, run, next_run):
        """Refused until it is lifted, then a run that trades; every run verifies."""
        for _ in range(2):  # a refusal changes nothing
            refused = wp.writ("run", "--config", self.config, "--for", "1s", status=wp.HALTED, timeout=30)
            self.assertIn(f"resume --after-kill {run}", refused.err)
        wp.writ("resume", "--after-kill", str(run), "--reason", "found the cause", "--config", self.config)
        self.assertFalse((self.folder / "journal/killed.json").exists())
        wp.writ("run", "--config", self.config, "--for", "2s", timeout=60)
        self.assertEqual(wp.journal_runs(self.folder / "journal"), list(range(1, next_run + 1)))
        sent = [r for r in self.records(next_run) if r["type"] == "order" and r["command"] == "send"]
        self.assertGreater(len(sent), 0)
        for number in range(1, next_run + 1):
            wp.writ("replay", str(number), "--verify", "--resimulate", "--config", self.config, timeout=120)
        self.verify_database(self.folder / "run.db")

    def test_a_kill_and_a_crash_leave_the_account_killed(self):
        with self.start() as host:
            host.wait(lambda s: s["orders"] > 5 and s["fills"] > 0, "orders and a fill")
            host.ask("kill", "--reason", "smoke")
            host.process.kill()
            host.process.wait()
        self.assert_resumes_after_kill(1, 3)

    def with_a_spinner(self):
        """A file, and a configuration with a strategy that does not come back while it exists."""
        spin = self.folder / "spin"
        folder = self.folder / "plugins"
        folder.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/scenario_plugins.so", folder / "scenario.so")
        spinner = ("  - {name: spin, plugin: test.spinner, account: main, instruments: [sim/BTCUSDT], "
                   f'params: {{while_exists: "{spin}"}}}}\n')
        text = wp.paper_config(wp.STRATEGIES + spinner, dirs=[folder])
        return spin, text

    def let_it_spin(self, host, spin):
        host.wait(lambda s: s["orders"] > 5 and s["fills"] > 0, "orders and a fill")
        spin.touch()
        begun = pathlib.Path(f"{spin}.begun")
        end = time.monotonic() + wp.seconds(30)
        while not begun.exists():
            self.assertLess(time.monotonic(), end, "the plugin does not spin")
            time.sleep(0.01)

    def test_a_kill_stops_a_host_that_never_comes_back_from_a_plugin(self):
        spin, text = self.with_a_spinner()
        with self.start(text) as host:
            self.let_it_spin(host, spin)
            asked = time.monotonic()
            killed = host.ask("kill", "--account", "main", "--reason", "it hangs")
            wp.figure("ms until a kill was answered while a plugin spins", round(1000 * (time.monotonic() - asked)))
            self.assertLess(time.monotonic() - asked, wp.seconds(1))
            self.assertEqual((killed.json["ok"], killed.json["account"]), (True, "main"))
            mark = json.loads((self.folder / "journal/killed.json").read_text())
            self.assertEqual((mark["run"], mark["accounts"]), (1, ["main"]))
            host.process.kill()
            host.process.wait()
        self.assertEqual([r for r in self.records() if r["type"] == "command"], [], "the sequencer came back")
        spin.unlink()
        self.assert_resumes_after_kill(1, 3)
        # What the dead host had not come to do, the lifting run did first.
        commands = [r["command"] for r in self.records(2) if r["type"] == "command"]
        self.assertEqual(commands, ["kill", "resume_after_kill"])

    def test_limits_of_a_market_or_venue_that_no_instrument_has_are_wrong_input(self):
        for limits, name in (("markets: {sim/BTCUSD: {market_exposure_max: \"1\"}}", "risk.markets.sim/BTCUSD"),
                             ("venues: {simm: {venue_exposure_max: \"1\"}}", "risk.venues.simm")):
            config = self.write("writ.yaml", wp.paper_config(risk="{" + limits + "}"))
            refused = wp.writ("run", "--config", config, "--for", "1s", status=wp.WRONG_INPUT, timeout=30)
            self.assertRegex(refused.err, rf"writ\.yaml:\d+:\d+: {re.escape(name)}: no instrument has this")

    def test_a_plugin_that_hangs_at_a_record_does_not_hang_every_start(self):
        spin, text = self.with_a_spinner()
        text = text.replace("plugins: {dirs:", "plugins: {hang_timeout: 1s, dirs:")
        self.assertIn("hang_timeout", text)
        with self.start(text) as host:
            self.let_it_spin(host, spin)
            host.process.kill()
            host.process.wait()
        asked = time.monotonic()
        refused = wp.writ("run", "--config", self.config, "--for", "2s", status=wp.HALTED, timeout=60)
        wp.figure("s until a start said that a plugin hangs it", round(time.monotonic() - asked, 1))
        self.assertIn("spin does not come back from input", refused.err)
        self.assertEqual(json.loads((self.folder / "journal/hung.json").read_text()), {"instances": ["spin"]})
        # It still hangs, and is left out.
        again = wp.writ("run", "--config", self.config, "--for", "2s", timeout=60)
        self.assertIn("spin hung at an earlier start", again.err)
        self.assertFalse((self.folder / "journal/hung.json").exists())
        last = wp.journal_runs(self.folder / "journal")[-1]
        records = self.records(last)
        told = [r for r in records if r["type"] == "incident" and r["code"] == "PLUGIN_STOPPED"]
        self.assertEqual(len(told), 1)
        self.assertEqual([r["type"] for r in records if r["type"] == "incident" and r["code"] == "RESTARTED"],
                         ["incident"])
        self.assertGreater(len([r for r in records if r["type"] == "order" and r["command"] == "send"]), 0)
        wp.writ("run", "--config", self.config, "--for", "1s", timeout=60)  # it stays stopped
        self.verify_database(self.folder / "run.db")

    def test_a_kill_of_one_account_is_of_that_account(self):
        text = wp.paper_config().replace("accounts:\n", "accounts:\n"
                                         '  - {name: other, reporting: USDT, initial: {USDT: "100000", ETH: "20"}}\n')
        text = text.replace("plugin: writ.directional\n    account: main", "plugin: writ.directional\n    account: other")
        with self.start(text) as host:
            host.wait(lambda s: wp.instance_of(s, "trend").get("orders", 0) > 0 and
                      wp.instance_of(s, "mm").get("orders", 0) > 0, "orders of both")
            self.assert_one_line(host.ask("kill", "--account", "nobody", status=None), "nobody")
            host.ask("kill", "--account", "main", "--reason", "that one")
            status = host.wait(lambda s: any(a["killed"] for a in s["accounts"]), "the kill")
            self.assertEqual({a["name"]: a["killed"] for a in status["accounts"]}, {"main": True, "other": False})
            orders = wp.instance_of(status, "trend")["orders"]
            host.wait(lambda s: wp.instance_of(s, "trend")["orders"] > orders + 2, "orders of the other account")
            host.stop()
        records = self.records()
        killed = [int(r["seq"]) for r in records if r["type"] == "command" and r["command"] == "kill"]
        sent = [r for r in records if r["type"] == "order" and r["command"] == "send" and int(r["seq"]) > killed[0]]
        self.assertEqual({r["account"] for r in sent}, {"other"})
        self.assertIn("resume --after-kill 1", wp.writ("run", "--config", self.config, status=wp.HALTED, timeout=30).err)
        self.verify_database(self.folder / "run.db")

    def test_a_kill_cannot_be_taken_back_in_its_run(self):
        with self.start() as host:
            status = host.wait_ready()
            host.ask("kill", "--reason", "smoke")
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(pathlib.Path(status["run_folder"]) / "control.sock"))
                line.sendall(b'{"command":"resume_after_kill","reason":"x"}\n')
                self.assertIn("unknown command", json.loads(line.makefile().readline())["error"])
            host.ask("resume", "--reason", "a pause is another thing")
            self.assertTrue(host.wait(lambda s: s["events"] > status["events"], "events")["accounts"][0]["killed"])

    def test_flatten_closes_what_strategies_hold(self):
        pulse = "  - {name: pulse, plugin: test.pulse, account: main, instruments: [sim/BTCUSDT], params: {straight: true}}\n"
        text = wp.paper_config("strategies:\n" + pulse, dirs=[self.pulse_folder()])
        with self.start(text) as host:
            host.wait(lambda s: wp.instance_of(s, "pulse").get("fills", 0) > 0, "fills")
            host.ask("pause", "--reason", "to stay flat")
            self.assert_one_line(host.ask("flatten", "--instrument", "sim/NONE", status=None), "sim/NONE")
            self.assert_one_line(host.ask("flatten", "--instance", "nobody", status=None), "nobody")
            fills = wp.instance_of(host.status(), "pulse")["fills"]
            host.ask("flatten", "--account", "main", "--reason", "enough")
            host.wait(lambda s: wp.instance_of(s, "pulse")["fills"] > fills, "a fill of the exit")
            host.ask("flatten", "--stop")
            host.stop()
        made = [r for r in self.records() if r["type"] == "intent" and "by_host" in r["flags"]]
        self.assertTrue(made)
        self.assertEqual({(r["instance"], r["kind"]) for r in made}, {("pulse", "FlattenMarket")})
        self.assertEqual(made[0]["tags"], ["flatten"])
        legs = [r for r in self.records() if r["type"] == "executed_trade"]
        self.assertEqual(legs[-1]["position_after"], "0")
        wp.writ("replay", "1", "--verify", "--resimulate", "--config", self.config, timeout=120)
        self.verify_database(self.folder / "run.db")

    def order(self, host, *words, status=wp.OK):
        return host.ask("order", *words, status=status)

    def test_people_place_replace_and_cancel_orders_that_are_judged(self):
        place = ("place", "--instrument", "sim/ETHUSDT", "--side")
        with self.start(wp.paper_config("strategies: []\n", risk='{price_band: "0.1"}')) as host:
            host.wait_ready()
            bought = self.order(host, *place, "buy", "--quantity", "0.01", "--reason", "by hand").json
            self.assertTrue(bought["approved"])
            self.assertEqual(bought["verdict"]["reason"], "ok")
            self.assertEqual([(o["instance"], o["order_type"]) for o in bought["orders"]], [("operator", "MARKET")])
            resting = self.order(host, *place, "sell", "--quantity", "0.01", "--price", "3050", "--post-only").json
            order = resting["orders"][0]
            again = self.order(host, "replace", order["order_id"], "--quantity", "0.02").json
            self.assertEqual([(o["quantity"], o["price"]) for o in again["orders"]], [("0.02", "3050")])
            self.assertTrue(self.order(host, "cancel", order["client_order_id"]).json["approved"])
            off_tick = self.order(host, *place, "buy", "--quantity", "0.01", "--price", "3000.001", status=wp.FAILED).json
            self.assertFalse(off_tick["approved"])
            self.assertEqual((off_tick["verdict"]["reason"], off_tick["verdict"]["detail"]), ("invalid", "validity"))
            self.assertEqual(off_tick["orders"], [])
            self.order(host, *place, "sell", "--quantity", "0.01", "--price", "3060")
            self.assertEqual(self.order(host, "cancel-all").json["cancelled"], 1)
            self.assertEqual(self.order(host, "cancel-all").json["cancelled"], 0)
            for words, part in (((*place, "sideways", "--quantity", "1"), "sideways"),
                                ((*place, "buy", "--quantity", "much"), "much"),
                                ((*place, "buy", "--quantity", "1", "--price", "1e"), "price"),
                                ((*place, "buy", "--quantity", "1", "--tif", "soon"), "soon"),
                                ((*place, "buy", "--quantity", "1", "--account", "nobody"), "nobody"),
                                ((*place, "buy"), "quantity"),
                                (("place", "--instrument", "sim/NONE", "--side", "buy", "--quantity", "1"), "sim/NONE"),
                                (("cancel", "77"), "77"), (("replace", "77", "--price", "1"), "77"),
                                (("replace", order["order_id"]), "--price"), (("cancel",), ".")):
                self.assert_one_line(self.order(host, *words, status=None), part)
            host.stop()
        inputs = [r for r in self.records() if r["type"] == "intent_input"]
        wp.figure("orders of people put on record", len(inputs))
        self.assertEqual(len(inputs), 7)
        self.assertEqual({r["instance"] for r in inputs}, {"operator"})
        wp.writ("replay", "1", "--verify", "--resimulate", "--config", self.config, timeout=120)
        self.verify_database(self.folder / "run.db")
        with sqlite3.connect(self.folder / "run.db") as db:
            stored = db.execute("SELECT COUNT(*) FROM strategy_intent WHERE strategy = 'operator'").fetchone()
        self.assertEqual(stored, (len(inputs),), "each once")

    def test_the_drawdown_is_reset_only_where_it_halts(self):
        with self.start() as host:
            host.wait_ready()
            for words, part in (((), "account"), (("--account", "main"), "reason"),
                                (("--account", "main", "--reason", "x"), "not halted"),
                                (("--account", "nobody", "--reason", "x"), "nobody"),
                                (("--account", "main", "--instance", "mm", "--reason", "x"), "instance")):
                self.assert_one_line(host.ask("resume", "--after-halt", *words, status=None), part)
            host.stop()

    def test_a_host_found_dead_is_on_record_and_goes_on(self):
        with self.start() as host:
            host.wait(lambda s: s["fills"] > 0, "a fill")
            host.process.kill()
            host.process.wait()
        wp.writ("run", "--config", self.config, "--for", "1s", timeout=60)
        codes = [r["code"] for r in self.records(2) if r["type"] == "incident"]
        self.assertEqual(codes.count("RUN_FOUND_DEAD"), 1)
        self.assertEqual(self.run_status(), ["FAILED", "COMPLETED"])

    def test_money_moved_and_books_put_right_are_booked_and_replayed(self):
        def ledger(what, *words, status=wp.OK):
            return wp.writ("ledger", what, "--journal", host.journal, "--account", "main", *words, status=status, timeout=30)

        with self.start() as host:
            host.wait(lambda s: s["fills"] > 0, "a fill")
            ledger("transfer", "--asset", "USDT", "--amount", "-400.5", "--reason", "paid out")
            ledger("adjust", "--asset", "USDT", "--amount", "0.25", "--reason", "interest")
            ledger("adjust", "--instrument", "sim/BTCUSDT", "--quantity", "0.1", "--price", "100", "--instance", "trend",
                   "--reason", "found at the venue")
            self.assert_one_line(ledger("transfer", "--asset", "USDT", "--amount", "1", status=None), "reason")
            self.assert_one_line(ledger("adjust", "--asset", "none", "--amount", "1", "--reason", "x", status=None), "none")
            host.ask("stop")
            self.assertEqual(host.end(), wp.OK)
        records = self.records()
        self.assertEqual([(r["kind"], r["text"]) for r in records if r["type"] == "adjustment"],
                         [("transfer", "paid out"), ("cash", "interest"), ("position", "found at the venue")])
        booked = [r for r in records if r["type"] == "ledger" and r["ref_kind"] == "adjustment"]
        self.assertEqual({(r["ledger"], r["kind"]) for r in booked},
                         {("CASH", "withdrawal"), ("CASH", "adjustment"), ("PNL", "adjustment")})
        wp.writ("replay", 1, "--verify", "--config", self.config)
        self.verify_database(self.folder / "run.db")

    def test_commands_without_a_host_are_wrong_input(self):
        self.config = self.write("writ.yaml", wp.paper_config())
        for command in ("status", "pause", "resume", "stop", "reload", "kill", "flatten", "order cancel-all", "ledger transfer",
                        "ledger adjust"):
            self.assert_one_line(wp.writ(*command.split(), "--config", self.config, status=None), "journal")
        wp.writ("run", "--config", self.config, "--for", "500ms", timeout=60)
        for command in ("status", "pause", "resume", "stop", "reload", "kill", "flatten", "order cancel-all"):
            self.assert_one_line(wp.writ(*command.split(), "--config", self.config, status=None), "no host")

    def test_live_needs_more_than_a_word(self):
        self.config = self.write("writ.yaml", wp.paper_config())
        self.assert_one_line(wp.writ("run", "--config", self.config, "--mode", "live", "--live", status=None), "live")
        live = self.write("live.yaml", wp.paper_config().replace("mode: paper", "mode: live"))
        self.assert_one_line(wp.writ("run", "--config", live, "--live", status=None), r"live\.yaml:\d+:\d+: feeds\[0\]\.type: mode live")
        wp.writ("run", "--config", live, "--mode", "paper", "--for", "500ms", timeout=60)


if __name__ == "__main__":
    wp.main()
