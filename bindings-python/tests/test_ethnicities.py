"""Tests of the host's own ethnicity codes, and of words for codes. A code stays the same wherever it is stored."""

from __future__ import annotations

import copy
import io
import json
import pickle
from collections.abc import Callable
from typing import Any

import duckdb
import onroll
import polars
import pyarrow
import pytest
from conftest import SCHOOL, Fake, csv

OWN: list[Any] = [
    {"code": "WSHE", "description": "White - Shetlander", "main_code": "WBRI", "aliases": ["Shetland"]},
    {"code": "ZSEA", "description": "Seafarer"},
    {"code": "ZBAY", "description": "Seafarer of the bay", "main_code": "ZSEA"},
    {"code": "WEEU", "aliases": ("Polish",)},
]
CODES = ["WSHE", "ZBAY", "WEEU", "WBRI"]
NAMES = ["Ada Reid", "Ben Hall", "Cleo Shaw", "Dan West"]
TEXTS = ["shetland", "ZBAY", "Polish", "WBRI"]
ROWS = [f"{name},{name},Year 5,5A,Female,No,{text},No,No" for name, text in zip(NAMES, TEXTS)]


def parts(code: Any) -> tuple[str, str, str, str]:
    return (str(code), code.description, code.main_code, code.group)


SHETLAND = ("WSHE", "White - Shetlander", "WBRI", "White")
BAY = ("ZBAY", "Seafarer of the bay", "ZSEA", "Other")


def school(texts: list[str] = TEXTS) -> onroll.Roster:
    rows = [f"{name},{name},Year 5,5A,Female,No,{text},No,No" for name, text in zip(NAMES, texts)]
    return onroll.read_csv(csv(*rows), fix=True, ethnicities=OWN)


def test_reading_a_csv_accepts_custom_ethnicity_codes() -> None:
    roster = school()
    assert [student.ethnicity for student in roster] == CODES
    assert (parts(roster[0].ethnicity), parts(roster[1].ethnicity)) == (SHETLAND, BAY)
    # The Department's codes are the objects in ETHNICITIES.
    assert roster[3].ethnicity is onroll.ethnicity("WBRI")
    assert [row["ethnicity"] for row in roster.to_dicts()] == list(roster.to_pandas()["ethnicity"]) == CODES
    with pytest.raises(onroll.RosterError):
        onroll.read_csv(csv(*ROWS), fix=True)


def test_checking_fixing_marking_and_detecting_accept_custom_ethnicity_codes() -> None:
    report = onroll.check_csv(csv(*ROWS), ethnicities=iter(OWN))
    assert [(problem.code, problem.fix) for problem in report.problems] == [
        ("ethnicity-description", "WSHE"),
        ("ethnicity-description", "WEEU"),
    ]
    fixed = io.BytesIO()
    assert onroll.fix_csv(csv(*ROWS), fixed, ethnicities=OWN).ok
    assert onroll.read_csv(fixed.getvalue(), ethnicities=OWN) == school()
    marked = io.BytesIO()
    assert onroll.mark_csv(csv(*ROWS), marked, ethnicities=OWN).ok
    assert onroll.check_csv(marked.getvalue(), ethnicities=OWN).ok
    export = b"Forename,Surname,Reg,Year,Gender,Ethnicity\nZoe,Okafor,5A,5,F,Shetland\nNoah,Khan,5A,5,M,Polish\n"
    detected = onroll.detect(export, ethnicities=OWN)
    found = {value.value: value.read_as for values in detected.values for value in values.values}
    assert (found["Shetland"], found["Polish"]) == ("WSHE", "WEEU")
    roster = onroll.read_csv(export, mapping=detected.mapping, fix=True, ethnicities=OWN)
    assert [student.ethnicity for student in roster] == ["WSHE", "WEEU"]


def test_the_main_codes_only_option_replaces_custom_codes_with_their_main_codes() -> None:
    roster = onroll.read_csv(csv(*ROWS), fix=True, main_codes_only=True, ethnicities=OWN)
    assert [student.ethnicity for student in roster] == ["WBRI", "ZSEA", "WOTH", "WBRI"]


