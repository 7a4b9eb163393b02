"""kill -9 of a live host at random moments: at its next start venue and record agree, nothing is doubled, nothing is lost."""

import collections
import signal
import time

import writ_program as wp
from live_program import LiveTest
from venue_truth import Market, Record, differences

COUNTDOWN_S = 4
UNANSWERED = ("accept_then_timeout", "accept_then_silence")


class LiveKill(LiveTest):
    def read_truth(self):
        for market in self.markets:
            market.read()

    def open_orders(self):
        return [order for market in self.markets for order in market.open_orders()]

    def orders_placed(self):
        return sum(len(market.orders) for market in self.markets)

    def wait_for(self, condition, what, host=None, timeout=60):
        """Reads the truth until `condition` holds, or the host has ended."""
        end = time.monotonic() + wp.seconds(timeout)
        while True:
            self.read_truth()
            if condition():
                return
            if host and host.process.poll() is not None:
                self.fail(f"the host ended ({host.process.returncode}) before {what}:\n{host.output()}")
            if time.monotonic() > end:
                self.fail(f"not within {timeout} s: {what}\n{host.output() if host else ''}")
            time.sleep(0.002)

    def faults_seen(self, sim):
        return sum(sim.control(venue, "faults")[fault] for venue in (sim.spot, sim.futures) for fault in UNANSWERED)

    def live_and_die(self, sim, config, first):
        """One life, killed at a moment of one of four kinds; orders are open, but where it dies in its start."""
        kind = self.random.choice(["time", "order"] if first else ["time", "time", "order", "order", "unanswered", "start"])
        self.read_truth()
        placed = self.orders_placed()
        with wp.Host(config, "--live") as host:
            if kind == "start":
                time.sleep(self.random.uniform(0.05, 0.8) * wp.slow)
            else:
                wanted = self.random.randrange(1, 12) if kind == "order" else 1
                self.wait_for(lambda: self.orders_placed() - placed >= wanted and self.open_orders(), "orders", host)
            if kind == "time":
                time.sleep(self.random.uniform(0, 0.7))
            if kind == "unanswered":
                seen = self.faults_seen(sim)
                for venue in (sim.spot, sim.futures):
                    sim.control(venue, "faults", {"fault": self.random.choice(UNANSWERED), "target": "order", "count": 1})
                self.wait_for(lambda: self.faults_seen(sim) > seen, "an order without an answer", host)
                time.sleep(self.random.uniform(0, 0.1))
            died = time.time_ns()
            host.signal(signal.SIGKILL)
            self.assertEqual(host.end(), -signal.SIGKILL, host.output())
        self.count[f"kills: {kind}"] += 1
        return died

    def stay_dead(self, died):
        """Most of the time short; else until the venue's countdown has cancelled what was open of perpetuals."""
        spot, futures = self.markets
        self.read_truth()
        fills, ended = len(spot.fills) + len(futures.fills), len(spot.ended)
        left = {order["order_id"] for order in futures.open_orders()}
        self.count["orders open at a kill"] += len(self.open_orders())
        self.count["kills with orders open"] += bool(self.open_orders())
        if self.random.random() < 0.75:
            time.sleep(self.random.uniform(0, 0.5))
            self.read_truth()
        else:
            self.wait_for(lambda: not futures.open_orders(), "the countdown")
            cancelled = [line for line in futures.ended if line["order_id"] in left and line["ts"] > died]
            self.assertEqual({order for order in left if futures.orders[order]["status"] != "FILLED"},
                             {line["order_id"] for line in cancelled})
            for line in cancelled:
                self.assertEqual(line["status"], "CANCELED")
                self.assertLessEqual(line["ts"], died + (COUNTDOWN_S + 1) * 10**9, "the countdown was too long")
            self.count["deaths beyond the countdown"] += 1
            self.count["orders the countdown cancelled"] += len(cancelled)
            self.assertEqual(len(spot.ended), ended, "spot has no countdown")
        self.count["fills while dead"] += len(spot.fills) + len(futures.fills) - fills

    def expect_agrees(self, record, run):
        """What was true at the venue when the run began was on record when it had reconciled."""
        def reconciled():
            self.count["restarts reconciled"] += 1
            for market in self.markets:
                self.assertEqual(differences(market, record, record.started), [], f"run {run}")

        self.read_truth()
        record.read(run, reconciled)
        for market in self.markets:
            self.assertEqual([order for order in market.orders.values() if order["client_id"] not in record.orders], [], f"run {run}")

    def test_killed_with_orders_open_it_doubles_and_loses_nothing(self):
        kills = wp.scaled(100)
        self.count = collections.Counter()
        with self.simulator("--tls", self.folder / "tls", "--seed", self.random.randrange(1000)) as sim:
            self.keys()
            for venue in (sim.spot, sim.futures):
                sim.control(venue, "limits", {"weight": 1_000_000})  # of a minute: it starts more often than a person would
            config = self.config(sim, window="2s", venue_more=f"    ca_file: {sim.ca_file}\n    recv_window: 2s\n    countdown: {COUNTDOWN_S}s\n")
            self.markets = [Market(sim, name) for name in ("spot", "futures")]
            self.reconciled(config, "--adopt")
            record = Record(config)
            record.read(1)
            adopted = len(record.adjustments)
            for kill in range(kills):
                before = wp.journal_runs(self.folder / "journal")
                died = self.live_and_die(sim, config, kill == 0)
                self.stay_dead(died)
                for run in sorted(set(wp.journal_runs(self.folder / "journal")) - set(before)):
                    self.expect_agrees(record, run)
            self.end_at_rest(sim, config, record)
            self.assertEqual(len(record.adjustments), adopted, "something had to be put right")
        for name, count in sorted(self.count.items()):
            wp.figure(name, count)
        self.assertGreaterEqual(self.count["kills with orders open"], kills * 9 // 10)
        self.assertGreaterEqual(self.count["restarts reconciled"], kills * 3 // 4)
        self.assertGreater(self.count["fills while dead"], 0)

    def end_at_rest(self, sim, config, record):
        """Stopped as people stop it, nothing open any more: all of it is equal, and every run replays."""
        with wp.Host(config, "--live") as host:
            placed = self.orders_placed()
            self.wait_for(lambda: self.orders_placed() > placed, "orders", host)
            host.stop()
        self.assertEqual(wp.writ("venue", "cancel-all", "--config", config, "--json").json["left"], [])
        self.reconciled(config)
        runs = wp.journal_runs(self.folder / "journal")
        for run in runs[-2:]:
            self.expect_agrees(record, run)
        self.expect_equal_at_rest(config, record, self.markets)
        wp.figure("runs that replay the same", len(runs))
        wp.figure("records that replay the same", sum(self.replayed(config, run) for run in runs))


if __name__ == "__main__":
    wp.main()
