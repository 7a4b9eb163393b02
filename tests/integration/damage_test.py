"""Damaged inputs: a clear error with the offset, or exactly one incident; never a crash, never a silent repair."""

import gzip
import re
import shutil

import capture
import writ_program as wp

BACKTEST = """\
mode: backtest
journal: {dir: journal, segment_mib: 1, ring_mib: 1}
accounts:
  - {name: main, reporting: USDT, initial: {USDT: "100000"}}
market:
  features: {sample: "20ms", volatility_warm: 2, spread_warm: 2}
strategies:
  - name: mm
    plugin: writ.market_maker
    account: main
    instruments: ["*"]
    params: {order_notional: "500", requote_interval: "20ms", fee_cover: "0"}
"""


class Damaged(wp.ProgramTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("writ.yaml", BACKTEST)

    def import_capture(self, made, name="made"):
        text = self.write(f"{name}.jsonl", made.text())
        tape = self.folder / f"{name}.tape"
        tape.unlink(missing_ok=True)
        wp.writ("tape", "import", "binance-stream", text, "-o", tape)
        return tape

    def backtest(self, tape, **how):
        shutil.rmtree(self.folder / "journal", ignore_errors=True)
        return wp.writ("backtest", "--config", self.config, "--tape", tape, "--json", **how)

    def incidents(self):
        return [r for r in wp.dump(self.config, 1, "incident")]

    def flip(self, path, at):
        content = bytearray(path.read_bytes())
        content[at // 8] ^= 1 << at % 8
        path.write_bytes(content)

    def assert_named(self, done, path, *statuses):
        """One line that names the file and a place in it, and no crash."""
        self.assertIn(done.status, statuses or (wp.WRONG_INPUT,), done)
        lines = done.err.strip().splitlines()
        self.assertEqual(len(lines), 1, done)
        self.assertIn(path.name, lines[0])
        self.assertRegex(lines[0], r"offset \d+", done)


class Tapes(Damaged):
    def test_a_flipped_bit_anywhere_is_found(self):
        tape = self.import_capture(capture.Capture(steps=300))
        whole = tape.read_bytes()
        flips = wp.scaled(200, least=20)
        damaged = self.folder / "damaged.tape"
        for case in range(flips):
            damaged.write_bytes(whole)
            self.flip(damaged, self.random.randrange(len(whole) * 8))
            self.assert_named(wp.writ("tape", "info", damaged, status=None), damaged)
            if case % 10 == 0:
                self.assert_named(self.backtest(damaged, status=None), damaged)
                self.assertFalse(list(self.folder.glob("journal/run-*")), "a run was begun on a damaged tape")
        wp.figure("flipped bits found in a tape", flips)

    def test_cut_and_empty_and_foreign_files_are_named(self):
        tape = self.import_capture(capture.Capture(steps=300))
        whole = tape.read_bytes()
        damaged = self.folder / "damaged.tape"
        cuts = wp.scaled(50, least=10)
        for _ in range(cuts):
            damaged.write_bytes(whole[: self.random.randrange(1, len(whole))])
            self.assert_named(wp.writ("tape", "info", damaged, status=None), damaged)
        for content in (b"", b"this is no tape\n" * 100):
            damaged.write_bytes(content)
            for command in (("tape", "info", damaged), ("backtest", "--config", self.config, "--tape", damaged)):
                self.assert_one_line(wp.writ(*command, status=None), "damaged.tape")
        wp.figure("cut tapes refused", cuts)


class Captures(Damaged):
    def test_a_sound_one_has_no_incident_and_trades(self):
        result = self.backtest(self.import_capture(capture.Capture())).json
        self.assertEqual(self.incidents(), [])
        self.assertGreater(result["intents"], 0)
        self.assertGreater(result["fills"], 0)
        wp.figure("events of a made-up capture", result["events"])

    def one_incident(self, made, code):
        """Exactly one, of this code, that names the record it comes from."""
        self.backtest(self.import_capture(made))
        told = self.incidents()
        self.assertEqual([r["code"] for r in told], [code], told)
        cause, = [r for r in wp.dump(self.config) if r["seq"] == told[0]["cause_seq"]]
        self.assertEqual(len(told[0]["text"].splitlines()), 1)
        return told[0], cause

    def adding_after(self, seq):
        return [r for r in wp.dump(self.config, 1, "verdict") if r["approved"] and r["effect"] == "adds" and r["seq"] > seq]

    def test_a_gap_in_the_depth_sequence_is_one_incident_and_no_adding_intent_follows(self):
        for _ in range(3):
            made = capture.Capture()
            updates = made.depth_updates()
            at = updates[self.random.randrange(len(updates) // 3, 2 * len(updates) // 3)]
            lost = made.lines.pop(at)[1]
            told, cause = self.one_incident(made, "DATA_GAP")
            self.assertEqual(cause["type"], "book_delta")
            self.assertEqual(told["value"], str(lost["u"]), "the id before which something is missing")
            self.assertEqual(self.adding_after(told["seq"]), [])

    def test_a_crossed_book_is_one_incident(self):
        made = capture.Capture()
        updates = made.depth_updates()
        at = updates[len(updates) // 2]
        now, message = made.lines[at]
        # A bid far above every ask: crossed until it goes with the next change of the book.
        made.lines[at] = (now, dict(message, b=[["3100.00", "1.000"]], a=[]))
        after = updates[len(updates) // 2 + 1]
        now, message = made.lines[after]
        made.lines[after] = (now, dict(message, b=[["3100.00", "0.000"]] + message["b"]))
        self.backtest(self.import_capture(made))
        told = [r["code"] for r in self.incidents()]
        self.assertEqual(told.count("CROSSED_BOOK"), 1, told)
        wp.figure("incidents of a crossed book", told)

    def test_a_clock_offset_is_one_incident_for_its_episode(self):
        made = capture.Capture()
        first, last = len(made.lines) // 3, 2 * len(made.lines) // 3
        for i in range(first, last):
            now, message = made.lines[i]
            made.lines[i] = (now, dict(message, E=message["E"] + 1500, T=message["T"] + 1500))
        told, cause = self.one_incident(made, "CLOCK_OFFSET")
        self.assertGreater(int(cause["event_ts"]), int(cause["ingest_ts"]) + 1_000_000_000)
        wp.figure("events stamped too late in one episode", last - first)

    def test_what_is_no_message_is_named_with_its_line(self):
        text = capture.Capture(steps=200).text().splitlines(keepends=True)
        line = self.random.randrange(50, 150)
        wrong = {
            "cut short": text[line][: len(text[line]) // 2] + "\n",
            "no time": text[line][text[line].index(" ") + 1:],
            "a price that is no number": re.sub(r'"(\d+\.\d+)"', '"3O00.00"', text[line], count=1),
            "going back in time": re.sub(r"^\d+", lambda m: str(int(m[0]) - 10**9), text[line]),
            "no JSON": f"{capture.START_US + 10**12} hello\n",
        }
        for name, content in wrong.items():
            with self.subTest(name):
                path = self.write("wrong.jsonl", "".join(text[:line] + [content] + text[line + 1:]))
                tape = self.folder / "wrong.tape"
                done = wp.writ("tape", "import", "binance-stream", path, "-o", tape, status=None)
                self.assert_one_line(done, rf"wrong\.jsonl:{line + 1}:\d+: ")
                self.assertFalse(tape.exists())

    def test_empty_cut_and_missing_files(self):
        packed = gzip.compress(capture.Capture(steps=200).text().encode())
        for name, content in (("empty.jsonl", b""), ("empty.jsonl.gz", b""), ("cut.jsonl.gz", packed[: len(packed) // 2]),
                              ("foreign.jsonl.gz", b"\x1f\x8b" + b"nonsense" * 100)):
            with self.subTest(name):
                path = self.folder / name
                path.write_bytes(content)
                tape = self.folder / "wrong.tape"
                done = wp.writ("tape", "import", "binance-stream", path, "-o", tape, status=None)
                self.assert_one_line(done, re.escape(name))
                self.assertFalse(tape.exists())
        self.assert_one_line(wp.writ("tape", "import", "binance-stream", self.folder / "none", "-o", tape, status=None), "none")


class Journals(Damaged):
    def setUp(self):
        super().setUp()
        self.config.write_text(wp.paper_config())
        wp.writ("run", "--config", self.config, "--for", "2s", timeout=60)
        self.sound = self.folder / "sound"
        shutil.copytree(self.folder / "journal", self.sound)

    def restore(self):
        shutil.rmtree(self.folder / "journal")
        shutil.copytree(self.sound, self.folder / "journal")

    def segments(self):
        return sorted(self.folder.glob("journal/run-000001/seg-*.wj"))

    def check_found(self, segment):
        found = wp.writ("journal", "verify", 1, "--config", self.config, "--json", status=None)
        self.assertIn(found.status, (wp.FAILED, wp.WRONG_INPUT), found)
        if found.status == wp.FAILED:
            self.assertIn(segment.name, found.json["damage"]["file"])
            self.assertRegex(found.json["damage"]["text"], r"offset \d+")
        else:
            self.assert_one_line(found, re.escape(segment.parent.name))

    def test_a_flipped_bit_anywhere_is_found_and_nobody_goes_on(self):
        flips = wp.scaled(200, least=20)
        for case in range(flips):
            # The first case is one a random choice rarely makes: a run that cannot even be opened.
            segment = self.random.choice(self.segments()) if case else self.segments()[0]
            self.flip(segment, self.random.randrange(segment.stat().st_size * 8) if case else 0)
            self.check_found(segment)
            if case % 10 == 0:
                before = segment.read_bytes()
                for command in (("run", "--config", self.config, "--for", "200ms"), ("db", "rebuild", "--config", self.config,
                                "--db", self.folder / "r.db"), ("replay", 1, "--verify", "--config", self.config),
                                ("journal", "dump", 1, "--config", self.config)):
                    done = wp.writ(*command, status=None)
                    (self.folder / "r.db").unlink(missing_ok=True)
                    self.assertIn(done.status, (wp.FAILED, wp.WRONG_INPUT), f"{done.words} on a damaged journal")
                    self.assertEqual(len(done.err.strip().splitlines()), 1, done)
                    self.assertRegex(done.err, r"run-000001.*offset \d+", done)
                self.assertEqual(segment.read_bytes(), before, "a damaged journal was changed")
                self.assertEqual(wp.journal_runs(self.folder / "journal"), [1], "a run continued a damaged one")
            self.restore()
        wp.figure("flipped bits found in a journal", flips)

    def test_cut_and_empty_and_missing_segments_are_found(self):
        cuts = wp.scaled(50, least=10)
        for _ in range(cuts):
            segment = self.random.choice(self.segments())
            segment.write_bytes(segment.read_bytes()[: self.random.randrange(segment.stat().st_size)])
            self.check_found(segment)
            self.restore()
        segment = self.segments()[0]
        segment.write_bytes(b"")
        self.check_found(segment)
        wp.figure("cut segments found", cuts)


if __name__ == "__main__":
    wp.main()
