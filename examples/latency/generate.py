#!/usr/bin/env python3
"""Makes a recording of latencies up, to try `paper.latency_file` with.

    generate.py [--start NS] [--seconds N] [--every-ms N] [--seed N] [--lost PERCENT] > latency.csv

A request goes out every so often and takes about a millisecond each way. Now and then the venue is
congested: latencies rise to a peak and fall again. A real recording is made the same way, by orders
that cannot trade: when each was sent, when the venue says it arrived, when its answer came.
"""

import argparse
import random

MS = 1_000_000


def rows(arguments):
    chance = random.Random(arguments.seed)
    congestion = 0.0
    for i in range(arguments.seconds * 1000 // arguments.every_ms):
        request = arguments.start + i * arguments.every_ms * MS
        congestion = 20.0 if chance.random() < 0.002 else congestion * 0.95
        there = int(MS * (chance.lognormvariate(0, 0.3) + congestion))
        back = int(MS * (chance.lognormvariate(0, 0.2) + congestion / 4))
        lost = chance.random() * 100 < arguments.lost
        yield request, 0 if lost else request + there, request + there + back


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    # A backtest on a simulated market begins at this time.
    parser.add_argument("--start", type=int, default=1_700_000_000_000_000_000, help="first request, ns since 1970 UTC")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--every-ms", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lost", type=float, default=0.1, help="per cent of requests that never arrive")
    print("# request,exchange,response in ns since 1970 UTC; exchange 0: lost")
    for row in rows(parser.parse_args()):
        print(*row, sep=",")


if __name__ == "__main__":
    main()
