"""Compares the time to import onroll with the time to import pydantic.

Each is imported in fresh interpreters, which measure the time themselves, without the start of Python.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from importlib.metadata import version

ROUNDS = 15


def seconds(program: str) -> float:
    timed = f"import time; begun = time.perf_counter(); {program}; print(time.perf_counter() - begun)"
    return float(subprocess.run([sys.executable, "-c", timed], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    programs = ["import onroll", "import pydantic; pydantic.BaseModel"]
    taken = [[seconds(program) for program in programs] for _ in range(ROUNDS)]
    onroll, pydantic = (statistics.median(times) for times in zip(*taken, strict=True))
    name = f"importing the Python module / pydantic {version('pydantic')}"
    print(json.dumps({name: onroll / pydantic}))


if __name__ == "__main__":
    main()
