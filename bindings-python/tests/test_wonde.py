"""Tests of Wonde over real HTTP on loopback, with the same fake Wonde as the core's tests."""

from __future__ import annotations

import asyncio
import io
import json
import os
import pickle
import subprocess
import sys
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import onroll
import pytest
from conftest import SCHOOL, TOKEN, Fake
from onroll import wonde

BEFORE = datetime(2026, 9, 1, 12, tzinfo=timezone.utc)


def by_httpx(request: wonde.Request) -> httpx.Response:
    return httpx.request(
        request.method, request.url, headers=request.headers, content=request.body, timeout=request.timeout
    )


@pytest.mark.parametrize("send", [None, by_httpx])
def test_creates_accounts_from_wonde_and_plans_the_changes_of_the_next_term(fake: Fake, send: Any) -> None:
    client = fake.client(send=send)
    seen: list[tuple[str, int, int]] = []
    snapshot = client.snapshot(SCHOOL, progress=lambda *at: seen.append(at))
    assert (len(snapshot), snapshot.counted, snapshot.duplicates, snapshot.since) == (450, True, 0, None)
    assert seen[:3] == [("students", 1, 0), ("students", 2, 200), ("students", 3, 400)]
    roster = snapshot.roster()
    assert (roster[0].full_name, roster[0].class_name, roster.unrecorded) == ("Amelia Smith", "1A", ())
    accounts = onroll.create_accounts(roster)
    assert accounts["Amelia Smith"].source_id == "A1000000000"
    fake.control(change="a term")
    for since in (None, BEFORE):
        later = client.snapshot(SCHOOL, since)
        plan = onroll.plan(accounts, later.roster())
        assert (len(plan.joiners), len(plan.leavers), plan.conflicts) == (10, 10, [])
        assert (later.since, later.left) == (since, 10 if since else 0)


@pytest.mark.parametrize("send", [None, by_httpx])
@pytest.mark.parametrize(
    ("kind", "reason", "passes"),
    [
        ("drop", "unreachable", True),
        ("stall", "timed-out", True),
        ("cut", "unreachable", True),
        ("429-after", "rate-limited", True),
        ("500", "server-error", True),
        ("401", "unauthorised", False),
        ("302", "redirected", False),
        ("shape", "wrong-shape", False),
        ("elsewhere", "next-elsewhere", False),
        ("no-next", "next-missing", False),
    ],
)
def test_never_returns_an_incomplete_snapshot_after_a_server_fault(fake: Fake, send: Any, kind: str, reason: str, passes: bool) -> None:
    fake.fault(kind)
    client = fake.client(send=send)
    if passes:
        assert len(client.snapshot(SCHOOL)) == 450
        fake.fault(kind, times=1000)
    with pytest.raises(onroll.WondeError) as refused:
        client.snapshot(SCHOOL)
    error = refused.value
    assert (error.code, error.reason, error.list, error.page) == ("wonde", reason, "students", 2)
    assert TOKEN not in f"{error} {error!r}"
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.reason, copy.page) == (reason, 2)


def test_a_student_with_a_broken_record_keeps_the_account_unchanged(fake: Fake) -> None:
    accounts = onroll.create_accounts(fake.client().snapshot(SCHOOL).roster())
    fake.control(change="break a record")
    roster = fake.client().snapshot(SCHOOL).roster()
    assert [held.source_id for held in roster.held] == ["A1000000000"]
    assert roster.report.errors[0].message.startswith("row 1 of the data, Class")
    assert len(onroll.plan(accounts, roster)) == 0
    fake.control(change="mend a record")
    assert len(onroll.plan(accounts, fake.client().snapshot(SCHOOL).roster())) == 0


def test_an_empty_student_list_from_wonde_raises_an_error(fake: Fake) -> None:
    fake.control(change="lose everybody")
    with pytest.raises(wonde.WondeError, match="Wonde lists no students") as refused:
        fake.client().snapshot(SCHOOL)
    assert refused.value.reason == "no-students"


def test_fields_that_the_token_can_no_longer_read_stay_unchanged(fake: Fake) -> None:
    accounts = onroll.create_accounts(fake.client().snapshot(SCHOOL).roster())
    fake.control(change="hide everything")
    roster = fake.client().snapshot(SCHOOL).roster()
    assert roster.unrecorded == ("Pupil Premium", "Ethnicity", "SEND", "EAL")
    assert len(onroll.plan(accounts, roster)) == 0


