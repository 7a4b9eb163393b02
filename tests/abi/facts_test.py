#!/usr/bin/env python3
"""The comparison with the released facts finds every break and lets every append through.

  facts_test.py INCLUDE RELEASED
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

FACTS = pathlib.Path(__file__).with_name("facts.py")
INCLUDE, RELEASED = pathlib.Path(), pathlib.Path()


def check(include, released):
    done = subprocess.run([sys.executable, FACTS, "check", include, released],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class FactsCase(unittest.TestCase):
    """One change of the headers, in a copy of them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.include = pathlib.Path(folder.name) / "include"
        shutil.copytree(INCLUDE, self.include)

    def change(self, header, pattern, replacement):
        path = self.include / "writ" / "abi" / header
        text, count = re.subn(pattern, replacement, path.read_text(), count=1, flags=re.S)
        self.assertEqual(count, 1, f"{header} has no {pattern}")
        path.write_text(text)

    def assert_broken(self, *lines):
        status, output, errors = check(self.include, RELEASED)
        self.assertEqual(status, 1, output + errors)
        for line in lines:
            self.assertIn(f"broken: {line}", output)

    def assert_appended(self, *lines):
        status, output, errors = check(self.include, RELEASED)
        self.assertEqual(status, 0, output + errors)
        for line in lines:
            self.assertIn(f"appended: {line}", output)


class Breaks(FactsCase):
    def test_a_reordered_field_of_a_record(self):
        self.change("scalar.h", r"uint64_t lo;(.*?)int64_t hi;", r"int64_t hi;\1uint64_t lo;")
        self.assert_broken("member writ_money.hi: was 8 int64_t, is 0 int64_t",
                           "member writ_money.lo: was 0 uint64_t, is 8 uint64_t")

    def test_a_field_of_another_type_and_the_same_size(self):
        self.change("scalar.h", r"uint64_t lo;", "int64_t lo;")
        self.assert_broken("member writ_money.lo: was 0 uint64_t, is 0 int64_t")

    def test_a_renamed_field(self):
        self.change("scalar.h", r"uint64_t lo;", "uint64_t low;")
        self.assert_broken("member writ_money.lo: was 0 uint64_t, is gone")

    def test_a_field_added_to_a_record(self):
        self.change("scalar.h", r"int64_t hi;", "int64_t hi; int64_t more;")
        self.assert_broken("record writ_money: was 16, is 24",
                           "member writ_money.more: a released record gets no member")

    def test_a_renumbered_enumerator(self):
        self.change("instrument.h", r"WRIT_KIND_PERP = 2", "WRIT_KIND_PERP = 9")
        self.assert_broken("enumerator WRIT_KIND_PERP: was 2, is 9")

    def test_a_removed_enumerator(self):
        self.change("instrument.h", r"WRIT_KIND_PERP = 2,", "")
        self.assert_broken("enumerator WRIT_KIND_PERP: was 2, is gone")

    def test_an_argument_of_another_type(self):
        self.change("host.h", r"\(\*cancel_timer\)\((.*?)uint64_t", r"(*cancel_timer)(\1uint32_t")
        self.assert_broken("member writ_host.cancel_timer: was 48 writ_status(writ_host const*, "
                           "uint64_t)*, is 48 writ_status(writ_host const*, uint32_t)*")

    def test_swapped_entries_of_a_table(self):
        self.change("ext/state.h", r"\(\*save\)", "(*swapped)")
        self.change("ext/state.h", r"\(\*load\)", "(*save)")
        self.change("ext/state.h", r"\(\*swapped\)", "(*load)")
        self.assert_broken("member writ_ext_state.load: was 16", "member writ_ext_state.save: was 8")

    def test_an_entry_put_into_the_middle_of_a_table(self):
        self.change("ext/book.h", r"uint32_t reserved;", "uint32_t depth_max;")
        self.assert_broken("member writ_ext_book.depth_max: at 4, inside the released table")

    def test_a_renamed_extension(self):
        self.change("ext/state.h", r'"writ.state/1"', '"writ.state/2"')
        self.assert_broken('constant WRIT_EXT_STATE: was "writ.state/1", is "writ.state/2"')


class Appends(FactsCase):
    def test_nothing_changed(self):
        status, output, errors = check(self.include, RELEASED)
        self.assertEqual(status, 0, output + errors)

    def test_an_entry_at_the_end_of_a_table(self):
        self.change("ext/state.h", r"(\(\*load\)\([^;]*;)", r"\1 uint64_t revision_max;")
        self.assert_appended("member writ_ext_state.revision_max: 24 uint64_t",
                             "table writ_ext_state: 32")

    def test_a_new_enumerator(self):
        self.change("instrument.h", r"(WRIT_KIND_RUNNER = 4)", r"\1, WRIT_KIND_BASKET = 5")
        self.assert_appended("enumerator WRIT_KIND_BASKET: 5")

    def test_a_new_record(self):
        self.change("scalar.h", r"(\}\s*writ_money;)",
                    r"\1 typedef struct writ_pair { int64_t left; int64_t right; } writ_pair;")
        self.assert_appended("record writ_pair: 16", "member writ_pair.right: 8 int64_t")

    def test_a_risen_minor_version(self):
        self.change("plugin.h", r"WRIT_ABI_MINOR 0", "WRIT_ABI_MINOR 1")
        self.assert_appended("constant WRIT_ABI_MINOR: 1")


class Unusable(FactsCase):
    def test_no_released_facts(self):
        status, _, errors = check(self.include, RELEASED.with_name("0.9.facts"))
        self.assertEqual(status, 2)
        self.assertIn("no released facts to compare with", errors)

    def test_headers_that_do_not_compile(self):
        self.change("scalar.h", r"uint64_t lo;", "uint64_t lo")
        status, _, errors = check(self.include, RELEASED)
        self.assertEqual(status, 2)
        self.assertIn("facts.py: cc:", errors)


if __name__ == "__main__":
    INCLUDE, RELEASED = (pathlib.Path(path) for path in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1], verbosity=2)
