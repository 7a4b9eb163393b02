"""What every test of the program `writ` needs: running it, a host that runs beside the test, configurations, counts.

A test script ends with `writ_program.main()` and is called

    python3 SCRIPT_test.py --program WRIT --build BUILD_TREE --source SOURCE_TREE [--slow N] [unittest arguments]

Environment: WRIT_SCALE  share of the stated random counts (1 = all)
             WRIT_SEED   of every random choice; printed, so that a failure can be repeated
             WRIT_DATA   folder of the recordings
             WRIT_KEEP   a folder: what a test worked on stays there
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77  # SKIP_RETURN_CODE

OK, FAILED, WRONG_INPUT, HALTED = 0, 1, 2, 3

program = None
build_tree = None
source_tree = None
slow = 1  # how many times longer things take: sanitizers
sanitizers = ""  # of the program and its plugins
seed = 0


def seconds(limit):
    return limit * slow


def scaled(count, least=1):
    """So many random cases of `count` at the scale asked for."""
    return max(least, round(count * float(os.environ.get("WRIT_SCALE", "1"))))


def figure(name, value):
    """A line that says what was counted; a test that checked nothing must not look like one that passed."""
    print(f"figure: {name} = {value}", flush=True)


def data(*parts):
    """A file of the recordings. Skips the test where there are none; a missing file is a failure."""
    root = os.environ.get("WRIT_DATA")
    if not root:
        raise unittest.SkipTest("WRIT_DATA is not set")
    path = pathlib.Path(root, *parts)
    if not path.exists():
        raise AssertionError(f"WRIT_DATA is set, but there is no {path}")
    return path


def plugin(name):
    return build_tree / "plugins" / f"{name}.so"


def sandboxed(folder):
    """One of the build tree's folders of plugins as a sandbox can load them, with sanitizers or without."""
    return build_tree / "sandboxed" / folder


def tool(name):
    return build_tree / "tests" / "integration" / name


class Done:
    """What a command that ended left."""

    def __init__(self, words, status, out, err):
        self.words, self.status, self.out, self.err = words, status, out, err

    def __str__(self):
        return f"{' '.join(map(str, self.words))}\nstatus {self.status}\n--- out\n{self.out}\n--- err\n{self.err}"

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except json.JSONDecodeError as error:
            raise AssertionError(f"not one JSON value: {error}\n{self}") from None

    @property
    def lines(self):
        """Each line of standard output as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(*words, status=OK, cwd=None, timeout=120, env=None):
    """Runs a command, any program; `status` is what it must return, None = anything but death by a signal."""
    words = [str(word) for word in words]
    environment = dict(os.environ, **(env or {}))
    try:
        ran = subprocess.run(words, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, errors="replace", timeout=seconds(timeout), stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise AssertionError(f"{' '.join(words)}: no end after {error.timeout} s") from None
    done = Done(words, ran.returncode, ran.stdout, ran.stderr)
    if ran.returncode < 0:
        raise AssertionError(f"died by signal {signal.Signals(-ran.returncode).name}: {done}")
    if status is not None and ran.returncode != status:
        raise AssertionError(f"status {ran.returncode}, not {status}: {done}")
    return done


def writ(*words, **how):
    return run(program, *words, **how)


def configure_options():
    """How a plugin is configured that the program under test can load."""
    options = ["-G", "Ninja"] if shutil.which("ninja") else []
    if sanitizers:
        options += [f"-DCMAKE_{what}_FLAGS=-fsanitize={sanitizers}" for what in ("C", "CXX", "MODULE_LINKER")]
    return options


class Host:
    """A `writ run` beside the test. Ends it, hard if need be, at the end of a with block."""

    def __init__(self, config, *words, cwd=None, env=None):
        self.config = pathlib.Path(config)
        self.journal = self.config.parent / "journal"
        self.words = [str(w) for w in (program, "run", "--config", config, *words)]
        self.log = open(self.config.parent / f"host-{time.monotonic_ns()}.log", "w+", errors="replace")
        self.process = subprocess.Popen(self.words, cwd=cwd, env=dict(os.environ, **(env or {})),
                                        stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def output(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def ask(self, command, *words, status=OK):
        # By the journal: the configuration may be the very thing that is wrong.
        second = words[:1] if command == "order" else ()
        return writ(command, *second, "--journal", self.journal, "--json", *words[len(second):], status=status, timeout=30)

    def status(self):
        return self.ask("status").json

    def wait(self, until, what, timeout=30):
        """The first status for which `until` holds."""
        end = time.monotonic() + seconds(timeout)
        last = None
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the host ended ({self.process.returncode}) before {what}:\n{self.output()}")
            last = self.ask("status", status=None)
            if last.status == OK and until(last.json):
                return last.json
            time.sleep(0.05)
        raise AssertionError(f"not within {timeout} s: {what}\nlast: {last}\n{self.output()}")

    def wait_ready(self):
        return self.wait(lambda status: status["events"] > 0, "events")

    def signal(self, number):
        self.process.send_signal(number)

    def end(self, timeout=60):
        """Waits for the end; the exit status."""
        try:
            return self.process.wait(seconds(timeout))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"no end after {timeout} s:\n{self.output()}") from None

    def stop(self):
        self.signal(signal.SIGTERM)
        status = self.end()
        if status != OK:
            raise AssertionError(f"stopped with status {status}:\n{self.output()}")


def instance_of(status, name):
    found = [instance for instance in status["instances"] if instance["name"] == name]
    if len(found) != 1:
        raise AssertionError(f"no instance {name} in {[i['name'] for i in status['instances']]}")
    return found[0]


# A paper run on the simulated market: two strategies and a signal, quick to warm up.
STRATEGIES = """\
signals:
  - name: flow
    plugin: writ.order_flow
    instruments: ["*"]
    params: {window: "2s", interval: "10ms"}
