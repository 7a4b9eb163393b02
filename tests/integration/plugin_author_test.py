"""The author's path: a strategy made outside the tree against the installed SDK joins a running host by reload.
And every wrong thing an author can hand in is refused in one line while the host goes on undisturbed."""

import re
import shutil
import signal
import struct

import writ_program as wp

PULSE = """\
  - name: pulse
    plugin: test.pulse
    account: main
    instruments: [sim/ETHUSDT]
    params: {lots: 100}
"""


def install_sdk(prefix):
    wp.run("cmake", "--install", wp.build_tree, "--component", "sdk", "--prefix", prefix, timeout=120)


def build_outside(folder, prefix):
    """Configures and builds a plugin project as its README says, with nothing but the installed SDK."""
    wp.run("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}", *wp.configure_options(),
           timeout=240)
    wp.run("cmake", "--build", folder / "build", timeout=240)


def of_another_major(plugin):
    """The same file with major 2 in its note: sizes of owner and description, type, owner, then the major."""
    found = list(re.finditer(rb"\x05\0\0\0\x10\0\0\0....[A-Za-z]{4}\0\0\0\0", plugin, re.DOTALL))
    if len(found) != 1:
        raise AssertionError(f"{len(found)} notes in the plugin")
    at = found[0].end()
    return plugin[:at] + struct.pack("<I", 2) + plugin[at + 4:]


class NewStrategy(wp.ProgramTest):
    def test_a_strategy_made_outside_the_tree_joins_a_running_host(self):
        prefix = self.folder / "sdk"
        install_sdk(prefix)
        work = self.folder / "work"
        work.mkdir()
        wp.writ("plugin", "new", "strategy", "first_try", cwd=work)
        build_outside(work / "first_try", prefix)
        built = work / "first_try/build/plugins/first_try.so"
        wp.writ("plugin", "check", built, timeout=240)

        plugins = self.folder / "plugins"
        plugins.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/pulse_10.so", plugins / "pulse.so")
        text = wp.paper_config(wp.STRATEGIES + PULSE, dirs=[plugins])
        config = self.write("writ.yaml", text)
        with wp.Host(config) as host:
            before = host.wait(lambda s: wp.instance_of(s, "mm").get("fills", 0) > 0
                               and wp.instance_of(s, "pulse").get("intents", 0) > 2, "a fill of mm, intents of pulse")
            shutil.copy(built, plugins)
            added = '  - {name: newcomer, plugin: example.first_try, account: main, instruments: [sim/ETHUSDT], params: {order_notional: "60"}}\n'
            config.write_text(text + added)
            dry = host.ask("reload", "--dry-run").json
            self.assertEqual((dry["added"], dry["changed"], dry["removed"], dry["applied"]), (1, 0, 0, False))
            self.assertNotIn("newcomer", [i["name"] for i in host.status()["instances"]])
            done = host.ask("reload").json
            self.assertEqual((done["added"], done["changed"], done["removed"], done["applied"]), (1, 0, 0, True))
            after = host.wait(lambda s: wp.instance_of(s, "newcomer").get("intents", 0) > 0, "an intent of the newcomer")
            wp.figure("intents of the newcomer", wp.instance_of(after, "newcomer")["intents"])
            known = wp.instance_of(after, "pulse")["intents"]
            host.wait(lambda s: wp.instance_of(s, "pulse")["intents"] > known + 2, "intents of pulse after the reload")
            for name in ("mm", "trend"):
                for count in ("intents", "orders", "fills"):
                    self.assertGreaterEqual(wp.instance_of(after, name).get(count, 0),
                                            wp.instance_of(before, name).get(count, 0))
            host.stop()
        self.assert_states_kept(config)

    def assert_states_kept(self, config):
        """What an instance counted goes on across the reload, and a recomputation comes to the same."""
        reloaded, = [r for r in wp.dump(config, 1, "incident") if r["code"] == "RELOADED"]
        intents = [r for r in wp.dump(config, 1, "intent") if r["instance"] == "pulse"]
        self.assertEqual([r["rationale"]["seen"] for r in intents], [10 * (n + 1) for n in range(len(intents))])
        self.assertGreater(len([r for r in intents if r["seq"] > reloaded["seq"]]), 0)
        wp.figure("intents of the others across the reload", len(intents))
        report = wp.writ("replay", 1, "--verify", "--config", config, "--json", timeout=120).json
        self.assertTrue(report["equal"])
        self.assertNotIn("COLD_START", [r["code"] for r in wp.dump(config, 1, "incident")])

    def test_a_new_build_takes_the_state_of_the_old_one_over(self):
        plugins = self.folder / "plugins"
        plugins.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/pulse_10.so", plugins / "pulse.so")
        text = wp.paper_config("strategies:\n" + PULSE, dirs=[plugins])
        config = self.write("writ.yaml", text)
        with wp.Host(config) as host:
            host.wait(lambda s: wp.instance_of(s, "pulse").get("intents", 0) >= 5, "five intents")
            new = plugins / "pulse.new"
            shutil.copy(wp.build_tree / "test_plugins/pulse_11.so", new)
            new.rename(plugins / "pulse.so")
            done = host.ask("reload").json
            self.assertEqual((done["added"], done["changed"], done["removed"]), (0, 1, 0))
            known = wp.instance_of(host.status(), "pulse")["intents"]
            host.wait(lambda s: wp.instance_of(s, "pulse")["intents"] >= known + 3, "intents of the new build")
            host.stop()
        # What it counts goes on: the first intent of the new build is the next multiple of 11, not 11.
        seen = [int(r["rationale"]["seen"]) for r in wp.dump(config, 1, "intent")]
        ten = [n for n in seen if n % 10 == 0 and n % 11 != 0]
        eleven = [n for n in seen if n % 11 == 0 and n % 10 != 0]
        self.assertEqual(seen, sorted(seen))
        self.assertGreater(min(eleven), max(ten) if ten else 0)
        self.assertTrue(wp.writ("replay", 1, "--verify", "--config", config, "--json", timeout=120).json["equal"])

    def test_a_removed_strategy_is_gone_and_the_others_go_on(self):
        text = wp.paper_config()
        config = self.write("writ.yaml", text)
        with wp.Host(config) as host:
            host.wait(lambda s: wp.instance_of(s, "trend").get("orders", 0) > 0, "an order of trend")
            config.write_text(re.sub(r"  - name: trend\n(    .*\n)+", "", text))
            host.signal(signal.SIGHUP)  # as `writ reload` does
            status = host.wait(lambda s: "trend" not in [i["name"] for i in s["instances"]], "trend to be gone")
            intents = wp.instance_of(status, "mm").get("intents", 0)
            host.wait(lambda s: wp.instance_of(s, "mm")["intents"] > intents, "intents of mm")
            host.stop()
        self.assertTrue(wp.writ("replay", 1, "--verify", "--config", config, "--json", timeout=120).json["equal"])


