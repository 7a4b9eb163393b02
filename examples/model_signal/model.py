"""A model for model_signal: stands in for whatever one has, and shows what is said between the two.

    model.py SOCKET

It listens on the Unix socket SOCKET. A line `INSTRUMENT PRICE` (the price at 1e-9) is a question; the answer is a
line `INSTRUMENT FORECAST`. This one forecasts that a price above its slow average rises further.
"""

import math
import os
import socketserver
import sys

PACE = 0.05  # of the average
SCALE = 2_000


class Averages:
    def __init__(self):
        self.known = {}

    def forecast(self, instrument, price):
        average = self.known.get(instrument, price)
        self.known[instrument] = average + PACE * (price - average)
        return math.tanh(SCALE * (price / average - 1))


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        averages = Averages()
        for line in self.rfile:
            instrument, price = line.split()
            forecast = averages.forecast(instrument, int(price))
            self.wfile.write(b"%s %.6f\n" % (instrument, forecast))


def main(path):
    if os.path.exists(path):
        os.unlink(path)
    with socketserver.ThreadingUnixStreamServer(path, Conversation) as server:
        server.daemon_threads = True
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
