#!/usr/bin/env python3
"""Checks what is tracked: no path of one machine, and no word that marks unfinished work.

  tree_check.py [ROOT]       exit code 77 (skipped) where ROOT is no git work tree
"""
import re
import subprocess
import sys
from pathlib import Path

SKIPPED = 77
# This folder holds the rules and their self-tests.
EXCEPT = "tests/checks/"
RULES = (
    ("a path of one machine",
     re.compile(r"(?<![\w./:}\-])/(?:home|Users|root|work)/\w+|/tmp/\w+_jobs\b")),
    ("a word of unfinished work",
     re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\b(?:not (?:yet )?implemented|unimplemented)\b"
                r"|\b[Ss]tub(?:s|bed)?\b")),
)


def tracked_files(root):
    done = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True)
    return None if done.returncode else [name.decode() for name in done.stdout.split(b"\0") if name]


def check(root, files):
    """The complaints about `files`, which are relative to `root`."""
    complaints = []
    for file in files:
        path = Path(root) / file
        if file.startswith(EXCEPT) or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
            for name, pattern in RULES:
                match = pattern.search(line)
                if match:
                    complaints.append(f"{file}:{number}: '{match.group(0)}' is {name}")
    return complaints


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    files = tracked_files(root)
    if files is None:
        print(f"{root} is no git work tree")
        return SKIPPED
    complaints = check(root, files)
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
