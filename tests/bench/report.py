#!/usr/bin/env python3
"""Writes docs/PERFORMANCE.md from the JSON lines of the benchmarks.

    report.py RESULTS BUILD_FOLDER [COMMIT] > docs/PERFORMANCE.md

COMMIT: what was built, where it was an export of that commit and not the working tree.
Every figure of the document comes from RESULTS; the text around them is here.
"""
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

PROGRAMS = {
    "abi_bench": (
        "Calls into a plugin",
        "The targets are the prototype's figures of the design as ratios to its own plain call. Where "
        "an intent is submitted, both sides copy the whole record (184 bytes); the host's table checks "
        "it as well. The last row compares two ways of stopping the same exception.",
    ),
    "sandbox_bench": (
        "A plugin in a process of its own",
        "A record of 64 bytes there, a status back, each call timed by itself. The limit is a process that does "
        "nothing but answer 8 bytes over the same ring. Spinning needs a processor for each side. The last row is "
        "from the call that dereferences null to its fault in words, the host asleep.",
    ),
    "journal_append_bench": (
        "Journal",
        "Records of 256 bytes. Appends come at 1 M/s while the journal's threads move and sync what was "
        "appended before; the limit copies the same bytes with a CRC32C into memory of its own. Durable: "
        "one batch of ours and one of `pwrite` and `fdatasync` by turns, on the same disk.",
    ),
    "book_bench": (
        "Book and market state",
        "The standard L2 market: 5,000,000 level changes, 20 levels a side, checksum asserted. The limit "
        "keeps quantities in a ring by tick and knows no wide ladder, no gap and no clock. The second row "
        "is the whole market state: sync rule, features, staleness.",
    ),
    "backtest_bench": (
        "Backtest, end to end",
        "One record a row. The host journals every input and everything derived from it, judges every "
        "intent with all limits set, and keeps lots, cash and portfolio; the bare loop journals intents, "
        "answers and fills and has neither decimals, risk checks nor ledger. With the touch quoter both "
        "sides must make the same number of intents and fills, or the benchmark fails; rounds must give "
        "the same hashes. The market maker has no bare twin: it stands beside the same loop, though it "
        "quotes more rarely. Context, measured in 2026-11 on another machine with the same data: "
        "hftbacktest 125 to 172 ns a row, flox 167, neither of which journals or checks anything.",
    ),
    "arbiter_bench": (
        "Arbiter",
        "One intent: the sums refreshed after an order in its instrument has changed, the view gathered from books, "
        "orders and ledger, then every check, none of which vetoes. The checksum of all verdicts stands below, so "
        "that speed cannot be bought with skipped work. Tried: sums that move by what changed, payoffs kept per "
        "position, rows made in place; what is left is spread over the gathering of the view (128-bit numbers, "
        "some 400 bytes), twenty rows of 40 bytes and the record.",
    ),
    "trades_bench": (
        "Trades to a strategy",
        "5,000,000 prints, checksum asserted. The host journals every one, keeps clock and valuations and calls "
        "a strategy that averages the prices; the bare loop calls the same average in a shared object and values "
        "by the clock. Both must end at 49945.262. Context, measured in 2026-11 on another machine: flox 40 ns.",
    ),
    "bars_bench": (
        "Bars to a strategy that trades",
        "1,000,000 bars of a minute, checksum asserted: each is an image of the touch at its opening and the BAR "
        "at its end. The strategy is long or short by two averages of the close; orders meet the next opening, on "
        "both sides as often. The bare loop journals orders and fills and has neither book, checks nor ledger. "
        "Context, measured in 2026-11 on another machine: flox 74 ns, vectorbt 153 ns, backtesting.py 8,807 ns.",
    ),
    "order_path_bench": (
        "Tick to order",
        "Every one of 300,000 trades leads to an order: event, strategy, intent on record, every risk check, order "
        "on record, a gateway that cancels it at once, and its end on record and told to the strategy. The bare "
        "loop calls the strategy in a shared object, makes eight comparisons, appends one record of 256 bytes "
        "and counts. Context, measured in 2026-11 on another machine: WonderTrader UFT 391 ns, its HFT engine "
        "5.0 us.",
    ),
    "thread_hop_bench": (
        "Between threads",
        "A message there by a queue, an append of 256 bytes, and back by another, both sides spinning; the limit "
        "is one slot each way and a copy with a CRC32C.",
    ),
    "codec_bench": (
        "Messages of a venue",
        "200,000 aggTrade, 20,000 depthUpdate and 100,000 messages of each other kind a market feed takes, checksums asserted; bookTicker and trade "
        "as spot writes them. Ours makes a record, checks every "
        "field, and refuses what does not fit; the limit takes the same fields by simdjson and checks nothing.",
    ),
    "wire_bench": (
        "Tick to wire",
        "A live host in one process, as `writ run --live --trace-latency` makes it, against the venue simulator in another, over loopback sockets. A "
        "trade comes by the market stream; a strategy in the host's process answers it with an order (limit, immediate or cancel) that passes every "
        "risk check, all limits set, and goes on record; the gateway checks filters, kill latch, clock and rate budget, signs (HMAC) and writes it to the "
        "WebSocket API, where the simulator verifies the signature and matches. Measured in the host, by one clock: from the read that brought the trade's last byte being "
        "done (under TLS: decrypted) to right before the order's first byte (under TLS: encrypted) is handed to the socket's write. One order is on its way at a time, one "
        "about every half millisecond, so that both threads have gone to sleep and each is woken by the system. Journal durable: the order leaves only "
        "when its records are on disk (`fdatasync`); appended: once they survive the process. The limit: the same sockets and one thread, "
        "the price taken by simdjson, a fixed order signed and written, no journal, book, check or strategy; where the journal is durable, its order is "
        "written and synced first. By two threads: it wakes a second thread and is posted back, as the host's sequencer is and does. Host, "
        "simulator and whoever moves the market share the machine's cores, so tails hold the scheduler's turns. Stages as in `docs/LATENCY.md`, told at "
        "most 12.5 % too high. What a message costs to parse is in the table above.",
    ),
    "csv_bench": (
        "Text to a strategy in one go",
        "1,000,000 prints in the columns of tardis.dev. The importer reads the file twice, first to check all of "
        "it, and hands records to the plugin; the limit reads it once, by hand, and checks nothing.",
    ),
    "footprint_bench": (
        "The program as a whole",
        "The product's `writ backtest` with a market maker, its journal on disk, over tapes of the L2 market. "
        "Memory is looked at every 5 ms; anonymous memory is what is not a file's. An event's time is the "
        "difference of two tapes: the tape is checked whole before it is played. The longest tape is run once, "
        "between the rounds of the others.",
    ),
    "truth_bench": (
        "The cost of truth",
        "The touch quoter on 300,000 rows of the standard L2 market. With nothing on record the same core, "
        "exchange and strategy decide the same, and nothing is written.",
    ),
    "sweep_bench": (
        "Two cores",
        "A trial is a backtest of the market maker on a simulated market decoded once for all, each with "
        "another order size. The limit makes the same one after the other on one thread: rows and intervals "
        "must be the same, or the benchmark fails. Always real time.",
    ),
    "projection_bench": (
        "Projection into a database",
        "One row is one of the tables as they are at the end: rows written and changed again later, such as "
        "an order's, count once, on both sides. The limit has the rows ready in memory, encoded, and writes "
        "them table by table, in transactions of the same records, into the same schema: every constraint "
        "and trigger is met by both. The host reads its journal as well, of which most records are market data "
        "that make no row. PostgreSQL is always measured in real time, on a server of its own with fsync. "
        "A row of the backtest is the host's, while the projector follows its journal on the other core.",
    ),
    "database_outage_bench": (
        "A database that stopped",
        "One event is a market record of a paper host, at a fixed rate far below what it can do, from taken to "
        "all it leads to done, on the sequencer thread; from due to done includes that it had to wait. The "
        "limit is the same host while the server runs; by turns every process of the server is stopped "
        "(SIGSTOP) and goes on. At the end every record is in the database.",
    ),
}
# Of goals that are missed: what was tried and what limits them. No absolute figures: those are in the tables.
MISSED = {
    "G1": (
        "Tried: orders in a row by id and their ids in a table of small places instead of trees, hashes of the "
        "run computed by a thread beside, more modules optimised as one; then rows from which nothing follows "
        "pass by all that is not due, a cancel is judged without what only an order could put at risk, the "
        "exchange looks after an order's queue where its level is another: 0.80 times the instructions of before "
        "that. What limits it: the bare loop keeps one book and appends three records an intent. Of each row the "
        "host makes a checked record, keeps two full books (the core's, and the exchange's with its queues), "
        "features and staleness: a third of the instructions. For three rows in ten, where the touch changed, "
        "it builds a snapshot of some thirty fields and calls the strategy: a fifth. Of each intent it makes five "
        "to seven records of 200 to 1,100 bytes, each copied, checksummed and counted, with 128-bit money "
        "throughout: the rest, though only one row in ten leads to one."
    ),
    "G2": (
        "Tried: the modules a record passes optimised as one; then what is due is known from when on, and a "
        "trade before that passes by all of it, and so does the run, which asks for neither orders nor halts nor "
        "checkpoints where nothing followed: 0.67 times the instructions of before that. What limits it: the bare "
        "loop is an addition and a call. Of each trade the host makes a record in the journal (a sixth of the "
        "instructions, a third of those the checksum), asks feed, venue and core for the next (a sixth), keeps "
        "the market (a tenth), and gives it to the plugin in a call that is guarded and counted (a quarter, a "
        "fifth of those the plugin's own)."
    ),
    "G3": (
        "Tried: samples in which nothing moved taken in one loop of the same bits; a book of one level is not "
        "looked through behind it; besides what stands under G1: 0.90 times the instructions of before that. What "
        "limits it: a bar is two inputs, an image of the book and the bar, a minute of core time apart, in which "
        "sixty samples fall due; for most a snapshot is built, and every hundred or so comes a checkpoint of the "
        "whole state."
    ),
    "G4": (
        "Tried: rows split once, decimals read by hand, no text copied. What limits it: a file is checked whole "
        "before its first row is given out, so that nothing of a damaged one is ever imported, and is read twice "
        "for that; one of the two readings costs 1.4 times the limit."
    ),
    "G5": (
        "Tried: what stands under G1; what working orders hold is changed by the difference, an order's ids are "
        "put together where they stand, less is allocated: 0.87 times the instructions of before that. "
        "What limits it: "
        "seven records an order (trade, snapshot, intent, verdict with twenty checks and their numbers, order, "
        "report, order), two calls into the plugin besides the one that decides, and a client order id that is a "
        "SHA-256. The bare loop has one record, no order and no money."
    ),
    "G6": (
        "Tried: memory of coming records fetched ahead, pages faulted in by a thread, in whole steps when one is due "
        "instead of parts of pages with every record, which the kernel refused: 1.59 -> 1.49 times the limit, the "
        "latter on the busier machine; three lanes of CRC32C. What limits it: copy and CRC32C are the limit's own; beside them stand the check of the record's shape and "
        "what is published to the thread that moves the records, whose core has those lines."
    ),
    "G7": (
        "Tried: the hash of the segment by a thread beside the disk, which had to wait for it before. What limits "
        "it: the limit has its batch ready in memory; ours leaves the mapping once its last record is appended, "
        "and three threads share two cores."
    ),
    "G8": (
        "Tried: the queue's ends on lines of their own, the append's memory fetched ahead, the journal's thread that "
        "faults pages in asleep but for one look a step: the process sleeps a tenth as often. What limits it: two "
        "threads that spin and two of the journal share two cores, and a side sleeps where one of the latter has "
        "its turn."
    ),
    "G9": (
        "Tried: one pass over a message written as the venue writes it, instead of an index of all of it first: "
        "aggTrade 2.32 -> 1.13, a depth update 1.48 -> 0.80 times the limit. What limits it: every field is "
        "checked, and those of all messages are cleared first."
    ),
    "G11": (
        "Tried, for the start: the PostgreSQL client and the disassembler loaded when they are needed (40 libraries "
        "-> 17, 122,000 relocations -> 29,000, an eighth of the loader's cycles), the build named by the linker's "
        "note instead of a hash of the program's file (2,400 page faults of 4,700): 0.68 times the processor time, "
        "by turns on a busy machine. What limits it: SQLite reads a schema of 53 tables and 66 views, syncs four "
        "times and removes its log; the kernel makes and removes a mapping and a segment with their space reserved, "
        "and three threads; a tenth is still the loader's. Tried, for memory and time by "
        "length: the index of a tape read in pieces; each finished segment of the journal on its way to the disk at "
        "once and out of the page cache after, where 20 GB of it had filled the machine's memory: 1.15 -> 1.06 from "
        "ten million events to a hundred, and no more memory. What limits it from one million on: a checkpoint each "
        "minute of core time holds the orders that ended last, 4,096 of them after the first million events, 1.7 MB "
        "then, which is a quarter of all the journal has."
    ),
    "ABI": (
        "Not looked into: with the same wrapper and compiler the rows were 2.28 and 7.26 in the run before; perhaps "
        "where the linker lays a small function."
    ),
    "G12": (
        "Looked for what two trials share: eight trials take 0.97 times the processor time on two threads that they "
        "take on one, with as many page faults, and wait 40 times in all, so there is neither a lock nor memory "
        "they fight for. What limits it: two at once take both cores, and whatever else the machine does takes its "
        "time from them, while one at a time leaves it a core; and a pair lasts as long as the slower of the two."
    ),
    "G13": (
        "Tried: what stands under `Arbiter`. What limits it: every check puts its value and its limit on record, "
        "128 bits each, and the view is gathered anew for each intent, since the one before may have changed it."
    ),
}
GATE = (
    "A change is judged without a quiet machine by the instructions of one event on the sequencer thread: "
    "`tests/bench/instructions.py check build/release`, which `./dev bench` runs as well. It fails where an event "
    "costs 2 % more than `tests/bench/instructions.tsv` says."
)


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def first(text, key):
    for line in text.splitlines():
        if line.startswith(key):
            return line.split(":", 1)[1].strip()
    return "unknown"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def compiler(build):
    cache = (pathlib.Path(build) / "CMakeCache.txt").read_text(encoding="utf-8")
    values = dict(
        (line.split(":", 1)[0], line.split("=", 1)[1]) for line in cache.splitlines()
        if "=" in line and not line.startswith(("#", "/")))
    version = output(values["CMAKE_CXX_COMPILER"], "--version").splitlines()[0]
    return f"{version}, {values['CMAKE_BUILD_TYPE']} (-O3, baseline instruction set)"


