"""The classes of onroll's exceptions, with their attributes. Their texts come from the core and show no values. Use the
exception's report to see values.
"""

from __future__ import annotations

# Only type checkers import typing, because the import takes time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._onroll import Report
    from .types import ChosenReason, Guard, RefusedReason


class OnrollError(Exception):
    """The base class of all exceptions of onroll. If a file cannot be read or written, `OSError` is raised instead.

    >>> try:
    ...     accounts = onroll.Accounts.from_json(b"a page of HTML".decode())
    ... except onroll.OnrollError as error:
    ...     print(error.code)  # str(error) is for logs, and shows no value
    accounts-not-json
    """

    code: str
    """The kind of error, in kebab-case. It stays the same from version to version."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code

    def __str__(self) -> str:
        return str(self.args[0])

    def _parts(self) -> tuple[Any, ...]:
        return (self.args[0], self.code)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), self._parts())


class RosterError(OnrollError, ValueError):
    """The file was read, and has errors.

    >>> try:
    ...     roster = onroll.read_csv("uploaded.csv")
    ... except onroll.RosterError as error:
    ...     print(error.code, error.report.error_count)  # error.report.text() is for the person who uploaded it
    roster-rejected 41
    """

    report: Report
    """The problems in the file, with their positions and fixes."""

    def __init__(self, message: str, code: str, report: Report) -> None:
        super().__init__(message, code)
        self.report = report

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.report)


class MappingError(OnrollError, ValueError):
    """A mapping cannot be used.

    >>> try:
    ...     mapping = onroll.Mapping.from_json("{}}")
    ... except onroll.MappingError as error:
    ...     print(error.code)
    mapping-not-json
    """


class AccountError(OnrollError, ValueError):
    """Accounts were not created or changed.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> try:
    ...     accounts.edit("Zoë Ahmed", gender="F")
    ... except onroll.AccountError as error:
    ...     print(error.code, error.report.problems[0].column, error.reason)
    account-rejected Gender None
    """

    report: Report | None
    """The problems, if rows or an edit were refused."""
    reason: ChosenReason | None
    """The reason why a chosen password was refused. str(error) is then a sentence for the teacher."""

    def __init__(
        self, message: str, code: str, report: Report | None = None, reason: ChosenReason | None = None
    ) -> None:
        super().__init__(message, code)
        self.report = report
        self.reason = reason

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.report, self.reason)


class AccountNotFound(AccountError, KeyError):
    """No account has the username.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> try:
    ...     accounts.reset_password("Amy Lee")
    ... except onroll.AccountNotFound as error:
    ...     print(error.code)
    account-not-found
    """


class PolicyError(OnrollError, ValueError):
    """A password policy is too weak or too long, or a chosen password is not allowed.

    >>> try:
    ...     policy = onroll.PasswordPolicy.pin(3)
    ... except onroll.PolicyError as error:
    ...     print(error.code)
    policy-too-narrow
    """


class NotARegularFile(OnrollError, OSError):
    """The path to write to is a pipe or a device, so another user might be able to read the data. Nothing was written.

    >>> import os
    >>> try:
    ...     onroll.save_file(os.devnull, b"Amy Lee")
    ... except onroll.NotARegularFile as error:
    ...     print(error.code)
    not-a-regular-file
    """

    def __init__(self, message: str, code: str, filename: str | bytes) -> None:
        super().__init__(message, code)
        # EINVAL, which has the same number on Linux, macOS and Windows.
        self.errno = 22
        self.strerror = message
        self.filename = filename

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.filename!r}"

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.filename)


class PlanRefused(OnrollError):
    """A guard refused the plan, because the roster does not look right. Nothing was changed.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> empty = onroll.read_csv(onroll.template_csv().encode())
    >>> try:
    ...     plan = onroll.plan(accounts, empty)
    ... except onroll.PlanRefused as refused:
    ...     print(refused.guard, refused.numbers["active"], refused.field, refused.year, refused.class_name)
    ...     page = refused.text  # for the person who sent the file
    empty-roster 240 None None None
    """

    guard: Guard
    """The name of the guard. If you are sure that the roster is right, pass this name in `override_guards` to override
    the guard.
    """
    numbers: dict[str, int]
    """The numbers that led to the refusal: `active` accounts, `incoming` students, and the guard's own counts."""
    text: str
    """A text for the person who sent the file. It says what looks wrong and what to do, without names of students."""
    field: str | None
    """For the guard `too-many-changes`, the field that changed, such as `gender`."""
    year: str | None
    """The year group of most of the affected students, as the school writes it. If a whole class or year group is
    missing, it is that year group, or None for a class that mixes years.
    """
    class_name: str | None
    """For the guard `too-many-leavers`, the class that is missing as a whole, as the school writes it."""

    def __init__(
        self,
        message: str,
        code: str,
        guard: Guard,
        numbers: dict[str, int],
        text: str = "",
        field: str | None = None,
        year: str | None = None,
        class_name: str | None = None,
    ) -> None:
        super().__init__(message, code)
        self.guard = guard
        self.numbers = dict(numbers)
        self.text = text
        self.field = field
        self.year = year
        self.class_name = class_name

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.guard, self.numbers, self.text, self.field, self.year, self.class_name)


