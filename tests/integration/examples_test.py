"""The examples' plugins: each passes its check, runs, and a replay comes to the same. The model of model_signal is a
process of its own, which may be slow, silent, wrong or gone: the host goes on at its pace."""

import socket
import subprocess
import sys
import time

import writ_program as wp

BUYER = """\
strategies:
  - name: buyer
    plugin: example.patient_buyer
    account: main
    instruments: [sim/BTCUSDT]
    params: {size: "0.01", pause: "100ms"}
"""

FORECASTS = """\
signals:
  - name: model
    plugin: example.model_signal
    instruments: ["*"]
    params: {{socket: "{socket}", period: "20ms"}}
strategies:
  - name: trend
    plugin: writ.directional
    account: main
    instruments: [sim/ETHUSDT]
    signals: {{signal: model.forecast}}
    params: {{threshold: "0.05", hold: "300ms", pause: "50ms", order_notional: "200"}}
"""


def example(name):
    return wp.build_tree / "example_plugins" / f"{name}.so"


class Examples(wp.ProgramTest):
    def config(self, plugins):
        return self.write("writ.yaml", wp.paper_config(plugins, dirs=[wp.build_tree / "example_plugins"]))

    def assert_replays(self, config, run=1):
        report = wp.writ("replay", run, "--verify", "--config", config, "--json", timeout=120).json
        self.assertTrue(report["equal"], report)

    def model(self, *words):
        """The model beside the test; its socket is there when this returns."""
        path = self.folder / "model.sock"
        program = wp.source_tree / "examples/model_signal/model.py"
        process = subprocess.Popen([sys.executable, "-B", program, path], stderr=subprocess.DEVNULL)

        def end():
            process.kill()
            process.wait()

        self.addCleanup(end)
        deadline = time.monotonic() + wp.seconds(10)
        while not path.exists():
            self.assertLess(time.monotonic(), deadline, "the model does not listen")
            time.sleep(0.01)
        return path, end

    def test_each_passes_its_check(self):
        for name in ("patient_buyer", "model_signal"):
            report = wp.writ("plugin", "check", example(name), "--json", timeout=240).json
            self.assertTrue(report["passed"], report)

    def test_each_builds_on_its_own_against_the_installed_sdk(self):
        prefix = self.folder / "sdk"
        wp.run("cmake", "--install", wp.build_tree, "--component", "sdk", "--prefix", prefix, timeout=120)
        for folder, name in (("c11_strategy", "patient_buyer"), ("model_signal", "model_signal")):
            source = prefix / "share/doc/writ-sdk/examples" / folder
            build = self.folder / name
            wp.run("cmake", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", *wp.configure_options(), timeout=240)
            wp.run("cmake", "--build", build, timeout=240)
            listed = wp.writ("plugin", "list", "--dir", build / "example_plugins", "--json").json
            self.assertIn(f"example.{name}", [p["id"] for m in listed["modules"] for p in m["plugins"]])

    def test_the_one_in_c_trades_and_replays(self):
        config = self.config(BUYER)
        done = wp.writ("backtest", "--config", config, "--for", "60s", "--json", timeout=120).json
        self.assertGreater(done["fills"], 2)
        sides = {r["side"] for r in wp.dump(config, 1, "fill")}
        self.assertEqual(sides, {"BUY", "SELL"})
        self.assertEqual({r["rationale"]["action"] for r in wp.dump(config, 1, "intent")}, {"enter", "leave"})
        wp.figure("fills of the strategy in C", done["fills"])
        self.assert_replays(config)

    def test_the_one_in_c_goes_on_where_it_was(self):
        config = self.config(BUYER)
        for run in (1, 2):
            wp.writ("run", "--config", config, "--for", "2s", timeout=60)
            self.assert_replays(config, run)
        self.assertNotIn("COLD_START", [r["code"] for r in wp.dump(config, 2, "incident")])

    def test_a_models_forecasts_are_inputs_and_a_replay_needs_no_model(self):
        path, end = self.model()
        config = self.config(FORECASTS.format(socket=path))
        with wp.Host(config) as host:
            host.wait(lambda s: wp.instance_of(s, "trend").get("orders", 0) > 0, "an order on a forecast")
            host.stop()
        end()
        values = wp.dump(config, 1, "signal_input")
        self.assertGreater(len(values), 10)
        self.assertEqual({v["instance"] for v in values}, {"model"})
        self.assertTrue(all(-1 <= v["value"] <= 1 for v in values))
        self.assertEqual(wp.dump(config, 1, "signal"), [], "a value that a replay would have to make again")
        wp.figure("forecasts on record", len(values))
        self.assert_replays(config)
        # A restart takes them from the record as well, and begins with a new conversation.
        wp.writ("run", "--config", config, "--for", "1s", timeout=60)
        self.assert_replays(config, 2)

    def test_a_backtest_asks_the_model_too(self):
        path, end = self.model()
        config = self.config(FORECASTS.format(socket=path).replace("20ms", "1s"))
        wp.writ("backtest", "--config", config, "--for", "120s", "--json", timeout=120)
        end()
        self.assertGreater(len(wp.dump(config, 1, "signal_input")), 0)
        self.assert_replays(config)

    def test_a_model_that_says_nothing_or_nonsense_holds_nobody_up(self):
        path = self.folder / "mute.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(str(path))
            listening.listen(1)
            config = self.config(FORECASTS.format(socket=path))
            with wp.Host(config) as host:
                host.wait_ready()
                there, _ = listening.accept()
                with there:
                    there.sendall(b"nan nan\n1 nan\n99 0.5\n1 inf\n" + b"\n" * 50 + b"x" * 3000)
                    events = host.status()["events"]
                    host.wait(lambda s: s["events"] > events + 300, "events beside a mute model")
                self.assertFalse(wp.instance_of(host.status(), "model")["stopped"])
                host.stop()
        self.assertEqual(wp.dump(config, 1, "signal_input"), [])
        self.assert_replays(config)

    def test_no_sandbox_for_what_is_nondeterministic(self):
        text = FORECASTS.format(socket="none").replace("    params: {socket", "    isolation: sandbox\n    params: {socket")
        self.assert_one_line(wp.writ("config", "check", self.config(text), status=None),
                             r"writ\.yaml:\d+:\d+: .*isolation: example\.model_signal is nondeterministic")


if __name__ == "__main__":
    wp.main()