class WrongThings(wp.ProgramTest):
    """(name, change of the text, what the line must say). Line and column are those of the change."""

    def setUp(self):
        super().setUp()
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/pulse_10.so", self.plugins / "pulse.so")
        self.text = wp.paper_config(wp.STRATEGIES + PULSE, dirs=[self.plugins])

    def place_of(self, text, needle):
        at = text.index(needle)
        return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1

    def texts(self):
        extra = PULSE.replace("name: pulse", "name: other")
        cases = {}
        cases["wrong key"] = self.text.replace("position_max", "positon_max"), "positon_max", r"did you mean|position_max"
        cases["wrong type"] = self.text.replace("segment_mib: 1", "segment_mib: one"), "one", "segment_mib"
        cases["money not quoted"] = self.text.replace('USDT: "100000"', "USDT: 100000"), "100000", "USDT"
        cases["duplicate key"] = self.text.replace("seed: 1\njournal", "seed: 1\nseed: 2\njournal"), "seed: 2", "seed"
        cases["unknown plugin"] = self.text + extra.replace("test.pulse", "test.nobody"), "test.nobody", "test.nobody"
        cases["unknown parameter"] = self.text + extra.replace("lots", "lotz"), "lotz", "lotz"
        cases["parameter of a wrong type"] = self.text + extra.replace("lots: 100", "lots: true"), "true}", "lots"
        cases["parameter out of bounds"] = self.text + extra.replace("lots: 100", "lots: -7"), "lots: -7", "lots"
        cases["a name twice"] = self.text + PULSE.replace("lots: 100", "lots: 5"), None, "pulse"
        cases["unknown account"] = self.text + extra.replace("account: main", "account: mine"), "mine", "mine"
        cases["unknown instrument"] = self.text + extra.replace("sim/ETHUSDT", "sim/NOUSDT"), "sim/NOUSDT", "sim/NOUSDT"
        cases["an anchor"] = self.text.replace("mode: paper", "mode: &m paper"), "&m", "anchor"
        cases["not YAML"] = self.text + "  - [\n", None, "yaml"
        for name, (text, *_) in cases.items():
            self.assertNotEqual(text, self.text, name)
        return cases

    def broken_plugins(self):
        """Files by the reason they must be refused for; each stands in for the plugin that the configuration names."""
        good = (wp.build_tree / "test_plugins/pulse_10.so").read_bytes()
        return {
            "truncated": good[: len(good) // 2],
            "empty": b"",
            "text": b"this is no shared object\n",
            "another major": of_another_major(good),
            "a newer minor": (wp.build_tree / "test_plugins/harm_newer_minor.so").read_bytes(),
            "no note": (wp.build_tree / "test_plugins/harm_no_note.so").read_bytes(),
        }

    REASONS = {"truncated": "trunc|cut|end|outside|damaged|ELF", "empty": "empty|ELF|short", "text": "ELF",
               "another major": "major|version 2|ABI", "a newer minor": "minor|newer|1\\.7", "no note": "note"}

    def test_at_the_start_each_is_one_line_with_status_2(self):
        checked = 0
        for name, (text, needle, says) in self.texts().items():
            with self.subTest(name):
                config = self.write("wrong.yaml", text)
                place = re.escape(str(config)) + r":\d+:\d+: "
                if needle:
                    line, column = self.place_of(text, needle)
                    place = re.escape(f"{config}:{line}:")
                for command in (("config", "check", config), ("run", "--config", config, "--for", "1s")):
                    self.assert_one_line(wp.writ(*command, status=None), place, r":\d+:\d+:", says)
                self.assertFalse(list(self.folder.glob("journal/run-*")), "a run was begun")
                checked += 1
        for name, content in self.broken_plugins().items():
            with self.subTest(name):
                folder = self.folder / "broken"
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                (folder / "pulse.so").write_bytes(content)
                config = self.write("wrong.yaml", wp.paper_config(wp.STRATEGIES + PULSE, dirs=[folder]))
                for command in (("config", "check", config), ("run", "--config", config, "--for", "1s")):
                    self.assert_one_line(wp.writ(*command, status=None), r":\d+:\d+:", "pulse.so", self.REASONS[name])
                checked_file = wp.writ("plugin", "check", folder / "pulse.so", status=wp.FAILED)
                self.assertRegex(checked_file.out.splitlines()[0], self.REASONS[name])
                checked += 1
        wp.figure("wrong inputs refused at the start", checked)

    def test_at_a_reload_each_is_refused_and_the_host_is_undisturbed(self):
        config = self.write("writ.yaml", self.text)
        refused = 0
        with wp.Host(config) as host:
            host.wait(lambda s: wp.instance_of(s, "mm").get("intents", 0) > 0, "an intent of mm")
            names = [i["name"] for i in host.status()["instances"]]

            def check_undisturbed():
                status = host.status()
                self.assertEqual([i["name"] for i in status["instances"]], names)
                self.assertFalse(any(i["stopped"] for i in status["instances"]))
                events = status["events"]
                host.wait(lambda s: s["events"] > events, "events after a refused reload")

            for name, (text, needle, says) in self.texts().items():
                with self.subTest(name):
                    config.write_text(text)
                    place = re.escape(f"{config}:{self.place_of(text, needle)[0]}:") if needle else ""
                    self.assert_one_line(host.ask("reload", status=None), place or "yaml", r":\d+:\d+:", says)
                    check_undisturbed()
                    refused += 1
            config.write_text(self.text)
            for name, content in self.broken_plugins().items():
                with self.subTest(name):
                    new = self.plugins / "pulse.new"
                    new.write_bytes(content)
                    new.rename(self.plugins / "pulse.so")
                    self.assert_one_line(host.ask("reload", status=None), "pulse.so", self.REASONS[name])
                    check_undisturbed()
                    refused += 1
            wp.figure("wrong inputs refused at a reload", refused)
            host.stop()
        codes = [r["code"] for r in wp.dump(config, 1, "incident")]
        self.assertEqual(codes.count("RELOAD_REFUSED"), refused)
        self.assertNotIn("RELOADED", codes)
        shutil.copy(wp.build_tree / "test_plugins/pulse_10.so", self.plugins / "pulse.so")
        self.assertTrue(wp.writ("replay", 1, "--verify", "--config", config, "--json", timeout=120).json["equal"])

    def test_a_key_that_cannot_change_while_running_is_refused(self):
        config = self.write("writ.yaml", self.text)
        with wp.Host(config) as host:
            host.wait_ready()
            config.write_text(self.text.replace("segment_mib: 1", "segment_mib: 2"))
            self.assert_one_line(host.ask("reload", status=None), r"writ\.yaml:\d+:\d+:", "segment_mib")
            host.stop()


if __name__ == "__main__":
    wp.main()
