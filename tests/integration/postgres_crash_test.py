"""kill -9 at random moments of a host that projects to PostgreSQL, and of the server: no row is missing, none is there twice."""

import time

import postgres_program as pp
import writ_program as wp


class Crash(pp.PostgresTest):
    def begin(self, host, early):
        """Waits until the run has begun, or for a moment before that, in the middle of a recovery."""
        limit = time.monotonic() + (self.random.uniform(0.0, 0.5) * wp.slow if early else wp.seconds(60))
        while "writ: run " not in host.output():
            if host.process.poll() is not None:
                self.fail(f"the host ended by itself ({host.process.returncode}):\n{host.output()}")
            if time.monotonic() > limit:
                self.assertTrue(early, "the run does not begin")
                return False
            time.sleep(0.005)
        return True

    def live_and_die(self, config, server_dies):
        """One life of the host; the server may die as well, and is then there again before or after the host's death.
        Whether the run had begun."""
        with wp.Host(config) as host:
            began = self.begin(host, early=self.random.random() < 0.2)
            time.sleep(self.random.uniform(0.0, 0.7) * wp.slow)
            if server_dies:
                self.server.kill()
                if self.random.random() < 0.5:
                    self.server.restart()
                time.sleep(self.random.uniform(0.0, 0.7) * wp.slow)
            if host.process.poll() is not None:
                self.fail(f"the host ended by itself ({host.process.returncode}):\n{host.output()}")
            host.process.kill()
            host.process.wait()
        if not self.server.up:
            self.server.restart()
        return began

    def test_killed_hosts_and_servers_lose_and_double_no_row(self):
        url = self.server.make_database()
        config = self.host_config(url, market_seed=self.random.randrange(1000))
        kills = wp.scaled(100, least=5)
        begun = sum(self.live_and_die(config, server_dies=kill % 3 == 1) for kill in range(kills))
        wp.figure("kills", kills)
        wp.figure("kills after the run had begun", begun)
        wp.figure("kills of the server", (kills + 1) // 3)
        self.assertGreater(begun, kills / 2)

        wp.writ("run", "--config", config, "--for", "500ms", timeout=300)
        wp.figure("records verified", wp.verify_journal(config, self.folder / "journal"))
        self.check_complete(config, url)
        self.check_as_rebuilt(config, url)


if __name__ == "__main__":
    wp.main()