def test_tables_contain_custom_ethnicity_codes() -> None:
    roster = school()
    for table in (pyarrow.table(roster), pyarrow.table(onroll.create_accounts(roster))):
        assert table["ethnicity"].to_pylist() == CODES
    assert polars.DataFrame(roster)["ethnicity"].to_list() == CODES
    counted: Any = duckdb.sql("select ethnicity from roster")
    assert counted.fetchall() == [(code,) for code in CODES]
    again = onroll.Roster.from_arrow(pyarrow.table(roster), ethnicities=OWN)
    assert again == roster and parts(again[1].ethnicity) == BAY
    with pytest.raises(onroll.RosterError):
        onroll.Roster.from_arrow(pyarrow.table(roster))
    stored = onroll.Accounts.from_arrow(pyarrow.table(roster), ethnicities=OWN)
    assert [parts(account.ethnicity) for account in stored][:2] == [SHETLAND, BAY]


def test_ignores_a_requested_arrow_index_type_that_is_too_small() -> None:
    many: list[Any] = [{"code": f"{number:04}", "description": f"Own {number}"} for number in range(300)]
    roster = onroll.read_csv(csv(*[f"{name},{name},Year 5,5A,Female,No,0299,No,No" for name in NAMES]), ethnicities=many)
    wanted = pyarrow.table(roster).schema
    small = wanted.set(wanted.get_field_index("ethnicity"), pyarrow.field("ethnicity", pyarrow.dictionary(pyarrow.uint8(), pyarrow.string())))
    stream = pyarrow.RecordBatchReader._import_from_c_capsule(roster.__arrow_c_stream__(small.__arrow_c_schema__()))
    assert stream.schema.field("ethnicity").type.index_type == pyarrow.int16()
    assert stream.read_all()["ethnicity"].to_pylist() == ["0299"] * 4


def test_accounts_and_plans_keep_custom_ethnicity_codes() -> None:
    accounts = onroll.create_accounts(school())
    assert parts(accounts["Ada Reid"].ethnicity) == SHETLAND
    assert accounts.edit("Dan West", ethnicity="ZBAY").ethnicity.main_code == "ZSEA"
    with pytest.raises(onroll.AccountError):
        accounts.edit("Dan West", ethnicity="ZZZZ")
    stored = onroll.Accounts.from_json(accounts.to_json())
    assert [parts(account.ethnicity) for account in stored] == [parts(account.ethnicity) for account in accounts]
    plan = onroll.plan(stored, school(["ZSEA", "ZBAY", "WEEU", "WSHE"]))
    changed = {change.account.username: tuple(map(parts, change.fields["ethnicity"])) for change in plan}
    assert changed["Ada Reid"] == (SHETLAND, ("ZSEA", "Seafarer", "ZSEA", "Other"))
    assert changed["Dan West"] == (BAY, SHETLAND)
    assert [parts(statement.set["ethnicity"]) for statement in plan.statements()][1] == SHETLAND
    again = onroll.Plan.from_json(plan.to_json())
    after = again.apply(stored)
    assert parts(after["Dan West"].ethnicity) == SHETLAND
    assert "ZSEA" in {row["ethnicity"] for row in after.to_dicts()}
    # Accounts without the host's codes get the codes of the roster.
    plain = onroll.create_accounts(onroll.read_csv(csv("Ada Reid,Ada Reid,Year 5,5A,Female,No,WBRI,No,No")))
    joined = onroll.plan(plain, school(), override_guards=["too-many-joiners"]).apply(plain)
    assert parts(joined["Ada Reid"].ethnicity) == SHETLAND
    gone = joined.merge("Ada Reid", "Ben Hall")
    assert parts(gone.ethnicity) == BAY


def test_students_from_rows_can_have_custom_ethnicity_codes() -> None:
    row = {"full_name": "Ada Reid", "username": "Ada Reid", "year_group": "Year 5", "class_name": "5A", "gender": "Female", "pupil_premium": False,
           "ethnicity": "Shetland", "send": False, "eal": False}
    assert parts(onroll.Accounts.from_rows([row], ethnicities=OWN)[0].ethnicity) == SHETLAND
    with pytest.raises(onroll.AccountError):
        onroll.Accounts.from_rows([row])
    assert parts(onroll.Roster.from_rows([row], fix=True, ethnicities=OWN)[0].ethnicity) == SHETLAND


