"""The names of types that are not classes, for annotations: `from onroll.types import SignIn`.

>>> from onroll.types import Guard
>>> sure: list[Guard] = ["too-many-leavers"]
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

__all__ = [
    "CardLayout",
    "CardLetters",
    "CardText",
    "Certainty",
    "ChangeKind",
    "ChosenReason",
    "ConflictReason",
    "CredentialsRead",
    "DecisionOutcome",
    "EthnicityEntry",
    "ExtraColumns",
    "Gender",
    "Guard",
    "Limits",
    "MappingSource",
    "QuestionKind",
    "RefusedReason",
    "SignIn",
    "Target",
    "ValueGroup",
]

# Each is a union of one Literal each, not one Literal of many values: stubtest takes the latter for a mistake.
SignIn = Literal["password"] | Literal["sso"]
"""How students sign in."""

ExtraColumns = Literal["refuse"] | Literal["ignore"]
"""What becomes of columns that are not the template's."""

Target = (
    Literal["full_name"]
    | Literal["username"]
    | Literal["year_group"]
    | Literal["class_name"]
    | Literal["gender"]
    | Literal["pupil_premium"]
    | Literal["ethnicity"]
    | Literal["send"]
    | Literal["eal"]
    | Literal["upn"]
    | Literal["source_id"]
    | Literal["email"]
)
"""What a column of an export is read as."""

Certainty = Literal["exact"] | Literal["safe"] | Literal["guess"] | Literal["unknown"]
"""How sure a decision is. A guess is not in the mapping until a person confirms it."""

QuestionKind = (
    Literal["no-headings"]
    | Literal["missing-column"]
    | Literal["which-column"]
    | Literal["confirm-column"]
    | Literal["value"]
    | Literal["changed"]
    | Literal["which-sheet"]
)
"""What a question about an export is about."""

MappingSource = str | list[str | list[str]] | list[str] | dict[str, object]
"""Where a target is read from: a heading; a list of headings, of which a list in it means the first that holds a value; or a dict with
columns, join and surname_first, with constant, or with same_as."""

Gender = Literal["Male"] | Literal["Female"] | Literal["Non-Binary"]
"""A gender, as the template has it."""

CardLayout = Literal["a4-33"] | Literal["L7160"] | Literal["L7163"] | Literal["large"]
"""How many login cards are on a sheet of A4, and how large."""

CardLetters = Literal["upper"] | Literal["lower"] | Literal["both"]
"""Which letters a password is printed in."""

CardText = (
    Literal["username"]
    | Literal["password"]
    | Literal["ask"]
    | Literal["sso"]
    | Literal["secret"]
    | Literal["continued"]
    | Literal["letter"]
    | Literal["given"]
    | Literal["notes"]
)
"""A text on cards, letters and class lists that can be replaced."""

ChosenReason = (
    Literal["too-short"]
    | Literal["not-alphanumeric"]
    | Literal["one-kind"]
    | Literal["repeated"]
    | Literal["offensive"]
    | Literal["name"]
    | Literal["common"]
)
"""Why a password that a person chose is refused: `AccountError.reason`."""

Guard = (
    Literal["empty-roster"]
    | Literal["school-mismatch"]
    | Literal["source-ids-changed"]
    | Literal["source-ids-reused"]
    | Literal["names-changed"]
    | Literal["usernames-changed"]
    | Literal["mostly-held"]
    | Literal["years-went-back"]
    | Literal["too-many-changes"]
    | Literal["too-many-leavers"]
    | Literal["too-many-joiners"]
)
"""A guard of a plan: `PlanRefused.guard`, and what `override_guards` takes."""

ChangeKind = (
    Literal["join"]
    | Literal["leave"]
    | Literal["return"]
    | Literal["relink"]
    | Literal["rename"]
    | Literal["move"]
    | Literal["update"]
)
"""What a change does to an account."""

ConflictReason = (
    Literal["name-shared"]
    | Literal["source-id-changed"]
    | Literal["source-id-reused"]
    | Literal["username-reused"]
    | Literal["username-taken"]
    | Literal["years-apart"]
    | Literal["person-differs"]
)
"""Why accounts and students could not be matched with certainty."""

DecisionOutcome = (
    Literal["applied"]
    | Literal["not-found"]
    | Literal["contradicted"]
    | Literal["username-taken"]
    | Literal["username-refused"]
)
"""What became of a decision in a plan."""

RefusedReason = (
    Literal["wrong-school"]
    | Literal["not-a-student"]
    | Literal["no-account"]
    | Literal["inactive"]
    | Literal["blocked"]
    | Literal["ambiguous"]
    | Literal["email-not-verified"]
    | Literal["email-shared"]
    | Literal["id-disagrees"]
    | Literal["not-recognised"]
    | Literal["too-soon"]
    | Literal["locked"]
    | Literal["school-paused"]
)
"""Why somebody may not open an account: `SignInRefused.reason`."""


class _Coded(TypedDict):
    code: str
    """Four capital letters or digits."""


class EthnicityEntry(_Coded, total=False):
    """Your own code for `ethnicities`, or more words for a known code."""

    description: str | None
    """The description, which a new code must have."""
    main_code: str | None
    """The main code that it rolls up to; without one, a new code is a main code."""
    aliases: Iterable[str]
    """Other words for it in the files of schools; case and punctuation do not matter."""


class Limits(TypedDict, total=False):
    """Limits for a file, for `limits`. Limits that are left out have their default."""

    file_bytes: int
    rows: int
    columns: int
    cell_bytes: int
    sheet_bytes: int
    problems: int


class CredentialsRead(TypedDict):
    """The result of `Accounts.read_credentials`."""

    set: int
    """How many accounts were given their password."""
    unknown: int
    """How many usernames no account has."""
    blank: int
    """How many rows have no password."""


class ValueGroup(TypedDict):
    """All problems with one value in one column. One decision settles all of its rows. Personal data."""

    code: str
    column: str | None
    field: str | None
    value: str | None
    fix: str | None
    safe: bool
    count: int
    rows: list[list[int]]
    message: str
