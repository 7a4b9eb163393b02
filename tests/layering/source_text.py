"""Reading C and C++ sources for the checkers of this folder."""

import pathlib
import re

SUFFIXES = {".c", ".cc", ".cpp", ".h", ".hpp"}
ROOTS = ("sdk", "host", "plugins", "strategies", "examples")

_TOKEN = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)"""
    r"""|(?P<raw>R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)")"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])*')""",
    re.DOTALL,
)


def sources(root):
    """Every C and C++ file below the source folders of the tree `root`, sorted."""
    root = pathlib.Path(root)
    found = []
    for folder in ROOTS:
        found += [p for p in (root / folder).rglob("*") if p.suffix in SUFFIXES and p.is_file()]
    return sorted(found)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """The text with comments blanked, lines and columns kept."""
    return _TOKEN.sub(lambda m: _blank(m[0]) if m["comment"] else m[0], text)


def code_only(text):
    """The text with comments and the contents of literals blanked, lines and columns kept."""
    return _TOKEN.sub(lambda m: _blank(m[0]), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
