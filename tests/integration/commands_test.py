"""Every command: its help, its machine form, its errors; and those about databases, configurations and the machine."""

import hashlib
import json
import pathlib
import re
import sqlite3

import crash_test
import writ_program as wp

# The commands that architecture.md names and this program has.
COMMANDS = ["run", "backtest", "replay", "rearbitrate", "record", "trace", "status", "pause", "resume", "stop", "reload", "kill", "flatten",
            "order place", "order cancel", "order replace", "order cancel-all", "venue orders", "venue positions", "venue cancel-all", "reconcile",
            "ledger transfer", "ledger adjust", "config check",
            "config diff", "config schema", "plugin list", "plugin schema", "plugin check", "plugin fuzz", "plugin new", "tape import", "tape info", "tape export",
            "journal verify", "journal dump", "db migrate", "db status", "db verify", "db query", "db rebuild",
            "research sweep", "db follow", "db import", "db retention", "db archive", "db dump", "db compare", "diff", "doctor", "version"]


class Help(wp.ProgramTest):
    def test_every_command_has_help(self):
        listed = wp.writ("help").out
        for command in COMMANDS:
            self.assertRegex(listed, rf"(?m)^  writ {command}\s")
            shown = wp.writ(*command.split(), "--help").out
            self.assertTrue(shown.startswith(f"writ {command}"), shown)
            self.assertIn("--json", shown)
        also = {name for name in re.findall(r"(?m)^  writ ([a-z]+(?: [a-z-]+)?)  ", listed)} - set(COMMANDS)
        self.assertEqual(also, set(), "commands that no test knows")
        wp.figure("commands with help", len(COMMANDS))

    def test_what_is_no_command_or_option_is_wrong_input(self):
        self.assertEqual(wp.writ(status=wp.WRONG_INPUT).err, "")
        self.assert_one_line(wp.writ("fly", status=None), "fly")
        self.assert_one_line(wp.writ("db", "fly", status=None), "migrate")
        for command in COMMANDS:
            self.assert_one_line(wp.writ(*command.split(), "--no-such-option", status=None), "no-such-option")

    def test_version_and_doctor(self):
        version = wp.writ("version", "--json").json
        self.assertRegex(version["version"], r"\d+\.\d+\.\d+")
        self.assertIn(version["version"], wp.writ("version").out)
        self.assertEqual(wp.writ("--version").out, wp.writ("version").out)
        doctor = wp.writ("doctor", "--json").json
        found = {finding["what"]: finding["found"] for finding in doctor["findings"]}
        for what in ("clock source", "isolated cores", "huge pages"):
            self.assertTrue(found[what], what)
        if not wp.sanitizers:
            for guard in ("limits", "privileges", "landlock", "seccomp", "timestamp", "clock_pages"):
                self.assertIn(guard, found["sandbox"])
        wp.writ("doctor")


class Start(wp.ProgramTest):
    def test_what_few_commands_need_is_not_loaded_by_all(self):
        loaded = wp.run(wp.program, env={"LD_TRACE_LOADED_OBJECTS": "1"}).out
        self.assertIn("libsqlite3", loaded)
        for library in ("libpq", "libgnutls", "libcapstone"):
            self.assertNotIn(library, loaded)

    def test_a_manifest_names_the_build_as_its_linker_does(self):
        config = self.write("writ.yaml", wp.paper_config().replace("mode: paper", "mode: backtest"))
        wp.writ("backtest", "--config", config, "--for", "1s", "--journal", self.folder / "journal")
        started, = wp.writ("journal", "dump", 1, "--journal", self.folder / "journal", "--type", "run_started",
                           "--json").lines
        program = pathlib.Path(wp.program).read_bytes()
        note = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"
        at = program.index(note) + len(note)
        self.assertEqual(started["manifest"]["program_hash"], program[at:at + 20].hex())


class Databases(wp.ProgramTest):
    def tables(self, database):
        with sqlite3.connect(database) as db:
            return db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]

    def test_migrate_twice_status_and_a_changed_migration(self):
        database = self.folder / "a.db"
        wp.writ("db", "migrate", "--db", database)
        tables = self.tables(database)
        wp.writ("db", "migrate", "--db", database)
        self.assertEqual(self.tables(database), tables)
        wp.figure("tables, views, indexes and triggers after migrate", tables)
        status = json.dumps(wp.writ("db", "status", "--db", database, "--json").json)
        with sqlite3.connect(database) as db:
            applied = db.execute("SELECT filename, sha256 FROM schema_migration").fetchall()
            self.assertGreater(len(applied), 5)
            for filename, digest in applied:
                file = wp.source_tree / "schemas/sqlite" / filename
                self.assertEqual(digest, hashlib.sha256(file.read_bytes()).hexdigest(), filename)
                self.assertIn(filename, status)
            db.execute("UPDATE schema_migration SET sha256 = ? WHERE filename = ?", ("f" * 64, applied[0][0]))
        self.assert_one_line(wp.writ("db", "migrate", "--db", database, status=None), re.escape(applied[0][0]))

    def test_a_file_that_is_no_database_is_refused(self):
        text = self.write("text.db", "this is no database, and long enough to be looked at closely by everybody\n" * 20)
        for command in ("migrate", "status", "verify"):
            self.assert_one_line(wp.writ("db", command, "--db", text, status=None), "text.db")
        self.assertTrue(text.read_text().startswith("this is no database"))

    def test_a_newer_database_is_refused(self):
        database = self.folder / "a.db"
        wp.writ("db", "migrate", "--db", database)
        with sqlite3.connect(database) as db:
            columns = [c[1] for c in db.execute("PRAGMA table_info(schema_migration)")]
            row = list(db.execute("SELECT * FROM schema_migration ORDER BY filename DESC LIMIT 1").fetchone())
            row[columns.index("filename")] = "9999_from_the_future.sql"
            db.execute(f"INSERT INTO schema_migration VALUES ({', '.join('?' * len(row))})", row)
        self.assert_one_line(wp.writ("db", "migrate", "--db", database, status=None), "9999|newer")

    def test_rebuilt_projection_is_the_same_and_tampering_is_found(self):
        config = self.write("writ.yaml", wp.paper_config())
        wp.writ("run", "--config", config, "--for", "3s", timeout=60)
        wp.writ("run", "--config", config, "--for", "1s", timeout=60)
        wp.writ("db", "rebuild", "--config", config, "--db", self.folder / "rebuilt.db", timeout=120)
        tables, rows = crash_test.compare_databases(self.folder / "run.db", self.folder / "rebuilt.db")
        wp.figure("rows of a rebuilt projection", rows)
        examined = self.verify_database(self.folder / "run.db")
        for name, count in examined.items():
            self.assertGreater(count, 0, name)
        with sqlite3.connect(self.folder / "rebuilt.db") as db:
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            db.execute("UPDATE ledger_event SET amount = '0.000000000000000001' WHERE rowid IN "
                       "(SELECT rowid FROM ledger_event LIMIT 1)")
        done = wp.writ("db", "verify", "--db", self.folder / "rebuilt.db", "--json", status=wp.FAILED).json
        self.assertTrue([c for c in done["checks"] if c["violations"] > 0])


