"""Recorded archives become tapes whose rows and times are those of the files, read here by other means; damaged ones leave nothing."""

import bz2
import collections
import csv
import datetime
import gzip
import io
import json
import re
import shutil
import zipfile

import writ_program as wp

TARDIS = {
    "tardis-trades": "tardis_binance-futures_BTCUSDT_20200222_trades.csv.gz",
    "tardis-quotes": "tardis_binance-futures_BTCUSDT_20200222_quotes.csv.gz",
    "tardis-book-snapshot-5": "tardis_binance-futures_book_snapshot_5_BTCUSDT.csv",
    "tardis-book-snapshot-25": "tardis_binance-futures_book_snapshot_25_BTCUSDT.csv",
}
SYMBOLS = ["BTCUSDT", "DOGEUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"]
QUANTITY_MAX = 2**63 / 10**9  # of a record: nothing beyond is imported, nor cut
INTERVALS_S = {"1m": 60, "1h": 3600, "4h": 4 * 3600, "1d": 24 * 3600}


def rows_of(path):
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else open(path)
    with opened as file:
        return list(csv.DictReader(file))


def calendar_ns(text):
    time = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return int(time.timestamp()) * 10**9


class ImportTest(wp.ProgramTest):
    def made(self, format_name, *files_and_options):
        tape = self.folder / f"{len(list(self.folder.iterdir()))}.tape"
        wp.writ("tape", "import", format_name, *files_and_options, "-o", tape)
        return wp.writ("tape", "info", tape, "--json").json

    def check(self, info, times_ns, name):
        self.assertEqual((int(info["events"]), int(info["first_ts"]), int(info["last_ts"])),
                         (len(times_ns), times_ns[0], times_ns[-1]), name)
        wp.figure(f"{name} events", len(times_ns))


class Archives(ImportTest):
    def test_tardis_layouts(self):
        for format_name, file in TARDIS.items():
            path = wp.data("binance_trades", file)
            times = [int(row["local_timestamp"]) * 1000 for row in rows_of(path)]
            info = self.made(format_name, path)
            self.check(info, times, format_name)
            self.assertEqual(info["instruments"], ["binance_usdm/BTCUSDT"])

    def test_aggregate_trades(self):
        path = wp.data("binance_trades", "derived_XRPETH-aggTrades-2019-10-11.csv.gz")
        rows = list(csv.reader(bytes_of(path).decode().splitlines()))
        self.check(self.made("binance-aggtrades", path), [int(row[5]) * 10**6 for row in rows], "aggregate trades")

    def test_klines_of_futures(self):
        for length in ("1h", "4h", "1d"):
            for symbol in SYMBOLS:
                path = wp.data("binance_klines", f"usdm_{length}", f"{symbol}.csv.gz")
                rows = rows_of(path)
                words = ["binance-klines", path, "--venue", "binance_usdm", "--symbol", symbol]
                beyond = [line for line, row in enumerate(rows, 2) if float(row["volume"]) > QUANTITY_MAX]
                if beyond:
                    done = wp.writ("tape", "import", *words, "-o", self.folder / "never.tape", status=wp.WRONG_INPUT)
                    self.assertIn(f"{path.name}:{beyond[0]}:", done.err)
                    self.assertIn("volume is not", done.err)
                    wp.figure(f"{symbol} {length} first line beyond the range of a quantity", beyond[0])
                    words += ["--multiplier", "1000"]
                info = self.made(*words)
                self.check(info, [(int(row["close_time"]) + 1) * 10**6 for row in rows], f"{symbol} {length}")

    def test_klines_with_calendar_dates_or_without_their_end(self):
        for length in ("1d", "4h", "1h"):
            path = wp.data("binance_klines", f"spot_BTCUSDT_{length}_2022_2025.csv.gz")
            ends = [calendar_ns(row["timestamp"]) + INTERVALS_S[length] * 10**9 for row in rows_of(path)]
            info = self.made("binance-klines", path, "--symbol", "BTCUSDT", "--interval", length)
            self.check(info, ends, f"spot {length}")
        path = wp.data("binance_klines", "flox_btcusdt_1m.csv.gz")
        ends = [int(row["timestamp"]) * 10**6 + 60 * 10**9 for row in rows_of(path)]
        info = self.made("binance-klines", path, "--symbol", "BTCUSDT", "--interval", "1m")
        self.check(info, ends, "minutes")


