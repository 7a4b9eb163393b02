#!/usr/bin/env python3
"""docs/RUNBOOK.md has a section for every incident code, and for nothing else.

  runbook.py ROOT
"""
import pathlib
import re
import sys


def main():
    root = pathlib.Path(sys.argv[1])
    header = (root / "sdk/include/writ/abi/journal.h").read_text()
    codes = set(re.findall(r"\bWRIT_INCIDENT_([A-Z_]+) = \d+", header))
    sections = re.findall(r"^### (.+)$", (root / "docs/RUNBOOK.md").read_text(), flags=re.M)
    wrong = [f"{code}: no section" for code in sorted(codes - set(sections))]
    wrong += [f"{name}: no such incident" for name in sorted(set(sections) - codes)]
    wrong += [f"{name}: twice" for name in sorted(set(sections)) if sections.count(name) > 1]
    for line in wrong:
        print(f"docs/RUNBOOK.md: {line}")
    print(f"{len(codes)} incident codes, {len(wrong)} violations")
    return 1 if wrong or not codes else 0


if __name__ == "__main__":
    sys.exit(main())
