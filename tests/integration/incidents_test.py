"""Incidents outside the host: a real program and a local web server are told, and a broken receiver delays nobody."""

import http.server
import json
import threading
import time

import writ_program as wp

SECRET = "T0KENinTHEpath"


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what is posted; answers with `status`, after `wait` seconds."""

    daemon_threads = True

    def __init__(self, status=204, wait=0):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.wait, self.posts, self.lock = status, wait, [], threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/services/{SECRET}?channel=ops"

    def got(self):
        with self.lock:
            return list(self.posts)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.posts.append((self.path, self.headers["Content-Type"], json.loads(body)))
        time.sleep(self.server.wait)
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def wait_for(condition, what, timeout=30):
    end = time.monotonic() + wp.seconds(timeout)
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.05)


class Incidents(wp.ProgramTest):
    def config(self, incidents):
        return self.write("writ.yaml", wp.paper_config(more=f"incidents: {json.dumps(incidents)}\n"))

    def program(self, body):
        path = self.write("tell", f"#!/bin/sh\n{body}\n")
        path.chmod(0o700)
        return str(path)

    def receivers(self, host):
        return {one["receiver"]: one for one in host.status()["incident_receivers"]}

    def test_a_kill_is_told_to_the_program_and_the_webhook(self):
        server = Receiver()
        told = self.folder / "told"
        tell = self.program('cat >> "$1"; echo >> "$1"')
        config = self.config({"command": [tell, str(told)], "webhook": server.url, "codes": ["KILL"]})
        with wp.Host(config) as host:
            host.wait_ready()
            host.ask("kill", "--reason", "enough; $(touch x) `id`")
            wait_for(lambda: server.got() and told.exists() and told.read_text().endswith("\n"), "both are told")
            path, kind, posted = server.got()[0]
            self.assertEqual(path, f"/services/{SECRET}?channel=ops")
            self.assertEqual(kind, "application/json")
            self.assertEqual(posted, json.loads(told.read_text()))
            self.assertEqual((posted["code"], posted["severity"], posted["mode"], posted["run"]), ("KILL", "CRITICAL", "paper", 1))
            self.assertIn("enough; $(touch x)", posted["text"])
            wait_for(lambda: all(one["delivered"] == 1 for one in self.receivers(host).values()), "both are counted")
            self.assertEqual(len(server.got()), 1)
            shown = json.dumps(host.status()) + host.output()
            host.stop()
        dumped = json.dumps(wp.dump(config)) + wp.writ("config", "check", config, "--json").out
        for text in (shown, dumped, *(p.read_text(errors="replace") for p in self.folder.glob("journal/run-*/*") if p.is_file())):
            self.assertNotIn(SECRET, text)
        wp.figure("incidents told", 2)

    def test_a_receiver_that_fails_is_seen_and_delays_nobody(self):
        server = Receiver(status=500)
        slow = self.program("sleep 600")
        config = self.config({"command": [slow], "webhook": server.url, "min_severity": "INFO", "timeout": "300ms", "attempts": 2})
        with wp.Host(config) as host:
            host.wait_ready()
            for _ in range(20):
                host.ask("pause")
                host.ask("resume")
            asked = time.monotonic()
            host.status()
            self.assertLess(time.monotonic() - asked, wp.seconds(5))
            wait_for(lambda: all(one["failed"] > 0 for one in self.receivers(host).values()), "both have failed")
            receivers = self.receivers(host)
            self.assertEqual(receivers["webhook"]["trouble"], "HTTP status 500")
            self.assertEqual(receivers["command"]["trouble"], "no end in time: killed")
            self.assertIn("WARN: HTTP status 500", wp.writ("status", "--journal", host.journal).out)
            host.stop()
            self.assertRegex(host.output(), r"WARN: \d+ incidents were not told to the webhook: HTTP status 500")

    def test_what_is_not_severe_enough_is_not_told(self):
        server = Receiver()
        config = self.config({"webhook": server.url, "min_severity": "CRITICAL"})
        with wp.Host(config) as host:
            host.wait_ready()
            host.ask("pause")
            host.ask("kill", "--reason", "done")
            wait_for(server.got, "the kill is told")
            host.stop()
        self.assertEqual({post["severity"] for _, _, post in server.got()}, {"CRITICAL"})


if __name__ == "__main__":
    wp.main()