def bytes_of(path):
    raw = path.read_bytes()
    if path.suffix == ".bz2":
        return bz2.decompress(raw)
    if path.suffix == ".gz":
        return gzip.decompress(raw)
    if path.suffix == ".zip" and raw:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return archive.read(archive.namelist()[0])
    return raw


class Captures(ImportTest):
    FOLDER = ("binance_feed", "lasota")

    def test_depth_rows_are_messages(self):
        taken = 0
        for path in sorted(wp.data(*self.FOLDER).iterdir()):
            text = [line for line in bytes_of(path).decode().splitlines() if line and not line.startswith("#")]
            rows = list(csv.DictReader(text))
            received = "TimestampOfReceiveUS" if "TimestampOfReceiveUS" in rows[0] else "TimestampOfReceive"
            symbol = [] if "Symbol" in rows[0] else ["--symbol", "BTCUSDT"]
            words = ["tape", "import", "binance-depth-csv", path, *symbol, "-o", self.folder / path.name, "--json"]
            if "coin_m" in path.name:
                done = wp.writ(*words, status=wp.WRONG_INPUT)
                self.assertRegex(done.err, rf"{path.name}:2:\d+: COIN-M contracts")
                continue
            kinds = collections.Counter()
            times, last = [], None
            for row in rows:
                trade = row.get("EventType") == "trade"
                if trade and float(row["Price"]) == float(row["Quantity"]) == 0:
                    continue  # announced without price and quantity
                change = row.get("EventType") == "depthUpdate"
                whole = row.get("StreamType") == "FINAL_DEPTH_SNAPSHOT"
                key = (row[received], "" if whole else row.get("FinalUpdateId") or row.get("LastUpdateId"), whole, change)
                if trade or key != last:
                    kinds["trade" if trade else "book_delta" if change and not whole else "book_snapshot"] += 1
                    times.append(int(row[received]) * (1000 if len(row[received]) == 16 else 10**6))
                last = None if trade else key
            made = wp.writ(*words).json
            self.check(made, times, path.name)
            self.assertEqual({kind: made["by_type"][kind] for kind in kinds}, dict(kinds))
            taken += 1
        self.assertGreaterEqual(taken, 7)

    def test_funding_rates(self):
        for symbol in SYMBOLS:
            path = wp.data("binance_funding", "usdm_funding", f"{symbol}.csv")
            info = self.made("binance-funding", path)
            self.check(info, [int(row["timestamp"]) * 10**6 for row in rows_of(path)], f"{symbol} funding")
            self.assertEqual(info["instruments"], [f"binance_usdm/{symbol}"])


