"""Tables across the border, with the libraries that people have."""

from __future__ import annotations

import io
from typing import Any

import duckdb
import onroll
import pandas
import polars
import pyarrow
import pytest

from conftest import OAKFIELD, school

NAMES = ["full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal"]


@pytest.fixture
def roster() -> onroll.Roster:
    return onroll.read_csv(OAKFIELD)


def duck(given: onroll.Roster) -> Any:
    return duckdb.sql("select * from given")


def frame(given: onroll.Roster) -> Any:
    return pyarrow.table(given).to_pandas()


@pytest.mark.parametrize("make", [pyarrow.table, polars.DataFrame, frame, duck])
def test_there_and_back(roster: onroll.Roster, make: Any) -> None:
    assert onroll.Roster.from_arrow(make(roster)) == roster


def test_what_the_columns_are(roster: onroll.Roster) -> None:
    table = pyarrow.table(roster)
    assert table.column_names == NAMES and table.num_rows == 240
    kinds = {str(field.type).split("<")[0] for field in table.schema}
    assert kinds == {"string", "bool", "dictionary"} and not any(field.nullable for field in table.schema)
    frame = polars.DataFrame(roster)
    assert frame["gender"].dtype == polars.Categorical and frame["send"].dtype == polars.Boolean
    counted: Any = duckdb.sql("select ethnicity, count(*) as n from roster group by 1 having n > 20 order by 2 desc")
    assert counted.fetchall()[0][0] == "WBRI"
    accounts = polars.DataFrame(onroll.create_accounts(roster))
    assert accounts.columns == ["source_id", "upn", *NAMES, "active", "host_id"], "passwords are not in it"


def test_many_batches_and_empty_ones() -> None:
    roster = onroll.read_csv(school(40_000))
    table = pyarrow.table(roster)
    assert table.num_rows == 40_000 and table.column(0).num_chunks == 3
    assert table["full_name"][39_999].as_py() == roster[-1].full_name
    assert onroll.Roster.from_arrow(table) == roster
    empty = onroll.Roster.from_arrow(pyarrow.table(onroll.read_csv(onroll.template_csv().encode())))
    assert len(empty) == 0


def test_headings_types_and_order_do_not_matter(roster: onroll.Roster) -> None:
    headings = onroll.template_csv().strip().split(",")
    frame = polars.DataFrame(roster).rename(dict(zip(NAMES, headings)))
    frame = frame.select(reversed(frame.columns)).with_columns(polars.lit("x").alias("Notes"))
    assert onroll.Roster.from_arrow(frame) == roster
    plain = polars.read_csv(OAKFIELD, infer_schema=False).drop_nulls()
    assert list(onroll.Roster.from_arrow(plain)) == list(roster)
    large = pyarrow.table(roster).cast(pyarrow.schema([(name, pyarrow.large_string()) for name in NAMES[:4]] + [
        (name, pyarrow.bool_() if name in {"pupil_premium", "send", "eal"} else pyarrow.large_string()) for name in NAMES[4:]
    ]))
    assert onroll.Roster.from_arrow(large) == roster


def test_the_same_checks_as_of_a_file() -> None:
    frame = polars.DataFrame({
        "full_name": ["Zoë Okafor", None],
        "username": ["zo", "nk"],
        "year_group": ["Year 5", "Year 5"],
        "class_name": ["5A", "5A "],
        "gender": ["F", "Male"],
        "pupil_premium": [True, None],
        "source_id": ["A1", None],
    })
    with pytest.raises(ValueError, match="the table has no column 'ethnicity' and no 'Ethnicity'"):
        onroll.Roster.from_arrow(frame)
    with pytest.raises(onroll.RosterError) as caught:
        onroll.Roster.from_arrow(frame, optional_columns=True)
    found = [(p.record, p.column, p.code) for p in caught.value.report.problems]
    assert found == [
        (0, "Gender", "gender"),
        (1, "Student Full Name", "blank"),
        (1, "Class", "stray-space"),
        (1, "Pupil Premium", "blank"),
    ]
    held = onroll.Roster.from_arrow(frame, optional_columns=True, fix=True, hold=True)
    assert len(held) == 1 and held.held[0].record == 1
    accounts = onroll.create_accounts(held)
    assert accounts[0].source_id == "A1"


def test_what_is_no_table() -> None:
    with pytest.raises(TypeError, match="table must be an object that offers Arrow's stream interface.*not list"):
        onroll.Roster.from_arrow([])  # type: ignore[arg-type]
    numbers = pandas.DataFrame({name: [1.5, 2.5] for name in NAMES})
    with pytest.raises(TypeError, match="the column '.*' must be text, whole numbers or bools, not Float64"):
        onroll.Roster.from_arrow(numbers)

    def batches() -> Any:
        yield pyarrow.record_batch([["Kestrel"]] * 9, names=NAMES)
        raise RuntimeError("Kestrel went wrong")

    schema = pyarrow.schema([(name, pyarrow.string()) for name in NAMES])
    with pytest.raises(ValueError, match="could not be read to its end") as caught:
        onroll.Roster.from_arrow(pyarrow.RecordBatchReader.from_batches(schema, batches()))
    assert "Kestrel" not in str(caught.value)


def test_accounts_there_and_back(roster: onroll.Roster) -> None:
    accounts = onroll.create_accounts(roster)
    frame = polars.DataFrame(accounts)
    assert onroll.Accounts.from_arrow(frame).fingerprint() == accounts.fingerprint()
    with_passwords = frame.with_columns(password=polars.Series([a.password.expose() for a in accounts if a.password]))
    assert onroll.Accounts.from_arrow(with_passwords) == accounts
    stream = accounts.__arrow_c_stream__()
    accounts.edit(accounts[0], class_name="9Z")
    assert stream is not None
    out = io.BytesIO()
    polars.DataFrame(accounts).write_csv(out)
    assert b"9Z" in out.getvalue()
