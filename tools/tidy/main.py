"""Checks what is executable of our style; run by `./dev tidy` and by ctest.

Prints `path:line: rule: message` for each finding and exits 1 when there is one.
Each rule lives in a module of checks/ with a function `check(tree, lists)`;
exceptions are lines with a reason in lists/.
"""
import argparse
import sys
from pathlib import Path

from checks import banned, border, dead, documents, fences, layers, limits, names
from exceptions import Lists
from tree import Tree

CHECKS = (layers, fences, limits, names, banned, border, documents, dead)


def findings_of(root, lists_directory):
    tree = Tree(root)
    lists = Lists(lists_directory)
    findings = [finding for check in CHECKS for finding in check.check(tree, lists)]
    findings = [finding for finding in findings if not lists.allows(finding)]
    findings += lists.stale(tree)
    return sorted(set(findings))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    here = Path(__file__).resolve().parent
    parser.add_argument("--root", type=Path, default=here.parent.parent, help="the repository")
    parser.add_argument("--lists", type=Path, default=here / "lists", help="fences and exceptions")
    arguments = parser.parse_args()
    findings = findings_of(arguments.root, arguments.lists)
    for finding in findings:
        print(finding)
    if findings:
        print(f"tidy: {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
