"""Mode live beside a test: the venue simulator and a host that trades there on both markets."""

import json
import pathlib
import sys
import time

import writ_program as wp
from venue_truth import database_differences, differences

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import venue_sim  # noqa: E402

KEY, SECRET = "key-of-the-test", "5ecret-of-the-test"
ACCOUNTS = [{"name": "main", "keys": [{"api_key": KEY, "secret": SECRET}],
             "spot": {"USDT": "100000", "BTC": "2"}, "futures": {"USDT": "100000"}}]
MAKER = ('isolation: sandbox, params: {order_notional: "500", inventory_max: "5000", requote_interval: "50ms", '
         'retry_after: "200ms", fee_cover: "0"}')
MAKERS = f"""\
strategies:
  - {{name: spot_mm, plugin: writ.market_maker, account: spot, instruments: [binance_spot/BTCUSDT], {MAKER}}}
  - {{name: fut_mm, plugin: writ.market_maker, account: fut, instruments: [binance_usdm/BTCUSDT], {MAKER}}}
"""


class LiveTest(wp.ProgramTest):
    def simulator(self, *words, accounts=ACCOUNTS):
        accounts = self.write("accounts.json", json.dumps(accounts))
        program = wp.build_tree / "examples/venue_sim/writ-venue-sim"
        return venue_sim.VenueSim(program, self.folder / "sim", "--spot-port", "0", "--futures-port", "0", "--accounts", accounts,
                                  "--spot-fees", "0.0001,0.001", *words)

    def keys(self, mode=0o600):
        file = self.write("keys", f"api_key: {KEY}\nsecret: {SECRET}\n")
        file.chmod(mode)
        return file

    def config(self, sim, more="", credentials="{file: keys}", mode="live", strategies=MAKERS, venue_more="", window="5s",
               journal_more="", storage_more="", fut_symbols="BTCUSDT"):
        venues = ""
        for name, market, said in (("spot", "spot", sim.spot), ("fut", "futures", sim.futures)):
            venues += f"""\
  {name}:
    type: binance
    market: {market}
    rest: {said["rest"]}
    websocket: {said["websocket"]}
    websocket_api: {said["websocket_api"]}
    credentials: {credentials}
{venue_more}"""
        return self.write("writ.yaml", f"""\
mode: {mode}
seed: 1
journal: {{dir: journal, segment_mib: 4, ring_mib: 4{journal_more}}}
storage: {{url: "sqlite:run.db"{storage_more}}}
reconcile: {{window: {window}, retry: 200ms}}
venues:
{venues}\
accounts:
  - {{name: spot, reporting: USDT, venue: spot}}
  - {{name: fut, reporting: USDT, venue: fut}}
feeds:
  - {{name: spot, type: binance, venue: spot, symbols: [BTCUSDT]}}
  - {{name: fut, type: binance, venue: fut, symbols: [{fut_symbols}]}}
market:
  features: {{sample: "100ms", volatility_warm: 2, spread_warm: 2}}
risk: {{price_band: "0.05", open_orders_max: 6, order_rate_max: 20}}
{more}\
{strategies}""")

    def reconciled(self, config, *words):
        """What it says; without --adopt any difference beyond a venue's rounding would have halted it."""
        done = wp.writ("reconcile", "--config", config, "--json", *words, timeout=90).json
        self.assertTrue(done["ok"], done)
        return done

    def expect_equal_at_rest(self, config, record, markets):
        """Nothing is open or under way: the truth, the journal (`record`) and the database say the same, to the last unit."""
        for market in markets:
            market.read()
            self.assertEqual(market.open_orders(), [])
            self.assertEqual(differences(market, record, time.time_ns()), [])
            wp.figure(f"orders on {market.name}, each once", len(market.placed))
            wp.figure(f"fills on {market.name}, each once", len(market.fills))
        database = self.folder / "run.db"
        wp.writ("db", "rebuild", "--config", config, timeout=600)  # a reconciliation alone writes to no database
        self.assertEqual(database_differences(database, markets), [])
        self.verify_database(database)
        wp.writ("db", "verify", "--config", config, timeout=600)

    def replayed(self, config, run):
        """How many records of a run were recomputed, all the same."""
        verified = wp.writ("replay", run, "--config", config, "--verify", "--json", timeout=600).json
        self.assertTrue(verified["equal"], verified)
        return sum(verified["compared"].values())
