"""Mode live against the venue simulator: what a start refuses, a host that trades spot and futures, its death and its replay."""

import collections
import hashlib
import json
import signal
import time

import writ_program as wp
from live_program import ACCOUNTS, KEY, SECRET, LiveTest


class VenueTest(LiveTest):
    def orders_at_venue(self, sim):
        return [order for venue in (sim.spot, sim.futures) for order in sim.control(venue, "state")["orders"]]


class Guards(VenueTest):
    """Each a clear refusal, nothing sent, no run begun."""

    def refused(self, sim, config, *parts, words=("--live",), env=None, status=wp.WRONG_INPUT):
        done = wp.writ("run", "--config", config, *words, "--for", "2s", status=None, env=env, timeout=60)
        self.assert_one_line(done, *parts, status=status)
        self.assertEqual(wp.journal_runs(self.folder / "journal"), [])
        self.assertEqual(self.orders_at_venue(sim), [])
        self.assertNotIn(SECRET, done.out + done.err)

    def test_what_a_start_refuses(self):
        with self.simulator() as sim:
            self.keys()
            config = self.config(sim)
            self.refused(sim, config, r"writ\.yaml:1:7: .*--live", words=())
            text = config.read_text()
            cases = [
                (text.replace("    credentials: {file: keys}\n", "", 1), (r"changed\.yaml:7:3: venues\.spot: mode live needs `credentials",)),
                (text.replace("{file: keys}", "{file: absent}", 1), (r"/absent: ",)),
                (text.replace("{file: keys}", "{env: WRIT_NOBODY}"), ("no variable WRIT_NOBODY_API_KEY",)),
                (text.replace("[BTCUSDT]}", "[BTCUSD]}", 1), (r'feeds\[0\]\.symbols\[0\]: spot lists no "BTCUSD", did you mean "BTCUSDT"',)),
                (text.replace("type: binance, venue: spot, symbols: [BTCUSDT]", "type: tape, files: [x.tape]", 1), (r"feeds\[0\]\.type: mode live",)),
                (text.replace("account: spot", "account: fut"), (r'strategies\[0\]\.instruments: account "fut" trades binance_usdm, not binance_spot/BTCUSDT',)),
                (text.replace("isolation: sandbox, ", "", 1), ("live runs no plugin in the host's process but by its hash",)),
            ]
            for changed, parts in cases:
                self.assertNotEqual(changed, text)
                self.refused(sim, self.write("changed.yaml", changed), *parts)
            self.keys(0o644)
            self.refused(sim, config, r"other users may read these credentials \(mode 0644\): chmod 600")
            paper = self.write("paper.yaml", text.replace("mode: live", "mode: paper"))
            self.refused(sim, paper, "the configuration itself must say mode: live", words=("--mode", "live", "--live"))
            wp.figure("starts refused", len(cases) + 3)

    def test_fees_in_a_coin_the_run_does_not_know(self):
        payer = {**ACCOUNTS[0], "fees_in_bnb": True, "spot": {"USDT": "100000", "BTC": "2", "BNB": "10"}}
        with self.simulator(accounts=[payer]) as sim:
            self.keys()
            config = self.config(sim)
            self.refused(sim, config, r"writ\.yaml:7:3: venues\.spot: the account pays fees in BNB, which this run does not know: add .* BNBUSDT")
            knows = self.write("knows.yaml", config.read_text().replace("[BTCUSDT]}", "[BTCUSDT, BNBUSDT]}", 1))
            self.assertTrue(wp.writ("reconcile", "--config", knows, "--json", "--adopt", timeout=90).json["ok"])

    def test_a_clock_that_is_off(self):
        for apart in (10_000, -10_000):
            with self.simulator("--start-ms", str(int(time.time() * 1000) + apart)) as sim:
                self.keys()
                self.refused(sim, self.config(sim), r"this machine's clock is (9|10)[0-9.]*m?s (behind|ahead of) the venue's")

    def test_a_journal_of_another_mode(self):
        with self.simulator() as sim:
            self.keys()
            wp.writ("run", "--config", self.config(sim, mode="paper"), "--for", "1s", timeout=60)
            done = wp.writ("run", "--config", self.config(sim), "--live", status=None)
            self.assert_one_line(done, r"journal\.dir: its last run was not live")
            self.assertEqual(self.orders_at_venue(sim), [])


