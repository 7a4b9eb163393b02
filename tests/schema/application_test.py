"""Every file may be applied again at any time: to nothing, to a filled database, by whom it may be."""
import sys

from databases import Postgres, Refused, Sqlite
from report import Report
from rows import Rows


def unchanged(report, database, who):
    """Applies all files twice to the empty database, then to the filled one."""
    try:
        told = database.apply()
        empty = database.dump()
        database.apply()
        report.check(database.dump() == empty and "CREATE" in empty, f"{who}: applied twice to an empty database")

        Rows(catalogue).fill(database)
        database.run("UPDATE config_kv SET value = '250' WHERE key = 'risk_per_trade_usd'")
        filled = database.dump()
        database.apply()
        report.check(database.dump() == filled and filled != empty, f"{who}: applied to a filled database")
        kept = database.run("SELECT value FROM config_kv WHERE key = 'risk_per_trade_usd'")
        report.check(kept == [("250",)], f"{who}: what was configured stays", kept)
        return told
    except Refused as refused:
        report.fail(f"{who}: {refused}")
        return ""


report = Report()
catalogue = Postgres.new("catalogue")
catalogue.apply()

server = Postgres(Postgres.server())
server.run("CREATE ROLE plain_owner LOGIN")
superuser = unchanged(report, Postgres.new("by_superuser"), "postgres, superuser")
owner = unchanged(report, Postgres.new("by_owner", "plain_owner"), "postgres, plain owner")
unchanged(report, Sqlite(), "sqlite")

# TimescaleDB is optional: without it a notice, and plain tables.
has_timescale = server.run("SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'") == [("1",)]
if has_timescale:
    made = Postgres(Postgres.server().replace("///postgres?", "///by_superuser?")).run(
        "SELECT hypertable_name FROM timescaledb_information.hypertables")
    report.check(len(made) == 9, "C-22 nine hypertables where the extension is", made)
else:
    for who, told in (("superuser", superuser), ("plain owner", owner)):
        report.check("timescaledb not available" in told, f"C-01 no TimescaleDB: {who} is told, plain tables are used",
                     told)
sys.exit(report.close(at_least=9))
