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

# Each is a union of one Literal each, not one Literal of many values: stubtest takes the latter for a mistake.
SignIn = Literal["password"] | Literal["sso"]
"""How students sign in."""

Gender = Literal["Male"] | Literal["Female"] | Literal["Non-Binary"]
"""A gender, as the template has it."""

Guard = (
    Literal["empty-roster"]
    | Literal["school-mismatch"]
    | Literal["source-ids-changed"]
    | Literal["source-ids-reused"]
    | Literal["names-changed"]
    | Literal["usernames-changed"]
    | Literal["mostly-held"]
    | Literal["too-many-leavers"]
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
