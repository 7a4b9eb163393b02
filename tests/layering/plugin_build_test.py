"""What writ_add_plugin promises, tried on a small project against the installed SDK.

    plugin_build_test.py BUILD_TREE [unittest arguments]
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

BUILD_TREE = None

SOURCE = """
#include <regex>
struct writ_module;
int exported_by_mistake() { return static_cast<int>(std::regex("a").mark_count()); }
extern "C" __attribute__((visibility("default"))) const writ_module* writ_module_v1() {
  return exported_by_mistake() == 0 ? nullptr : nullptr;
}
"""


class PluginBuild(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.sdk = folder.name
        subprocess.run(["cmake", "--install", BUILD_TREE, "--component", "sdk", "--prefix", cls.sdk],
                       check=True, stdout=subprocess.DEVNULL)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def configure(self, after="", *arguments, source=SOURCE):
        (self.root / "probe.cpp").write_text(source)
        (self.root / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(probe LANGUAGES C CXX)\n"
            f"find_package(writ-sdk 1 REQUIRED)\nwrit_add_plugin(probe probe.cpp)\n{after}\n")
        return self.run_tool("cmake", "-G", "Ninja", "-S", self.root, "-B", self.root / "build",
                             f"-DCMAKE_PREFIX_PATH={self.sdk}", *arguments)

    def build(self):
        return self.run_tool("cmake", "--build", self.root / "build")

    def run_tool(self, *command):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def test_exports_the_module_function_and_nothing_else(self):
        status, output = self.configure()
        self.assertEqual(status, 0, output)
        status, output = self.build()
        self.assertEqual(status, 0, output)
        plugin = self.root / "build/plugins/probe.so"
        status, symbols = self.run_tool("nm", "--dynamic", "--defined-only", "--format=posix", plugin)
        self.assertEqual(status, 0, symbols)
        self.assertEqual([line.split()[0] for line in symbols.splitlines()], ["writ_module_v1"])

    def test_refuses_an_undefined_symbol(self):
        source = SOURCE.replace("return exported_by_mistake()", "extern int gone(); return gone()")
        status, output = self.configure(source=source)
        self.assertEqual(status, 0, output)
        status, output = self.build()
        self.assertNotEqual(status, 0)
        self.assertIn("gone", output)

    def refused(self, *arguments, after=""):
        status, output = self.configure(after, *arguments)
        self.assertNotEqual(status, 0, output)
        self.assertIn("is refused", output)

    def test_refuses_fast_math_in_the_global_flags(self):
        self.refused("-DCMAKE_CXX_FLAGS=-ffast-math")

    def test_refuses_fast_math_in_the_flags_of_the_build_type(self):
        self.refused("-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-Ofast")

    def test_refuses_fast_math_added_to_the_target_later(self):
        self.refused(after="target_compile_options(probe PRIVATE -funsafe-math-optimizations)")


if __name__ == "__main__":
    BUILD_TREE = sys.argv.pop(1)
    unittest.main()
