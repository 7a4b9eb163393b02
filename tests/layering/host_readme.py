"""Checks that host/README.md has one paragraph per module folder, in the order of the data.

    host_readme.py ROOT

A paragraph begins `**NAME** `. A module folder is a folder of host/ with a file in it.
"""

import pathlib
import re
import sys

import includes


def check(root, order):
    host = pathlib.Path(root) / "host"
    paragraphs = re.findall(r"^\*\*(\w+)\*\* ", (host / "README.md").read_text(), re.MULTILINE)
    folders = {p.name for p in host.iterdir() if p.is_dir() and any(f.is_file() for f in p.rglob("*"))}
    violations = [f"host/{name} has no paragraph" for name in sorted(folders - set(paragraphs))]
    violations += [f"paragraph {name} has no folder" for name in paragraphs if name not in folders]
    known = [name for name in order if name in paragraphs]
    if not violations and paragraphs != known:
        violations.append(f"paragraphs are ordered {paragraphs}, the data goes {known}")
    if not folders:
        violations.append("nothing to check")
    return violations, len(folders)


def main(arguments):
    table = includes.Table(pathlib.Path(__file__).parent / "modules.txt")
    violations, modules = check(arguments[0], list(table.allowed))
    for violation in violations:
        print(f"host/README.md: {violation}")
    print(f"{modules} modules, {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
