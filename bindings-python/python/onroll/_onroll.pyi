"""The types and docstrings of the module in Rust, whose names the package `onroll` exports. `stub_docstrings.py` copies
the docstrings from the built module, where they are the comments in `bindings-python/src`.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as _Mapping
from dataclasses import Field
from datetime import date as _date
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Protocol, SupportsIndex, TypeVar, final, overload

from ._adapter import Request
from ._errors import WondeError
from ._ethnicity import Ethnicity
from .types import (
    CardLayout,
    CardLetters,
    CardText,
    Certainty,
    ChangeKind,
    ConflictReason,
    CredentialsRead,
    DecisionOutcome,
    EthnicityEntry,
    ExtraColumns,
    Gender,
    Guard,
    Limits,
    MappingSource,
    QuestionKind,
    SignIn,
    Target,
    ValueGroup,
)

__all__ = [
    "_Call",
    "_FakeWonde",
    "Access",
    "AccessCheck",
    "Account",
    "Accounts",
    "Attempts",
    "Change",
    "Client",
    "Conflict",
    "Decision",
    "Detected",
    "DetectedColumn",
    "DetectedValue",
    "DetectedValues",
    "FieldCheck",
    "Held",
    "Identity",
    "IgnoredColumn",
    "Link",
    "Locks",
    "Mapping",
    "MyLoginClient",
    "Password",
    "PasswordPolicy",
    "Plan",
    "PlanEntry",
    "Problem",
    "PupilPremium",
    "Question",
    "Report",
    "Roster",
    "Schedule",
    "School",
    "Snapshot",
    "SnapshotWarning",
    "Statement",
    "Student",
    "Token",
    "Webhook",
    "__version__",
    "canonical_password",
    "check_csv",
    "create_accounts",
    "detect",
    "ethnicities",
    "fix_csv",
    "mark_csv",
    "match_identity",
    "new_state",
    "new_verifier",
    "plan",
    "read_csv",
    "run_command",
    "same_secret",
    "same_username",
    "save_file",
    "template_csv",
    "template_workbook",
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
    """A mapping, or a row with named columns from a database cursor."""

    def __getitem__(self, key: str, /) -> Any: ...

_Source = str | os.PathLike[str] | bytes | bytearray | memoryview | _Reads
_Dest = str | os.PathLike[str] | _Writes

def ethnicities() -> list[tuple[str, str, str, str]]:
    """Returns all ethnicity codes, each with its description, main code and group, for `onroll.ETHNICITIES`."""
def same_username(left: str, right: str, /) -> bool:
    """Returns whether two usernames have the same `username_key`.

    >>> onroll.same_username("SIÂN O’Neill", "siân  o'neill")
    True
    """

def username_key(text: str, /, *, loose: bool = False) -> str:
    """Returns the key by which usernames are compared. Use the key for a unique index. The key is the text in Unicode form
    NFC, with white space and case folded. Eleven kinds of apostrophe all become `'`, and eight kinds of hyphen all
    become `-`. In an email address, only the case is folded.

    loose: return the loose key instead, which consists of letters and digits without accents. Use the loose key only
    for sign-in. Open an account by this key only if no other account at the school has the same loose key.

    >>> onroll.username_key("Zoë  O’Dell"), onroll.username_key("Zoë O’Dell", loose=True)
    ("zoë o'dell", 'zoeodell')
    """

def canonical_password(typed: str, /) -> str:
    """Returns the canonical form of a typed password. Passwords are hashed and compared in this form. The form is in upper
    case, and has no spaces, hyphens, dots or underscores. S becomes 5, Z becomes 2, and B becomes 8. Use this function
    if you store only hashes.

    >>> onroll.canonical_password(" cxs7")  # the text to hash
    'CX57'
    """

def template_workbook() -> bytes:
    """Returns the template as an Excel workbook. The nine headings have notes, and stay visible when you scroll. Gender,
    Ethnicity and the flags have drop-down lists.

    >>> onroll.check_csv(onroll.template_workbook()).ok
    True
    """
def template_csv() -> str:
    """Returns the template that a school fills in: the nine headings as a CSV line that ends with CR LF.

    >>> onroll.template_csv().startswith("Student Full Name,Username,Year Group,Class,")
    True
    """
def save_file(dest: str | os.PathLike[str], data: str | bytes | bytearray) -> None:
    """Writes a file completely or not at all, as `write_credentials` does. Only the file's owner can read it (mode 600).
    Use this function for your own files about accounts, such as JSON with passwords.

    dest: a path.
    data: a str, which is written as UTF-8, or bytes.

    Raises NotARegularFile if the path is a pipe, a device or similar, and OSError if writing fails. After an error, the
    old file is unchanged.

    >>> onroll.save_file("template.xlsx", onroll.template_workbook())
    """
def run_command(arguments: Sequence[str]) -> int:
    """Runs the command `onroll` on the standard streams of the process, and returns its exit code."""
def detect(
    source: _Source,
    *,
    sign_in: SignIn = "password",
    sheet: str | None = None,
    mapping: Mapping | None = None,
    names_from: Literal["preferred", "legal"] | None = None,
    vocabulary: dict[str, Target] | None = None,
    ethnicities: Iterable[EthnicityEntry] | None = None,
    limits: Limits | None = None,
) -> Detected:
    """Detects what each column of a school's own export means, and how certain each meaning is.

    source: a path, bytes, or a binary file.
    sign_in: 'password', or 'sso' if the username is the email address.
    sheet: the name of the sheet to read in a workbook. Pass it to answer the question 'which-sheet'.
    mapping: a stored mapping. The result says whether the mapping fits the file, and what differs.
    names_from: 'preferred' or 'legal', the kind of name to use if a file has both. The default is 'preferred'.
    vocabulary: a dict from additional headings to their targets.
    ethnicities: additional ethnicity codes, and additional words for codes, as for read_csv.
    limits: a dict with any of the keys file_bytes, rows, columns, cell_bytes, sheet_bytes and problems.

    Raises RosterError if the file is not text, and OSError if the file cannot be read.

    >>> onroll.detect("export.csv").columns[0].sources
    ['Preferred Forename', 'Legal Forename', 'Legal Surname']
    """
def read_csv(
    source: _Source,
    *,
    sign_in: SignIn = "password",
    fix: bool = False,
    any_order: bool = False,
    optional_columns: bool = False,
    main_codes_only: bool = False,
    ethnicities: Iterable[EthnicityEntry] | None = None,
    extra_columns: ExtraColumns = "refuse",
    accept: Iterable[str] = (),
    sheet: str | None = None,
    mapping: Mapping | None = None,
    pupil_premium: PupilPremium | None = None,
    vocabulary: dict[str, Target] | None = None,
    limits: Limits | None = None,
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> Roster:
    """Reads a school's CSV or workbook into a Roster.

    source: a path, bytes, or a binary file. The format, which is CSV, .xlsx, .xlsm, .xls or .ods, is recognised from
    the content.
    sign_in: 'password' or 'sso'. With 'sso', every username must be an email address.
    fix: apply every safe fix while reading. roster.report lists the fixes that were made.
    any_order: accept the columns in any order.
    optional_columns: accept a file without the columns Pupil Premium, Ethnicity, SEND or EAL. If Ethnicity is missing,
    students get NOBT. If any other of these columns is missing, students get No. If a column is missing, a plan does
    not change that field in the accounts.
    main_codes_only: accept only the main ethnicity codes. The fix for an extended code is its main code.
    ethnicities: additional ethnicity codes, and additional words for codes, as an iterable of mappings: {'code':
    'WSHE', 'description': 'White - Shetlander', 'main_code': 'WBRI', 'aliases': ['Shetland']}. Without main_code, a new
    code is a main code. For a known code, pass only code and aliases.
    extra_columns: 'refuse' or 'ignore' columns that are not in the template. UPN and Source ID are always read.
    accept: the ids of problems whose suggested fixes a person accepted. Take the ids from a report on the same file.
    sheet: the name of the sheet to read in a workbook. By default, the visible sheet that has the headings of a student
    table is read. If several sheets have such headings, the report asks which sheet to read.
    mapping: a Mapping for a school's own export. The mapping turns the export's columns into the template's columns.
    pupil_premium: a PupilPremium list. If a student's UPN is in this list, Pupil Premium is taken from the list. If
    the file has another value, the report has a warning. You must also pass a mapping.
    vocabulary: a dict from additional headings to their targets. If the file has such a heading and the mapping does
    not know it, a person must confirm the mapping again.
    limits: a dict with any of the keys file_bytes, rows, columns, cell_bytes, sheet_bytes and problems.
    threads: the largest number of threads to use. Each thread reads at least a megabyte. 0 means one thread for each
    processor. The result is the same for any number of threads.
    progress: a callable that is called from time to time with two numbers: the bytes read and the total. At the end,
    the numbers are equal. If the file turns out not to be UTF-8, the first number starts again from 0.

    Raises RosterError with the report if the file has errors, and OSError if the file cannot be read.

    >>> roster = onroll.read_csv("students.csv")
    >>> roster[0].full_name
    'Zoë Ahmed'
    >>> try:
    ...     onroll.read_csv("uploaded.csv")
    ... except onroll.RosterError as error:
    ...     page = error.report.text()  # for the person who uploaded it
    """
def check_csv(
    source: _Source,
    *,
    sign_in: SignIn = "password",
    fix: bool = False,
    any_order: bool = False,
    optional_columns: bool = False,
    main_codes_only: bool = False,
    ethnicities: Iterable[EthnicityEntry] | None = None,
    extra_columns: ExtraColumns = "refuse",
    accept: Iterable[str] = (),
    sheet: str | None = None,
    mapping: Mapping | None = None,
    pupil_premium: PupilPremium | None = None,
    vocabulary: dict[str, Target] | None = None,
    limits: Limits | None = None,
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> Report:
    """Checks a school's CSV or workbook, and returns the report. It raises no exception for wrong data.

    It takes the same arguments as read_csv. Raises OSError if the file cannot be read.

    >>> report = onroll.check_csv("uploaded.csv")
    >>> report.ok
    False
    >>> print(report.problems[0].message)
    the file: the columns are separated by semicolons; save the file as 'CSV UTF-8 (Comma delimited)'
    """
def fix_csv(
    source: _Source,
    dest: _Dest,
    *,
    sign_in: SignIn = "password",
    any_order: bool = False,
    optional_columns: bool = False,
    main_codes_only: bool = False,
    ethnicities: Iterable[EthnicityEntry] | None = None,
    extra_columns: ExtraColumns = "refuse",
    accept: Iterable[str] = (),
    sheet: str | None = None,
    mapping: Mapping | None = None,
    pupil_premium: PupilPremium | None = None,
    vocabulary: dict[str, Target] | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Report:
    """Writes a corrected file. It applies every safe fix, and leaves other values unchanged. Returns a report of the fixes
    that were made and the problems that remain.

    dest: a path or a binary file. If you pass the path of the source, the source is replaced. If it is not certain
    where each row begins and ends, nothing is written, and report.written is False.
    The other options are the same as for read_csv. Raises OSError if reading or writing fails.

    >>> row = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No"
    >>> report = onroll.fix_csv((onroll.template_csv() + row).encode(), "fixed.csv")
    >>> report.written, report.fixed[0].message
    (True, "row 2, Gender: 'F' should be 'Female'")
    """
def mark_csv(
    source: _Source,
    dest: _Dest,
    *,
    sign_in: SignIn = "password",
    any_order: bool = False,
    optional_columns: bool = False,
    main_codes_only: bool = False,
    ethnicities: Iterable[EthnicityEntry] | None = None,
    extra_columns: ExtraColumns = "refuse",
    accept: Iterable[str] = (),
    sheet: str | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Report:
    """Writes a copy of the school's own file as an Excel workbook, for the person who must correct the file. Each problem
    is a note on its cell. Safe fixes are applied and coloured. Gender, Ethnicity and the flags get drop-down lists. A
    sheet lists all problems, with links to their cells. Returns the report, with the fixes that were made.

    dest: a path or a binary file. The workbook has all of the school's columns, but not its formats and formulas.

    >>> report = onroll.mark_csv("uploaded.csv", "marked.xlsx")
    >>> report.written, report.fixed_count > 0
    (True, True)
    """
def create_accounts(roster: Roster, *, passwords: PasswordPolicy | None = None) -> Accounts:
    """Creates an active account with a new password for every student in a roster. Students from an MIS who sign in with
    SSO get no password.

    passwords: the policy for the passwords. The default is PasswordPolicy.characters(4).

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"), passwords=onroll.PasswordPolicy.words(3))
    >>> len(accounts), len(accounts["Zoë Ahmed"].password.expose().split())
    (240, 3)
    """
def plan(
    accounts: Accounts,
    roster: Roster,
    *,
    max_leavers: float = 0.1,
    leaving_years: Iterable[str] = (),
    erased: Iterable[str | Iterable[str | None]] = (),
    override_guards: Iterable[Guard] = (),
    decisions: Iterable[Decision] = (),
    school_id: str | None = None,
    today: _date | None = None,
    leaving_until: _date | None = None,
    grace_until: _date | None = None,
    passwords: PasswordPolicy | None = None,
) -> Plan:
    """Plans the changes that make the accounts match a roster.

    max_leavers: the largest share of active accounts that may leave in one plan, from 0 to 1. Five accounts may always
    leave. A whole class or year group of at least 10 students may leave only if the share is 1, or if its students are
    expected to leave.
    leaving_years: years whose students are expected to leave from July to September, such as ['Year 6']. Students who
    have just moved up to such a year are not expected to leave.
    erased: the students who were erased at a parent's request. They never get an account again. Each is a source id, a
    UPN or a username, or a tuple of all ids and the username that you know. If a student in the roster has only the
    username of an erased student, `erased_by_username` lists the student. The student gets an account if both source
    ids or both UPNs are known, and differ.
    override_guards: the names of guards to override. The plan records which of these guards would have refused the
    plan.
    decisions: people's decisions about accounts and students at this school. The plan records the outcome of each
    decision.
    school_id: any id that you use for the school. If you pass an id, accounts of another school are refused.
    today: the date on which the plan is made. You must pass it if another option or an account has a date.
    leaving_until: the last date on which leavers in leaving_years are expected.
    grace_until: the last date on which leavers' accounts stay active, such as the day of exam results.
    passwords: the policy for new passwords.

    Raises PlanRefused, with the guard and its numbers, if a guard refuses the plan. Raises PlanError if `today` is
    missing but needed.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> onroll.plan(accounts, onroll.read_csv("students.csv")).summary()
    'nothing to do, 240 unchanged'
    """
@final
class Report:
    """All problems in an input, in file order, and the fixes made while reading it.

    str(report) shows no values, and is for logs. text() shows values, and is for the person who uploaded the file.

    >>> report = onroll.check_csv("uploaded.csv")
    >>> report.ok, report.correctable, report.error_count > report.fixable_count
    (False, False, True)
    >>> report.rows, report.blank_rows, report.warning_count, report.fixed_count
    (36, 1, 14, 0)
    >>> report.counts["gender"] == report.count_of("gender")
    True
    >>> print(report.text().splitlines()[0])
    The roster is refused: 41 errors in 36 students, 14 warnings. You must correct 25 of the errors, then import again. 17 problems can be put right for you: turn on safe fixes when you import. 1 blank row was left out.
    >>> [problem.code for problem in report.problems][:2]
    ['wrong-delimiter', 'heading-misspelt']
    >>> len(report.errors) + len(report.warnings) == len(report.problems), report.fixed
    (True, ())
    >>> report.by_value[0]["count"]
    1
    >>> report.sheet, report.written  # the sheet that was read, and whether `fix_csv` wrote a file
    (None, False)
    >>> onroll.Report.from_json(report.to_json(values=True)).text() == report.text()
    True
    >>> report.write_csv("problems.csv")
    >>> report.to_dicts(values=True)[0]["message"] == report.problems[0].message
    True
    >>> report.to_pandas(values=True).columns[0]  # needs pandas
    'id'
    >>> _ = report.write_workbook("marked.xlsx", source="uploaded.csv")
    """

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The remaining errors and warnings, in file order. At most limits['problems'] problems are listed."""
    @property
    def fixed(self) -> tuple[Problem, ...]:
        """The problems that were fixed while reading."""
    @property
    def errors(self) -> tuple[Problem, ...]:
        """The errors among `problems`."""
    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings among `problems`."""
    @property
    def ok(self) -> bool:
        """Whether there are no errors."""
    @property
    def correctable(self) -> bool:
        """Whether a corrected file can be written. This requires that it is certain where each row begins and ends."""
    @property
    def error_count(self) -> int:
        """The number of errors, including errors that `problems` does not list."""
    @property
    def warning_count(self) -> int:
        """The number of warnings, including warnings that `problems` does not list."""
    @property
    def fixed_count(self) -> int:
        """The number of fixed problems, including problems that `fixed` does not list."""
    @property
    def fixable_count(self) -> int:
        """The number of problems with a safe fix."""
    @property
    def rows(self) -> int:
        """The number of rows with students."""
    @property
    def blank_rows(self) -> int:
        """The number of blank rows, which were left out."""
    def count_of(self, code: str) -> int:
        """Returns the number of remaining problems with this code, including problems that are not listed. Raises
        ValueError for an unknown code.
        """
    def text(self) -> str:
        """Returns the report for the person who uploaded the file. It shows values."""
    def to_json(self, values: bool = False) -> str:
        """Returns the report as JSON. The JSON contains values, which are personal data, only with values=True."""
    @property
    def counts(self) -> dict[str, int]:
        """The number of remaining problems for each code, including problems that are not listed."""
    @property
    def by_value(self) -> list[ValueGroup]:
        """The listed problems, grouped by value. Each value in a column appears once, even if many rows have it.

        Each group is a dict with code, column, field, value, fix, safe, count, rows and message. `rows` is a list of
        ranges, each with its first and last row. The values are personal data.
        """
    @property
    def sheet(self) -> str | None:
        """The name of the sheet that was read, if the file is a workbook. The name can be personal data."""
    def write_workbook(self, dest: _Dest, *, source: _Source) -> None:
        """Writes a copy of the school's own file as an Excel workbook, to a path or a binary file. Each problem is marked
        on its cell. See mark_csv.

        source: the file that the report is about. The file is read again with the same options as before.
        """
    @property
    def written(self) -> bool:
        """Whether fix_csv or mark_csv wrote its file. False for other functions."""
    def to_dicts(self, values: bool = False) -> list[dict[str, Any]]:
        """Returns the problems as dicts. The dicts have the same keys as the JSON of to_json: id, code, severity, row,
        line, record, column, field, byte, value, message, fix, safe, count and rows.

        values: include the values, which are personal data. By default, `value` and `fix` are None, and messages
        contain no values.
        """
    def to_pandas(self, values: bool = False) -> Any:
        """Returns the problems as a pandas DataFrame with the columns of to_dicts. pandas must be installed.

        values: include the values, which are personal data.
        """
    @classmethod
    def from_json(cls, text: str) -> Report:
        """Reads a report from JSON that to_json wrote. The counts and positions are those of the original report. The
        report has values only if the JSON contains values. Raises ValueError if the text cannot be read.
        """
    def _repr_html_(self) -> str: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Returns the problems as an Arrow stream without values, for polars.DataFrame(report). To include values, use
        polars.DataFrame(report.to_dicts(values=True)). A requested schema is ignored.
        """
    def write_csv(self, dest: _Dest) -> None:
        """Writes the problems, including values, as CSV for a spreadsheet, to a path or a binary file."""
    @classmethod
    def _restore(cls, kept: str, written: bool) -> Report: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Mapping:
    """The rules that say from which columns of a school's own export each field is read. Let a person check and correct
    the mapping, and store it for the school. The next file of the school can then be read without questions.

    columns: a dict from targets to their sources. The targets are full_name, username, year_group, class_name, gender,
    pupil_premium, ethnicity, send, eal, upn, source_id and email. A source is a heading, a list of headings, or a dict.
    A list can contain lists: each inner list stands for the first of its headings that has a value in the row. A dict
    has one of three forms: the keys "columns", "join" and "surname_first", only the key "constant", or only "same_as".
    By default, texts from several columns are joined with a space. A flag is yes if any of its columns is yes.
    values: a dict from targets to dicts, which map values in the file to their meanings.
    sheet: the name of the sheet to read in a workbook.

    Raises MappingError if the mapping cannot be used.

    >>> mapping = onroll.Mapping(
    ...     {"full_name": ["Forename", "Surname"], "year_group": "Year", "class_name": "Reg", "gender": "Sex"},
    ...     values={"gender": {"U": "Non-Binary"}},
    ... )
    >>> csv = b"Forename,Surname,Year,Reg,Sex\\nAmy,Lee,Year 5,5A,U\\n"
    >>> onroll.read_csv(csv, mapping=mapping)[0].full_name
    'Amy Lee'
    >>> mapping.columns["year_group"], mapping.values["gender"], mapping.headings, mapping.sheet
    ('Year', {'U': 'Non-Binary'}, [], None)
    >>> onroll.Mapping.from_json(mapping.to_json()).fingerprint == mapping.fingerprint
    True
    """

    def __new__(
        cls,
        columns: _Mapping[str, MappingSource],
        *,
        values: _Mapping[str, _Mapping[str, str]] | None = None,
        sheet: str | None = None,
    ) -> Mapping: ...
    @staticmethod
    def from_json(text: str) -> Mapping:
        """Reads a mapping from its JSON. Raises MappingError if the mapping cannot be used."""
    def to_json(self) -> str:
        """Returns the mapping as JSON with camelCase keys. The Rust, Python and Node packages read the same JSON."""
    @property
    def columns(self) -> dict[Target, MappingSource]:
        """The source of each target, as in the constructor."""
    @property
    def values(self) -> dict[Target, dict[str, str]]:
        """The meanings of values in the file: for each target, a dict from a value to its meaning."""
    @property
    def headings(self) -> list[str]:
        """The headings of the file in which the mapping was detected. The list is empty if the mapping was written by
        hand.
        """
    @property
    def sheet(self) -> str | None:
        """The name of the sheet to read, if one is set."""
    @property
    def fingerprint(self) -> str:
        """A fingerprint of `headings`, which does not depend on the order of the headings. If you store several mappings
        for one school, you can use the fingerprint of each mapping as its key.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class PupilPremium:
    """A list of UPNs that says which pupils get pupil premium. Schools get this list from the Department for Education
    ("Get information about pupils"). len() returns the number of pupils. Pass the list as `pupil_premium` to functions
    that read a file with a mapping.

    >>> premium = onroll.PupilPremium.read(b"UPN,Pupil Premium\\nH801200001001,Yes\\n")
    >>> len(premium)
    1
    >>> onroll.PupilPremium.from_json(premium.to_json()) == premium
    True
    """

    @classmethod
    def read(cls, source: _Source) -> PupilPremium:
        """Reads the list from a file with a UPN column and one or more pupil premium columns. A pupil gets the premium if
        any of these columns contains a yes or a number over 0.

        source: a path, bytes, or a binary file.
        Raises RosterError if the columns cannot be found with certainty or a row cannot be read, and OSError if the
        file cannot be read.
        """
    def to_json(self) -> str:
        """Returns the list as JSON: an object with a UPN as each key, and true or false as its value."""
    @classmethod
    def from_json(cls, text: str) -> PupilPremium:
        """Reads a list from JSON that to_json() wrote. Raises ValueError for any other text."""
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class Detected:
    """The result of `detect` for a file: the mapping with all certain columns, the certainty of each decision, and the
    questions for a person.

    >>> detected = onroll.detect("export.csv")
    >>> detected.certain, detected.heading_row, detected.rows
    (True, 4, 240)
    >>> for question in detected.questions:
    ...     answer = input(question.text)  # or a form
    >>> len(detected.columns) > 8, len(detected.ignored) > 0, len(detected.values) > 3
    (True, True, True)
    >>> print(detected.text().splitlines()[0])
    Column             Read from                                            How sure  Examples
    >>> roster = onroll.read_csv("export.csv", mapping=detected.mapping, fix=True)
    >>> onroll.Detected.from_json(detected.to_json()) == detected  # store it until a person has answered
    True
    """

    @property
    def mapping(self) -> Mapping:
        """The mapping, which contains only the certain decisions."""
    @property
    def certain(self) -> bool:
        """Whether the mapping can read the file without asking a person."""
    @property
    def columns(self) -> list[DetectedColumn]:
        """The columns from which each target is read, including guesses, in the order of the template."""
    @property
    def ignored(self) -> list[IgnoredColumn]:
        """The columns that are not read, in file order, each with the reason."""
    @property
    def values(self) -> list[DetectedValues]:
        """The distinct values in each coded column, with their meanings and the certainty of each meaning."""
    @property
    def questions(self) -> list[Question]:
        """The questions for a person, the most important first."""
    @property
    def heading_row(self) -> int | None:
        """The number of the heading row, as in a spreadsheet. None if the file has no headings."""
    @property
    def rows(self) -> int:
        """The number of rows below the headings, not counting blank rows."""
    def text(self) -> str:
        """Returns the mapping as a text table that a person can check. It contains example values, which are personal
        data.
        """
    def to_json(self) -> str:
        """Returns the result as JSON with camelCase keys. It contains examples and values, which are personal data."""
    @classmethod
    def from_json(cls, text: str) -> Detected:
        """Reads a result from JSON that to_json() wrote. Raises MappingError for any other text."""
    def _repr_html_(self) -> str:
        """Returns an HTML table for a notebook, which shows the columns of each target. Unlike text(), it shows no
        examples and no values.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class DetectedColumn:
    """The columns of an export from which one of onroll's fields is read, and the certainty of this choice.

    >>> name = onroll.detect("export.csv").columns[0]
    >>> name.target, name.sources, name.certainty
    ('full_name', ['Preferred Forename', 'Legal Forename', 'Legal Surname'], 'safe')
    >>> len(name.examples), bool(name.reason)
    (3, True)
    """

    @property
    def target(self) -> Target:
        """The target, such as 'full_name'."""
    @property
    def sources(self) -> list[str]:
        """The headings of the columns from which the target is read."""
    @property
    def certainty(self) -> Certainty:
        """'exact', 'safe', 'guess' or 'unknown'. A guess is not in the mapping."""
    @property
    def reason(self) -> str:
        """The reason why the target is read from these columns, in plain words."""
    @property
    def examples(self) -> list[str]:
        """Up to three example values. They are personal data."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class IgnoredColumn:
    """A column of the file that is not read.

    >>> ignored = onroll.detect(b"Forename,Surname,Year,Reg,Sex,House\\nAmy,Lee,5,5A,F,Red\\n").ignored[0]
    >>> ignored.heading, ignored.index, ignored.reason
    ('House', 5, "'House': a house is not a class")
    """

    @property
    def heading(self) -> str:
        """The heading, which is blank if the column has no heading."""
    @property
    def index(self) -> int:
        """The column's index in the row, from 0."""
    @property
    def reason(self) -> str:
        """The reason why the column is not read, in plain words."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class DetectedValues:
    """The values in a coded column.

    >>> [gender] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\\nAmy,Lee,5,5A,F\\n").values
    >>> gender.target, gender.sources, [value.read_as for value in gender.values]
    ('gender', ['Sex'], ['Female'])
    """

    @property
    def target(self) -> Target:
        """The target, such as 'gender'."""
    @property
    def sources(self) -> list[str]:
        """The headings of the columns from which the target is read."""
    @property
    def values(self) -> list[DetectedValue]:
        """Each distinct value, the most frequent first."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class DetectedValue:
    """One distinct value in a column.

    >>> [gender] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\\nAmy,Lee,5,5A,F\\n").values
    >>> [value] = gender.values
    >>> value.value, value.count, value.read_as, value.certainty
    ('F', 1, 'Female', 'safe')
    """

    @property
    def value(self) -> str:
        """The value in the file, which is '' for a blank cell."""
    @property
    def count(self) -> int:
        """The number of rows with this value."""
    @property
    def read_as(self) -> str | None:
        """The meaning of the value, if it is known or guessed."""
    @property
    def certainty(self) -> Certainty:
        """'exact', 'safe', 'guess' or 'unknown'."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class Question:
    """A question for a person.

    >>> [question] = onroll.detect(b"Forename,Surname,Year,Reg,Sex\\nAmy,Lee,5,5A,U\\n").questions
    >>> question.kind, question.target, question.value
    ('value', 'gender', 'U')
    >>> question.text, question.choices
    ("What does 'U' under 'Sex' (1 row) stand for?", ['Male', 'Female', 'Non-Binary'])
    """

    @property
    def kind(self) -> QuestionKind:
        """The kind of question: 'no-headings', 'missing-column', 'which-column', 'confirm-column', 'value', 'changed' or
        'which-sheet'.
        """
    @property
    def target(self) -> Target | None:
        """The target that the question is about, if any."""
    @property
    def choices(self) -> list[str]:
        """Likely answers, which are headings or values."""
    @property
    def value(self) -> str | None:
        """The value that the question is about, if any."""
    @property
    def text(self) -> str:
        """The question in words."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class Problem:
    """One problem, with its position, code, severity and fix. str(problem) shows no values.

    >>> row = "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No"
    >>> [problem] = onroll.check_csv((onroll.template_csv() + row).encode()).problems
    >>> problem.code, problem.severity, problem.message
    ('gender', 'error', "row 2, Gender: 'F' should be 'Female'")
    >>> problem.row, problem.line, problem.column, problem.field, problem.value
    (2, 2, 'Gender', 'gender', 'F')
    >>> problem.fix, problem.safe
    ('Female', True)
    >>> problem.count, problem.rows, problem.cell, problem.record, problem.heading
    (1, [], None, None, None)
    >>> problem.id.startswith("gender@2."), problem.byte > 0
    (True, True)
    """

    __match_args__: Final = ("code", "row", "column")
    @property
    def id(self) -> str:
        """The problem's id, which contains no value. If the same file is read again with the same options, the problem has
        the same id. Pass the id to read_csv in `accept`.
        """
    @property
    def count(self) -> int:
        """The number of rows with this problem: 1, unless one cause affects many rows."""
    @property
    def rows(self) -> list[tuple[int, int]]:
        """The affected rows, if one cause affects many rows. Each item is a range, as a pair of its first and last row. At
        most 100 ranges are kept.
        """
    @property
    def code(self) -> str:
        """The code, in kebab-case."""
    @property
    def severity(self) -> Literal["error", "warning"]:
        """'error' or 'warning'."""
    @property
    def row(self) -> int | None:
        """The row number, if the problem is in a row. Rows are counted as in a spreadsheet: the heading row is 1."""
    @property
    def line(self) -> int | None:
        """The line in the file, counted from 1, if known."""
    @property
    def byte(self) -> int | None:
        """The offset in the file, in bytes, if known."""
    @property
    def cell(self) -> str | None:
        """The cell in a workbook, such as 'C7', if the problem is in a cell."""
    @property
    def record(self) -> int | None:
        """The index of the row, from 0, if you passed the rows as data and the problem is in a row."""
    @property
    def heading(self) -> str | None:
        """The school's own heading, if the column was read with a mapping. If the column was read from several columns of
        the file, their headings are joined.
        """
    @property
    def column(self) -> str | None:
        """The column's heading in the template, if the problem is in a column."""
    @property
    def field(self) -> str | None:
        """The name of the student's field, such as "year_group", if the problem is in a field. The report's JSON uses the
        same names.
        """
    @property
    def value(self) -> str | None:
        """The value in the file, cut after 200 characters. It is personal data."""
    @property
    def fix(self) -> str | None:
        """The value to write instead, if a fix is known. The value is personal data."""
    @property
    def safe(self) -> bool:
        """Whether the fix is the only right answer. fix=True applies only safe fixes. Any other fix is a suggestion."""
    @property
    def message(self) -> str:
        """The message for the person who uploaded the file. It can contain personal data."""
    @classmethod
    def _restore(cls, report: Report, fixed: bool, index: int) -> Problem: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Student:
    """One student in a roster. Its repr shows no values.

    >>> student = onroll.read_csv("students.csv")[0]
    >>> student.full_name, student.username, student.year_group, student.class_name
    ('Zoë Ahmed', 'Zoë Ahmed', 'Reception', 'Acorns')
    >>> student.gender, student.pupil_premium, student.ethnicity, student.send, student.eal
    ('Female', False, 'OOTH', True, False)
    >>> student.national_year, student.key_stage
    ('Reception', 'Early Years')
    >>> student.source_id, student.upn, student.upi
    (None, None, None)
    """

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
        """The student's id in the school's MIS or in Wonde, if known."""
    @property
    def upn(self) -> str | None:
        """The unique pupil number, if known."""
    @property
    def upi(self) -> str | None:
        """Wonde's id for the person, if known. It stays the same if the student enrols again with a new source id."""
    @property
    def full_name(self) -> str:
        """The full name."""
    @property
    def username(self) -> str:
        """The username, which is the full name, an id from the school or, with SSO, the school email address."""
    @property
    def year_group(self) -> str:
        """The year group as the school writes it. See also national_year."""
    @property
    def class_name(self) -> str:
        """The class as the school writes it."""
    @property
    def gender(self) -> Gender | None:
        """'Male', 'Female' or 'Non-Binary', or None if the MIS gives no gender."""
    @property
    def pupil_premium(self) -> bool:
        """Whether the school receives the pupil premium for the student."""
    @property
    def ethnicity(self) -> Ethnicity:
        """The ethnicity code, from the Department for Education or from `ethnicities`. It is a str with the attributes
        description, main_code and group.
        """
    @property
    def send(self) -> bool:
        """Whether the student has special educational needs or a disability."""
    @property
    def eal(self) -> bool:
        """Whether English is an additional language for the student."""
    @property
    def national_year(self) -> str | None:
        """The national year group, such as 'Year 7', if it is clear from the school's text."""
    @property
    def key_stage(self) -> str | None:
        """The key stage of the national year, such as 'Key Stage 3'."""
    @classmethod
    def _restore(cls, sign_in: str, cells: Sequence[str], ids: Sequence[str | None], own: Sequence[Sequence[str]]) -> Student: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Held:
    """A student in the MIS whose record has an error. Until the record is corrected, the student is neither a joiner nor a
    leaver.

    >>> row = {"full_name": "Amy Lee", "username": "Amy Lee", "year_group": "Year 5", "class_name": "", "gender": "Female",
    ...        "pupil_premium": False, "ethnicity": "WBRI", "send": False, "eal": False, "source_id": "78"}
    >>> [held] = onroll.Roster.from_rows([row], hold=True).held
    >>> held.full_name, held.username, held.year_group, held.class_name
    ('Amy Lee', 'Amy Lee', 'Year 5', '')
    >>> held.record, held.source_id, held.upn, held.reasons
    (0, '78', None, ('the MIS has no registration group or class for this pupil',))
    """

    @property
    def record(self) -> int:
        """The index of the record, from 0. In the report, each problem of this record has the index in its field `record`."""
    @property
    def source_id(self) -> str | None:
        """The student's id in the MIS, if known."""
    @property
    def upn(self) -> str | None:
        """The unique pupil number, if known."""
    @property
    def full_name(self) -> str:
        """The name in the record, which can be incomplete."""
    @property
    def username(self) -> str:
        """The username in the record, which can be incomplete."""
    @property
    def year_group(self) -> str:
        """The year group in the record, or '' if it is blank."""
    @property
    def class_name(self) -> str:
        """The class in the record, or '' if it is blank."""
    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons why the student is held, as sentences that a school's office can act on in the MIS. The sentences
        contain no personal data.
        """
    def __eq__(self, other: object, /) -> bool: ...
    @classmethod
    def _restore(cls, kept: str) -> Held: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Helper for pickle."""
