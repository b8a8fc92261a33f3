"""The module in Rust; its names are those of `onroll`."""

import os
from datetime import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field
from typing import Any, ClassVar, Final, Literal, Protocol, SupportsIndex, TypeVar, final, overload

from ._errors import WondeError
from ._adapter import Request
from ._ethnicity import Ethnicity
from .types import ChangeKind, ConflictReason, CredentialsRead, DecisionOutcome, Gender, Guard, Limits, SignIn

__all__ = [
    "_Call",
    "Access",
    "Account",
    "Accounts",
    "Attempts",
    "Change",
    "Client",
    "Conflict",
    "Decision",
    "Held",
    "Identity",
    "Link",
    "Locks",
    "MyLoginClient",
    "Password",
    "PasswordPolicy",
    "Plan",
    "PlanEntry",
    "Problem",
    "Report",
    "Roster",
    "Schedule",
    "School",
    "Snapshot",
    "Statement",
    "Student",
    "Token",
    "Webhook",
    "__version__",
    "canonical_password",
    "check_csv",
    "create_accounts",
    "ethnicities",
    "fix_csv",
    "match_identity",
    "new_state",
    "new_verifier",
    "plan",
    "read_csv",
    "same_secret",
    "same_username",
    "save_file",
    "template_csv",
    "username_key",
    "webhook",
    "wonde_busy",
]

__version__: Final[str]

_T = TypeVar("_T")
class _HasUsername(Protocol):
    @property
    def username(self) -> str: ...

_Person = str | _HasUsername

class _Reads(Protocol):
    def read(self) -> bytes: ...

class _Writes(Protocol):
    def write(self, data: bytes, /) -> object: ...

