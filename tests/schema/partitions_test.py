"""agg_trade lies in a table a month, made ahead and for back-fills, by UTC whatever the session's zone."""
import calendar
import sys
import time

from databases import Attempt, Postgres, Refused
from report import Report
from rows import Rows


def ns(*date):
    return calendar.timegm(date + (0,) * (6 - len(date))) * 1_000_000_000


def months(year, month, count):
    return [f"agg_trades_{(year * 12 + month - 1 + k) // 12}{(year * 12 + month - 1 + k) % 12 + 1:02}"
            for k in range(count)]


def main():
    report = Report()
    database = Postgres.new("partitions")
    before = time.gmtime()
    database.apply()
    rows = Rows(database)

    def partitions():
        return [name for (name,) in database.run(
            "SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid "
            "WHERE inhparent = 'agg_trade'::regclass ORDER BY 1")]

    def made(call):
        return int(database.run(f"SELECT {call}")[0][0])

    expected = months(before.tm_year, before.tm_mon, 3)
    report.check(partitions() in (expected, months(time.gmtime().tm_year, time.gmtime().tm_mon, 3)),
                 "A-05 this month and the next two are there after the first start", partitions())
    report.check(made("ensure_partitions()") == 0, "A-05 called again it makes none")
    key = database.run("SELECT pg_get_partkeydef('agg_trade'::regclass)")
    report.check(key == [("RANGE (event_ts)",)], "A-04 by range of the trade's time", key)

    with Attempt(database):
        # Over a year's end, and with a leap day; the session's zone is half a day ahead of UTC.
        database.run("SET LOCAL TimeZone = 'Pacific/Auckland'")
        report.check(made(f"ensure_partitions({ns(2023, 11, 30, 23)}, 3)") == 4, "A-05 back-fill of four months")
        back = months(2023, 11, 4)
        report.check([name for name in partitions() if name in back] == back, "A-04 agg_trades_YYYYMM", partitions())
        report.check(made(f"ensure_partitions({ns(2023, 12, 5)}, 3)") == 1, "A-05 only what is missing is made")
        database.run("SET LOCAL search_path = powerdoc")
        report.check(made(f"public.ensure_partitions({ns(2022, 1, 1)}, 0)") == 1, "A-05 whatever the search_path")
        database.run("SET LOCAL search_path = public")
        report.check("agg_trades_202201" in partitions(), "A-05 and in the schema of its parent")

        rows.insert(database, "instrument", rows.row("instrument"))
        rows.insert(database, "account", rows.row("account"))
        rows.insert(database, "run", rows.row("run"))
        for moment, month in ((ns(2024, 2, 1), 202402), (ns(2024, 3, 1) - 1, 202402), (ns(2024, 3, 1), 202403),
                              (ns(2024, 1, 1) - 1, 202312), (ns(2023, 12, 1), 202312)):
            rows.insert(database, "agg_trade", rows.row("agg_trade", {"event_ts": moment}))
            place = database.run(f"SELECT tableoid::regclass FROM agg_trade WHERE event_ts = {moment}")
            report.check(place == [(f"agg_trades_{month}",)], f"A-04 a trade of {moment} ns is in {month}", place)
        months_seen = database.run("SELECT count(*), count(DISTINCT tableoid) FROM arb.agg_trades, agg_trade "
                                   "WHERE time_ms = event_ts / 1000000")
        report.check(months_seen == [("5", "3")], "A-03 the view shows all months", months_seen)

    with Attempt(database):
        rows.insert(database, "instrument", rows.row("instrument"))
        rows.insert(database, "account", rows.row("account"))
        rows.insert(database, "run", rows.row("run"))
        try:
            rows.insert(database, "agg_trade", rows.row("agg_trade", {"event_ts": ns(2001, 1, 1)}))
            report.fail("a trade without a month is taken")
        except Refused as refused:
            report.check('no partition of relation "agg_trade"' in str(refused), "a trade without its month is refused")
    return report.close(at_least=12)


if __name__ == "__main__":
    sys.exit(main())
