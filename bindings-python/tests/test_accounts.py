"""Tests of ethnicities, passwords, accounts and the files that they are written to."""

from __future__ import annotations

import copy
import csv as plain_csv
import dataclasses
import errno
import io
import os
import pickle
import sqlite3
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import onroll
import pytest
from conftest import MESSY, OAKFIELD, SEPTEMBER, csv


def test_each_ethnicity_code_is_a_string_with_a_description() -> None:
    assert len(onroll.ETHNICITIES) == 103
    code = onroll.ethnicity("WROR")
    assert isinstance(code, str) and {code} == {"WROR"}
    assert (code.code, code.description, code.main_code, code.group) == ("WROR", "Roma", "WROM", "White")
    assert onroll.Ethnicity("WROR") is code and pickle.loads(pickle.dumps(code)) is code
    with pytest.raises(ValueError, match="Department for Education"):
        onroll.ethnicity("wror")


def test_each_password_policy_generates_passwords_of_its_kind() -> None:
    default = onroll.PasswordPolicy()
    assert default == onroll.PasswordPolicy.characters(4) and 16 < default.entropy_bits < 17
    assert "10 wrong passwords" in default.advice
    passwords = default.generate(30)
    assert len(passwords) == 30 and all(isinstance(p, str) and len(p) == 4 for p in passwords)
    assert all(p.isdigit() and len(p) == 6 for p in onroll.PasswordPolicy.pin(6).generate(20))
    assert repr(onroll.PasswordPolicy.words(3)) == "PasswordPolicy.words(3)"
    for policy in [onroll.PasswordPolicy.pin(6), onroll.PasswordPolicy.characters(5, without=["oak"])]:
        assert pickle.loads(pickle.dumps(policy)) == policy
    weak: list[Callable[[int], onroll.PasswordPolicy]] = [onroll.PasswordPolicy.characters, onroll.PasswordPolicy.words]
    for make in [*weak, onroll.PasswordPolicy.pin]:
        with pytest.raises(onroll.PolicyError) as caught:
            make(1)
        assert caught.value.code == "policy-too-narrow"
        assert isinstance(caught.value, ValueError)


def test_finds_accounts_by_username_and_by_index(accounts: onroll.Accounts) -> None:
    first = accounts[0]
    assert accounts[first.username.upper()] == first == accounts.get(first.username) == next(iter(accounts))
    assert first.username in accounts and first in accounts and "nobody" not in accounts
    assert accounts.index(accounts[9]) == 9 and accounts[-1] == list(accounts)[-1] and len(accounts[5:9]) == 4
    assert accounts.get("nobody") is None and accounts.get("nobody", 3) == 3
    assert list(reversed(accounts))[0] == accounts[-1] and accounts.count(first) == 1
    with pytest.raises(KeyError) as caught:
        accounts["Nobody Atall"]
    assert isinstance(caught.value, onroll.AccountNotFound) and "Atall" not in str(caught.value)


def test_json_contains_passwords_only_with_the_passwords_option(accounts: onroll.Accounts) -> None:
    account = accounts[0]
    assert account.password is not None
    secret = account.password.expose()
    assert len(secret) == 4 and account.password.matches(secret.lower())
    shown = [repr(account), str(account), repr(account.password), f"{account.password!r}", repr(accounts), accounts.to_json()]
    assert not [text for text in shown if secret in text]
    assert secret in accounts.to_json(passwords=True)
    with pytest.raises(TypeError):
        hash(account.password)


def test_converting_a_password_to_text_raises_type_error(accounts: onroll.Accounts) -> None:
    password = accounts[0].password
    assert password is not None
    makes: list[Callable[[], str]] = [
        lambda: str(password),
        lambda: f"{password}",
        lambda: format(password, ">20"),
        lambda: f"{password}",
        lambda: "%s" % password,  # noqa: UP031
    ]
    for make in makes:
        with pytest.raises(TypeError, match=r"use \.expose\(\) for the password") as refused:
            make()
        assert password.expose() not in str(refused.value)
    assert repr(password) == "Password(<hidden>)" == f"{password!r}" and repr([password]) == "[Password(<hidden>)]"


