"""Runs the code in docs/SPARK.md, and the example national.py."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import onroll
import pyarrow
from conftest import DOCS, OAKFIELD, SEPTEMBER, frame, rows_of
from pyspark import cloudpickle
from pyspark.sql import SparkSession


def test_the_python_examples_in_the_spark_guide_run_without_errors(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    for school in ("A1", "A2"):
        SEPTEMBER.write_csv(tmp_path / "landing" / f"{school}.csv")
    rows = rows_of("A1", OAKFIELD) + rows_of("A2", OAKFIELD)
    names: dict[str, Any] = {
        "df": frame(spark, rows, source_id=pyarrow.string(), upn=pyarrow.string()),
        "session": spark,
        "landing": str(tmp_path / "landing"),
        "store": str(tmp_path),
    }
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / "SPARK.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 6
    for block in blocks:
        exec(compile(block, "docs/SPARK.md", "exec"), names)
    assert names["problems"].count() == 0 and names["students"].count() == names["accounts"].count() == 480
    kinds = {row["kind"]: row["count"] for row in spark.read.parquet(f"{tmp_path}/changes").groupBy("kind").count().collect()}
    plan = onroll.plan(onroll.create_accounts(OAKFIELD), SEPTEMBER, leaving_years=["Year 6"])
    assert kinds == {"join": 2 * len(plan.joiners), "leave": 2 * len(plan.leavers), "move": 2 * len(plan.movers)}
    assert spark.read.parquet(f"{tmp_path}/refusals").count() == 2 * (len(plan.conflicts) + len(plan.near))


def test_the_national_example_gives_the_same_result_with_and_without_spark(spark: SparkSession, tmp_path: Path) -> None:
    import national

    cloudpickle.register_pickle_by_value(national)  # type: ignore[no-untyped-call]
    of_spark = national.by_spark(spark, tmp_path, 40, national.Steps())
    assert of_spark == national.by_single_process(40, national.Steps())
    assert of_spark["accounts"] == 40 * 364 and of_spark["join"] > 0 and of_spark["problems"] == 0
