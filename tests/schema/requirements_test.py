"""Every requirement that speaks of the schema, tried by its id on both databases."""
import sys

from databases import Postgres, Refused, Sqlite
from probes import Missing
from report import Report
from requirements import REQUIREMENTS
from rows import Rows


def main():
    report = Report()
    databases = Postgres.new("requirements"), Sqlite()
    for database in databases:
        database.apply()
    rows = Rows(databases[0])
    for database in databases:
        rows.fill(database)
    ids = [name for name, _ in REQUIREMENTS]
    report.check(len(ids) == len(set(ids)), f"{len(ids)} requirements, each once", ids)

    for name, probes in REQUIREMENTS:
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
        report.check(tried["postgres"] and not wrong, f"{name} ({where}{'' if tried['sqlite'] else ', PostgreSQL only'})",
                     "\n    ".join(wrong))
    return report.close(at_least=90)


if __name__ == "__main__":
    sys.exit(main())
