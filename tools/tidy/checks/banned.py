"""Banned calls and words, each with what to do instead."""
import re
from typing import NamedTuple

from findings import Finding


class Ban(NamedTuple):
    rule: str
    pattern: re.Pattern
    message: str
    only_shipped: bool = False  # test code may


# Not a member (`x.time(`), not a part of a longer name or of another namespace.
FREE = r"(?<![\w.>:])(?:std::|::)?"

BANS = (
    Ban("sleep", re.compile(r"\bsleep_(?:for|until)\b|" + FREE +
                            r"(?:(?:u|nano)sleep\s*\(|sleep\s*\(\s*\w+\s*\))"),
        "nothing sleeps: wait for an event, or advance the injected clock in a test"),
    Ban("clock", re.compile(r"\b(?:system|steady|high_resolution)_clock::now\b|" + FREE +
                            r"(?:time\s*\(\s*(?:nullptr|NULL|0|&)|gettimeofday\s*\(|clock_gettime\s*\()"),
        "time comes from the injected Clock (base/clock.h)"),
    Ban("random", re.compile(r"\brandom_device\b|" + FREE + r"s?rand\s*\("),
        "randomness comes from the injected Random (base/random.h)"),
    Ban("unsafe-string", re.compile(FREE + r"(?:v?sprintf|strn?cpy|strn?cat|gets)\s*\("),
        "writes without knowing the size: use std::string or std::to_chars"),
    Ban("using-namespace", re.compile(r"\busing\s+namespace\b(?!\s+std::\w*literals\b)"),
        "name what is used: a using-directive changes the meaning of code far away"),
    Ban("regex", re.compile(r"\bstd::w?regex\w*|#\s*include\s*<regex>"),
        "std::regex is slow and recurses without a limit: write the few lines of scanning"),
    Ban("endl", re.compile(r"\bstd::endl\b"), "flushes each line: write '\\n'"),
    Ban("stdout", re.compile(FREE + r"(?:v?printf|puts|putchar)\s*\(|\bstd::cout\b|"
                             r"\b(?:fprintf|fputs|fwrite)\s*\([^;]*\bstdout\b"),
        "a library does not own standard output: use the log (observe)", only_shipped=True),
    Ban("debug-define", re.compile(r"\b_GLIBCXX_DEBUG\b|#\s*define\s+(?:DEBUG|DUCKDB_\w*)\b"),
        "changes the layout of types that the prebuilt libraries share with us"),
)
BUILD_DEFINE = re.compile(r"_GLIBCXX_DEBUG|-D\s*DEBUG\b|-D\s*DUCKDB_|\bDUCKDB_\w+=")

NEW = re.compile(r"\bnew\s+(?!\()[\w:]")
# A new object must be owned at once, or live until the process ends.
OWNED = re.compile(r"_ptr\b|Ptr\b|\.reset\s*\(|\bstatic\b|operator\s*$|#")


def check(tree, lists):
    for file in tree.files:
        for ban in BANS:
            if ban.only_shipped and file.is_test:
                continue
            for line, _ in file.find(ban.pattern):
                yield file.finding(line, ban.rule, ban.message)
        yield from _naked_new(file)
    yield from _build_files(tree)


def _naked_new(file):
    if file.is_test:
        return
    for line, match in file.find(NEW):
        start = max(file.code.rfind(mark, 0, match.start()) for mark in ";{}")
        if not OWNED.search(file.code[start + 1:match.start()]):
            yield file.finding(line, "naked-new",
                               "put a new object into a unique_ptr where it is made")


def _build_files(tree):
    paths = [path for path in tree.paths("cmake", "tests", "src")
             if path.endswith((".cmake", "CMakeLists.txt"))]
    for path in ["CMakeLists.txt"] + paths:
        if not tree.has(path):
            continue
        for number, line in enumerate((tree.root / path).read_text().splitlines(), start=1):
            if BUILD_DEFINE.search(line.partition("#")[0]):
                yield Finding(path, number, "debug-define", BANS[-1].message)