def number(value, unit):
    text = f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"
    return text if unit == "ns" else f"{text} {unit}"


def verdict(row):
    if row["target"] is None:
        return "–", "context"
    return f"≤ {row['target']:.2f}", "reached" if row["reached"] else "**missed**"


def table(rows):
    yield "| goal | one operation | ns or as said | limit | the same | ratio | spread | target | |"
    yield "|---|---|---:|---|---:|---:|---|---|---|"
    for row in rows:
        target, reached = verdict(row)
        yield (f"| {row['goal']} | {row['name']} | {number(row['ours'], row['unit'])} | {row['limit']} | "
               f"{number(row['limit_is'], row['unit'])} | **{row['ratio']:.2f}** | "
               f"{row['ratio_min']:.2f}–{row['ratio_max']:.2f} | {target} | {reached} |")


def reasons(missed):
    """Each goal's misses, and why."""
    for goal in dict.fromkeys(row["goal"] for row in missed):
        for row in missed:
            if row["goal"] == goal:
                yield (f"- {goal}, {row['name']}: {row['ratio']:.2f} where ≤ {row['target']:.2f} is wanted, "
                       f"a factor of {row['ratio'] / row['target']:.1f}.")
        if goal in MISSED:
            yield ""
            yield MISSED[goal]
        yield ""


