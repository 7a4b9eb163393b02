"""Every file may be applied again at any time: to nothing, to a filled database, by whom it may be."""
import sys

from databases import Postgres, Refused, Sqlite, files
from report import Report
from requirements import HYPERTABLES
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

# TimescaleDB is optional. It is not here: what the file says to it is told to functions of its names instead.
report.check("timescaledb not available" in superuser, "C-01 no TimescaleDB: the superuser is told", superuser)
report.check("timescaledb not available" in owner, "C-01 no TimescaleDB: the plain owner is told", owner)

stand_in = Postgres.new("stand_in")
timescale = [path for path in files("postgres") if "timescale" in path.name]
stand_in.apply([path for path in files("postgres") if path not in timescale])
stand_in.run("""
    CREATE TABLE hypertable (name TEXT, time_column TEXT, has_now BOOLEAN DEFAULT FALSE);
    CREATE FUNCTION create_hypertable(relation REGCLASS, time_column_name NAME, chunk_time_interval BIGINT,
      if_not_exists BOOLEAN, migrate_data BOOLEAN) RETURNS VOID LANGUAGE sql AS
      $$ INSERT INTO hypertable SELECT relation, attname FROM pg_attribute
         WHERE attrelid = relation AND attname = time_column_name AND atttypid = 'int8'::regtype $$;
    CREATE FUNCTION set_integer_now_func(hypertable REGCLASS, integer_now_func REGPROC, replace_if_exists BOOLEAN)
      RETURNS VOID LANGUAGE sql AS
      $$ UPDATE hypertable h SET has_now = $2 = 'now_ns'::regproc WHERE name = $1::text $$;
    SET allow_system_table_mods = on;
    INSERT INTO pg_extension SELECT 1, 'timescaledb', 10, oid, FALSE, '0' FROM pg_namespace WHERE nspname = 'public'""")
stand_in.apply(timescale)
made = stand_in.run("SELECT name, time_column FROM hypertable WHERE has_now ORDER BY 1")
report.check(dict(made) == HYPERTABLES and len(made) == 9, "C-22 the nine hypertables are asked for", made)
sys.exit(report.close(at_least=12))