class _OffersArrow(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _Row(Protocol):
    """A mapping, or a row of a database cursor that is asked by name."""

    def __getitem__(self, key: str, /) -> Any: ...

_Source = str | os.PathLike[str] | bytes | bytearray | memoryview | _Reads
_Dest = str | os.PathLike[str] | _Writes

def ethnicities() -> list[tuple[str, str, str, str]]:
    """The codes with description, main code and group, for `onroll.ETHNICITIES`."""
def same_username(left: str, right: str, /) -> bool:
    """Whether two usernames have the same username_key."""

def username_key(text: str, /, *, loose: bool = False) -> str:
    """The key by which usernames are compared: the text to make a unique index on. NFC, white space folded, full case folding, and one
    form for apostrophes and hyphens; in an email address only the case is folded.

    loose: the loose key instead, for sign-in only: letters and digits without accents. Open an account by it only if exactly one
    account of the school has it.
    """

def canonical_password(typed: str, /) -> str:
    """What was typed as a password in the one form that passwords are hashed and compared in: upper case, without spaces, hyphens, dots
    and underscores, with S as 5, Z as 2 and B as 8. For hosts that store only hashes.
    """

def template_csv() -> str:
    """The template that a school fills in: the nine headings, as a CSV file with CR LF."""
def save_file(dest: str | os.PathLike[str], data: str | bytes | bytearray) -> None:
    """Writes a file as credentials are written: whole or not at all, for its owner alone to read (mode 600). For what else
    a host keeps of accounts, such as their JSON with passwords.

    dest: a path. data: a str, which is written as UTF-8, or bytes.
    Raises NotARegularFile for a pipe, a device and the like, and OSError if writing fails; the old file is then as it was.
    """
def read_csv(
    source: _Source,
    *,
    sign_in: SignIn = "password",
    fix: bool = False,
    any_order: bool = False,
    optional_columns: bool = False,
    main_codes_only: bool = False,
    limits: Limits | None = None,
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> Roster:
    """Reads a school's CSV to a Roster.

    source: a path, bytes, or a binary file.
    sign_in: 'password', or 'sso', for which every username must be an email address.
    fix: apply every safe fix while reading; roster.report lists what was done.
    any_order: the columns may stand in any order.
    optional_columns: Pupil Premium, Ethnicity, SEND and EAL may be absent: they are then No and NOBT, and a plan leaves accounts theirs.
    main_codes_only: take only the main ethnicity codes, to which an extended one rolls up.
    limits: a dict of any of file_bytes, rows, columns, cell_bytes and problems.
    threads: how many may read the file side by side, each at least a megabyte of it; 0 for as many as there are
    processors. The result is the same for any number.
    progress: called now and then with the bytes read and the bytes there are, and with all of them at the end; anew from 0 for a
    file that turns out not to be UTF-8.

    Raises RosterError with the report if an error stands, and OSError if the file cannot be read.
    """
def check_csv(
    source: _Source,
    *,
    sign_in: SignIn = "password",
    fix: bool = False,
    any_order: bool = False,
    optional_columns: bool = False,
    main_codes_only: bool = False,
    limits: Limits | None = None,
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> Report:
    """The report on a school's CSV, whatever it holds: bad data is no exception here.

    Takes what read_csv takes. Raises OSError if the file cannot be read.
    """
def fix_csv(
    source: _Source,
    dest: _Dest,
    *,
    sign_in: SignIn = "password",
    any_order: bool = False,
    optional_columns: bool = False,
    main_codes_only: bool = False,
    limits: Limits | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Report:
    """Writes the corrected file: every safe fix made, all else as it was. Returns the report of what was done
    and what is left.

    dest: a path, which may be that of the source, or a binary file. Nothing is written where the rows cannot be
    told apart with certainty: report.written is then False.
    Takes the other choices of read_csv. Raises OSError if reading or writing fails.
    """
def create_accounts(roster: Roster, *, passwords: PasswordPolicy | None = None) -> Accounts:
    """An account for every student of a roster, active, with a new password (those who come from an MIS to sign in
    with SSO have none).

    passwords: how they are made; PasswordPolicy.characters(4) by default.
    """
def plan(
    accounts: Accounts,
    roster: Roster,
    *,
    max_leavers: float = 0.1,
    leaving_years: Iterable[str] = (),
    erased: Iterable[str] = (),
    override_guards: Iterable[Guard] = (),
    decisions: Iterable[Decision] = (),
    school_id: str | None = None,
    passwords: PasswordPolicy | None = None,
) -> Plan:
    """What must change so that accounts match a roster.

    max_leavers: the largest share of active accounts that may leave in one plan, from 0 to 1; 5 may always leave.
    leaving_years: years whose leavers are expected, such as ['Year 6'], from July to September.
    erased: students erased at a parent's request, by source id, UPN or username: no account is made for them again.
    override_guards: names of guards to override; the plan records which of them would have refused it.
    decisions: what people decided about accounts and students of this school; the plan records what became of each.
    school_id: names the school, by any id that you use for it; accounts of another school are then refused.
    passwords: how new passwords are made.

    Raises PlanRefused with the guard and its numbers.
    """
@final
class Report:
    """Everything that is wrong with an input, in the order of the file, and the fixes made while reading it.

    str(report) is for logs and shows no cell value; text() is for the person who uploaded the file.
    """

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands, errors and warnings, in the order of the file; at most as many as the limit lists."""
    @property
    def fixed(self) -> tuple[Problem, ...]:
        """What was fixed while reading."""
    @property
    def errors(self) -> tuple[Problem, ...]:
        """The errors among the problems."""
    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings among the problems."""
    @property
    def ok(self) -> bool:
        """Whether no error stands."""
    @property
    def correctable(self) -> bool:
        """Whether a corrected file can be written: the rows can be told apart with certainty."""
    @property
    def error_count(self) -> int:
        """How many errors there are, listed or not."""
    @property
    def warning_count(self) -> int:
        """How many warnings there are, listed or not."""
    @property
    def fixed_count(self) -> int:
        """How many problems were fixed, listed or not."""
    @property
    def fixable_count(self) -> int:
        """How many of the problems have a safe fix."""
    @property
    def rows(self) -> int:
        """How many rows with students were read."""
    @property
    def blank_rows(self) -> int:
        """How many blank rows were left out."""
    def count_of(self, code: str) -> int:
        """How many problems of a code stand, listed or not. ValueError if there is no such code."""
    def text(self) -> str:
        """The report for the person who uploaded the file: it shows what is in the cells."""
    def to_json(self, values: bool = False) -> str:
        """The report as JSON, without what is in the cells; with them, which are personal data, only if asked for."""
    @property
    def counts(self) -> dict[str, int]:
        """Returns the number of problems by code, listed or not."""
    @property
    def written(self) -> bool:
        """Of fix_csv, whether the corrected file was written; of all else, False."""
    def to_dicts(self, values: bool = False) -> list[dict[str, Any]]:
        """Returns the problems as dicts with the keys of to_json: code, severity, row, line, record, column, byte, value, message, fix and safe.

        values: show what is in the cells, which is personal data; without them `value` and `fix` are None, and no message shows any.
        """
    def _repr_html_(self) -> str: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Returns the problems as an Arrow stream without the values, for polars.DataFrame(report). With the values, use
        polars.DataFrame(report.to_dicts(values=True)). A requested schema is ignored.
        """
    def write_csv(self, dest: _Dest) -> None:
        """Writes the problems as CSV for a spreadsheet, with values, to a path or a binary file."""
    @classmethod
    def _restore(cls, kept: str, written: bool) -> Report: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Problem:
    """One thing wrong: what, where, how bad, and the fix. str(problem) shows no cell value."""

    __match_args__: Final = ("code", "row", "column")
    @property
    def code(self) -> str:
        """The code, in kebab-case."""
    @property
    def severity(self) -> Literal["error", "warning"]:
        """'error' or 'warning'."""
    @property
    def row(self) -> int | None:
        """The row as a spreadsheet numbers it (the heading row is 1), if the problem is in one."""
    @property
    def line(self) -> int | None:
        """The line of the file, counted from 1, if the problem is on one."""
    @property
    def byte(self) -> int | None:
        """The offset in the file, in bytes, if the problem is at one."""
    @property
    def record(self) -> int | None:
        """Which of the rows given as data, counted from 0, if the problem is in one."""
    @property
    def column(self) -> str | None:
        """The heading of the column, if the problem is in one."""
    @property
    def value(self) -> str | None:
        """What was found there, cut after 200 characters: personal data."""
    @property
    def fix(self) -> str | None:
        """What to write instead, where there is an answer: personal data."""
    @property
    def safe(self) -> bool:
        """Whether the fix is the one right answer, which fix=True applies; otherwise it is a suggestion."""
    @property
    def message(self) -> str:
        """The problem as told to the person who uploaded the file: personal data."""
    @classmethod
    def _restore(cls, report: Report, fixed: bool, place: int) -> Problem: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Student:
    """One student of a roster. Its repr shows no cell."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    __match_args__: Final = (
        "full_name",
        "username",
        "year_group",
        "class_name",
        "gender",
        "pupil_premium",
        "ethnicity",
        "send",
        "eal",
    )
    @property
    def source_id(self) -> str | None:
        """The id that the school's MIS, or Wonde, gives the student, if it is known."""
    @property
    def upn(self) -> str | None:
        """The unique pupil number, if it is known."""
    @property
    def full_name(self) -> str:
        """The name as it is listed."""
    @property
    def username(self) -> str:
        """The full name or a school id; with SSO, the school email."""
    @property
    def year_group(self) -> str:
        """As the school lists it; national_year reads it."""
    @property
    def class_name(self) -> str:
        """As the school lists it."""
    @property
    def gender(self) -> Gender | None:
        """'Male', 'Female' or 'Non-Binary'; None where the MIS does not say."""
    @property
    def pupil_premium(self) -> bool:
        """Whether the school receives the pupil premium for the student."""
    @property
    def ethnicity(self) -> Ethnicity:
        """The Department for Education's code: a str that knows its description, main_code and group."""
    @property
    def send(self) -> bool:
        """Special educational needs or disability."""
    @property
    def eal(self) -> bool:
        """English as an additional language."""
    @property
    def national_year(self) -> str | None:
        """The national year group, such as 'Year 7', where what the school lists can be read as one."""
    @property
    def key_stage(self) -> str | None:
        """The key stage of the national year, such as 'Key Stage 3'."""
    @classmethod
    def _restore(cls, sign_in: str, cells: Sequence[str], ids: Sequence[str | None]) -> Student: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Held:
    """A student whom the MIS lists but whose record has an error: neither joiner nor leaver until it is mended."""

    @property
    def record(self) -> int:
        """Which record it is, counted from 0; the report's problems name it so."""
    @property
    def source_id(self) -> str | None:
        """The id that the MIS gives the student, if it does."""
    @property
    def upn(self) -> str | None:
        """The unique pupil number, if it is known."""
    @property
    def full_name(self) -> str:
        """The name in the record, as far as there is one."""
    @property
    def username(self) -> str:
        """The username in the record, as far as there is one."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Roster:
    """All the students of one school, every row valid and every username unique. It has all that a sequence of Student
    has, and offers Arrow's stream interface, so that polars.DataFrame(roster) and pyarrow.table(roster) work.
    """

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Mapping[str, Any] | _Row | _HasUsername],
        *,
        hold: bool = False,
        sign_in: SignIn = "password",
        fix: bool = False,
        optional_columns: bool = False,
        main_codes_only: bool = False,
        limits: Limits | None = None,
    ) -> Roster:
        """Students given as data: mappings by field name (full_name, …) or by heading (Student Full Name, …), or objects with the fields
        as attributes; with source_id and upn where they are known. The same checks as of a file; a problem's `record` says which row.

        hold: students with an error are held instead, in `held`, and are neither joiners nor leavers of a plan.
        Takes sign_in, fix, optional_columns, main_codes_only and limits as read_csv does. Raises RosterError.
        """
    @classmethod
    def from_arrow(
        cls,
        table: _OffersArrow,
        *,
        hold: bool = False,
        sign_in: SignIn = "password",
        fix: bool = False,
        optional_columns: bool = False,
        main_codes_only: bool = False,
        limits: Limits | None = None,
    ) -> Roster:
        """Students of a table: any object that offers Arrow's stream interface, such as a data frame of polars or pandas,
        a pyarrow table, a DuckDB relation. Columns by field name or by heading, in any order; text, dictionaries of
        text, and booleans for the flags. Otherwise as from_rows.
        """
    def as_partial(self) -> Roster:
        """The same roster as one of which it is known that students are missing, such as what changed since a time:
        for a plan, absence from it means nothing.
        """
    def with_school_id(self, school_id: str) -> Roster:
        """The same roster, of this school, by any id that you use for it: accounts and plans that are made of it carry the id."""
    @property
    def school_id(self) -> str | None:
        """The id of the school, if it is known: a roster from Wonde has Wonde's."""
    @property
    def partial(self) -> bool:
        """Whether absence from the roster means nothing."""
    @property
    def held(self) -> list[Held]:
        """The students who are held: their records have errors."""
    @property
    def unrecorded(self) -> tuple[str, ...]:
        """The headings of the optional columns of which the MIS says nothing for anybody: not recorded, or not permitted.
        They are No and NOBT here, and a plan leaves the accounts what they have.
        """
    @property
    def sign_in(self) -> SignIn:
        """How the students sign in: 'password' or 'sso'."""
    @property
    def report(self) -> Report:
        """The warnings, and the fixes made."""
    def write_csv(self, dest: _Dest) -> None:
        """Writes the roster in the format it is read from, to a path or a binary file."""
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Student: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[Student]: ...
    def __iter__(self) -> Iterator[Student]: ...
    def __reversed__(self) -> Iterator[Student]: ...
    def __contains__(self, student: object, /) -> bool: ...
    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """The first place of a student, as of any sequence; ValueError if there is none."""
    def count(self, value: Any) -> int:
        """How often a student is in the roster, as of any sequence: once or never."""
    def __eq__(self, other: object, /) -> bool: ...
    def to_pandas(self) -> Any:
        """Returns the students as a pandas DataFrame with one column for each field, and with source_id and upn if any student has one.
        pandas must be installed.
        """
    def to_dicts(self) -> list[dict[str, Any]]:
        """Returns the students as dicts by field name, with source_id and upn if any student has one."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The students as a stream of Arrow batches, each made when it is asked for: text, booleans, and
        dictionaries for gender and ethnicity; and source_id and upn, if any student has one.

        requested_schema: is honoured for text, large text, string views and dictionaries of any index. If it asks for another type,
        the stream has its usual types, as the protocol permits. Raises ValueError for other fields.
        """
    @classmethod
    def _restore(cls, kept: str) -> Roster: ...

@final
class Password:
    """A password. Its repr never shows it, and str() of it is a TypeError: expose() gives the password."""

    def __format__(self, _spec: Any, /) -> str: ...
    def expose(self) -> str:
        """The password as it is typed."""
    @staticmethod
    def verify(hash: str, typed: str, *, pepper: str | bytes | None = None) -> bool:
        """staticmethod(function) -> method

        Convert a function to be a static method.

        A static method does not receive an implicit first argument.
        To declare a static method, use this idiom:

             class C:
                 @staticmethod
                 def f(arg1, arg2, argN):
                     ...

        It can be called either on the class (e.g. C.f()) or on an instance
        (e.g. C().f()). Both the class and the instance are ignored, and
        neither is passed implicitly as the first argument to the method.

        Static methods in Python are similar to those found in Java or C++.
        For a more advanced concept, see the classmethod builtin.
        """
    @staticmethod
    def hash_all(passwords: Iterable[Password], *, pepper: str | bytes | None = None) -> list[str]:
        """staticmethod(function) -> method

        Convert a function to be a static method.

        A static method does not receive an implicit first argument.
        To declare a static method, use this idiom:

             class C:
                 @staticmethod
                 def f(arg1, arg2, argN):
                     ...

        It can be called either on the class (e.g. C.f()) or on an instance
        (e.g. C().f()). Both the class and the instance are ignored, and
        neither is passed implicitly as the first argument to the method.

        Static methods in Python are similar to those found in Java or C++.
        For a more advanced concept, see the classmethod builtin.
        """
    def matches(self, typed: str) -> bool:
        """Whether this is what was typed: both in canonical form, compared in constant time."""
    def canonical(self) -> str:
        """The password in the form that passwords are hashed and compared in; see canonical_password."""
    def to_phc_string(self) -> str:
        """The hash of the canonical form as an Argon2id PHC string, for hosts that store only hashes. Raises PolicyError if the password
        is blank, and OnrollError if it could not be hashed.
        """
    @classmethod
    def _restore(cls, text: str | None) -> Password | None: ...
    def __copy__(self) -> Password: ...
    def __deepcopy__(self, _memo: Any, /) -> Password: ...
    def __reduce__(self) -> tuple[Any, tuple[str | None]]:
        """A pickle holds None in its place, unless it is made within pickling_passwords()."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class PasswordPolicy:
    """How passwords are made: characters(4) by default, characters(n), pin(n) or words(n).

    Four characters hold out only where guessing is slow: see `advice`.
    """

    def __new__(cls) -> PasswordPolicy: ...
    @classmethod
    def characters(cls, length: int = 4, *, without: Iterable[str] = ()) -> PasswordPolicy:
        """So many characters (4 to 20), none easily mistaken for another, spelling nothing that offends, nor
        any of the words given in `without`. Raises PolicyError outside these bounds.
        """
    @classmethod
    def pin(cls, digits: int) -> PasswordPolicy:
        """A number of so many digits (5 to 11). Raises PolicyError outside these bounds."""
    @classmethod
    def words(cls, count: int) -> PasswordPolicy:
        """So many short words (2 to 6) with hyphens between. Raises PolicyError outside these bounds."""
    @property
    def entropy_bits(self) -> float:
        """The strength in bits: the logarithm to base 2 of how many passwords there are, all equally likely."""
    @property
    def advice(self) -> str:
        """What the host must do for passwords of this strength."""
    def generate(self, count: int) -> list[str]:
        """So many passwords as plain text, with randomness from the operating system."""
    @classmethod
    def _restore(cls, kind: str, size: int, without: Sequence[str]) -> PasswordPolicy: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Account:
    """One account, as it was when it was asked for. Its repr shows nothing of it."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    __match_args__: Final = (
        "full_name",
        "username",
        "year_group",
        "class_name",
        "gender",
        "pupil_premium",
        "ethnicity",
        "send",
        "eal",
    )
    @property
    def host_id(self) -> str | None:
        """The id that the host gave the account, such as the primary key of its row."""
    @property
    def source_id(self) -> str | None:
        """The id that the school's MIS, or Wonde, gives the student, if it is known."""
    @property
    def upn(self) -> str | None:
        """The unique pupil number, if it is known."""
    @property
    def full_name(self) -> str:
        """The name as it is listed."""
    @property
    def username(self) -> str:
        """The username."""
    @property
    def year_group(self) -> str:
        """The year group as it is listed."""
    @property
    def class_name(self) -> str:
        """The class as it is listed."""
    @property
    def gender(self) -> Gender | None:
        """'Male', 'Female' or 'Non-Binary'; None where it is not known, or the host keeps none."""
    @property
    def pupil_premium(self) -> bool:
        """Whether the school receives the pupil premium for the student."""
    @property
    def ethnicity(self) -> Ethnicity:
        """The Department for Education's code: a str that knows its description, main_code and group."""
    @property
    def send(self) -> bool:
        """Special educational needs or disability."""
    @property
    def eal(self) -> bool:
        """English as an additional language."""
    @property
    def active(self) -> bool:
        """Whether the student may sign in; leavers may not."""
    @property
    def password(self) -> Password | None:
        """The password, where there is one and the host keeps it."""
    @property
    def matched_by(self) -> Literal["source-id", "link", "email"] | None:
        """Of match_identity: by what it was found, 'source-id', 'link' or 'email'; of all others None."""
    @property
    def link(self) -> Link | None:
        """Of match_identity: the link for the host to store, if it is not stored yet; of all others None."""
    @classmethod
    def _restore(cls, kept: str) -> Account: ...
    def __copy__(self) -> Account: ...
    def __deepcopy__(self, _memo: Any, /) -> Account: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """A pickle holds no password, unless it is made within pickling_passwords()."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Accounts:
    """The accounts of one school, as the host keeps them: usernames unique, passwords known or not. A sequence of
    Account, which can also be asked by username: accounts["Amelia Smith"].
    """

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Mapping[str, Any] | _Row | _HasUsername],
        *,
        sign_in: SignIn = "password",
        school_id: str | None = None,
    ) -> Accounts:
        """Accounts from the host's rows: mappings by field name, such as those of a database cursor, or objects with such attributes.
        host_id, your own id of the row, is carried through plans. Fields the host does not keep may be absent: flags are then False, ethnicity NOBT, active True, the password unknown. Raises
        AccountError with the report if a row is wrong.

        school_id: names the school, by any id that you use for it; plans of another school are then refused.
        """
    @classmethod
    def from_arrow(
        cls, table: _OffersArrow, *, sign_in: SignIn = "password", school_id: str | None = None
    ) -> Accounts:
        """Accounts of a table: any object that offers Arrow's stream interface. Columns as the fields of from_rows."""
    @classmethod
    def from_json(cls, text: str) -> Accounts:
        """Accounts from what to_json wrote. Raises AccountError."""
    def to_json(self, *, passwords: bool = False) -> str:
        """The accounts as JSON; their passwords only if asked for."""
    @property
    def sign_in(self) -> SignIn:
        """How the students sign in: 'password' or 'sso'."""
    @property
    def school_id(self) -> str | None:
        """The id of the school whose accounts these are, if it is known."""
    @property
    def sharing_a_key(self) -> list[Account]:
        """The accounts whose username has the same username_key as another's, as two can that were made before apostrophes and hyphens
        were folded. Neither can sign in by password until one is renamed.
        """
    def fingerprint(self) -> str:
        """A fingerprint of the accounts, whatever their order and their passwords. Nobody can be told from it."""
    @overload
    def get(self, username: str | Account) -> Account | None:
        """The account with a username, compared as usernames are, or `default`."""
    @overload
    def get(self, username: str | Account, default: _T) -> Account | _T: ...
    def edit(
        self,
        account: str | Account,
        /,
        *,
        full_name: str | None = None,
        username: str | None = None,
        year_group: str | None = None,
        class_name: str | None = None,
        gender: str | None = None,
        pupil_premium: bool | str | None = None,
        ethnicity: str | None = None,
        send: bool | str | None = None,
        eal: bool | str | None = None,
        active: bool | None = None,
    ) -> Account:
        """Changes an account by username, with the checks of an import; what is not named stays. Returns the account.
        Raises AccountNotFound, and AccountError with the report if the change is wrong.
        """
    def reset_password(self, username: str | Account, *, passwords: PasswordPolicy | None = None) -> Account:
        """Gives an account a new password, and returns the account. Raises AccountNotFound."""
    def reset_passwords(
        self, usernames: Iterable[str | Account], *, passwords: PasswordPolicy | None = None
    ) -> None:
        """Gives all these accounts new passwords, or none of them. Raises AccountNotFound."""
    def set_password(self, username: str | Account, chosen: str) -> Account:
        """Gives an account the password that a teacher chose, and returns the account. Raises AccountNotFound, and
        AccountError if it is not at least 4 letters and digits.
        """
    def fill_passwords(self, *, passwords: PasswordPolicy | None = None) -> int:
        """Gives a password to every active account that has none, and says to how many."""
    def write_credentials(self, dest: _Dest, *, usernames: Iterable[str | Account] | None = None) -> None:
        """Writes the credentials as CSV for Excel, to a path or a binary file; only those of `usernames` if given, which
        must all be known: AccountNotFound says how many are not.
        A file that is written is readable by its owner alone.
        """
    def read_credentials(self, source: _Source) -> CredentialsRead:
        """Takes passwords from a credentials CSV (a path, bytes or a binary file), such as one that was handed out before.
        Returns counts: `set` for accounts given theirs, `unknown` for usernames nobody has, `blank` for rows without.
        """
    def write_cards(
        self, dest: _Dest, *, sign_in_url: str | None = None, usernames: Iterable[str | Account] | None = None
    ) -> None:
        """Writes login cards as a page of HTML to print on A4, to a path or a binary file: each class begins a page.
        sign_in_url, an https address, is printed with a QR code. Raises AccountError if it is none.
        usernames: only the cards of these, which must all be known: AccountNotFound says how many are not.
        """
    def to_pandas(self) -> Any:
        """Returns the accounts as a pandas DataFrame with one column for each field but the password. pandas must be installed."""
    def to_dicts(self) -> list[dict[str, Any]]:
        """Returns the accounts as dicts by field name, without passwords."""
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: str | SupportsIndex, /) -> Account: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[Account]: ...
    def __iter__(self) -> Iterator[Account]: ...
    def __reversed__(self) -> Iterator[Account]: ...
    def __contains__(self, item: object, /) -> bool: ...
    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """The first place of an account, as of any sequence; ValueError if there is none."""
    def count(self, value: Any) -> int:
        """How often an account is there, as of any sequence: once or never."""
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Accounts: ...
    def __deepcopy__(self, memo: Any, /) -> Accounts: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """A pickle holds no passwords, unless it is made within pickling_passwords()."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The accounts as a stream of Arrow batches, each made when it is asked for. Passwords are not in it.

        requested_schema: as of a Roster.
        """

@final
class Change:
    """One account that changes. Its repr shows nothing of it."""

    __match_args__: Final = ("kind", "username")
    @property
    def kind(self) -> ChangeKind:
        """'join', 'leave', 'return', 'relink', 'rename', 'move' or 'update'."""
    @property
    def username(self) -> str:
        """The username the account has now; of a joiner, the one it will have."""
    @property
    def account(self) -> Account:
        """The account as it will be. It has a password only if the change gives it one."""
    @property
    def host_id(self) -> str | None:
        """The id that the host gave the account; None for a joiner."""
    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """What changes of it, by field name: the old and the new value. Flags and `active` are bools, an ethnicity is a code that
        knows its description, and an id that is not known is None. Nothing for a joiner.
        """
    @property
    def new_password(self) -> bool:
        """Whether the account gets a new password: as a joiner, or as a leaver who returns and is known by a name or a username alone,
        since the old password may be another child's.
        """
    @property
    def password(self) -> Password | None:
        """The new password, unless there is none or the plan was read from JSON without passwords."""
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Change: ...
    def __deepcopy__(self, _memo: Any, /) -> Change: ...

@final
class Statement:
    """One statement for the host's database: a row to add, or fields to set of the row with a host id or a username. Its repr shows
    nothing of it.
    """

    __match_args__: Final = ("kind", "username", "set")
    @property
    def kind(self) -> Literal["insert", "update"]:
        """'insert' or 'update'."""
    @property
    def host_id(self) -> str | None:
        """The id that the host gave the account, by which its row is found; None for a row to add, and where the host gave none."""
    @property
    def username(self) -> str:
        """The username that the row has when this statement is run; of a row to add, the one it will have."""
    @property
    def set(self) -> dict[str, Any]:
        """What to set, by field name: all twelve fields of a row to add, and of another those that change. Flags and active are bools,
        an ethnicity is a code, an unknown id is None.
        """
    @property
    def new_password(self) -> bool:
        """Whether the row gets a new password, so that its old one must not be kept."""
    @property
    def password(self) -> Password | None:
        """The new password, if there is one."""
    @property
    def makes_room(self) -> bool:
        """Whether this only makes room for another row: a later statement gives this row its own username and ids."""

@final
class Conflict:
    """Accounts and students that could not be matched with certainty. They stay as they are until a person decides."""

    __match_args__: Final = ("reason", "accounts", "students")
    @property
    def reason(self) -> ConflictReason:
        """Why, in kebab-case, such as 'name-shared'."""
    @property
    def accounts(self) -> list[PlanEntry]:
        """The accounts in it."""
    @property
    def students(self) -> list[PlanEntry]:
        """The students of the roster in it."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class PlanEntry:
    """An account, or a student of the roster, as a plan lists one in a conflict or a near pair. Its repr shows nothing of it."""

    __match_args__: Final = ("username", "full_name")
    @property
    def username(self) -> str:
        """The username."""
    @property
    def full_name(self) -> str:
        """The full name."""
    @property
    def year_group(self) -> str:
        """The year group as it is listed."""
    @property
    def class_name(self) -> str:
        """The class as it is listed."""
    @property
    def source_id(self) -> str | None:
        """The id that the school's MIS, or Wonde, gives the student, if it is known."""
    @property
    def upn(self) -> str | None:
        """The unique pupil number, if it is known."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Decision:
    """What a person decided about an account and a student: data that you store with the school and pass to every later plan.

    An account or a student is named by an Account, a Student or an entry of a conflict or a near pair: by source id or valid UPN
    where it has one, otherwise by username and full name, so that the decision does not bind the next child who gets the username.
    A username alone is whoever has it.
    """

    @classmethod
    def same(cls, account: _Person, student: _Person) -> Decision:
        """The account is this student's. It keeps its username and password."""
    @classmethod
    def different(cls, account: _Person, student: _Person) -> Decision:
        """The account is another person's than this student. The student gets an account of their own, if the username is free."""
    @classmethod
    def rename(cls, account: _Person, username: str) -> Decision:
        """The account gets this username, and is that of the student in the roster who has it, if there is one: for a child whose name
        changed. The password stays.
        """
    @property
    def kind(self) -> Literal["same", "different", "rename"]:
        """'same', 'different' or 'rename'."""
    def to_json(self) -> str:
        """The decision as JSON, to be stored with the school. It names the account and the student."""
    @classmethod
    def from_json(cls, text: str) -> Decision:
        """A decision from what to_json wrote. Raises ValueError."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Helper for pickle."""

@final
class Plan:
    """What must change so that the accounts of a school match a roster: a sequence of Change, by kind and then by
    username. Nothing is changed before apply().
    """

    @property
    def joiners(self) -> list[Change]:
        """New accounts."""
    @property
    def leavers(self) -> list[Change]:
        """Accounts that are deactivated."""
    @property
    def returners(self) -> list[Change]:
        """Leavers' accounts that are activated again."""
    @property
    def relinks(self) -> list[Change]:
        """Accounts that are linked to a new source id; the student is the same."""
    @property
    def renames(self) -> list[Change]:
        """Accounts that are given a new username, because usernames-changed was passed."""
    @property
    def movers(self) -> list[Change]:
        """Students who change class or year group."""
    @property
    def updates(self) -> list[Change]:
        """Accounts of which only other fields change."""
    @property
    def conflicts(self) -> list[Conflict]:
        """What could not be told with certainty, and stays as it is."""
    @property
    def near(self) -> list[tuple[PlanEntry, PlanEntry]]:
        """Leavers and joiners who are perhaps the same student, as pairs of the account and the student. Nothing is done about them
        until a person decides.
        """
    @property
    def decisions(self) -> list[tuple[Decision, DecisionOutcome]]:
        """The decisions that the plan was given, each with what became of it: 'applied', 'not-found', 'contradicted',
        'username-taken' or 'username-refused'.
        """
    @property
    def erased_by_username(self) -> list[PlanEntry]:
        """The students who were left out because of an erased username alone. A namesake who joins later is another child."""
    @property
    def school_id(self) -> str | None:
        """The id of the school whose plan this is, where it is known."""
    @property
    def kept_usernames(self) -> list[tuple[str, str]]:
        """The usernames that are kept though the roster has another, each with the one listed."""
    @property
    def unchanged(self) -> int:
        """How many active accounts stay as they are, those in conflicts and of held students aside."""
    @property
    def held(self) -> int:
        """How many accounts stay as they are because their student is held."""
    @property
    def erased(self) -> int:
        """How many students were left out because they are erased."""
    @property
    def passed(self) -> list[Guard]:
        """The guards that would have refused this plan, had the host not passed them."""
    def summary(self) -> str:
        """One line with the counts; it names nobody."""
    def statements(self) -> list[Statement]:
        """The plan as statements for the host's database, one row each, in an order that unique indexes on username, source id and
        UPN never reject. Where two rows swap their usernames, one is first given a temporary one. Run all in one transaction.
        """
    def diff(self) -> str:
        """The plan for the person who approves it, with names and with old and new values."""
    def apply(
        self, accounts: Accounts, *, passwords: PasswordPolicy | None = None, without_passwords: bool = False
    ) -> Accounts:
        """New Accounts as the plan makes them; those given stay as they are. Raises PlanError if they are not those the
        plan was made for, or have changed since in anything but passwords; and if the plan was stored without the passwords
        that it gives out, unless one of these is said:

        passwords: a PasswordPolicy, by which those accounts get other passwords than the plan had.
        without_passwords: those accounts have no password then, as a host wants it that stores only hashes.
        """
    def to_json(self, *, passwords: bool = False) -> str:
        """The plan as JSON, to be stored and approved; the new passwords only if asked for. Without them, apply() refuses the plan
        until it is told what to do about them.
        """
    @classmethod
    def from_json(cls, text: str) -> Plan:
        """A plan from what to_json wrote. Raises PlanError, also if it was edited or damaged."""
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Change]: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Change: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[Change]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Plan: ...
    def __deepcopy__(self, _memo: Any, /) -> Plan: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """A pickle holds no passwords, unless it is made within pickling_passwords()."""