class Stream:
    """What a file of Betfair's stream holds, told by other means: how many records of each kind, and when."""

    REMOVED = ("REMOVED", "REMOVED_VACANT", "HIDDEN")

    def __init__(self, text):
        self.counts = collections.Counter()
        self.times = []
        self.bad_line = None
        self.runners, self.listed, self.said, self.results = {}, set(), {}, {}
        self.ladders, self.traded = {}, {}
        for number, line in enumerate(text.decode(errors="replace").splitlines(), 1):
            try:
                message = json.loads(line)
                if message["op"] != "mcm":
                    raise ValueError
                for change in message["mc"]:
                    self.apply(message["pt"] * 10**6, change)
            except (ValueError, KeyError, TypeError):
                self.bad_line = number
                return

    def note(self, time, kind, count=1):
        self.counts[kind] += count
        self.times += [time] * count

    def apply(self, time, change):
        market = change["id"]
        if "marketDefinition" in change:
            self.define(time, market, change["marketDefinition"])
        runners = self.runners[market]
        image = change.get("img", False)
        touched = set()
        for one in change.get("rc") or []:
            key = (market, one["id"])
            if one["id"] not in runners:
                raise KeyError
            if key not in self.listed:
                continue
            touched.add(key)
            before = {} if image else self.traded.get(key, {})
            if "trd" in one:
                grown = [p for p, size in one["trd"] if size > before.get(p, 0)]
                self.note(time, "trade", 0 if image else len(grown))
                self.traded[key] = {**before, **dict(one["trd"])}
            elif "ltp" in one and key not in self.traded and not image:
                self.note(time, "trade")
            if image or "atb" in one or "atl" in one:
                fresh = image or key not in self.ladders
                sides = ({}, {}) if fresh else self.ladders[key]
                for side, name in zip(sides, ("atb", "atl")):
                    side.update({p: size for p, size in one.get(name, [])})
                self.ladders[key] = sides
                self.note(time, "book_snapshot" if fresh else "book_delta")
        for key, sides in self.ladders.items():
            if image and key[0] == market and key not in touched and any(any(side.values()) for side in sides):
                self.ladders[key] = ({}, {})
                self.note(time, "book_snapshot")

    def define(self, time, market, definition):
        self.runners[market] = {runner["id"] for runner in definition["runners"]}
        for runner in definition["runners"]:
            key, status = (market, runner["id"]), runner["status"]
            gone = status in self.REMOVED
            if not gone:
                self.listed.add(key)
            if key not in self.listed:
                continue
            said = ("CLOSED" if gone else definition["status"], definition["inPlay"], definition["betDelay"])
            if self.said.get(key) != said:
                self.note(time, "market_status")
            self.said[key] = said
            result = "VOID" if gone else status if definition["status"] == "CLOSED" and status in ("WINNER", "LOSER") else None
            if result == self.results.get(key):
                continue
            self.note(time, "settlement", (self.results.get(key) is not None) + (result is not None))
            if result == "VOID" and runner.get("adjustmentFactor", 0) > 0:
                self.note(time, "reduction")
            self.results[key] = result


class BettingMarkets(ImportTest):
    def test_every_file_of_the_stream_is_a_tape_or_refused_with_its_line(self):
        taken, refused = 0, 0
        for path in sorted(wp.data("betfair_stream").rglob("*")):
            if not path.is_file():
                continue
            stream = Stream(bytes_of(path))
            tape = self.folder / f"{taken + refused}.tape"
            words = ["tape", "import", "betfair-stream", path, "-o", tape, "--json"]
            if stream.bad_line or not stream.times:
                done = wp.writ(*words, status=wp.WRONG_INPUT)
                place = f"{path.name}:{stream.bad_line}:" if stream.bad_line else f"{path.name}: the file is empty"
                self.assertIn(place, done.err)
                self.assertFalse(tape.exists())
                refused += 1
                continue
            made = wp.writ(*words).json
            tables = ("asset", "instrument", "stream")
            self.assertEqual({kind: count for kind, count in made["by_type"].items() if kind not in tables},
                             dict(+stream.counts), path)
            self.assertEqual(made["by_type"]["instrument"], len(stream.listed))
            self.check(made, stream.times, f"betfair {path.parent.name}/{path.name}")
            taken += 1
        wp.figure("betfair files made a tape", taken)
        wp.figure("betfair files refused with their line", refused)
        self.assertGreaterEqual(taken, 20)


