#!/usr/bin/env python3
"""Applies schemas/sqlite twice and compares tables, views, columns and nullability with schemas/postgres.

The PostgreSQL side is parsed from the source by this file's own few expressions, not by the translator's, so that an
error of the translator shows. Prints what was compared; exit 1 on any difference, or when nothing was compared.
"""

import pathlib
import re
import sqlite3
import sys

HERE = pathlib.Path(__file__).resolve().parent


def declared():
    """{table: {column: not null}} and the names of the views, as the PostgreSQL files declare them."""
    tables, views = {}, set()
    for path in sorted((HERE / "postgres").glob("*.sql")):
        text = re.sub(r"--[^\n]*", "", path.read_text())
        views |= {f"{s}_{v}" for s, v in re.findall(r"CREATE OR REPLACE VIEW (\w+)\.(\w+)", text)}
        for name, body in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+) \((.*?)\n\)", text, re.S):
            columns, key = {}, re.search(r"CONSTRAINT \w+ PRIMARY KEY \(([^)]*)\)", body)
            body = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", body)))
            for item in body.split(","):
                words = item.split()
                if words and words[0] not in ("CONSTRAINT", "FOREIGN", "UNIQUE", "PRIMARY", "CHECK"):
                    columns[words[0]] = "NOT NULL" in item or "PRIMARY KEY" in item
            for column in key[1].split(", ") if key else []:
                columns[column] = True
            tables[name] = columns
    return tables, views


def applied():
    """The same of a SQLite database that every file was applied to twice."""
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA foreign_keys = ON")
    for _ in range(2):
        for path in sorted((HERE / "sqlite").glob("*.sql")):
            try:
                database.executescript(path.read_text())
            except sqlite3.Error as error:
                raise SystemExit(f"{path}: {error}")
    tables = {}
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        rows = database.execute(f"PRAGMA table_xinfo({name})").fetchall()
        tables[name] = {row[1]: bool(row[3] or row[5]) for row in rows}
    views = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    for view in views:
        database.execute(f"SELECT * FROM {view} LIMIT 1").fetchall()
    if database.execute("PRAGMA foreign_key_check").fetchall():
        raise SystemExit("foreign keys do not hold on an empty database")
    return tables, views


def main():
    (pg_tables, pg_views), (lite_tables, lite_views) = declared(), applied()
    differences = [f"view {v}: only on one side" for v in sorted(pg_views ^ lite_views)]
    for table in sorted(pg_tables.keys() | lite_tables.keys()):
        pg, lite = pg_tables.get(table), lite_tables.get(table)
        if pg != lite:
            differences.append(f"table {table}: postgres {pg}, sqlite {lite}")
    envelope = ("schema_version", "source", "ingest_ts", "event_ts", "run_id", "journal_seq")
    records = [t for t, columns in pg_tables.items() if "source" in columns]
    for table in records:
        for column in envelope:
            if not pg_tables[table].get(column):
                differences.append(f"table {table}: envelope column {column} is missing or nullable")
    for line in differences:
        print(line, file=sys.stderr)
    columns = sum(len(c) for c in pg_tables.values())
    print(f"{len(pg_tables)} tables ({len(records)} with envelope), {columns} columns, {len(pg_views)} views compared, "
          f"{len(differences)} differences")
    return 1 if differences or not records or not pg_views else 0


if __name__ == "__main__":
    sys.exit(main())
