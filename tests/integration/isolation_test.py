"""A plugin in a sandbox does what it does in the host's process; one that breaks a rule harms nobody else."""

import hashlib
import json
import pathlib
import shutil
import sqlite3

import writ_program as wp

ISOLATED = "    isolation: sandbox\n"

# Its own account: nothing it does may be seen in another's money.
OUTLAW = """\
  - name: outlaw
    plugin: test.outlaw
    account: risky
    instruments: [sim/ETHUSDT]
    isolation: sandbox
    sandbox: {{deadline: "{deadline}", memory_mib: 128}}
    params: {{crime: "{crime}", after: {after}}}
"""

CRIMES = {
    "null": "crashed: SIGSEGV, a null pointer",
    "loop": "gave no answer within 200 ms",
    "allocate": "used up its 128 MiB of memory",
    "fork": "started a process",
    "socket": "opened a socket",
    "write_file": "opened a file",
    "clock": "read a clock",
    "exit": "called exit",
    "positions": "broke the rules of its ring",
}


def isolated(strategies):
    """Every instance of a configuration in a sandbox."""
    return strategies.replace("    instruments:", ISOLATED + "    instruments:")


def sandbox_config(strategies, **more):
    """With the plugins as a sandbox can load them."""
    return wp.paper_config(strategies=strategies, dirs=[wp.sandboxed("plugins")], **more)


def backtest_config(strategies, **more):
    # Those of the host's process come from its own folder, but where all are in sandboxes.
    dirs = [wp.sandboxed("test_plugins")] + ([wp.sandboxed("plugins")] if strategies == isolated(wp.STRATEGIES) else [])
    config = wp.paper_config(strategies=strategies, storage="", dirs=dirs, **more)
    return (config.replace("mode: paper", "mode: backtest").replace('storage: {url: ""}\n', "")
            .replace("feeds:", "  - {name: risky, reporting: USDT, initial: {USDT: \"100000\", ETH: \"20\"}}\nfeeds:"))


