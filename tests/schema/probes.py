"""Questions to a filled database. A probe is called with (database, rows) and raises Missing when the answer is wrong."""
import re

from databases import Attempt, Refused

SCHEMAS = r"\b(edge|powerdoc|core|arb|forge)\.(\w+)"


class Missing(Exception):
    pass


def _sql(text, database):
    """`core.x` is `core_x` on SQLite."""
    return text if database.dialect == "postgres" else re.sub(SCHEMAS, r"\1_\2", text)


def _ask(database, text):
    return [tuple("" if value is None else str(value) for value in row) for row in database.run(_sql(text, database))]


def postgres_only(probe):
    probe.postgres_only = True
    return probe


def shows(view, columns):
    """The documents' columns can be selected by their names."""
    def probe(database, rows):
        database.run(_sql(f"SELECT {columns} FROM {view} LIMIT 0", database))
    return probe


def answers(query, *expected):
    """The query gives these rows, as text."""
    def probe(database, rows):
        got = _ask(database, query)
        if got != [tuple(map(str, row)) for row in expected]:
            raise Missing(f"{query}: {got}")
    return probe


def index(name, table, columns):
    def probe(database, rows):
        if database.dialect == "postgres":
            got = [definition for (definition,) in database.run(
                f"SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indexrelid = to_regclass('{name}')")]
        else:
            got = [sql for (sql,) in database.run(f"SELECT sql FROM sqlite_master WHERE type = 'index' AND name = '{name}'")]
        if not got or not re.search(rf" ON (?:ONLY )?(?:public\.)?{table} .*\({columns}\)", got[0]):
            raise Missing(f"index {name} on {table} ({columns}): {got}")
    return probe


def constraint(table, *names):
    def probe(database, rows):
        for name in names:
            if database.dialect == "postgres":
                found = database.run(f"SELECT 1 FROM pg_constraint WHERE conrelid = '{table}'::regclass AND conname = '{name}'")
            else:
                found = database.run(f"SELECT 1 FROM sqlite_master WHERE name = '{table}' AND sql LIKE '%CONSTRAINT {name} %'")
            if not found:
                raise Missing(f"constraint {name} of {table}")
    return probe


def trigger(table, name):
    """On a table, or on a view `core.x`; SQLite has one trigger an operation."""
    def probe(database, rows):
        if database.dialect == "postgres":
            found = database.run(f"SELECT tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND tgname = '{name}'")
        else:
            place = _sql(table, database)
            prefix = "core_" if place != table else ""
            found = database.run(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{place}' "
                                 f"AND name IN ('{prefix}{name}_update', '{prefix}{name}_delete')")
            found = len(found) == 2
        if not found:
            raise Missing(f"trigger {name} on {table}")
    return probe


def refuses(table, changes, refusal):
    """The next row with these changes is refused by this; without them it is taken."""
    def probe(database, rows):
        with Attempt(database):
            rows.insert(database, table, rows.row(table, other=True))
        with Attempt(database):
            try:
                rows.insert(database, table, rows.row(table, changes, other=True))
            except Refused as refused:
                if refusal.told(database.dialect, str(refused)):
                    return
                raise Missing(f"{table} {changes} is refused by something else: {refused}") from None
        raise Missing(f"{table} {changes} is taken")
    return probe


def takes(table, changes, query=None, *expected):
    """The next row with these changes is taken; with it the query gives these rows."""
    def probe(database, rows):
        with Attempt(database):
            rows.insert(database, table, rows.row(table, changes, other=True))
            if query:
                answers(query, *expected)(database, rows)
    return probe


def forbids(statement, refusal):
    def probe(database, rows):
        with Attempt(database):
            try:
                database.run(_sql(statement, database))
            except Refused as refused:
                if refusal.told(database.dialect, str(refused)):
                    return
                raise Missing(f"{statement} is refused by something else: {refused}") from None
        raise Missing(f"{statement} is allowed")
    return probe


def allows(statement):
    def probe(database, rows):
        with Attempt(database):
            database.run(_sql(statement, database))
    return probe


def uses_index(query, name):
    """The planner takes this index; PostgreSQL is told not to read the few rows of a test whole."""
    def probe(database, rows):
        with Attempt(database):
            if database.dialect == "postgres":
                database.run("SET LOCAL enable_seqscan = off")
                plan = database.run(f"EXPLAIN {query}")
            else:
                plan = database.run(f"EXPLAIN QUERY PLAN {query}")
        if name not in str(plan) or "SORT" in str(plan).upper().replace(name.upper(), ""):
            raise Missing(f"{query}: {plan}")
    return probe
