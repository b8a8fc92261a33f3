"""Writes parts of RESULTS.md. Each command writes its own part."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benches" / "RESULTS.md"


def write_part(heading: str, text: str) -> None:
    """Replaces one part of RESULTS.md, or adds it at the end. The other parts stay as they are."""
    page = RESULTS.read_text(encoding="utf-8").rstrip() + "\n"
    part = f"## {heading}\n\n{text.strip()}\n"
    old = re.compile(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    new, count = old.subn(lambda _: part + "\n", page)
    page = new if count else f"{page}\n{part}"
    RESULTS.write_text(page.rstrip() + "\n", encoding="utf-8")
    print(part)