@final
class Roster:
    """All students of one school. Every row is valid, and every username is unique. A Roster behaves like a sequence of
    Student. It offers Arrow's stream interface, so you can call polars.DataFrame(roster) and pyarrow.table(roster).

    >>> roster = onroll.read_csv("students.csv").with_school_id("A1329183376")
    >>> len(roster), roster[0].full_name, roster.sign_in, roster.school_id
    (240, 'Zoë Ahmed', 'password', 'A1329183376')
    >>> [student.full_name for student in roster if student.year_group == "Year 6"][:1]
    ['Eilidh Ahmed']
    >>> roster.report.ok, roster.held, roster.unrecorded, roster.partial
    (True, [], (), False)
    >>> roster.as_partial().partial  # a student who is not in it is not a leaver
    True
    >>> roster.write_csv("roster.csv")
    >>> roster.to_dicts()[0]["class_name"]
    'Acorns'
    >>> len(roster.to_pandas())  # needs pandas
    240
    >>> roster.index(roster[3]), roster.count(roster[3])
    (3, 1)
    >>> rows = [{"full_name": "Amy Lee", "username": "Amy Lee", "year_group": "Year 5", "class_name": "5A", "gender": "Female",
    ...          "pupil_premium": False, "ethnicity": "WBRI", "send": False, "eal": False}]
    >>> onroll.Roster.from_rows(rows)[0].ethnicity.description
    'White - British'
    >>> onroll.Roster.from_arrow(roster) == roster  # or a table of pyarrow, polars or duckdb
    True
    >>> roster.not_imported_text()  # for the school's office; blank if every student was imported
    ''
    >>> roster.write_not_imported("not-imported.csv")
    """

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[_Mapping[str, Any] | _Row | _HasUsername],
        *,
        hold: bool = False,
        sign_in: SignIn = "password",
        fix: bool = False,
        optional_columns: bool = False,
        main_codes_only: bool = False,
        ethnicities: Iterable[EthnicityEntry] | None = None,
        limits: Limits | None = None,
    ) -> Roster:
        """Reads students from your own rows. A row is a mapping by field name (full_name, …) or by heading (Student Full
        Name, …). A row can also be an object whose attributes have the names of the fields. Add source_id and upn if
        you know these ids. The checks are the same as for a file. A problem's `record` is the index of its row.

        hold: put students with an error into `held`, instead of raising RosterError. A plan treats held students as
        neither joiners nor leavers.
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
        ethnicities: Iterable[EthnicityEntry] | None = None,
        limits: Limits | None = None,
    ) -> Roster:
        """Reads students from a table: any object that offers Arrow's stream interface, such as a data frame from polars
        or pandas, a pyarrow table, or a DuckDB relation. Name the columns by field or by heading, in any order. Columns
        contain text, dictionaries of text, or whole numbers. Flags can also be booleans. The options are the same as
        for from_rows.
        """
    def as_partial(self) -> Roster:
        """Returns the same roster, marked as incomplete. A plan does not treat missing students as leavers."""
    def with_school_id(self, school_id: str) -> Roster:
        """Returns the same roster with an id for the school, which can be any id that you use. Accounts and plans made
        from the roster have the same id.
        """
    @property
    def school_id(self) -> str | None:
        """The school's id, if known. A roster from Wonde has Wonde's id."""
    @property
    def partial(self) -> bool:
        """Whether the roster is incomplete."""
    @property
    def held(self) -> list[Held]:
        """The held students, whose records have errors."""
    @property
    def unrecorded(self) -> tuple[str, ...]:
        """The headings of the columns that have no values, because the MIS does not record or share them. Students have
        No, NOBT or a blank value in these columns. A plan does not change these fields in the accounts.
        """
    @property
    def sign_in(self) -> SignIn:
        """How the students sign in: 'password' or 'sso'."""
    @property
    def report(self) -> Report:
        """The report, with warnings and with the fixes that were made while reading."""
    def write_csv(self, dest: _Dest) -> None:
        """Writes the roster as CSV in the template's format, to a path or a binary file."""
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Student: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[Student]: ...
    def __iter__(self) -> Iterator[Student]: ...
    def __reversed__(self) -> Iterator[Student]: ...
    def __contains__(self, student: object, /) -> bool: ...
    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Returns the first index of a student, as for any sequence. Raises ValueError if the student is not in the
        roster.
        """
    def count(self, value: Any) -> int:
        """Returns how often a student is in the roster: 1 or 0."""
    def __eq__(self, other: object, /) -> bool: ...
    def not_imported_text(self) -> str:
        """Returns a text for the school's office about the students who were not imported. It shows each student's name
        and class, and what to correct in the MIS. The text is '' if every student was imported.
        """
    def write_not_imported(self, dest: _Dest) -> None:
        """Writes a CSV for the school's office, to a path or a binary file. It lists the students who were not imported,
        with name, year group, class, reason and source id.
        """
    def to_pandas(self) -> Any:
        """Returns the students as a pandas DataFrame with one column for each field. The columns source_id and upn exist
        only if at least one student has such an id. pandas must be installed.
        """
    def to_dicts(self) -> list[dict[str, Any]]:
        """Returns the students as dicts by field name. The keys source_id and upn exist only if at least one student has
        such an id.
        """
    def _repr_html_(self) -> str: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Returns the students as a stream of Arrow batches. Each batch is made on demand. Columns are text, booleans, and
        dictionaries for gender and ethnicity. The columns source_id and upn exist only if at least one student has such
        an id.

        requested_schema: a schema that requests text, large text, string views or dictionaries with any index. If it
        requests any other type, the stream has its default types, as the protocol permits. Raises ValueError if the
        schema does not have exactly the fields of the stream.
        """
    @classmethod
    def _restore(cls, kept: str) -> Roster: ...

