"""Measures how fast polars and DuckDB find the students that a later roster has lost and gained.

python benches/python/join.py BEFORE.csv LATER.csv

Prints the median times in seconds, as JSON. Both libraries read both files, but check only the names of the columns.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import duckdb
import polars

ROUNDS = 5


def by_polars(before: str, later: str) -> tuple[int, int]:
    old, new = (polars.read_csv(path, infer_schema=False) for path in (before, later))
    return len(old.join(new, on="Username", how="anti")), len(new.join(old, on="Username", how="anti"))


def by_duckdb(before: str, later: str) -> tuple[int, int]:
    duckdb.execute("set threads = 1")
    old, new = (f"read_csv('{path}', all_varchar = true)" for path in (before, later))

    def missing(there: str, here: str) -> int:
        rows = duckdb.sql(f"select * from {there} a anti join {here} b using (Username)")
        assert rows is not None
        return len(rows.to_arrow_table())

    return missing(old, new), missing(new, old)


def main() -> None:
    before, later = sys.argv[1:]
    peers: dict[str, Callable[[str, str], tuple[int, int]]] = {
        f"polars {polars.__version__}, two anti-joins": by_polars,
        f"DuckDB {duckdb.__version__} on one thread, two anti-joins": by_duckdb,
    }
    taken: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(ROUNDS):
        for name, join in peers.items():
            begun = time.perf_counter()
            left, came = join(before, later)
            taken[name].append(time.perf_counter() - begun)
            assert left == came > 0
    print(json.dumps({name: statistics.median(times) for name, times in taken.items()}))


if __name__ == "__main__":
    main()