class Sandbox(wp.ProgramTest):
    def backtest(self, name, strategies, duration="60s", status=wp.OK):
        config = self.write(f"{name}/writ.yaml", backtest_config(strategies))
        done = wp.writ("backtest", "--config", config, "--for", duration, "--json", status=status, timeout=300)
        return config, done.json

    def intents_of(self, config, instance):
        """A hash of what an instance wanted, without what says where in the journal it stands."""
        kept = []
        for record in wp.dump(config, 1, "intent"):
            if record["instance"] != instance:
                continue
            for key in ("seq", "seen_seq", "snapshot_seq", "id", "intent_id", "target_intent"):
                record.pop(key, None)
            kept.append(json.dumps(record, sort_keys=True))
        return len(kept), hashlib.sha256("\n".join(kept).encode()).hexdigest()

    def incidents(self, config, code):
        return [r for r in wp.dump(config, 1, "incident") if r["code"] == code]

    def test_the_same_inputs_give_the_same_intents(self):
        _, inside = self.backtest("inside", wp.STRATEGIES)
        config, sandboxed = self.backtest("sandboxed", isolated(wp.STRATEGIES))
        self.assertGreater(inside["intents"], 100)
        self.assertGreater(inside["fills"], 0)
        for key in ("events", "intents", "approved", "vetoed", "orders", "fills", "intents_hash", "ledger_hash"):
            self.assertEqual(sandboxed[key], inside[key], key)
        wp.figure("intents, in process and in the sandbox", inside["intents"])
        wp.figure("intents_hash of both", inside["intents_hash"])
        verified = wp.writ("replay", "1", "--verify", "--config", config, "--json", timeout=300).json
        self.assertEqual(verified["intents_hash"], inside["intents_hash"])

    def test_whatever_one_does_the_others_do_the_same(self):
        alone, _ = self.backtest("alone", wp.STRATEGIES, "20s")
        expected = {name: self.intents_of(alone, name) for name in ("mm", "trend")}
        self.assertGreater(expected["mm"][0], 10)
        for crime, words in CRIMES.items():
            with self.subTest(crime=crime):
                outlaw = OUTLAW.format(crime=crime, after=40, deadline="200ms" if crime == "loop" else "5s")
                config, _ = self.backtest(crime, wp.STRATEGIES + outlaw, "20s")
                told = self.incidents(config, "QUARANTINED")
                self.assertGreater(len(told), 0)
                self.assertIn(words, told[0]["text"])
                self.assertEqual(told[0]["instance"], "outlaw")
                self.assertEqual({name: self.intents_of(config, name) for name in expected}, expected)
                self.assertGreater(self.intents_of(config, "outlaw")[0], 0)
                self.assertGreater(len(self.incidents(config, "RESTORED")), 0)
                wp.figure(f"{crime}: quarantines", len(told))
                wp.writ("replay", "1", "--verify", "--config", config, "--json", timeout=300)
        wp.figure("crimes contained", len(CRIMES))

    def test_the_pause_grows_with_each_fault(self):
        config, _ = self.backtest("again", "strategies:\n" + OUTLAW.format(crime="exit", after=1, deadline="5s"), "40s")
        told = self.incidents(config, "QUARANTINED")
        pauses = [int(record["text"].rsplit(" ", 2)[1]) for record in told]
        self.assertGreater(len(pauses), 3)
        self.assertEqual(pauses, [1000 * 2**i for i in range(len(pauses))])

    def test_beside_a_paper_host_it_trades_and_a_replay_takes_it_from_the_record(self):
        config = self.write("writ.yaml", sandbox_config(isolated(wp.STRATEGIES)))
        with wp.Host(config) as host:
            status = host.wait(lambda s: wp.instance_of(s, "mm").get("intents", 0) > 20, "intents")
            sandbox = wp.instance_of(status, "mm")["sandbox"]
            self.assertEqual((sandbox["guards_missing"], sandbox["fault"]), ("", ""))
            self.assertIn("seccomp", sandbox["guards"])
            self.assertNotIn("/objects/", pathlib.Path(f"/proc/{host.process.pid}/maps").read_text(), "none is loaded there")
            self.assert_calls(wp.instance_of(status, "mm")["calls"])
            shown = wp.writ("status", "--journal", host.journal, timeout=30).out
            self.assertRegex(shown, r"sandbox of mm: guards limits privileges")
            self.assertRegex(shown, r"calls into +count +p50 ns")
            host.process.kill()
            host.process.wait()
        with wp.Host(config) as host:
            host.wait(lambda s: wp.instance_of(s, "mm").get("intents", 0) > 20, "intents after a restart")
            host.stop()
        told = [r["code"] for r in wp.dump(config, 2, "incident")]
        self.assertNotIn("PLUGIN_DIFFERS", told)
        self.assertNotIn("QUARANTINED", told)
        self.assertIn("COLD_START", told)
        for run in (1, 2):
            recorded = wp.dump(config, run, "intent_input")
            made = {r["seen_seq"] for r in wp.dump(config, run, "intent") if r["instance"] == "mm"}
            self.assertGreater(len(recorded), 0)
            self.assertTrue({r["seen_seq"] for r in recorded if r["instance"] == "mm"} <= made)
            self.assertGreater(len(wp.dump(config, run, "signal_input")), 0)
            wp.writ("replay", run, "--verify", "--config", config, "--json", timeout=300)
            wp.figure(f"run {run}: intents that came from beside the core", len(recorded))
        self.verify_database(self.folder / "run.db")

    def assert_calls(self, calls):
        self.assertGreater(calls["count"], 0)
        self.assertGreater(calls["p50_ns"], 0)
        for less, more in (("p50_ns", "p99_ns"), ("p99_ns", "p999_ns"), ("p999_ns", "max_ns")):
            self.assertLessEqual(calls[less], calls[more], (less, more))

    def test_what_calls_cost_is_shown_and_stored_and_no_part_of_a_replay(self):
        config = self.write("writ.yaml", wp.paper_config(strategies=wp.STRATEGIES))
        with wp.Host(config) as host:
            status = host.wait(lambda s: wp.instance_of(s, "mm").get("intents", 0) > 20, "intents")
            self.assert_calls(wp.instance_of(status, "mm")["calls"])
            self.assert_calls(wp.instance_of(status, "trend")["calls"])
            host.stop()
        told = [r for r in wp.dump(config, 1, "plugin_stat") if r["instance"] == "mm"]
        self.assertGreater(len(told), 0)
        wp.writ("replay", "1", "--verify", "--config", config, "--json", timeout=300)
        self.verify_database(self.folder / "run.db")
        with sqlite3.connect(self.folder / "run.db") as database:
            rows = database.execute("SELECT calls, intents, time_ns, time_ns_p50, time_ns_p99, time_ns_p999, time_ns_max "
                                    "FROM plugin_stat WHERE instance = 'mm'").fetchall()
            (intents,) = database.execute("SELECT count(*) FROM strategy_intent WHERE strategy = 'mm'").fetchone()
        self.assertEqual(len(rows), len(told))
        self.assertTrue(0 < sum(row[1] for row in rows) <= intents, intents)  # the end itself may bring more
        for calls, _, total, p50, p99, p999, longest in rows:
            self.assertTrue(0 < p50 <= p99 <= p999 <= longest <= total, (p50, p99, p999, longest, total))
            self.assertLessEqual(total, calls * longest)

    def test_beside_a_paper_host_a_fault_is_an_input(self):
        for crime in ("exit", "loop"):
            with self.subTest(crime=crime):
                outlaw = OUTLAW.format(crime=crime, after=3, deadline="200ms" if crime == "loop" else "5s")
                text = backtest_config(wp.STRATEGIES + outlaw).replace("mode: backtest", "mode: paper")
                config = self.write(f"{crime}/writ.yaml", text)
                with wp.Host(config) as host:
                    host.wait(lambda s: wp.instance_of(s, "outlaw")["stopped"], "a quarantine")
                    before = wp.instance_of(host.status(), "mm")["intents"]
                    host.wait(lambda s: wp.instance_of(s, "mm")["intents"] > before, "that the others go on")
                    host.wait(lambda s: not wp.instance_of(s, "outlaw")["stopped"], "its return")
                    host.stop()
                faults = wp.dump(config, 1, "plugin_fault")
                told = self.incidents(config, "QUARANTINED")
                self.assertGreater(len(faults), 0)
                self.assertEqual(len(told), len(faults))
                self.assertIn(CRIMES[crime], told[0]["text"])
                self.assertGreater(len(self.incidents(config, "RESTORED")), 0)
                wp.writ("replay", "1", "--verify", "--config", config, "--json", timeout=300)

    def test_a_plugin_runs_only_as_the_file_it_is_named_by(self):
        plugins = self.folder / "plugins"
        plugins.mkdir()
        file = plugins / "pulse.so"
        shutil.copy(wp.build_tree / "test_plugins/pulse_10.so", file)

        def pinned(content, mode="paper"):
            pulse = ('  - {name: pulse, plugin: test.pulse, account: main, instruments: [sim/ETHUSDT], '
                     f'sha256: "{hashlib.sha256(content).hexdigest()}"}}\n')
            text = wp.paper_config(strategies=wp.STRATEGIES + pulse, dirs=[plugins])
            return self.write("writ.yaml", text.replace("mode: paper", f"mode: {mode}"))

        config = pinned(b"another file")
        self.assert_one_line(wp.writ("config", "check", config, status=None),
                             r"writ\.yaml:\d+:\d+: strategies\[2\]\.sha256: .*pulse\.so is another file: its hash is [0-9a-f]{64}$")
        built = file.read_bytes()
        config = pinned(built)
        with wp.Host(config) as host:
            host.wait(lambda s: wp.instance_of(s, "pulse").get("intents", 0) > 0, "intents")
            rebuilt = plugins / "pulse.new"
            rebuilt.write_bytes(built + b"\0")
            rebuilt.rename(file)
            self.assertIn("is another file", host.ask("reload", status=None).err)
            before = wp.instance_of(host.status(), "pulse")["intents"]
            host.wait(lambda s: wp.instance_of(s, "pulse")["intents"] > before, "that the old build goes on")
            # Beside the one that is not meant there may be the one that is.
            (plugins / "meant.so").write_bytes(built)
            host.ask("reload")
            host.stop()
        self.assertEqual(len(self.incidents(config, "RELOAD_REFUSED")), 1)

    def test_no_file_runs_in_the_host_but_what_it_is_to_run(self):
        """Static constructors that write a file, and end the process: unused, not the file meant, and sandboxed."""
        witness = wp.build_tree / "test_plugins/harm_write_ran"
        witness.unlink(missing_ok=True)
        one = "  - {name: harm, plugin: test.harmful, account: main, instruments: [sim/BTCUSDT]%s}\n"
        for harm in ("write", "exit"):
            plugins = self.folder / harm
            plugins.mkdir()
            shutil.copy(wp.sandboxed("test_plugins") / f"harm_{harm}.so", plugins)

            def config(more=None):
                strategies = wp.STRATEGIES + ("" if more is None else one % more)
                return self.write(f"{harm}/writ.yaml", wp.paper_config(strategies=strategies, dirs=[plugins]))

            with self.subTest(harm):
                with wp.Host(config()) as host:
                    host.wait_ready()
                    # A configuration that names another file than the one that is there.
                    config(', sha256: "' + 64 * "0" + '"')
                    self.assert_one_line(host.ask("reload", status=None), r"strategies\[2\]\.sha256: .*is another file")
                    config(", isolation: sandbox")
                    if harm == "exit":
                        self.assert_one_line(host.ask("reload", status=None), "test.harmful", "in a sandbox: called exit")
                    else:
                        host.ask("reload")
                        self.assertNotIn("harm_", pathlib.Path(f"/proc/{host.process.pid}/maps").read_text())
                    events = host.status()["events"]
                    host.wait(lambda s: s["events"] > events, "that the host goes on")
                    host.stop()
                listed = wp.writ("plugin", "list", "--dir", plugins)
                self.assertIn("writ.market_maker", listed.out)
                self.assertIn("called exit" if harm == "exit" else "test.harmful", listed.err if harm == "exit" else listed.out)
                self.assertFalse(witness.exists())
        # Asked to run it, the host does.
        shutil.copy(wp.sandboxed("test_plugins") / "harm_write.so", self.folder)
        text = wp.paper_config(strategies=wp.STRATEGIES + one % "", dirs=[self.folder])
        wp.writ("config", "check", self.write("writ.yaml", text))
        self.assertTrue(witness.exists())
        witness.unlink()

    def test_live_runs_a_plugin_in_its_process_only_by_hash(self):
        live = (wp.source_tree / "examples/live/testnet.yaml").read_text()
        config = self.write("writ.yaml", live.replace("    isolation: sandbox\n", ""))
        self.assert_one_line(wp.writ("config", "check", config, status=None),
                             r"writ\.yaml:\d+:\d+: signals\[0\]\.plugin: live runs no plugin", r'sha256: "[0-9a-f]{64}"')
        wp.writ("config", "check", self.write("writ.yaml", live))

    def test_a_wrong_key_is_named_with_its_place(self):
        config = self.write("writ.yaml", backtest_config(wp.STRATEGIES.replace("    instruments:", "    isolation: jail\n    instruments:", 1)))
        self.assert_one_line(wp.writ("config", "check", config, status=None), r"writ.yaml:\d+:\d+: .*isolation", "sandbox")


if __name__ == "__main__":
    wp.main()
