"""Compares reading and checking a roster in Python with the libraries that people use for it today.

python benches/python/read.py [--rows 1000000] [--rounds 5]

In each round, every peer reads the same file once, one peer after another, so that a busy machine slows all peers
alike. pydantic is slow, so it takes part in fewer rounds. The program prints the median time of each peer, and its
ratio to onroll's median. The name of a peer says what it does. Only onroll and pydantic check every rule here. polars
checks four rules, and DuckDB checks none.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import duckdb
import onroll
import polars
import pydantic

Cell = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=1000, pattern=r"^\S(.*\S)?$")]
CODES = tuple(str(code) for code in onroll.ETHNICITIES)


class Pupil(pydantic.BaseModel):
    """The fields of a row, which pydantic checks."""

    full_name: Cell = pydantic.Field(alias="Student Full Name")
    username: Annotated[Cell, pydantic.StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] = pydantic.Field(
        alias="Username"
    )
    year_group: Cell = pydantic.Field(alias="Year Group")
    class_name: Cell = pydantic.Field(alias="Class")
    gender: Literal["Male", "Female", "Non-Binary"] = pydantic.Field(alias="Gender")
    pupil_premium: Literal["Yes", "No"] = pydantic.Field(alias="Pupil Premium")
    ethnicity: Literal[CODES] = pydantic.Field(alias="Ethnicity")  # type: ignore[valid-type]
    send: Literal["Yes", "No"] = pydantic.Field(alias="SEND")
    eal: Literal["Yes", "No"] = pydantic.Field(alias="EAL")


def with_pydantic(path: str) -> int:
    with open(path, newline="", encoding="utf-8-sig") as file:
        pupils = [Pupil.model_validate(row) for row in csv.DictReader(file)]
    assert len({pupil.username.casefold() for pupil in pupils}) == len(pupils)
    return len(pupils)


def with_polars(path: str) -> int:
    frame = polars.read_csv(path, infer_schema=False)
    flags = ["Pupil Premium", "SEND", "EAL"]
    wrong = frame.filter(
        polars.any_horizontal(polars.all().is_null())
        | ~polars.col("Gender").is_in(["Male", "Female", "Non-Binary"])
        | ~polars.col("Ethnicity").is_in(CODES)
        | polars.any_horizontal(~polars.col(flag).is_in(["Yes", "No"]) for flag in flags)
    )
    assert wrong.is_empty() and frame["Username"].str.to_lowercase().n_unique() == len(frame)
    return len(frame)


def with_duckdb(path: str) -> int:
    duckdb.execute("set threads = 2")
    table: Any = duckdb.sql(f"select * from read_csv('{path}', all_varchar = true)")
    return int(table.to_arrow_table().num_rows)


def with_onroll(path: str) -> int:
    return len(onroll.read_csv(path, sign_in="sso"))


PEERS: dict[str, Callable[[str], int]] = {
    "onroll, every check": with_onroll,
    "DuckDB on 2 threads, reading only": with_duckdb,
    "polars, reading and four checks": with_polars,
    "csv.DictReader and pydantic, every row": with_pydantic,
}


def write(path: Path, rows: int) -> None:
    """Writes a roster with emails as usernames. One name in ten has an accent, and 3% of the classes are in quotes."""
    draw = random.Random(0x5EED)
    first = ["Amelia", "Noah", "Isla", "Oliver", "Freya", "Zoë", "Muhammad", "Grace", "Theo", "Aisha"]
    last = ["Smith", "Khan", "O'Connor", "Patel", "Nowak", "Jones", "Okafor", "Begum"]
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write(onroll.template_csv())
        for n in range(rows):
            year = n % 13 + 1
            room = f'"{year}B, Room {n % 9}"' if draw.random() < 0.03 else f"{year}B"
            flags = [draw.choice(["No", "No", "No", "Yes"]) for _ in range(3)]
            file.write(
                f"{draw.choice(first)} {draw.choice(last)},p{n:07}@school{n % 300}.sch.uk,Year {year},{room},"
                f"{draw.choice(['Male', 'Female'])},{flags[0]},{draw.choice(['WBRI', 'AIND', 'NOBT'])},{flags[1]},{flags[2]}\r\n"
            )


def peak(path: str) -> tuple[float, float]:
    """Returns two peaks of memory, in megabytes: after onroll is imported, and after it has also read the file."""
    # Linux counts VmHWM separately for each program, but ru_maxrss begins with the parent's value.
    most = "print(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')))"
    programs = [f"import onroll\n{most}", f"import onroll\nr = onroll.read_csv({path!r}, sign_in='sso')\n{most}"]
    outputs = [subprocess.run([sys.executable, "-c", p], capture_output=True, check=True).stdout for p in programs]
    before, after = (int(output) / 1024 for output in outputs)
    return before, after


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow-rounds", type=int, default=2, help="rounds in which pydantic takes part")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        write(path, options.rows)
        before, after = peak(str(path))
        times: dict[str, list[float]] = {name: [] for name in PEERS}
        for number in range(options.rounds):
            for name, read in PEERS.items():
                if read is with_pydantic and number >= options.slow_rounds:
                    continue
                begun = time.perf_counter()
                assert read(str(path)) == options.rows
                times[name].append(time.perf_counter() - begun)
        print(f"{options.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} cores, medians")
        own = statistics.median(times["onroll, every check"])
        for name, taken in times.items():
            median = statistics.median(taken)
            print(f"  {name:40} {median:8.3f} s  {median / own:6.1f} times onroll")
        print(f"  memory: {after - before:.0f} MB above the interpreter's {before:.0f} MB")


if __name__ == "__main__":

    main()
