"""Every requirement that speaks of the schema, tried by its id on both databases."""
import sys

from databases import Postgres, Refused, Sqlite
from probes import Missing
from report import Report
from requirements import requirements
from rows import Rows


def main():
    report = Report()
    databases = Postgres.new("requirements"), Sqlite()
    for database in databases:
        database.apply()
    rows = Rows(databases[0])
    for database in databases:
        rows.fill(database)
    for name, probes in requirements().items():
        wrong, tried = [], {database.dialect: 0 for database in databases}
        for probe in probes:
            for database in databases:
                if database.dialect == "sqlite" and hasattr(probe, "postgres_only"):
                    continue
                tried[database.dialect] += 1
                try:
                    probe(database, rows)
                except (Missing, Refused) as why:
                    wrong.append(f"{database.dialect}: {why}")
        where = " + ".join(f"{dialect} {count}" for dialect, count in tried.items() if count)
        only = "" if tried["sqlite"] else ", PostgreSQL only"
        report.check(tried["postgres"] and not wrong, f"{name} ({where}{only})", "\n    ".join(wrong))
    return report.close(at_least=90)


if __name__ == "__main__":
    sys.exit(main())
