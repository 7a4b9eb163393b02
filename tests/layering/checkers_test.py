"""A planted violation of each kind is found, and only it."""

import pathlib
import tempfile
import unittest

import determinism
import documents
import host_readme
import includes

TABLE = pathlib.Path(__file__).parent / "modules.txt"

SOUND = {
    "sdk/include/writ/price.hpp": "#include <cstdint>\n",
    "host/base/result.hpp": "#include <boost/system/result.hpp>\n",
    "host/model/order.hpp": '#include <writ/price.hpp>\n#include "host/base/result.hpp"\n',
    "host/market/book.cpp": '#include "book.hpp"\n',
    "host/market/book.hpp": '#include "host/model/order.hpp"\n#include <map>\n',
    "host/storage/rows.cpp": '#include "host/storage/rows.hpp"\n#include <sqlite3.h>\n',
    "host/storage/rows.hpp": "#include <string>\n",
    "host/cli/main.cpp": '#include "host/storage/rows.hpp"\n#include "host/market/book.hpp"\n',
    "plugins/flow/flow.cpp": '#include "flow.hpp"\n#include <writ/price.hpp>\n',
    "plugins/flow/flow.hpp": "#include <vector>\n",
    "strategies/maker/maker.cpp": "#include <writ/price.hpp>\n",
}


class PlantedTree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        self.plant(SOUND)

    def plant(self, files):
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def layering(self, table=TABLE):
        return includes.Tree(self.root, includes.Table(table)).violations()

    def lint(self, allowed=""):
        path = self.root / "allowed.txt"
        path.write_text(allowed)
        return determinism.check(self.root, determinism.read_allowed(path), path.name)[0]

    def assert_one(self, violations, *parts):
        self.assertEqual(len(violations), 1, violations)
        for part in parts:
            self.assertIn(part, violations[0])


class Layering(PlantedTree):
    def test_accepts_the_sound_tree(self):
        self.assertEqual(self.layering(), [])

    def test_finds_an_edge_the_table_does_not_name(self):
        self.plant({"host/market/view.hpp": '#pragma once\n#include "host/storage/rows.hpp"\n'})
        self.assert_one(self.layering(), "host/market/view.hpp:2:", "market may not include")

    def test_finds_an_edge_written_relative_to_the_file(self):
        self.plant({"host/market/view.hpp": '#include "../storage/rows.hpp"\n'})
        self.assert_one(self.layering(), "host/market/view.hpp:1:", "market may not include")

    def test_finds_an_upward_edge_of_the_lowest_module(self):
        self.plant({"host/base/hash.hpp": '#include "host/model/order.hpp"\n'})
        self.assert_one(self.layering(), "host/base/hash.hpp:1:")

    def test_finds_a_source_whose_own_header_is_not_first(self):
        self.plant({"host/market/trades.hpp": "#pragma once\n", "host/market/trades.cpp":
                    '#include <string>\n#include "host/market/trades.hpp"\n'})
        self.assert_one(self.layering(), "host/market/trades.cpp:1: trades.hpp is not its first include")

    def test_finds_a_plugin_that_includes_the_host(self):
        self.plant({"plugins/flow/peek.cpp": '#include "host/market/book.hpp"\n'})
        self.assert_one(self.layering(), "plugins may not include host/market/book.hpp")

    def test_finds_a_strategy_that_includes_another(self):
        self.plant({"strategies/other/other.hpp": "", "strategies/maker/peek.cpp":
                    '#include "strategies/other/other.hpp"\n'})
        self.assert_one(self.layering(), "strategies/maker/peek.cpp:1:")

    def test_finds_boost_and_the_host_in_the_sdk(self):
        self.plant({"sdk/include/writ/bad.hpp": "#include <boost/optional.hpp>\n"})
        self.assert_one(self.layering(), "the SDK includes no Boost")
        self.plant({"sdk/include/writ/bad.hpp": '#include "host/base/result.hpp"\n'})
        self.assert_one(self.layering(), "sdk may not include")

    def test_finds_a_library_outside_its_home(self):
        for library in ("sqlite3.h", "pqxx/pqxx", "yaml-cpp/yaml.h", "boost/dll/shared_library.hpp",
                        "boost/asio/io_context.hpp", "boost/beast/core.hpp", "tbb/parallel_for.h"):
            with self.subTest(library):
                self.plant({"host/engine/leak.cpp": f"#include <{library}>\n"})
                self.assert_one(self.layering(), "host/engine/leak.cpp:1:", "engine reaches")

    def test_finds_a_library_reached_through_its_homes_header(self):
        self.plant({"host/storage/rows.hpp": '#include "host/storage/handle.hpp"\n',
                    "host/storage/handle.hpp": "#include <sqlite3.h>\n"})
        self.assert_one(self.layering(), "host/cli/main.cpp:1:", "cli reaches sqlite3.h")

    def test_finds_a_file_without_a_module(self):
        self.plant({"host/stray.cpp": ""})
        self.assert_one(self.layering(), "host/stray.cpp", "no module")
        (self.root / "host/stray.cpp").unlink()
        self.plant({"host/unheard_of/a.cpp": ""})
        self.assert_one(self.layering(), "host/unheard_of/a.cpp", "no module")

    def test_finds_an_include_of_nothing(self):
        self.plant({"host/market/view.cpp": '#include "host/market/gone.hpp"\n'})
        self.assert_one(self.layering(), "is no file of the tree")

    def test_ignores_an_include_in_a_comment(self):
        self.plant({"host/market/view.cpp": '// #include "host/storage/rows.hpp"\n/*\n#include <sqlite3.h>\n*/\n'})
        self.assertEqual(self.layering(), [])

    def test_finds_a_cycle_in_the_table(self):
        table = self.root / "modules.txt"
        table.write_text(TABLE.read_text().replace("ledger     | sdk base model ", "ledger     | arbiter "))
        self.assert_one(self.layering(table), "cycle", "arbiter ledger")

    def test_fails_when_it_checked_nothing(self):
        with tempfile.TemporaryDirectory() as empty:
            tree = includes.Tree(empty, includes.Table(TABLE))
            self.assert_one(tree.violations(), "nothing to check")


