"""What an editor says of a configuration is what the host says of it: the schema that `writ config schema` writes with
the plugins of a folder, tried on parameter sets drawn at random."""

import json
import re
import shutil
import sys

import writ_program as wp

sys.path.insert(0, str(wp.pathlib.Path(__file__).resolve().parents[1] / "support"))
import json_schema  # noqa: E402

# By parameter of test.knobs: what somebody may write there, right and wrong.
NUMBERS = ["0", "1", "-1", "0.5", "1.5", ".48", "5.", "1E-7", "1.0e+2", "-0", "0.0000000001", "1e30", "1,5", "+1", "NaN", "", " 1"]
VALUES = {
    "count": [0, 1, -3, 12, -4, 13, 7, 2**63, "7", 1.5, True, None, [1], {"a": 1}],
    "price": NUMBERS + [1, 1.5, True, None, ["1"]],
    "share": NUMBERS + ["1.000000001", "0.000000001", 1, False],
    "loud": [True, False, "true", "yes", 1, 0, None],
    "word": ["", "a", "two words", "1", "true", "null", "é", "x" * 1024, "x" * 1025, 1, 1.5, True, None, [], {"a": "b"}],
    "pause": [n + u for n in ("1", "1.5", "0", "-1", "", "1e3", ".5", "9e9") for u in ("ms", "s", "h", "", "x")] + [1, None],
    "cuont": [1],
}
# What a pattern cannot say: the host refuses these alone.
BEYOND = r"below the minimum|above the maximum|out of range|more than 9 decimals|finer than a nanosecond"


class EditorSchema(wp.ProgramTest):
    def setUp(self):
        super().setUp()
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()
        shutil.copy(wp.build_tree / "test_plugins/knobs.so", self.plugins)
        self.schema = wp.writ("config", "schema", "--dir", self.plugins).json

    def configuration(self, params):
        # A text of JSON is one of YAML, too.
        signal = {"name": "knobs", "plugin": "test.knobs", "instruments": ["*"]}
        if params is not None:
            signal["params"] = params
        return {"mode": "backtest", "journal": {"dir": "journal"}, "plugins": {"dirs": [str(self.plugins)]},
                "accounts": [{"name": "main", "reporting": "USDT", "initial": {"USDT": "1"}}], "signals": [signal]}

    def verdicts(self, configuration):
        """(what the schema finds wrong, what the host does; both empty: taken)."""
        file = self.write("writ.yaml", json.dumps(configuration, ensure_ascii=False))
        checked = wp.writ("config", "check", file, status=None)
        self.assertIn(checked.status, (wp.OK, wp.WRONG_INPUT), checked)
        return list(json_schema.problems(configuration, self.schema)), checked.err

    def compare(self, params, counts):
        found, said = self.verdicts(self.configuration(params))
        if bool(found) == bool(said):
            counts["both refuse" if found else "both take"] += 1
        elif found:
            self.fail(f"the host takes {params}, the schema does not: {found}")
        else:
            self.assertRegex(said, BEYOND, str(params))
            counts["beyond a pattern"] += 1

    def test_schema_and_host_agree(self):
        counts = {"both take": 0, "both refuse": 0, "beyond a pattern": 0}
        self.compare(None, counts)
        for name, values in VALUES.items():
            for value in values:
                self.compare({"count": 1, name: value}, counts)
        for _ in range(wp.scaled(150, 20)):
            names = self.random.sample(sorted(VALUES), self.random.randint(0, 3))
            self.compare({name: self.random.choice(VALUES[name]) for name in names}, counts)
        for name, count in counts.items():
            wp.figure(name, count)
            self.assertGreater(count, 5, name)

    def test_the_schema_of_one_plugin_is_its_part_of_the_whole(self):
        own = wp.writ("plugin", "schema", self.plugins / "knobs.so").json
        parts = [part for part in self.schema["properties"]["signals"]["items"]["allOf"]
                 if part.get("if", {}).get("properties", {}).get("plugin", {}).get("const") == "test.knobs"]
        self.assertEqual(len(parts), 1)
        del own["$schema"]
        self.assertEqual(parts[0]["then"]["properties"]["params"], own)
        self.assertEqual(own["required"], ["count"])
        self.assertRegex(own["properties"]["share"]["description"], r"At most 1\. May be changed|May be changed.*At most 1\.")
        several = wp.build_tree / "test_plugins/scenario_plugins.so"
        self.assert_one_line(wp.writ("plugin", "schema", several, status=None), r"--plugin is one of .*test\.once")
        self.assertIn("take", wp.writ("plugin", "schema", several, "--plugin", "test.once").json["properties"])

    def test_a_wrong_port_is_found_and_the_shipped_plugins_are_in_it(self):
        configuration = self.configuration({"count": 1})
        configuration["signals"].append(dict(configuration["signals"][0], name="other", signals={"trend": "knobs.value"}))
        self.assertEqual(self.verdicts(configuration), ([], ""))
        configuration["signals"][1]["signals"] = {"tredn": "knobs.value"}
        found, said = self.verdicts(configuration)
        self.assertTrue(found and "tredn" in found[0] and "tredn" in said, (found, said))
        strategies = self.schema["properties"]["strategies"]["items"]["properties"]["plugin"]["examples"]
        self.assertIn("writ.market_maker", strategies)

    def test_every_example_agrees(self):
        # Their comments are for people; without them what is left of these files is simple enough to be read here.
        examples = sorted(wp.source_tree.glob("examples/*/writ.yaml"))
        for example in examples:
            checked = wp.writ("config", "check", example, "--json").json
            found = [p for p in json_schema.problems(checked["config"], self.schema) if "params" in p]
            self.assertEqual(found, [], example)
        wp.figure("examples looked at", len(examples))

    def test_a_text_that_yaml_takes_for_a_number_is_to_be_quoted(self):
        text = json.dumps(self.configuration({"count": 1, "word": "WORD"}))
        for plain in ("1", "1.5", "true", "TRUE", "0x1f", "0o7", ".inf"):
            file = self.write("writ.yaml", text.replace('"WORD"', plain))
            self.assert_one_line(wp.writ("config", "check", file, status=None), r"params\.word: write .* in quotes")
        wp.writ("config", "check", self.write("writ.yaml", text.replace('"WORD"', "plain")))


if __name__ == "__main__":
    wp.main()
