"""Tests of tables with pyarrow, polars, pandas and DuckDB."""

from __future__ import annotations

import dataclasses
import io
import re
from html import escape
from typing import Any

import duckdb
import onroll
import pandas
import polars
import pyarrow
import pytest
from conftest import MESSY, OAKFIELD, csv, school

NAMES = ["full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal"]


@pytest.fixture
def roster() -> onroll.Roster:
    return onroll.read_csv(OAKFIELD)


def duck(given: onroll.Roster) -> Any:
    return duckdb.sql("select * from given")


def frame(given: onroll.Roster) -> Any:
    return pyarrow.table(given).to_pandas()


@pytest.mark.parametrize("make", [pyarrow.table, polars.DataFrame, frame, duck])
def test_a_roster_is_equal_after_conversion_to_arrow_and_back(roster: onroll.Roster, make: Any) -> None:
    assert onroll.Roster.from_arrow(make(roster)) == roster


def test_arrow_columns_have_the_expected_names_and_types(roster: onroll.Roster) -> None:
    table = pyarrow.table(roster)
    assert table.column_names == NAMES and table.num_rows == 240
    kinds = {str(field.type).split("<")[0] for field in table.schema}
    assert kinds == {"string", "bool", "dictionary"} and [field.name for field in table.schema if field.nullable] == ["gender"]
    frame = polars.DataFrame(roster)
    assert frame["gender"].dtype == polars.Categorical and frame["send"].dtype == polars.Boolean
    counted: Any = duckdb.sql("select ethnicity, count(*) as n from roster group by 1 having n > 20 order by 2 desc")
    assert counted.fetchall()[0][0] == "WBRI"
    accounts = polars.DataFrame(onroll.create_accounts(roster))
    assert accounts.columns == ["source_id", "upn", *NAMES, "active", "host_id", "has_password"], "without passwords"


def test_converts_a_large_roster_and_an_empty_roster_to_arrow_and_back() -> None:
    roster = onroll.read_csv(school(40_000))
    table = pyarrow.table(roster)
    assert table.num_rows == 40_000 and table.column(0).num_chunks == 3
    assert table["full_name"][39_999].as_py() == roster[-1].full_name
    assert onroll.Roster.from_arrow(table) == roster
    empty = onroll.Roster.from_arrow(pyarrow.table(onroll.read_csv(onroll.template_csv().encode())))
    assert len(empty) == 0


def test_reads_arrow_columns_by_heading_in_any_order_and_any_text_type(roster: onroll.Roster) -> None:
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


def test_reports_problems_in_an_arrow_table_with_their_record_and_column() -> None:
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


def test_refuses_python_lists_and_float_columns_and_broken_streams_as_tables() -> None:
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


def test_converts_accounts_to_arrow_and_back(roster: onroll.Roster) -> None:
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


def schema(**kinds: Any) -> Any:
    usual = dict.fromkeys(NAMES, pyarrow.string()) | dict.fromkeys(["pupil_premium", "send", "eal"], pyarrow.bool_())
    return pyarrow.schema([pyarrow.field(name, kind) for name, kind in {**usual, **kinds}.items()])


@pytest.mark.parametrize(
    "kinds",
    [
        {},
        dict.fromkeys(["full_name", "gender", "ethnicity"], pyarrow.large_string()),
        dict.fromkeys(["class_name", "gender", "ethnicity"], pyarrow.string_view()),
        {"gender": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()), "ethnicity": pyarrow.dictionary(pyarrow.uint8(), pyarrow.large_string())},
        {"ethnicity": pyarrow.dictionary(pyarrow.int64(), pyarrow.string_view())},
    ],
)
def test_exports_an_arrow_table_in_the_requested_schema(roster: onroll.Roster, kinds: dict[str, Any]) -> None:
    wanted = schema(**kinds)
    made = pyarrow.RecordBatchReader.from_stream(roster, wanted)
    assert made.schema == wanted, "Spark requests such schemas, because it does not support dictionaries"
    table = made.read_all()
    table.validate(full=True)
    assert onroll.Roster.from_arrow(table) == roster
    accounts = onroll.create_accounts(roster)
    ids = pyarrow.schema([("source_id", pyarrow.large_string()), ("upn", pyarrow.string())])
    wanted = pyarrow.schema([*ids, *wanted, pyarrow.field("active", pyarrow.bool_()), pyarrow.field("host_id", pyarrow.string_view()), pyarrow.field("has_password", pyarrow.bool_())])
    assert pyarrow.RecordBatchReader.from_stream(accounts, wanted).schema == wanted


def test_ignores_a_requested_schema_with_impossible_types_but_refuses_other_fields(roster: onroll.Roster) -> None:
    import ctypes

    own = pyarrow.table(roster).schema
    given = roster.__arrow_c_stream__
    cannot: list[dict[str, Any]] = [{"full_name": pyarrow.binary()}, {"send": pyarrow.int8()}, {"gender": pyarrow.int32()}]
    for kinds in cannot:
        assert imported(given(schema(**kinds).__arrow_c_schema__())).schema == own
    # Ids may be missing, so their columns must be nullable.
    accounts = onroll.create_accounts(roster)
    required = pyarrow.schema([field.with_nullable(False) for field in pyarrow.table(accounts).schema])
    assert imported(accounts.__arrow_c_stream__(required.__arrow_c_schema__())).schema == pyarrow.table(accounts).schema
    for other in (pyarrow.schema([("full_name", pyarrow.string())]), pyarrow.schema([*schema(), ("x", pyarrow.string())]), pyarrow.schema(list(schema())[::-1])):
        with pytest.raises(ValueError, match="requested_schema must have the fields full_name, username, "):
            given(other.__arrow_c_schema__())
    new = ctypes.pythonapi.PyCapsule_New
    new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    empty = ctypes.create_string_buffer(256)
    for wrong in (5, "schema", given(), new(ctypes.addressof(empty), b"other", None)):
        with pytest.raises(TypeError, match="requested_schema must be an 'arrow_schema' capsule"):
            given(wrong)
    with pytest.raises(ValueError, match="requested_schema could not be read as an Arrow schema"):
        given(new(ctypes.addressof(empty), b"arrow_schema", None))


