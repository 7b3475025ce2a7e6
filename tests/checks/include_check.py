#!/usr/bin/env python3
"""Checks every #include of ours against include_table.txt: file:line and the broken rule for each.

  include_check.py [ROOT]
"""
import fnmatch
import re
import sys
from pathlib import Path

import sources

TABLE = Path(__file__).with_name("include_table.txt")
# The parts that the table rules. Tests, benches and fixtures may include anything.
RULED = ("kiosk", "simulators", "mock-platform", "scenarios")
OURS = RULED + ("fixtures", "bench", "tests")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


class Rule:
    """One line of the table."""

    def __init__(self, line):
        self.folder, _, patterns = (word.strip() for word in line.partition(":"))
        self.patterns = patterns.split()
        escaped = re.escape(self.folder).replace("<device>", "(?P<device>[^/]+)")
        self.match = re.compile(f"(?P<folder>{escaped})/").match

    def allows(self, file, target):
        held = self.match(file)
        allowed = target.startswith(held["folder"] + "/")
        for pattern in self.patterns:
            forbids = pattern.startswith("!")
            if "device" in held.groupdict():
                pattern = pattern.replace("<device>", held["device"])
            if fnmatch.fnmatchcase(target, pattern.lstrip("!")):
                allowed = not forbids
        return allowed


def load_rules(table):
    # Longest first; a literal folder goes before <device>, which is made to count as short.
    rules = [Rule(line) for _, line in sources.read_table(table)]
    return sorted(rules, key=lambda rule: -len(rule.folder.replace("<device>", "")))


def check(root, rules):
    """The complaints about all sources below `root`."""
    complaints = []
    for file in map(str, sources.find_sources(root, RULED)):
        rule = next((rule for rule in rules if rule.match(file)), None)
        if rule is None:
            complaints.append(f"{file}:1: no line of include_table.txt rules this folder")
            continue
        text = sources.without_comments((Path(root) / file).read_text(encoding="utf-8"),
                                        keep_strings=True)
        for include in _INCLUDE.finditer(text):
            quote, target = include.groups()
            place = f"{file}:{text.count(chr(10), 0, include.start()) + 1}"
            ours = target.split("/")[0] in OURS and "/" in target
            if quote == '"' and not ours:
                complaints.append(f'{place}: "{target}" is not written from the repository\'s root')
            elif ours and quote == "<":
                complaints.append(f"{place}: <{target}> is ours, and ours stand in quotes")
            elif ours and not rule.allows(file, target):
                may = " ".join(rule.patterns) or "nothing of ours"
                complaints.append(f"{place}: {rule.folder} may not include {target} (it may: {may})")
    return complaints


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    complaints = check(root, load_rules(TABLE))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