class PlanError(OnrollError, ValueError):
    """A plan could not be made, read, applied or reversed. Nothing was changed.

    >>> try:
    ...     plan = onroll.Plan.from_json("a page of HTML")
    ... except onroll.PlanError as error:
    ...     print(error.code, error.usernames)
    plan-not-json []
    """

    usernames: list[str]
    """For the code `plan-part-breaks`, the usernames whose changes depend on changes that would be left out. For other
    codes, the list is empty.
    """

    def __init__(self, message: str, code: str, usernames: list[str] | tuple[str, ...] = ()) -> None:
        super().__init__(message, code)
        self.usernames = list(usernames)

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.usernames)


class WondeError(OnrollError):
    """Wonde did not answer completely, and no partial answer is used. Nothing was changed.

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     fake.fault("401", page=0, times=9)
    ...     try:
    ...         snapshot = fake.client().snapshot(fake.school_id)
    ...     except onroll.WondeError as error:
    ...         print(error.code, error.reason, error.list, error.page, error.retry_after)
    wonde unauthorised students 1 None
    """

    reason: str
    """The kind of error, in kebab-case: unauthorised, rate-limited, next-elsewhere, …"""
    list: str | None
    """The list that was being read: students, deletions, …"""
    page: int | None
    """The number of the page in this list, counted from 1."""
    retry_after: int | None
    """The number of seconds to wait before the next try, if Wonde says so."""

    def __init__(
        self,
        message: str,
        code: str,
        reason: str,
        list: str | None = None,
        page: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message, code)
        self.reason = reason
        self.list = list
        self.page = page
        self.retry_after = retry_after

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.reason, self.list, self.page, self.retry_after)


class WebhookError(OnrollError, ValueError):
    """The posted data is not a webhook from Wonde.

    >>> try:
    ...     webhook = onroll.wonde.webhook("a page of HTML")
    ... except onroll.WebhookError as error:
    ...     print(error.code)
    webhook-not-json
    """


class MyLoginError(OnrollError):
    """MyLogin did not identify the person, so do not sign the person in.

    >>> client = onroll.mylogin.Client("our-id", "our-secret", "https://app.example/callback")
    >>> try:
    ...     code = client.callback("error=access_denied&state=known", state="known")
    ... except onroll.MyLoginError as error:
    ...     print(error.code, error.reason)
    mylogin denied
    """

    reason: str
    """The kind of error, in kebab-case: unsolicited, state-mismatch, code-refused, unreachable, …"""

    def __init__(self, message: str, code: str, reason: str) -> None:
        super().__init__(message, code)
        self.reason = reason

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.reason)


class IdentityError(OnrollError, ValueError):
    """The provider's answer is not an identity.

    >>> try:
    ...     identity = onroll.Identity.from_json("a page of HTML")
    ... except onroll.IdentityError as error:
    ...     print(error.code)
    identity-not-json
    """


class SignInRefused(OnrollError):
    """The person may not sign in to an account. You can show the text, which contains no names.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> try:
    ...     account = onroll.Attempts().sign_in(accounts, "Zoë Ahmed", "????")
    ... except onroll.SignInRefused as refused:
    ...     print(refused.code, refused.reason, refused.retry_after)
    sign-in-refused not-recognised None
    """

    reason: RefusedReason
    """The reason, in kebab-case. For an identity: wrong-school, not-a-student, no-account, inactive, blocked,
    ambiguous, email-not-verified, email-shared or id-disagrees. For a password: not-recognised, too-soon, locked or
    school-paused. If the password is right, the reason can also be inactive, blocked or ambiguous.
    """
    retry_after: int | None
    """The number of seconds after which the person may try again, if waiting helps."""

    def __init__(self, message: str, code: str, reason: RefusedReason, retry_after: int | None = None) -> None:
        super().__init__(message, code)
        self.reason = reason
        self.retry_after = retry_after

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.reason, self.retry_after)
