"""The exceptions. Their texts show no values; ask for the report instead."""

from __future__ import annotations

# Type checkers see the type, and importing typing costs no time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._onroll import Report
    from .types import ChosenReason, Guard, RefusedReason


class OnrollError(Exception):
    """The base class of all exceptions of onroll. Failed reading and writing raise `OSError`.

    >>> try:
    ...     accounts = onroll.Accounts.from_json(b"a page of HTML".decode())
    ... except onroll.OnrollError as error:
    ...     print(error.code)  # and str(error) for the log: it shows no value
    accounts-not-json
    """

    code: str
    """What happened, in kebab-case; it stays the same from version to version."""

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
    """What is wrong, with places and fixes."""

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
    """What is wrong, where rows or an edit were refused."""
    reason: ChosenReason | None
    """Why a chosen password was refused; the text is a sentence for the teacher."""

    def __init__(
        self, message: str, code: str, report: Report | None = None, reason: ChosenReason | None = None
    ) -> None:
        super().__init__(message, code)
        self.report = report
        self.reason = reason

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.report, self.reason)


class AccountNotFound(AccountError, KeyError):
    """An account with that username was not found.

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
    """The path to write to is a pipe or a device, so another user may be able to read what is written. Nothing was written.

    >>> import os
    >>> try:
    ...     onroll.save_file(os.devnull, b"Amy Lee")
    ... except onroll.NotARegularFile as error:
    ...     print(error.code)
    not-a-regular-file
    """

    def __init__(self, message: str, code: str, filename: str | bytes) -> None:
        super().__init__(message, code)
        # EINVAL: Linux, macOS and Windows agree on its number.
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
    ...     print(refused.guard, refused.numbers["active"], refused.field, refused.year)
    ...     page = refused.text  # for the person who sent the file
    empty-roster 240 None None
    """

    guard: Guard
    """Which: override it by name in `override_guards` when you are sure."""
    numbers: dict[str, int]
    """The numbers for which it refused: `active` accounts, `incoming` students, and those the guard is about."""
    text: str
    """What to tell the person who sent the file: what is odd about it, and what to do. It names no student."""
    field: str | None
    """The field that `too-many-changes` is about, such as `gender`."""
    year: str | None
    """The year group of most of those the guard is about, as the school lists it."""

    def __init__(
        self,
        message: str,
        code: str,
        guard: Guard,
        numbers: dict[str, int],
        text: str = "",
        field: str | None = None,
        year: str | None = None,
    ) -> None:
        super().__init__(message, code)
        self.guard = guard
        self.numbers = dict(numbers)
        self.text = text
        self.field = field
        self.year = year

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.guard, self.numbers, self.text, self.field, self.year)


class PlanError(OnrollError, ValueError):
    """A plan was not made, read, applied or reversed. Nothing was changed.

    >>> try:
    ...     plan = onroll.Plan.from_json("a page of HTML")
    ... except onroll.PlanError as error:
    ...     print(error.code, error.usernames)
    plan-not-json []
    """

    usernames: list[str]
    """Of `plan-part-breaks`: the usernames of the changes that rest on changes to be left out; otherwise none."""

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
    """Which error, in kebab-case: unauthorised, rate-limited, next-elsewhere, …"""
    list: str | None
    """What was being read: students, deletions, …"""
    page: int | None
    """Which page of it, counted from 1."""
    retry_after: int | None
    """In how many seconds Wonde says that it may be asked again."""

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
    """MyLogin did not identify the person, who is not signed in.

    >>> client = onroll.mylogin.Client("our-id", "our-secret", "https://app.example/callback")
    >>> try:
    ...     code = client.callback("error=access_denied&state=known", state="known")
    ... except onroll.MyLoginError as error:
    ...     print(error.code, error.reason)
    mylogin denied
    """

    reason: str
    """Which error, in kebab-case: unsolicited, state-mismatch, code-refused, unreachable, …"""

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
    """The person may not open an account. You can show the text, which contains no names.

    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> try:
    ...     account = onroll.Attempts().sign_in(accounts, "Zoë Ahmed", "????")
    ... except onroll.SignInRefused as refused:
    ...     print(refused.code, refused.reason, refused.retry_after)
    sign-in-refused not-recognised None
    """

    reason: RefusedReason
    """Why, in kebab-case: wrong-school, not-a-student, no-account, inactive, blocked, ambiguous, email-not-verified, email-shared,
    id-disagrees; of passwords not-recognised, too-soon, locked, school-paused."""
    retry_after: int | None
    """In how many seconds it may be tried again, if waiting helps."""

    def __init__(self, message: str, code: str, reason: RefusedReason, retry_after: int | None = None) -> None:
        super().__init__(message, code)
        self.reason = reason
        self.retry_after = retry_after

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.reason, self.retry_after)