def test_the_roster_of_a_snapshot_follows_its_options_and_refuses_unknown_values(fake: Fake) -> None:
    snapshot = fake.client().snapshot(SCHOOL)
    sso = snapshot.roster(sign_in="sso", class_from="main", names_from="legal", email_from="email", main_codes_only=True)
    assert sso[1].username == "pupil1@oakfield.example"
    for name, wrong in [("class_from", "form"), ("names_from", "nick"), ("email_from", "any"), ("sign_in", "pin")]:
        with pytest.raises(ValueError, match=name):
            snapshot.roster(**{name: wrong})  # type: ignore[arg-type]


def test_an_exception_in_any_callback_reaches_the_caller(fake: Fake) -> None:
    def broken(request: wonde.Request) -> wonde.Response:
        raise KeyError("a mistake of the host's")

    with pytest.raises(KeyError, match="a mistake"):
        fake.client(send=broken).snapshot(SCHOOL)
    with pytest.raises(TypeError, match="a status_code or a status"):
        fake.client(send=lambda request: None).snapshot(SCHOOL)
    with pytest.raises(ZeroDivisionError):
        fake.client().snapshot(SCHOOL, progress=lambda *at: 1 // 0)
    with pytest.raises(KeyboardInterrupt):
        fake.fault("drop")
        wonde.Client(TOKEN, fake.domain, wait=interrupted).snapshot(SCHOOL)


def interrupted(seconds: float) -> None:
    raise KeyboardInterrupt


def test_sends_complete_requests_and_reads_a_simple_response() -> None:
    asked: list[wonde.Request] = []

    def send(request: wonde.Request) -> wonde.Response:
        asked.append(request)
        if "/counts" in request.url:
            return wonde.Response(403)
        return wonde.Response(200, '{"data": [{"id": "A1", "forename": "Zoë", "surname": "Okafor"}]}', {"Date": "x"})

    roster = wonde.Client("token", send=send).snapshot(SCHOOL).roster()
    assert [student.full_name for student in roster] == ["Zoë Okafor"]
    first = asked[0]
    assert first.url.startswith(f"https://api.wonde.com/v1.0/schools/{SCHOOL}/students?")
    assert first.headers["authorization"] == "Bearer token" and (first.body, first.method) == (None, "GET")
    assert "token" not in repr(first) and "include" not in repr(first)


def test_the_access_state_returns_the_next_action_after_each_list_or_webhook(fake: Fake) -> None:
    client = fake.client()
    access = wonde.Access(SCHOOL)
    assert access.listed(client.schools(), client.pending()) == "full-sync"
    assert access.fully_synced() is None
    assert client.request_access(SCHOOL, [{"first_name": "Office", "email_address": "office@oakfield.example"}]) == "pending"
    assert [school.name for school in client.pending()] == ["Oakfield Primary School"]
    assert client.search(postcode="AB1 2CD")[0].urn == "100000"
    assert access.listed(client.schools(), []) == "stop-syncing"
    assert client.revoke_access(SCHOOL) == "revoked"
    assert wonde.Access.from_json(access.to_json()) == access
    approved = wonde.webhook(json.dumps({"payload_type": "schoolApproved", "school_id": SCHOOL, "school_token": "t0k3n"}))
    assert access.webhook(approved) == "full-sync" and access.needs_full_sync
    assert approved.token is not None and approved.token.expose() == "t0k3n"
    assert "t0k3n" not in f"{approved!r} {approved.token!r} {approved.token}"


def test_refuses_invalid_webhooks() -> None:
    for body, code in [
        (b"{", "webhook-not-json"),
        (b"[]", "webhook-wrong-shape"),
        (b'{"payload_type": "writeback", "school_id": "A1"}', "webhook-unknown-type"),
        (b'{"payload_type": "accessRevoked"}', "webhook-no-school"),
    ]:
        with pytest.raises(onroll.WebhookError) as refused:
            wonde.webhook(body)
        assert refused.value.code == code
    assert wonde.same_secret("s3cret", "s3cret") and not wonde.same_secret("", "")


def test_refuses_invalid_arguments_before_any_request_is_sent() -> None:
    def never(request: wonde.Request) -> wonde.Response:
        raise AssertionError("nothing is sent")

    for token in ("", "a b", "é"):
        with pytest.raises(wonde.WondeError) as refused:
            wonde.Client(token)
        assert refused.value.reason == "invalid-token"
    for domain in ("evil.example", "api.wonde.com/x", ""):
        with pytest.raises(wonde.WondeError) as refused:
            wonde.Client("token", domain)
        assert refused.value.reason == "invalid-domain"
    assert wonde.Client("token", "proxy.trust.example", any_domain=True)
    with pytest.raises(wonde.WondeError) as refused:
        wonde.Client("token", send=never).snapshot("A1/students")
    assert refused.value.reason == "invalid-school"
    with pytest.raises(ValueError, match="aware datetime"):
        wonde.Client("token", send=never).snapshot(SCHOOL, datetime(2026, 9, 1))
    with pytest.raises(TypeError, match="since must be an aware datetime, not str"):
        wonde.Client("token", send=never).snapshot(SCHOOL, "2026-09-01")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="send must be a callable"):
        wonde.Client("token", send=7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="timeout"):
        wonde.Client("token", timeout=0)


