"""The venue simulator beside a test: started on ports of its own choice, ended with the block."""

import json
import pathlib
import ssl
import subprocess
import urllib.request


class VenueSim:
    """`with VenueSim(program, folder, "--seed", "7") as sim:`; `sim.spot["rest"]` and so on say where it is."""

    def __init__(self, program, folder, *words):
        self.folder = pathlib.Path(folder)
        self.words = [str(word) for word in (program, "--truth", self.folder / "truth", *words)]

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = open(self.folder / "venue_sim.log", "w")
        self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, stderr=self.log,
                                        stdin=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise AssertionError(f"no simulator: {(self.folder / 'venue_sim.log').read_text()}")
        said = json.loads(line)
        self.spot, self.futures, self.ca_file = said.get("spot"), said.get("futures"), said.get("ca_file")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the simulator did not end") from None
        finally:
            self.process.stdout.close()
            self.log.close()

    def control(self, venue, path, body=None):
        """POST /sim/PATH with a body, else GET; `venue` is sim.spot or sim.futures."""
        data = None if body is None else json.dumps(body).encode()
        trust = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        with urllib.request.urlopen(f"{venue['rest']}/sim/{path}", data=data, timeout=30, context=trust) as answer:
            return json.loads(answer.read())

    def truth_file(self, market):
        """The truth journal of `spot` or `futures`, which grows as things happen."""
        return self.folder / f"truth.{market}.jsonl"

    def truth(self, market):
        """Its lines, a dict each."""
        return [json.loads(line) for line in self.truth_file(market).read_text().splitlines()]
