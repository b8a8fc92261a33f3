"""Finds comments and rows of CONTRIBUTING.md that name a file which does not exist.

    python3 .ci/named_files.py

A name in backticks, such as `plan/near.rs`, counts as a file if it has one of our endings. It may be relative to the
file that names it, to that file's submodules, or to one of `FOLDERS`. This script needs only the standard library.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The folders to which a name may be relative, wherever it is written.
FOLDERS = [
    ".",
    "core",
    "core/src",
    "core/tests/vectors/detect",
    "bindings-python",
    "bindings-python/src",
    "bindings-python/python/onroll",
    "bindings-node",
    "bindings-node/lib",
]
COMMENT = re.compile(r'\s*(?://|#|\*|""")')
NAME = re.compile(r"`([\w./-]+\.(?:rs|tsv?|pyi?|mjs|css|txt|md|html))`")
CODE = (".rs", ".ts", ".py", ".pyi", ".mjs", ".cts")


def names(path: Path) -> Iterator[tuple[int, str]]:
    """Returns the files that a file names, each with its line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if path.suffix == ".md" or COMMENT.match(line):
            yield from ((number, name) for name in NAME.findall(line))


def missing(tracked: set[Path]) -> Iterator[str]:
    """Returns a message for each name without a file."""
    named = [file for file in tracked if file.suffix in CODE] + [Path("CONTRIBUTING.md")]
    for file in sorted(named):
        folders = [file.parent, file.with_suffix(""), *map(Path, FOLDERS)]
        for number, name in names(ROOT / file):
            if not any(folder / name in tracked for folder in folders):
                yield f"{file}:{number}: there is no file {name}"


def main() -> int:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = list(missing({Path(line) for line in listed.splitlines() if (ROOT / line).exists()}))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
