"""onroll turns a UK school's roster into working student accounts.

>>> import onroll
>>> row = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No"
>>> roster = onroll.read_csv((onroll.template_csv() + row).encode())
>>> accounts = onroll.create_accounts(roster)
>>> accounts["zoë okafor"].class_name
'5A'
"""

from __future__ import annotations

from ._errors import (
    AccountError,
    AccountNotFound,
    IdentityError,
    MappingError,
    MyLoginError,
    NotARegularFile,
    OnrollError,
    PlanError,
    PlanRefused,
    PolicyError,
    RosterError,
    SignInRefused,
    WebhookError,
    WondeError,
)
from ._ethnicity import ETHNICITIES, Ethnicity, ethnicity
from ._onroll import (
    Account,
    Accounts,
    Attempts,
    Change,
    Conflict,
    Decision,
    Detected,
    DetectedColumn,
    DetectedValue,
    DetectedValues,
    Held,
    Identity,
    IgnoredColumn,
    Link,
    Mapping,
    Password,
    PasswordPolicy,
    Plan,
    PlanEntry,
    Problem,
    PupilPremium,
    Question,
    Report,
    Roster,
    Statement,
    Student,
    __version__,
    canonical_password,
    check_csv,
    create_accounts,
    detect,
    fix_csv,
    mark_csv,
    match_identity,
    plan,
    read_csv,
    same_username,
    save_file,
    template_csv,
    template_workbook,
    username_key,
)
from ._pickling import pickling_passwords
from ._records import Fields as _Fields

# Only type checkers import typing, because the import takes time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import mylogin, spark, types, wonde
    from .types import Guard, Limits, SignIn

__all__ = [
    "ETHNICITIES",
    "Account",
    "AccountError",
    "AccountNotFound",
    "Accounts",
    "Attempts",
    "Change",
    "Conflict",
    "Decision",
    "Detected",
    "DetectedColumn",
    "DetectedValue",
    "DetectedValues",
    "Ethnicity",
    "Guard",
    "Held",
    "Identity",
    "IdentityError",
    "IgnoredColumn",
    "Limits",
    "Link",
    "Mapping",
    "MappingError",
    "MyLoginError",
    "NotARegularFile",
    "OnrollError",
    "Password",
    "PasswordPolicy",
    "Plan",
    "PlanEntry",
    "PlanError",
    "PlanRefused",
    "PolicyError",
    "Problem",
    "PupilPremium",
    "Question",
    "Report",
    "Roster",
    "RosterError",
    "SignIn",
    "SignInRefused",
    "Statement",
    "Student",
    "WebhookError",
    "WondeError",
    "__version__",
    "canonical_password",
    "check_csv",
    "create_accounts",
    "detect",
    "ethnicity",
    "fix_csv",
    "mark_csv",
    "match_identity",
    "mylogin",
    "pickling_passwords",
    "plan",
    "read_csv",
    "same_username",
    "save_file",
    "spark",
    "template_csv",
    "template_workbook",
    "types",
    "username_key",
    "wonde",
]


# pandas turns objects that are not iterable into one column. It reads dataclasses as rows, so records have dataclass
# fields.
setattr(Student, "__dataclass_fields__", _Fields(Student.__match_args__))
_STATE = ("blocked", "manual", "own_fields", "active_until")
setattr(Account, "__dataclass_fields__", _Fields(("source_id", "upn", *Account.__match_args__, "active", "host_id", "has_password"), _STATE))


def __getattr__(name: str) -> object:
    # These modules are imported on first use, so that programs that only read files do not wait for them.
    from importlib import import_module

    if name in ("mylogin", "spark", "types", "wonde"):
        return import_module(f"onroll.{name}")
    if name in ("Guard", "Limits", "SignIn"):
        found: object = getattr(import_module("onroll.types"), name)
        return found
    raise AttributeError(f"module 'onroll' has no attribute {name!r}")
