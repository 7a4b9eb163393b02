"""A database that answers no more: the host goes on trading, and nothing is missing afterwards."""

import time

import postgres_program as pp
import writ_program as wp


class Outage(pp.PostgresTest):
    """The server is frozen, thawed, killed and started again beside one running host."""

    def trade_on(self, host, records=2000, intents=5):
        """Waits until the journal grew by so much; the last record."""
        before = host.status()
        after = host.wait(lambda status: status["last_seq"] >= before["last_seq"] + records
                          and status["intents"] >= before["intents"] + intents, "more records and intents", timeout=60)
        return after["last_seq"]

    def wait_projected(self, url, run, seq):
        self.wait(lambda: pp.projected_to(url, run) >= seq, f"record {seq} of run {run} in the database")

    def catch_up(self, name, url, host, since):
        """From the moment the server answers again."""
        status = host.status()
        begun = time.monotonic()
        self.wait_projected(url, status["run"], status["last_seq"])
        wp.figure(f"{name}: backlog in records", status["last_seq"] - since)
        wp.figure(f"{name}: seconds to catch up", round(time.monotonic() - begun, 2))

    def outages(self, url, host, while_out=lambda: None):
        """Both kinds, one after the other."""
        host.wait_ready()
        run = host.status()["run"]
        self.wait_projected(url, run, self.trade_on(host))

        since = pp.projected_to(url, run)
        self.server.freeze()
        self.trade_on(host)
        while_out()
        self.server.thaw()
        self.catch_up("frozen server", url, host, since)

        since = pp.projected_to(url, run)
        self.server.kill()
        self.trade_on(host)
        while_out()
        self.server.restart()
        self.catch_up("killed server", url, host, since)

    def test_a_host_trades_through_outages_of_its_database(self):
        url = self.server.make_database()
        config = self.host_config(url)
        with wp.Host(config) as host:
            self.outages(url, host)
            host.stop()
        self.check_complete(config, url)

    def test_the_primary_is_never_delayed_by_the_second_database(self):
        url = self.server.make_database()
        primary = self.folder / "run.db"
        config = self.host_config("sqlite:run.db", secondary=url)
        with wp.Host(config) as host:
            lags = []

            def watch_primary():
                """The primary has each record a moment after it was appended."""
                for _ in range(10):
                    status = host.status()
                    begun = time.monotonic()
                    self.wait(lambda: pp.projected_to(primary, status["run"]) >= status["last_seq"], "the primary's rows", timeout=20)
                    lags.append(time.monotonic() - begun)

            self.outages(url, host, watch_primary)
            host.stop()
        wp.figure("seconds until the primary had a record while the second was out", f"{max(lags):.2f} at most of {len(lags)}")
        self.assertLess(max(lags), wp.seconds(3))
        self.check_complete(config, url)
        self.verify_database(primary)

    def start_without(self, name, go_out, come_back):
        url = self.server.make_database()
        config = self.host_config(url)
        go_out()
        with wp.Host(config) as host:
            host.wait_ready()
            self.trade_on(host)
            self.wait(lambda: "primary database: " in host.output(), "a word about the database that does not answer")
            come_back()
            self.catch_up(name, url, host, 0)
            host.stop()
        self.check_complete(config, url)

    def test_a_host_starts_while_the_server_is_down(self):
        self.start_without("server down at the start", self.server.kill, self.server.restart)

    def test_a_host_starts_while_the_server_is_frozen(self):
        self.start_without("server frozen at the start", self.server.freeze, self.server.thaw)

    def test_a_host_stops_while_the_server_is_frozen(self):
        url = self.server.make_database()
        config = self.host_config(url)
        with wp.Host(config) as host:
            host.wait_ready()
            run = host.status()["run"]
            self.wait_projected(url, run, self.trade_on(host))
            self.server.freeze()
            self.trade_on(host)
            begun = time.monotonic()
            host.stop()
            took = time.monotonic() - begun
            said = host.output()
        self.server.thaw()
        wp.figure("seconds to stop with a frozen server", round(took, 2))
        self.assertLess(took, wp.seconds(30))
        self.assertRegex(said, r"behind")
        wp.writ("run", "--config", config, "--for", "500ms", timeout=120)
        self.assertEqual(wp.journal_runs(self.folder / "journal"), [1, 2])
        self.check_complete(config, url)


if __name__ == "__main__":
    wp.main()
