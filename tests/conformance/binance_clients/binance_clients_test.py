"""Clients others wrote, unmodified but for the base URL, trade at the venue simulator.

    binance_clients_test.py --simulator PROGRAM --folder WHERE_CLIENTS_ARE_INSTALLED [unittest arguments]
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))

import venue_sim  # noqa: E402

SKIPPED = 77  # SKIP_RETURN_CODE

# The first test key of RFC 8032; its private half is in binance_ed25519.mjs.
ED25519_PUBLIC = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
"""

ACCOUNTS = [{
    "name": "main",
    "keys": [{"api_key": "writ-sim-key", "secret": "writ-sim-secret"},
             {"api_key": "writ-sim-ed25519", "public_key": ED25519_PUBLIC}],
    "spot": {"USDT": "100000", "BTC": "2", "ETH": "20", "BNB": "10"},
    "futures": {"USDT": "100000"},
}]

simulator = None
folder = None

# What each script must have counted at least.
WANTED = {
    "ccxt_spot": {"markets": 4, "books": 20, "trades": 1, "placed": 2, "order events": 1, "queried": 2,
                  "cancelled": 1, "fills": 1, "balances": 4, "refused": 1, "orders over the WebSocket API": 1},
    "ccxt_futures": {"markets": 2, "books": 20, "trades": 1, "placed": 2, "order events": 1, "queried": 2,
                     "cancelled": 1, "fills": 1, "balances": 1, "refused": 1, "positions": 1},
    "binance_both": {"markets": 6, "depth events": 40, "trades": 2, "placed": 3, "order events": 1, "queried": 2,
                     "cancelled": 2, "fills": 2, "balances": 5, "orders over the WebSocket API": 1},
    "binance_spot": {"markets": 4, "depth events": 20, "trades": 1, "placed": 1, "order events": 1, "queried": 1,
                     "cancelled": 1, "fills": 1, "balances": 4, "refused": 1, "orders over the WebSocket API": 1},
    "binance_ed25519": {"logged on": 1, "orders over the WebSocket API": 1, "order events": 1, "fills": 1,
                        "balances": 4},
    "binance_futures": {"markets": 2, "depth events": 20, "trades": 1, "placed": 1, "order events": 1, "queried": 1,
                        "cancelled": 1, "fills": 1, "balances": 1, "positions": 1, "mark prices": 1,
                        "orders over the WebSocket API": 1},
}


def skip(why):
    """Without the clients nothing was checked: enough for a first look at the tree, not for the whole check."""
    raise RuntimeError(why) if os.environ.get("WRIT_FULL") == "1" else unittest.SkipTest(why)


class BinanceClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (shutil.which("node") and shutil.which("npm")):
            skip("no node or npm to run the clients with: sudo apt-get install nodejs npm")
        folder.mkdir(parents=True, exist_ok=True)
        for file in [*HERE.glob("*.json"), *HERE.glob("*.mjs")]:
            shutil.copy(file, folder)
        if (folder / "node_modules" / ".package-lock.json").is_file():
            return
        # Scripts of packages are never run; the lock file names every package and its hash.
        made = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                              capture_output=True, text=True, timeout=600)
        if made.returncode != 0:
            skip(f"the clients cannot be had: {made.stderr.strip()[-500:]}")

    def run_client(self, script):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        accounts = pathlib.Path(work.name, "accounts.json")
        accounts.write_text(json.dumps(ACCOUNTS))
        with venue_sim.VenueSim(simulator, work.name, "--accounts", accounts) as sim:
            environment = dict(os.environ, WRIT_SIM_SPOT=json.dumps(sim.spot), WRIT_SIM_FUTURES=json.dumps(sim.futures),
                               WRIT_SIM_KEY="writ-sim-key", WRIT_SIM_SECRET="writ-sim-secret")
            ran = subprocess.run(["node", f"{script}.mjs"], cwd=folder, env=environment, capture_output=True,
                                 text=True, timeout=170, stdin=subprocess.DEVNULL)
            self.assertEqual(ran.returncode, 0, f"{script}\n{ran.stdout}\n{ran.stderr}")
            counts = json.loads(ran.stdout.splitlines()[-1])
            fills = [line for market in ("spot", "futures") for line in sim.truth(market) if line["kind"] == "fill"]
        for name, value in counts.items():
            print(f"figure: {script} {name} = {value}", flush=True)
        for name, least in WANTED[script].items():
            self.assertGreaterEqual(counts.get(name, 0), least, f"{script}: {name}")
        # What the client was told of its fills is what the venue did.
        self.assertGreaterEqual(len(fills), counts["fills"])

    def test_ccxt_spot(self):
        self.run_client("ccxt_spot")

    def test_ccxt_futures(self):
        self.run_client("ccxt_futures")

    def test_package_binance(self):
        self.run_client("binance_both")

    def test_package_binance_spot(self):
        self.run_client("binance_spot")

    def test_package_binance_spot_with_ed25519(self):
        self.run_client("binance_ed25519")

    def test_package_binance_derivatives(self):
        self.run_client("binance_futures")


def main():
    global simulator, folder
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    options, rest = parser.parse_known_args()
    simulator, folder = options.simulator, options.folder.resolve()
    ran = unittest.main(argv=[sys.argv[0], *rest], exit=False, verbosity=2).result
    if not ran.wasSuccessful():
        sys.exit(1)
    if ran.testsRun == 0 or ran.testsRun == len(ran.skipped):
        sys.exit(SKIPPED if ran.skipped else 1)


if __name__ == "__main__":
    main()