def imported(capsule: Any) -> Any:
    class Stream:
        def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
            return capsule

    return pyarrow.RecordBatchReader.from_stream(Stream())


def with_ids() -> onroll.Roster:
    rows = onroll.read_csv(OAKFIELD).to_dicts()
    return onroll.Roster.from_rows([{**row, "source_id": f"A{n}" if n % 2 else None} for n, row in enumerate(rows)])


def test_a_roster_with_source_ids_converts_to_a_table_with_id_columns() -> None:
    roster = with_ids()
    frame = polars.DataFrame(roster)
    assert frame.columns == ["source_id", "upn", *NAMES] and frame["source_id"][1] == "A1" and frame["source_id"][0] is None
    assert onroll.Roster.from_arrow(frame) == roster == onroll.Roster.from_rows(roster.to_dicts())
    assert list(roster.to_pandas()) == ["source_id", "upn", *NAMES]


def test_a_pandas_data_frame_has_one_column_for_each_field(roster: onroll.Roster) -> None:
    expected = polars.DataFrame(roster).with_columns(polars.col("gender", "ethnicity").cast(polars.String)).to_dicts()
    frames: list[pandas.DataFrame] = [roster.to_pandas(), pandas.DataFrame(roster), pandas.DataFrame(list(roster)), pandas.DataFrame(roster[:])]
    for frame in frames:
        assert list(frame) == NAMES and frame.to_dict("records") == expected == roster.to_dicts()
        assert frame["send"].dtype == bool
        assert onroll.Roster.from_arrow(frame) == roster
    empty = onroll.read_csv(onroll.template_csv().encode())
    assert list(empty.to_pandas()) == NAMES and len(empty.to_pandas()) == 0 and empty.to_dicts() == []
    accounts = onroll.create_accounts(roster)
    for frame in (accounts.to_pandas(), pandas.DataFrame(accounts)):
        assert list(frame) == ["source_id", "upn", *NAMES, "active", "host_id", "has_password"] and len(frame) == 240
    assert accounts.to_dicts() == polars.DataFrame(accounts).with_columns(polars.col("gender", "ethnicity").cast(polars.String)).to_dicts()
    secrets = {account.password.expose() for account in accounts if account.password}
    shown = str(accounts.to_dicts()) + accounts.to_pandas().to_csv() + str(dataclasses.asdict(accounts[0]))
    assert not [secret for secret in secrets if f"'{secret}'" in shown or f",{secret}," in shown]
    assert dataclasses.asdict(roster[0]) == expected[0]


def test_a_table_made_from_a_report_omits_the_values_of_cells() -> None:
    report = onroll.check_csv(MESSY)
    frame = polars.DataFrame(report)
    assert len(frame) == len(report.problems) and frame["code"].to_list() == [problem.code for problem in report.problems]
    # The table has every key except the ranges of rows.
    assert [*frame.columns, "rows"] == list(report.to_dicts()[0]) == list(report.to_dicts(values=True)[0])
    assert frame.to_dicts() == [{k: v for k, v in row.items() if k != "rows"} for row in report.to_dicts()] and frame["value"].null_count() == frame["fix"].null_count() == len(frame)
    assert frame["row"].to_list() == [problem.row for problem in report.problems]
    whole = report.to_dicts(values=True)
    assert [row["value"] for row in whole] == [problem.value for problem in report.problems]
    assert [row["message"] for row in whole] == [problem.message for problem in report.problems]
    assert polars.DataFrame(whole, infer_schema_length=None)["safe"].to_list() == [problem.safe for problem in report.problems]
    good = polars.DataFrame(onroll.check_csv(OAKFIELD))
    assert len(good) == 0 and good.schema == frame.schema


def test_the_html_of_a_report_is_escaped_and_shows_no_cell_values() -> None:
    row = '<b>Kestrel,"<script>alert(""Kestrel"")</script>",Year 4,4A&B,<i>Kestrel</i>,No,WBRI,No,No'
    for report in (onroll.check_csv(csv(row, row)), onroll.check_csv(b"Full & <Name>,Kestrel\r\n1,2\r\n")):
        html = report._repr_html_()
        assert report.problems and "Kestrel" not in html and str(report.error_count) in html
        assert not set(re.findall(r"<\s*/?\s*(\w+)", html)) - {"p", "table", "thead", "tbody", "tr", "th", "td"}
        assert html.count("<td>") == 4 * len(report.problems)
        for each in report.problems:
            assert f"<td>{escape(str(each))}</td>" in html
    long = onroll.check_csv(csv(*[row.replace("Year 4", f"Year {n}") for n in range(200)]))
    assert long._repr_html_().count("<tr>") == 101 and "more</p>" in long._repr_html_()
    assert "<table>" not in onroll.check_csv(OAKFIELD)._repr_html_()
