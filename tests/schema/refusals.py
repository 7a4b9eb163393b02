"""What refuses a row, as each dialect tells it."""
import re


class Refusal:
    """`postgres` and `sqlite`: regular expressions the database's words must match; None: not refused there."""

    def __init__(self, name, postgres, sqlite):
        self.name, self.postgres, self.sqlite = name, postgres, sqlite

    def told(self, dialect, words):
        return re.search(getattr(self, dialect), words) is not None


def check(name, column=None):
    """A CHECK by its name; SQLite tells the expression of one that belongs to a column."""
    return Refusal(name, rf"CONSTRAINT NAME:  {name}\n",
                   rf"CHECK constraint failed: {name}$" if column is None else
                   rf"CHECK constraint failed: .*\b{column}\b")


def unique(name, table, columns=None):
    """A key or unique index by its name; SQLite tells the columns instead."""
    told = ", ".join(f"{table}.{column}" for column in columns) + "$" if columns else rf"{table}\."
    return Refusal(name, rf"23505: .*(?s:.)*CONSTRAINT NAME:  {name}\n", f"UNIQUE constraint failed: {told}")


def foreign_key(name):
    return Refusal(name, rf"23503: .*(?s:.)*CONSTRAINT NAME:  {name}\n", r"FOREIGN KEY constraint failed")


def not_null(table, column):
    return Refusal(f"{table}.{column} NOT NULL",
                   rf'23502: null value in column "{column}" of relation "{table}(s_\d+)?"',
                   rf"NOT NULL constraint failed: {table}\.{column}$")


def by_type(name, words, column):
    """PostgreSQL by the type of the column, SQLite by a CHECK on it."""
    return Refusal(name, words, rf"CHECK constraint failed: .*\b{column}\b")


def says(text, sqlite=None):
    """A trigger by its whole message."""
    return Refusal(text, rf"^ERROR:  \w+: {re.escape(text)}\n", rf"^{re.escape(sqlite or text)}$")