class PredictionMarkets(ImportTest):
    def test_quotes_sorted_by_market_become_one_tape_by_time(self):
        path = wp.data("polymarket_quotes", "quotes_2026-07-10_full.csv.gz")
        rows = rows_of(path)
        times = sorted(int(row["ts"]) * 1000 for row in rows)
        tape = self.folder / "quotes.tape"
        made = wp.writ("tape", "import", "prediction-quotes", path, "--quote-size", "100", "-o", tape, "--json", timeout=300).json
        self.check(made, times, "prediction quotes")
        self.assertEqual(made["by_type"]["book_snapshot"], len(rows))
        names = sorted({f"polymarket/{row['slug']}/YES" for row in rows})
        self.assertEqual(sorted(made["instruments"]), names)
        done = wp.writ("tape", "import", "prediction-quotes", path, "-o", self.folder / "never.tape", status=wp.WRONG_INPUT)
        self.assertIn(f"{path.name}:2:", done.err)
        self.assertIn("give --quote-size", done.err)


    def test_dumps_of_polymarket(self):
        folder = wp.data("polymarket_book", "caiooooo")
        for coin in ("btc", "eth"):
            paths = sorted(folder.glob(f"1h_{coin}_*"))
            items = [json.loads(bytes_of(path)) for path in paths]
            times = sorted(int(item["local_timestamp"]) * 10**6 for file in items for item in file)
            made = wp.writ("tape", "import", "polymarket-book", *paths, "-o", self.folder / coin, "--json").json
            self.check(made, times, f"polymarket books of {coin}")
            self.assertEqual(made["by_type"]["trade"], sum("side" in item for file in items for item in file))
            self.assertEqual(made["instruments"], [f"polymarket/1h_{coin}_1765450800/{way}" for way in ("DOWN", "UP")])
        path = wp.data("polymarket_settlement", "BTC-5m-markets-2026-06-08.jsonl.gz")
        markets = [json.loads(line) for line in bytes_of(path).decode().splitlines()]
        closed = sorted(calendar_ns(market["raw"]["closedTime"].split("+")[0]) for market in markets)
        made = wp.writ("tape", "import", "polymarket-markets", path, "-o", self.folder / "markets", "--json").json
        self.check(made, [time for time in closed for _ in range(2)], "polymarket settlements")
        wp.writ("tape", "export", self.folder / "markets", "-o", self.folder / "tables")
        paid = sum(row["payout_numerator"] == "1000000000" for row in rows_of(self.folder / "tables" / "settlement.csv"))
        self.assertEqual(paid, len(markets))


START_MS = 1_704_067_200_000


# Every format, generated: how a file of it is named, its first line, its row number n at that time (0 of a second), options.
# Only where a row is of one line is it damaged line by line.
def books(n, time, more=""):
    return f'{{"bids":[{{"price":"0.4","size":"{n + 1}"}}],"asks":[],"timestamp":"{time}","local_timestamp":"{time}"{more}}}'


def runner_change(n, time):
    if n == 0:
        return json.dumps({"op": "mcm", "pt": time, "mc": [{"id": "1.5", "marketDefinition": {
            "status": "OPEN", "inPlay": False, "betDelay": 0, "numberOfWinners": 1, "marketBaseRate": 5,
            "runners": [{"id": 11, "status": "ACTIVE"}]}}]})
    return f'{{"op":"mcm","pt":{time},"mc":[{{"id":"1.5","rc":[{{"id":11,"atb":[[1.5,{n}]]}}]}}]}}'


def tardis(columns, row, us=1000):
    return (f"exchange,symbol,timestamp,local_timestamp,{columns}",
            lambda n, time: f"binance,BTCUSDT,{time * us},{time * us},{row(n)}")