@final
class Password:
    """A password. expose() returns its text. repr() hides it, and str() raises a TypeError.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> password = accounts.set_password("Zoë Ahmed", "cx57").password
    >>> password, password.expose(), password.canonical()
    (Password(<hidden>), 'cx57', 'CX57')
    >>> password.matches(" cxs7")  # S is read as 5
    True
    >>> hash = password.to_phc_string()
    >>> onroll.Password.verify(hash, "cx57"), onroll.Password.verify(hash, "cx58")
    (True, False)
    >>> len(onroll.Password.hash_all([password], pepper=b"a secret"))
    1
    """

    def __format__(self, _spec: Any, /) -> str: ...
    def expose(self) -> str:
        """Returns the password as text."""
    @staticmethod
    def verify(hash: str, typed: str, *, pepper: str | bytes | None = None) -> bool:
        """Returns whether a typed password matches an Argon2 hash. The hash must be that of a canonical form. The typed
        password is converted to its canonical form first.

        pepper: the secret with which the hash was made, if any.
        Raises PolicyError if `hash` is not an Argon2 hash.
        """
    @staticmethod
    def hash_all(passwords: Iterable[Password], *, pepper: str | bytes | None = None) -> list[str]:
        """Returns the hashes of many passwords, in the same order. It uses all processor cores.

        pepper: a secret that is added to each hash. Store it outside the database.
        Raises PolicyError if a password is blank. After an error, no hash is returned.
        """
    def matches(self, typed: str) -> bool:
        """Returns whether a typed text matches this password. Both are compared in canonical form and in constant time."""
    def canonical(self) -> str:
        """Returns the password in canonical form, for hashing and comparing. See canonical_password."""
    def to_phc_string(self) -> str:
        """Returns the Argon2id hash of the canonical form, as a PHC string. Use this method if you store only hashes.
        Raises PolicyError if the password is blank, and OnrollError if it cannot be hashed.
        """
    @classmethod
    def _restore(cls, text: str | None) -> Password | None: ...
    def __copy__(self) -> Password: ...
    def __deepcopy__(self, _memo: Any, /) -> Password: ...
    def __reduce__(self) -> tuple[Any, tuple[str | None]]:
        """Pickles the password inside `with pickling_passwords():`. Elsewhere, the pickle contains None instead."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class PasswordPolicy:
    """The kind and length of new passwords: characters(n), pin(n) or words(n). The default is characters(4).

    Four characters are enough only if you make guessing slow: see `advice`.

    >>> policy = onroll.PasswordPolicy.characters(4)
    >>> round(policy.entropy_bits, 1), len(policy.generate(30))
    (16.2, 30)
    >>> onroll.PasswordPolicy.pin(6).entropy_bits < onroll.PasswordPolicy.words(3).entropy_bits
    True
    >>> bool(policy.advice)  # your duties for passwords of this strength
    True
    >>> secret = bytes(32)  # use random bytes
    >>> len(policy.derive(["Amy Lee"], secret=secret, run="september 2026", school_id="A1329183376"))
    1
    """

    def __new__(cls) -> PasswordPolicy: ...
    @classmethod
    def characters(cls, length: int = 4, *, without: Iterable[str] = ()) -> PasswordPolicy:
        """Creates a policy for passwords with 4 to 20 characters, from an alphabet whose characters children rarely
        confuse. The passwords spell no offensive words, and no words that you list in `without`. Raises PolicyError for
        other lengths.
        """
    @classmethod
    def pin(cls, digits: int) -> PasswordPolicy:
        """Creates a policy for PINs with 5 to 11 digits. No PIN is a date. pin(5) suits Reception, Key Stage 1 and
        tablets: it is as strong as the default, and takes five taps on a number pad. Raises PolicyError for other
        lengths.
        """
    @classmethod
    def words(cls, count: int) -> PasswordPolicy:
        """Creates a policy for passwords of 2 to 6 different short words, separated by spaces. Most children can read the
        words at the age of seven. Raises PolicyError for any other `count`.
        """
    @property
    def entropy_bits(self) -> float:
        """The strength in bits: the base-2 logarithm of the number of possible passwords, which are all equally likely."""
    @property
    def advice(self) -> str:
        """A text that says what you must do to protect passwords of this strength."""
    def generate(self, count: int) -> list[str]:
        """Generates `count` passwords as plain text, with random bytes from the operating system."""
    def derive(self, usernames: Iterable[str], *, secret: bytes, run: str, school_id: str) -> list[str]:
        """Derives a password for each username from a secret, and returns the passwords as plain text. The same secret,
        run, school and username always give the same password, on every machine. Use this method if the work can run
        twice, as on Spark. Otherwise `generate` is safer, because anyone with the secret can compute derived passwords.

        secret: at least 32 random bytes, such as secrets.token_bytes(32).
        run: a name for the run, such as the name and the date of the job. A second run with the same name and secret
        gives the same passwords.
        school_id: the school's id.
        """
    @classmethod
    def _restore(cls, kind: str, size: int, without: Sequence[str]) -> PasswordPolicy: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Account:
    """One account, as it was when onroll returned it. Its repr shows none of its data.

    >>> account = onroll.create_accounts(onroll.read_csv("students.csv"))["Zoë Ahmed"]
    >>> account.full_name, account.username, account.year_group, account.class_name
    ('Zoë Ahmed', 'Zoë Ahmed', 'Reception', 'Acorns')
    >>> account.gender, account.pupil_premium, account.ethnicity, account.send, account.eal
    ('Female', False, 'OOTH', True, False)
    >>> account.host_id, account.source_id, account.upn, account.upi
    (None, None, None, None)
    >>> account.active, account.may_sign_in, account.has_password, len(account.password.expose())
    (True, True, True, 4)
    >>> account.blocked, account.manual, account.own_fields, account.active_until
    (False, False, [], None)
    >>> account.matched_by, account.link  # set by `match_identity`
    (None, None)
    """

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
        """Your own id for the account, such as its primary key in your database."""
    @property
    def source_id(self) -> str | None:
        """The student's id in the school's MIS or in Wonde, if known."""
    @property
    def upn(self) -> str | None:
        """The unique pupil number, if known."""
    @property
    def upi(self) -> str | None:
        """Wonde's id for the person, if known. It stays the same if the student enrols again with a new source id."""
    @property
    def full_name(self) -> str:
        """The full name."""
    @property
    def username(self) -> str:
        """The username."""
    @property
    def year_group(self) -> str:
        """The year group as the school writes it."""
    @property
    def class_name(self) -> str:
        """The class as the school writes it."""
    @property
    def gender(self) -> Gender | None:
        """'Male', 'Female' or 'Non-Binary'; None if it is unknown or you do not store it."""
    @property
    def pupil_premium(self) -> bool:
        """Whether the school receives the pupil premium for the student."""
    @property
    def ethnicity(self) -> Ethnicity:
        """The ethnicity code, from the Department for Education or from `ethnicities`. It is a str with the attributes
        description, main_code and group.
        """
    @property
    def send(self) -> bool:
        """Whether the student has special educational needs or a disability."""
    @property
    def eal(self) -> bool:
        """Whether English is an additional language for the student."""
    @property
    def active(self) -> bool:
        """Whether the student is on roll. `may_sign_in` also checks whether the account is blocked."""
    @property
    def blocked(self) -> bool:
        """Whether you or a teacher blocked the account. Plans never unblock it."""
    @property
    def manual(self) -> bool:
        """Whether the account was made by hand and is not from the MIS. Plans never deactivate it."""
    @property
    def own_fields(self) -> list[str]:
        """The names of the fields that you maintain yourself. Plans do not change these fields."""
    @property
    def active_until(self) -> _date | None:
        """The last day on which a leaver may sign in. The first plan after that day deactivates the account."""
    @property
    def may_sign_in(self) -> bool:
        """Whether the student may sign in: the account is active and not blocked."""
    @property
    def has_password(self) -> bool:
        """Whether the account has a password. The password is text, or a hash that you declare with has_password in your
        rows.
        """
    @property
    def password(self) -> Password | None:
        """The password, if the account has one and you store it as text."""
    @property
    def matched_by(self) -> Literal["source-id", "link", "email"] | None:
        """The evidence for the match, if the account comes from match_identity: 'source-id', 'link' or 'email'. Otherwise
        None.
        """
    @property
    def link(self) -> Link | None:
        """A new link for you to store, if the account comes from match_identity. None if you passed this link to
        match_identity.
        """
    @classmethod
    def _restore(cls, kept: str, ethnicity: Sequence[str] | None) -> Account: ...
    def __copy__(self) -> Account: ...
    def __deepcopy__(self, _memo: Any, /) -> Account: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Pickles the account. Its password is included only inside `with pickling_passwords():`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Accounts:
    """The accounts of one school, as a sequence of Account. You can also index it by username: accounts["Amelia Smith"].
    Usernames are unique. A password can be unknown.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv").with_school_id("oak"))
    >>> len(accounts), accounts.sign_in, accounts.school_id, accounts.last_promotion
    (240, 'password', 'oak', None)
    >>> account = accounts["zoë ahmed"]  # upper and lower case are the same
    >>> accounts.get("Amy Lee"), accounts.index(account), accounts.count(account)
    (None, 0, 1)
    >>> accounts.edit("Zoë Ahmed", class_name="Oaks").class_name
    'Oaks'
    >>> _ = accounts.reset_password("Zoë Ahmed")
    >>> accounts.reset_passwords(["Zoë Ahmed", "Seán Brown"])
    >>> _ = accounts.set_password("Zoë Ahmed", "frog7")
    >>> new = accounts.reset_class("Oaks")
    >>> accounts.fill_passwords()  # returns how many accounts had no password
    0
    >>> accounts.write_credentials("credentials.csv")
    >>> accounts.read_credentials("credentials.csv")["set"]
    240
    >>> accounts.write_cards("cards.html", usernames=["Zoë Ahmed"])
    >>> accounts.write_letters("letters.html", class_name="Oaks")
    >>> accounts.write_class_list("class-list.html", class_name="Oaks")
    >>> stored = accounts.to_json(passwords=True)
    >>> onroll.Accounts.from_json(stored).fingerprint() == accounts.fingerprint()
    True
    >>> len(onroll.Accounts.from_rows(accounts.to_dicts(), sign_in="password")), len(accounts.to_pandas())
    (240, 240)
    >>> len(onroll.Accounts.from_arrow(accounts, sign_in="password"))
    240
    >>> accounts.sharing_a_key  # accounts whose usernames differ only in the kind of apostrophe
    []
    >>> elm = onroll.Accounts.from_rows([], sign_in="password", school_id="elm")
    >>> accounts.transfer("Zoë Ahmed", elm)
    >>> len(accounts), len(elm)
    (239, 1)

    >>> rows = [{"full_name": name, "username": name} for name in ("Tom Lee", "Thomas Lee")]
    >>> accounts = onroll.Accounts.from_rows(rows, sign_in="password")
    >>> gone = accounts.merge("Tom Lee", "Thomas Lee")  # now move the child's work, and delete the row of `gone`
    >>> gone.username, len(accounts)
    ('Thomas Lee', 1)
    """

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[_Mapping[str, Any] | _Row | _HasUsername],
        *,
        sign_in: SignIn = "password",
        school_id: str | None = None,
        last_promotion: _date | None = None,
        ethnicities: Iterable[EthnicityEntry] | None = None,
    ) -> Accounts:
        """Creates accounts from your own rows. A row is a mapping by field name, such as a row of a database cursor, or an
        object whose attributes have the names of the fields. host_id is your own id for the row. Each change in a plan
        repeats this id. Plans never change the fields blocked, manual and own_fields, which you set. A plan can set
        active_until for a leaver. It removes active_until if the student stays, or when it deactivates the leaver's
        account. Set has_password if you store a hash of the account's password. fill_passwords() then does not replace
        that password. You can leave out fields that you do not store. A flag is then False, ethnicity is NOBT, active
        is True, and the password is unknown. Raises AccountError with the report if a row is wrong.

        school_id: any id that you use for the school. If you pass an id, plan() refuses the roster of another school.
        last_promotion: the date on which the school last moved up by a year, from `accounts.last_promotion`.
        ethnicities: additional ethnicity codes, and additional words for codes, as for read_csv.
        """
    @classmethod
    def from_arrow(
        cls,
        table: _OffersArrow,
        *,
        sign_in: SignIn = "password",
        school_id: str | None = None,
        last_promotion: _date | None = None,
        ethnicities: Iterable[EthnicityEntry] | None = None,
    ) -> Accounts:
        """Creates accounts from a table: any object that offers Arrow's stream interface. The columns have the names of
        the fields in from_rows.
        """
    @classmethod
    def from_json(cls, text: str) -> Accounts:
        """Reads accounts from JSON that to_json wrote. Raises AccountError for any other text."""
    def to_json(self, *, passwords: bool = False) -> str:
        """Returns the accounts as JSON. The JSON contains passwords only with passwords=True."""
    @property
    def sign_in(self) -> SignIn:
        """How the students sign in: 'password' or 'sso'."""
    @property
    def school_id(self) -> str | None:
        """The id of the school that the accounts belong to, if known."""
    @property
    def last_promotion(self) -> _date | None:
        """The day of the last plan that moved the school up by a year, if known."""
    def transfer(self, username: str | Account, to: Accounts) -> None:
        """Moves an account to the Accounts of another school. Use it for a student who moves between two of your schools.
        The account keeps its username, password, host_id and UPN. It loses its source id, active_until and own_fields.
        Raises AccountNotFound. Raises AccountError if `to` is the same school or has a different `sign_in`. Also raises
        AccountError if `to` already has an account with the same username, UPN or host_id.
        """
    def merge(self, keep: str | Account, gone: str | Account) -> Account:
        """Merges two accounts that belong to one child, and returns the removed account without its password. `keep` keeps
        its username, password and host_id. Raises AccountNotFound. Raises AccountError if `keep` and `gone` are the
        same account, or if their ids show that they belong to two students.
        """
    @property
    def sharing_a_key(self) -> list[Account]:
        """Returns the accounts whose username has the same username_key as another account's username. In older versions
        of onroll, different kinds of apostrophe or hyphen gave different keys. So two accounts that such a version
        created can share a key now. Accounts that share a key cannot sign in with a password until you rename one of
        them.
        """
    def fingerprint(self) -> str:
        """Returns a fingerprint of the accounts, which does not depend on their order or passwords. It does not identify
        any person.
        """
    @overload
    def get(self, username: str | Account) -> Account | None:
        """Returns the account with this username, or `default` if there is none. Usernames are compared by username_key."""
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
        blocked: bool | None = None,
        manual: bool | None = None,
        own_fields: Iterable[str] | None = None,
        active_until: _date | Literal[""] | None = None,
    ) -> Account:
        """Changes the account with this username, and returns the account. The new values are checked as in an import.
        Other fields stay unchanged.
        own_fields: the names of the fields that you maintain yourself. Plans do not change these fields.
        active_until: a date, or '' to remove the date.
        Raises AccountNotFound if no account has the username. Raises AccountError with the report if a new value is
        wrong.
        """
    def reset_password(self, username: str | Account, *, passwords: PasswordPolicy | None = None) -> Account:
        """Gives an account a new password, and returns the account. Raises AccountNotFound."""
    def reset_passwords(
        self, usernames: Iterable[str | Account], *, passwords: PasswordPolicy | None = None
    ) -> None:
        """Gives new passwords to all these accounts. After an error, all keep their old passwords. Raises AccountNotFound."""
    def reset_class(
        self, class_name: str, *, year_group: str | None = None, passwords: PasswordPolicy | None = None
    ) -> list[Account]:
        """Gives new passwords to the active accounts in a class, and returns these accounts. You can then print only their
        cards: `write_cards(dest, usernames=accounts.reset_class("5A"))`. Raises AccountError if the class has no
        accounts.

        year_group: reset only the class in this year group. By default, classes with this name in all year groups are
        included.
        """
    def set_password(self, username: str | Account, chosen: str) -> Account:
        """Gives an account a password that a teacher chose, and returns the account. Raises AccountNotFound. Raises
        AccountError if the password is too short or easy to guess for this student. The error has a text for the
        teacher, and a code in `reason`.
        """
    def fill_passwords(self, *, passwords: PasswordPolicy | None = None) -> int:
        """Gives a password to every active account that has none, and returns the number of these accounts. It skips
        accounts for which you set has_password: see from_rows().
        """
    def write_credentials(
        self, dest: _Dest, *, usernames: Iterable[str | Account] | None = None, workbook: bool = False
    ) -> None:
        """Writes the credentials as CSV for Excel, to a path or a binary file. If you pass `usernames`, it writes only
        these accounts. If some usernames are unknown, it raises AccountNotFound with the number of unknown usernames.
        If `workbook` is True, it writes an Excel workbook instead of CSV. Only the owner can read the file.
        """
    def read_credentials(self, source: _Source) -> CredentialsRead:
        """Sets the passwords of accounts from a credentials CSV or workbook (a path, bytes or a binary file), such as a
        file that write_credentials wrote. Returns counts: `set` for accounts that got a password, `unknown` for
        usernames that are not in the accounts, `blank` for rows without a password.
        """
    def write_cards(
        self,
        dest: _Dest,
        *,
        sign_in_url: str | None = None,
        usernames: Iterable[str | Account] | None = None,
        class_name: str | None = None,
        year_group: str | None = None,
        layout: CardLayout = "a4-33",
        letters: CardLetters = "upper",
        date: _date | None = None,
        wording: _Mapping[CardText, str] | None = None,
    ) -> None:
        """Writes login cards as one HTML page to print on A4 at 100%, to a path or a binary file. Each class begins on a
        new sheet.

        sign_in_url: an https address, printed with a QR code.
        usernames: write only the cards of these accounts. If some usernames are unknown, AccountNotFound is raised with
        the number of unknown usernames.
        class_name, year_group: write only the accounts in this class or year group.
        layout: 'a4-33', 'L7160' or 'L7163' (Avery labels), or 'large' for Reception.
        letters: print passwords in 'upper' case, in 'lower' case, or in 'both' cases.
        date: the date to print, today by default.
        wording: a dict of texts that replace the default texts. Its keys are username, password, ask, sso, secret and
        continued.

        Raises AccountError if the address is invalid or too long, or if the class has no students. Raises ValueError
        for an unknown layout. After an error, nothing is written.
        """
    def write_letters(
        self,
        dest: _Dest,
        *,
        sign_in_url: str | None = None,
        usernames: Iterable[str | Account] | None = None,
        class_name: str | None = None,
        year_group: str | None = None,
        letters: CardLetters = "upper",
        date: _date | None = None,
        wording: _Mapping[CardText, str] | None = None,
    ) -> None:
        """Writes one HTML page with a letter to the parents of each student. Each letter begins on a new sheet. Word
        processors can open the page.

        wording: {"letter": text} replaces the letter's text. In this text, {name}, {username}, {password}, {class},
        {year}, {address} and {date} stand for the student's values. A line with an unknown value is left out.
        The other arguments are the same as for write_cards.
        """
    def write_class_list(
        self,
        dest: _Dest,
        *,
        usernames: Iterable[str | Account] | None = None,
        class_name: str | None = None,
        year_group: str | None = None,
        passwords: bool = False,
        letters: CardLetters = "upper",
        date: _date | None = None,
        wording: _Mapping[CardText, str] | None = None,
    ) -> None:
        """Writes one HTML page with a list for each class. A list has names, usernames, a box to tick when the card is
        handed out, and space for notes.

        passwords: whether to list the passwords too. The default is False, because lists are often left lying about.
        wording: the same as for write_cards, but with the keys username, password, given and notes.
        The other arguments are the same as for write_cards.
        """
    def to_pandas(self) -> Any:
        """Returns the accounts as a pandas DataFrame with one column for each field except the password. pandas must be
        installed.
        """
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
        """Returns the first index of an account, as for any sequence. Raises ValueError if the account is not found."""
    def count(self, value: Any) -> int:
        """Returns how often an account appears: 1 or 0."""
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Accounts: ...
    def __deepcopy__(self, memo: Any, /) -> Accounts: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Pickles the accounts. Their passwords are included only inside `with pickling_passwords():`."""
    def _repr_html_(self) -> str: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Returns the accounts as a stream of Arrow batches, without passwords. Each batch is made on demand.

        requested_schema: the same as for a Roster.
        """

