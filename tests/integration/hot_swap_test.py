"""New builds of a strategy taking the place of running ones, in a host on paper: by `writ reload` and by a file that appears."""

import os
import pathlib
import re
import shutil
import statistics
import time

import writ_program as wp

SWAPPED = """\
strategies:
  - name: swapped
    plugin: test.swapped
    account: main
    instruments: [sim/BTCUSDT]
{more}\
"""

FIRST, SECOND, THROWS_AT_ONCE, FORGETFUL, FAILS_WARMING_UP, STAYS = 1, 2, 3, 5, 6, 8


def count(environment_scale):
    return max(4, int(200 * float(os.environ.get("WRIT_SCALE", "1")) * environment_scale))


class HotSwap(wp.ProgramTest):
    def start(self, build=FIRST, watch=False, more="", builds=None, swap="", **how):
        self.built = builds or wp.build_tree / "test_plugins"
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()
        self.put(build)
        text = wp.paper_config(SWAPPED.format(more=more), dirs=[self.plugins], events_per_second=500, feed_more="", **how)
        text = text.replace("plugins: {dirs:", f"plugins: {{watch: {str(watch).lower()}, swap: {{{swap}}}, dirs:")
        self.config = self.write("writ.yaml", text)
        return wp.Host(self.config)

    def put(self, build):
        """By rename: what is mapped is never written to, and nobody sees half a file."""
        made = self.folder / "swapped.new"
        shutil.copy(self.built / f"swapped_{build}.so", made)
        made.rename(self.plugins / "swapped.so")

    def objects_mapped(self, host):
        """Names of the test's builds in the process's map."""
        maps = pathlib.Path(f"/proc/{host.process.pid}/maps").read_text()
        mapped = set(re.findall(r"/objects/([0-9a-f]{64}[^\s]*)", maps))
        return {name for name in mapped if name[:64] in self.builds()}

    def builds(self):
        if not hasattr(self, "known_builds"):
            self.known_builds = {wp.run("sha256sum", wp.build_tree / f"test_plugins/swapped_{n}.so").out[:64] for n in range(1, 9)}
        return self.known_builds

    def steps(self, *names):
        return [r for r in wp.dump(self.config, 1, "reload") if r["step"] in names]

    def wait_step(self, name, at_least=1, timeout=30):
        end = time.monotonic() + wp.seconds(timeout)
        while len(found := self.steps(name)) < at_least:
            self.assertLess(time.monotonic(), end, f"no step {name}: {wp.dump(self.config, 1, 'reload')}")
            time.sleep(0.05)
        return found

    def incidents(self, code):
        return [r for r in wp.dump(self.config, 1, "incident") if r["code"] == code]

    def assert_verifies(self):
        for run in wp.journal_runs(self.folder / "journal"):
            wp.writ("replay", run, "--verify", "--resimulate", "--config", self.config, timeout=300)

    def entries(self, host, what):
        return len(list(pathlib.Path(f"/proc/{host.process.pid}/{what}").iterdir()))

    def test_many_swaps_leave_nothing_behind_and_trading_goes_on(self):
        swaps = count(1)
        preparation, pause = [], []
        with self.start() as host:
            host.wait(lambda s: wp.instance_of(s, "swapped").get("approved", 0) > 0, "an approved intent")
            before = None
            for number in range(swaps):
                self.put(SECOND if number % 2 == 0 else FIRST)
                answer = host.ask("reload").json
                swap, = answer["swaps"]
                self.assertEqual((swap["instance"], swap["step"]), ("swapped", "swapped"))
                preparation.append(swap["preparation_ns"])
                pause.append(swap["pause_ns"])
                status = host.status()
                host.wait(lambda s: s["intents"] > status["intents"], "an intent of the new build")
                if number == 1:
                    before = (self.entries(host, "task"), self.entries(host, "fd"))
            self.wait_step("unloaded", swaps)
            self.assertEqual(len(self.objects_mapped(host)), 1)
            after = (self.entries(host, "task"), self.entries(host, "fd"))
            self.assertLessEqual(after[0], before[0], "threads are left")
            self.assertLessEqual(after[1], before[1] + 2, "descriptors are left")
            host.stop()
        wp.figure("swaps under a live paper run", swaps)
        for name, values in (("preparation, µs", preparation), ("pause, µs", pause)):
            wp.figure(f"{name}: median / longest", f"{statistics.median(values) / 1000:.1f} / {max(values) / 1000:.1f}")
        self.assertEqual(self.incidents("STILL_LOADED") + self.incidents("SWAP_FAILED"), [])
        self.assertEqual(len(self.steps("swapped")), swaps)
        self.assert_verifies()
        self.verify_database(self.folder / "run.db")

    def test_a_build_that_throws_at_once_is_rolled_back_and_trading_never_pauses(self):
        with self.start() as host:
            host.wait(lambda s: wp.instance_of(s, "swapped").get("approved", 0) > 0, "an approved intent")
            self.put(THROWS_AT_ONCE)
            host.ask("reload")
            self.wait_step("rolled_back")
            status = host.status()
            self.assertFalse(wp.instance_of(status, "swapped")["stopped"])
            host.wait(lambda s: s["intents"] > status["intents"] + 3, "intents of the old build")
            # The mended one takes its place.
            self.put(SECOND)
            self.assertEqual(host.ask("reload").json["swaps"][0]["step"], "swapped")
            host.stop()
        failed, = self.incidents("SWAP_FAILED")
        self.assertRegex(failed["text"], "rolled back: internal error in call 1; .* works again with its state")
        back, = self.steps("rolled_back")
        cut, *_ = self.steps("swapped")
        wp.figure("µs from the cut until the old one was back", (back["ingest_ts"] - cut["ingest_ts"]) / 1000)
        self.assert_verifies()
        self.verify_database(self.folder / "run.db")

    def test_a_build_warms_up_beside_the_old_one(self):
        with self.start() as host:
            host.wait(lambda s: wp.instance_of(s, "swapped").get("approved", 0) > 0, "an approved intent")
            self.put(FORGETFUL)
            self.assertEqual(host.ask("reload").json["swaps"][0]["step"], "prepared")
            swapped, = self.wait_step("swapped")
            self.assertEqual(swapped["warmup_events"], 50)
            self.put(FAILS_WARMING_UP)
            host.ask("reload")
            self.wait_step("given_up")
            status = host.status()
            host.wait(lambda s: s["intents"] > status["intents"] + 3, "intents of the one before")
            host.stop()
        self.assertEqual(len(self.incidents("SWAP_FAILED")), 1)
        self.assert_verifies()

    def test_a_file_that_appears_is_a_reload(self):
        with self.start(watch=True) as host:
            host.wait_ready()
            self.put(SECOND)
            self.wait_step("swapped")
            # Half a file is refused, with the reason, and nothing is lost.
            whole = (wp.build_tree / "test_plugins/swapped_1.so").read_bytes()
            half = self.folder / "half.so"
            half.write_bytes(whole[:len(whole) // 2])
            half.rename(self.plugins / "swapped.so")
            end = time.monotonic() + wp.seconds(30)
            while not self.incidents("RELOAD_REFUSED"):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            status = host.status()
            host.wait(lambda s: s["intents"] > status["intents"] + 3, "intents of the running build")
            self.put(FIRST)
            self.wait_step("swapped", 2)
            self.put(FIRST)  # the same again: nothing to do, nothing on record
            host.ask("reload", "--dry-run")
            host.stop()
        self.assertIn("swapped.so", self.incidents("RELOAD_REFUSED")[0]["text"])
        self.assertEqual(len(self.steps("swapped")), 2)
        self.assert_verifies()

    def test_a_library_that_stays_is_told(self):
        with self.start(STAYS) as host:
            host.wait_ready()
            self.put(FIRST)
            host.ask("reload")
            self.wait_step("still_loaded")
            host.stop()
        told, = self.incidents("STILL_LOADED")
        self.assertIn("still mapped", told["text"])

    def test_a_kill_after_swaps_is_gone_on_from(self):
        with self.start() as host:
            host.wait(lambda s: wp.instance_of(s, "swapped").get("approved", 0) > 0, "an approved intent")
            for build in (SECOND, FIRST, SECOND, THROWS_AT_ONCE):
                self.put(build)
                host.ask("reload")
            self.wait_step("rolled_back")
            status = host.status()
            host.wait(lambda s: s["events"] > status["events"] + 50, "events after the swaps")
            host.process.kill()
            host.process.wait()
        self.put(SECOND)  # the bad one would begin otherwise
        wp.writ("run", "--config", self.config, "--for", "2s", timeout=60)
        restarted = wp.dump(self.config, 2, "incident")
        self.assertEqual([r for r in restarted if r["code"] in ("PLUGIN_DIFFERS", "COLD_START", "PLUGIN_STOPPED")], [])
        self.assert_verifies()
        self.verify_database(self.folder / "run.db")

    def restart_after_kill(self, host):
        """What the next run said of its plugins."""
        host.process.kill()
        host.process.wait()
        wp.writ("run", "--config", self.config, "--for", "2s", timeout=60)
        codes = ("PLUGIN_DIFFERS", "COLD_START", "PLUGIN_STOPPED")
        return [r["code"] for r in wp.dump(self.config, 2, "incident") if r["code"] in codes]

    def rewrite(self, before, after):
        text = self.config.read_text()
        self.assertIn(before, text)
        self.config.write_text(text.replace(before, after))

    def test_parameters_that_were_rolled_back_are_gone_on_from(self):
        with self.start(more="    params: {every: 10}\n", journal_more='  checkpoint_every: "1s"\n') as host:
            host.wait(lambda s: wp.instance_of(s, "swapped").get("approved", 0) > 0, "an approved intent")
            self.rewrite("every: 10", "every: 7")
            self.put(THROWS_AT_ONCE)
            host.ask("reload")
            back, = self.wait_step("rolled_back")
            # One that holds the old build beside the new configuration.
            self.wait_record("checkpoint", lambda r: r["seq"] > back["seq"])
            status = host.status()
            host.wait(lambda s: s["intents"] > status["intents"] + 3, "intents of the old build")
            self.put(SECOND)
            self.assertEqual(self.restart_after_kill(host), [])
        self.assert_verifies()

    def wait_record(self, name, wanted, timeout=30):
        end = time.monotonic() + wp.seconds(timeout)
        while not any(map(wanted, wp.dump(self.config, 1, name))):
            self.assertLess(time.monotonic(), end, f"no such {name}")
            time.sleep(0.05)

    def change_while_it_runs(self, isolation="", **how):
        """`lots` may change while it runs: the instance is told, and goes on as it is."""
        with self.start(more=f"{isolation}    params: {{lots: 100}}\n", **how) as host:
            host.wait(lambda s: wp.instance_of(s, "swapped").get("intents", 0) > 0, "an intent")
            self.rewrite("lots: 100", "lots: 250")
            answer = host.ask("reload").json
            self.assertEqual((answer["changed"], answer["tuned"], answer["swaps"]), (0, 1, []))
            status = host.status()
            host.wait(lambda s: s["intents"] > status["intents"] + 3, "intents after the change")
            said = self.restart_after_kill(host)
        self.assertNotIn("PLUGIN_DIFFERS", said)
        self.assertEqual(self.steps("prepared"), [])
        told, = wp.dump(self.config, 1, "parameter")
        self.assertEqual((told["instance"], int(told["value"])), ("swapped", 250))
        intents = wp.dump(self.config, 1, "intent")
        before, = {float(r["quantity"]) for r in intents if r["seq"] < told["seq"]}
        self.assertAlmostEqual(float(intents[-1]["quantity"]) / before, 2.5)
        self.assert_verifies()
        self.verify_database(self.folder / "run.db")
        return said

    def test_a_live_parameter_changes_in_place(self):
        self.assertEqual(self.change_while_it_runs(), [], "its state goes on")

    def test_a_live_change_leaves_a_build_that_is_tried_where_it_is(self):
        with self.start(more="    params: {lots: 100}\n", swap="probation_calls: 1000000") as host:
            host.wait(lambda s: wp.instance_of(s, "swapped").get("intents", 0) > 0, "an intent")
            self.put(SECOND)
            self.assertEqual(host.ask("reload").json["swaps"][0]["step"], "swapped")
            self.rewrite("lots: 100", "lots: 250")
            self.assertEqual(host.ask("reload").json["tuned"], 1)
            status = host.status()
            host.wait(lambda s: s["intents"] > status["intents"] + 3, "intents of the new build")
            host.stop()
        self.assertEqual(self.steps("rolled_back") + self.incidents("SWAP_FAILED"), [])
        self.assertEqual(len(wp.dump(self.config, 1, "parameter")), 1)
        self.assert_verifies()

    def test_a_live_parameter_of_a_sandboxed_one_changes_in_place(self):
        self.change_while_it_runs("    isolation: sandbox\n", builds=wp.sandboxed("test_plugins"))

    def test_a_sandboxed_one_is_replaced_too(self):
        with self.start(more="    isolation: sandbox\n", builds=wp.sandboxed("test_plugins")) as host:
            host.wait(lambda s: wp.instance_of(s, "swapped").get("intents", 0) > 0, "an intent")
            self.put(SECOND)
            self.assertEqual(host.ask("reload").json["swaps"][0]["step"], "swapped")
            status = host.status()
            host.wait(lambda s: s["intents"] > status["intents"] + 3, "intents of the new build")
            host.stop()
        cut, = self.steps("swapped")
        seen = [(r["seq"], int(r["rationale"]["seen"])) for r in wp.dump(self.config, 1, "intent")]
        before = max(count for seq, count in seen if seq < cut["seq"])
        self.assertGreater(min(count for seq, count in seen if seq > cut["seq"]), before, "its state goes on")
        self.assertNotIn("COLD_START", [r["code"] for r in wp.dump(self.config, 1, "incident")])
        self.assertEqual(self.incidents("QUARANTINED"), [])
        self.assert_verifies()


if __name__ == "__main__":
    wp.main()