IMAGE_COLUMNS = {depth: ",".join(f"asks[{i}].price,asks[{i}].amount,bids[{i}].price,bids[{i}].amount" for i in range(depth)) for depth in (5, 25)}
FORMATS = {
    "binance-stream": ("c.jsonl", None, lambda n, time: f'{time * 10**6} {{"stream":"btcusdt@trade","data":{{"e":"trade","E":{time},"T":{time},"s":"BTCUSDT","t":{n + 1},"p":"1.5","q":"2","m":true}}}}', []),
    "binance-aggtrades": ("BTCUSDT-aggTrades-1.csv", None, lambda n, time: f"{n + 1},1.5,2,{n + 1},{n + 1},{time},true", []),
    "binance-trades": ("BTCUSDT-trades-1.csv", None, lambda n, time: f"{n + 1},1.5,2,3,{time},true", []),
    "binance-klines": ("BTCUSDT-1s-1.csv", "open_time,open,high,low,close,volume", lambda n, time: f"{time},1,2,1,2,5", ["--interval", "1s"]),
    "binance-bookticker": ("BTCUSDT-bookTicker-1.csv", None, lambda n, time: f"{n + 1},1.5,2,1.6,3,{time}", []),
    "binance-funding": ("f.csv", "timestamp,symbol,funding_rate", lambda n, time: f"{time},BTCUSDT,0.0001", []),
    "binance-depth-csv": ("d.csv", "TimestampOfReceive,EventType,EventTime,Symbol,FirstUpdateId,FinalUpdateId,IsAsk,Price,Quantity",
                          lambda n, time: f"{time},depthUpdate,{time},BTCUSDT,{n + 1},{n + 1},0,1.5,2", []),
    "tardis-trades": ("t.csv", *tardis("id,side,price,amount", lambda n: f"{n},buy,1.5,2"), []),
    "tardis-quotes": ("q.csv", *tardis("ask_amount,ask_price,bid_price,bid_amount", lambda n: "1,1.6,1.5,2"), []),
    "tardis-book-snapshot-5": ("5.csv", *tardis(IMAGE_COLUMNS[5], lambda n: "1.6,1,1.5,1" + 4 * ",,,,"), []),
    "tardis-book-snapshot-25": ("25.csv", *tardis(IMAGE_COLUMNS[25], lambda n: "1.6,1,1.5,1" + 24 * ",,,,"), []),
    "tardis-incremental-book": ("i.csv", *tardis("is_snapshot,side,price,amount", lambda n: f"{'true' if n == 0 else 'false'},bid,1.5,2"), []),
    "tardis-derivative-ticker": ("m.csv", *tardis("funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price", lambda n: ",,,,,,1.5"), []),
    "tardis-liquidations": ("l.csv", *tardis("id,side,price,amount", lambda n: f"{n},sell,1.5,2"), []),
    "betfair-stream": ("1.5", None, runner_change, []),
    "prediction-quotes": ("p.csv", "ts,slug,bid,ask", lambda n, time: f"{time},rain,0.4,0.5", ["--quote-size", "1"]),
    "polymarket-book": ("x_up.json", "[", lambda n, time: ("" if n == 0 else ",") + books(n, time), []),
    "polymarket-markets": ("m.jsonl", None, lambda n, time: f'{{"slug":"m{n}","resolved":true,"outcome_prices":["1","0"],"raw":{{"closedTime":"2024-01-01 00:00:{n % 60:02}+00"}}}}', []),
    "writ-csv": ("trade.csv", "seq,stream,event_ts,ingest_ts,instrument,side,flags,price,quantity,trade_id",
                 lambda n, time: f"{n + 1},0,{time * 10**6},{time * 10**6},1,BUY,0,1.5,2,{n + 1}", []),
}
# Their times are of one kind only, or of no unit.
WITHOUT_UNITS = ("polymarket-markets", "writ-csv")
# Each of its rows is of another market.
WITHOUT_ORDER = ("polymarket-markets",)