_State = Literal["none", "pending", "approved", "declined", "revoked"]
_Task = Literal["full-sync", "stop-syncing", "ask-wonde"]

@final
class Client:
    """Wonde with one token: the vendor's, for all its schools, or one school's.

    domain: one of Wonde's; a school's region says which. '127.0.0.1:8080' and the like are spoken to without TLS, for tests.
    send: what does one exchange, a callable of a request that gives the response; the built-in adapter where it is None.
    wait: what lets seconds pass before another try; time.sleep where it is None.
    timeout: the seconds that one exchange may take.
    any_domain: the host vouches for the domain, though it is none of Wonde's: the token is sent there.

    Raises WondeError for a blank token or a domain that is not Wonde's.
    """

    def __new__(
        cls,
        token: str,
        domain: str = "api.wonde.com",
        send: Callable[[Request], object] | None = None,
        *,
        wait: Callable[[float], object] | None = None,
        timeout: float = 60.0,
        any_domain: bool = False,
    ) -> Client: ...
    def snapshot(
        self,
        school_id: str,
        since: datetime | None = None,
        *,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Snapshot:
        """All students of a school; or, with a time, what changed of them since: an aware datetime, of when the last sync began.

        progress: called before each request with what is read, which page of it, and how many students there are so far.
        Raises WondeError; there is never a part of a snapshot. What `send`, `wait` or `progress` raises comes through; failures
        of the network are the __cause__ of the WondeError.
        """
    def schools(self) -> list[School]:
        """The schools that have approved access. Raises WondeError."""
    def pending(self) -> list[School]:
        """The schools that were asked for access and have not answered. Raises WondeError."""
    def search(
        self, *, postcode: str = "", establishment_number: str = "", la_code: str = "", urn: str = ""
    ) -> list[School]:
        """Schools that Wonde knows, whether they have approved access or not. Raises WondeError, also if nothing is searched for."""
    def request_access(self, school_id: str, contacts: Iterable[Mapping[str, str]] = ()) -> str | None:
        """Asks a school for access; gives the state that Wonde says it is in then.

        contacts: people at the school who are told: mappings of first_name, last_name, phone_number, email_address, notes.
        Raises WondeError.
        """
    def revoke_access(self, school_id: str) -> str | None:
        """Gives up access to a school; gives the state that Wonde says it is in then. Raises WondeError."""

    def _snapshot(
        self,
        school_id: str,
        since: datetime | None = None,
        *,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> _Call: ...
    def _schools(self) -> _Call: ...
    def _pending(self) -> _Call: ...
    def _search(self, postcode: str, establishment_number: str, la_code: str, urn: str) -> _Call: ...
    def _request_access(self, school_id: str, contacts: Iterable[Mapping[str, str]]) -> _Call: ...
    def _revoke_access(self, school_id: str) -> _Call: ...

@final
class _Call:
    """A call that the host's event loop does, a step at a time; `onroll._adapter.drive` is the loop."""

    def step(self) -> tuple[Literal["send", "wait", "done"], Any]:
        """What comes next: 'send' and the request, 'wait' and the seconds, or 'done' and the result."""
    def answer(self, given: object) -> None:
        """Takes the response to the last request."""
    def failed(self, error: BaseException) -> bool:
        """Takes what the host's callable raised, and says whether it is a failure of the network; all else is the host's to raise."""

@final
class Snapshot:
    """Everything that Wonde says of one school's students at one time: complete, or there is none. It has len()."""

    @property
    def school_id(self) -> str:
        """The id of the school."""
    @property
    def since(self) -> datetime | None:
        """The time since which changes were asked for; None for a full one."""
    @property
    def duplicates(self) -> int:
        """How many rows were left out because the same student came on another page too."""
    @property
    def pages(self) -> int:
        """How many pages were read."""
    @property
    def counted(self) -> bool:
        """Whether Wonde's own count was permitted, and agreed."""
    @property
    def left(self) -> int:
        """How many students a delta names as deleted or left."""
    def roster(
        self,
        *,
        sign_in: SignIn = "password",
        class_from: Literal["registration", "main", "first"] = "registration",
        names_from: Literal["preferred", "legal"] = "preferred",
        email_from: Literal["usual", "email", "primary", "work", "home"] = "usual",
        main_codes_only: bool = False,
    ) -> Roster:
        """The students as a roster. Who cannot be one, because the record has an error, is in its `held`, and its report says why.

        sign_in: 'password' or 'sso'; with 'sso' the username is the email address.
        class_from: which group is the class: 'registration', 'main' or 'first'; where there is none, the others are tried.
        names_from: 'preferred' or 'legal'.
        email_from: 'usual' (the one without a label, or the primary one, or that of work), 'email', 'primary', 'work' or 'home'.
        main_codes_only: extended ethnicity codes are rolled up.
        """
    def __len__(self) -> int: ...

@final
class School:
    """A school as Wonde lists one."""

    @property
    def id(self) -> str:
        """The id that Wonde gives it."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def urn(self) -> str | None:
        """Its unique reference number, in England."""
    @property
    def la_code(self) -> str | None:
        """The code of its local authority."""
    @property
    def establishment_number(self) -> str | None:
        """Its number within the local authority."""
    @property
    def phase(self) -> str | None:
        """Primary, secondary, …"""
    @property
    def mis(self) -> str | None:
        """Which MIS it has."""
    @property
    def domain(self) -> str | None:
        """The domain of its region."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Access:
    """The access to one school, as a value that the host stores: events go in, and what is to be done comes out, as
    'full-sync', 'stop-syncing', 'ask-wonde' or None.
    """

    def __new__(cls, school_id: str) -> Access: ...
    @property
    def school_id(self) -> str:
        """The id of the school."""
    @property
    def state(self) -> _State:
        """'none', 'pending', 'approved', 'declined' or 'revoked'."""
    @property
    def reason(self) -> str | None:
        """Why it was declined or revoked, in the school's words, where it is known."""
    @property
    def needs_full_sync(self) -> bool:
        """Whether the next sync must be a full one."""
    @property
    def migrating(self) -> bool:
        """Whether a change of MIS is announced and not yet done."""
    def requested(self) -> _Task | None:
        """The host has asked for access."""
    def given_up(self) -> _Task | None:
        """The host has given it up."""
    def webhook(self, webhook: Webhook) -> _Task | None:
        """Wonde has posted this, and its secret was right."""
    def listed(self, approved: Iterable[School], pending: Iterable[School]) -> _Task | None:
        """What Wonde lists: the results of schools() and pending(). This is what is true, whatever webhooks came."""
    def fully_synced(self) -> _Task | None:
        """A full sync is done, its plan applied."""
    def to_json(self) -> str:
        """The state as JSON, to be stored."""
    @classmethod
    def from_json(cls, text: str) -> Access:
        """What to_json gave. Raises ValueError."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Token:
    """A token, which shows itself only when asked."""

    def expose(self) -> str:
        """The token itself: to be stored as a secret, and given to Client."""

@final
class Webhook:
    """What Wonde posts to the host: which school, and what happened."""

    @property
    def kind(self) -> Literal["approved", "revoked", "declined", "migration"]:
        """'approved', 'revoked', 'declined' or 'migration'."""
    @property
    def school_id(self) -> str:
        """The id of the school."""
    @property
    def school_name(self) -> str | None:
        """The name of the school, where it is said."""
    @property
    def token(self) -> Token | None:
        """The school's own token, which an approval brings."""
    @property
    def reason(self) -> str | None:
        """Why access was declined or revoked, in the school's words, where it is said."""
    @property
    def migrated(self) -> bool:
        """Whether a migration is done, and not only announced."""

@final
class Schedule:
    """When a school is synced: made by daily(), and refined by the other methods, each of which gives a new one."""

    @classmethod
    def daily(cls, time: str) -> Schedule:
        """Every day at a time in London, as '02:30', whatever the clocks do; a full sync each day. Raises ValueError."""
    def full_on(self, day: str) -> Schedule:
        """A full sync on this day of the week alone, as 'Sunday', and deltas on the others. Raises ValueError."""
    def spread(self, minutes: int) -> Schedule:
        """Spreads schools over so many minutes from the time on, at most 720. Raises ValueError."""
    def of_school(self, school_id: str) -> Schedule:
        """The schedule of one school within the spread: always at the same time."""
    def next_after(self, after: datetime) -> datetime:
        """The next time after an aware datetime, in UTC."""
    def next_run(self, after: datetime) -> tuple[datetime, Literal["full", "delta"]]:
        """The next time after an aware datetime, in UTC, and what is read then: 'full' or 'delta'."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Locks:
    """Locks within one process, for exclusive()."""

    def __new__(cls) -> Locks: ...
    def try_lock(self, school_id: str) -> bool:
        """Takes the lock of a school, at once; False if another has it."""
    def unlock(self, school_id: str) -> None:
        """Gives it back."""

def webhook(body: bytes | str) -> Webhook:
    """What Wonde posted, from its body. Wonde signs nothing: compare the secret in the address with same_secret(), and ask schools()
    before anything is done about it. Raises WebhookError.
    """
def same_secret(given: str, expected: str, /) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is. A blank one is never the same."""
def wonde_busy() -> WondeError:
    """What a sync is told that comes while another is under way."""

@final
class Identity:
    """Who an identity provider says that somebody is: from MyLogin, or from the claims of any OpenID Connect library. It is of this
    moment, and not for storing; what is stored is a Link.
    """

    @classmethod
    def from_json(
        cls, user_json: str | bytes, *, vouch_for_email: bool = False, now: datetime | None = None
    ) -> Identity:
        """Who MyLogin's user says that somebody is: the JSON of its user endpoint, as str or bytes.

        vouch_for_email: at this school the address is this person's and nobody else's; MyLogin does not say whether it is verified.
        now: an aware datetime; the computer's time where it is None. Raises IdentityError.
        """
    @classmethod
    def from_claims(
        cls,
        claims: Mapping[str, Any] | str | bytes,
        client_id: str,
        *,
        trusted_issuers: Iterable[str] = (),
        now: datetime | None = None,
    ) -> Identity:
        """Who verified claims say that somebody is: the payload of an ID token, as a mapping or as JSON, after an OpenID Connect library
        has checked its signature and its nonce. Neither school nor kind is in it: see of_school and as_student.

        client_id: the application that the claims must be made for.
        trusted_issuers: issuers that you know to verify email addresses; `email_verified` counts of these alone.
        now: an aware datetime; the computer's time where it is None. Raises IdentityError.
        """
    def of_school(self, school_id: str) -> Identity:
        """The same at this school, as Wonde numbers them: by the host's own table of which school has which tenant."""
    def as_student(self) -> Identity:
        """The same as a student: claims do not say it, and the host knows by a group or an organisational unit."""
    def vouch_for_email(self) -> Identity:
        """The same with the host vouching for the address: at this school it is this person's and nobody else's."""
    @property
    def provider(self) -> str:
        """'mylogin', or the issuer of the claims."""
    @property
    def subject(self) -> str:
        """The provider's own id of this person."""
    @property
    def kind(self) -> Literal["student", "staff", "unknown"]:
        """'student', 'staff' or 'unknown'."""
    @property
    def school_id(self) -> str | None:
        """The school, as Wonde numbers them, if it is known."""
    @property
    def source_id(self) -> str | None:
        """The id that Wonde gives this person, if the school has matched them."""
    @property
    def email(self) -> str | None:
        """The email address, in the letter case of the provider."""
    @property
    def email_vouched(self) -> bool:
        """Whether the provider, or the host, vouches that the address is this person's."""
    @property
    def tenant(self) -> str | None:
        """The organisation as the provider knows it: Google's hd, Microsoft's tid."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Link:
    """That a person of a provider's has an account at a school: a row of the host's, unique by provider, subject and school."""

    __match_args__: Final = ("provider", "subject", "school_id", "username")
    def __new__(cls, provider: str, subject: str, school_id: str, username: str) -> Link: ...
    @property
    def provider(self) -> str:
        """'mylogin', or the issuer of the claims."""
    @property
    def subject(self) -> str:
        """The provider's id of the person."""
    @property
    def school_id(self) -> str:
        """The school, as Wonde numbers them."""
    @property
    def username(self) -> str:
        """The username of the account. Where a host changes a username, it changes this too."""
    def __eq__(self, other: object, /) -> bool: ...

def match_identity(
    identity: Identity,
    accounts: Accounts,
    *,
    school_id: str,
    links: Iterable[Link | Mapping[str, str] | tuple[str, str, str, str]] = (),
) -> Account:
    """The account of a school that a person may open: by Wonde's id first, then by a link of an earlier sign-in, then, where the accounts
    came from a CSV with the email address as username, by an address that the provider vouches for.

    school_id: the school's id with Wonde, as the host knows it, never as a browser sends it.
    links: what earlier sign-ins gave: Link, or mappings or tuples of provider, subject, school_id and username.
    Gives the account; its `link` is for the host to store, and None where it is stored. Raises SignInRefused, with the reason.
    """
@final
class Attempts:
    """The wrong passwords of one school: a state that the host stores with the school and changes by one sign-in at a time. It holds hashes
    of usernames, and no password.

    lock_after: at which wrong password an account locks, until a teacher gives a new one; at least 3.
    taken_back: how many wrong ones a right password takes back.
    school_a_day: how many wrong ones a whole school may type in a day, some one for every five students; at least 10.
    """

    def __new__(cls, *, lock_after: int = 10, taken_back: int = 2, school_a_day: int = 100) -> Attempts: ...
    def sign_in(self, accounts: Accounts, username: str, password: str, *, now: datetime | None = None) -> Account:
        """The account of a username and password, if both are right; else what was tried is counted. An unknown username takes the work
        of a known one and gets its answer.

        now: an aware datetime; the computer's time where it is None.
        Raises SignInRefused: not-recognised, too-soon, locked, school-paused, or inactive. Store the attempts in each case.
        """
    def sign_in_by(
        self,
        accounts: Accounts,
        username: str,
        password: str,
        verify: Callable[[Account | None, str], bool],
        *,
        now: datetime | None = None,
    ) -> Account:
        """sign_in for a host that keeps only hashes: verify says whether what was typed is the password of the account.

        verify: called as verify(account, typed), once for each try that is counted. Where there is no account it is called with None:
        verify some hash all the same, so that it takes as long. now: as in sign_in.
        Raises SignInRefused as sign_in does, or what verify raises. Store the attempts in each case.
        """
    def begin(self, username: str, *, now: datetime | None = None) -> None:
        """Counts a try, before it is known whether it is right: for hosts that keep hashes and compare for themselves.
        Raises SignInRefused: too-soon, locked, school-paused. Then nothing may be compared.
        """
    def succeeded(self, username: str) -> None:
        """The try that begin counted was right."""
    def unlock(self, username: str) -> None:
        """Forgets the wrong passwords of an account: when a teacher has given it a new one, and not otherwise."""
    def is_locked(self, username: str) -> bool:
        """Whether an account is locked, for a teacher to see."""
    def to_json(self) -> str:
        """The state as JSON, to be stored."""
    @classmethod
    def from_json(
        cls, text: str, *, lock_after: int = 10, taken_back: int = 2, school_a_day: int = 100
    ) -> Attempts:
        """What to_json gave, with the policy anew. Raises ValueError."""

@final
class MyLoginClient:
    """MyLogin, for one application that is registered there.

    redirect_uri: exactly as it is registered: browsers come back there and nowhere else.
    send, wait: as those of wonde.Client; the built-in adapter and time.sleep where they are None.
    domain: one of MyLogin's. '127.0.0.1:8080' and the like are spoken to without TLS, for tests.
    any_domain: the host vouches for the domain: the client secret is sent there.
    vouch_for_email: the host vouches for MyLogin's email addresses; MyLogin does not say whether they were verified.
    allow_unsolicited: takes callbacks without a state, of sign-ins begun on MyLogin's own pages.
    timeout: the seconds that one exchange may take.

    Raises MyLoginError for a blank id or secret, a redirect URI that a browser may not be sent to, or a domain that is not MyLogin's.
    """

    def __new__(
        cls,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        send: Callable[[Request], object] | None = None,
        *,
        domain: str = "app.mylogin.com",
        any_domain: bool = False,
        vouch_for_email: bool = False,
        allow_unsolicited: bool = False,
        wait: Callable[[float], object] | None = None,
        timeout: float = 30.0,
    ) -> MyLoginClient: ...
    def authorize_url(self, state: str, *, organisation: str | None = None, verifier: str | None = None) -> str:
        """Where to send the browser, with a state of new_state() that is kept in its session.

        organisation: the slug or id of the organisation, so that the student need not look for the school.
        verifier: of new_verifier(), for PKCE; only where allows_pkce(). Raises MyLoginError.
        """
    def callback(self, callback: str, state: str | None) -> str:
        """The code that a browser brings back: from the query of the callback, its path with the query, or its
        whole address; with the state that is taken out of
        the browser's session, so that it is good once.

        Raises MyLoginError: unsolicited (send the browser to authorize_url), state-unknown, state-mismatch, denied, no-code, …
        """
    def identity(self, code: str, *, verifier: str | None = None, now: datetime | None = None) -> Identity:
        """Who brought the code. now: an aware datetime; the computer's time where it is None. Raises MyLoginError."""
    def allows_pkce(self) -> bool:
        """Whether MyLogin takes PKCE, by its configuration. Once a day is often enough. Raises MyLoginError."""
    def logout_url(self) -> str:
        """Where to send the browser to end its session at MyLogin too."""
    def _identity(self, code: str, *, verifier: str | None = None, now: datetime | None = None) -> _Call: ...
    def _allows_pkce(self) -> _Call: ...

def new_state() -> str:
    """A state that nobody can guess, for one sign-in of one browser: kept in its session until the callback."""
def new_verifier() -> str:
    """A verifier of PKCE, kept in the session beside the state."""
