"""kill -9 at random moments of a paper run, judged by what an outside observer saw."""

import collections
import os
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import time

import writ_program as wp

BEGUN, INPUT, SENT = 1, 2, 3
MESSAGE = struct.Struct("<QQQ")
ORDER, VERDICT, FILL = 1004, 1003, 301
WORKING = {1, 2, 3, 4, 9}  # NEW ACK OPEN PARTIAL UNKNOWN

JOURNAL = '  promise: appended\n  checkpoint_every: "1s"\n  portfolio_every: "50ms"\n'
FEED = '    burst: 100\n    one_sided: 20\n    gap: 50\n'

# Its orders lie in the book, so that whenever the host dies some are open.
RESTING = """\
  - name: pulse
    plugin: test.pulse
    account: main
    instruments: [sim/ETHUSDT]
"""


class Observed:
    """What one life of the host showed until it was killed."""

    def __init__(self):
        self.begun_to = 0
        self.inputs = []  # (seq, checksum)
        self.sent = []

    def take(self, kind, seq, checksum):
        if kind == BEGUN:
            self.begun_to = seq
        else:
            (self.inputs if kind == INPUT else self.sent).append((seq, checksum))


class Crash(wp.ProgramTest):
    def live_and_die(self, config, moment):
        """One life of the host, killed at the moment that `moment` chooses: it is given the seconds since the start, the
        seconds since the run began (None before) and what was seen, and says whether it has come."""
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        with open(self.folder / "host.log", "a") as log:
            host = subprocess.Popen([wp.tool("observed_host"), config, str(writing)], close_fds=False,
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        os.close(writing)
        seen = Observed()
        rest = b""
        start = time.monotonic()
        began = None
        killed = False
        while True:
            ready, _, _ = select.select([reading], [], [], 0.002)
            if ready:
                chunk = os.read(reading, 1 << 16)
                if not chunk:
                    break
                rest += chunk
                whole = len(rest) // MESSAGE.size * MESSAGE.size
                for message in MESSAGE.iter_unpack(rest[:whole]):
                    seen.take(*message)
                rest = rest[whole:]
            now = time.monotonic()
            if began is None and seen.begun_to:
                began = now
            if not killed and moment(now - start, now - began if began else None, seen):
                host.send_signal(signal.SIGKILL)
                killed = True
            if not killed and now > start + wp.seconds(60):
                host.kill()
                self.fail("the moment did not come:\n" + (self.folder / "host.log").read_text())
        os.close(reading)
        if host.wait() != -signal.SIGKILL:
            self.fail(f"the host ended by itself ({host.returncode}):\n" + (self.folder / "host.log").read_text())
        return seen

    def random_moment(self, first):
        """Of four kinds: some time after the beginning; as soon as an input, or an order, was seen, so that it is still
        being worked on; before the run has begun, in the middle of a recovery. The first life is to get further."""
        kind = self.random.choice(["time", "input", "order"] if first else ["time", "time", "input", "input", "order", "early"])
        if kind == "early":
            limit = self.random.uniform(0.0, 0.12) * wp.slow
            return lambda total, running, seen: total > limit
        limit = self.random.uniform(0.02, 0.4) * wp.slow
        if kind == "time":
            return lambda total, running, seen: running is not None and running > limit
        if kind == "input":
            count = self.random.randrange(1, 250)
            return lambda total, running, seen: len(seen.inputs) >= count
        return lambda total, running, seen: len(seen.sent) > 0 or (running is not None and running > 2 * limit + 0.2)

    def records_of(self, run):
        folder = self.folder / f"journal/run-{run:06}"
        if not list(folder.glob("seg-*.wj")):
            return []  # killed before its first segment was made
        return wp.run(wp.tool("run_digest"), folder).lines

    def check_observed(self, run, seen, records):
        """Everything seen is on record, whole, in order, once."""
        self.assertEqual([record[0] for record in records], list(range(1, len(records) + 1)), f"run {run}: contiguous")
        self.assertGreaterEqual(len(records), seen.begun_to)
        by_seq = {record[0]: record for record in records}
        last = 0
        for seq, checksum in seen.inputs:
            self.assertGreater(seq, last, f"run {run}: reordered or doubled")
            self.assertIn(seq, by_seq, f"run {run}: an input seen by the observer is lost")
            self.assertEqual(by_seq[seq][2], checksum, f"run {run} record {seq} is not what was seen")
            self.assertLess(by_seq[seq][1], 1000)
            last = seq
        if seen.begun_to == 0:
            return  # killed while the run's beginning was being written
        inputs_on_record = [r[0] for r in records if r[1] < 1000 and r[0] > seen.begun_to]
        # One may have been appended whose message did not reach the pipe.
        self.assertIn(len(inputs_on_record) - len(seen.inputs), (0, 1), f"run {run}")
        for seq, checksum in seen.sent:
            self.assertIn(seq, by_seq, f"run {run}: an order that was sent is lost")
            self.assertEqual(by_seq[seq][1:3], [ORDER, checksum])

    def test_killed_hosts_lose_double_and_reorder_nothing(self):
        kills = wp.scaled(200, least=5)
        plugins = self.folder / "plugins"
        plugins.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/pulse_10.so", plugins / "pulse.so")
        config = self.write("writ.yaml", wp.paper_config(
            wp.STRATEGIES + RESTING, events_per_second=600, journal_more=JOURNAL, feed_more=FEED, dirs=[plugins],
            market_seed=self.random.randrange(1000), more="ownership: {default: shared}\n",
            risk='{position_max: "50", price_band: "0.02", open_orders_max: 4, order_rate_max: 50}'))
        lives = {}
        for kill in range(kills):
            runs = set(wp.journal_runs(self.folder / "journal"))
            seen = self.live_and_die(config, self.random_moment(kill == 0))
            made = set(wp.journal_runs(self.folder / "journal")) - runs
            self.assertLessEqual(len(made), 1)
            if made:
                lives[made.pop()] = seen
            else:
                self.assertEqual(seen.begun_to, 0)

        # The last start has nothing killed after it; it must end well.
        wp.writ("run", "--config", config, "--for", "500ms", timeout=120)
        runs = wp.journal_runs(self.folder / "journal")
        self.check_journal(runs, lives, kills)
        self.check_states(config, runs)
        self.check_database(config)

    def check_journal(self, runs, lives, kills):
        state, open_at_kill, began = {}, 0, 0
        clients, client_of, trades, verdicts = {}, {}, collections.Counter(), collections.Counter()
        inputs = sent = 0
        for run in runs:
            records = self.records_of(run)
            if run in lives:
                self.check_observed(run, lives[run], records)
                inputs += len(lives[run].inputs)
                sent += len(lives[run].sent)
            for record in records:
                if record[1] == ORDER:
                    _, _, _, order, client, intent, now, command = record
                    state[order] = now
                    if client_of.setdefault(order, client) != client:
                        self.fail(f"order {order} changes its client id")
                    if clients.setdefault(client, order) != order:
                        self.fail(f"two orders have the client id {client}")
                elif record[1] == FILL:
                    trades[(record[3], record[5])] += 1
                elif record[1] == VERDICT:
                    verdicts[record[3]] += 1
            if run in lives and lives[run].begun_to > 0:
                began += 1
                open_at_kill += any(now in WORKING for now in state.values())
        self.assertEqual([fill for fill, count in trades.items() if count > 1], [], "fills doubled")
        self.assertEqual([intent for intent, count in verdicts.items() if count > 1], [], "intents judged twice")
        share = open_at_kill / began
        for name, value in (("kills", kills), ("kills after the run had begun", began), ("kills with orders open", open_at_kill),
                            ("inputs observed", inputs), ("orders observed", sent), ("orders on record", len(state)),
                            ("fills on record", len(trades)), ("verdicts on record", len(verdicts))):
            wp.figure(name, value)
            self.assertGreater(value, 0, name)
        self.assertGreaterEqual(share, 0.3, "too few kills with orders open")

    def check_states(self, config, runs):
        """Each restart took over what an uninterrupted run that was fed the same would have come to."""
        checked = cut = 0
        for line in wp.run(wp.tool("recovered_state"), config, timeout=900).lines:
            self.assertEqual(line["differing"], [], line)
            self.assertEqual(line["trouble"], "", line)
            self.assertGreater(line["instances"], 0, line)
            checked += 1
            cut += line["cut"]
        wp.figure("restarts whose state was compared", checked)
        wp.figure("of these with consequences cut off", cut)
        self.assertGreater(checked, 0)

    def check_database(self, config):
        kept, rebuilt = self.folder / "run.db", self.folder / "rebuilt.db"
        wp.writ("db", "rebuild", "--config", config, "--db", rebuilt, timeout=600)
        tables, rows = compare_databases(kept, rebuilt)
        wp.figure("tables compared with a rebuilt projection", tables)
        wp.figure("rows compared with a rebuilt projection", rows)
        for database in (kept, rebuilt):
            for name, examined in self.verify_database(database).items():
                self.assertGreater(examined, 0, name)
        wp.figure("records verified", wp.verify_journal(config, self.folder / "journal"))


def compare_databases(one, other):
    """Every table but the migrations, every row; the order of rows does not count."""
    with sqlite3.connect(one) as a, sqlite3.connect(other) as b:
        names = [[n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                                           "AND name <> 'schema_migration' ORDER BY 1")] for db in (a, b)]
        if names[0] != names[1]:
            raise AssertionError(f"other tables: {set(names[0]) ^ set(names[1])}")
        rows = 0
        for name in names[0]:
            left = collections.Counter(a.execute(f"SELECT * FROM {name}"))
            right = collections.Counter(b.execute(f"SELECT * FROM {name}"))
            if left != right:
                only = list((left - right).items())[:2], list((right - left).items())[:2]
                raise AssertionError(f"{name}: {sum(left.values())} and {sum(right.values())} rows, only here and there: {only}")
            rows += sum(left.values())
        return len(names[0]), rows


if __name__ == "__main__":
    wp.main()