class EveryFormat(wp.ProgramTest):
    ROWS = 40

    def lines(self, format_name, time_of=lambda n: START_MS + 1000 * n):
        _, header, row, _ = FORMATS[format_name]
        rows = [row(n, time_of(n)) for n in range(self.ROWS)]
        return ([header] if header else []) + rows + (["]"] if header == "[" else [])

    def imported(self, format_name, content, status):
        name, _, _, options = FORMATS[format_name]
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else ("\n".join(content) + "\n").encode())
        return wp.writ("tape", "import", format_name, path, *options, "-o", self.folder / "out.tape", status=status)

    def refused(self, format_name, content, place=r":\d+"):
        done = self.imported(format_name, content, wp.WRONG_INPUT)
        self.assert_one_line(done, FORMATS[format_name][0].replace(".", r"\.") + place)
        left = [path.name for path in self.folder.iterdir() if "out" in path.name]
        self.assertEqual(left, [], f"{format_name}: nothing half made is left")

    def test_every_damage_is_refused_with_its_line(self):
        with_names = wp.writ("tape", "import", "--help").out
        for format_name in FORMATS:
            with self.subTest(format_name):
                (self.folder / "out.tape").unlink(missing_ok=True)
                self.assertIn(format_name, with_names)
                good = self.lines(format_name)
                at = 20 + (FORMATS[format_name][1] is not None)  # the row of number 20
                self.refused(format_name, gzip.compress("\n".join(good).encode(), mtime=0)[:-12])
                half = len(good[at]) // 2
                self.refused(format_name, good[:at] + [good[at][:half] + "\r\n" + good[at][half:]] + good[at + 1:], f":{at + 1}")
                self.refused(format_name, good[:at] + [good[at][:-max(1, len(good[at]) // 4)]] + good[at + 1:], rf":({at + 1}|{at + 2})")
                if format_name not in WITHOUT_ORDER:
                    back = self.lines(format_name, lambda n: START_MS + 1000 * (19 if n == 21 else 21 if n == 19 else n))
                    self.refused(format_name, back, rf":({at}|{at + 1}|{at + 2})")
                if format_name not in WITHOUT_UNITS:
                    finer = 1 if format_name == "binance-stream" else 1000
                    wrong = self.lines(format_name, lambda n: (START_MS + 1000 * n) * (finer if n == 20 else 1))
                    if finer == 1:  # its times are in ns: one in us
                        wrong[at] = wrong[at].replace("000000 {", "000 {", 1)
                    self.refused(format_name, wrong, rf":({at + 1}|{at + 2})")
                self.imported(format_name, good, wp.OK)
                wp.figure(f"{format_name} damages refused", 5)

    def test_every_format_is_in_the_table_above(self):
        text = wp.writ("tape", "import", "--help").out
        named = set(re.findall(r"\b(?:binance|tardis|betfair|prediction|polymarket|writ)-[a-z0-9-]+", text.partition("FORMAT is")[2]))
        self.assertEqual(named, set(FORMATS))


# Generated in the layout of the archives, which no recording here is of.
def trades(first_id, count, start_ms=1_704_067_200_000):
    return [f"{first_id + i},60000.1,0.5,30000.05,{start_ms + i},{'true' if i % 2 else 'false'}" for i in range(count)]


class Damage(wp.ProgramTest):
    def refused(self, place, what, *files):
        tape = self.folder / "never.tape"
        done = wp.writ("tape", "import", "binance-trades", *files, "-o", tape, status=wp.WRONG_INPUT)
        self.assertEqual(done.err.count("\n"), 1, done)
        self.assertIn(f"{files[-1].name}{place}", done.err)
        self.assertIn(what, done.err)
        left = [path.name for path in self.folder.iterdir() if "never" in path.name]
        self.assertEqual(left, [], "nothing half made is left")

    def test_damaged_files_are_refused_with_the_line_and_leave_nothing(self):
        good = trades(1, 1000)
        header = "id,price,qty,quote_qty,time,is_buyer_maker"

        def file(lines, name="BTCUSDT-trades-2024-01-01.csv", end="\n"):
            path = self.folder / name
            path.write_text(end.join(lines) + end)
            return path

        cut = self.folder / "BTCUSDT-trades-2024-01-02.csv.gz"
        whole = gzip.compress("\n".join(good).encode())
        cut.write_bytes(whole[:len(whole) // 2])
        self.refused(":", "end too early", cut)
        self.refused(":501", "5 columns, expected 6", file(good[:500] + [good[500].rsplit(",", 1)[0]] + good[501:]))
        self.refused(":2:", "price is not", file([header, "7,x,1,1,1704067200000,true"]))
        self.refused(":1", "no column qty", file(["id,price,amount,quote_qty,time,is_buyer_maker"] + good))
        self.refused(":3:", "the id 1 does not follow", file([header, *trades(2, 1), *trades(1, 1)]))
        self.refused(":3", "the time goes back by 1000000 ns",
                     file([header, *trades(1, 1), *trades(2, 1, 1_704_067_199_999)]))
        self.refused(":3:", "the unit of time changes", file([header, *trades(1, 1), *trades(2, 1, 1_704_067_200_000_000)]))
        self.refused(":2:", "neither in ms nor in us", file([header, *trades(1, 1, 1_704_067_200)]))
        # A carriage return inside a line is no line's end.
        self.refused(":500:", "is neither true nor false", file(good[:499] + [good[499] + "\rx"] + good[500:]))
        # The second of two files is bad: nothing of the first is imported.
        first = file(good, "BTCUSDT-trades-2024-01-03.csv")
        self.refused(":2:", "qty is not", first, file([header, "7,1,-1,1,1704067200000,true"]))

    def test_lines_may_end_with_crlf(self):
        path = self.folder / "BTCUSDT-trades-2024-01-01.csv"
        path.write_bytes(("\r\n".join(trades(1, 10)) + "\r\n").encode())
        tape = self.folder / "crlf.tape"
        wp.writ("tape", "import", "binance-trades", path, "-o", tape)
        self.assertEqual(int(wp.writ("tape", "info", tape, "--json").json["events"]), 10)


READER = """
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { readdirSync } from "fs";
const tables = {};
for (const name of readdirSync(process.argv[2])) {
  const file = await asyncBufferFromFile(process.argv[2] + "/" + name);
  tables[name.split(".")[0]] = await parquetReadObjects({ file, compressors });
}
console.log(JSON.stringify(tables, (_, value) => (typeof value === "bigint" ? value.toString() : value)));
"""


class Export(ImportTest):
    """A tape as tables, and back: on one that has every kind of record of a betting market, and on one of quotes."""

    def tapes(self):
        for format_name, path in (("betfair-stream", wp.data("betfair_stream", "flumine", "1.197931751.jsonl.gz")),
                                  ("betfair-stream", wp.data("betfair_stream", "betfair-database", "official", "1.211006011.bz2")),
                                  ("tardis-trades", wp.data("binance_trades", TARDIS["tardis-trades"]))):
            tape = self.folder / f"{path.name}.tape"
            wp.writ("tape", "import", format_name, path, "-o", tape)
            yield tape

    def test_tables_of_csv_are_the_same_tape_again(self):
        for tape in self.tapes():
            folder = self.folder / f"{tape.name}.csv"
            made = wp.writ("tape", "export", tape, "-o", folder, "--json").json
            again = self.folder / f"{tape.name}.again"
            wp.writ("tape", "import", "writ-csv", *sorted(folder.iterdir()), "-o", again)
            infos = [wp.writ("tape", "info", one, "--json").json for one in (tape, again)]
            for key in ("content_hash", "records", "events", "instruments", "first_ts", "last_ts"):
                self.assertEqual(infos[0][key], infos[1][key], key)
            rows = {path.stem: len(rows_of(path)) for path in folder.iterdir()}
            self.assertEqual(rows, made["by_type"])
            wp.figure(f"{tape.name} rows exported", sum(rows.values()))
            wp.writ("tape", "export", tape, "-o", folder, status=wp.WRONG_INPUT)  # it is there already

    def test_parquet_holds_what_csv_holds(self):
        if not (shutil.which("node") and shutil.which("npm")):
            self.skipTest("no node to read Parquet with")
        reader = wp.build_tree / "parquet_reader"
        reader.mkdir(exist_ok=True)
        try:
            wp.run("npm", "install", "--no-audit", "--no-fund", "--prefix", reader, "hyparquet@1.17.0", "hyparquet-compressors@1.1.2")
        except AssertionError as error:
            self.skipTest(f"no reader of Parquet can be had: {error}")
        script = reader / "read.mjs"
        script.write_text(READER)
        for tape in self.tapes():
            wp.writ("tape", "export", tape, "-o", self.folder / f"{tape.name}.c")
            wp.writ("tape", "export", tape, "--format", "parquet", "-o", self.folder / f"{tape.name}.p")
            tables = wp.run("node", script, self.folder / f"{tape.name}.p").json
            compared = 0
            for path in (self.folder / f"{tape.name}.c").iterdir():
                rows = rows_of(path)
                self.assertEqual(len(rows), len(tables[path.stem]))
                for row, other in zip(rows, tables[path.stem]):
                    self.assertEqual(list(row), list(other))
                    for name, text in row.items():
                        self.same_value(text, other[name], f"{path.stem}.{name}")
                        compared += 1
            wp.figure(f"{tape.name} values compared", compared)

    def same_value(self, text, value, what):
        if value is None:
            self.assertEqual(text, "", what)
        elif isinstance(value, float) or (isinstance(value, int) and "." in text):
            self.assertAlmostEqual(float(text), value, delta=1e-12 * max(1, abs(value)), msg=what)
        else:
            self.assertEqual(text, str(value), what)

    def two_symbols(self):
        """BTCUSDT on one day, ETHUSDT on the next: their events share no block."""
        first = self.folder / "BTCUSDT-trades-2024-01-01.csv"
        first.write_text("\n".join(trades(1, 20_000)) + "\n")
        second = self.folder / "ETHUSDT-trades-2024-01-02.csv"
        second.write_text("\n".join(trades(1, 30_000, 1_704_153_600_000)) + "\n")
        tape = self.folder / "two.tape"
        wp.writ("tape", "import", "binance-trades", first, second, "-o", tape)
        return tape

    def test_a_part_is_read_without_the_blocks_of_the_rest(self):
        tape = self.two_symbols()
        info = wp.writ("tape", "info", tape, "--json").json
        blocks = info["blocks_of"]
        wp.figure("blocks of two symbols", blocks)

        def part(*words):
            folder = self.folder / f"part{len(list(self.folder.iterdir()))}"
            return wp.writ("tape", "export", tape, "-o", folder, *words, "--json").json

        one = part("--instrument", "binance_spot/BTCUSDT")
        self.assertEqual(one["by_type"]["trade"], 20_000)
        self.assertEqual(one["blocks_read"], blocks["binance_spot/BTCUSDT"] + 1)  # and the tables'
        self.assertEqual(one["blocks"], info["blocks"])
        self.assertLess(one["blocks_read"], one["blocks"] * 3 // 5)
        late = part("--from", "2024-01-02 00:00:10")
        self.assertEqual(late["by_type"]["trade"], 20_000)
        self.assertLess(late["blocks_read"], late["blocks"] * 3 // 5)
        self.assertEqual(part("--to", "2024-01-01 00:00:05")["by_type"]["trade"], 5_000)

        config = self.write("writ.yaml", PART_CONFIG)
        def backtest(*words, status=wp.OK):
            journal = self.folder / f"journal{len(list(self.folder.iterdir()))}"
            return wp.writ("backtest", "--config", config, "--journal", journal, "--json", *words, status=status)

        self.assertEqual(backtest("--tape", tape).json["events"], 50_000)
        self.assertEqual(backtest("--tape", tape, "--instrument", "binance_spot/ETHUSDT").json["events"], 30_000)
        self.assertEqual(backtest("--tape", tape, "--from", "2024-01-01 00:00:05", "--to", "2024-01-02 00:00:01").json["events"], 16_000)
        done = backtest("--tape", tape, "--instrument", "binance_spot/NONE", status=wp.WRONG_INPUT)
        self.assert_one_line(done, 'no tape has "binance_spot/NONE"')
        self.assert_one_line(backtest("--tape", tape, "--to", "2020-01-01", status=wp.WRONG_INPUT), "no event in this part")
        self.assert_one_line(backtest("--tape", tape, "--to", "soon", status=wp.WRONG_INPUT), "is no time")


    def test_markets_of_several_tapes_keep_their_groups_and_complements(self):
        tapes = []
        for slug in ("rain", "snow"):
            path = self.write(f"{slug}.csv", "ts,slug,outcome,bid,ask\n" + "".join(
                f"{START_MS + n},{slug},{way},0.4,0.5\n" for way in ("YES", "NO") for n in range(5)))
            tapes += ["--tape", self.folder / f"{slug}.tape"]
            wp.writ("tape", "import", "prediction-quotes", path, "--quote-size", "10", "-o", tapes[-1])
        config = self.write("writ.yaml", PART_CONFIG.replace("USDT", "USDC"))
        wp.writ("backtest", "--config", config, *tapes)
        known = {one["instrument"]: one for one in wp.dump(config, 1, "instrument")}  # the last record of each stands
        self.assertEqual(len(known), 4)
        names = list(known)

        def complement(one):  # a number where its record comes later
            return one["complement"] if one["complement"] in known else names[one["complement"] - 1]

        groups = collections.defaultdict(set)
        for number, one in known.items():
            groups[one["market"]].add(one["market_group"])
            other = known[complement(one)]
            self.assertEqual((complement(other), other["market"]), (number, one["market"]))
            self.assertNotEqual(other["selection"], one["selection"])
        self.assertEqual({len(numbers) for numbers in groups.values()}, {1})
        self.assertEqual(len(set.union(*groups.values())), 2)


PART_CONFIG = """\
mode: backtest
journal: {dir: journal}
accounts:
  - name: main
    reporting: USDT
    initial: {USDT: "10000"}
"""


if __name__ == "__main__":
    wp.main()
