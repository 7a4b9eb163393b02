#!/usr/bin/env python3
"""Writes schemas/sqlite/ from schemas/postgres/, statement by statement.

    translate.py            write the files
    translate.py --check    exit 1 and name every committed file that differs

Only the statements the source uses are understood; anything else is an error, never a silent omission. Functions, DO
blocks, schemas and partitions belong to PostgreSQL alone; the guard functions of triggers are read, because their
condition and message become the SQLite trigger's own.
"""

import argparse
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "postgres"
TARGET = HERE / "sqlite"

TYPES = {
    "BIGINT": "INTEGER", "SMALLINT": "INTEGER", "INTEGER": "INTEGER", "BOOLEAN": "INTEGER", "UUID": "TEXT",
    "TEXT": "TEXT", "JSONB": "TEXT /* JSONB */", "BYTEA": "BLOB", "DOUBLE PRECISION": "REAL", "dec18": "TEXT",
}
TYPE = re.compile(r"(DOUBLE PRECISION|CHAR\(\d+\)|NUMERIC\(\d+,\d+\)|\w+)")


class Untranslatable(Exception):
    pass


def statements(text):
    """Splits SQL at ';' outside quotes, dollar quotes and comments; comments are dropped."""
    out, buf, i = [], [], 0
    while i < len(text):
        if text.startswith("--", i):
            i = text.find("\n", i)
            i = len(text) if i < 0 else i
        elif text.startswith("$$", i) or text[i] in "'\"":
            quote = "$$" if text[i] == "$" else text[i]
            end = text.index(quote, i + len(quote)) + len(quote)
            buf.append(text[i:end])
            i = end
        elif text[i] == ";":
            out.append("".join(buf).strip())
            buf, i = [], i + 1
        else:
            buf.append(text[i])
            i += 1
    if "".join(buf).strip():
        raise Untranslatable("text after the last ';'")
    return [s for s in out if s]


def split_top(text, sep=","):
    """Splits at `sep` outside parentheses and quotes."""
    parts, depth, start, quoted = [], 0, 0, False
    for i, c in enumerate(text):
        if c == "'":
            quoted = not quoted
        elif not quoted:
            depth += (c == "(") - (c == ")")
            if c == sep and depth == 0:
                parts.append(text[start:i])
                start = i + 1
    return parts + [text[start:]]


def close(text, start):
    """Index just after the parenthesis that closes the one at `start`."""
    depth, quoted = 0, False
    for i in range(start, len(text)):
        if text[i] == "'":
            quoted = not quoted
        elif not quoted:
            depth += (text[i] == "(") - (text[i] == ")")
            if depth == 0:
                return i + 1
    raise Untranslatable("unbalanced parenthesis: " + text[start:start + 60])


def outside_quotes(text, change):
    """Applies `change` to what is not a string literal."""
    return "".join(p if k % 2 else change(p) for k, p in enumerate(re.split(r"('[^']*')", text)))


def squeeze(text):
    return outside_quotes(text.strip(), lambda s: re.sub(r"\s+", " ", s))


