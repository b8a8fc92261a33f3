"""Compares how fast onroll and other libraries read a workbook of 2,000 students.

Writes the part "Workbooks" of RESULTS.md.

`make bench-workbooks` runs this script with a Rust program. That program makes the workbook, and measures calamine,
which reads only the cells. Only onroll checks what it reads. Each round runs every job once, and the medians are
reported.
"""

from __future__ import annotations

import importlib
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import onroll
import polars
from results_file import write_part

ROUNDS = 41
ROWS = 2_000


def with_onroll(path: str) -> int:
    return len(onroll.read_csv(path))


def with_openpyxl(path: str) -> int:
    sheet = importlib.import_module("openpyxl").load_workbook(path, read_only=True).active
    return sum(1 for _ in sheet.iter_rows(values_only=True)) - 1


def with_polars(path: str) -> int:
    return int(polars.read_excel(path, engine="calamine").height)


def timed(job: Callable[[str], int], path: str) -> float:
    start = time.perf_counter()
    assert job(path) == ROWS, job
    return time.perf_counter() - start


def main(program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "students.xlsx")
        rust = json.loads(subprocess.run([program, path], check=True, capture_output=True, text=True).stdout)
        jobs = [with_onroll, with_openpyxl, with_polars]
        rounds = [[timed(job, path) for job in jobs] for _ in range(ROUNDS)][1:]
    ours, of_openpyxl, of_polars = (statistics.median(times) for times in zip(*rounds, strict=True))

    def line(what: str, ours: float, theirs: float, ratio: float, target: str) -> str:
        return f"| {what} | {ours * 1000:.1f} ms | {theirs * 1000:.1f} ms | {ratio:.2f} | {target} |"

    lines = [
        line("calamine's own stream of cells, in Rust", rust["onroll"], rust["calamine"], rust["onroll"] / rust["calamine"], "at most 1.2"),
        line(f"openpyxl {version('openpyxl')}, read-only, in Python", ours, of_openpyxl, of_openpyxl / ours, "at least 20"),
        line(f"polars {version('polars')} with fastexcel, in Python", ours, of_polars, of_polars / ours, "at least 1.5"),
    ]
    write_part(
        "Workbooks",
        f"Written by `make bench-workbooks`: onroll reads a workbook of {ROWS:,} students into a checked roster, and its peers check nothing. "
        f"Each time is the median of {ROUNDS - 1} interleaved rounds. Python is {platform.python_version()}. The ratio to calamine divides onroll's time by "
        "calamine's. The other ratios divide the peer's time by onroll's.\n\n"
        "| peer | onroll | peer | ratio | target |\n| --- | ---: | ---: | ---: | ---: |\n" + "\n".join(lines),
    )


if __name__ == "__main__":
    main(sys.argv[1])
