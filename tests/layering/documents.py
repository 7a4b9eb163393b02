"""Checks that what the documents name exists.

    documents.py ROOT

In every Markdown file of the tree: the target of each relative link, each path in back-quotes that
begins with a top-level folder, and each `./dev COMMAND`.
"""

import pathlib
import re
import subprocess
import sys

_LINK = re.compile(r"\[[^\]]*\]\((?!\w+:|#)([^)#\s]+)[^)]*\)")
_QUOTED = re.compile(r"`([^`\n]+)`")
_DEV = re.compile(r"\./dev ([a-z-]*[a-z])")
_FOLDERS = ("sdk", "host", "plugins", "strategies", "schemas", "tests", "examples", "docs", "cmake")
_SKIPPED = ("build", "runs", ".git")


def documents(root):
    return sorted(p for p in root.rglob("*.md") if p.relative_to(root).parts[0] not in _SKIPPED)


def check(root, commands):
    """(violations, number of things looked up)."""
    root = pathlib.Path(root)
    violations, checked = [], 0
    for document in documents(root):
        name = document.relative_to(root)
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            named = [(target, document.parent / target) for target in _LINK.findall(line)]
            for quoted in _QUOTED.findall(line):
                path = re.split(r"[\s:]", quoted, maxsplit=1)[0]
                if path.split("/")[0] in _FOLDERS and not re.search(r"[*<>{}$…]|[A-Z]{4,}\b(?!\.md)", path):
                    if "/" in path:
                        named.append((path, root / path))
            for target, path in named:
                checked += 1
                if not path.exists():
                    violations.append(f"{name}:{number}: {target} does not exist")
            for command in _DEV.findall(line):
                checked += 1
                if command not in commands:
                    violations.append(f"{name}:{number}: ./dev has no command {command}")
    if not checked:
        violations.append(f"{root}: nothing to check")
    return violations, checked


def main(arguments):
    root = pathlib.Path(arguments[0]).resolve()
    usage = subprocess.run([root / "dev", "help"], check=True, capture_output=True, text=True).stdout
    commands = {"help", *re.findall(r"^  ([a-z-]+) ", usage, re.MULTILINE)}
    violations, checked = check(root, commands)
    for violation in violations:
        print(violation)
    print(f"{checked} names, {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