class Capture(LiveTest):
    """What a feed hears, kept beside the run."""

    FEEDS = ("spot", "fut")

    def config_with_captures(self, sim):
        text = self.config(sim, mode="paper").read_text()
        for name in self.FEEDS:
            text = text.replace(f"venue: {name}, symbols", f"venue: {name}, capture: said/{name}.jsonl.gz, symbols", 1)
        return self.write("writ.yaml", text)

    def test_it_becomes_the_tape_of_the_run(self):
        with self.simulator() as sim:
            config = self.config_with_captures(sim)
            self.assert_one_line(wp.writ("run", "--config", config, "--for", "1s", status=wp.WRONG_INPUT),
                                 r"writ\.yaml:\d+:\d+: feeds\[0\]\.capture: no folder .*said")
            (self.folder / "said").mkdir()
            for run in (1, 2):  # a start takes no file of another's place
                wp.writ("run", "--config", config, "--for", "4s", timeout=60)
                for name, venue in zip(self.FEEDS, ("binance_spot", "binance_usdm")):
                    self.captured(config, run, name, venue)

    def captured(self, config, run, name, venue):
        files = sorted((self.folder / "said").glob(f"{name}-*"))
        self.assertEqual([file.suffix for file in files], run * [".gz"], "each whole, under its name")
        tape = self.folder / f"{name}-{run}.tape"
        wp.writ("tape", "import", "binance-stream", str(files[-1]), "-o", str(tape))
        quality, = wp.writ("tape", "info", str(tape), "--books", "--json").json["books"]["instruments"]
        self.assertTrue(quality["ever_tradable"], quality)
        self.assertEqual(quality["gaps"], 0, quality)
        told = [record for record in wp.dump(config, wp.journal_runs(self.folder / "journal")[run - 1], "trade")
                if record["instrument"].startswith(venue)]
        self.assertGreater(len(told), 0)
        self.assertGreaterEqual(quality["trades"], len(told), "all that the run was told, and what came in its last moment")
        wp.figure(f"trades captured beside run {run}, {venue}", quality["trades"])


