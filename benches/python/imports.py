"""Compares the time to import onroll with the time to import pydantic.

Each is imported in a fresh interpreter, and the time of an empty interpreter is subtracted.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

ROUNDS = 15


def seconds(program: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - begun


def main() -> None:
    programs = ["pass", "import onroll", "import pydantic; pydantic.BaseModel"]
    taken = [[seconds(program) for program in programs] for _ in range(ROUNDS)]
    empty, onroll, pydantic = (statistics.median(times) for times in zip(*taken, strict=True))
    name = f"importing the Python module / pydantic {version('pydantic')}"
    print(json.dumps({name: (onroll - empty) / (pydantic - empty)}))


if __name__ == "__main__":
    main()