def test_a_daily_schedule_follows_london_time_through_clock_changes() -> None:
    schedule = wonde.Schedule.daily("02:30")
    london = ZoneInfo("Europe/London")
    at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    for _ in range(800):
        at = schedule.next_after(at)
        assert at.tzinfo is timezone.utc and at.astimezone(london).strftime("%H:%M") == "02:30"
    weekly = schedule.full_on("Sunday").spread(60).of_school(SCHOOL)
    runs = [weekly.next_run(BEFORE + timedelta(days=day)) for day in range(7)]
    assert [kind for _, kind in runs].count("full") == 1
    assert weekly != schedule and weekly == schedule.spread(60).full_on("Sun").of_school(SCHOOL)
    for wrong in ("2:30", "24:00"):
        with pytest.raises(ValueError, match="02:30"):
            wonde.Schedule.daily(wrong)
    with pytest.raises(ValueError, match="Sunday"):
        schedule.full_on("Someday")
    with pytest.raises(ValueError, match="aware"):
        schedule.next_after(datetime(2026, 1, 1))


def test_the_exclusive_function_allows_one_sync_of_a_school_at_a_time() -> None:
    locks = wonde.Locks()
    with wonde.exclusive(locks, SCHOOL):
        with pytest.raises(wonde.WondeError) as refused, wonde.exclusive(locks, SCHOOL):
            pass
        assert refused.value.reason == "busy"
        with wonde.exclusive(locks, "A2"):
            pass
    with wonde.exclusive(locks, SCHOOL):
        pass


def test_other_threads_run_while_a_snapshot_is_downloaded(fake: Fake) -> None:
    import threading

    fake.fault("stall", page=1)
    ticks = 0
    done = threading.Event()

    def read() -> None:
        fake.client().snapshot(SCHOOL)
        done.set()

    reader = threading.Thread(target=read)
    reader.start()
    while not done.wait(0.01):
        ticks += 1
    reader.join()
    assert ticks > 10


def test_the_nightly_example_creates_and_syncs_accounts(fake: Fake, tmp_path: Path) -> None:
    example = Path(__file__).parents[1] / "examples" / "nightly.py"
    environment = {**os.environ, "WONDE_TOKEN": TOKEN, "WONDE_DOMAIN": fake.domain}

    def night() -> subprocess.CompletedProcess[str]:
        program = [sys.executable, str(example), SCHOOL, str(tmp_path / "accounts.json")]
        return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)

    assert night().stdout == "450 join\n"
    fake.control(change="a term")
    assert night().stdout.startswith("10 join, 10 leave, ")
    fake.fault("422")
    failed = night()
    assert failed.returncode == 1 and "page 2 of students" in failed.stderr
    assert night().stdout.endswith("450 unchanged\n")


def test_waits_before_a_retry_by_default(fake: Fake) -> None:
    fake.fault("429-after")
    begun = time.monotonic()
    assert len(wonde.Client(TOKEN, fake.domain).snapshot(SCHOOL)) == 450
    assert time.monotonic() - begun > 0.9


