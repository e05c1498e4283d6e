"""pragma-once, purpose, readme, todo: what every file and module says about itself.

purpose-source is purpose for a .cc that begins with its own header.
"""
import re

from findings import Finding

README_LINES_MIN = 12
README_LINES_MAX = 60
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
CONDITION = re.compile(r"\bTODO\(when [^)\n]+\): ")


def check(tree, lists):
    for file in tree.files:
        if file.is_header and not re.search(r"^#pragma once$", file.code, re.MULTILINE):
            yield file.finding(1, "pragma-once", "the header has no #pragma once")
        if not file.text.lstrip().startswith(("//", "/*")):
            rule = "purpose-source" if _begins_with_own_header(file) else "purpose"
            yield file.finding(1, rule, "the file does not begin with what it is for")
        for line, comment in file.stripped.comments:
            if UNFINISHED.search(comment) and not CONDITION.search(comment):
                yield file.finding(line, "todo", "name the condition for its removal: "
                                   "`TODO(when …): …`")
    yield from _readmes(tree)


def _begins_with_own_header(file):
    stem = file.path[:-len(".cc")]
    return file.text.startswith("#include") and f"src/{file.includes[0][1]}" == stem + ".h"


def _readmes(tree):
    with_sources = {tree.module_of(file) for file in tree.files if file.path.startswith("src/")}
    for module in tree.layers.allowed:
        if module not in with_sources:
            continue
        path = f"src/{module}/README.md"
        if not tree.has(path):
            yield Finding(path, 1, "readme", "the module has no README.md (purpose, promises, "
                          "main types, threads)")
            continue
        count = len((tree.root / path).read_text().splitlines())
        if not README_LINES_MIN <= count <= README_LINES_MAX:
            yield Finding(path, 1, "readme", f"{count} lines, wanted {README_LINES_MIN} to "
                          f"{README_LINES_MAX}")
