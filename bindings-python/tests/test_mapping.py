"""Tests of exports: every test vector in `core/tests/vectors/detect`, and mappings that are stored and applied."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import onroll
import pytest

FOLDER = Path(__file__).parents[2] / "core" / "tests" / "vectors" / "detect"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "exports.json").read_text(encoding="utf-8"))
CELLS = ("full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal")


def students(roster: onroll.Roster) -> list[list[Any]]:
    shown = {True: "Yes", False: "No"}
    return [[shown.get(value, value) for value in (getattr(student, name) for name in CELLS)] for student in roster]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_detects_and_reads_each_export_as_its_test_vector_expects(case: dict[str, Any]) -> None:
    data = (FOLDER / case["file"]).read_bytes()
    options = dict(case.get("options", {}))
    listed = options.pop("pupil_premium", None)
    premium = listed and onroll.PupilPremium.read((FOLDER / listed).read_bytes())
    detected = onroll.detect(data, **options)
    told = json.loads(detected.to_json())
    assert told["mapping"]["columns"] == case["columns"]
    assert [[question["kind"], question["target"]] for question in told["questions"]] == case.get("questions", [])
    assert detected.certain is not bool(case.get("questions"))
    mapping = onroll.Mapping.from_json(detected.mapping.to_json())
    assert mapping == detected.mapping
    sign_in = options.get("sign_in", "password")
    if case["students"] is None:
        with pytest.raises(onroll.RosterError):
            onroll.read_csv(data, mapping=mapping, fix=True, sign_in=sign_in, pupil_premium=premium)
        report = onroll.check_csv(data, mapping=mapping, fix=True, sign_in=sign_in, pupil_premium=premium)
        assert not report.ok
    else:
        roster = onroll.read_csv(data, mapping=mapping, fix=True, sign_in=sign_in, pupil_premium=premium)
        assert students(roster) == case["students"]
        report = roster.report
    if "messages" in case:
        assert [problem.message for problem in report.problems] == case["messages"]
    if "groups" in case:
        assert [group["message"] for group in report.by_value] == case["groups"]


def test_a_mapping_can_be_stored_as_json_and_used_to_read_a_csv() -> None:
    mapping = onroll.Mapping(
        {"full_name": ["Forename", "Surname"], "class_name": "Reg", "year_group": "Year", "gender": "Sex", "username": {"same_as": "upn"}, "upn": "UPN"},
        values={"gender": {"U": "Non-Binary"}},
    )
    assert mapping.columns["full_name"] == ["Forename", "Surname"]
    assert mapping.columns["username"] == {"same_as": "upn"}
    assert mapping.values == {"gender": {"U": "Non-Binary"}}
    assert (mapping.headings, mapping.sheet, len(mapping.fingerprint)) == ([], None, 16)
    assert pickle.loads(pickle.dumps(mapping)) == mapping
    assert onroll.Mapping.from_json(mapping.to_json()) == mapping
    csv = b"UPN,Sex,Year,Reg,Surname,Forename\nH801200001001,u,Year 5,5A,Okafor,Amara\n"
    roster = onroll.read_csv(csv, mapping=mapping)
    assert (roster[0].full_name, roster[0].username, roster[0].gender) == ("Amara Okafor", "H801200001001", "Non-Binary")
    report = onroll.check_csv(csv.replace(b",u,", b",q,"), mapping=mapping)
    assert [(problem.heading, problem.column) for problem in report.problems] == [("Sex", "Gender")]


def test_refuses_an_invalid_mapping() -> None:
    with pytest.raises(onroll.MappingError) as refused:
        onroll.Mapping({"gender": "Sex"}, values={"gender": {"U": "Unknown"}})
    assert refused.value.code == "mapping-value"
    with pytest.raises(onroll.MappingError) as newer:
        onroll.Mapping.from_json('{"format": 99, "columns": {}}')
    assert newer.value.code == "mapping-version"
    with pytest.raises(ValueError, match="a key of columns must be"):
        onroll.Mapping({"shoe_size": "Shoe"})
    with pytest.raises(TypeError):
        onroll.read_csv(b"", mapping={"full_name": "Name"})  # type: ignore[arg-type]


def test_detection_recognises_headings_from_a_custom_vocabulary() -> None:
    csv = b"Forename,Surname,Year,Stammgruppe,Sex\nAmara,Okafor,Year 5,5A,F\n"
    assert not onroll.detect(csv).certain
    detected = onroll.detect(csv, vocabulary={"Stammgruppe": "class_name"})
    assert detected.certain
    column = next(column for column in detected.columns if column.target == "class_name")
    assert (column.sources, column.certainty, column.examples) == (["Stammgruppe"], "safe", ["5A"])
    # The repr, which is for logs, shows no child.
    assert "Okafor" not in repr(detected) + repr(detected.columns[0]) and "Okafor" in detected.text()