@final
class Change:
    """All changes to one account. Its repr shows none of its data.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> plan = onroll.plan(accounts, onroll.read_csv("september.csv"), leaving_years=["Year 6"])
    >>> mover = plan.movers[0]
    >>> mover.kind, mover.username == mover.account.username, mover.host_id
    ('move', True, None)
    >>> sorted(mover.fields)
    ['class_name', 'year_group']
    >>> joiner = plan.joiners[0]
    >>> joiner.new_password, len(joiner.password.expose())
    (True, 4)
    """

    __match_args__: Final = ("kind", "username")
    @property
    def kind(self) -> ChangeKind:
        """'join', 'leave', 'return', 'relink', 'rename', 'move' or 'update'."""
    @property
    def username(self) -> str:
        """The username before the plan; for a joiner, the username of the new account."""
    @property
    def account(self) -> Account:
        """The account as it is after the plan. It has a password only if the change sets a new password."""
    @property
    def host_id(self) -> str | None:
        """Your own id for the account; None for a joiner."""
    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """The changed fields by name, with the old and the new value. Flags and `active` are bools, an ethnicity is a code
        with its description, and an unknown id is None. For a joiner, the dict is empty.
        """
    @property
    def new_password(self) -> bool:
        """Whether the account gets a new password. Joiners get a new password. So does a returning leaver who is matched
        only by name or username, because the old password may belong to another child. The value is False for students
        who sign in without a password from onroll.
        """
    @property
    def password(self) -> Password | None:
        """The new password. None if the change sets no password, or if the plan was read from JSON without passwords."""
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Change: ...
    def __deepcopy__(self, _memo: Any, /) -> Change: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the change with its plan. Passwords are included only inside `with pickling_passwords():`. Changes that
        you pickle together share one pickled plan.
        """

@final
class Statement:
    """One statement for your database, which inserts one row or updates fields in one row. Its repr shows none of its
    data.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> plan = onroll.plan(accounts, onroll.read_csv("september.csv"), leaving_years=["Year 6"])
    >>> insert = next(statement for statement in plan.statements() if statement.kind == "insert")
    >>> insert.set["username"] == insert.username, insert.host_id, insert.makes_room
    (True, None, False)
    >>> insert.new_password, len(insert.password.expose())  # store a hash of it
    (True, 4)
    """

    __match_args__: Final = ("kind", "username", "set")
    @property
    def kind(self) -> Literal["insert", "update"]:
        """'insert' or 'update'."""
    @property
    def host_id(self) -> str | None:
        """Your own id for the account, with which you find its row. None for an insert, or if you gave no id."""
    @property
    def username(self) -> str:
        """The username that the row has when this statement runs. For an insert, the username of the new row."""
    @property
    def set(self) -> dict[str, Any]:
        """The fields to set, by name. An insert sets all fields except a missing upi. An update sets only the changed
        fields. Flags and `active` are bools, an ethnicity is a code, and an unknown id is None.
        """
    @property
    def new_password(self) -> bool:
        """Whether the row gets a new password. If so, do not keep the old password."""
    @property
    def password(self) -> Password | None:
        """The new password, if there is one."""
    @property
    def makes_room(self) -> bool:
        """Whether this statement only frees a username or an id for another row. A later statement sets the final username
        and ids of this row.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the statement. Its password is included only inside `with pickling_passwords():`."""

@final
class Conflict:
    """Accounts and students that could not be matched with certainty. The plan does not change
    the accounts until a person decides, except with the reason 'username-taken' or 'upn-shared'.
    With 'upn-shared', the student is probably a second record of the same child. With the decision 'same', the account
    keeps the id of the first record, and the second record gets no account while both are in the roster.

    >>> students = [{"full_name": "Amy Lee", "username": name, "source_id": id} for name, id in [("Amy Lee", "7"), ("Amy Lee 5B", "8")]]
    >>> accounts = onroll.Accounts.from_rows(students, sign_in="password")
    >>> csv = onroll.template_csv() + "Amy Lee,amy,Year 5,5A,Female,No,WBRI,No,No"
    >>> [conflict] = onroll.plan(accounts, onroll.read_csv(csv.encode()).as_partial()).conflicts
    >>> conflict.reason, [entry.username for entry in conflict.accounts], [entry.username for entry in conflict.students]
    ('name-shared', ['Amy Lee', 'Amy Lee 5B'], ['amy'])
    """

    __match_args__: Final = ("reason", "accounts", "students")
    @property
    def reason(self) -> ConflictReason:
        """The reason in kebab-case, such as 'name-shared'."""
    @property
    def accounts(self) -> list[PlanEntry]:
        """The accounts in the conflict."""
    @property
    def students(self) -> list[PlanEntry]:
        """The students in the conflict."""
    def __eq__(self, other: object, /) -> bool: ...
    @classmethod
    def _restore(cls, kept: str) -> Conflict: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Helper for pickle."""