class Determinism(PlantedTree):
    def test_accepts_the_sound_tree(self):
        self.assertEqual(self.lint(), [])

    def test_finds_each_forbidden_word(self):
        planted = {
            "system_clock": "auto t = std::chrono::system_clock::now();",
            "steady_clock": "using C = std::chrono::steady_clock;",
            "high_resolution_clock": "using C = std::chrono::high_resolution_clock;",
            "clock_gettime": "clock_gettime(0, &t);",
            "gettimeofday": "gettimeofday(&t, 0);",
            "time()": "auto t = time(nullptr);",
            "rdtsc": "auto t = __builtin_ia32_rdtsc();",
            "random_device": "std::random_device seed;",
            "rand()": "int i = rand();",
            "std::thread": "std::thread t(f);",
            "std::async": "auto f = std::async(g);",
            "mutex": "std::shared_mutex m;",
            "sleep": "std::this_thread::sleep_for(s);",
            "unordered": "std::unordered_map<int, int> m;",
            "getenv": 'auto* v = std::getenv("A");',
            "file I/O": "std::ifstream in(p);",
            "console I/O": "std::cout << 1;",
            "throw": "throw 1;",
            "try": "try { f(); }",
        }
        self.assertEqual(set(planted), set(determinism.FORBIDDEN))
        for word, code in planted.items():
            with self.subTest(word):
                self.plant({"host/ledger/lots.cpp": f"\n{code}\n"})
                self.assert_one(self.lint(), "host/ledger/lots.cpp:2:", word)

    def test_looks_into_every_deterministic_module_and_no_other(self):
        for module in determinism.MODULES:
            with self.subTest(module):
                file = f"host/{module}/planted.cpp"
                self.plant({file: "int i = rand();\n"})
                self.assert_one(self.lint(), file)
                (self.root / file).unlink()
        self.plant({"host/journal/a.cpp": "std::thread t(f);\n", "tests/unit/a.cpp": "rand();\n"})
        self.assertEqual(self.lint(), [])

    def test_ignores_comments_literals_and_longer_words(self):
        self.plant({"host/ledger/lots.cpp":
                    '// no std::thread here\n/* rand() */\nauto s = "getenv";\nint retry = entry.time();\n'
                    "auto n = 1'000'000; auto r = R\"(throw)\"; int brand(int); void rethrow();\n"})
        self.assertEqual(self.lint(), [])

    def test_accepts_what_the_allow_list_names(self):
        self.plant({"host/engine/sequencer.cpp": "std::thread t(f);\n"})
        self.assertEqual(self.lint("host/engine/sequencer.cpp | std::thread | it is the sequencer\n"), [])

    def test_refuses_an_allowance_that_excuses_nothing(self):
        self.assert_one(self.lint("host/ledger/lots.cpp | throw | was needed\n"), "excuses nothing")

    def test_refuses_an_allowance_without_a_reason(self):
        with self.assertRaises(SystemExit):
            self.lint("host/ledger/lots.cpp | throw |\n")

    def test_fails_when_it_checked_nothing(self):
        with tempfile.TemporaryDirectory() as empty:
            violations, files = determinism.check(empty, {}, "allowed.txt")
            self.assertEqual(files, 0)
            self.assert_one(violations, "nothing to check")


class HostReadme(PlantedTree):
    ORDER = ["base", "model", "market", "storage", "cli"]

    def check(self, *names):
        self.plant({"host/README.md": "".join(f"**{name}** does it.\n\n" for name in names)})
        return host_readme.check(self.root, self.ORDER)[0]

    def test_accepts_one_paragraph_per_folder(self):
        self.assertEqual(self.check(*self.ORDER), [])

    def test_finds_a_folder_without_a_paragraph(self):
        self.assert_one(self.check("base", "model", "market", "cli"), "host/storage has no paragraph")

    def test_finds_a_paragraph_without_a_folder(self):
        self.assert_one(self.check(*self.ORDER, "web"), "paragraph web has no folder")

    def test_finds_paragraphs_out_of_order(self):
        self.assert_one(self.check("model", "base", "market", "storage", "cli"), "are ordered")


class Documents(PlantedTree):
    def check(self, text):
        self.plant({"docs/PAGE.md": text})
        return documents.check(self.root, {"test"})[0]

    def test_accepts_names_that_exist(self):
        self.assertEqual(self.check("[b](../host/base/result.hpp) `host/market` `./dev test` [w](https://a.b)\n"), [])

    def test_finds_a_broken_link(self):
        self.assert_one(self.check("\n[gone](gone.md)\n"), "docs/PAGE.md:2:", "gone.md does not exist")

    def test_finds_a_quoted_path_that_does_not_exist(self):
        self.assert_one(self.check("see `host/market/gone.hpp`\n"), "host/market/gone.hpp")

    def test_finds_a_command_that_does_not_exist(self):
        self.assert_one(self.check("`./dev dance`\n"), "no command dance")

    def test_fails_when_it_checked_nothing(self):
        self.assert_one(self.check("words\n"), "nothing to check")


if __name__ == "__main__":
    unittest.main()
