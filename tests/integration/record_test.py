"""`writ record`: what a venue says becomes a capture that `writ tape import` reads."""

import gzip
import json
import pathlib
import signal
import ssl
import subprocess
import time
import urllib.request

import market_server
import writ_program as wp

EXCHANGE_INFO = {"serverTime": 1700000000000, "rateLimits": [], "exchangeFilters": [], "symbols": [
    {"symbol": symbol, "status": "TRADING", "baseAsset": symbol[:3], "quoteAsset": "USDT", "baseAssetPrecision": 8, "quoteAssetPrecision": 8,
     "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "9000", "stepSize": "0.001"}]} for symbol in ("BTCUSDT", "ETHUSDT")]}
IMAGE = {"lastUpdateId": 100, "bids": [["100.01", "2"], ["100.00", "1"]], "asks": [["100.02", "1"]]}


def wrapped(stream, data):
    return json.dumps({"stream": stream, "data": data}, separators=(",", ":"))


def messages(symbol, count=50):
    name = symbol.lower()
    said = []
    for i in range(count):
        said.append(wrapped(f"{name}@depth@100ms", {"e": "depthUpdate", "E": 1700000000000 + i, "s": symbol, "U": 100 + i, "u": 100 + i,
                                                    "b": [["100.01", str(i + 1)]], "a": []}))
        said.append(wrapped(f"{name}@trade", {"e": "trade", "E": 1700000000000 + i, "s": symbol, "t": 1 + i, "p": "100.02", "q": "0.5",
                                              "T": 1700000000000 + i, "m": False, "M": True}))
    said.append(wrapped(f"{name}@bookTicker", {"u": 100 + count - 1, "s": symbol, "b": "100.01", "B": str(count), "a": "100.02", "A": "1"}))
    return said


class Record(wp.ProgramTest):
    def setUp(self):
        super().setUp()
        self.said = messages("BTCUSDT") + messages("ETHUSDT")
        self.server = market_server.MarketServer({"/api/v3/exchangeInfo": EXCHANGE_INFO, "/api/v3/depth": IMAGE}, {"/stream": self.said})
        self.addCleanup(self.server.close)

    def words(self, file, *more, symbols=("BTCUSDT", "ETHUSDT")):
        port = self.server.port
        named = [word for symbol in symbols for word in ("--symbol", symbol)]
        return ["record", "--venue", "binance_spot", "--rest", f"http://127.0.0.1:{port}", "--websocket", f"ws://127.0.0.1:{port}", *named,
                "-o", str(file), *more]

    def check_capture(self, file):
        lines = gzip.open(file, "rt").read().splitlines() if file.suffix == ".gz" else file.read_text().splitlines()
        times = [int(line.split(" ", 1)[0]) for line in lines]
        self.assertEqual(times, sorted(times))
        texts = [line.split(" ", 1)[1] for line in lines]
        images = {wrapped(f"{name}@depth", IMAGE).replace(" ", "") for name in ("btcusdt", "ethusdt")}
        self.assertEqual([text for text in texts if text in self.said], self.said, "as said, in order, byte for byte")
        self.assertEqual({text.replace(" ", "") for text in texts if text not in self.said}, images)
        return len(lines)

    def test_a_capture_is_what_was_said_and_becomes_a_tape(self):
        for name in ("feed.jsonl", "feed.jsonl.gz"):
            file = self.folder / name
            report = wp.writ(*self.words(file, "--for", "2s", "--json")).json
            self.assertEqual(report["files"], [str(file)])
            self.assertEqual(report["messages"], self.check_capture(file))
            self.assertEqual((report["refused"], report["trades_missing"]), (0, 0))
            self.assertFalse(pathlib.Path(f"{file}.part").exists())
            tape = self.folder / f"{name}.tape"
            wp.writ("tape", "import", "binance-stream", str(file), "-o", str(tape))
            info = wp.writ("tape", "info", str(tape), "--books", "--json").json
            self.assertEqual(len(info["instruments"]), 2)
            for quality in info["books"]["instruments"]:
                self.assertTrue(quality["ever_tradable"], quality)
                self.assertEqual((quality["gaps"], quality["top_mismatches"]), (0, 0), quality)
        wp.figure("messages recorded and imported", report["messages"])

    def test_trades_that_never_came_are_counted(self):
        heard = [text for text in self.said if '"t":20,' not in text]
        self.assertEqual(len(heard), len(self.said) - 2, "one of each symbol")
        self.server = market_server.MarketServer({"/api/v3/exchangeInfo": EXCHANGE_INFO, "/api/v3/depth": IMAGE}, {"/stream": heard})
        self.addCleanup(self.server.close)
        report = wp.writ(*self.words(self.folder / "feed.jsonl", "--for", "2s", "--json")).json
        self.assertEqual(report["trades_missing"], 2)

    def test_it_ends_whole_at_an_interrupt(self):
        file = self.folder / "feed.jsonl.gz"
        recording = subprocess.Popen([wp.program, *self.words(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertTrue(self.server.said.wait(wp.seconds(20)))
        part = pathlib.Path(f"{file}.part")
        self.addCleanup(recording.kill)
        end = time.monotonic() + wp.seconds(20)
        while not part.exists() or part.stat().st_size == 0:  # flushed each second
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        recording.send_signal(signal.SIGINT)
        out, err = recording.communicate(timeout=wp.seconds(20))
        self.assertEqual((recording.returncode, err), (wp.OK, ""))
        self.assertIn(str(file), out)
        self.assertGreater(len(gzip.open(file, "rt").read().splitlines()), 0)

    def test_a_configuration_says_what_and_where(self):
        port = self.server.port
        config = self.write("live.yaml", f"""mode: live
journal: {{dir: journal}}
venues:
  here: {{type: binance, market: spot, rest: "http://127.0.0.1:{port}", websocket: "ws://127.0.0.1:{port}",
         websocket_api: "ws://127.0.0.1:{port}/ws-api/v3", credentials: {{env: NOBODY}}}}
accounts: [{{name: main, reporting: USDT, venue: here}}]
feeds: [{{name: here, type: binance, venue: here, symbols: [BTCUSDT, ETHUSDT]}}]
""")
        file = self.folder / "feed.jsonl"
        wp.writ("record", "--config", str(config), "-o", str(file), "--for", "2s")
        self.check_capture(file)
        self.assert_one_line(wp.writ("record", "--config", str(config), "--venue", "there", "-o", "x", status=None), 'no feed of a venue "there"')

    def test_what_is_wrong_is_said_and_nothing_is_written(self):
        file = self.folder / "feed.jsonl"
        unknown = wp.writ(*self.words(file, symbols=("BTCUSDC",)), status=wp.WRONG_INPUT)
        self.assert_one_line(unknown, "BTCUSDC")
        self.assertIn('did you mean "BTCUSDT"', unknown.err)
        self.assert_one_line(wp.writ(*self.words(file, symbols=()), status=wp.WRONG_INPUT), "--symbol")
        other = [word.replace("binance_spot", "nasdaq") for word in self.words(file)]
        self.assert_one_line(wp.writ(*other, status=wp.WRONG_INPUT), "nasdaq")
        self.assertFalse(file.exists())
        file.write_text("mine")
        self.assert_one_line(wp.writ(*self.words(file), status=wp.WRONG_INPUT), "there already")
        self.assertEqual(file.read_text(), "mine")
        self.server.close()
        self.assert_one_line(wp.writ(*self.words(self.folder / "other"), status=None), "connect", status=wp.FAILED)



class AgainstTheSimulator(wp.ProgramTest):
    """Both markets, with what goes wrong at a venue: each book on the tape is continuous again after it."""

    SYMBOLS = {"spot": ["BTCUSDT", "ETHUSDT"], "futures": ["BTCUSDT"]}

    def setUp(self):
        super().setUp()
        tls = ["--tls", str(self.folder / "tls")]
        self.simulator = subprocess.Popen([wp.build_tree / "examples/venue_sim/writ-venue-sim", "--spot-port", "0", "--futures-port", "0", *tls],
                                          stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.simulator.stdout.close)
        self.addCleanup(self.simulator.wait)
        self.addCleanup(self.simulator.kill)
        self.places = json.loads(self.simulator.stdout.readline())
        self.trust = ssl.create_default_context(cafile=self.folder / "tls/ca.pem")

    def post(self, market, path, body):
        request = urllib.request.Request(self.places[market]["rest"] + path, data=json.dumps(body).encode(), method="POST")
        return urllib.request.urlopen(request, context=self.trust, timeout=wp.seconds(10)).read()

    def record(self, market, faults, duration="6s"):
        """What is on the tape of so long a recording during which these went wrong, one a second."""
        file = self.folder / f"{market}.jsonl.gz"
        symbols = [word for symbol in self.SYMBOLS[market] for word in ("--symbol", symbol)]
        venue = {"spot": "binance_spot", "futures": "binance_usdm"}[market]
        place = self.places[market]
        recording = subprocess.Popen([wp.program, "record", "--venue", venue, "--rest", place["rest"], "--websocket", place["websocket"],
                                      "--ca-file", self.folder / "tls/ca.pem", *symbols, "-o", file, "--for", duration, "--json"],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(recording.kill)
        part = pathlib.Path(f"{file}.part")
        end = time.monotonic() + wp.seconds(20)
        while not part.exists() or part.stat().st_size == 0:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        for fault in faults:
            self.post(market, "/sim/faults", fault)
            time.sleep(1)
        out, err = recording.communicate(timeout=wp.seconds(60))
        self.assertEqual(recording.returncode, wp.OK, err)
        report = json.loads(out)
        self.assertEqual((report["refused"], report["unknown"]), (0, {}))
        tape = self.folder / f"{market}.tape"
        imported = wp.writ("tape", "import", "binance-stream", file, "-o", tape, "--json").json
        self.assertEqual(imported["unknown_messages"], {}, imported)
        info = wp.writ("tape", "info", tape, "--books", "--json").json
        qualities = info["books"]["instruments"]
        self.assertEqual(len(qualities), len(self.SYMBOLS[market]))
        for quality in qualities:
            self.assertTrue(quality["ever_tradable"], quality)
            self.assertGreater(quality["book_changes"], 10, quality)
            self.assertGreater(quality["top_checks"], 0, quality)
            self.assertEqual(quality["top_mismatches"], 0, quality)
        incidents = info["books"]["incidents"]
        self.assertEqual(incidents.get("RESYNCED", 0), incidents.get("DATA_GAP", 0), info["books"])
        return err, incidents, report["messages"]

    def test_a_quiet_day_has_no_gap(self):
        for market in self.SYMBOLS:
            err, incidents, messages = self.record(market, [], "3s")
            self.assertEqual((err, incidents), ("", {}))
            wp.figure(f"{market} messages over TLS", messages)

    def test_what_is_lost_or_comes_twice_is_met(self):
        for market in self.SYMBOLS:
            _, incidents, _ = self.record(market, [{"fault": "duplicate", "target": "@depth", "count": 3}, {"fault": "reorder", "target": "@trade"},
                                                   {"fault": "gap", "target": "btcusdt@depth"}])
            self.assertEqual(incidents.get("DATA_GAP"), 1, incidents)

    def test_a_connection_that_ends_is_made_again(self):
        for market in self.SYMBOLS:
            err, _, _ = self.record(market, [{"fault": "drop"}, {"fault": "cut_24h"}])
            self.assertIn("market data: ", err)

    def test_an_announced_end_is_met_in_time(self):
        for market in self.SYMBOLS:
            err, incidents, _ = self.record(market, [{"fault": "server_shutdown"}], "14s")
            self.assertEqual((err, incidents), ("", {}))


if __name__ == "__main__":
    wp.main()
