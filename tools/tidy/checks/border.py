"""border: coroutines meet blocking code only in the files of lists/border.txt.

Also async-pair: an operation has one form, never X beside XAsync.
"""
import re

CROSSING = re.compile(
    r"\b(?:\w*[bB]locking\w*|pool_?)(?:\(\))?\s*(?:\.|->)\s*Run\s*\(|\bAwaitOnWorker\s*[(<]")
COROUTINE = re.compile(r"\bco_await\b")
BLOCKING_HEADERS = ("storage/hot/",)
DECLARED = re.compile(r"\b([A-Z]\w*)\s*\(")


def check(tree, lists):
    pairs = {}
    for file in tree.files:
        if not file.path.startswith("src/"):
            continue
        if file.is_header:
            names = pairs.setdefault(tree.module_of(file), {})
            for line, match in file.find(DECLARED):
                names.setdefault(match[1], (file, line))
        if not file.is_test and not _may_cross(file, lists):
            yield from _border(file)
    for names in pairs.values():
        for name, (file, line) in names.items():
            if name.endswith("Async") and name[:-len("Async")] in names:
                yield file.finding(line, "async-pair",
                                   f"{name[:-len('Async')]} and {name}: keep one of them")


def _may_cross(file, lists):
    # runtime/ defines both crossings.
    return file.path.startswith("src/runtime/") or lists.crosses_border(file.path)


def _border(file):
    for line, match in file.find(CROSSING):
        yield file.finding(line, "border", "crosses between coroutines and blocking code: move it "
                           "behind an existing crossing, or add the file to lists/border.txt")
    if COROUTINE.search(file.code):
        for line, include, _ in file.includes:
            if include.startswith(BLOCKING_HEADERS):
                yield file.finding(line, "border", f"a file with co_await may not include "
                                   f"\"{include}\": that facade blocks")
