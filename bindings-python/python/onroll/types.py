"""The types of onroll that are not classes, such as the names of guards and reasons. Use them in annotations:
`from onroll.types import SignIn`.

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

# Each type is a union of Literals with one value, because stubtest reports a Literal with several values as a mistake.
SignIn = Literal["password"] | Literal["sso"]
"""How students sign in."""

ExtraColumns = Literal["refuse"] | Literal["ignore"]
"""What to do with columns that are not in the template."""

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
"""The field for which a column of an export is read."""

Certainty = Literal["exact"] | Literal["safe"] | Literal["guess"] | Literal["unknown"]
"""How certain a decision is. A guess is not in the mapping until a person confirms it."""

QuestionKind = (
    Literal["no-headings"]
    | Literal["missing-column"]
    | Literal["which-column"]
    | Literal["confirm-column"]
    | Literal["value"]
    | Literal["changed"]
    | Literal["which-sheet"]
)
"""The kind of a question about an export."""

MappingSource = str | list[str | list[str]] | list[str] | dict[str, object]
"""The source of a target: a heading, a list of headings, or a dict. A list can contain lists: each inner list stands
for the first of its headings that has a value in the row. A dict has one of three forms:
the keys "columns", "join" and "surname_first", only the key "constant", or only "same_as".
"""

Gender = Literal["Male"] | Literal["Female"] | Literal["Non-Binary"]
"""A gender, as it is written in the template."""

CardLayout = Literal["a4-33"] | Literal["L7160"] | Literal["L7163"] | Literal["large"]
"""The layout of login cards on a sheet of A4, which decides the number and size of the cards."""

CardLetters = Literal["upper"] | Literal["lower"] | Literal["both"]
"""Whether a password is printed in upper case, lower case or both."""

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
"""The key of a text on cards, letters or class lists that you can replace with `wording`."""

ChosenReason = (
    Literal["too-short"]
    | Literal["not-alphanumeric"]
    | Literal["one-kind"]
    | Literal["repeated"]
    | Literal["offensive"]
    | Literal["name"]
    | Literal["common"]
)
"""The reason why a chosen password was refused. It is the type of `AccountError.reason`."""

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
"""The name of a guard of a plan. It is the type of `PlanRefused.guard` and of the items of `override_guards`."""

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
    | Literal["upn-shared"]
)
"""The reason why accounts and students could not be matched with certainty."""

DecisionOutcome = (
    Literal["applied"]
    | Literal["not-found"]
    | Literal["contradicted"]
    | Literal["username-taken"]
    | Literal["username-refused"]
)
"""The outcome of a decision in a plan."""

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
"""The reason why a person may not sign in to an account. It is the type of `SignInRefused.reason`."""


class _Coded(TypedDict):
    code: str
    """Four capital letters or digits."""


class EthnicityEntry(_Coded, total=False):
    """An entry of `ethnicities`: your own code, or additional words for a known code."""

    description: str | None
    """The description, which a new code must have."""
    main_code: str | None
    """The main code to which the new code belongs. Without `main_code`, the new code is itself a main code."""
    aliases: Iterable[str]
    """Other words for the code in the files of schools. Case and punctuation are ignored."""


class Limits(TypedDict, total=False):
    """The limits for a file, for the argument `limits`. Limits that you leave out keep their default."""

    file_bytes: int
    rows: int
    columns: int
    cell_bytes: int
    sheet_bytes: int
    problems: int


class CredentialsRead(TypedDict):
    """The result of `Accounts.read_credentials`."""

    set: int
    """The number of accounts that got a password."""
    unknown: int
    """The number of usernames that are not in the accounts."""
    blank: int
    """The number of rows without a password."""


class ValueGroup(TypedDict):
    """All problems that one value in one column causes. One decision settles all rows of the group. The group contains
    personal data.
    """

    code: str
    column: str | None
    field: str | None
    value: str | None
    fix: str | None
    safe: bool
    count: int
    rows: list[list[int]]
    message: str