class Translator:
    def __init__(self):
        self.enums = {}
        self.guards = {}

    # ------------------------------------------------------------------ what PostgreSQL alone has
    def learn(self, statement):
        for name, values in re.findall(r"CREATE TYPE (\w+) AS ENUM \(([^)]*)\)", statement):
            self.enums[name] = values
        guard = re.match(r"CREATE OR REPLACE FUNCTION (\w+)\s*\(\)\s*RETURNS TRIGGER", statement)
        if guard:
            body = squeeze(statement.split("$$")[1])
            shape = re.fullmatch(r"BEGIN (?:IF (?P<cond>.+) THEN )?RAISE EXCEPTION '(?P<text>[^']*)'(?P<args>(?:, \w+)*);"
                                 r"(?: END IF; RETURN NEW;)? END;?", body)
            if not shape:
                raise Untranslatable("guard function " + guard[1])
            self.guards[guard[1]] = shape

    # ------------------------------------------------------------------ tables
    def column(self, item, decimals):
        name, rest = item.split(None, 1)
        kind = TYPE.match(rest)[1]
        rest = rest[len(kind):].strip()
        checks = []
        if kind in self.enums:
            checks.append(f"{name} IN ({self.enums[kind]})")
            sql = "TEXT"
        elif kind.startswith("CHAR("):
            sql = "TEXT"
        elif kind.startswith("NUMERIC("):
            sql = "REAL"  # generated only: a derived statistic, never money at rest
        elif kind in TYPES:
            sql = TYPES[kind]
        else:
            raise Untranslatable(f"type {kind} of {name}")
        if kind == "dec18":
            checks.append(f"{name} NOT GLOB '*[^-0-9.]*' AND {name} NOT GLOB '*.*.*' AND {name} GLOB '*[0-9]' "
                          f"AND {name} NOT GLOB '?*-*'")
        if kind == "BOOLEAN":
            checks.append(f"{name} IN (0, 1)")
        if kind == "JSONB":
            # json_valid(NULL) is 0 in SQLite, NULL (and so admitted) in PostgreSQL.
            checks.append(("" if "NOT NULL" in rest else f"{name} IS NULL OR ") + f"json_valid({name})")
        rest = rest.replace("GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "PRIMARY KEY")
        if "PRIMARY KEY" in rest and sql != "INTEGER":
            rest = rest.replace("PRIMARY KEY", "NOT NULL PRIMARY KEY")
        rest = self.expressions(rest, decimals)
        return " ".join([name, sql, rest] + [f"CHECK ({c})" for c in checks]).replace("  ", " ").strip()

    def expressions(self, text, decimals):
        """Decimal columns inside CHECK and GENERATED expressions compare as REAL."""
        out, i = [], 0
        for found in re.finditer(r"(CHECK|GENERATED ALWAYS AS) \(", text):
            end = close(text, found.end() - 1)
            inner = text[found.end() - 1:end]
            if decimals:
                names = r"(?<![\w.'])(" + "|".join(decimals) + r")(?!\w)"
                inner = outside_quotes(inner, lambda s: re.sub(names, r"CAST(\1 AS REAL)", s))
            out += [text[i:found.end() - 1], inner]
            i = end
        return "".join(out) + text[i:]

    def table(self, statement):
        name = re.match(r"CREATE TABLE IF NOT EXISTS (\w+) \(", statement)[1]
        start = statement.index("(")
        end = close(statement, start)
        if statement[end:].strip() not in ("", "PARTITION BY RANGE (event_ts)"):
            raise Untranslatable("after table " + name + ": " + statement[end:])
        items = [squeeze(i) for i in split_top(statement[start + 1:end - 1])]
        is_column = [not i.startswith("CONSTRAINT ") for i in items]
        decimals = [i.split()[0] for i, c in zip(items, is_column) if c and i.split()[1] == "dec18"]
        lines = [self.column(i, decimals) if c else self.expressions(i, decimals) for i, c in zip(items, is_column)]
        return f"CREATE TABLE IF NOT EXISTS {name} (\n  " + ",\n  ".join(lines) + "\n) STRICT;"

    # ------------------------------------------------------------------ views
    TIMES = {
        "ts_utc": "strftime('%Y-%m-%d %H:%M:%S', ({0}) / 1000000000, 'unixepoch') || printf('.%06d+00', ({0}) % 1000000000 / 1000)",
        "ts_plain": "strftime('%Y-%m-%d %H:%M:%S', ({0}) / 1000000000, 'unixepoch') || printf('.%06d', ({0}) % 1000000000 / 1000)",
        "ts_iso": "strftime('%Y-%m-%dT%H:%M:%SZ', ({0}) / 1000000000, 'unixepoch')",
        "payload_text": "CAST({0} AS TEXT)",
    }

    def view(self, statement):
        schema, name, body = re.match(r"CREATE OR REPLACE VIEW (\w+)\.(\w+) AS\s+(.*)", statement, re.S).groups()
        for call, template in self.TIMES.items():
            while (found := re.search(rf"\b{call}\(", body)):
                end = close(body, found.end() - 1)
                body = body[:found.start()] + template.format(body[found.end():end - 1]) + body[end:]
        body = re.sub(r"AS (?:DOUBLE PRECISION|REAL)\)", "AS REAL)", body)
        body = re.sub(r"AS SMALLINT\)", "AS INTEGER)", body)
        body = re.sub(r"AS (\w+)\)", lambda m: "AS TEXT)" if m[1] in self.enums else m[0], body)
        if "::" in body:
            raise Untranslatable(f"cast in view {schema}.{name}")
        return f"CREATE VIEW IF NOT EXISTS {schema}_{name} AS\n{body};"

    # ------------------------------------------------------------------ triggers
    def trigger(self, statement):
        shape = re.fullmatch(r"CREATE OR REPLACE TRIGGER (\w+) (BEFORE|INSTEAD OF) ([A-Z ]+) ON (?:(\w+)\.)?(\w+) FOR EACH "
                             r"(ROW|STATEMENT)(?: WHEN \((.+)\))? EXECUTE FUNCTION (\w+)\(\)", squeeze(statement))
        if not shape:
            raise Untranslatable("trigger: " + statement[:80])
        name, when, operations, schema, table, _, condition, function = shape.groups()
        guard = self.guards[function]
        target = f"{schema}_{table}" if schema else table
        prefix = f"{schema}_" if schema else ""
        if guard["cond"]:
            condition = guard["cond"]
        out = []
        for operation in operations.split(" OR "):
            if operation == "TRUNCATE":  # SQLite has none; a DELETE without WHERE fires the DELETE trigger
                continue
            text = guard["text"]
            for argument in guard["args"].split(", ")[1:]:
                value = {"TG_TABLE_NAME": table, "TG_OP": operation}[argument]
                text = text.replace("%", value, 1)
            suffix = "_" + operation.lower() if " OR " in operations else ""
            out.append(f"CREATE TRIGGER IF NOT EXISTS {prefix}{name}{suffix} {when} {operation} ON {target} FOR EACH ROW"
                       + (f"\n  WHEN {condition}" if condition else "")
                       + f"\nBEGIN SELECT RAISE(ABORT, '{text}'); END;")
        return "\n".join(out)

    # ------------------------------------------------------------------
    def statement(self, text):
        self.learn(text)
        if text.startswith("CREATE TABLE "):
            return self.table(text)
        if text.startswith("CREATE OR REPLACE VIEW "):
            return self.view(text)
        if text.startswith("CREATE OR REPLACE TRIGGER "):
            return self.trigger(text)
        if re.match(r"CREATE (UNIQUE )?INDEX |INSERT INTO ", text):
            return text + ";"
        if re.match(r"DO \$\$|CREATE OR REPLACE FUNCTION |CREATE SCHEMA |SELECT ensure_partitions", text):
            return ""
        raise Untranslatable("statement: " + text[:80])

    def file(self, path):
        try:
            made = [s for s in (self.statement(t) for t in statements(path.read_text())) if s]
        except Untranslatable as error:
            raise SystemExit(f"{path}: cannot translate {error}")
        head = f"-- Written by schemas/translate.py from schemas/postgres/{path.name}; edit that file.\n"
        return head + ("\n" + "\n\n".join(made) + "\n" if made else "-- PostgreSQL only.\n")


def translate():
    """{file name: SQLite text} of every source file, in order."""
    translator = Translator()
    return {path.name: translator.file(path) for path in sorted(SOURCE.glob("*.sql"))}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    made = translate()
    if not made:
        raise SystemExit(f"{SOURCE}: no files")
    committed = {p.name: p.read_text() for p in TARGET.glob("*.sql")}
    stale = sorted(n for n in made.keys() | committed.keys() if made.get(n) != committed.get(n))
    if check:
        for name in stale:
            print(f"{TARGET / name}: differs from the translation of {SOURCE / name}", file=sys.stderr)
        print(f"{len(made)} files compared, {len(stale)} differ")
        return 1 if stale else 0
    TARGET.mkdir(exist_ok=True)
    for name in committed.keys() - made.keys():
        (TARGET / name).unlink()
    for name in stale:
        if name in made:
            (TARGET / name).write_text(made[name])
    print(f"{len(made)} files, {len(stale)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
