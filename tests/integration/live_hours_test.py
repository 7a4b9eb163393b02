"""Ten hours of a recorded market, compressed: one live host, two markets, two kinds of strategy; at the end truth and record agree to the last unit."""

import collections
import hashlib
import time

import writ_program as wp
from live_program import LiveTest
from venue_truth import Market, Record

HOURS = 10
SPEED = 120  # recorded seconds in one of ours
RECORDINGS = {"spot": ("spot_btcusdt_20230405.jsonl.gz",),
              "futures": ("usdm_btcusdt_20240718.jsonl.gz", "usdm_ethusdt_20240718.jsonl.gz")}
# What the market maker and the directional strategy of each account trade: on spot side by side.
INSTRUMENTS = {"spot": ("binance_spot/BTCUSDT", "binance_spot/BTCUSDT"),
               "fut": ("binance_usdm/BTCUSDT", "binance_usdm/ETHUSDT")}
FUNDING_AT = (0.3, 0.8)  # of the time: two instants of funding are in ten hours


def in_process(name):
    """A plugin in the host's process, as live wants it: by its hash."""
    return f'sha256: "{hashlib.sha256(wp.plugin(name).read_bytes()).hexdigest()}"'


def strategies():
    text = f"""\
signals:
  - {{name: flow, plugin: writ.order_flow, instruments: ["*"], params: {{window: "500ms", interval: "50ms"}}, {in_process("order_flow")}}}
strategies:
"""
    for account, (quoted, followed) in INSTRUMENTS.items():
        text += f"""\
  - {{name: {account}_mm, plugin: writ.market_maker, account: {account}, instruments: [{quoted}], {in_process("market_maker")},
     params: {{order_notional: "500", inventory_max: "5000", requote_interval: "250ms", retry_after: "200ms", fee_cover: "0"}}}}
  - {{name: {account}_dir, plugin: writ.directional, account: {account}, instruments: [{followed}], {in_process("directional")},
     signals: {{signal: flow.flow}}, params: {{threshold: "0.3", hold: "2s", pause: "500ms", order_notional: "300"}}}}
"""
    return text


class LiveHours(LiveTest):
    def simulator_of_a_recording(self):
        words = ["--replay-speed", SPEED]
        for market, names in RECORDINGS.items():
            words += [f"--replay-{market}", *(wp.data("binance_feed", "hftbacktest", name) for name in names)]
        return self.simulator("--tls", self.folder / "tls", *words)

    def trade(self, sim, config, duration):
        """One host, from its start to its orderly end; funding is paid on the way."""
        with wp.Host(config, "--live") as host:
            host.wait_ready()
            begun = time.monotonic()
            for share in (*FUNDING_AT, 1):
                while time.monotonic() < begun + share * duration:
                    self.assertIsNone(host.process.poll(), host.output())
                    time.sleep(0.2)
                if share < 1:
                    for symbol in ("BTCUSDT", "ETHUSDT"):
                        sim.control(sim.futures, "funding", {"symbol": symbol})
            status = host.status()
            host.stop()
        return status

    def test_ten_hours_compressed_agree_to_the_last_unit(self):
        duration = HOURS * 3600 / SPEED * wp.scaled(1000) / 1000
        with self.simulator_of_a_recording() as sim:
            self.keys()
            config = self.config(
                sim, strategies=strategies(), fut_symbols="BTCUSDT, ETHUSDT", more="ownership: {default: shared}\n",
                venue_more=f"    ca_file: {sim.ca_file}\n", journal_more=", snapshot_policy: intent", storage_more=", store_snapshots: false")
            markets = [Market(sim, name) for name in ("spot", "futures")]
            self.reconciled(config, "--adopt")
            status = self.trade(sim, config, duration)
            self.assertEqual(wp.writ("venue", "cancel-all", "--config", config, "--json").json["left"], [])
            self.reconciled(config)
            record = Record(config)
            for run in wp.journal_runs(self.folder / "journal"):
                record.read(run)
            self.expect_equal_at_rest(config, record, markets)
        wp.figure("seconds of the recorded market", round(duration * SPEED))
        wp.figure("inputs", status["events"])
        fills = collections.Counter(fill["instance"] for account in record.fills.values() for fill in account)
        orders = collections.Counter(order["instance"] for order in record.orders.values())
        for account in INSTRUMENTS:
            for strategy in (f"{account}_mm", f"{account}_dir"):
                wp.figure(f"orders of {strategy}", orders[strategy])
                wp.figure(f"fills of {strategy}", fills[strategy])
                self.assertGreater(fills[strategy], 0, strategy)
        wp.figure("fundings booked", len(markets[1].funding))
        wp.figure("incidents", dict(record.incidents))
        wp.figure("records that replay the same", self.replayed(config, 2))


if __name__ == "__main__":
    wp.main()