@final
class PlanEntry:
    """An account or a student in a conflict, or in a pair of `Plan.near`. Its repr shows none of its data.

    >>> row = "Tom Lee,Tom Lee,Year 5,5A,Male,No,WBRI,No,No"
    >>> accounts = onroll.create_accounts(onroll.read_csv((onroll.template_csv() + row).encode()))
    >>> after = onroll.read_csv((onroll.template_csv() + row.replace("Tom", "Thomas")).encode())
    >>> [(account, student)] = onroll.plan(accounts, after).near
    >>> account.full_name, account.username, account.year_group, account.class_name, account.source_id, account.upn
    ('Tom Lee', 'Tom Lee', 'Year 5', '5A', None, None)
    """

    __match_args__: Final = ("username", "full_name")
    @property
    def username(self) -> str:
        """The username."""
    @property
    def full_name(self) -> str:
        """The full name."""
    @property
    def year_group(self) -> str:
        """The year group as the school writes it."""
    @property
    def class_name(self) -> str:
        """The class as the school writes it."""
    @property
    def source_id(self) -> str | None:
        """The student's id in the school's MIS or in Wonde, if known."""
    @property
    def upn(self) -> str | None:
        """The unique pupil number, if known."""
    def __eq__(self, other: object, /) -> bool: ...
    @classmethod
    def _restore(cls, kept: str) -> PlanEntry: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Helper for pickle."""
@final
class Decision:
    """A person's decision about an account and a student. Store it with the school, and pass it to every later plan.

    To name an account or a student, pass an Account, a Student or a PlanEntry. The decision stores the person's source
    id or valid UPN, if known. Otherwise it stores the username and the full name. So the decision does not apply to
    another child who later gets the username. If you pass only a username, the decision applies to any person with this
    username.

    >>> decision = onroll.Decision.same("Tom Lee", "Thomas Lee")
    >>> onroll.Decision.from_json(decision.to_json()) == decision, decision.kind
    (True, 'same')
    >>> onroll.Decision.different("Tom Lee", "Thomas Lee").kind, onroll.Decision.rename("Tom Lee", "Tommy Lee").kind
    ('different', 'rename')
    """

    @classmethod
    def same(cls, account: _Person, student: _Person) -> Decision:
        """Decides that the account belongs to this student. The account keeps its username and password."""
    @classmethod
    def different(cls, account: _Person, student: _Person) -> Decision:
        """Decides that the account does not belong to this student. The student gets a separate account if the username is
        free.
        """
    @classmethod
    def rename(cls, account: _Person, username: str) -> Decision:
        """Decides that the account gets this username. Use it for a child whose name changed. If a student in the roster
        has the new username, the account belongs to that student. The account keeps its password. Delete the decision
        when you have applied its plan. Otherwise a later plan undoes another rename of the account.
        """
    @property
    def kind(self) -> Literal["same", "different", "rename"]:
        """'same', 'different' or 'rename'."""
    def to_json(self) -> str:
        """Returns the decision as JSON, to store with the school. The JSON contains the ids or names of the account and
        the student.
        """
    @classmethod
    def from_json(cls, text: str) -> Decision:
        """Reads a decision from JSON that to_json wrote. Raises ValueError for any other text."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Helper for pickle."""

