"""Both dialects have the same tables, columns, defaults, checks, keys, indexes, triggers and views.

PostgreSQL is asked for its catalogue and SQLite for its own after every file was applied: neither
side is read from the files, so an error of the translator shows.
"""
import re
import sys

from databases import Postgres, Sqlite
from report import Report

TYPES = {"int8": "INTEGER", "int4": "INTEGER", "int2": "INTEGER", "bool": "INTEGER", "uuid": "TEXT", "text": "TEXT",
         "bpchar": "TEXT", "jsonb": "TEXT", "bytea": "BLOB", "float8": "REAL", "dec18": "TEXT", "numeric": "REAL"}
# What PostgreSQL has in a type and SQLite in a CHECK on the column.
CHECKED_TYPES = {"bool", "jsonb", "dec18"}
OURS = "relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
ACTIONS = {"a": "NO ACTION", "r": "RESTRICT"}
CONSTRAINT_NAME = r"(?:pk|uq|fk|ck)_\w+"


def default(text):
    """A default without the casts of one dialect and the spellings of the other."""
    if text is None:
        return None
    return re.sub(r"::[\w ]+", "", text).strip("()").lower().replace("false", "0").replace("true", "1")


class PostgresCatalogue:
    def __init__(self, database):
        self._run = database.run

    def columns(self):
        """{table: [(column, SQLite's type, is required, default, number of checks)]}"""
        found = {}
        for table, column, kind, is_enum, is_required, computed, text, checks in self._run(f"""
                SELECT t.relname, a.attname, y.typname, y.typtype = 'e', a.attnotnull, a.attgenerated <> '' OR a.attidentity <> '',
                  pg_get_expr(d.adbin, d.adrelid),
                  (SELECT count(*) FROM pg_constraint c WHERE c.conrelid = t.oid AND contype = 'c' AND conkey = ARRAY[a.attnum]
                     AND conname !~ '^ck_')
                FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
                WHERE {OURS} ORDER BY 1, a.attnum"""):
            more = is_enum == "t" or kind in CHECKED_TYPES
            found.setdefault(table, []).append(
                (column, "TEXT" if is_enum == "t" else TYPES[kind], is_required == "t",
                 None if computed == "t" else default(text), int(checks) + more))
        return found

    def constraint_names(self):
        """{(table, name)} of those the files name."""
        return {(table, name) for table, name in self._run(f"""
            SELECT relname, conname FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid WHERE {OURS}""")
            if re.fullmatch(CONSTRAINT_NAME, name)}

    def indexes(self):
        """{(table, columns, is unique, is partial)}"""
        return {(table, columns, unique == "t", partial == "t") for table, columns, unique, partial in self._run(f"""
            SELECT relname, (SELECT string_agg(attname || CASE WHEN indoption[ord - 1] & 1 = 1 THEN ' DESC' ELSE '' END,
                ',' ORDER BY ord) FROM unnest(indkey::int2[]) WITH ORDINALITY k (number, ord)
                JOIN pg_attribute ON attrelid = t.oid AND attnum = number), indisunique, indpred IS NOT NULL
            FROM pg_index JOIN pg_class t ON t.oid = indrelid WHERE {OURS}""")}

    def index_names(self):
        return {name for (name,) in self._run(f"""
            SELECT indexrelid::regclass FROM pg_index JOIN pg_class t ON t.oid = indrelid WHERE {OURS}
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))""")}

    def foreign_keys(self):
        """{(table, columns, referred table, its columns, on update, on delete)}"""
        names = "(SELECT string_agg(attname, ',' ORDER BY ord) FROM unnest({1}) WITH ORDINALITY k (number, ord) " \
                "JOIN pg_attribute ON attrelid = {0} AND attnum = number)"
        return {(table, columns, to, keys, ACTIONS[update], ACTIONS[delete])
                for table, columns, to, keys, update, delete in self._run(f"""
            SELECT relname, {names.format('conrelid', 'conkey')}, confrelid::regclass,
              {names.format('confrelid', 'confkey')}, confupdtype, confdeltype
            FROM pg_constraint JOIN pg_class t ON t.oid = conrelid WHERE contype = 'f' AND {OURS}""")}

    def triggers(self):
        """{(name as SQLite has it, table or view, when, operation)}; SQLite has no TRUNCATE."""
        found = set()
        for name, space, table, bits in self._run("""
                SELECT tgname, nspname, relname, tgtype FROM pg_trigger g JOIN pg_class t ON t.oid = tgrelid
                JOIN pg_namespace n ON n.oid = relnamespace WHERE NOT tgisinternal AND NOT relispartition"""):
            bits = int(bits)
            operations = [word for bit, word in ((4, "INSERT"), (8, "DELETE"), (16, "UPDATE")) if bits & bit]
            prefix = "" if space == "public" else space + "_"
            for operation in operations:
                suffix = f"_{operation.lower()}" if len(operations) > 1 else ""
                found.add((prefix + name + suffix, prefix + table, "INSTEAD OF" if bits & 64 else "BEFORE", operation))
        return found

    def views(self):
        """{view as SQLite has it: its columns}"""
        return {name: columns for name, columns in self._run("""
            SELECT nspname || '_' || relname, string_agg(attname, ',' ORDER BY attnum) FROM pg_class t
            JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = t.oid AND attnum > 0
            WHERE relkind = 'v' AND nspname IN ('edge', 'powerdoc', 'core', 'arb', 'forge') GROUP BY 1""")}


