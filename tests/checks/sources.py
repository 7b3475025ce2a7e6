"""Our C++ sources as the checks see them: which files there are, and their text without comments."""
import re
from pathlib import Path

SUFFIXES = {".h", ".hpp", ".cpp", ".cc"}

# A string (raw or not), a character, or a comment; strings first, so that "//" inside one is safe.
_TOKENS = re.compile(
    r'R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.DOTALL)


def find_sources(root, parts):
    """Every C++ file below the folders `parts` of `root`, sorted, as paths relative to `root`."""
    root = Path(root)
    found = []
    for part in parts:
        found += [path.relative_to(root) for path in (root / part).rglob("*")
                  if path.suffix in SUFFIXES and path.is_file()]
    return sorted(found)


def without_comments(text, keep_strings):
    """`text` with its comments, and unless kept its strings, blanked; line numbers stay."""
    def blank(match):
        word = match.group(0)
        if keep_strings and not word.startswith(("//", "/*")):
            return word
        return "".join("\n" if c == "\n" else " " for c in word)
    return _TOKENS.sub(blank, text)


def read_table(path):
    """The lines of a data file without empty lines and comments, each with its line number."""
    lines = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip()
        if line and not line.startswith("#"):
            lines.append((number, line))
    return lines