@final
class Plan:
    """The changes that make the accounts of a school match a roster, as a sequence of Change. The changes are sorted by
    kind, then by username. Nothing changes until you call apply().

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> plan = onroll.plan(accounts, onroll.read_csv("september.csv"), leaving_years=["Year 6"], school_id="oak")
    >>> print(plan.summary())
    31 join, 63 leave, 177 move
    >>> print(plan.summary_in_words())
    31 new students, 63 leavers, 177 change class or year
    >>> len(plan.joiners) + len(plan.leavers) + len(plan.movers) + len(plan.updates) <= len(plan)
    True
    >>> plan.returners, plan.relinks, plan.renames, plan.conflicts, plan.decisions
    ([], [], [], [], [])
    >>> len(plan.near), plan.kept_usernames, plan.perhaps_staff, plan.passed
    (0, [], [], [])
    >>> plan.unchanged, plan.held, plan.erased, plan.erased_by_username, plan.in_grace, plan.school_id
    (0, 0, 0, [], 0, 'oak')
    >>> bool(plan.diff()), len(plan.to_dicts()) == len(plan.to_pandas())  # for a person who approves it
    (True, True)
    >>> part = plan.without(kinds=["leave"])
    >>> len(part.left_out) == len(plan.leavers)
    True
    >>> len(plan.statements()) >= len(plan)  # for your database
    True
    >>> stored = plan.to_json(passwords=True)
    >>> after = onroll.Plan.from_json(stored).apply(accounts)
    >>> plan.reverse(after) == accounts
    True
    """

    @property
    def joiners(self) -> list[Change]:
        """The new accounts."""
    @property
    def leavers(self) -> list[Change]:
        """The accounts of leavers. The plan deactivates these accounts or, in a grace period, sets their last day."""
    @property
    def returners(self) -> list[Change]:
        """The accounts of students who had left and are in the roster again. The plan makes these accounts active."""
    @property
    def relinks(self) -> list[Change]:
        """The accounts that get a new source id for the same student."""
    @property
    def renames(self) -> list[Change]:
        """The accounts that get a new username, because a person decided so or because you overrode the guard
        usernames-changed.
        """
    @property
    def movers(self) -> list[Change]:
        """The students who change class or year group."""
    @property
    def updates(self) -> list[Change]:
        """The accounts that change only in other fields, such as gender."""
    @property
    def conflicts(self) -> list[Conflict]:
        """The uncertain matches. The plan does not change their accounts, except with the reason 'username-taken' or
        'upn-shared'.
        """
    @property
    def near(self) -> list[tuple[PlanEntry, PlanEntry]]:
        """Leavers and joiners who are perhaps the same student, as pairs of the account and the student. The plan treats
        them as two people until a person decides.
        """
    @property
    def decisions(self) -> list[tuple[Decision, DecisionOutcome]]:
        """The decisions that you passed to `plan`, each with its outcome: 'applied', 'not-found', 'contradicted',
        'username-taken' or 'username-refused'.
        """
    @property
    def erased_by_username(self) -> list[PlanEntry]:
        """The students who were left out only because their username is that of an erased student. Check these students,
        because a child who joins later can have the same name as an erased student.
        """
    @property
    def school_id(self) -> str | None:
        """The school's id, if known."""
    @property
    def kept_usernames(self) -> list[tuple[str, str]]:
        """Pairs of usernames: one that an account keeps, and the different one in the roster."""
    @property
    def unchanged(self) -> int:
        """The number of active accounts that stay unchanged, not counting conflicts and held students."""
    @property
    def held(self) -> int:
        """The number of accounts that stay unchanged because their student is held."""
    @property
    def erased(self) -> int:
        """The number of students who were left out because they are erased."""
    @property
    def in_grace(self) -> int:
        """The number of leavers' accounts that stay active because their last day has not passed."""
    @property
    def left_out(self) -> list[tuple[ChangeKind, str]]:
        """The changes that without() left out, each as its kind and its username."""
    @property
    def perhaps_staff(self) -> list[PlanEntry]:
        """Joiners who are perhaps staff: their name begins with a title, such as Mr, and their year group is not a school
        year.
        """
    @property
    def passed(self) -> list[Guard]:
        """The overridden guards that would have refused this plan."""
    def summary(self) -> str:
        """Returns the counts in one line, without names."""
    def summary_in_words(self) -> str:
        """Returns the counts in plain words, for the person who approves the plan. It contains no names."""
    def statements(self) -> list[Statement]:
        """Returns the plan as statements for your database. Each statement changes one row. The order of the statements
        never violates unique indexes on username and source id: if two rows swap usernames, one first gets a temporary
        username. Run all statements in one transaction. Do not put a unique index on the UPN. Two students can have the
        same UPN by mistake. A text that is not a UPN, such as 'TBC', can occur many times.
        """
    def diff(self) -> str:
        """Returns the plan as text for the person who approves it, with names and with old and new values. If three or
        more students change in the same way, they share a line.
        """
    def apply(
        self, accounts: Accounts, *, passwords: PasswordPolicy | None = None, without_passwords: bool = False
    ) -> Accounts:
        """Returns new Accounts with the plan applied. The accounts that you pass stay unchanged. Raises PlanError if the
        plan was made for other accounts, or if anything except passwords has changed in the accounts since then. Also
        raises PlanError if the plan was stored without its new passwords, unless you pass one of these arguments:

        passwords: a PasswordPolicy for the missing passwords.
        without_passwords: apply the plan without the missing passwords. Use this option if you store only hashes.
        """
    def reverse(self, accounts: Accounts) -> Accounts:
        """Returns new Accounts as they were before the plan was applied, with their old passwords. The accounts that you
        pass stay unchanged. Joiners' accounts are removed again. Raises PlanError with code 'plan-already-reversed' or
        'plan-changed-since', or with 'plan-without-passwords' if the plan was stored without the passwords that it
        replaced.
        """
    def without(self, *, kinds: Iterable[ChangeKind] = (), usernames: Iterable[str] = ()) -> Plan:
        """Returns the plan without the changes of these kinds and for these usernames. `left_out` of the new plan lists
        the changes that were left out. Raises PlanError with code 'plan-no-such-change' if a username has no change in
        the plan. Raises PlanError with code 'plan-part-breaks' and .usernames if remaining changes depend on changes
        that would be left out.
        """
    def to_json(self, *, passwords: bool = False) -> str:
        """Returns the plan as JSON, to store and approve. It contains the new passwords only with passwords=True. Without
        passwords, apply() needs `passwords` or `without_passwords`.
        """
    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Reads a plan from JSON that to_json wrote. Raises PlanError for any other text, for example if the JSON was
        edited or damaged.
        """
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Change]: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Change: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[Change]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def to_dicts(self) -> list[dict[str, Any]]:
        """Returns the changes as dicts, without passwords. The keys are kind, host_id, username (before the plan),
        source_id, upn, full_name, year_group, class_name, old_year_group and old_class_name (if they change), changed
        (the names of the changed fields) and new_password.
        """
    def to_pandas(self) -> Any:
        """Returns the changes as a pandas DataFrame with the columns of to_dicts. pandas must be installed."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Returns the changes as an Arrow stream, for polars.DataFrame(plan). It has the columns of to_dicts. The field
        names in `changed` are one text, separated by commas. A requested schema is ignored.
        """
    def _repr_html_(self) -> str: ...
    def __copy__(self) -> Plan: ...
    def __deepcopy__(self, _memo: Any, /) -> Plan: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Pickles the plan. Its passwords are included only inside `with pickling_passwords():`."""

_State = Literal["none", "pending", "audited", "approved", "declined", "revoked", "unknown"]
_Task = Literal["full-sync", "stop-syncing", "ask-wonde"]