def test_reads_only_the_chosen_parts_of_wonde_records_and_warns_about_refused_parts(fake: Fake) -> None:
    client = fake.client()
    few = client.snapshot(SCHOOL, includes=["year", "groups"])
    assert (few.includes, few.warnings) == (("groups", "year"), [])
    assert few.roster().unrecorded == ("Pupil Premium", "Ethnicity", "SEND", "EAL")
    fake.control(set={"forbidden": ["extended_details"]})
    snapshot = client.snapshot(SCHOOL)
    assert [warning.code for warning in snapshot.warnings] == ["include-refused"]
    assert "extended_details" in str(snapshot.warnings[0])
    assert snapshot.roster().held == []
    with pytest.raises(wonde.WondeError) as refused:
        client.snapshot(SCHOOL, includes=["hobbies"])
    assert refused.value.reason == "invalid-include"


def test_a_wrong_student_count_is_an_error_only_with_the_strict_count_option(fake: Fake) -> None:
    fake.control(set={"count_off": 1})
    snapshot = fake.client().snapshot(SCHOOL)
    assert (len(snapshot), snapshot.counted, snapshot.count) == (450, False, 451)
    assert [warning.code for warning in snapshot.warnings] == ["count-differs"]
    with pytest.raises(wonde.WondeError) as refused:
        fake.client().snapshot(SCHOOL, strict_count=True)
    assert refused.value.reason == "count-differs"


def check_of(fake: Fake) -> wonde.AccessCheck:
    return fake.client().check_access(SCHOOL)


def awaited_check_of(fake: Fake) -> wonde.AccessCheck:
    async def check() -> wonde.AccessCheck:
        async with httpx.AsyncClient() as http:

            async def send(r: wonde.Request) -> httpx.Response:
                return await http.request(r.method, r.url, headers=r.headers, content=r.body, timeout=r.timeout)

            return await wonde.AsyncClient(TOKEN, fake.domain, send=send).check_access(SCHOOL)

    return asyncio.run(check())


@pytest.mark.parametrize("checked", [check_of, awaited_check_of])
def test_checking_access_says_which_fields_can_be_read(fake: Fake, checked: Any) -> None:
    fake.control(set={"hidden": ["gender", "premium"]})
    check = checked(fake)
    assert (check.school_id, check.online, check.approved, check.students) == (SCHOOL, True, True, 200)
    assert check.last_synced == datetime(2026, 9, 1, 5, tzinfo=timezone.utc)
    states = {field.field: field.state for field in check.fields}
    assert (states["gender"], states["class_name"], states["pupil_premium"]) == ("not-permitted", "readable", "not-permitted")
    assert (check.permissions_known, check.withheld, check.refused_includes) == (True, ("gender", "pupil_premium"), ())
    assert "gender: the school has not permitted it." in check.text() == str(check)
    assert all(field.consequence.endswith(".") for field in check.fields)
    assert TOKEN not in repr(check)
    roster = fake.client().snapshot(SCHOOL, BEFORE).roster(withheld=check.withheld)
    assert roster.unrecorded == ("Gender", "Pupil Premium")


def test_the_values_option_sets_the_meanings_of_texts_from_the_mis(fake: Fake) -> None:
    fields = {"sen": "Monitoring", "ethnicity": "White - Polish", "gender": "Other", "class": "Puffins"}
    fake.control(reset=1, set={})
    fake.control(set={"pupil": {"0": fields}})
    snapshot = fake.client().snapshot(SCHOOL)
    values: Any = {"send": {"monitoring": True}, "ethnicity": {"White - Polish": "WEEU"}, "gender": {"other": None}}
    roster = snapshot.roster(values=values)
    assert (roster[0].send, roster[0].ethnicity.code, roster[0].gender) == (True, "WEEU", None)
    assert [p.code for p in snapshot.roster().report.problems] == ["not-recorded"] * 3
    for wrong, said in [
        ({"colour": {"x": "y"}}, "not 'colour'"),
        ({"full_name": {"x": "y"}}, "not 'full_name'"),
        ({"gender": {"x": "male"}}, "gender must be Male, Female or Non-Binary, not 'male'"),
    ]:
        with pytest.raises(ValueError, match=said):
            snapshot.roster(values=wrong)
    for values, said in [({"send": 1}, r"values\['send'\] must be a mapping"), ({"send": {"x": 1}}, "a str, a bool or None")]:
        with pytest.raises(TypeError, match=said):
            snapshot.roster(values=values)
    with pytest.raises(ValueError, match="an email domain"):
        snapshot.roster(email_domains=["oak"])
    with pytest.raises(ValueError, match="withheld must be"):
        snapshot.roster(withheld=["colour"])