def test_pickles_and_copies_keep_custom_ethnicity_codes() -> None:
    roster = school()
    accounts = onroll.create_accounts(roster)
    plan = onroll.plan(accounts, school(["ZSEA", "ZBAY", "WEEU", "WSHE"]))
    again: list[Callable[[Any], Any]] = [lambda kept: pickle.loads(pickle.dumps(kept)), copy.copy, copy.deepcopy]
    for made in again:
        assert [parts(student.ethnicity) for student in made(roster)] == [parts(student.ethnicity) for student in roster]
        assert parts(made(roster[1]).ethnicity) == parts(made(roster[1].ethnicity)) == BAY
        assert parts(made(accounts)["Ada Reid"].ethnicity) == parts(made(accounts[0]).ethnicity) == SHETLAND
        assert parts(made(plan[0]).fields["ethnicity"][0]) == SHETLAND
    assert json.dumps(roster[0].ethnicity) == '"WSHE"'


def test_wonde_rosters_accept_custom_ethnicity_codes(fake: Fake) -> None:
    fake.control(reset=2, set={})
    fake.control(set={"pupil": {"0": {"ethnicity": "Shetland"}, "1": {"ethnicity": "Seafarers"}}})
    snapshot = fake.client().snapshot(SCHOOL)
    roster = snapshot.roster(ethnicities=OWN, values={"ethnicity": {"Seafarers": "ZBAY"}})
    assert (parts(roster[0].ethnicity), parts(roster[1].ethnicity)) == (SHETLAND, BAY)
    with pytest.raises(ValueError, match="ethnicity"):
        snapshot.roster(values={"ethnicity": {"Seafarers": "ZBAY"}})


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (5, TypeError, "ethnicities must be an iterable of mappings or None, not int"),
        ("WSHE", TypeError, "ethnicities must be an iterable of mappings or None, not str"),
        ({"code": "WSHE"}, TypeError, "ethnicities must be an iterable of mappings or None, not dict"),
        (["WSHE"], TypeError, r"ethnicities\[0\] must be a mapping, not str"),
        ([{"description": "Shetlander"}], ValueError, r"ethnicities\[0\] must have a 'code'"),
        ([{"code": 5}], TypeError, r"ethnicities\[0\]\['code'\] must be a str, not int"),
        ([{"code": "WSHE", "mainCode": "WBRI"}], ValueError, "a key of ethnicities must be 'code' or .*, not 'mainCode'"),
        ([{"code": "WBRI", "aliases": "Brit"}], TypeError, r"ethnicities\[0\]\['aliases'\] must be an iterable of str, not str"),
        ([OWN[0], {"code": "wshe"}], ValueError, r"ethnicities\[1\]: an ethnicity code must be four capital letters or digits"),
        ([{"code": "WSHE"}], ValueError, r"ethnicities\[0\]: a new ethnicity code must have a description"),
        ([{"code": "WBRI", "description": "Other"}], ValueError, r"ethnicities\[0\]: the ethnicity code or its description is in use"),
        ([{"code": "WSHE", "description": "A", "main_code": "ZZZZ"}], ValueError, "the main code must be an existing code"),
        ([{"code": "WEEU", "aliases": ["White - British"]}], ValueError, "the alias is a code, a description or an alias of another code"),
        ([{"code": "WEEU", "aliases": ["-"]}], ValueError, "an alias must contain a letter or a digit"),
    ],
)
def test_an_error_for_an_invalid_custom_ethnicity_says_what_is_wrong(wrong: Any, error: type[Exception], message: str) -> None:
    for call in (
        lambda: onroll.read_csv(csv(*ROWS), ethnicities=wrong),
        lambda: onroll.detect(csv(*ROWS), ethnicities=wrong),
        lambda: onroll.Accounts.from_rows([], ethnicities=wrong),
    ):
        with pytest.raises(error, match=message):
            call()