def test_editing_an_account_changes_only_the_given_fields(accounts: onroll.Accounts) -> None:
    before = accounts[0]
    after = accounts.edit(before, class_name="5B", eal=True, active=False)
    assert (after.class_name, after.eal, after.active, after.password) == ("5B", True, False, before.password)
    assert accounts[0] == after != before, "an Account does not change after it was returned"
    with pytest.raises(onroll.AccountError) as caught:
        accounts.edit(after.username, gender="F?")
    assert caught.value.report is not None and caught.value.report.problems[0].code == "gender"
    assert accounts[0] == after
    wrongs: list[dict[str, Any]] = [{"class_name": 5}, {"active": "yes"}, {"klass": "5B"}]
    for wrong in wrongs:
        with pytest.raises(TypeError, match=next(iter(wrong))):
            accounts.edit(after, **wrong)
    with pytest.raises(onroll.AccountNotFound):
        accounts.edit("nobody", class_name="5B")


def test_resetting_or_setting_a_password_replaces_the_old_password(accounts: onroll.Accounts) -> None:
    names = [account.username for account in accounts]
    old = accounts[0].password
    assert accounts.reset_password(names[0], passwords=onroll.PasswordPolicy.words(2)).password != old
    accounts.reset_passwords(names[:3])
    kept = [account.password for account in accounts]
    with pytest.raises(onroll.AccountNotFound):
        accounts.reset_passwords([names[0], "nobody"])
    assert [account.password for account in accounts] == kept
    chosen = accounts.set_password(names[0], "Badger12").password
    assert chosen is not None and chosen.expose() == "Badger12"
    with pytest.raises(onroll.AccountError):
        accounts.set_password(names[0], "a b")
    with pytest.raises(TypeError, match="usernames must be an iterable of usernames, not str"):
        accounts.reset_passwords("Zoë")
    assert accounts.fill_passwords() == 0


def test_filling_in_passwords_skips_accounts_whose_password_the_host_stores_as_a_hash(accounts: onroll.Accounts) -> None:
    rows = [{"full_name": name, "username": name, "has_password": kept} for name, kept in (("Ada Reid", 1), ("Kai Ito", "No"))]
    stored = onroll.Accounts.from_rows(rows)
    assert [account.has_password for account in stored] == [True, False]
    assert stored.fill_passwords() == 1 and stored[0].password is None and stored[1].has_password
    # Accounts that were written without passwords still say which of them have a password.
    for kept in (
        onroll.Accounts.from_json(accounts.to_json()),
        onroll.Accounts.from_rows(accounts.to_dicts()),
        onroll.Accounts.from_arrow(accounts),
        pickle.loads(pickle.dumps(accounts)),
    ):
        assert all(account.password is None and account.has_password for account in kept)
        assert kept.fill_passwords() == 0
    with pytest.raises(ValueError, match="has_password must be a bool"):
        onroll.Accounts.from_rows([{**rows[0], "has_password": "perhaps"}])


