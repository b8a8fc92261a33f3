"""From a UK school's roster to working student accounts.

>>> import onroll
>>> row = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No"
>>> roster = onroll.read_csv((onroll.template_csv() + row).encode())
>>> accounts = onroll.create_accounts(roster)
>>> accounts["zoë okafor"].class_name
'5A'
"""

from ._errors import (
    AccountError,
    AccountNotFound,
    OnrollError,
    PlanError,
    PlanRefused,
    PolicyError,
    RosterError,
)
from ._ethnicity import ETHNICITIES, Ethnicity, ethnicity
from ._onroll import (
    Account,
    Accounts,
    Change,
    Conflict,
    Held,
    Password,
    PasswordPolicy,
    Plan,
    Problem,
    Report,
    Roster,
    Student,
    __version__,
    check_csv,
    create_accounts,
    fix_csv,
    plan,
    read_csv,
    same_username,
    template_csv,
)

__all__ = [
    "ETHNICITIES",
    "Account",
    "AccountError",
    "AccountNotFound",
    "Accounts",
    "Change",
    "Conflict",
    "Ethnicity",
    "Held",
    "OnrollError",
    "Password",
    "PasswordPolicy",
    "Plan",
    "PlanError",
    "PlanRefused",
    "PolicyError",
    "Problem",
    "Report",
    "Roster",
    "RosterError",
    "Student",
    "__version__",
    "check_csv",
    "create_accounts",
    "ethnicity",
    "fix_csv",
    "plan",
    "read_csv",
    "same_username",
    "template_csv",
]
