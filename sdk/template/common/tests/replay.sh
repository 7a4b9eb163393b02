#!/bin/sh
# @NAME@ in a minute of a simulated market, and the same minute computed again from the journal: a
# plugin that is no function of its events differs. Usage: replay.sh WRIT CONFIG
set -e
rm -rf "$(dirname "$2")/journal"
"$1" backtest --config "$2" --for 60s
"$1" replay 1 --verify --config "$2"
