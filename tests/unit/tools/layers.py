#!/usr/bin/env python3
"""Data goes down the list of folders and never back: a file of src/FOLDER includes only headers of
its own folder and of those above it. Also: every header that is named is there, and none is
included twice by one file."""
import pathlib
import re
import sys

FOLDERS = ["base", "show", "net", "mail", "auth", "judge", "trace", "ledger", "rank", "case", "cut",
           "effect", "serve", "cli"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def faults(src):
    for path in sorted(src.rglob("*.[ch]")) + sorted(src.rglob("*.inc")):
        folder = path.relative_to(src).parts[0]
        if folder not in FOLDERS:
            yield f"{path}: folder {folder} has no place in the order of folders"
            continue
        named = INCLUDE.findall(path.read_text())
        for name in named:
            other = name.split("/")[0]
            if not (src / name).is_file():
                yield f'{path}: "{name}" is not in src'
            elif FOLDERS.index(other) > FOLDERS.index(folder):
                yield f"{path}: {folder} stands above {other} and may not include {name}"
        for name in sorted({n for n in named if named.count(n) > 1}):
            yield f"{path}: {name} is included twice"


def main():
    src = pathlib.Path(sys.argv[1])
    found = list(faults(src))
    print("\n".join(found))
    if not any(src.rglob("*.c")):
        sys.exit(f"{src}: no source there")
    sys.exit(bool(found))


main()
