#!/usr/bin/env python3
"""The layout of the plugin ABI, as frozen in layout.def.

  layout.py --check INCLUDE DEF      every structure, field and constant of the headers is listed
  layout.py --write INCLUDE DEF CC   lists them anew, as the compiler CC lays them out

A released structure never changes and a table only grows: what --write changes is explained in the
commit that changes it. The listed numbers themselves are asserted by layout_check.h, in each
language and under the flags that could change a layout.
"""
import pathlib
import re
import subprocess
import sys
import tempfile


def headers(include):
    root = pathlib.Path(include) / "writ" / "abi"
    found = sorted(root.rglob("*.h"))
    if not found:
        sys.exit(f"{root}: no header")
    return [str(path.relative_to(include)) for path in found]


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def field_name(statement):
    function = re.search(r"\(\*\s*(\w+)\)\s*\(", statement)
    if function:
        return function.group(1)
    return re.search(r"(\w+)\s*(\[[^]]*\])?$", statement).group(1)


def structures(text):
    for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\}\s*\1\s*;", text, flags=re.S):
        statements = [" ".join(part.split()) for part in body.split(";")]
        yield name, [field_name(one) for one in statements if one]


def constants(text):
    for body in re.findall(r"enum\s*\{(.*?)\}\s*;", text, flags=re.S):
        for one in body.split(","):
            match = re.match(r"\s*(WRIT_\w+)", one)
            if match:
                yield match.group(1)
    yield from re.findall(r"^#define (WRIT_(?:CAN_\w+|NONDETERMINISTIC|ABI_MAJOR|ABI_MINOR|NONE|"
                          r"RECORD_DERIVED|FEATURE_SCHEMA_VERSION|NOTE_TYPE)) ", text, flags=re.M)


def entries(include):
    listed_structures, listed_constants = {}, []
    for header in headers(include):
        text = without_comments((pathlib.Path(include) / header).read_text())
        listed_structures.update(structures(text))
        listed_constants.extend(constants(text))
    return listed_structures, listed_constants


def check(include, definition):
    text = pathlib.Path(definition).read_text()
    listed = set(re.findall(r"^STRUCT\((\w+),", text, flags=re.M))
    fields = set(re.findall(r"^FIELD\((\w+), (\w+),", text, flags=re.M))
    values = set(re.findall(r"^CONSTANT\((\w+),", text, flags=re.M))
    found, numbers = entries(include)
    missing = [f"structure {name}" for name in found if name not in listed]
    missing += [f"structure {name} (gone)" for name in listed if name not in found]
    missing += [f"field {name}.{field}" for name, all_fields in found.items()
                for field in all_fields if (name, field) not in fields]
    missing += [f"constant {name}" for name in numbers if name not in values]
    if not listed or not fields or not values:
        missing.append("everything: layout.def lists nothing")
    for one in missing:
        print(f"{definition}: not listed: {one}", file=sys.stderr)
    print(f"{len(found)} structures, {len(fields)} fields, {len(numbers)} constants")
    return 1 if missing else 0


def write(include, definition, compiler):
    found, numbers = entries(include)
    lines = [f"#include <{header}>" for header in headers(include)]
    lines += ["#include <stdio.h>", "int main(void) {"]
    for name, fields in found.items():
        lines.append(f'printf("STRUCT({name}, %zu)\\n", sizeof({name}));')
        for field in fields:
            lines.append(f'printf("FIELD({name}, {field}, %zu, %zu)\\n", offsetof({name}, {field}),'
                         f" sizeof((({name}*)0)->{field}));")
    for name in numbers:
        value = "INT64_MIN" if name == "WRIT_NONE" else None
        if value:
            lines.append(f'printf("CONSTANT({name}, {value})\\n");')
        else:
            lines.append(f'printf("CONSTANT({name}, %lld)\\n", (long long)({name}));')
    lines.append("return 0; }")
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "layout.c"
        source.write_text("\n".join(lines))
        program = str(source.with_suffix(""))
        subprocess.run([compiler, "-std=c11", f"-I{include}", str(source), "-o", program], check=True)
        out = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    head = ("// The layout of the plugin ABI: sizes, offsets and numbers of everything in\n"
            "// sdk/include/writ/abi. Written by layout.py; asserted by layout_check.h.\n")
    pathlib.Path(definition).write_text(head + out)
    return 0


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--check":
        sys.exit(check(sys.argv[2], sys.argv[3]))
    if len(sys.argv) == 5 and sys.argv[1] == "--write":
        sys.exit(write(sys.argv[2], sys.argv[3], sys.argv[4]))
    sys.exit(__doc__)
