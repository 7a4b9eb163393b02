"""A full disk halts the host with status 3; the journal verifies; with space it goes on."""

import os
import subprocess
import unittest

import writ_program as wp


class FullDisk(wp.ProgramTest):
    def mount(self, mib):
        folder = self.folder / "disk"
        folder.mkdir()
        if os.geteuid() != 0:
            print("EXCLUDED: full disk, 1 case: a small file system can be mounted by root only")
            raise unittest.SkipTest("not root")
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", folder], capture_output=True, text=True)
        if mounted.returncode != 0:
            print(f"EXCLUDED: full disk, 1 case: {mounted.stderr.strip()}")
            raise unittest.SkipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    def test_halts_verifies_and_goes_on_with_space(self):
        # Copies of the plugins come first; the rest is for records.
        plugins = sum(file.stat().st_size for file in (wp.build_tree / "plugins").glob("*.so"))
        disk = self.mount(12 + plugins // 2**20)
        text = wp.paper_config(events_per_second=3000, feed_more="    burst: 0\n    one_sided: 0\n    gap: 0\n").replace("dir: journal", f"dir: {disk}/journal")
        config = self.write("writ.yaml", text)
        halted = wp.writ("run", "--config", config, "--for", "120s", status=wp.HALTED, timeout=200)
        line = halted.err.strip().splitlines()
        told = [l for l in line if "halted" in l]
        self.assertEqual(len(told), 1, halted)

        wp.verify_journal(config, disk / "journal")
        records = wp.dump(config)
        wp.figure("records on the full disk", len(records))
        self.assertGreater(len(records), 1000)
        kinds = [record["type"] for record in records]
        self.assertIn("command", kinds)
        halts = [r for r in records if r["type"] == "incident" and r["code"] == "HALT"]
        self.assertEqual(len(halts), 1, "one incident says that the host halted")

        # Nothing was sent after the halt but cancels.
        at = int(halts[0]["seq"])
        after = [r for r in records if int(r["seq"]) > at and r["type"] == "order" and r.get("command")]
        self.assertEqual([r for r in after if r["command"] == "send"], [])
        # Orders that were working were cancelled, and the cancels went out.
        working = {}
        for r in records:
            if r["type"] == "order" and int(r["seq"]) < at:
                working[r["order_id"]] = r["state"] in ("NEW", "ACK", "OPEN", "PARTIAL")
        cancelled = {r["order_id"] for r in after if r["command"] == "cancel"}
        wp.figure("orders working at the halt", sum(working.values()))
        wp.figure("cancels from the reserve", len(cancelled))
        self.assertTrue({order for order, still in working.items() if still} <= cancelled)

        subprocess.run(["mount", "-o", "remount,size=256m", disk], check=True)
        wp.writ("run", "--config", config, "--for", "2s", timeout=200)
        self.assertEqual(wp.journal_runs(disk / "journal"), [1, 2])
        wp.verify_journal(config, disk / "journal")
        for name, examined in self.verify_database(self.folder / "run.db").items():
            self.assertGreater(examined, 0, name)

    def test_a_disk_full_from_the_start_is_refused(self):
        disk = self.mount(1)
        text = wp.paper_config().replace("dir: journal", f"dir: {disk}/journal")
        config = self.write("writ.yaml", text)
        done = wp.writ("run", "--config", config, "--for", "2s", status=None, timeout=60)
        self.assertIn(done.status, (wp.FAILED, wp.WRONG_INPUT, wp.HALTED), done)
        self.assertEqual(len(done.err.strip().splitlines()), 1, done)
        self.assertIn("No space left on device", done.err)


if __name__ == "__main__":
    wp.main()