def test_a_student_whose_leaving_date_has_passed_becomes_a_leaver(fake: Fake) -> None:
    accounts = onroll.create_accounts(fake.client().snapshot(SCHOOL).roster())
    fake.control(set={"pupil": {"4": {"leaving_date": "2026-07-20"}}})
    snapshot = fake.client().snapshot(SCHOOL)
    assert len(onroll.plan(accounts, snapshot.roster())) == 0
    assert len(onroll.plan(accounts, snapshot.roster(today=date(2026, 7, 20)))) == 0
    assert len(onroll.plan(accounts, snapshot.roster(today=date(2026, 7, 21))).leavers) == 1
    with pytest.raises(TypeError, match="today must be a date"):
        snapshot.roster(today="2026-07-21")  # type: ignore[arg-type]


def test_reads_the_year_group_from_the_class_name_only_with_the_option(fake: Fake) -> None:
    fake.control(set={"hidden": ["year", "year_group"]})
    snapshot = fake.client().snapshot(SCHOOL)
    assert (snapshot.roster()[0].year_group, snapshot.roster(year_from_class=True)[0].year_group) == ("", "Year 1")


def test_lists_the_students_who_were_not_imported_and_the_reasons(fake: Fake) -> None:
    pupils = {"0": {"class": ""}, "1": {"email": None, "home_email": "parent@home.example"}, "2": {"email": "a@b.example"}}
    fake.control(set={"pupil": pupils})
    snapshot = fake.client().snapshot(SCHOOL)
    roster = snapshot.roster()
    no_class = "the MIS has no registration group or class for this pupil"
    assert [(held.full_name, held.class_name, held.reasons) for held in roster.held] == [("Amelia Smith", "", (no_class,))]
    assert roster.not_imported_text().splitlines()[1] == f"  Amelia Smith (no class): {no_class}"
    written = io.BytesIO()
    roster.write_not_imported(written)
    assert written.getvalue().decode("utf-8-sig").splitlines()[1].startswith("Amelia Smith,Year 1,,")
    sso = snapshot.roster(sign_in="sso", email_domains=["oakfield.example"])
    assert ["which is a parent's" in held.reasons[0] for held in sso.held][1] is True
    assert "not at one of the school's domains" in sso.held[2].reasons[0]


def test_reads_the_outcome_of_an_access_request_from_the_lists_of_schools(fake: Fake) -> None:
    access = wonde.Access(SCHOOL)
    access.requested()
    fake.control(set={"state": "audited"})
    client = fake.client()
    assert access.listed(client.schools(), client.pending()) == "ask-wonde"
    assert access.state == "unknown"
    access.listed([], [], audited=client.audited(), declined=client.declined(), revoked=client.revoked())
    assert str(access.state) == "audited"
    for state in ("declined", "revoked"):
        fake.control(set={"state": state})
        access.listed([], [], declined=client.declined(), revoked=client.revoked())
        assert access.state == state


def test_a_student_who_enrols_again_keeps_the_account_with_the_same_upi(fake: Fake) -> None:
    accounts = onroll.create_accounts(fake.client().snapshot(SCHOOL).roster())
    old = next(account for account in accounts if account.source_id == "A1000000007")
    fake.control(set={"pupil": {"7": {"id": "A1999999999", "upn": None, "class": "6X"}}})
    roster = fake.client().snapshot(SCHOOL).roster()
    assert old.upi == next(student for student in roster if student.source_id == "A1999999999").upi is not None
    rows = [{name: getattr(account, name) for name in (*account.__match_args__, "source_id", "upn", "upi")} for account in accounts]
    for kept in (accounts, onroll.Accounts.from_rows(rows), onroll.Accounts.from_json(accounts.to_json(passwords=True))):
        plan = onroll.plan(kept, roster)
        assert [(change.kind, change.username, change.account.upi) for change in plan] == [("relink", old.username, old.upi)]


def test_an_approval_with_a_new_token_requires_a_full_sync() -> None:
    def approved(token: str) -> wonde.Webhook:
        return wonde.webhook(json.dumps({"payload_type": "schoolApproved", "school_id": "A1", "school_token": token}))

    access = wonde.Access("A1")
    assert access.webhook(approved("first")) == "full-sync"
    access.fully_synced()
    assert access.webhook(approved("first")) is None
    assert wonde.Access.from_json(access.to_json()).webhook(approved("second")) == "full-sync"
    assert wonde.same_secret("a b/c=", "a+b/c=")