class SqliteCatalogue:
    def __init__(self, database):
        self._run = database.run
        self._sql = dict(self._run("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))

    def columns(self):
        found = {}
        for table, sql in self._sql.items():
            # The translator writes a line a column.
            lines = {line.split()[0]: line for line in sql.splitlines()[1:-1]}
            for _, name, kind, is_required, text, key, hidden in self._run(f"PRAGMA table_xinfo({table})"):
                found.setdefault(table, []).append(
                    (name, kind, bool(is_required or key), None if hidden else default(text),
                     len(re.findall(r"\bCHECK \(", lines[name]))))
        return found

    def constraint_names(self):
        return {(table, name) for table, sql in self._sql.items()
                for name in re.findall(rf"CONSTRAINT ({CONSTRAINT_NAME}) ", sql)}

    def indexes(self):
        found = set()
        for table in self._sql:
            rows = self._run(f"PRAGMA table_xinfo({table})")
            if integer_key := [name for _, name, kind, _, _, key, _ in rows if key and kind == "INTEGER"]:
                if sum(bool(row[5]) for row in rows) == 1:  # the row id, without an index of its own
                    found.add((table, integer_key[0], True, False))
            for _, name, unique, _, partial in self._run(f"PRAGMA index_list({table})"):
                columns = ",".join(column + (" DESC" if descending else "") for _, number, column, descending, _, is_key
                                   in self._run(f"PRAGMA index_xinfo({name})") if is_key)
                found.add((table, columns, bool(unique), bool(partial)))
        return found

    def index_names(self):
        return {name for (name,) in self._run("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")}

    def foreign_keys(self):
        found = set()
        for table in self._sql:
            keys = {}
            for number, _, to, column, key, update, delete, _ in self._run(f"PRAGMA foreign_key_list({table})"):
                keys.setdefault(number, []).append((to, column, key, update, delete))
            for parts in keys.values():
                to, _, _, update, delete = parts[0]
                found.add((table, ",".join(part[1] for part in parts), to, ",".join(part[2] for part in parts), update,
                           delete))
        return found

    def triggers(self):
        found = set()
        for name, table, sql in self._run("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"):
            when, operation = re.search(r"\b(BEFORE|INSTEAD OF) (INSERT|UPDATE|DELETE) ON", sql).groups()
            found.add((name, table, when, operation))
        return found

    def views(self):
        names = [name for (name,) in self._run("SELECT name FROM sqlite_master WHERE type = 'view'")]
        return {name: ",".join(row[1] for row in self._run(f"PRAGMA table_info({name})")) for name in names}


def main():
    report = Report()
    databases = Postgres.new("dialects"), Sqlite()
    for database in databases:
        database.apply()
    postgres, sqlite = PostgresCatalogue(databases[0]), SqliteCatalogue(databases[1])

    ours, theirs = postgres.columns(), sqlite.columns()
    report.check(ours.keys() == theirs.keys() and len(ours) >= 46, f"{len(ours)} tables", ours.keys() ^ theirs.keys())
    for table in sorted(ours.keys() & theirs.keys()):
        differing = [pair for pair in zip(ours[table], theirs[table]) if pair[0] != pair[1]]
        same = not differing and len(ours[table]) == len(theirs[table])
        report.check(same, f"{table}: {len(ours[table])} columns with type, order, nullability, default, checks", differing)
    for what in ("constraint_names", "indexes", "index_names", "foreign_keys", "triggers"):
        left, right = getattr(postgres, what)(), getattr(sqlite, what)()
        report.check(left == right and len(left) > 30, f"{len(left)} {what.replace('_', ' ')}",
                     f"postgres only {sorted(left - right)}, sqlite only {sorted(right - left)}")
    left, right = postgres.views(), sqlite.views()
    report.check(left == right and len(left) == 66, f"{len(left)} views and their columns",
                 sorted(left.items() ^ right.items()))
    for view in right:
        databases[1].run(f"SELECT * FROM {view} LIMIT 1")  # SQLite resolves a view's names only when it is read
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
