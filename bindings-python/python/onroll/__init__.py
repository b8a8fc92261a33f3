"""From a UK school's roster to working student accounts.

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
    Held,
    Identity,
    Link,
    Password,
    PasswordPolicy,
    Plan,
    PlanEntry,
    Problem,
    Report,
    Roster,
    Statement,
    Student,
    __version__,
    canonical_password,
    check_csv,
    create_accounts,
    fix_csv,
    match_identity,
    plan,
    read_csv,
    same_username,
    save_file,
    template_csv,
    username_key,
)
from ._pickling import pickling_passwords

# As type checkers know it, without the time that importing typing takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from . import mylogin, wonde

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
    "Ethnicity",
    "Held",
    "Identity",
    "IdentityError",
    "Link",
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
    "Report",
    "Roster",
    "RosterError",
    "SignInRefused",
    "Statement",
    "Student",
    "WebhookError",
    "WondeError",
    "__version__",
    "canonical_password",
    "check_csv",
    "create_accounts",
    "ethnicity",
    "fix_csv",
    "match_identity",
    "mylogin",
    "pickling_passwords",
    "plan",
    "read_csv",
    "same_username",
    "save_file",
    "template_csv",
    "username_key",
    "wonde",
]


def __getattr__(name: str) -> ModuleType:
    # Who reads CSV alone does not wait for it.
    if name in ("mylogin", "wonde"):
        from importlib import import_module

        return import_module(f"onroll.{name}")
    raise AttributeError(f"module 'onroll' has no attribute {name!r}")
