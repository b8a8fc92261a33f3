"""Generates England's 25,000 schools and 9.1 million pupils, checks them on Spark, creates accounts, and plans the next
term.

python examples/national.py FOLDER                     # on local[2]; needs Java 17, pip install "onroll[spark]", 2 GB of disk and 30 minutes
python examples/national.py FOLDER --schools 100       # a small country
python examples/national.py FOLDER --single-process # the same without Spark, one school after another

Every pupil is made up. The program prints the time of each step as a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onroll
import pyarrow

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SCHOOLS, PUPILS = 25_000, 364
FORENAMES = "Ada Ben Chloe Dylan Eve Finn Grace Harry Isla Jack Kai Leah Max Nia Owen Poppy Quinn Ruby Sam Tia Umar Violet Will Zara".split()
SURNAMES = "Ahmed Brown Clarke Davies Evans Fox Green Hughes Iqbal Jones Khan Lewis Morris Nowak Owen Patel Reid Shah Taylor Webb Young".split()
ETHNICITIES = ("WBRI", "APKN", "AIND", "BAFR", "MWBC", "WOTH", "NOBT")
# The changes between the terms: one pupil in 40 leaves, the same number join, and one in 20 changes class.
LEAVES, MOVES = 40, 20


def pupils(school: int, term: int) -> pyarrow.Table:
    """Returns the roster of a school in the first or the second term."""
    numbers = [n for n in range(PUPILS + PUPILS // LEAVES) if (n < PUPILS if term == 1 else n % LEAVES or n >= PUPILS)]
    surnames = [SURNAMES[(school + n * 5) % len(SURNAMES)] for n in numbers]
    names = [f"{FORENAMES[(school * 7 + n) % len(FORENAMES)]} {surname}" for n, surname in zip(numbers, surnames)]
    classes = ["AB"[(n + (term == 2 and n % MOVES == 1)) % 2] for n in numbers]
    flags = [n % 5 == 0 for n in numbers]
    return pyarrow.table(
        {
            "school": pyarrow.array([100_000 + school] * len(numbers), pyarrow.int32()),
            "source_id": [f"A{school}-{n}" for n in numbers],
            "full_name": names,
            "username": [f"{surname.lower()}{n:04}" for n, surname in zip(numbers, surnames)],
            "year_group": [f"Year {1 + n % 6}" for n in numbers],
            "class_name": [f"{1 + n % 6}{letter}" for n, letter in zip(numbers, classes)],
            "gender": ["Female" if n % 2 else "Male" for n in numbers],
            "pupil_premium": flags,
            "ethnicity": [ETHNICITIES[n % len(ETHNICITIES)] for n in numbers],
            "send": [n % 7 == 0 for n in numbers],
            "eal": flags,
        }
    )


class Steps:
    """Measures the seconds of each step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str, step: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        done = step()
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
        return done


def session(folder: Path) -> SparkSession:
    """Starts Spark on two threads of this machine."""
    from pyspark.sql import SparkSession

    # Makes workers run this interpreter. Otherwise they run the first python3 on the path.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: SparkSession.Builder = SparkSession.builder
    local = {"spark.driver.memory": "4g", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false"}
    for name, value in {**local, "spark.local.dir": str(folder / "local"), "spark.ui.showConsoleProgress": "false"}.items():
        builder = builder.config(name, value)
    return builder.master("local[2]").appName("national").getOrCreate()


def by_spark(running: SparkSession, folder: Path, schools: int, steps: Steps) -> dict[str, int]:
    """Runs everything on Spark, from Parquet to Parquet as on a cluster."""
    from onroll import spark

    def generated(term: int) -> Callable[[Iterator[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]]:
        def batches(ids: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
            for batch in ids:
                for school in batch["id"].to_pylist():
                    yield from pupils(school, term).to_batches()

        return batches

    schema = (
        "school int, source_id string, full_name string, username string, year_group string, class_name string, gender string, "
        "pupil_premium boolean, ethnicity string, send boolean, eal boolean"
    )

    at = {name: str(folder / name) for name in ("first", "second", "accounts")}

    def generate() -> None:
        for term, name in ((1, "first"), (2, "second")):
            running.range(schools).repartition(16).mapInArrow(generated(term), schema).write.mode("overwrite").parquet(at[name])

    steps.time("generate", generate)
    read = running.read.parquet
    found: dict[str, int] = {"problems": steps.time("check", lambda: spark.check(read(at["first"])).count())}
    steps.time("accounts", lambda: spark.create_accounts(read(at["first"])).write.mode("overwrite").parquet(at["accounts"]))

    def changes() -> None:
        planned = spark.plan(read(at["accounts"]), read(at["second"]))
        # `both` contains the changes and the refusals, so one pass counts the two.
        for kind, count in planned.both.groupBy("kind").count().collect():
            found[kind or "refusals"] = count

    steps.time("plan", changes)
    found["accounts"] = read(at["accounts"]).count()
    return found


def by_single_process(schools: int, steps: Steps) -> dict[str, int]:
    """Does the work of `by_spark` without Spark, for one school after another, in memory."""
    found: Counter[str] = Counter(problems=0)
    for school in range(schools):
        first, second = steps.time("generate", lambda: (pupils(school, 1), pupils(school, 2)))
        roster: onroll.Roster = steps.time("check", lambda: onroll.Roster.from_arrow(first))
        found["problems"] += len(roster.report.problems)
        accounts: onroll.Accounts = steps.time("accounts", lambda: onroll.create_accounts(roster))
        plan = steps.time("plan", lambda: onroll.plan(accounts, onroll.Roster.from_arrow(second)))
        found.update(change.kind for change in plan)
        found["refusals"] += len(plan.conflicts) + len(plan.near)
        found["accounts"] += len(accounts)
    return dict(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder for the Parquet files and for Spark's own files, which contain passwords and are deleted at the end")
    parser.add_argument("--schools", type=int, default=SCHOOLS)
    parser.add_argument("--single-process", action="store_true")
    options = parser.parse_args()
    steps = Steps()
    if options.single_process:
        found = by_single_process(options.schools, steps)
    else:
        options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            running = steps.time("start", lambda: session(options.folder))
            found = by_spark(running, options.folder, options.schools, steps)
            running.stop()
        finally:
            for name in ("first", "second", "accounts", "local"):
                shutil.rmtree(options.folder / name, ignore_errors=True)
    json.dump({"schools": options.schools, "found": dict(sorted(found.items())), "seconds": steps.seconds}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
