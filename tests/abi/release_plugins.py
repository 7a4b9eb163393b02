#!/usr/bin/env python3
"""Builds the plugins of a released minor version, which every later host must load.

  release_plugins.py FOLDER           e.g. tests/abi/released/1.0

One of plain C11, and a strategy by every C++ compiler a person may use. Needs cc, g++, clang++
and libc++ (Debian: libc++-14-dev libc++abi-14-dev). What they do is then written by
`WRIT_RELEASE=1 released_plugins_test`.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMON = ["-O2", "-g0", "-s", "-fPIC", "-shared", "-fvisibility=hidden", "-ffp-contract=off",
          f"-I{ROOT}/sdk/include", "-Wl,-z,defs",
          f"-Wl,--version-script={ROOT}/sdk/cmake/plugin_exports.map"]
CXX = ["-std=c++20", "-fvisibility-inlines-hidden"]
# A person's machine may have no libc++: what is released brings its own.
COMPILERS = {
    "gxx": ["g++", *CXX, "-fno-gnu-unique"],
    "clang": ["clang++", *CXX],
    "libcxx": ["clang++", *CXX, "-stdlib=libc++", "-nostdlib++", "-l:libc++.a", "-l:libc++abi.a",
               "-lpthread"],
}
STRATEGY = "market_maker"


def build(command, source, target):
    # Libraries follow the source that needs them.
    libraries = [part for part in command if part.startswith("-l")]
    options = [part for part in command if not part.startswith("-l")]
    subprocess.run([*options, *COMMON, "-o", target, source, *libraries], check=True)
    print(target.name, target.stat().st_size, "bytes")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    build(["cc", "-std=c11"], ROOT / "tests/support/plugins/c_counter.c", folder / "counter_c.so")
    for compiler, command in COMPILERS.items():
        build(command, ROOT / f"strategies/{STRATEGY}/{STRATEGY}.cpp",
              folder / f"{STRATEGY}_{compiler}.so")


if __name__ == "__main__":
    main()