def test_reads_the_passwords_back_from_a_written_credentials_file(accounts: onroll.Accounts, tmp_path: Path) -> None:
    path, out = tmp_path / "credentials.csv", io.BytesIO()
    accounts.write_credentials(path)
    accounts.write_credentials(out)
    assert path.read_bytes() == out.getvalue() and path.stat().st_mode & 0o077 == 0
    rows = list(plain_csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"))))
    assert len(rows) == 240 and rows[0].keys() >= {"Username", "Password"}
    some = io.BytesIO()
    accounts.write_credentials(some, usernames=[accounts[3].username])
    assert len(some.getvalue().splitlines()) == 2

    fresh = onroll.create_accounts(onroll.read_csv(OAKFIELD))
    assert fresh.read_credentials(path) == {"set": 240, "unknown": 0, "blank": 0}
    assert [a.password for a in fresh] == [a.password for a in accounts]

    hashed = onroll.Accounts.from_json(accounts.to_json())
    hashed.write_credentials(without := io.BytesIO())
    assert without.getvalue().decode().count("(not known: reset the password to print a new one)") == 240
    assert hashed.read_credentials(without.getvalue()) == {"set": 0, "unknown": 0, "blank": 240}

    cards = tmp_path / "cards.html"
    accounts.write_cards(cards, sign_in_url="https://oakfield.example/go")
    assert cards.read_text(encoding="utf-8").count("<article>") == 240


@pytest.mark.parametrize(
    "url", ["http://oakfield.example", "https://", "https:///go", "https://?a", "https://:443", "https://a@b.example", "ftp://a.example", ""]
)
def test_refuses_to_write_cards_with_an_invalid_sign_in_address(accounts: onroll.Accounts, tmp_path: Path, url: str) -> None:
    out = io.BytesIO()
    dests: list[Path | io.BytesIO] = [tmp_path / "cards.html", out]
    for dest in dests:
        with pytest.raises(onroll.AccountError, match="https:// followed by a host") as refused:
            accounts.write_cards(dest, sign_in_url=url)
        assert refused.value.code == "sign-in-url"
    assert out.getvalue() == b"" and list(tmp_path.iterdir()) == []


def writers() -> dict[str, Callable[[Any], object]]:
    """Returns every function of the package that writes to a path."""
    roster, report = onroll.read_csv(OAKFIELD), onroll.check_csv(MESSY)
    accounts = onroll.create_accounts(roster)
    return {
        "fix_csv": lambda to: onroll.fix_csv(OAKFIELD, to),
        "fix_csv of bytes": lambda to: onroll.fix_csv(OAKFIELD.read_bytes(), to),
        "Roster.write_csv": roster.write_csv,
        "Report.write_csv": report.write_csv,
        "write_credentials": accounts.write_credentials,
        "write_credentials of one": lambda to: accounts.write_credentials(to, usernames=[accounts[0].username]),
        "write_cards": accounts.write_cards,
        "save_file": lambda to: onroll.save_file(to, "text"),
        "save_file of bytes": lambda to: onroll.save_file(to, b"bytes"),
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
@pytest.mark.parametrize("name", writers())
def test_only_the_owner_can_read_a_written_file(name: str, tmp_path: Path) -> None:
    write = writers()[name]
    fresh, shared, own = (tmp_path / file for file in ("fresh", "shared", "own"))
    for file, mode in ((shared, 0o644), (own, 0o600)):
        file.write_bytes(b"old")
        file.chmod(mode)
    for to in (fresh, shared, own):
        write(to)
        assert to.stat().st_mode & 0o777 == 0o600 and to.read_bytes() != b"old"
    assert len(list(tmp_path.iterdir())) == 3, "no temporary file is left"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("name", writers())
def test_refuses_to_write_to_a_pipe_or_a_device(name: str, tmp_path: Path) -> None:
    write = writers()[name]
    pipe, link, inner = (tmp_path / file for file in ("pipe", "link", "inner"))
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    inner.mkdir()
    for to in (Path("/dev/null"), pipe, link):
        with pytest.raises(onroll.NotARegularFile, match="must be a regular file") as refused:
            write(to)
        assert isinstance(refused.value, OSError) and isinstance(refused.value, onroll.OnrollError)
        assert (refused.value.code, refused.value.filename) == ("not-a-regular-file", str(to))
        copied = pickle.loads(pickle.dumps(refused.value))
        assert (str(copied), copied.filename, copied.errno) == (str(refused.value), str(to), errno.EINVAL)
    with pytest.raises(IsADirectoryError) as folder:
        write(inner)
    assert folder.value.filename == str(inner)
    with pytest.raises(FileNotFoundError) as missing:
        write(tmp_path / "none" / "file")
    assert missing.value.filename == str(tmp_path / "none" / "file")
    assert len(list(tmp_path.iterdir())) == 3 and list(inner.iterdir()) == []


@pytest.mark.parametrize("text", ["Kestrelname,b\nc", "Kestrelname\r", "Kestrelname\0", f"Kestrelname {'x' * 4096}"])
def test_an_error_for_text_given_as_a_path_does_not_show_the_text(accounts: onroll.Accounts, tmp_path: Path, text: str) -> None:
    sources: list[Callable[[Any], object]] = [onroll.read_csv, onroll.check_csv, accounts.read_credentials]
    sources.append(lambda source: onroll.fix_csv(source, tmp_path / "fixed.csv"))
    given: list[str | Path] = [text, Path(text)]
    for path in given:
        for read in sources:
            with pytest.raises(ValueError, match=r"^source looks like CSV text, not a path; pass bytes: text\.encode\(\)$"):
                read(path)
        for write in writers().values():
            with pytest.raises(ValueError, match="^dest looks like text, not a path; give the path first, or a binary file$"):
                write(path)
    assert list(tmp_path.iterdir()) == []


def test_the_save_file_function_writes_text_and_bytes(tmp_path: Path) -> None:
    onroll.save_file(str(tmp_path / "a"), "Zoë")
    onroll.save_file(tmp_path / "b", bytearray(b"bytes"))
    assert (tmp_path / "a").read_text(encoding="utf-8") == "Zoë" and (tmp_path / "b").read_bytes() == b"bytes"
    with pytest.raises(TypeError, match="data must be a str or bytes, not int"):
        onroll.save_file(tmp_path / "a", 5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="dest must be a path, not BytesIO"):
        onroll.save_file(io.BytesIO(), "text")  # type: ignore[arg-type]


def test_reads_accounts_from_rows_of_a_database(accounts: onroll.Accounts) -> None:
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.execute("create table pupil (id integer, full_name text, username text, year_group text, class_name text, "
                     "gender text, pupil_premium integer, active integer, password text)")
    for number, a in enumerate(accounts):
        values = (number, a.full_name, a.username, a.year_group, a.class_name, a.gender, a.pupil_premium, a.active, None)
        database.execute("insert into pupil values (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    kept = onroll.Accounts.from_rows(database.execute("select * from pupil"))
    assert [a.username for a in kept] == [a.username for a in accounts]
    assert kept[0].password is None and kept[0].ethnicity == "NOBT" and kept[5].pupil_premium is accounts[5].pupil_premium


def test_an_error_in_a_row_names_the_index_of_the_row() -> None:
    row = {"full_name": "Ann Lee", "username": "al", "gender": "Female", "year_group": "Year 5", "class_name": "5A"}
    with pytest.raises(onroll.AccountError) as caught:
        onroll.Accounts.from_rows([row, {**row, "username": "AL"}])
    assert caught.value.report is not None and caught.value.report.problems[0].record == 1
    wrongs: list[tuple[Any, str]] = [
        ("text", "rows must be an iterable of mappings, not str"),
        ([row, "text"], r"rows\[1\] must be a mapping by field name, not str"),
        ([{**row, "year_group": 5.5}], r"rows\[0\]: year_group must be a str, an int, a bool or None, not float"),
    ]
    for rows, message in wrongs:
        with pytest.raises(TypeError, match=message):
            onroll.Accounts.from_rows(rows)
    with pytest.raises(ValueError, match=r"rows\[0\] has no 'class_name' and no 'Class'"):
        onroll.Roster.from_rows([{"full_name": "Ann Lee", "username": "al", "year_group": "Year 5"}])


def test_pickles_contain_passwords_only_inside_a_pickling_passwords_block(accounts: onroll.Accounts) -> None:
    plan = onroll.plan(accounts, onroll.read_csv(SEPTEMBER), leaving_years=["Year 6"], passwords=onroll.PasswordPolicy.words(4))
    accounts.reset_passwords([account.username for account in accounts], passwords=onroll.PasswordPolicy.words(4))
    passwords = [account.password for account in accounts] + [joiner.password for joiner in plan.joiners]
    secrets = [password.expose().encode() for password in passwords if password]
    assert len(secrets) == 271
    things: list[Any] = [accounts, accounts[0], list(accounts), passwords, plan, plan.joiners[0].account, {"kept": (accounts, plan)}]
    things += [onroll.Attempts().sign_in(accounts, accounts[0].username, secrets[0].decode())]
    for thing in things:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            without = pickle.dumps(thing, protocol)
            assert not [secret for secret in secrets if secret in without]
        with onroll.pickling_passwords():
            asked = pickle.dumps(thing)
            assert [secret for secret in secrets if secret in asked]
            assert pickle.loads(asked) == thing
        without = pickle.dumps(thing)
        assert not [secret for secret in secrets if secret in without], "passwords are pickled only within the block"
    kept = pickle.loads(pickle.dumps(accounts))
    assert kept.fingerprint() == accounts.fingerprint() and kept[0].password is None
    assert pickle.loads(pickle.dumps(accounts[0])).password is None and pickle.loads(pickle.dumps(passwords[0])) is None
    assert pickle.loads(pickle.dumps(plan)).joiners[0].password is None
    assert pickle.loads(pickle.dumps(plan)) == onroll.Plan.from_json(plan.to_json())


def test_pickling_passwords_affects_only_the_current_thread_until_the_block_ends(accounts: onroll.Accounts) -> None:
    secret = accounts[0].password
    assert secret
    with onroll.pickling_passwords(), ThreadPoolExecutor(1) as pool:
        assert pickle.loads(pool.submit(pickle.dumps, secret).result()) is None, "the setting applies to one thread"
        with onroll.pickling_passwords():
            pass
        assert pickle.loads(pickle.dumps(secret)) == secret, "still within the outer block"
    with pytest.raises(RuntimeError), onroll.pickling_passwords():
        raise RuntimeError
    assert pickle.loads(pickle.dumps(secret)) is None
    both = onroll.pickling_passwords()
    with both, both:
        assert pickle.loads(pickle.dumps(secret)) == secret
    assert pickle.loads(pickle.dumps(secret)) is None


def test_copy_and_deepcopy_keep_passwords(accounts: onroll.Accounts) -> None:
    plan = onroll.plan(accounts, onroll.read_csv(SEPTEMBER), leaving_years=["Year 6"])
    things: list[Any] = [accounts, accounts[0], accounts[0].password, plan, plan.joiners[0], [accounts[0]], {"plan": plan}]
    for thing in things:
        assert copy.copy(thing) == thing == copy.deepcopy(thing)
    attributes = copy.deepcopy(accounts[0])
    assert attributes.password == accounts[0].password is not None


def test_pickled_and_copied_accounts_equal_the_original_accounts(accounts: onroll.Accounts) -> None:
    with onroll.pickling_passwords():
        pickled = pickle.loads(pickle.dumps(accounts))
        assert pickle.loads(pickle.dumps(accounts[4])) == accounts[4]
    for kept in [pickled, copy.deepcopy(accounts), copy.copy(accounts)]:
        assert kept == accounts
        kept.edit(kept[0], class_name="9Z")
        assert kept != accounts, "a copy changes independently"
    plain = onroll.Accounts.from_json(accounts.to_json())
    assert plain.fingerprint() == accounts.fingerprint() and plain[0].password is None
    with pytest.raises(onroll.AccountError) as caught:
        onroll.Accounts.from_json("{")
    assert caught.value.code == "accounts-not-json"


def test_several_threads_can_edit_and_read_the_same_accounts_at_once(accounts: onroll.Accounts) -> None:
    names = [account.username for account in accounts]
    failures: list[BaseException] = []

    def work(mine: list[str]) -> None:
        try:
            for name in mine:
                accounts.edit(name, class_name="9Z")
                assert sum(1 for _ in accounts) == len(names)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(names[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and {account.class_name for account in accounts} == {"9Z"}


def test_reads_a_roster_from_rows_keyed_by_heading_or_by_field_name() -> None:
    rows: list[dict[str, Any]] = [
        {"Student Full Name": "Ann Lee", "Username": "al", "Year Group": "Year 5", "Class": "5A", "Gender": "Female"},
        {"full_name": "Noah Khan", "username": "nk", "year_group": "5", "class_name": "5A", "gender": "M", "send": True},
    ]
    held = onroll.Roster.from_rows((row for row in rows), optional_columns=True, hold=True)
    assert [s.full_name for s in held] == ["Ann Lee"] and [h.full_name for h in held.held] == ["Noah Khan"]
    assert held.report.problems[0].record == 1 and not held.partial and held.as_partial().partial
    fixed = onroll.Roster.from_rows(rows, optional_columns=True, fix=True)
    assert [(s.gender, s.send, s.ethnicity.code) for s in fixed] == [("Female", False, "NOBT"), ("Male", True, "NOBT")]
    with pytest.raises(onroll.RosterError):
        onroll.Roster.from_rows(rows, optional_columns=True)
    assert onroll.same_username("ZOË  okafor", "Zoë Okafor")
    assert len(onroll.create_accounts(onroll.read_csv(csv()))) == 0


@pytest.mark.parametrize("name", writers())
def test_an_error_on_writing_has_the_path_and_the_error_number(name: str, tmp_path: Path) -> None:
    write = writers()[name]
    file = tmp_path / "file"
    file.write_text("x")
    wrongs: list[tuple[Any, int]] = [
        (tmp_path / "none" / "out.csv", errno.ENOENT),
        (str(tmp_path / "none" / "out.csv"), errno.ENOENT),
        (tmp_path, errno.EISDIR),
        (file / "out.csv", errno.ENOTDIR),
        (tmp_path / ("long" * 100), errno.ENAMETOOLONG),
    ]
    for path, number in wrongs:
        with pytest.raises(OSError) as failed:
            write(path)
        assert (failed.value.errno, failed.value.filename) == (number, str(path)), failed.value
        assert failed.value.strerror and ".tmp" not in str(failed.value)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("name", writers())
def test_an_error_raised_by_a_file_object_reaches_the_caller(name: str) -> None:
    if name.startswith("save_file"):
        pytest.skip("save_file accepts only a path")
    with pytest.raises(OSError) as full, open("/dev/full", "wb", buffering=0) as file:
        writers()[name](file)
    assert full.value.errno == errno.ENOSPC
    closed = io.BytesIO()
    closed.close()
    with pytest.raises(ValueError, match="closed file"):
        writers()[name](closed)


def test_an_error_on_reading_credentials_has_the_path(accounts: onroll.Accounts, tmp_path: Path) -> None:
    for path, number in ((tmp_path / "none.csv", errno.ENOENT), (tmp_path, errno.EISDIR)):
        with pytest.raises(OSError) as failed:
            accounts.read_credentials(path)
        assert (failed.value.errno, failed.value.filename) == (number, str(path))


@dataclasses.dataclass
class Pupil:
    """A row as an object, as an ORM returns it."""

    host_id: int
    full_name: str
    username: str
    year_group: object
    class_name: str
    gender: str
    pupil_premium: bool = False
    ethnicity: str = "WBRI"
    send: bool = False
    eal: bool = False
    password: str | None = None


class PupilTuple(NamedTuple):
    full_name: str
    username: str
    year_group: object
    class_name: str
    gender: str
    pupil_premium: bool = False
    ethnicity: str = "WBRI"
    send: bool = False
    eal: bool = False


def test_reads_rows_that_are_dataclasses_or_named_tuples(accounts: onroll.Accounts) -> None:
    pupil = Pupil(7, "Amy Ray", "amy", 4, "4A", "Female", password="CX57")
    [account] = onroll.Accounts.from_rows([pupil])
    assert (account.host_id, account.year_group, account.active) == ("7", "4", True)
    assert account.password is not None and account.password.expose() == "CX57"
    named = PupilTuple("Amy Ray", "amy", 4, "4A", "Female")
    assert list(onroll.Roster.from_rows([pupil])) == list(onroll.Roster.from_rows([named])) == list(onroll.Roster.from_rows([named._asdict()]))
    assert onroll.Accounts.from_rows(accounts) == accounts, "with passwords"
    roster = onroll.read_csv(OAKFIELD)
    assert list(onroll.Roster.from_rows(roster[:9])) == roster[:9]
    with pytest.raises(ValueError, match=r"rows\[0\] has no 'full_name' and no 'Student Full Name'"):
        onroll.Roster.from_rows([onroll.Link("a", "b", "c", "amy")])
    with pytest.raises(TypeError, match=r"rows\[1\]: class_name must be a str, an int, a bool or None, not list"):
        onroll.Accounts.from_rows([pupil, dataclasses.replace(pupil, username="b", class_name=[])])  # type: ignore[arg-type]


def test_a_report_counts_problems_by_code() -> None:
    report = onroll.check_csv(MESSY)
    assert sum(report.counts.values()) == report.error_count + report.warning_count
    assert report.counts == {code: report.count_of(code) for code in report.counts} and report.counts["blank"] == 3
    assert onroll.check_csv(OAKFIELD).counts == {}