strategies:
  - name: mm
    plugin: writ.market_maker
    account: main
    instruments: [sim/BTCUSDT]
    params: {order_notional: "500", inventory_max: "2500", requote_interval: "20ms", retry_after: "200ms", fee_cover: "0"}
  - name: trend
    plugin: writ.directional
    account: main
    instruments: [sim/ETHUSDT]
    signals: {signal: flow.flow}
    params: {threshold: "0.1", hold: "300ms", pause: "50ms", order_notional: "200"}
"""


def paper_config(strategies=STRATEGIES, market_seed=7, events_per_second=300, more="", journal_more="",
                 feed_more="    burst: 100\n    one_sided: 20\n    gap: 50\n",
                 storage="sqlite:run.db", dirs=(), risk='{position_max: "2", price_band: "0.02", open_orders_max: 4, order_rate_max: 5}'):
    plugins = "" if not dirs else "plugins: {dirs: [" + ", ".join(f'"{d}"' for d in dirs) + "]}\n"
    # Chances are of each step: at many steps a second the usual ones would leave no calm market.
    return f"""\
mode: paper
seed: 1
journal:
  dir: journal
  segment_mib: 1
  ring_mib: 1
{journal_more}\
storage: {{url: "{storage}"}}
{plugins}\
accounts:
  - name: main
    reporting: USDT
    initial: {{USDT: "100000", BTC: "1", ETH: "20"}}
feeds:
  - name: sim
    type: simulated
    seed: {market_seed}
    events_per_second: {events_per_second}
{feed_more}\
    instruments:
      - {{market: BTCUSDT, base: BTC, quote: USDT, price: "60000", tick: "0.1", lot: "0.00001", typical_quantity: "0.5"}}
      - {{market: ETHUSDT, base: ETH, quote: USDT, price: "3000", tick: "0.01", lot: "0.0001", typical_quantity: "5"}}
market:
  features: {{sample: "20ms", volatility_warm: 2, spread_warm: 2}}
risk: {risk}
{more}\
{strategies}"""


def journal_runs(folder):
    return sorted(int(run.name[4:]) for run in pathlib.Path(folder).glob("run-*"))


def dump(config, run=1, *types):
    """The records of a run, of these types or all."""
    words = [word for name in types for word in ("--type", name)]
    return writ("journal", "dump", run, "--config", config, "--json", *words, timeout=300).lines


def verify_journal(config, folder):
    """Every run of the journal is whole; how many records that are."""
    records = 0
    for run in journal_runs(folder):
        report = writ("journal", "verify", run, "--config", config, "--json", timeout=300).json
        if not report["ok"]:
            raise AssertionError(f"run {run}: {report}")
        records += report["records"]
    return records


def temporary_folder(case):
    """A folder that is removed with the case, or with all cases of a class."""
    made = tempfile.TemporaryDirectory(prefix="writ-test-", ignore_cleanup_errors=True)
    (case.addClassCleanup if isinstance(case, type) else case.addCleanup)(made.cleanup)
    return pathlib.Path(made.name)


class ProgramTest(unittest.TestCase):
    """A folder of its own for each case, and the wish to know every count."""

    def setUp(self):
        keep = os.environ.get("WRIT_KEEP")
        if keep:
            self.folder = pathlib.Path(keep, self.id())
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
        else:
            self.folder = temporary_folder(self)
        self.random = random.Random(f"{seed} {self.id().rpartition('.')[2]}")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def assert_one_line(self, done, *parts, status=WRONG_INPUT):
        """An error for people: one line, that status, and each part in it."""
        self.assertEqual(done.status, status, done)
        lines = done.err.strip().splitlines()
        self.assertEqual(len(lines), 1, f"not one line: {done}")
        for part in parts:
            self.assertRegex(lines[0], part, str(done))
        return lines[0]

    def verify_database(self, database):
        """`writ db verify` and the independent script agree that all is well; the counts by check."""
        said = writ("db", "verify", "--db", database, "--json").json
        script = source_tree / "tests/conformance/db_invariants.py"
        independent = run(sys.executable, "-B", script, database, "--json").json
        self.assertTrue(independent["passed"])
        own = {check["name"]: check for check in said["checks"]}
        examined = {}
        for check in independent["checks"]:
            name = check["name"]
            examined[name] = check["examined"]
            self.assertEqual(check["violations"], 0, check)
            self.assertIn(name, own)
            self.assertEqual(own[name]["violations"], 0, own[name])
            self.assertEqual(own[name]["examined"], check["examined"], name)
        return examined


def main():
    global program, build_tree, source_tree, slow, sanitizers, seed
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--slow", type=int, default=1)
    parser.add_argument("--sanitize", default="")
    given, rest = parser.parse_known_args()
    program, build_tree, source_tree = given.program.resolve(), given.build.resolve(), given.source.resolve()
    slow, sanitizers = given.slow, given.sanitize
    seed = int(os.environ.get("WRIT_SEED") or random.SystemRandom().randrange(2**32))
    print(f"WRIT_SEED={seed} WRIT_SCALE={os.environ.get('WRIT_SCALE', '1')}", flush=True)

    ran = unittest.main(module="__main__", argv=[sys.argv[0], *rest], exit=False, verbosity=2).result
    skipped = len(ran.skipped)
    print(f"{ran.testsRun - skipped} of {ran.testsRun} cases ran, {skipped} skipped")
    if not ran.wasSuccessful() or ran.testsRun == 0:
        sys.exit(1)
    sys.exit(SKIPPED if skipped == ran.testsRun else 0)
