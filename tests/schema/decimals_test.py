"""Money of 38 digits is stored and read back exactly, in both dialects."""
import random
import sys
from decimal import Decimal, getcontext

from databases import Postgres, Refused, Sqlite
from report import Report
from rows import Rows

EXTREMES = ["0", "-0.000000000000000001", "0.000000000000000001", "0.1", "0.3", "-0.3", "1", "-1", "100", "1000000000",
            "99999999999999999999.999999999999999999", "-99999999999999999999.999999999999999999",
            "12345678901234567890.123456789012345678", "0.123456789012345678", "9007199254740993",
            "10.000000000000000001", "-79228162514264337593.543950336000000000"]
SEED, COUNT = 20260101, 500
getcontext().prec = 80


def any_money(source):
    digits = source.randint(1, 38)
    sign = source.choice(("", "-"))
    return Decimal(f"{sign}{source.randrange(10 ** digits)}e-18")


def canonical(text):
    """As the host writes a decimal: no exponent, no trailing zeros."""
    value = format(Decimal(text).normalize(), "f")
    return "0" if value == "-0" else value


def main():
    source = random.Random(SEED)
    values = [canonical(text) for text in EXTREMES] + [canonical(str(any_money(source))) for _ in range(COUNT)]
    report = Report()
    postgres, sqlite = Postgres.new("decimals"), Sqlite()
    for database in (postgres, sqlite):
        database.apply()
    rows = Rows(postgres)
    for database in (postgres, sqlite):
        rows.fill(database)
        told = database.dialect
        for number, value in enumerate(values, start=1000):
            rows.insert(database, "ledger_event", rows.row("ledger_event", {
                "ledger_seq": number, "event_id": f"e{number}", "amount": value, "balance_after": value}))
        read = database.run("SELECT CAST(amount AS TEXT), CAST(balance_after AS TEXT) FROM ledger_event "
                            "WHERE ledger_seq >= 1000 ORDER BY ledger_seq")
        wrong = [(value, row) for value, row in zip(values, read, strict=True)
                 if (canonical(row[0]), canonical(row[1])) != (value, value)]
        report.check(not wrong, f"{told} {len(values)} decimals come back exactly (seed {SEED})", wrong[:3])

    exact = canonical(sum(map(Decimal, values)))
    added = canonical(postgres.run("SELECT CAST(sum(amount) AS TEXT) FROM ledger_event WHERE ledger_seq >= 1000")[0][0])
    report.check(added == exact, f"postgres adds exactly: {added}", exact)
    for wrong in ("100000000000000000000", "-100000000000000000000"):
        try:
            rows.insert(postgres, "ledger_event", rows.row("ledger_event", {"amount": wrong}, other=True))
            report.fail(f"postgres takes {wrong}")
        except Refused as refused:
            report.check("22003" in str(refused), f"postgres refuses 39 digits: {wrong}", refused)
    return report.close(at_least=5)


if __name__ == "__main__":
    sys.exit(main())
