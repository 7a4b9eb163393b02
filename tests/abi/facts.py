#!/usr/bin/env python3
"""What the headers of the plugin ABI promise, as facts, beside those of the released line.

  facts.py check INCLUDE RELEASED     every fact of RELEASED still holds; what is new is listed
  facts.py write INCLUDE RELEASED     the facts of the headers become the released ones

A fact is a line: a structure and its size, a member with its offset and type, an enumerator or a
constant with its value, a type name that stands for another. They are read by abidw from the debug
information of a witness library, which has a function for every public type. A released fact never
changes. Types, enumerators and constants may be added, members only at the end of a table (a
structure that begins with its struct_size), and the minor version rises. Exit 1 if a released fact does not hold, 2 if the
comparison cannot be made.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

COMPILER = ["cc", "-std=c11", "-g", "-fPIC", "-fno-eliminate-unused-debug-types"]
TABLE_MARK = "struct_size"


class Unusable(Exception):
    """The comparison cannot be made."""


def run(command, **options):
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout
    except FileNotFoundError:
        raise Unusable(f"{command[0]} is not installed")
    except subprocess.CalledProcessError as error:
        raise Unusable(f"{command[0]}: {error.stderr.strip().splitlines()[0]}")


def headers(include):
    found = sorted((include / "writ" / "abi").rglob("*.h"))
    if not found:
        raise Unusable(f"{include}/writ/abi: no header")
    return [path.relative_to(include) for path in found]


def public_types(include):
    for header in headers(include):
        text = re.sub(r"/\*.*?\*/", " ", (include / header).read_text(), flags=re.S)
        yield from re.findall(r"typedef struct \w+ \{.*?\}\s*(\w+)\s*;", text, flags=re.S)


def witness_source(include):
    lines = [f"#include <{header}>" for header in headers(include)]
    lines += [f"void witness_{name}({name}* value) {{ (void)value; }}"
              for name in public_types(include)]
    return "\n".join(lines) + "\n"


class Types:
    """The types of one abidw document, by their number in it."""

    def __init__(self, document):
        self.by_id = {node.get("id"): node for node in document.iter() if node.get("id")}

    def name(self, number):
        node = self.by_id[number]
        kind = node.tag
        if kind == "pointer-type-def":
            return self.name(node.get("type-id")) + "*"
        if kind == "qualified-type-def":
            return self.name(node.get("type-id")) + (" const" if node.get("const") else "")
        if kind == "array-type-def":
            lengths = "".join(f"[{one.get('length')}]" for one in node.iter("subrange"))
            return self.name(node.get("type-id")) + lengths
        if kind == "function-type":
            arguments = ", ".join(self.name(one.get("type-id")) for one in node.iter("parameter"))
            return f"{self.name(node.find('return').get('type-id'))}({arguments})"
        return node.get("name")


def structure_facts(node, types):
    name, size = node.get("name"), int(node.get("size-in-bits")) // 8
    members = [(int(member.get("layout-offset-in-bits")) // 8, member.find("var-decl"))
               for member in node.iter("data-member")]
    is_table = bool(members) and members[0][1].get("name") == TABLE_MARK
    yield f"{'table' if is_table else 'record'} {name}", str(size)
    for offset, member in members:
        yield (f"member {name}.{member.get('name')}",
               f"{offset} {types.name(member.get('type-id'))}")


def declared_facts(document):
    types = Types(document)
    for node in document.iter("class-decl"):
        if node.get("name").startswith("writ_") and node.get("size-in-bits"):
            yield from structure_facts(node, types)
    for node in document.iter("enumerator"):
        yield f"enumerator {node.get('name')}", node.get("value")
    for node in document.iter("typedef-decl"):
        name, stands_for = node.get("name"), types.name(node.get("type-id"))
        if name.startswith("writ_") and name != stands_for:
            yield f"type {name}", stands_for


def constant_facts(include, folder):
    """Object-like macros of the headers, as text: C cannot tell more."""
    source = folder / "constants.c"
    source.write_text("".join(f"#include <{header}>\n" for header in headers(include)))
    defined = run([*COMPILER, "-dM", "-E", "-I", str(include), str(source)])
    for name, value in re.findall(r"^#define (WRIT_\w+) (\S.*)$", defined, flags=re.M):
        if not name.endswith("_H"):
            yield f"constant {name}", value


def facts_of(include):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        source, library = folder / "witness.c", folder / "witness.so"
        source.write_text(witness_source(include))
        run([*COMPILER, "-shared", "-I", str(include), "-o", str(library), str(source)])
        document = ElementTree.fromstring(run(["abidw", "--load-all-types", str(library)]))
        facts = dict(declared_facts(document)) | dict(constant_facts(include, folder))
    missing = [name for name in public_types(include)
               if not {f"record {name}", f"table {name}"} & facts.keys()]
    if missing:
        raise Unusable(f"no debug information of {missing[0]}")
    return facts


def read(released):
    if not released.is_file():
        raise Unusable(f"{released}: no released facts to compare with")
    pairs = (line.split(": ", 1) for line in released.read_text().splitlines()
             if line and not line.startswith("#"))
    return dict(pairs)


def may_grow(fact):
    return fact.startswith("table ") or fact == "constant WRIT_ABI_MINOR"


def broken(old, new):
    """One line a released fact that does not hold."""
    for fact, value in sorted(old.items()):
        now = new.get(fact)
        if now is None:
            yield f"{fact}: was {value}, is gone"
        elif now != value and not (may_grow(fact) and int(now) > int(value)):
            yield f"{fact}: was {value}, is {now}"


def misplaced(old, new):
    """New members that are not at the end of a table."""
    for fact in sorted(new.keys() - old.keys()):
        kind, name = fact.split(" ", 1)
        structure = name.split(".")[0]
        if kind != "member":
            continue
        if f"record {structure}" in old:
            yield f"{fact}: a released record gets no member"
        size = old.get(f"table {structure}")
        if size is not None and int(new[fact].split(" ")[0]) < int(size):
            yield f"{fact}: at {new[fact].split(' ')[0]}, inside the released table"


def check(include, released):
    old, new = read(released), facts_of(include)
    wrong = [*broken(old, new), *misplaced(old, new)]
    for line in wrong:
        print(f"broken: {line}")
    grown = sorted(fact for fact in old if may_grow(fact) and new.get(fact) != old[fact])
    for fact in sorted(new.keys() - old.keys()) + grown:
        if fact in new:
            print(f"appended: {fact}: {new[fact]}")
    print(f"{len(old)} released facts, {len(wrong)} broken, {len(new.keys() - old.keys())} new")
    return 1 if wrong else 0


def write(include, released):
    facts = facts_of(include)
    released.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{fact}: {value}\n" for fact, value in sorted(facts.items())]
    released.write_text(f"# What plugin ABI {released.stem} promises. Written by facts.py.\n"
                        + "".join(lines))
    print(f"{released}: {len(facts)} facts")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["check", "write"])
    parser.add_argument("include", type=pathlib.Path)
    parser.add_argument("released", type=pathlib.Path)
    arguments = parser.parse_args()
    command = check if arguments.command == "check" else write
    try:
        return command(arguments.include, arguments.released)
    except Unusable as error:
        print(f"facts.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
