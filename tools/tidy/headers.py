"""Compiles every header of src/ alone: a header includes what it uses.

Takes each header's flags from compile_commands.json (a source of its module),
without the precompiled header, which would hide what is missing. Remembers in
the build tree the digest of each header that passed, so a second run compiles
only what changed. Prints `path:1: self-contained: …` and exits 1 on a failure.
"""
import argparse
import hashlib
import json
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from findings import Finding
from tree import Tree

MEMORY = "tidy_headers.json"
ERROR_LINES_MAX = 6
ERROR_PLACE = re.compile(r"^\S*?/src/(\S+?):\d+:\d+: (?:fatal )?error:", re.MULTILINE)


def compile_flags(command):
    """The compiler and its flags, without launcher, input, output and precompiled header."""
    words = shlex.split(command)
    if "ccache" in Path(words[0]).name:
        words = words[1:]
    flags = []
    at = 0
    while at < len(words):
        word = words[at]
        if word in ("-o", "-c", "-MF", "-MT", "-MQ"):
            at += 2
        elif word == "-Xclang" and words[at + 1] in ("-include-pch", "-include"):
            at += 4
        elif word == "-Xclang" and words[at + 1] == "-fno-pch-timestamp":
            at += 2
        elif word == "-include" and "cmake_pch" in words[at + 1]:
            at += 2
        elif word in ("-MD", "-MMD", "-Winvalid-pch"):
            at += 1
        else:
            flags.append(word)
            at += 1
    return flags


class Flags:
    """Which flags a header is compiled with: those of a source of its own module."""

    def __init__(self, tree, commands):
        self._tree = tree
        self._by_module = {}
        self._any = None
        for entry in commands:
            path = Path(entry["file"])
            if path.name.startswith("cmake_pch"):
                continue
            flags = compile_flags(entry["command"])
            self._any = self._any or flags
            try:
                relative = path.relative_to(tree.root / "src").as_posix()
            except ValueError:
                continue
            # A test's flags would also do, but a library's come first.
            is_test = relative.endswith(("_test.cc", "_fuzz.cc"))
            module = tree.layers.module_of(relative)
            if not is_test or module not in self._by_module:
                self._by_module[module] = flags

    def of(self, file):
        return self._by_module.get(self._tree.module_of(file)) or self._any


def digests(tree, flags):
    """A digest of each header, everything of ours it includes, and its flags."""
    files = {file.path[len("src/"):]: file for file in tree.files if file.path.startswith("src/")}

    def closure(name, seen):
        if name in seen or name not in files:
            return
        seen.add(name)
        for _, include, _ in files[name].includes:
            closure(include, seen)

    result = {}
    for name, file in files.items():
        if not file.is_header:
            continue
        seen = set()
        closure(name, seen)
        digest = hashlib.sha256(json.dumps(flags.of(file)).encode())
        for included in sorted(seen):
            digest.update(included.encode() + b"\0" + files[included].text.encode() + b"\0")
        result[name] = digest.hexdigest()
    return result


def compile_alone(name, flags):
    """The compiler's complaints about the header, or nothing. Twice, for #pragma once."""
    text = f'#include "{name}"\n#include "{name}"\n'
    done = subprocess.run(flags + ["-fsyntax-only", "-x", "c++", "-"], input=text, text=True,
                          errors="replace", capture_output=True, check=False)
    return "" if done.returncode == 0 else done.stderr


def check(root, build, jobs):
    tree = Tree(root)
    flags = Flags(tree, json.loads((build / "compile_commands.json").read_text()))
    memory = build / MEMORY
    passed = set(json.loads(memory.read_text())) if memory.exists() else set()
    wanted = digests(tree, flags)
    files = {file.path[len("src/"):]: file for file in tree.files if file.path.startswith("src/")}
    changed = sorted(name for name, digest in wanted.items() if digest not in passed)
    print(f"{len(changed)} of {len(wanted)} headers to compile", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        results = pool.map(lambda name: compile_alone(name, flags.of(files[name])), changed)
        failed = {name: errors for name, errors in zip(changed, results) if errors}
    for name in failed:
        del wanted[name]
    # Only what stands in the tree today, so that the file does not grow.
    memory.write_text(json.dumps(sorted(wanted.values())))
    return complaints(failed)


def complaints(failed):
    """One finding per broken header, and none for those that only include it."""
    findings = []
    for name, errors in failed.items():
        place = ERROR_PLACE.search(errors)
        origin = place and place[1]
        if origin and origin != name and origin in failed:
            continue
        first = "\n  ".join(errors.splitlines()[:ERROR_LINES_MAX])
        findings.append(Finding(f"src/{name}", 1, "self-contained",
                                f"does not compile alone:\n  {first}"))
    return findings


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the repository")
    parser.add_argument("--build", type=Path, required=True, help="a configured build tree")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    findings = check(arguments.root.resolve(), arguments.build.resolve(), arguments.jobs)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