class Configurations(wp.ProgramTest):
    def test_check_diff_and_schema(self):
        text = wp.paper_config()
        config = self.write("writ.yaml", text)
        checked = wp.writ("config", "check", config, "--json").json
        self.assertTrue(checked["ok"])
        same = self.write("same.yaml", text + "\n# a comment\n")
        self.assertEqual(wp.writ("config", "check", same, "--json").json["config_hash"], checked["config_hash"])
        wp.writ("config", "diff", config, same)
        other = self.write("other.yaml", text.replace('position_max: "2"', 'position_max: "3"'))
        differs = wp.writ("config", "diff", config, other, "--json", status=wp.FAILED).json
        self.assertEqual([d["path"] for d in differs["differences"]], ["risk.position_max"])
        schema = wp.writ("config", "schema").json
        self.assertIn("journal", schema["properties"])
        self.assertEqual(schema, json.loads((wp.source_tree / "schemas/config/writ.schema.json").read_text()))

    def test_every_example_is_well(self):
        examples = sorted([*wp.source_tree.glob("examples/*/writ.yaml"), *wp.source_tree.glob("examples/live/*.yaml")])
        self.assertGreaterEqual(len(examples), 5)
        for example in examples:
            wp.writ("config", "check", example)
        wp.figure("example configurations checked", len(examples))

    def test_an_empty_file_and_a_missing_one(self):
        self.assert_one_line(wp.writ("config", "check", self.write("empty.yaml", ""), status=None), r"empty\.yaml")
        self.assert_one_line(wp.writ("config", "check", self.folder / "none.yaml", status=None), r"none\.yaml")
        self.assert_one_line(wp.writ("run", "--config", self.folder / "none.yaml", status=None), r"none\.yaml")


class Plugins(wp.ProgramTest):
    def test_list_names_each_with_parameters_and_ports(self):
        listed = wp.writ("plugin", "list", "--json").json
        plugins = {p["id"]: p for module in listed["modules"] for p in module["plugins"]}
        for name in ("writ.market_maker", "writ.directional", "writ.order_flow"):
            self.assertIn(name, plugins)
            self.assertGreater(len(plugins[name]["parameters"]), 0)
            self.assertIn("properties", plugins[name]["parameter_schema"])
        wp.figure("plugins listed", len(plugins))

    def test_shipped_plugins_pass_their_check(self):
        for name in ("market_maker", "directional", "order_flow"):
            report = wp.writ("plugin", "check", wp.plugin(name), "--json", timeout=240).json
            self.assertTrue(report["passed"], report)

    def test_new_refuses_what_is_there_and_names_that_are_none(self):
        wp.writ("plugin", "new", "strategy", "one", cwd=self.folder)
        self.assert_one_line(wp.writ("plugin", "new", "strategy", "one", cwd=self.folder, status=None), "one")
        self.assert_one_line(wp.writ("plugin", "new", "robot", "two", cwd=self.folder, status=None), "robot")
        self.assert_one_line(wp.writ("plugin", "new", "signal", "no/name", cwd=self.folder, status=None), "no/name")


class Comparing(wp.ProgramTest):
    def test_diff_of_two_runs(self):
        config = self.write("writ.yaml", wp.paper_config())
        journals = [self.folder / name for name in ("a", "b", "c")]
        backtest = ["backtest", "--config", config, "--for", "20s", "--json"]
        results = [wp.writ(*backtest, "--journal", journal, "--db", f"{journal}.db", timeout=120).json for journal in journals[:2]]
        self.assertEqual(results[0]["intents_hash"], results[1]["intents_hash"])
        wp.figure("events of a backtest on the simulated market", results[0]["events"])
        self.assertGreater(results[0]["fills"], 0)
        runs = [journal / "run-000001" for journal in journals]
        self.assertTrue(wp.writ("diff", runs[0], runs[1], "--json").json["equal"])
        changed = self.write("changed.yaml", wp.paper_config().replace('order_notional: "500"', 'order_notional: "600"'))
        backtest[2] = changed
        wp.writ(*backtest, "--journal", journals[2], "--db", f"{journals[2]}.db", timeout=120)
        differs = wp.writ("diff", runs[0], runs[2], "--json", status=wp.FAILED).json
        self.assertFalse(differs["equal"])


if __name__ == "__main__":
    wp.main()
