"""Tests of data and text that an attacker might send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import onroll
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import csv

ROW = {
    "full_name": "Zoe Lee",
    "username": "Zoe Lee",
    "year_group": "Year 4",
    "class_name": "4A",
    "gender": "Female",
    "pupil_premium": True,
    "ethnicity": "WBRI",
    "send": False,
    "eal": False,
}
ENTRIES: list[Callable[[Any], object]] = [onroll.Roster.from_arrow, onroll.Accounts.from_arrow]


def table(names: pa.Array) -> pa.Table:
    """Returns a table of students with these full names."""
    columns = {name: pa.array([value] * len(names)) for name, value in ROW.items()}
    columns["username"] = pa.array([f"pupil{number}" for number in range(len(names))])
    return pa.table({**columns, "full_name": names})


def texts(offsets: list[int], data: bytes) -> pa.Array:
    buffers = [None, pa.array(offsets, pa.int32()).buffers()[1], pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)


def view(length: int, index: int, offset: int) -> pa.Array:
    one = length.to_bytes(4, "little") + b"Zoe " + index.to_bytes(4, "little") + offset.to_bytes(4, "little")
    return pa.Array.from_buffers(pa.string_view(), 1, [None, pa.py_buffer(one), pa.py_buffer(b"Zoe Lee of Oakfield")])


BAD = {
    "a Latin-1 byte": (texts([0, 3, 6, 12], b"AmyKaiZoe L\xeb"), 2),
    "a cut letter": (texts([0, 3, 6, 9], b"AmyKaiZo\xc3"), 2),
    "an offset below zero": (texts([0, -5, 6, 9], b"AmyKaiZoe"), 0),
    "an offset that goes back": (texts([0, 6, 3, 9], b"AmyKaiZoe"), 1),
    "an offset past the end": (texts([0, 1 << 30, 6, 9], b"AmyKaiZoe"), 0),
    "a view past the end": (view(19, 0, 1 << 30), 0),
    "a view of no buffer": (view(19, 7, 0), 0),
    "an index past the dictionary": (
        pa.DictionaryArray.from_buffers(
            pa.dictionary(pa.int32(), pa.string()),
            3,
            [None, pa.array([0, 1, 99], pa.int32()).buffers()[1]],
            pa.array(["Amy", "Kai"]),
        ),
        2,
    ),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("kind", BAD)
def test_an_error_for_invalid_arrow_data_names_the_column_and_the_row(kind: str, entry: Callable[[Any], object]) -> None:
    names, row = BAD[kind]
    message = f"the column 'full_name' is not valid Arrow data in row {row}, counted from 0"
    with pytest.raises(ValueError, match=message):
        entry(table(names))


@pytest.mark.parametrize("kind", ["a Latin-1 byte", "a cut letter", "an offset that goes back", "an index past the dictionary"])
def test_finds_bad_arrow_data_in_a_stream_of_batches(kind: str) -> None:
    good, bad = table(pa.array(["Ada", "Bea"])), table(BAD[kind][0])
    stream = pa.RecordBatchReader.from_batches(bad.schema, bad.to_batches())
    with pytest.raises(ValueError, match="is not valid Arrow data in row"):
        onroll.Roster.from_arrow(stream)
    if good.schema == bad.schema:
        stream = pa.RecordBatchReader.from_batches(bad.schema, [*good.to_batches(), *bad.to_batches()])
        with pytest.raises(ValueError, match=f"in row {2 + BAD[kind][1]}, counted from 0"):
            onroll.Roster.from_arrow(stream)


def test_refuses_a_parquet_file_with_a_latin_1_byte(tmp_path: Any) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(table(texts([0, 4], b"Zo\xeb!")), tmp_path / "roster.parquet")
    with pytest.raises(ValueError, match="the column 'full_name' is not valid Arrow data in row 0"):
        onroll.Roster.from_arrow(pq.read_table(tmp_path / "roster.parquet"))


def test_reads_tables_with_integers_and_nulls_and_unknown_columns() -> None:
    frame = pl.DataFrame([{**ROW, "year_group": 4, "source_id": 412, "upn": None, "notes": None, "score": 1.5}])
    roster = onroll.Roster.from_arrow(frame)
    assert (roster[0].year_group, roster[0].source_id, roster[0].upn) == ("4", "412", None)
    accounts = onroll.Accounts.from_arrow(frame.with_columns(active=pl.lit(1), ethnicity=None))
    assert (accounts[0].year_group, accounts[0].active, accounts[0].ethnicity) == ("4", True, "NOBT")
    with pytest.raises(TypeError, match="row 0 of the table: class_name must be a str, not bool"):
        onroll.Roster.from_arrow(frame.with_columns(class_name=pl.lit(True)))
    with pytest.raises(TypeError, match="the column 'class_name' must be text, whole numbers or bools, not Float64"):
        onroll.Roster.from_arrow(frame.with_columns(class_name=pl.lit(1.5)))


@pytest.mark.parametrize("field", ["full_name", "username", "year_group", "class_name", "source_id", "upn"])
def test_reads_integers_in_text_fields_as_decimal_text(field: str) -> None:
    for number, text in [(0, "0"), (1, "1"), (7, "7"), (-3, "-3"), (10**20, str(10**20))]:
        if (field, number) == ("full_name", 0):
            # The name `0` is refused, because it means an unknown name.
            with pytest.raises(onroll.RosterError, match="placeholder"):
                onroll.Roster.from_rows([{**ROW, field: number}])
            continue
        student = onroll.Roster.from_rows([{**ROW, field: number}])[0]
        account = onroll.Accounts.from_rows([{**ROW, field: number}])[0]
        # Only a positive number can be a source id.
        expected = None if field == "source_id" and number <= 0 else text
        assert (getattr(student, field), getattr(account, field)) == (expected, text)
    for row in ({**ROW, field: True}, {**ROW, field: False}):
        for entry in (onroll.Roster.from_rows, onroll.Accounts.from_rows):
            with pytest.raises(TypeError, match=rf"rows\[0\]: {field} must be a str, not bool"):
                entry([row])


def test_flag_fields_accept_bools_numbers_and_words() -> None:
    for value in (True, 1, "Yes"):
        rows = [{**ROW, "pupil_premium": value, "send": value}]
        assert onroll.Roster.from_rows(rows)[0].send and onroll.Accounts.from_rows(rows)[0].pupil_premium
        assert onroll.Accounts.from_rows([{**ROW, "active": value}])[0].active
    assert not onroll.Accounts.from_rows([{**ROW, "active": 0}])[0].active
    with pytest.raises(ValueError, match=r"rows\[0\]: active must be a bool, 0, 1, 'Yes' or 'No'"):
        onroll.Accounts.from_rows([{**ROW, "active": 2}])
    nan = float("nan")
    assert onroll.Accounts.from_rows([{**ROW, "source_id": nan, "ethnicity": nan, "send": nan}])[0].source_id is None
    with pytest.raises(onroll.RosterError) as refused:
        onroll.Roster.from_rows([{**ROW, "class_name": nan}])
    assert [problem.code for problem in refused.value.report.problems] == ["blank"]


def test_padding_a_username_with_spaces_does_not_allow_more_sign_in_attempts() -> None:
    accounts = onroll.Accounts.from_rows([{**ROW, "password": "CX57"}])
    attempts, now = onroll.Attempts(), datetime(2026, 9, 7, 9, tzinfo=timezone.utc)
    looked_at = 0
    for number in range(300):
        try:
            attempts.sign_in(accounts, "Zoe Lee".ljust(1024) + str(number), "????", now=now + timedelta(minutes=2 * number))
        except onroll.SignInRefused as refused:
            looked_at += refused.reason == "not-recognised" and attempts.to_json() != onroll.Attempts().to_json()
    assert looked_at == 0, "no account has such a username, and nothing is compared"
    for number in range(30):
        with pytest.raises(onroll.SignInRefused):
            attempts.sign_in(accounts, "Zoe Lee".ljust(900 + number), "????", now=now + timedelta(minutes=2 * number))
    with pytest.raises(onroll.SignInRefused) as refused_too:
        attempts.sign_in(accounts, "Zoe Lee".ljust(1024), "CX57", now=now + timedelta(days=1))
    assert refused_too.value.reason == "locked" and attempts.is_locked("zoe lee")


FORGED = "\x1b]0;x\x07 \u202enimda\x9b2J"


def test_control_characters_in_values_cannot_move_the_cursor_or_forge_a_line() -> None:
    report = onroll.check_csv(csv(f'"{FORGED}\r\nrow 9: all is well",Zoe,Year 4,"4\rA",{FORGED},No,WBRI,No,No'))
    shown = [report.text(), *[problem.message for problem in report.problems]]
    accounts = onroll.Accounts.from_rows([{**ROW, "full_name": f"Zoe\n  - Kai{FORGED}", "class_name": FORGED}])
    plan = onroll.plan(accounts, onroll.Roster.from_rows([]), override_guards=["empty-roster"])
    for text in [*shown, plan.diff()]:
        assert not any(sign in text for sign in "\x1b\x07\u202e\x9b\r"), repr(text)
    assert not any(line.strip().startswith("row 9: all is well") for line in report.text().splitlines())
    assert "Zoe⏎  - Kai␛]0;x␇ U+202EnimdaU+009B2J" in plan.diff()


def test_refuses_to_hash_a_blank_password() -> None:
    for blank in ("", " ", "- -", "._"):
        [account] = onroll.Accounts.from_rows([{**ROW, "password": blank}])
        assert account.password is not None
        with pytest.raises(onroll.PolicyError, match="a blank password cannot be hashed"):
            account.password.to_phc_string()
    [account] = onroll.Accounts.from_rows([{**ROW, "password": "cx-s7"}])
    assert account.password is not None and account.password.canonical() == "CX57"
    assert account.password.to_phc_string().startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_refuses_repeated_claims_and_does_not_vouch_for_untrusted_email_addresses() -> None:
    now = datetime(2026, 9, 7, 9, tzinfo=timezone.utc)
    claims = {"iss": "https://id.oak.example", "sub": "7", "aud": "ours", "exp": now.timestamp() + 60}
    claims |= {"email": "zoe@oak.example", "email_verified": True}
    vouched = [
        onroll.Identity.from_claims(claims, "ours", now=now, trusted_issuers=trusted).email_vouched
        for trusted in ([], ["https://id.elm.example"], ["https://id.oak.example"])
    ]
    assert vouched == [False, False, True]
    with pytest.raises(onroll.IdentityError) as twice:
        onroll.Identity.from_claims('{"iss": "a", "iss": "b"}', "ours", now=now)
    assert twice.value.code == "identity-name-twice"
    assert "oak" not in repr(onroll.Identity.from_claims(claims, "ours", now=now))


@pytest.mark.parametrize("field", ["full_name", "username", "year_group", "class_name", "source_id", "upn"])
def test_reads_columns_of_whole_numbers_with_missing_values(field: str) -> None:
    other = {**ROW, "full_name": "Amy Ray", "username": "amy"}
    for number in (1, 7, 2**40):
        made: list[Any] = [
            pl.DataFrame([{**ROW, field: number}]),
            pd.DataFrame([{**ROW, field: number}]),
            pa.Table.from_pylist([{**ROW, field: number}]),
            # pandas uses these types if a value is missing, or if there are few different values.
            pd.DataFrame([{**ROW, field: float(number)}]),
            pd.DataFrame([{**ROW, field: number}]).astype({field: "category"}),
        ]
        for frame in made:
            assert getattr(onroll.Roster.from_arrow(frame)[0], field) == str(number), frame
            assert getattr(onroll.Accounts.from_arrow(frame)[0], field) == str(number), frame
    if field in ("source_id", "upn"):
        for missing in (pd.DataFrame([{**ROW, field: 412}, {**other, field: None}]), pd.DataFrame([{**ROW, field: 412}, other])):
            assert str(missing[field].dtype) == "float64"
            assert [getattr(student, field) for student in onroll.Roster.from_arrow(missing)] == ["412", None]
            assert [getattr(student, field) for student in onroll.Roster.from_rows(missing.to_dict("records"))] == ["412", None]


def test_reads_rows_that_contain_numpy_and_pandas_scalars() -> None:
    numpy = pytest.importorskip("numpy")
    row = {**ROW, "year_group": numpy.int64(4), "class_name": 4.0, "send": numpy.bool_(True), "source_id": numpy.float32("nan"), "upn": pd.NA}
    student = onroll.Roster.from_rows([row])[0]
    assert (student.year_group, student.class_name, student.send, student.source_id, student.upn) == ("4", "4", True, None, None)
    for wrong in (1.5, float("inf"), 1e300, object(), b"4", numpy.float64(0.5)):
        for entry in (onroll.Roster.from_rows, onroll.Accounts.from_rows):
            with pytest.raises(TypeError, match=r"rows\[0\]: class_name must be a str, an int, a bool or None, not"):
                entry([{**ROW, "class_name": wrong}])


def test_refuses_a_fractional_year_group_in_a_later_arrow_batch() -> None:
    schema = pa.schema([(name, pa.string() if isinstance(value, str) else pa.bool_()) for name, value in ROW.items() if name != "year_group"])
    schema = schema.append(pa.field("year_group", pa.float64()))
    batches = [pa.RecordBatch.from_pylist([{**ROW, "username": str(year), "year_group": year}], schema) for year in (4.0, 4.5)]
    with pytest.raises(TypeError, match="the column 'year_group' must be text, whole numbers or bools, not Float64"):
        onroll.Roster.from_arrow(pa.RecordBatchReader.from_batches(schema, batches))


@pytest.mark.parametrize("nothing", [None, float("nan")])
def test_reads_a_column_of_missing_values_as_blank_cells(nothing: object) -> None:
    rows = [{**ROW, "upn": nothing, "ethnicity": nothing, "notes": nothing, "photo": [{"bytes": nothing}]}]
    for frame in (pl.DataFrame(rows, strict=False), pd.DataFrame(rows), pa.Table.from_pylist(rows)):
        with pytest.raises(onroll.RosterError) as refused:
            onroll.Roster.from_arrow(frame)
        assert [(problem.column, problem.code) for problem in refused.value.report.problems] == [("Ethnicity", "blank")]
        assert onroll.Accounts.from_arrow(frame)[0].ethnicity == "NOBT"


def test_reports_every_wrong_value_in_rows_of_mixed_types() -> None:
    """Mixes values of the kinds that spreadsheets, databases and bugs produce. Each wrong value is reported, and no
    roster is made.
    """
    rows: list[dict[str, Any]] = [
        {**ROW, "username": "a", "year_group": "Year 7", "pupil_premium": 2},
        {**ROW, "username": "b", "year_group": 7, "pupil_premium": "maybe"},
        {**ROW, "username": "b", "year_group": "Yr 7", "gender": 1, "ethnicity": None},
        {**ROW, "username": None, "class_name": float("nan")},
    ]
    with pytest.raises(onroll.RosterError) as refused:
        onroll.Roster.from_rows(rows)
    found = {(problem.record, problem.column, problem.code) for problem in refused.value.report.errors}
    assert {
        (0, "Pupil Premium", "yes-no"),
        (1, "Pupil Premium", "yes-no"),
        (2, "Gender", "gender"),
        (2, "Ethnicity", "blank"),
        (3, "Username", "blank"),
        (3, "Class", "blank"),
    } <= found
    assert any(code == "username-duplicate" for _, _, code in found)
    for wrong in ([1], ["row"], [None], [("a", "b")], 5, None, "text", [[("full_name", "x")]]):
        for entry in (onroll.Roster.from_rows, onroll.Accounts.from_rows):
            with pytest.raises(TypeError, match=r"rows(\[0\])? must be"):
                entry(wrong)  # type: ignore[arg-type]
