#!/usr/bin/env python3
"""Holds the hot path to the instructions it took before: a gate that needs no quiet machine.

    instructions.py check BUILD_FOLDER [RESULTS]    fails if an event costs 2 % more than recorded, or has no record
    instructions.py record BUILD_FOLDER             writes the record anew

An event's instructions are those of the sequencer thread between the first input and the run's end, as the
difference of a longer and a shorter run divided by that of their events; valgrind counts them. The record is
tests/bench/instructions.tsv. It holds for one compiler. RESULTS: a file of JSON lines to add the counts to.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TABLE = pathlib.Path(__file__).with_name("instructions.tsv")
ROOM = 1.02
COLUMNS = ["run", "instructions an event", "compiler"]
# Events of the shorter and the longer run.
RUNS = {
    "trades": (2_000, 52_000),
    "touch_quoter": (2_000, 32_000),
    "market_maker": (2_000, 32_000),
    "bars": (2_000, 32_000),
    "orders": (1_000, 11_000),
}
MEASURED = "writ::bench::HostBacktest::go()"


def instructions(build, kind, events):
    with tempfile.TemporaryDirectory(prefix="writ-instructions-") as folder:
        out = pathlib.Path(folder) / "callgrind"
        command = ["valgrind", "--tool=callgrind", "--separate-threads=yes", f"--toggle-collect={MEASURED}",
                   f"--callgrind-out-file={out}", str(build / "instructions" / "one_run"), kind, str(events)]
        run = subprocess.run(command, env={"WRIT_BENCH_DIR": folder, "PATH": "/usr/bin:/bin"}, capture_output=True,
                             text=True, check=False)
        # Threads are numbered as they begin: the first is the sequencer.
        first = pathlib.Path(f"{out}-01")
        if run.returncode != 0 or not first.exists():
            sys.exit(f"instructions.py: {kind}: {run.stderr.strip()[-500:]}")
        total = re.search(r"^totals: (\d+)", first.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
        if total is None or int(total[1]) == 0:
            sys.exit(f"instructions.py: {kind}: nothing was counted in {MEASURED}")
        return int(total[1])


def measured(build):
    if shutil.which("valgrind") is None:
        sys.exit("instructions.py: valgrind is missing: sudo apt-get install valgrind")
    if not (build / "instructions" / "one_run").exists():
        sys.exit(f"instructions.py: {build} holds no instructions/one_run: cmake --build {build} --target one_run")
    for kind, (few, many) in RUNS.items():
        yield kind, (instructions(build, kind, many) - instructions(build, kind, few)) / (many - few)


def compiler(build):
    cache = (build / "CMakeCache.txt").read_text(encoding="utf-8")
    path = re.search(r"^CMAKE_CXX_COMPILER:[A-Z]+=(.*)$", cache, re.MULTILINE)[1]
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


def recorded():
    if not TABLE.exists():
        sys.exit(f"instructions.py: {TABLE.name} is missing (instructions.py record)")
    lines = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]
    if not lines or lines[0] != COLUMNS or any(len(line) != len(COLUMNS) for line in lines):
        sys.exit(f"{TABLE.name}: not a table of instructions")
    return {kind: (float(count), of) for kind, count, of in lines[1:]}


def check(build, results):
    held = recorded()
    here = compiler(build)
    failures = []
    for kind, count in measured(build):
        if kind not in held:
            failures.append(f"{kind}: has no record (instructions.py record)")
            continue
        was, of = held[kind]
        print(f"{kind}: {count:,.0f} instructions an event, recorded {was:,.0f}")
        if results is not None:
            with open(results, "a", encoding="utf-8") as file:
                file.write(json.dumps({"instructions_of": kind, "count": round(count), "recorded": round(was)}) + "\n")
        if of != here:
            failures.append(f"{kind}: recorded with {of}, built with {here} (instructions.py record)")
        elif count > was * ROOM:
            failures.append(f"{kind}: {count:,.0f} instructions an event, was {was:,.0f}")
    for failure in failures:
        print(f"instructions.py: {failure}", file=sys.stderr)
    return 1 if failures else 0


def record(build):
    here = compiler(build)
    rows = [COLUMNS, *([kind, f"{count:.0f}", here] for kind, count in measured(build))]
    TABLE.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return 0


def main():
    arguments = sys.argv[1:]
    if len(arguments) not in (2, 3) or arguments[0] not in ("check", "record"):
        sys.exit(__doc__)
    build = pathlib.Path(arguments[1])
    if arguments[0] == "record":
        return record(build)
    return check(build, arguments[2] if len(arguments) == 3 else None)


if __name__ == "__main__":
    sys.exit(main())
