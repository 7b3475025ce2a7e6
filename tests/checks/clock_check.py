#!/usr/bin/env python3
"""Checks that our sources keep to the seams for time, threads and chance.

clock_rules.txt says what is forbidden, clock_allowed.txt where it is allowed, with a reason. A
forbidden word elsewhere, an entry without reason and an entry that nothing needs are errors.

  clock_check.py [ROOT [ALLOWED]]
"""
import re
import sys
from pathlib import Path

import sources

HERE = Path(__file__).parent
SCANNED = ("kiosk", "simulators", "mock-platform", "scenarios", "fixtures", "tests")
# Tests of the real rungs may have threads and clocks, but a test that sleeps is slow or flaky.
TESTS_RULES = {"sleep"}


def load_rules(path):
    return [(name, re.compile(pattern)) for name, pattern in
            (line.split(None, 1) for _, line in sources.read_table(path))]


def load_allowed(path, complaints):
    """(file, rule) -> line number of the entry."""
    allowed = {}
    for number, line in sources.read_table(path):
        words = line.split(None, 2)
        if len(words) < 3:
            complaints.append(f"{Path(path).name}:{number}: an entry is FILE RULE REASON, and every "
                              f"entry needs its reason")
            continue
        allowed[(words[0], words[1])] = number
    return allowed


def check(root, rules, allowed_path):
    """The complaints about all sources below `root`, and about the allow-list itself."""
    complaints = []
    allowed = load_allowed(allowed_path, complaints)
    used = set()
    for file in map(str, sources.find_sources(root, SCANNED)):
        text = sources.without_comments((Path(root) / file).read_text(encoding="utf-8"),
                                        keep_strings=False)
        for name, pattern in rules:
            if file.startswith("tests/") and name not in TESTS_RULES:
                continue
            for match in pattern.finditer(text):
                if (file, name) in allowed:
                    used.add((file, name))
                    continue
                line = text.count("\n", 0, match.start()) + 1
                word = " ".join(match.group(0).split())
                complaints.append(f"{file}:{line}: '{word}' breaks the rule '{name}'; use the seam "
                                  f"in kiosk/runtime, or give a reason in clock_allowed.txt")
    for (file, name), number in sorted(allowed.items()):
        if (file, name) not in used:
            complaints.append(f"{Path(allowed_path).name}:{number}: nothing needs '{file} {name}' "
                              f"any more; delete the entry")
    return complaints


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.resolve().parents[1]
    allowed = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "clock_allowed.txt"
    complaints = check(root, load_rules(HERE / "clock_rules.txt"), allowed)
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
