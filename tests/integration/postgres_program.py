"""What the tests of a host on PostgreSQL need: a server of their own that may be frozen and killed, its databases, and the
comparison of what is in them with the journal."""

import collections
import pathlib
import signal
import sys
import time

import writ_program as wp

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import postgres_cluster  # noqa: E402


class Server:
    """A PostgreSQL server that nobody else uses, as durable as one in production, that may be frozen and killed."""

    def __init__(self, case):
        self.cluster = postgres_cluster.PostgresCluster(fsync=True)
        self.cluster.start()
        case.addClassCleanup(self.cluster.stop)
        self.made = 0
        self.up = True

    def freeze(self):
        for _ in range(2):  # whoever was started while the others were stopped, too
            self.cluster.signal(signal.SIGSTOP)
        self.up = False

    def thaw(self):
        self.cluster.signal(signal.SIGCONT)
        self.up = True

    def kill(self):
        self.freeze()
        self.cluster.signal(signal.SIGKILL)

    def restart(self):
        self.cluster.restart()
        self.up = True

    def make_database(self):
        """A new empty one; its URL."""
        self.made += 1
        return self.cluster.create_database(f"run_{self.made}")


def psql(url, *words, **how):
    return wp.run(postgres_cluster.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, *words, **how)


def query(url, sql, **how):
    """The rows as texts."""
    return [line.split("\x1f") for line in psql(url, "-A", "-t", "-F", "\x1f", "-c", sql, **how).out.splitlines()]


def projected_to(url, run):
    """The last record of a run whose rows are in the database."""
    status = wp.writ("db", "status", "--db", url, "--json").json
    return next((entry["journal_seq"] for entry in status["runs"] if entry["run"] == run), 0)


class PostgresTest(wp.ProgramTest):
    """Cases with a server of the class's own."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls)

    def setUp(self):
        super().setUp()
        if not self.server.up:  # as a case that failed left it
            self.server.restart()

    def host_config(self, url, secondary=None, **how):
        """A paper host that is always busy."""
        calm = "    burst: 0\n    one_sided: 0\n    gap: 0\n"
        how = {"events_per_second": 2000, "feed_more": calm, "journal_more": "  promise: appended\n", **how}
        text = wp.paper_config(storage=url, **how)
        if secondary:
            text = text.replace(f'url: "{url}"', f'url: "{url}", secondary: {{url: "{secondary}"}}')
        return self.write("writ.yaml", text)

    def wait(self, until, what, timeout=60):
        """What `until` returns once it is true; a server that does not answer is waited for, too."""
        end = time.monotonic() + wp.seconds(timeout)
        while time.monotonic() < end:
            if result := until():
                return result
            time.sleep(0.02)
        raise AssertionError(f"not within {timeout} s: {what}")

    def check_complete(self, config, url):
        """Everything of the journal is in the database, once; nothing was refused."""
        journal = self.folder / "journal"
        intents = collections.Counter()
        for run in wp.journal_runs(journal):
            intents.update(str((run << 40) + int(record["seq"])) for record in wp.dump(config, run, "intent"))
        stored = collections.Counter(row[0] for row in query(url, "SELECT intent_id FROM strategy_intent"))
        self.assertGreater(len(intents), 0)
        self.assertEqual(stored, intents)
        self.assertEqual(query(url, "SELECT count(*) FROM projection_reject"), [["0"]])
        said = wp.writ("db", "verify", "--db", url, "--journal", journal, "--json", timeout=300).json
        self.assertEqual([check for check in said["checks"] if not check["passed"]], [])
        wp.figure("intents in the journal, each once in the database", len(intents))
        wp.figure("checks of writ db verify", len(said["checks"]))

    def check_as_rebuilt(self, config, url):
        """The database is what the journal makes from the start."""
        rebuilt = self.server.make_database()
        wp.writ("db", "rebuild", "--config", config, "--db", rebuilt, timeout=900)
        tables = wp.writ("db", "compare", url, rebuilt, "--json", timeout=600, status=None).json["tables"]
        self.assertEqual([table for table in tables if not table["equal"]], [])
        wp.figure("tables compared with a rebuilt projection", len(tables))
        wp.figure("rows compared with a rebuilt projection", sum(table["rows_a"] for table in tables))