@final
class Client:
    """A client for Wonde with one token. The token is for one school, or it is your token as a vendor, for all your
    schools.

    domain: one of Wonde's domains. Use the domain in School.domain, which depends on the school's region.
    '127.0.0.1:8080' and similar addresses work without TLS, for tests.
    send: a callable that sends one request and returns its response. None means the built-in adapter.
    wait: a callable that gets a number of seconds and waits before a retry. None means time.sleep.
    timeout: the time limit for one exchange, in seconds.
    any_domain: accept a domain that is not Wonde's. The token is sent there, so pass only a domain that you trust.

    Raises WondeError for a blank token or a domain that does not belong to Wonde.

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     client = onroll.wonde.Client(fake.token, fake.domain)
    ...     for school in client.schools():
    ...         print(school.name, client.check_access(school.id).students)
    ...         roster = client.snapshot(school.id).roster(sign_in="password")
    ...     waiting, seen = client.pending(), client.audited()  # the states of your requests for access
    ...     refused, ended = client.declined(), client.revoked()
    ...     [found] = client.search(urn="100000")
    ...     client.request_access(found.id, [{"first_name": "Amy", "email_address": "office@oakfield.example"}])
    ...     client.revoke_access(found.id)
    Oakfield Primary School 60
    'pending'
    'revoked'
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
        includes: Iterable[str] | None = None,
        strict_count: bool = False,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Snapshot:
        """Reads all students of a school. If you pass `since`, an aware datetime, it reads only the changes since then.
        Pass the time at which the last sync began.

        includes: the parts of a student's record to read. The default is all parts: 'education_details',
        'extended_details', 'contact_details', 'classes', 'groups', 'year', 'registration'. If you read no part that
        contains a field, the roster lists the field as unrecorded.
        strict_count: raise WondeError, instead of adding a warning, if Wonde's count differs from its list of students.
        progress: a callable that is called before each request with the list's name, the page number, and the number of
        students read so far.
        """
    def check_access(self, school_id: str, *, includes: Iterable[str] | None = None) -> AccessCheck:
        """Checks which fields the token may read at a school, and says what the result means for the accounts. Call it
        before the first sync.

        includes: the same as for snapshot().
        """
    def schools(self) -> list[School]:
        """Returns the schools that have approved access. Raises WondeError."""
    def pending(self) -> list[School]:
        """Returns the schools that have not answered a request for access. Raises WondeError."""
    def audited(self) -> list[School]:
        """Returns the schools that have agreed to a request that Wonde still checks. Raises WondeError."""
    def declined(self) -> list[School]:
        """Returns the schools that have declined a request for access. Raises WondeError."""
    def revoked(self) -> list[School]:
        """Returns the schools that approved access and later withdrew it. Raises WondeError."""
    def search(
        self, *, postcode: str = "", establishment_number: str = "", la_code: str = "", urn: str = ""
    ) -> list[School]:
        """Searches all schools that Wonde knows, whether they have approved access or not. Pass at least one term. Raises
        WondeError.
        """
    def request_access(self, school_id: str, contacts: Iterable[_Mapping[str, str]] = ()) -> str | None:
        """Asks a school for access, and returns the school's new state at Wonde.

        contacts: people at the school to inform, as mappings with the keys first_name, last_name, phone_number,
        email_address and notes.
        """
    def revoke_access(self, school_id: str) -> str | None:
        """Gives up access to a school, and returns the school's new state at Wonde. Raises WondeError."""

    def _snapshot(
        self,
        school_id: str,
        since: datetime | None = None,
        *,
        includes: Iterable[str] | None = None,
        strict_count: bool = False,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> _Call: ...
    def _check_access(self, school_id: str, *, includes: Iterable[str] | None = None) -> _Call: ...
    def _schools(self) -> _Call: ...
    def _pending(self) -> _Call: ...
    def _audited(self) -> _Call: ...
    def _declined(self) -> _Call: ...
    def _revoked(self) -> _Call: ...
    def _search(self, postcode: str, establishment_number: str, la_code: str, urn: str) -> _Call: ...
    def _request_access(self, school_id: str, contacts: Iterable[_Mapping[str, str]]) -> _Call: ...
    def _revoke_access(self, school_id: str) -> _Call: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Raises TypeError, because a client contains a secret and must not be pickled."""

@final
class _Call:
    """A call that your event loop runs one step at a time, with `onroll._adapter.drive`."""

    def step(self) -> tuple[Literal["send", "wait", "done"], Any]:
        """Returns the next step: 'send' and the request, 'wait' and the seconds, or 'done' and the result."""
    def answer(self, given: object) -> None:
        """Takes the response to the last request."""
    def failed(self, error: BaseException) -> bool:
        """Takes the exception that your callable raised, and returns whether it is a network failure. If it returns False,
        raise the exception yourself.
        """

@final
class Snapshot:
    """All of Wonde's data about one school's students at one time. A snapshot is always complete: if Wonde does not answer
    completely, you get a WondeError instead. len() returns the number of students.

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     snapshot = fake.client().snapshot(fake.school_id)
    >>> len(snapshot), snapshot.school_id, snapshot.since, snapshot.pages
    (60, 'A1329183376', None, 1)
    >>> snapshot.count, snapshot.counted, snapshot.duplicates, snapshot.left
    (60, True, 0, 0)
    >>> snapshot.includes[0], snapshot.warnings
    ('education_details', [])
    >>> len(snapshot.roster(sign_in="password", class_from="registration"))
    60
    """

    @property
    def school_id(self) -> str:
        """The school's id."""
    @property
    def since(self) -> datetime | None:
        """The time since which changes were requested. None for a full snapshot."""
    @property
    def duplicates(self) -> int:
        """The number of records that were left out because the same student was also on another page."""
    @property
    def pages(self) -> int:
        """The number of pages that were read."""
    @property
    def counted(self) -> bool:
        """Whether Wonde's own count of students is known, and equals the number of students that were read."""
    @property
    def count(self) -> int | None:
        """Wonde's own count of students. None if Wonde did not give it, or if it was not requested, as for a delta."""
    @property
    def includes(self) -> tuple[str, ...]:
        """The parts of the records that were read, by Wonde's names, such as 'groups'. Parts that the token may not read
        are left out.
        """
    @property
    def warnings(self) -> list[SnapshotWarning]:
        """The warnings: for example, Wonde's count of students differs from its list, or the token may not read some parts
        of the records.
        """
    @property
    def left(self) -> int:
        """The number of students in a delta who left the school or were deleted."""
    def roster(
        self,
        *,
        sign_in: SignIn = "password",
        class_from: Literal["registration", "main", "first"] = "registration",
        names_from: Literal["preferred", "legal"] = "preferred",
        email_from: Literal["usual", "email", "primary", "work", "home"] = "usual",
        email_domains: Iterable[str] = (),
        main_codes_only: bool = False,
        year_from_class: bool = False,
        withheld: Iterable[str] = (),
        values: _Mapping[str, _Mapping[str, str | bool | None]] | None = None,
        ethnicities: Iterable[EthnicityEntry] | None = None,
        today: _date | None = None,
    ) -> Roster:
        """Returns the students as a roster. Students whose record has an error are in the roster's `held`, with the
        reason.

        sign_in: 'password' or 'sso'. With 'sso', the username is the email address.
        class_from: the group that is used as the class. 'registration' is the registration group, 'first' is the first
        class by name, and 'main' is the class marked as the main one. No published sample of Wonde data contains this
        mark. If a student has no group of the chosen kind, the other kinds are tried.
        names_from: 'preferred' or 'legal', the kind of name to use.
        email_from: the address to use: 'usual', 'email', 'primary', 'work' or 'home'. 'usual' means the address without
        a label. If no address lacks a label, 'usual' means the primary address, or else the work address.
        email_domains: the school's own email domains. With 'sso', an address in another domain is never a username.
        main_codes_only: replace extended ethnicity codes by their main codes.
        year_from_class: read a missing year group from the class's name, if it begins with a year.
        withheld: fields that the school withholds. For a delta, pass `roster.unrecorded` from the last full snapshot.
        values: the meanings of texts in the school's MIS, by field: {'send': {'Monitoring': 'No'}}. The meaning None
        stands for 'not recorded'.
        ethnicities: additional ethnicity codes, and additional words for codes, as for onroll.read_csv.
        today: today's date. A student whose leaving date is before `today` has left. Without `today`, leaving dates are
        ignored.

        Raises ValueError for an invalid domain, field or value.
        """
    def __len__(self) -> int: ...
    def __copy__(self) -> Snapshot: ...
    def __deepcopy__(self, _memo: Any, /) -> Snapshot: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class SnapshotWarning:
    """A warning about a snapshot, which is still complete. str() returns the warning as a sentence without personal data.

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     _ = fake.control(set={"count_off": 2})
    ...     for warning in fake.client().snapshot(fake.school_id).warnings:
    ...         print(warning.code)
    count-differs
    """

    @property
    def code(self) -> Literal["count-differs", "include-refused"]:
        """'count-differs' or 'include-refused'."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class AccessCheck:
    """The fields that a token may read at one school, according to the token's permissions and the first page of students.
    str() returns the same text as text().

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     check = fake.client().check_access(fake.school_id)
    >>> check.school_id, check.online, check.approved, check.students, check.permissions_known
    ('A1329183376', True, True, 60, True)
    >>> check.refused_includes, check.withheld, len(check.fields) > 8
    ((), (), True)
    >>> check.last_synced is not None, bool(check.text())
    (True, True)
    """

    @property
    def school_id(self) -> str:
        """The school's id."""
    @property
    def online(self) -> bool | None:
        """Whether Wonde is connected to the school's MIS. None if Wonde does not say."""
    @property
    def approved(self) -> bool | None:
        """Whether the school has approved access. None if Wonde does not say."""
    @property
    def last_synced(self) -> datetime | None:
        """The time at which the newest record on the first page was changed. Wonde last read the MIS at this time or
        later. Wonde itself does not say when it read the MIS.
        """
    @property
    def students(self) -> int:
        """The number of students on the first page, at most 200."""
    @property
    def permissions_known(self) -> bool:
        """Whether the token may read its own permissions. If not, a field that the token may not read looks empty."""
    @property
    def refused_includes(self) -> tuple[str, ...]:
        """The parts of the records that the token may not read at all, by Wonde's names."""
    @property
    def fields(self) -> list[FieldCheck]:
        """All fields. Each says whether the token can read it."""
    @property
    def withheld(self) -> tuple[str, ...]:
        """The fields that the school does not share. Pass these fields as roster(withheld=...)."""
    def text(self) -> str:
        """Returns the result as a text that a person can read. It contains no personal data."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class FieldCheck:
    """One field, and whether the token can read it.

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     name = fake.client().check_access(fake.school_id).fields[0]
    >>> name.field, name.state, name.filled, name.consequence
    ('full_name', 'readable', 60, 'Accounts get this value, and are updated when it changes.')
    """

    @property
    def field(self) -> str:
        """The name of the field: a student's field, or 'legal_name', 'upn' or 'email'."""
    @property
    def state(self) -> Literal["readable", "empty", "not-permitted"]:
        """'readable', 'empty' or 'not-permitted'. 'empty' means that at most 2% of the students have a value, although the
        token seems to have permission for the field.
        """
    @property
    def filled(self) -> int:
        """The number of students on the first page who have a value in this field."""
    @property
    def consequence(self) -> str:
        """The consequence of the state for the accounts, in one sentence."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class School:
    """A school in Wonde's list.

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     [school] = fake.client().schools()
    >>> school.id, school.name, school.urn, school.la_code, school.establishment_number
    ('A1329183376', 'Oakfield Primary School', '100000', '823', '2000')
    >>> school.phase, school.mis, school.domain is None
    ('PRIMARY', 'SIMS', False)
    """

    @property
    def id(self) -> str:
        """The school's id at Wonde."""
    @property
    def name(self) -> str:
        """The school's name."""
    @property
    def urn(self) -> str | None:
        """The school's unique reference number, in England."""
    @property
    def la_code(self) -> str | None:
        """The code of the school's local authority."""
    @property
    def establishment_number(self) -> str | None:
        """The school's number within the local authority."""
    @property
    def phase(self) -> str | None:
        """The school's phase, such as 'PRIMARY'."""
    @property
    def mis(self) -> str | None:
        """The school's MIS."""
    @property
    def domain(self) -> str | None:
        """Wonde's domain for the school's region. Pass it to Client."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class Access:
    """The state of your access to one school, as a value that you store. Report each event with one of its methods. The
    method returns what to do next: 'full-sync', 'stop-syncing', 'ask-wonde' or None.

    >>> access = onroll.wonde.Access("A1329183376")
    >>> access.requested(), access.state
    (None, 'pending')
    >>> webhook = onroll.wonde.webhook('{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}')
    >>> access.webhook(webhook), access.needs_full_sync, access.migrating
    ('full-sync', True, False)
    >>> access.listed([], [])  # Wonde's lists are right, even if a webhook says otherwise
    'stop-syncing'
    >>> access.fully_synced(), access.given_up(), access.school_id, access.reason
    (None, None, 'A1329183376', None)
    >>> onroll.wonde.Access.from_json(access.to_json()).state
    'revoked'
    """

    def __new__(cls, school_id: str) -> Access: ...
    @property
    def school_id(self) -> str:
        """The school's id."""
    @property
    def state(self) -> _State:
        """'none', 'pending', 'audited', 'approved', 'declined', 'revoked' or 'unknown'."""
    @property
    def reason(self) -> str | None:
        """The reason why access was declined or withdrawn, in the school's own words, if known."""
    @property
    def needs_full_sync(self) -> bool:
        """Whether the next sync must be a full sync."""
    @property
    def migrating(self) -> bool:
        """Whether a change of MIS was announced and is not complete yet."""
    def requested(self) -> _Task | None:
        """Records that you asked for access."""
    def given_up(self) -> _Task | None:
        """Records that you gave up access."""
    def webhook(self, webhook: Webhook) -> _Task | None:
        """Records a webhook from Wonde. Check the webhook's secret first."""
    def listed(
        self,
        approved: Iterable[School],
        pending: Iterable[School],
        *,
        audited: Iterable[School] | None = None,
        declined: Iterable[School] | None = None,
        revoked: Iterable[School] | None = None,
    ) -> _Task | None:
        """Records Wonde's lists. Pass the results of schools() and pending(). These lists are reliable, even if webhooks
        were lost or forged.

        audited, declined, revoked: the results of the client's methods with these names. With these lists, the outcome
        of every request is known. If you pass at least one of these lists, an approved school that is in no list
        becomes 'unknown' instead of 'revoked'.
        """
    def fully_synced(self) -> _Task | None:
        """Records that a full sync is complete and its plan was applied."""
    def to_json(self) -> str:
        """Returns the state as JSON, to store."""
    @classmethod
    def from_json(cls, text: str) -> Access:
        """Reads a state from JSON that to_json wrote. Raises ValueError for any other text."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Helper for pickle."""
@final
class Token:
    """A token. expose() returns its text. repr() and str() hide it.

    >>> body = '{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}'
    >>> token = onroll.wonde.webhook(body).token
    >>> token, token.expose()  # store it as a secret
    (Token(<hidden>), 'token')
    """

    def expose(self) -> str:
        """Returns the token as text. Store it as a secret, and pass it to Client."""
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Token: ...
    def __deepcopy__(self, _memo: Any, /) -> Token: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Raises TypeError, because a token is a secret and must not be pickled."""

@final
class Webhook:
    """A webhook that Wonde posted: the school and the event.

    >>> webhook = onroll.wonde.webhook('{"payload_type": "accessRevoked", "school_id": "A1329183376", "revoke_reason": "Left the trust"}')
    >>> webhook.kind, webhook.school_id, webhook.reason
    ('revoked', 'A1329183376', 'Left the trust')
    >>> webhook.school_name, webhook.token, webhook.migrated
    (None, None, False)
    """

    @property
    def kind(self) -> Literal["approved", "revoked", "declined", "migration"]:
        """'approved', 'revoked', 'declined' or 'migration'."""
    @property
    def school_id(self) -> str:
        """The school's id."""
    @property
    def school_name(self) -> str | None:
        """The school's name, if known."""
    @property
    def token(self) -> Token | None:
        """The school's own token, which is part of an approval."""
    @property
    def reason(self) -> str | None:
        """The reason why access was declined or withdrawn, in the school's own words, if known."""
    @property
    def migrated(self) -> bool:
        """Whether the migration is complete, not only announced."""
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Webhook: ...
    def __deepcopy__(self, _memo: Any, /) -> Webhook: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the webhook. Raises TypeError if it contains a token, because a token is a secret."""

@final
class Schedule:
    """A schedule, which says when a school is synced. Make a schedule with daily(). The methods full_on(), spread() and
    of_school() return a changed copy of the schedule.

    >>> from datetime import datetime, timezone
    >>> schedule = onroll.wonde.Schedule.daily("02:30").full_on("Sunday")
    >>> monday = datetime(2026, 9, 7, 12, tzinfo=timezone.utc)
    >>> schedule.next_after(monday).isoformat(), schedule.next_run(monday)[1]
    ('2026-09-08T01:30:00+00:00', 'delta')
    >>> of_school = schedule.spread(120).of_school("A1329183376")  # so that not all schools are synced at once
    """

    @classmethod
    def daily(cls, time: str) -> Schedule:
        """Creates a schedule with a full sync every day at a time in London, such as '02:30'. Raises ValueError for an
        invalid time.
        """
    def full_on(self, day: str) -> Schedule:
        """Returns a schedule with a full sync only on this day of the week, such as 'Sunday'. On all other days, only the
        changes are synced (a delta). Raises ValueError for an unknown day.
        """
    def spread(self, minutes: int) -> Schedule:
        """Returns a schedule in which the schools are spread over a number of minutes after the time of daily(). Raises
        ValueError if `minutes` is over 720.
        """
    def of_school(self, school_id: str) -> Schedule:
        """Returns the schedule of one school. A school always gets the same time within the spread."""
    def next_after(self, after: datetime) -> datetime:
        """Returns the time of the next sync after an aware datetime, in UTC."""
    def next_run(self, after: datetime) -> tuple[datetime, Literal["full", "delta"]]:
        """Returns the next sync after an aware datetime: its time in UTC, and 'full' or 'delta'."""
    def __eq__(self, other: object, /) -> bool: ...
    @classmethod
    def _restore(cls, kept: str) -> Schedule: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Helper for pickle."""
@final
class Locks:
    """Locks for exclusive(), which work within a single process.

    >>> locks = onroll.wonde.Locks()
    >>> locks.try_lock("A1329183376"), locks.try_lock("A1329183376")
    (True, False)
    >>> locks.unlock("A1329183376")
    """

    def __new__(cls) -> Locks: ...
    def try_lock(self, school_id: str) -> bool:
        """Takes the lock of a school without waiting. Returns False if another sync holds it."""
    def unlock(self, school_id: str) -> None:
        """Releases the lock of a school."""
    def __reduce__(self) -> tuple[Any, ...]:
        """Raises TypeError, because a copy of the locks in another process would not lock anything in this process."""

def webhook(body: bytes | str) -> Webhook:
    """Reads the body of a webhook. Wonde does not sign webhooks, so put a secret into the webhook's address, and compare
    it with same_secret(). Also check schools() before you act. Raises WebhookError.

    >>> onroll.wonde.webhook(b'{"payload_type": "schoolMigration", "school_id": "A1329183376"}').kind
    'migration'
    """
def same_secret(given: str, expected: str, /) -> bool:
    """Returns whether two secrets are equal, in constant time. A blank secret never matches. A plus sign in a secret still
    matches if decoding the address turned it into a space.

    >>> onroll.wonde.same_secret("of the query", "of your settings")
    False
    """
def wonde_busy() -> WondeError:
    """Returns the error for a sync that starts while another sync of the same school is running."""
@final
class Identity:
    """A person's identity at a provider, from MyLogin or from the claims of any OpenID Connect library. An identity is
    valid only for the current sign-in, so do not store it. Store the account's Link instead.

    >>> from datetime import datetime, timezone
    >>> claims = {"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000, "email": "amy@oak.example"}
    >>> identity = onroll.Identity.from_claims(claims, "our-app", now=datetime(2026, 9, 7, 9, tzinfo=timezone.utc))
    >>> identity.provider, identity.subject, identity.email, identity.email_vouched
    ('https://idp.example', '17', 'amy@oak.example', False)
    >>> identity.tenant, identity.source_id
    (None, None)
    >>> identity = identity.of_school("A1329183376").as_student().vouch_for_email()
    >>> identity.school_id, identity.kind, identity.email_vouched
    ('A1329183376', 'student', True)

    >>> user = {"data": {"id": "17", "type": "student", "email": None, "service_providers": {"wonde": {"service_provider_id": "A77"}},
    ...                  "organisation": {"wonde_id": "A1329183376"}}}
    >>> import json
    >>> onroll.Identity.from_json(json.dumps(user)).source_id  # a user from MyLogin
    'A77'
    """

    @classmethod
    def from_json(
        cls, user_json: str | bytes, *, vouch_for_email: bool = False, now: datetime | None = None
    ) -> Identity:
        """Reads the identity from the JSON of MyLogin's user endpoint, as str or bytes.

        vouch_for_email: treat the address as verified, because at this school it belongs only to this person. MyLogin
        does not say whether it verified the address.
        now: an aware datetime. None means the computer's time. Raises IdentityError.
        """
    @classmethod
    def from_claims(
        cls,
        claims: _Mapping[str, Any] | str | bytes,
        client_id: str,
        *,
        trusted_issuers: Iterable[str] = (),
        now: datetime | None = None,
    ) -> Identity:
        """Reads an identity from verified claims. Pass the payload of an ID token, as a mapping or as JSON, after an
        OpenID Connect library has checked its signature and its nonce. The claims contain neither the school nor the
        person's role: add them with of_school and as_student.

        client_id: your application's id. The claims must be made for this application.
        trusted_issuers: issuers that verify email addresses, as far as you know. The claim `email_verified` is trusted
        only from these issuers.
        now: an aware datetime. None means the computer's time. Raises IdentityError.
        """
    def of_school(self, school_id: str) -> Identity:
        """Returns the same identity, marked with a school. Pass the school's id at Wonde. Find this id by the identity's
        tenant, in your own table of tenants and schools.
        """
    def as_student(self) -> Identity:
        """Returns the same identity, marked as a student. Claims do not contain the role, so decide by the person's group
        or organisational unit.
        """
    def vouch_for_email(self) -> Identity:
        """Returns the same identity with its email address marked as verified. By this call, you confirm that at this
        school the address belongs only to this person.
        """
    @property
    def provider(self) -> str:
        """'mylogin', or the issuer of the claims."""
    @property
    def subject(self) -> str:
        """The provider's own id for this person."""
    @property
    def kind(self) -> Literal["student", "staff", "unknown"]:
        """'student', 'staff' or 'unknown'."""
    @property
    def school_id(self) -> str | None:
        """The school's id at Wonde, if known."""
    @property
    def source_id(self) -> str | None:
        """Wonde's id for this person, if the school has matched the person."""
    @property
    def email(self) -> str | None:
        """The email address, in upper and lower case as the provider writes it."""
    @property
    def email_vouched(self) -> bool:
        """Whether the provider or you verified that the address belongs to this person."""
    @property
    def tenant(self) -> str | None:
        """The organisation's id at the provider: Google's hd or Microsoft's tid."""
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Identity: ...
    def __deepcopy__(self, _memo: Any, /) -> Identity: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Raises TypeError, because an identity is valid only for the current sign-in and must not be pickled."""

@final
class Link:
    """A link from a provider's user to an account at a school. Store it as a row that is unique by provider, subject and
    school id.

    >>> link = onroll.Link("mylogin", "17", "A1329183376", "Amy Lee")
    >>> link.provider, link.subject, link.school_id, link.username
    ('mylogin', '17', 'A1329183376', 'Amy Lee')
    """

    __match_args__: Final = ("provider", "subject", "school_id", "username")
    def __new__(cls, provider: str, subject: str, school_id: str, username: str) -> Link: ...
    @property
    def provider(self) -> str:
        """'mylogin', or the issuer of the claims."""
    @property
    def subject(self) -> str:
        """The provider's id for the person."""
    @property
    def school_id(self) -> str:
        """The school's id at Wonde."""
    @property
    def username(self) -> str:
        """The account's username. If you change the account's username, change the username in the link too."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, tuple[str, str, str, str]]:
        """Helper for pickle."""
def match_identity(
    identity: Identity,
    accounts: Accounts,
    *,
    school_id: str,
    links: Iterable[Link | _Mapping[str, str] | tuple[str, str, str, str]] = (),
) -> Account:
    """Returns the account that a person may open at a school. It matches first by Wonde's id, then by a link from an
    earlier sign-in. If the accounts came from a CSV with email addresses as usernames, it then matches by an email
    address that the provider verified.

    school_id: the school's id at Wonde. Look the id up yourself, and never take it from the browser.
    links: the links that you stored after earlier sign-ins, each as a Link, or as a mapping or a tuple of provider,
    subject, school_id and username.
    Store the account's `link`. It is None if `links` already contains the link. Raises SignInRefused, with the reason.

    >>> from datetime import datetime, timezone
    >>> csv = onroll.template_csv() + "Amy Lee,amy@oak.example,Year 5,5A,Female,No,WBRI,No,No"
    >>> accounts = onroll.create_accounts(onroll.read_csv(csv.encode(), sign_in="sso"))
    >>> claims = {"iss": "https://idp.example", "sub": "17", "aud": "our-app", "exp": 1788777000, "email": "amy@oak.example"}
    >>> identity = onroll.Identity.from_claims(claims, "our-app", now=datetime(2026, 9, 7, 9, tzinfo=timezone.utc))
    >>> identity = identity.of_school("A1329183376").as_student().vouch_for_email()
    >>> account = onroll.match_identity(identity, accounts, school_id="A1329183376")
    >>> account.full_name, account.matched_by, account.link.subject
    ('Amy Lee', 'email', '17')
    """
@final
class Attempts:
    """The counts of wrong passwords at one school. Store the counts with the school, and process one sign-in at a time.
    The counts contain hashes of usernames, and no passwords.

    lock_after: the number of wrong passwords after which an account is locked, until a teacher gives it a new password.
    At least 3.
    taken_back: the number of wrong passwords that one right password cancels.
    school_a_day: the number of wrong passwords that a whole school may type in a day. Allow about one for every five
    students, and at least 10.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> typed = accounts["Zoë Ahmed"].password.expose().lower()
    >>> attempts = onroll.Attempts()
    >>> attempts.sign_in(accounts, "zoe ahmed", typed).full_name
    'Zoë Ahmed'
    >>> attempts.is_locked("Zoë Ahmed")
    False
    >>> attempts.unlock("Zoë Ahmed")  # a teacher gave a new password
    >>> attempts = onroll.Attempts.from_json(attempts.to_json())

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> typed = accounts["Zoë Ahmed"].password.expose().lower()
    >>> attempts = onroll.Attempts()
    >>> attempts.begin("Zoë Ahmed")  # then store the attempts, and compare your hash
    >>> attempts.succeeded("Zoë Ahmed")
    >>> def verify(account, typed):
    ...     return account is not None and account.password.matches(typed)  # or compare a hash from your database
    >>> attempts.sign_in_by(accounts, "zoe ahmed", typed, verify).full_name
    'Zoë Ahmed'
    """

    def __new__(cls, *, lock_after: int = 10, taken_back: int = 2, school_a_day: int = 100) -> Attempts: ...
    def sign_in(self, accounts: Accounts, username: str, password: str, *, now: datetime | None = None) -> Account:
        """Returns the account if the username and the password are right. A wrong username or password is counted. Raises
        SignInRefused if the person may not sign in. A try with an unknown username takes as long as a try with a wrong
        password, and raises the same error.

        now: an aware datetime. None means the computer's time.
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
        """Signs in as sign_in does. Use it if you store only hashes: your function `verify` says whether the typed
        password is right.

        verify: a function, called as verify(account, typed) once for each try that is counted. It returns whether
        `typed` is the password of `account`. For an unknown username, `account` is None: compare `typed` with any hash,
        and return False. The answer then takes as long as for a known username.
        now: the same as in sign_in.
        Raises SignInRefused as sign_in does, and passes on exceptions from verify. Store the attempts after every call.
        """
    def begin(self, username: str, *, now: datetime | None = None) -> None:
        """Counts a try, before you compare the password with your hash yourself. Raises SignInRefused with a reason, such
        as too-soon, locked or school-paused. In this case, do not compare the password.
        """
    def succeeded(self, username: str) -> None:
        """Records that the password was right, for a try that begin() counted."""
    def unlock(self, username: str) -> None:
        """Forgets the wrong passwords for a username. Call it only at these times: when a teacher gives the account a new
        password, when the account is created, and when its username changes.
        """
    def is_locked(self, username: str) -> bool:
        """Returns whether an account is locked. Use it to show a teacher which accounts are locked."""
    def to_json(self) -> str:
        """Returns the state as JSON, to store."""
    @classmethod
    def from_json(
        cls, text: str, *, lock_after: int = 10, taken_back: int = 2, school_a_day: int = 100
    ) -> Attempts:
        """Reads attempts from JSON that to_json wrote. The JSON does not contain lock_after, taken_back and school_a_day,
        so pass the same numbers as before. Raises ValueError for any other text.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Helper for pickle."""

@final
class MyLoginClient:
    """A client for MyLogin. It signs students in to one registered application.

    redirect_uri: the address of your callback, exactly as it is registered at MyLogin. Browsers return only to this
    address.
    send, wait: the same as for wonde.Client. None means the built-in adapter and time.sleep.
    domain: one of MyLogin's domains. '127.0.0.1:8080' and similar addresses work without TLS, for tests.
    any_domain: accept a domain that is not MyLogin's. The client secret is sent there, so pass only a domain that you
    trust.
    vouch_for_email: treat MyLogin's email addresses as verified. MyLogin does not say whether it verified the
    addresses.
    allow_unsolicited: accept callbacks without a state, for sign-ins that began on MyLogin's own pages.
    timeout: the time limit for one exchange, in seconds.

    Raises MyLoginError for a blank id or secret, for an invalid redirect URI, or for a domain that does not belong to
    MyLogin.

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     client = fake.mylogin("http://127.0.0.1/callback")
    ...     verifier = onroll.mylogin.new_verifier() if client.allows_pkce() else None
    ...     state = onroll.mylogin.new_state()  # keep state and verifier in the browser's session
    ...     address = client.authorize_url(state, verifier=verifier)
    >>> client.callback(f"code=c0de&state={state}", state=state)  # then call identity() with the code
    'c0de'
    >>> client.logout_url().startswith("http://127.0.0.1:")
    True

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     client = fake.mylogin("http://127.0.0.1/callback")
    ...     try:
    ...         identity = client.identity("c0de")
    ...     except onroll.MyLoginError as error:
    ...         print(error.reason)  # MyLogin did not issue this sign-in code
    code-refused
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
        """Returns the address to which you send the browser. Pass a state from new_state(), and keep the state in the
        browser's session.

        organisation: the slug or id of the organisation. With it, the student need not search for the school.
        verifier: a PKCE verifier from new_verifier(). Pass it only if allows_pkce() is true.

        Raises MyLoginError.
        """
    def callback(self, callback: str, state: str | None) -> str:
        """Returns the code that a browser brings back. Pass the query of the callback, its path with the query, or its
        whole address. Also pass the state from the browser's session. Remove the state from the session first, because
        it must be used only once.

        Raises MyLoginError with a reason, such as state-unknown, state-mismatch, denied or no-code. If the reason is
        unsolicited, send the browser to authorize_url.
        """
    def identity(self, code: str, *, verifier: str | None = None, now: datetime | None = None) -> Identity:
        """Returns the identity of the person who signed in, for the code from callback().
        now: an aware datetime. None means the computer's time. Raises MyLoginError.
        """
    def allows_pkce(self) -> bool:
        """Returns whether MyLogin's configuration says that it supports PKCE. Call it at most once a day. Raises
        MyLoginError.
        """
    def logout_url(self) -> str:
        """Returns the address that ends the browser's session at MyLogin. Send the browser there when a student signs out.
        Otherwise the next child at a shared computer continues the session.
        """
    def _identity(self, code: str, *, verifier: str | None = None, now: datetime | None = None) -> _Call: ...
    def _allows_pkce(self) -> _Call: ...
    def __reduce__(self) -> tuple[Any, ...]:
        """Raises TypeError, because a client contains a secret and must not be pickled."""

def new_state() -> str:
    """Returns a random state for one sign-in in one browser. Keep it in the browser's session until the callback.

    >>> state = onroll.mylogin.new_state()
    >>> state != onroll.mylogin.new_state()
    True
    """
def new_verifier() -> str:
    """Returns a PKCE verifier. Keep it in the browser's session, with the state.

    >>> len(onroll.mylogin.new_verifier()) >= 43
    True
    """
@final
class _FakeWonde:
    """A small copy of Wonde and MyLogin, which listens on loopback until it is closed."""

    def __new__(cls, students: int) -> _FakeWonde: ...
    def domain(self) -> str:
        """Returns the server's address, or '' once it is closed."""
    def control(self, text: str) -> str:
        """Changes the school or makes requests fail, as the JSON `text` says. Returns JSON, or '' once the server is
        closed.
        """
    def close(self) -> None:
        """Stops listening."""
