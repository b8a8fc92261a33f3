"""The names of types that are not classes, for annotations: `from onroll.types import SignIn`.

>>> from onroll.types import Guard
>>> sure: list[Guard] = ["too-many-leavers"]
"""

from __future__ import annotations

from typing import Literal, TypedDict

__all__ = [
    "ChangeKind",
    "ConflictReason",
    "CredentialsRead",
    "DecisionOutcome",
    "Gender",
    "Guard",
    "Limits",
    "RefusedReason",
    "SignIn",
]

SignIn = Literal["password", "sso"]
"""How students sign in."""

Gender = Literal["Male", "Female", "Non-Binary"]
"""A gender, as the template has it."""

Guard = Literal[
    "empty-roster",
    "school-mismatch",
    "source-ids-changed",
    "source-ids-reused",
    "names-changed",
    "usernames-changed",
    "too-many-leavers",
]
"""A guard of a plan: `PlanRefused.guard`, and what `override_guards` takes."""

ChangeKind = Literal["join", "leave", "return", "relink", "rename", "move", "update"]
"""What a change does to an account."""

ConflictReason = Literal[
    "name-shared",
    "source-id-changed",
    "source-id-reused",
    "username-reused",
    "username-taken",
    "years-apart",
    "person-differs",
]
"""Why accounts and students could not be matched with certainty."""

DecisionOutcome = Literal["applied", "not-found", "contradicted", "username-taken", "username-refused"]
"""What became of a decision in a plan."""

RefusedReason = Literal[
    "wrong-school",
    "not-a-student",
    "no-account",
    "inactive",
    "ambiguous",
    "email-not-verified",
    "email-shared",
    "id-disagrees",
    "not-recognised",
    "too-soon",
    "locked",
    "school-paused",
]
"""Why somebody may not open an account: `SignInRefused.reason`."""


class Limits(TypedDict, total=False):
    """How large a file may be, for `limits`; what is absent is as by default."""

    file_bytes: int
    rows: int
    columns: int
    cell_bytes: int
    problems: int


class CredentialsRead(TypedDict):
    """What `Accounts.read_credentials` did."""

    set: int
    """How many accounts were given their password."""
    unknown: int
    """How many usernames no account has."""
    blank: int
    """How many rows have no password."""
