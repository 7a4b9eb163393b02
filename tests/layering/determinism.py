"""Checks that the deterministic modules name nothing whose result the records do not fix.

    determinism.py ROOT [ALLOWED]

ALLOWED holds lines `path | word | reason`. A line that excuses nothing is itself a violation. Exit
status 1 when there is a violation or nothing to check.
"""

import pathlib
import re
import sys

import source_text

MODULES = ("market", "signal", "strategy", "arbiter", "execution", "ledger", "engine")

# word shown in the message and the allow-list: pattern, searched in code without comments or literals
FORBIDDEN = {
    "system_clock": r"\bsystem_clock\b",
    "steady_clock": r"\bsteady_clock\b",
    "high_resolution_clock": r"\bhigh_resolution_clock\b",
    "clock_gettime": r"\bclock_gettime\b",
    "gettimeofday": r"\bgettimeofday\b",
    "time()": r"\bstd::time\s*\(|(?<![\w.:>])::time\s*\(|(?<![\w.:>])time\s*\(\s*(?:nullptr|NULL|0)\s*\)",
    "rdtsc": r"\b(?:__)?rdtscp?\b|\b__builtin_ia32_rdtscp?\b",
    "random_device": r"\brandom_device\b",
    "rand()": r"\b(?:std::)?s?rand\s*\(",
    "std::thread": r"\bstd::j?thread\b",
    "std::async": r"\bstd::async\b",
    "mutex": r"\bstd::(?:\w+_)?mutex\b",
    "sleep": r"\bsleep_(?:for|until)\b|\bu?sleep\s*\(|\bnanosleep\b",
    "unordered": r"\bunordered_(?:multi)?(?:map|set)\b|<unordered_(?:map|set)>",
    "getenv": r"\b(?:secure_)?getenv\b",
    "file I/O": r"\b[io]?fstream\b|\bfopen\s*\(|\bstd::filesystem\b|(?<![\w.>:])::open\s*\(",
    "console I/O": r"\bstd::c(?:out|err|in|log)\b|\b(?:std::)?f?printf\s*\(",
    "throw": r"\bthrow\b",
    "try": r"\btry\b",
}
_PATTERNS = {word: re.compile(pattern) for word, pattern in FORBIDDEN.items()}


def read_allowed(path):
    """{(path, word): line number} of the allow-list."""
    allowed = {}
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 3 or not all(cells) or cells[1] not in FORBIDDEN:
            raise SystemExit(f"{path}:{number}: wants `path | word | reason`, word one of the lint's")
        allowed[cells[0], cells[1]] = number
    return allowed


def check(root, allowed, allowed_name):
    """(violations, number of files)."""
    root = pathlib.Path(root)
    violations, files, used = [], 0, set()
    for file in source_text.sources(root):
        relative = file.relative_to(root)
        if relative.parts[0] != "host" or relative.parts[1] not in MODULES:
            continue
        files += 1
        text = source_text.code_only(file.read_text(encoding="utf-8"))
        for word, pattern in _PATTERNS.items():
            for match in pattern.finditer(text):
                if (str(relative), word) in allowed:
                    used.add((str(relative), word))
                    continue
                line = source_text.line_of(text, match.start())
                violations.append(f"{relative}:{line}: {word} in a deterministic module")
    for key in sorted(set(allowed) - used):
        violations.append(f"{allowed_name}:{allowed[key]}: excuses nothing ({key[0]}, {key[1]})")
    if not files:
        violations.append(f"{root}: nothing to check")
    return violations, files


def main(arguments):
    path = arguments[1] if len(arguments) > 1 else pathlib.Path(__file__).parent / "determinism_allowed.txt"
    violations, files = check(arguments[0], read_allowed(path), pathlib.Path(path).name)
    for violation in violations:
        print(violation)
    print(f"{files} files, {len(FORBIDDEN)} words, {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
