#!/usr/bin/env python3
"""Holds the benchmarks to what they have reached before.

    floors.py check RESULTS     fails if a ratio is worse than its floor, or has none
    floors.py record RESULTS    writes the floors anew from these results

RESULTS: the JSON lines of the benchmarks. A floor is the ratio to the limit in the same run that may not be
passed: a third above what was measured when it was recorded, since a busy machine moves ratios too. The
table is tests/bench/floors.tsv. Rows of no run are left alone, so that one program can be checked by itself.
"""
import json
import pathlib
import sys

TABLE = pathlib.Path(__file__).with_name("floors.tsv")
ROOM = 4 / 3


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        entries = [json.loads(line) for line in file if line.strip()]
    return {(entry["program"].split(",")[0], entry["name"], entry["limit"]): entry["ratio"]
            for entry in entries if "ratio" in entry}


def floors():
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0].split("\t") != ["program", "operation", "limit", "floor"]:
        sys.exit(f"{TABLE.name}:1: not a table of floors")
    found = {}
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != 4:
            sys.exit(f"{TABLE.name}:{number}: {len(cells)} cells where 4 are wanted")
        found[tuple(cells[:3])] = float(cells[3])
    return found


def check(results):
    held = floors()
    failures = []
    for key, ratio in rows_of(results).items():
        where = ", ".join(key)
        if key not in held:
            failures.append(f"{where}: has no floor (floors.py record)")
        elif ratio > held[key]:
            failures.append(f"{where}: {ratio:.2f}, was {held[key]:.2f} at the most")
    for failure in failures:
        print(f"bench: {failure}", file=sys.stderr)
    return 1 if failures else 0


def record(results):
    held = floors() if TABLE.exists() else {}
    held.update({key: round(ratio * ROOM, 2) for key, ratio in rows_of(results).items()})
    lines = ["\t".join(("program", "operation", "limit", "floor"))]
    lines += ["\t".join((*key, f"{floor:.2f}")) for key, floor in sorted(held.items())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("check", "record"):
        sys.exit(__doc__)
    return check(sys.argv[2]) if sys.argv[1] == "check" else record(sys.argv[2])


if __name__ == "__main__":
    sys.exit(main())