def document(entries, build, commit):
    facts = [entry for entry in entries if "load" in entry]
    rows = [entry for entry in entries if "ratio" in entry]
    proofs = [entry for entry in entries if "proof" in entry]
    if not rows:
        sys.exit("report.py: no results")
    judged = [row for row in rows if row["target"] is not None]
    reached = sum(row["reached"] for row in judged)
    changed = commit is None and output("git", "status", "--porcelain", "--untracked-files=no", "--",
                                        "host", "sdk", "strategies", "tests/bench", "cmake")
    commit = commit or output("git", "rev-parse", "--short=12", "HEAD")
    cpu = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    loads = [fact["load"] for fact in facts]
    thread_clock = any(fact["clock"] == "thread" for fact in facts)

    yield "# Performance"
    yield ""
    yield "Written by `./dev bench`; not edited by hand. Each figure stands beside a limit: the least code that"
    yield "does the same work, run by turns with it in the same process. What counts is the ratio, the median of"
    yield "the rounds; absolute figures move with the machine and with what else it does."
    yield ""
    yield f"**{reached} of {len(judged)} targets reached** in this run."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| commit | `{commit}`{', with local changes' if changed else ''} |"
    yield f"| date | {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d} |"
    yield f"| processor | {first(cpu, 'model name')} (family {first(cpu, 'cpu family')}, model {first(cpu, 'model	')}), {os.cpu_count()} cores |"
    yield f"| system | {platform.system()} {platform.release()} |"
    yield f"| compiler | {compiler(build)} |"
    if loads:
        yield f"| other load | load average {min(loads):.1f} to {max(loads):.1f} on {os.cpu_count()} cores before the programs |"
    yield f"| clock | {'processor time of the measured thread' if thread_clock else 'real time'} |"
    yield ""
    if thread_clock:
        yield "The machine was shared, so what runs on one thread was measured in processor time of that thread, on"
        yield "both sides: neither other programs nor waiting are in it. Durable rows and p99.9 are always real time:"
        yield "they share the disk and the cores with the other work, and their verdicts are provisional."
        yield ""
    elif loads and max(loads) > os.cpu_count() / 2:
        yield "The machine was not quiet: medians of ratios hold, absolute figures and tails are too high."
        yield ""
    for name, (title, text) in PROGRAMS.items():
        here = [row for row in rows if row["program"].split(",")[0] == name]
        if not here:
            continue
        yield f"## {title}"
        yield ""
        yield f"`{here[0]['program']}`. {text}"
        yield ""
        yield from table(here)
        yield ""
        for proof in proofs:
            if proof["program"].split(",")[0] == name:
                yield f"- {proof['proof_of']}: {proof['proof']}"
        if any(proof["program"].split(",")[0] == name for proof in proofs):
            yield ""
    missed = [row for row in judged if not row["reached"]]
    if missed:
        yield "## Missed"
        yield ""
        yield from reasons(missed)
    yield "## Change gate"
    yield ""
    yield GATE
    counted = [entry for entry in entries if "instructions_of" in entry]
    if counted:
        yield ""
        yield "| run | instructions an event | recorded |"
        yield "|---|---:|---:|"
        for entry in counted:
            yield f"| {entry['instructions_of']} | {entry['count']:,} | {entry['recorded']:,} |"


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    commit = sys.argv[3] if len(sys.argv) == 4 else None
    print("\n".join(document(lines_of(sys.argv[1]), sys.argv[2], commit)))


if __name__ == "__main__":
    main()
