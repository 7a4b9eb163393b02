"""As much of JSON Schema (2020-12) as the schemas of configurations use, for tests that compare it with the host.

A keyword that is not known here is an error: nothing is to pass for lack of understanding.
"""

import re

_NO_MATTER = {"$schema", "title", "description", "default", "examples"}


def _is(value, kind):
    if kind == "integer":
        whole = isinstance(value, float) and value.is_integer()
        return whole or (isinstance(value, int) and not isinstance(value, bool))
    return isinstance(value, {"object": dict, "array": list, "string": str, "boolean": bool}[kind])


def _object(value, schema, at):
    known = schema.get("properties", {})
    for name, item in value.items():
        if name in known:
            yield from problems(item, known[name], f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}: unknown key {name}"
        elif "additionalProperties" in schema:
            yield from problems(item, schema["additionalProperties"], f"{at}.{name}")
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}: no {name}"


def problems(value, schema, at="$"):
    """What is wrong with the value, line by line."""
    kinds = schema.get("type")
    if kinds is not None and not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        yield f"{at}: not {kinds}"
        return
    if isinstance(value, dict):
        yield from _object(value, schema, at)
    for keyword, wanted in schema.items():
        if keyword == "enum" and value not in wanted:
            yield f"{at}: none of {wanted}"
        elif keyword == "const" and value != wanted:
            yield f"{at}: not {wanted}"
        elif keyword == "pattern" and isinstance(value, str) and not re.search(wanted, value):
            yield f"{at}: {value!r} does not match {wanted}"
        elif keyword == "minLength" and isinstance(value, str) and len(value) < wanted:
            yield f"{at}: too short"
        elif keyword == "maxLength" and isinstance(value, str) and len(value) > wanted:
            yield f"{at}: too long"
        elif keyword in ("minimum", "maximum") and isinstance(value, (int, float)) and not isinstance(value, bool):
            if (value < wanted) if keyword == "minimum" else (value > wanted):
                yield f"{at}: {value} is beyond the {keyword} {wanted}"
        elif keyword == "minItems" and isinstance(value, list) and len(value) < wanted:
            yield f"{at}: too few"
        elif keyword == "items" and isinstance(value, list):
            for i, item in enumerate(value):
                yield from problems(item, wanted, f"{at}[{i}]")
        elif keyword == "allOf":
            for part in wanted:
                yield from problems(value, part, at)
        elif keyword == "if" and not any(problems(value, wanted, at)):
            yield from problems(value, schema.get("then", {}), at)
        elif keyword not in _KNOWN | _NO_MATTER:
            raise AssertionError(f"{at}: the keyword {keyword} is not known")


_KNOWN = {"type", "properties", "additionalProperties", "required", "enum", "const", "pattern", "minLength", "maxLength",
          "minimum", "maximum", "minItems", "items", "allOf", "if", "then"}
