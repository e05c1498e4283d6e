"""The sources that are checked: src/ and tests/, read once, with their modules."""
import functools
import re
from pathlib import Path

import cpp
from findings import Finding

SOURCE_SUFFIXES = (".h", ".cc")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
# Broken on purpose: the tool's own test inputs, and goldens of other tools.
SKIPPED_FOLDERS = ("fixtures",)


class SourceFile:
    """One .h or .cc file. `path` is relative to the root, with slashes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")

    @functools.cached_property
    def stripped(self):
        return cpp.strip(self.text)

    @property
    def code(self):
        """The text without comments and contents of strings; lines stay where they are."""
        return self.stripped.code

    @functools.cached_property
    def code_lines(self):
        return self.code.split("\n")

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def is_test(self):
        """Test code: not part of the program that ships."""
        return (self.path.endswith(("_test.cc", "_fuzz.cc", "_for_test.h"))
                or self.path.startswith(("tests/", "src/testing/")))

    @functools.cached_property
    def includes(self):
        """(line, path, quoted) of every #include that is not in a comment."""
        found = []
        for number, code in enumerate(self.code_lines, start=1):
            if "include" not in code:
                continue
            match = INCLUDE.match(self.lines[number - 1])
            if match and INCLUDE_IN_CODE.match(code):
                found.append((number, match[2], match[1] == '"'))
        return found

    def find(self, pattern):
        """(line, match) of a pattern in the code."""
        for match in pattern.finditer(self.code):
            yield self.code.count("\n", 0, match.start()) + 1, match

    def finding(self, line, rule, message):
        return Finding(self.path, line, rule, message)


INCLUDE_IN_CODE = re.compile(r"^\s*#\s*include\b")


class Layers:
    """src/LAYERS: modules, lowest first, and what each may include."""

    PATH = "src/LAYERS"

    def __init__(self, text):
        self.allowed = {}
        self.line_of = {}
        self.findings = []
        for number, line in enumerate(text.splitlines(), start=1):
            line = line.partition("#")[0].strip()
            if line:
                self._read_line(number, line)

    def _read_line(self, number, line):
        module, colon, rest = line.partition(":")
        module = module.strip()
        if not colon or not re.fullmatch(r"[a-z_/]+", module):
            self._complain(number, "wanted `module: modules it may include`")
            return
        if module in self.allowed:
            self._complain(number, f"{module} has a line already")
        for dependency in rest.split():
            if dependency not in self.allowed:
                self._complain(number, f"{module} names {dependency}, which does not stand above "
                               "it: lowest first, so that a cycle cannot be written down")
        self.allowed[module] = set(rest.split())
        self.line_of[module] = number

    def _complain(self, number, message):
        self.findings.append(Finding(self.PATH, number, "layers", message))

    def module_of(self, path):
        """The longest module that is a folder of `path`, which is relative to src/."""
        parts = path.split("/")[:-1]
        for length in range(len(parts), 0, -1):
            module = "/".join(parts[:length])
            if module in self.allowed:
                return module
        return None


class Tree:
    def __init__(self, root):
        self.root = Path(root)
        self.files = [SourceFile(path, text) for path, text in self._read()]
        layers = self.root / Layers.PATH
        self.layers = Layers(layers.read_text() if layers.exists() else "")

    def _read(self):
        for path in self.paths("src", "tests"):
            if path.endswith(SOURCE_SUFFIXES):
                yield path, (self.root / path).read_text(encoding="utf-8", errors="replace")

    def paths(self, *folders):
        """Every file below the folders, relative to the root, sorted."""
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                relative = path.relative_to(self.root)
                if path.is_file() and not set(relative.parts) & set(SKIPPED_FOLDERS):
                    yield relative.as_posix()

    def has(self, path):
        return (self.root / path).exists()

    def module_of(self, file):
        """The module of a source file; `tests/<folder>` for what is not under src/."""
        if file.path.startswith("src/"):
            return self.layers.module_of(file.path[len("src/"):])
        return "/".join(file.path.split("/")[:2]) if file.path.count("/") > 1 else "tests"
