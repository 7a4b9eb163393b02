"""The packages, and the page that says how to write a strategy with them: its commands, run as they stand there."""

import os
import re

import writ_program as wp


def make_packages(folder):
    wp.run("cpack", "--config", wp.build_tree / "CPackConfig.cmake", "-B", folder, cwd=folder, timeout=300)
    return {wp.run("dpkg-deb", "-f", file, "Package").out.strip(): file for file in folder.glob("*.deb")}


class Packages(wp.ProgramTest):
    def setUp(self):
        super().setUp()
        built = self.folder / "packages"
        built.mkdir()
        self.packages = make_packages(built)
        self.root = self.folder / "root"
        for file in self.packages.values():
            wp.run("dpkg-deb", "-x", file, self.root)

    def field(self, package, name):
        return wp.run("dpkg-deb", "-f", self.packages[package], name).out.strip()

    def test_they_are_two_and_say_what_they_need(self):
        self.assertEqual(sorted(self.packages), ["writ", "writ-sdk"])
        self.assertRegex(self.field("writ", "Depends"), r"libc6 .*libstdc\+\+6")
        self.assertIn("libsqlite3-0", self.field("writ", "Depends"))
        self.assertEqual(self.field("writ-sdk", "Architecture"), "all")
        self.assertIn("cmake", self.field("writ-sdk", "Depends"))

    def test_the_unit_is_valid_and_hardened(self):
        unit = self.root / "usr/lib/systemd/system/writ@.service"
        text = unit.read_text()
        rated = wp.run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)
        wp.figure("exposure of the service", re.search(r"service: ([0-9.]+)", rated.out)[1])
        installed = self.folder / "writ@x.service"
        installed.write_text(text.replace("/usr/bin/writ", str(self.root / "usr/bin/writ")))
        verified = wp.run("systemd-analyze", "verify", installed)
        self.assertNotIn("writ@", verified.err)

    def test_the_commands_of_the_page_work_as_they_stand_there(self):
        page = (self.root / "usr/share/doc/writ-sdk/WRITING_A_STRATEGY.md").read_text()
        blocks = re.findall(r"^```sh\n(.*?)^```$", page, flags=re.M | re.S)
        self.assertGreaterEqual(len(blocks), 7)
        script = self.write("page.sh", "set -euo pipefail\n" + "\n".join(blocks))
        work = self.folder / "work"
        work.mkdir()
        environment = {"PATH": f"{self.root}/usr/bin:{os.environ['PATH']}", "CMAKE_PREFIX_PATH": str(self.root / "usr")}
        done = wp.run("bash", script, cwd=work, env=environment, timeout=400)
        self.assertRegex(done.out, r"100% tests passed, 0 tests failed out of 3")
        self.assertRegex(done.out, r"demo\.so: \d+ tests, 0 failed")
        self.assertIn("fuzz: seed 5", done.out)
        self.assertIn("EQUAL", done.out.upper())
        self.assertIn("order_notional", (work / "demo/writ.yaml").read_text())
        self.assertIn("example.demo", (work / "demo/build/writ.schema.json").read_text())
        wp.figure("commands of the page", sum(block.count("\n") for block in blocks))


if __name__ == "__main__":
    wp.main()
