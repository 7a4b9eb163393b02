"""Checks every #include of the tree against modules.txt.

    includes.py ROOT [TABLE]

Prints one line per violation, then what was checked. Exit status 1 when there is a violation, a file
that belongs to no module, a cycle in the table, or nothing to check.
"""

import pathlib
import re
import sys

import source_text

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)


class Table:
    """modules.txt: which module may include which, and which libraries have only one home."""

    def __init__(self, path):
        self.allowed = {}
        self.homes = {}
        for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
            line = line.split("#", 1)[0].strip()
            if not line:
                continue
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) != 3 or not cells[0] or cells[0] in self.allowed:
                raise SystemExit(f"{path}:{number}: wants `module | may include | only home of`")
            name, allowed, libraries = cells
            self.allowed[name] = set(allowed.split())
            for library in libraries.split():
                self.homes.setdefault(library, set()).add(name)
        for name, allowed in self.allowed.items():
            if allowed == {"*"}:
                allowed.update(self.allowed)
                allowed.discard("*")
            unknown = allowed - set(self.allowed)
            if unknown:
                raise SystemExit(f"{path}: {name} may include the unknown {sorted(unknown)}")

    def cycle(self):
        """The modules on a cycle of allowed edges, or an empty list."""
        remaining = {name: allowed - {name} for name, allowed in self.allowed.items()}
        while True:
            included = set().union(*remaining.values())
            ends = {name for name in remaining if not remaining[name] or name not in included}
            if not ends:
                break
            remaining = {name: remaining[name] - ends for name in remaining if name not in ends}
        return sorted(remaining)


def module_of(relative, table):
    """The module of a file's path relative to the root, or None."""
    parts = relative.parts
    if parts[0] == "host":
        return parts[1] if len(parts) > 2 and parts[1] in table.allowed else None
    if "/".join(parts[:2]) in table.allowed:
        return "/".join(parts[:2])
    return parts[0] if parts[0] in table.allowed else None


def unit_of(relative):
    """What a file may include freely: its own module, plugin, strategy or example."""
    parts = relative.parts
    if parts[0] == "sdk":
        return ("sdk",)
    return parts[:2]


class Tree:
    def __init__(self, root, table):
        self.root = pathlib.Path(root).resolve()
        self.table = table
        self.files = source_text.sources(self.root)
        self.direct = {}  # file -> [(line, target file in the tree)]
        self.libraries = {}  # file -> {library it includes itself: line}
        self.includes = 0

    def _resolve(self, file, quoted, angled):
        name = quoted or angled
        folders = [self.root, self.root / "sdk" / "include", self.root / "sdk" / "testing"]
        if quoted:
            folders.insert(0, file.parent)
        for folder in folders:
            candidate = (folder / name).resolve()
            if candidate.is_file() and self.root in candidate.parents:
                return candidate
        return None

    def violations(self):
        found = []
        cycle = self.table.cycle()
        if cycle:
            found.append(f"modules.txt: cycle through {' '.join(cycle)}")
        for file in self.files:
            found += self._direct_violations(file)
        for file in self.files:
            found += self._library_violations(file)
        if not self.files or not self.includes:
            found.append(f"{self.root}: nothing to check")
        return found

    def _direct_violations(self, file):
        relative = file.relative_to(self.root)
        module = module_of(relative, self.table)
        if module is None:
            return [f"{relative}:1: belongs to no module"]
        self.direct[file] = []
        self.libraries[file] = {}
        found = []
        text = source_text.without_comments(file.read_text(encoding="utf-8"))
        found += self._own_header_violations(file, text)
        for match in _INCLUDE.finditer(text):
            self.includes += 1
            line = source_text.line_of(text, match.start(0))
            quoted, angled = match.groups()
            name = quoted or angled
            target = self._resolve(file, quoted, angled)
            if target is None:
                if quoted:
                    found.append(f'{relative}:{line}: "{name}" is no file of the tree')
                elif name.startswith("writ/"):
                    found.append(f"{relative}:{line}: <{name}> is no header of the SDK")
                for library in self.table.homes:
                    if name == library or name.startswith(library + "/"):
                        self.libraries[file].setdefault(library, line)
                if module == "sdk" and name.startswith("boost/"):
                    found.append(f"{relative}:{line}: the SDK includes no Boost")
                continue
            self.direct[file].append((line, target))
            other = target.relative_to(self.root)
            if unit_of(other) == unit_of(relative):
                continue
            other_module = module_of(other, self.table)
            if other_module not in self.table.allowed[module] or other_module == module:
                found.append(f"{relative}:{line}: {module} may not include {name}")
        return found

    def _own_header_violations(self, file, text):
        """A header that comes first in its source has what it needs, or the source does not compile."""
        own = file.with_suffix(".hpp")
        first = _INCLUDE.search(text)
        if file.suffix != ".cpp" or not own.is_file() or (first and self._resolve(file, *first.groups()) == own):
            return []
        line = source_text.line_of(text, first.start(0)) if first else 1
        return [f"{file.relative_to(self.root)}:{line}: {own.name} is not its first include"]

    def _library_violations(self, file):
        relative = file.relative_to(self.root)
        module = module_of(relative, self.table)
        if module is None:
            return []
        found = []
        for line, start in [(None, file), *self.direct[file]]:
            for library in sorted(self._reached(start, file if line else None)):
                if module not in self.table.homes[library]:
                    line = line or self.libraries[file][library]
                    homes = " and ".join(sorted(self.table.homes[library]))
                    found.append(f"{relative}:{line}: {module} reaches {library}, home: {homes}")
        return found

    def _reached(self, start, stop):
        """Libraries of `start` itself (stop is None) or of all it leads to."""
        if stop is None:
            return self.libraries[start]
        seen, queue, reached = {stop, start}, [start], set()
        while queue:
            file = queue.pop()
            reached |= set(self.libraries.get(file, ()))
            for _, target in self.direct.get(file, ()):
                if target not in seen:
                    seen.add(target)
                    queue.append(target)
        return reached


def main(arguments):
    root = pathlib.Path(arguments[0])
    table = Table(arguments[1] if len(arguments) > 1 else pathlib.Path(__file__).parent / "modules.txt")
    tree = Tree(root, table)
    violations = tree.violations()
    for violation in violations:
        print(violation)
    print(f"{len(tree.files)} files, {tree.includes} includes, {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
