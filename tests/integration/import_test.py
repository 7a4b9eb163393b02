"""Recorded archives become tapes whose rows and times are those of the files, read here by other means; damaged ones leave nothing."""

import csv
import datetime
import gzip

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


class Archives(wp.ProgramTest):
    def made(self, format_name, *files_and_options):
        tape = self.folder / f"{len(list(self.folder.iterdir()))}.tape"
        wp.writ("tape", "import", format_name, *files_and_options, "-o", tape)
        return wp.writ("tape", "info", tape, "--json").json

    def check(self, info, times_ns, name):
        self.assertEqual((int(info["events"]), int(info["first_ts"]), int(info["last_ts"])),
                         (len(times_ns), times_ns[0], times_ns[-1]), name)
        wp.figure(f"{name} events", len(times_ns))

    def test_tardis_layouts(self):
        for format_name, file in TARDIS.items():
            path = wp.data("binance_trades", file)
            times = [int(row["local_timestamp"]) * 1000 for row in rows_of(path)]
            info = self.made(format_name, path)
            self.check(info, times, format_name)
            self.assertEqual(info["instruments"], ["binance_usdm/BTCUSDT"])

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
                    wp.figure(f"{symbol} {length} first line beyond the range of a quantity", beyond[0])
                    continue
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


if __name__ == "__main__":
    wp.main()
