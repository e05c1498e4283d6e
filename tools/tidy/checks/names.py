"""name: no drawer names for folders, files and types; snake_case files in .h and .cc."""
import re

from findings import Finding

DRAWERS = {"util", "utils", "common", "core", "helper", "helpers", "manager", "managers", "misc"}
SOURCE_LIKE = (".h", ".cc", ".cpp", ".cxx", ".c", ".hpp", ".hh", ".hxx", ".inc", ".ipp")
FILE_NAME = re.compile(r"[a-z0-9_]+\.(?:h|cc)")
# Only what we declare: a library's own names appear in our code as well. A forward
# declaration (`class X;`) is of somebody's type, so it does not count.
DECLARED = re.compile(
    r"\b(?:class|struct|union|enum(?:\s+class)?|concept|using)\s+"
    r"(\w*(?:Manager|Helper|Utils?|Impl2))\b(?!\s*;)|"
    r"\bnamespace\s+(\w*(?:util|utils|common|helper|helpers))\s*\{")


def check(tree, lists):
    for path in tree.paths("src", "tests", "tools", "cmake"):
        yield from _path(path)
    for file in tree.files:
        for line, match in file.find(DECLARED):
            yield file.finding(line, "name", f"{match[1] or match[2]} says nothing: name what it "
                               "holds or does (no Manager, Helper, Util, Impl2)")


def _path(path):
    parts = path.split("/")
    for part in parts:
        drawer = DRAWERS & set(part.partition(".")[0].split("_"))
        if drawer and "__pycache__" not in part:
            yield Finding(path, 1, "name", f"\"{drawer.pop()}\" is a drawer, not a name")
    if path.startswith(("src/", "tests/")) and path.endswith(SOURCE_LIKE):
        if not FILE_NAME.fullmatch(parts[-1]):
            yield Finding(path, 1, "name", "C++ files are snake_case and end in .h or .cc")