class Trading(VenueTest):
    def no_secret_anywhere(self, *outputs):
        looked = 0
        for file in self.folder.rglob("*"):
            if not file.is_file() or file.name in ("keys", "accounts.json") or "sim" in file.parts:
                continue
            looked += 1
            content = file.read_bytes()
            for word in (KEY, SECRET):
                self.assertNotIn(word.encode(), content, file)
        for output in outputs:
            self.assertNotIn(KEY, output)
            self.assertNotIn(SECRET, output)
        wp.figure("files without a key", looked)

    def test_a_first_start_halts_until_the_venues_word_is_taken(self):
        with self.simulator() as sim:
            self.keys()
            config = self.config(sim)
            halted = wp.writ("reconcile", "--config", config, status=wp.HALTED, timeout=90)
            self.assertIn("balance", halted.err)
            self.assertIn("adopt", halted.err)
            self.assertIn("adjustments", self.reconciled(config, "--adopt")["summary"])
            self.assertIn(" 0 adjustments", self.reconciled(config)["summary"])
            self.assertEqual(self.orders_at_venue(sim), [])

    def test_over_tls_with_keys_of_the_environment(self):
        with self.simulator("--tls", self.folder / "tls") as sim:
            text = self.config(sim).read_text()
            for name in ("SPOT", "FUT"):
                text = text.replace("{file: keys}", f"{{env: WRIT_{name}}}\n    ca_file: {sim.ca_file}", 1)
            env = {f"WRIT_{name}_{part}": value for name in ("SPOT", "FUT") for part, value in (("API_KEY", KEY), ("SECRET", SECRET))}
            done = wp.writ("reconcile", "--config", self.write("writ.yaml", text), "--adopt", "--json", env=env, timeout=90)
            self.assertTrue(done.json["ok"], done)
            untrusted = self.write("untrusted.yaml", text.replace(f"ca_file: {sim.ca_file}", "recv_window: 5s"))
            refused = wp.writ("reconcile", "--config", untrusted, env=env, status=wp.FAILED, timeout=90)
            self.assertIn("not to be trusted", refused.err)
            self.no_secret_anywhere(done.out + done.err + refused.err)

    def test_trades_on_both_markets_stops_and_is_replayed(self):
        with self.simulator() as sim:
            self.keys()
            config = self.config(sim)
            self.reconciled(config, "--adopt")
            with wp.Host(config, "--live") as host:
                def filled(status):
                    return all(wp.instance_of(status, name).get("fills", 0) >= 5 for name in ("spot_mm", "fut_mm"))
                status = host.wait(filled, "fills on both markets", timeout=120)
                self.assertEqual(status["mode"], "LIVE")
                open_orders = wp.writ("venue", "orders", "--config", config, "--json").json["orders"]
                self.assertGreater(len(open_orders), 0)
                stopping = time.time_ns()
                host.stop()
                said = json.dumps(status) + host.output()
            run = wp.journal_runs(self.folder / "journal")[-1]
            self.agrees_with_the_truth(sim, config, run, stopping)
            verified = wp.writ("replay", run, "--config", config, "--verify", "--json", timeout=300).json
            self.assertTrue(verified["equal"], verified)
            wp.figure("records of a live run that replay the same", sum(verified["compared"].values()))
            self.reconciled(config)
            cancelled = wp.writ("venue", "cancel-all", "--config", config, "--json").json
            self.assertEqual(cancelled["left"], [])
            self.assertEqual(wp.writ("venue", "orders", "--config", config, "--json").json["orders"], [])
            held = wp.writ("venue", "positions", "--config", config, "--json").json["positions"]
            self.assertIn("USDT", {one["what"] for one in held})
            self.no_secret_anywhere(said, json.dumps(wp.writ("config", "check", config, "--json").json))

    def test_a_host_that_never_sleeps_trades_traced_to_the_wire(self):
        with self.simulator() as sim:
            self.keys()
            text = self.config(sim, more="host: {wait: spin}\n").read_text()
            digest = hashlib.sha256(wp.plugin("market_maker").read_bytes()).hexdigest()
            config = self.write("writ.yaml", text.replace("isolation: sandbox", f'sha256: "{digest}"'))
            self.reconciled(config, "--adopt")
            with wp.Host(config, "--live", "--trace-latency") as host:
                def traced(status):
                    return any(stage["stage"] == "tick_to_wire" for stage in status["stages"])
                self.assert_traced_to_the_wire(host.wait(traced, "an order that left", timeout=90)["stages"])
                host.stop()
            self.reconciled(config)

    def assert_traced_to_the_wire(self, stages):
        times = {stage["stage"]: stage for stage in stages}
        self.assertGreater(times["received"]["count"], times["tick_to_wire"]["count"])
        self.assertGreater(times["tick_to_wire"]["count"], 0)
        self.assertEqual(times["wire"]["count"], times["tick_to_wire"]["count"])
        self.assertGreater(times["tick_to_wire"]["max_ns"], times["wire"]["max_ns"])
        wp.figure("orders measured from the tick to the wire", times["wire"]["count"])

    def agrees_with_the_truth(self, sim, config, run, stopping):
        """Orders and fills of the run are those of the simulator, each once. What it left open may fill after its end, and
        what fills while it stops may not have reached it."""
        states = [sim.control(venue, "state") for venue in (sim.spot, sim.futures)]
        theirs = {}
        for state in states:
            for order in state["orders"]:
                self.assertNotIn(order["client_id"], theirs, "an order twice")
                theirs[order["client_id"]] = order
        ours = {record["client_order_id"]: record for record in wp.dump(config, run, "order")}
        sent = {name for name, order in ours.items() if order["state"] not in ("REJECTED", "FAILED")}
        self.assertEqual(sent - set(theirs), set())
        self.assertEqual(set(theirs) - set(ours), set())
        ours = collections.Counter((record["instrument"], int(record["exchange_trade_id"])) for record in wp.dump(config, run, "fill"))
        fills = {(f"{venue}/{fill['symbol']}", fill["trade_id"]): fill["ts"]
                 for venue, state in zip(("binance_spot", "binance_usdm"), states) for fill in state["fills"]}
        self.assertEqual({trade: count for trade, count in ours.items() if count != 1 or trade not in fills}, {})
        in_time = stopping - 10**9
        self.assertEqual({trade for trade, ts in fills.items() if ts < in_time and trade not in ours}, set())
        wp.figure("orders at the venue", len(theirs))
        wp.figure("fills on record", len(ours))

    def test_killed_with_orders_open_it_reconciles(self):
        with self.simulator() as sim:
            self.keys()
            config = self.config(sim)
            self.reconciled(config, "--adopt")
            for _ in range(wp.scaled(3)):
                with wp.Host(config, "--live") as host:
                    host.wait(lambda status: status["orders"] >= 4, "orders", timeout=90)
                    time.sleep(self.random.uniform(0, 0.5))
                    host.signal(signal.SIGKILL)
                    host.end()
                self.reconciled(config)
            ids = [order["client_id"] for order in self.orders_at_venue(sim)]
            self.assertEqual(len(ids), len(set(ids)))
            wp.figure("orders at the venue, each once", len(ids))


if __name__ == "__main__":
    wp.main()
