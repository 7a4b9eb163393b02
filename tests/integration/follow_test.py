"""The projection as a process of its own, and what leaves a database: follow, import, retention, archives."""

import contextlib
import hashlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time

import writ_program as wp

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import postgres_cluster  # noqa: E402  a folder beside this one

DAY = 86_400_000_000_000


class Follower:
    """A `writ db follow` beside the test. Ends it, hard if need be, at the end of a with block."""

    def __init__(self, config, database, *words):
        self.log = open(config.parent / f"follow-{time.monotonic_ns()}.log", "w+", errors="replace")
        self.process = subprocess.Popen(
            [str(w) for w in (wp.program, "db", "follow", "--db", database, "--config", config, "--json", *words)],
            stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.log.close()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def said(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def end(self, timeout=120):
        """Waits for the end: the exit status, and what it printed."""
        out, _ = self.process.communicate(timeout=wp.seconds(timeout))
        return self.process.returncode, out

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status, out = self.end()
        if status != wp.OK:
            raise AssertionError(f"stopped with status {status}: {self.said()}")
        return out


def sample_config(storage=None):
    """A host without a database, or with this one."""
    line = f'storage: {{url: "{storage}"}}\n' if storage else ""
    return wp.paper_config(storage="none").replace('storage: {url: "none"}\n', line)


class Follow(wp.ProgramTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("writ.yaml", sample_config())
        self.database = self.database_url("followed")

    def database_url(self, name):
        return self.folder / f"{name}.db"

    def seq(self, run):
        """How far the database is in this run."""
        status = wp.writ("db", "status", "--db", self.database, "--json", status=None)
        runs = status.json["runs"] if status.status == wp.OK else []
        return next((r["journal_seq"] for r in runs if r["run"] == run), 0)

    def wait_seq(self, run, least, timeout=60):
        end = time.monotonic() + wp.seconds(timeout)
        while (reached := self.seq(run)) < least:
            if time.monotonic() > end:
                self.fail(f"run {run} at seq {reached} after {timeout} s, not {least}")
            time.sleep(0.05)
        return reached

    def expect_complete(self):
        """The database is what the journal makes of it, no row missing or twice."""
        rebuilt = self.database_url("rebuilt")
        wp.writ("db", "rebuild", "--db", rebuilt, "--config", self.config, timeout=300)
        compared = wp.writ("db", "compare", self.database, rebuilt, "--json", timeout=300, status=None)
        different = [t for t in compared.json["tables"] if not t["equal"]]
        self.assertEqual(different, [], compared)
        wp.writ("db", "verify", "--db", self.database, "--config", self.config, timeout=300)
        return {t["table"]: t["rows_a"] for t in compared.json["tables"]}

    def test_kill_of_follower_and_host_loses_and_doubles_nothing(self):
        kills = wp.scaled(10, least=2)
        followers = contextlib.ExitStack()
        self.addCleanup(followers.close)
        followers.enter_context(Follower(self.config, self.database))
        for run in range(1, kills + 1):
            with wp.Host(self.config) as host:
                host.wait_ready()
                self.wait_seq(run, self.random.randrange(1, 300))
                # It dies in the middle of its work; the next one goes on.
                followers.close()
                followers.enter_context(Follower(self.config, self.database))
                self.wait_seq(run, self.seq(run) + self.random.randrange(1, 300))
                host.process.kill()
                host.process.wait()
        with wp.Host(self.config) as host:  # ends well, and nobody follows to its end
            host.wait_ready()
            self.wait_seq(kills + 1, 1)
            followers.close()
            host.stop()
        with Follower(self.config, self.database, "--until-closed") as last:
            status, out = last.end()
            self.assertEqual(status, wp.OK, last.said())
            self.assertIn('"closed":true', out)
        rows = self.expect_complete()
        self.assertEqual(rows["run"], kills + 1)
        self.assertGreater(rows["strategy_intent"], kills)
        wp.figure("hosts killed", kills)
        wp.figure("intents followed", rows["strategy_intent"])

    def test_second_one_is_refused_in_one_line(self):
        with wp.Host(self.config) as host:
            host.wait_ready()
            with Follower(self.config, self.database) as first:
                self.wait_seq(1, 1)
                refused = wp.writ("db", "follow", "--db", self.database, "--config", self.config, status=None)
                self.assert_one_line(refused, "another projection writes into this database")
                self.wait_seq(1, self.seq(1) + 100)
                first.stop()
            host.stop()

    def test_signals_end_it_cleanly_and_the_next_goes_on(self):
        with wp.Host(self.config) as host:
            host.wait_ready()
            with Follower(self.config, self.database) as first:
                self.wait_seq(1, 1)
                self.assertIn('"run":1', first.stop())
            with Follower(self.config, self.database) as second:
                self.wait_seq(1, self.seq(1) + 1)
                second.process.send_signal(signal.SIGINT)
                self.assertEqual(second.end()[0], wp.OK, second.said())
            host.stop()
        with Follower(self.config, self.database, "--until-closed") as last:
            self.assertEqual(last.end()[0], wp.OK, last.said())
        self.expect_complete()

    def test_beside_a_host_that_projects_itself_it_is_refused(self):
        self.config.write_text(sample_config(storage=self.database))
        with wp.Host(self.config) as host:
            host.wait_ready()
            self.wait_seq(1, 1)
            refused = wp.writ("db", "follow", "--db", self.database, "--config", self.config, status=None)
            self.assertEqual(refused.status, wp.WRONG_INPUT, refused)
            self.assertIn("another projection writes into this database", refused.err.splitlines()[-1])
            host.stop()
        self.expect_complete()

    def test_a_host_waits_for_the_follower_and_then_projects_itself(self):
        wp.writ("db", "migrate", "--db", self.database)
        with Follower(self.config, self.database) as follower:
            end = time.monotonic() + wp.seconds(30)
            while "following" not in follower.said():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)
            self.config.write_text(sample_config(storage=self.database))
            with wp.Host(self.config) as host:
                host.wait_ready()
                self.wait_seq(1, 1)  # the follower's work
                follower.kill()
                self.wait_seq(1, self.seq(1) + 200)  # the host's
                host.stop()
        self.expect_complete()

    def test_wrong_words_are_one_line(self):
        self.assert_one_line(wp.writ("db", "follow", "--config", self.config, status=None), "storage.url")
        self.assert_one_line(wp.writ("db", "follow", "--db", self.database, status=None), "--journal")


class FollowPostgres(Follow):
    """The same on a server, which itself may go and come back."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(postgres_cluster.PostgresCluster())

    def setUp(self):
        self.urls = {}
        super().setUp()

    def database_url(self, name):
        if name not in self.urls:
            self.urls[name] = self.cluster.create_database(f"{name}_{time.monotonic_ns()}")
        return self.urls[name]

    def test_outlives_the_server(self):
        with wp.Host(self.config) as host:
            host.wait_ready()
            with Follower(self.config, self.database) as follower:
                self.wait_seq(1, 1)
                for _ in range(2):
                    self.cluster.signal(signal.SIGKILL)
                    host.wait(lambda s, after=host.status()["events"]: s["events"] > after + 100, "events without a database")
                    self.cluster.restart()
                    self.wait_seq(1, self.seq(1) + 100)
                self.assertIn("trying again", follower.said())
                host.stop()
        with Follower(self.config, self.database, "--until-closed") as last:
            self.assertEqual(last.end()[0], wp.OK, last.said())
        self.expect_complete()

    def test_a_signal_ends_it_while_the_server_hangs(self):
        with wp.Host(self.config) as host:
            host.wait_ready()
            with Follower(self.config, self.database) as follower:
                self.wait_seq(1, 1)
                self.cluster.signal(signal.SIGSTOP)
                try:
                    host.wait(lambda s, after=host.status()["events"]: s["events"] > after + 100, "events without a database")
                    follower.process.send_signal(signal.SIGTERM)
                    self.assertEqual(follower.end(30)[0], wp.OK, follower.said())
                finally:
                    self.cluster.signal(signal.SIGCONT)
            host.stop()
        with Follower(self.config, self.database, "--until-closed") as last:
            self.assertEqual(last.end()[0], wp.OK, last.said())
        self.expect_complete()

    def test_an_imported_run_is_the_same(self):
        lite = self.folder / "lite.db"
        self.config.write_text(sample_config(storage=lite))
        wp.writ("run", "--config", self.config, "--for", "3s", timeout=60)
        wp.writ("db", "import", lite, "--db", self.database)
        projected = self.database_url("projected")
        wp.writ("db", "rebuild", "--db", projected, "--config", self.config)
        hashes = {wp.writ("db", "dump", "--hash", "--json", db).json["sha256"] for db in (lite, self.database, projected)}
        self.assertEqual(len(hashes), 1, "SQLite, imported and projected")
        back = self.folder / "back.db"
        wp.writ("db", "import", self.database, "--db", back)
        self.assertTrue(wp.writ("db", "compare", lite, back, "--json").json["equal"])


class Leave(wp.ProgramTest):
    """A short run with frames of two more sources and many days; its own are all old by then."""

    def setUp(self):
        super().setUp()
        self.config = self.write("writ.yaml", wp.paper_config())
        self.database = self.folder / "run.db"
        wp.writ("run", "--config", self.config, "--for", "2s", timeout=60)
        self.now = 1_800_000_000_000_000_000
        with sqlite3.connect(self.database) as db:
            (run_id,) = db.execute("SELECT run_id FROM run").fetchone()
            for i in range(400):
                db.execute("INSERT INTO raw_event (raw_event_id, source, ingest_ts, event_ts, run_id, journal_seq, seq, topic, "
                           "payload) VALUES (?, ?, 0, ?, ?, 1, ?, 't', ?)",
                           (2**41 + i, f"s{i % 2}", self.now - (400 - i) * DAY // 4, run_id, i // 2, os.urandom(50)))
        db.close()
        self.archive = self.folder / "archive"

    def frames(self):
        with sqlite3.connect(self.database) as db:
            return db.execute("SELECT count(*) FROM raw_event WHERE source IN ('s0', 's1')").fetchone()[0]

    def replay_hash(self):
        words = ("db", "archive", "hash", self.archive, "--db", self.database, "--run", "1", "--json")
        return wp.writ(*words).json["replay_hash"]

    def retain(self, days, *words, **how):
        return wp.writ("db", "retention", "--db", self.database, "--keep-days", days, "--now", self.now, "--json", *words, **how)

    def test_frames_move_to_archives_and_can_be_read_back(self):
        self.archive.mkdir()
        before = self.replay_hash()
        done = self.retain(30).json
        own = done["rows"] + self.frames() - 400
        self.assertGreater(own, 0)
        self.assertEqual(self.frames(), 120)
        self.assertEqual(self.replay_hash(), before)
        self.assertEqual(self.retain(30).json["rows"], 0)
        self.assertEqual(self.retain(7).json["rows"], 92)
        self.assertEqual(self.replay_hash(), before)

        whole = wp.writ("db", "archive", "verify", self.archive, "--json").json
        self.assertEqual(whole["rows"], 372 + own)
        self.assertEqual(len([file for file in whole["files"] if file["source"] in ("s0", "s1")]), 4)
        frames = wp.writ("db", "archive", "print", self.archive).lines
        self.assertEqual(len(frames), 372 + own)
        self.assertEqual([(f["source"], f["seq"]) for f in frames], sorted((f["source"], f["seq"]) for f in frames))
        wp.writ("db", "verify", "--db", self.database)

    def test_days_outside_7_to_30_need_force(self):
        for days in (6, 31, 0):
            self.assert_one_line(self.retain(days, status=None), "outside 7 to 30")
        self.assertEqual(self.frames(), 400)
        self.assertGreater(self.retain(0, "--force").json["rows"], 390)
        self.assert_one_line(wp.writ("db", "retention", "--db", self.database, status=None), "--keep-days")
        self.assert_one_line(self.retain("x", status=None), "--keep-days")
        self.assert_one_line(wp.writ("db", "retention", "--db", self.database, "--keep-days", "8", "--now", "soon", status=None), "--now")

    def test_the_present_is_the_default_and_newest_can_be_said(self):
        # Frames of the year 2027 are newer than any present this was written in.
        done = wp.writ("db", "retention", "--db", self.database, "--keep-days", "10", "--now", "newest", "--json").json
        self.assertEqual(done["before_ts"], self.now - DAY // 4 - 10 * DAY)
        done = wp.writ("db", "retention", "--db", self.database, "--keep-days", "10", "--json").json
        self.assertLess(abs(done["before_ts"] + 10 * DAY - time.time_ns()), DAY)

    def test_damaged_archives_are_one_line_with_file_and_offset(self):
        self.retain(30)
        file = sorted(self.archive.glob("*.wra"))[0]
        whole = file.read_bytes()
        for _ in range(wp.scaled(20, least=5)):
            at = self.random.randrange(len(whole))
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << self.random.randrange(8)]) + whole[at + 1:])
            for what in ("verify", "print"):
                damaged = wp.writ("db", "archive", what, file, status=None)
                if damaged.status != wp.WRONG_INPUT:
                    self.fail(f"byte {at}: {damaged}")
                self.assertEqual(len(damaged.err.strip().splitlines()), 1, damaged)
                self.assertIn(str(file), damaged.err)
            file.write_bytes(whole[:at])
            self.assert_one_line(wp.writ("db", "archive", "verify", file, status=None), str(file), "offset")
        self.assert_one_line(wp.writ("db", "archive", "verify", self.folder / "nowhere", status=None), "nowhere")
        self.assert_one_line(wp.writ("db", "archive", "look", self.archive, status=None), "look")

    def test_kill_at_any_moment_loses_no_frame(self):
        self.archive.mkdir()
        before = self.replay_hash()
        killed = 0
        for _ in range(wp.scaled(20, least=5)):
            days = self.random.choice([30, 20, 10, 7])
            process = subprocess.Popen(
                [str(w) for w in (wp.program, "db", "retention", "--db", self.database, "--keep-days", days, "--now", self.now)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.random() * 0.04)
            killed += process.poll() is None
            process.kill()
            process.wait()
            self.assertEqual(self.replay_hash(), before)
        self.retain(7)
        self.assertEqual(self.frames(), 28)
        self.assertEqual(self.replay_hash(), before)
        wp.figure("retentions killed", killed)

    def test_dump_is_the_same_for_a_copy(self):
        target = self.folder / "copy.db"
        wp.writ("db", "import", self.database, "--db", target)
        compared = wp.writ("db", "compare", self.database, target, "--json").json
        self.assertTrue(compared["equal"], compared)
        hashes = [wp.writ("db", "dump", "--hash", "--json", db).json["sha256"] for db in (self.database, target)]
        self.assertEqual(hashes[0], hashes[1])
        again = wp.writ("db", "import", self.database, "--db", target, status=None)
        self.assert_one_line(again, "exists: [0-9a-f-]{36}$")
        with sqlite3.connect(target) as db:
            db.execute("UPDATE run SET notes = 'x'")
        db.close()
        self.assertEqual(wp.writ("db", "compare", self.database, target, status=None).status, wp.FAILED)

        table = wp.writ("db", "dump", self.database, "--table", "run").out
        said = wp.writ("db", "dump", self.database, "--table", "run", "--hash", "--json").json["tables"]
        self.assertEqual(said[0]["sha256"], hashlib.sha256(table.encode()).hexdigest())
        self.assert_one_line(wp.writ("db", "dump", self.database, "--table", "nope", status=None), "nope")


if __name__ == "__main__":
    wp.main()
