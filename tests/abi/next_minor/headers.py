#!/usr/bin/env python3
"""The headers as the next minor version would have them: one entry more in the host's table.

  headers.py INCLUDE TARGET
"""
import pathlib
import re
import shutil
import sys


def main():
    include, target = (pathlib.Path(path) for path in sys.argv[1:3])
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(include, target)
    version = target / "writ" / "abi" / "plugin.h"
    text, count = re.subn(r"(#define WRIT_ABI_MINOR )(\d+)",
                          lambda found: found[1] + str(int(found[2]) + 1), version.read_text())
    version.write_text(text)
    table = target / "writ" / "abi" / "host.h"
    grown, ends = re.subn(r"\n\} writ_host;", "\n\n  /* Of the next minor version. */\n"
                          "  int64_t (*uptime)(const struct writ_host* host);\n} writ_host;",
                          table.read_text())
    table.write_text(grown)
    if count != 1 or ends != 1:
        sys.exit(f"{include}: no minor version or no host table where they were")


if __name__ == "__main__":
    main()
