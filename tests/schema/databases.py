"""The two dialects behind one face: a private PostgreSQL database and SQLite in memory."""
import os
import pathlib
import re
import sqlite3
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgres_cluster  # noqa: E402

FIELD, RECORD, NULL, MARK = "\x1f", "\x1e", "\x02", "\x03"


class Refused(Exception):
    """What the database said, with the name of the constraint where it tells one."""


def files(dialect):
    found = sorted((ROOT / "schemas" / dialect).glob("*.sql"))
    if not found:
        raise SystemExit(f"schemas/{dialect}: no files")
    return found


def literal(value, dialect):
    """A value as SQL text; numbers that must stay exact are given as str."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, bytes):
        return f"X'{value.hex()}'" if dialect == "sqlite" else f"'\\x{value.hex()}'::bytea"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


class Postgres:
    """One connection, through psql: no driver is needed."""

    dialect = "postgres"

    def __init__(self, url):
        self.url = url
        self._psql = subprocess.Popen(
            [postgres_cluster.program("psql"), "-XqAt", "-F", FIELD, "-R", RECORD, "-P", f"null={NULL}",
             "-v", "VERBOSITY=verbose", url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    @classmethod
    def server(cls):
        """The URL of the server the tests were given."""
        if "WRIT_POSTGRES" not in os.environ:
            raise SystemExit("WRIT_POSTGRES is not set: run this by tests/support/postgres_cluster.py run --")
        return os.environ["WRIT_POSTGRES"]

    @classmethod
    def new(cls, name, owner=None):
        """An empty database, at first without the schema; its owner is the server's superuser if not said."""
        server = cls(cls.server())
        server.run(f"CREATE DATABASE {name}" + (f" OWNER {owner}" if owner else ""))
        server.close()
        url = cls.server().replace("///postgres?", f"///{name}?")
        return cls(re.sub(r"user=\w+", f"user={owner}", url) if owner else url)

    def run(self, sql):
        """Runs statements and returns the rows of the last as tuples of text."""
        self._psql.stdin.write(f"{sql}\n;\n\\echo {MARK}\n")
        self._psql.stdin.flush()
        lines = []
        while True:
            line = self._psql.stdout.readline()
            if not line:
                raise SystemExit("psql ended: " + "".join(lines))
            if line == MARK + "\n":
                break
            lines.append(line)
        text = "".join(lines)
        if "ERROR:" in text:
            raise Refused(text[text.index("ERROR:"):].strip())
        self.notices = [line for line in lines if line.startswith("NOTICE:")]
        text = "".join(line for line in lines if not line.startswith(("NOTICE:", "LOCATION:")))
        return [tuple(None if value == NULL else value for value in record.split(FIELD))
                for record in text.removesuffix("\n").split(RECORD)] if text else []

    def apply(self, folder=None):
        """Applies every file as `psql -1` does it; the notices of all are returned."""
        told = ""
        for path in folder or files(self.dialect):
            done = subprocess.run(
                [postgres_cluster.program("psql"), "-Xq1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", path,
                 self.url], capture_output=True, text=True)
            if done.returncode != 0:
                raise Refused(f"{path.name}: {done.stderr}")
            told += done.stderr
        return told

    def dump(self):
        """Schema and data as pg_dump writes them."""
        text = subprocess.run([postgres_cluster.program("pg_dump"), self.url], capture_output=True, text=True,
                              check=True).stdout
        return re.sub(r"(?m)^\\(un)?restrict .*$", "", text)  # a random key of each dump

    def view(self, name):
        return name

    def close(self):
        self._psql.stdin.close()
        self._psql.wait()
        self._psql.stdout.close()


class Sqlite:
    dialect = "sqlite"

    def __init__(self):
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        # As the host opens it.
        self.run("PRAGMA foreign_keys = ON")
        self.run("PRAGMA recursive_triggers = ON")

    def run(self, sql, given=()):
        try:
            return self._connection.execute(sql, given).fetchall()
        except sqlite3.Error as error:
            raise Refused(str(error)) from None

    def apply(self, folder=None):
        for path in folder or files(self.dialect):
            try:
                self._connection.executescript(path.read_text())
            except sqlite3.Error as error:
                raise Refused(f"{path.name}: {error}") from None

    def dump(self):
        return "\n".join(self._connection.iterdump())

    def view(self, name):
        return name.replace(".", "_", 1)

    def close(self):
        self._connection.close()


class Attempt:
    """Whatever is done inside is undone, refused or not."""

    def __init__(self, database):
        self._database = database

    def __enter__(self):
        self._database.run("BEGIN")

    def __exit__(self, *_):
        self._database.run("ROLLBACK")
