#!/usr/bin/env python3
"""Takes the C++ out of a guide, so that the build compiles what the guide says.

Usage: extract_snippets.py GUIDE.md OUT_DIR
A block that opens with ```cpp and `// file: NAME` in its first line becomes OUT_DIR/NAME; blocks
of the same name are joined in the order of the guide. A ```cpp block without a name is refused.
"""
import pathlib
import sys


def extract(guide: pathlib.Path) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    target: list[str] | None = None
    opened = 0
    for number, line in enumerate(guide.read_text(encoding="utf-8").splitlines(), 1):
        if target is None and line.strip() == "```cpp":
            target, opened = [], number
        elif target is not None and line.strip() == "```":
            if not target or not target[0].startswith("// file: "):
                sys.exit(f"{guide}:{opened}: a C++ block must begin with `// file: NAME`")
            name = target[0].removeprefix("// file: ").strip()
            files.setdefault(name, []).extend(target[1:])
            target = None
        elif target is not None:
            target.append(line)
    if target is not None:
        sys.exit(f"{guide}:{opened}: the block is not closed")
    return files


def main() -> None:
    guide, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for name, lines in extract(guide).items():
        path = out / name
        text = "\n".join(lines) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
