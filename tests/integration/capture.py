"""Made-up captures of Binance's USDT-M streams, to be damaged on purpose. The same seed, the same capture."""

import json
import random

START_US = 1_720_000_000_000_000
STEP_US = 20_000


class Capture:
    """A list of (local time in µs, message); each message a dictionary, as the stream sends it."""

    def __init__(self, seed=1, steps=1500):
        rng = random.Random(seed)
        self.lines = []
        levels = {"b": {n: 5.0 for n in range(1, 11)}, "a": {n: 5.0 for n in range(1, 11)}}
        update = 1000
        mid = 300_000  # in ticks of 0.01

        def price(side, level):
            return f"{(mid - level if side == 'b' else mid + level) / 100:.2f}"

        def book():
            return {side: [[price(side, n), f"{q:.3f}"] for n, q in sorted(levels[side].items())] for side in levels}

        now = START_US
        sides = book()
        self.add(now, {"lastUpdateId": update, "E": now // 1000, "T": now // 1000, "bids": sides["b"], "asks": sides["a"]})
        for _ in range(steps):
            now += STEP_US
            if rng.random() < 0.3:
                side = rng.choice("ba")
                reached = 10 if rng.random() < 0.1 else 1  # a large one reaches who quotes behind the touch
                self.add(now, self.event("trade", now, t=update, p=price(side, reached), q=f"{rng.randint(1, 900) / 1000:.3f}",
                                         X="MARKET", m=side == "b"))
            changed = {"b": [], "a": []}
            if rng.random() < 0.1:  # the whole book moves a tick: what was there goes, what is there comes
                old = book()
                mid += rng.choice((-1, 1))
                for side in "ba":
                    new = dict(map(tuple, book()[side]))
                    gone = [[p, "0.000"] for p, _ in old[side] if p not in new]
                    changed[side] = gone + [list(level) for level in new.items()]
            else:
                side, level = rng.choice("ba"), rng.randint(1, 10)
                levels[side][level] = rng.randint(100, 9000) / 1000
                changed[side] = [[price(side, level), f"{levels[side][level]:.3f}"]]
            self.add(now, self.event("depthUpdate", now, U=update + 1, u=update + 5, pu=update, **changed))
            update += 5
            best = book()
            self.add(now, self.event("bookTicker", now, u=update, b=best["b"][0][0], B=best["b"][0][1], a=best["a"][0][0],
                                     A=best["a"][0][1]))

    @staticmethod
    def event(kind, now, **fields):
        return {"e": kind, "E": now // 1000 - 1, "T": now // 1000 - 2, "s": "ETHUSDT", **fields}

    def add(self, now, message):
        self.lines.append((now, message))

    def depth_updates(self):
        """Indices of the changes of the book."""
        return [i for i, (_, message) in enumerate(self.lines) if message.get("e") == "depthUpdate"]

    def text(self):
        def line(now, message):
            if "lastUpdateId" in message:
                body = message
            else:
                stream = {"depthUpdate": "depth@0ms", "bookTicker": "bookTicker", "trade": "trade"}[message["e"]]
                body = {"stream": f"ethusdt@{stream}", "data": message}
            return f"{now} {json.dumps(body, separators=(',', ':'))}\n"

        return "".join(line(now, message) for now, message in self.lines)
