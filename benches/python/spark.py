"""Compares England on Spark with a single process, and writes a part of benches/RESULTS.md.

python benches/python/spark.py [--schools 25000]

Runs examples/national.py once on Spark's local[2] and once without Spark, and measures the memory of all processes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from results_file import ROOT, write_part

HEADING = "A country on Spark"
ENGLAND = 25_000
STEPS = {"check": "check", "accounts": "create accounts", "plan": "plan the next term"}


TICKS = os.sysconf("SC_CLK_TCK")


def processes(pid: int, seconds: dict[int, float]) -> int:
    """Returns the memory of a process and its descendants, in bytes. A page that several processes share counts once.

    Stores the processor time of each process in `seconds`.
    """
    stats: dict[int, list[str]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(stat.parent.name)] = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
    total, waiting = 0, [pid]
    while waiting:
        process = waiting.pop()
        waiting.extend(child for child, stat in stats.items() if int(stat[1]) == process)
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        seconds[process] = (int(stats[process][11]) + int(stats[process][12])) / TICKS
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def run(folder: str, schools: int, *more: str) -> tuple[dict[str, Any], float, float, int]:
    """Returns the output of the example, its total time, its processor time, and its peak memory."""
    program = [sys.executable, str(ROOT / "bindings-python" / "examples" / "national.py"), folder, "--schools", str(schools), *more]
    begun, peak = time.perf_counter(), 0
    seconds: dict[int, float] = {}
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while running.poll() is None:
            peak = max(peak, processes(running.pid, seconds))
            time.sleep(1)
        out, err = running.communicate()
    if running.returncode:
        sys.exit(err)
    return json.loads(out.splitlines()[-1]), time.perf_counter() - begun, sum(seconds.values()), peak


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=ENGLAND)
    schools = parser.parse_args().schools
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="national") as folder:
        single, single_time, single_processor, single_memory = run(folder, schools, "--single-process")
        spark, spark_time, spark_processor, spark_memory = run(folder, schools)
    assert single["found"] == spark["found"], (single["found"], spark["found"])
    lines = [f"| {name} | {spark['seconds'][step]:.0f} s | {single['seconds'][step]:.1f} s | {spark['seconds'][step] / single['seconds'][step]:.1f} |" for step, name in STEPS.items()]
    totals = [sum(each["seconds"][step] for step in STEPS) for each in (spark, single)]
    lines.append(f"| all three | {totals[0]:.0f} s | {totals[1]:.1f} s | {totals[0] / totals[1]:.1f} |")
    lines.append(f"| starting Spark | {spark['seconds']['start']:.0f} s | | |")
    lines.append(f"| making the pupils up, both terms | {spark['seconds']['generate']:.0f} s | {single['seconds']['generate']:.0f} s | |")
    lines.append(f"| the whole program | {spark_time:.0f} s | {single_time:.0f} s | {spark_time / single_time:.1f} |")
    lines.append(f"| processor time of the whole program, all processes | {spark_processor:.0f} s | {single_processor:.0f} s | {spark_processor / single_processor:.1f} |")
    lines.append(f"| memory at the peak, all processes | {spark_memory / 1e9:.2f} GB | {single_memory / 1e9:.2f} GB | {spark_memory / single_memory:.0f} |")
    of_england = "" if schools == ENGLAND else f" This is {schools / ENGLAND:.0%} of England. Without SCHOOLS, the target runs all of it."
    found = ", ".join(f"{name} {count:,}" for name, count in spark["found"].items())
    text = (
        f"Written by `make bench-spark` on {date.today():%d %B %Y}: {schools:,} schools and {spark['found']['accounts']:,} pupils of "
        f"`bindings-python/examples/national.py`, once each.{of_england} Spark is `local[2]` of PySpark {version('pyspark')} on "
        f"{os.cpu_count()} processors, Python {platform.python_version()}. The load was {load:.1f} before the first run, and {os.getloadavg()[0]:.1f} after the last. "
        "The single process handles one school after another on one thread, in memory. Spark reads and writes Parquet, and each school is one "
        "call in Python. Spark keeps nothing between the steps, so it checks each school again when it creates accounts. "
        f"Both find the same: {found}.\n\n"
        "| what | Spark | single process | ratio |\n| --- | ---: | ---: | ---: |\n" + "\n".join(lines) + "\n\n"
        "The ratio shows the overhead of Spark on one machine, where Spark has two threads and the single process has one. The overhead "
        "comes from the virtual machine, Parquet, the shuffle that brings a school's rows together, and Arrow to a Python worker and back. "
        "If other work slows the machine, trust the processor time. Use Spark if the data is already on a cluster.\n"
    )
    write_part(HEADING, text)


if __name__ == "__main__":
    main()
