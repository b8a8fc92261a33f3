"""The exceptions. None of their texts shows a cell value; a report is asked for by name."""

from __future__ import annotations

# As type checkers know it, without the time that importing typing takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._onroll import Report
    from .types import Guard, RefusedReason


class OnrollError(Exception):
    """Anything that onroll refuses. Failed reading and writing stay `OSError`."""

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
    """The students were read, and errors stand."""

    report: Report
    """What is wrong, with places and fixes."""

    def __init__(self, message: str, code: str, report: Report) -> None:
        super().__init__(message, code)
        self.report = report

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.report)


class AccountError(OnrollError, ValueError):
    """Accounts were not made or changed; nothing of them was."""

    report: Report | None
    """What is wrong, where rows or an edit were refused."""

    def __init__(self, message: str, code: str, report: Report | None = None) -> None:
        super().__init__(message, code)
        self.report = report

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.report)


class AccountNotFound(AccountError, KeyError):
    """There is no account with that username."""


class PolicyError(OnrollError, ValueError):
    """The passwords asked for would be too weak or too long, or a password is not one to choose."""


class NotARegularFile(OnrollError, OSError):
    """The path to write to is that of a pipe, a device or the like, whose other end somebody else may read. Nothing was written."""

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
    """A guard refused the plan: the roster is not what it seems. Nothing was changed."""

    guard: Guard
    """Which: override it by name in `override_guards` when you are sure."""
    numbers: dict[str, int]
    """The numbers for which it refused: `active` accounts, `incoming` students, and those the guard is about."""

    def __init__(self, message: str, code: str, guard: Guard, numbers: dict[str, int]) -> None:
        super().__init__(message, code)
        self.guard = guard
        self.numbers = dict(numbers)

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.guard, self.numbers)


class PlanError(OnrollError, ValueError):
    """A plan was not read or not applied; nothing was changed."""


class WondeError(OnrollError):
    """There is no answer from Wonde, and no part of one. Nothing was changed."""

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
    """What was posted is no webhook of Wonde's."""


class MyLoginError(OnrollError):
    """MyLogin did not say who somebody is: nobody is signed in."""

    reason: str
    """Which error, in kebab-case: unsolicited, state-mismatch, code-refused, unreachable, …"""

    def __init__(self, message: str, code: str, reason: str) -> None:
        super().__init__(message, code)
        self.reason = reason

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.reason)


class IdentityError(OnrollError, ValueError):
    """What a provider says is nobody's identity."""


class SignInRefused(OnrollError):
    """Somebody may not open an account. The text names nobody, and can be shown."""

    reason: RefusedReason
    """Why, in kebab-case: wrong-school, not-a-student, no-account, inactive, ambiguous, email-not-verified, email-shared,
    id-disagrees; of passwords not-recognised, too-soon, locked, school-paused."""
    retry_after: int | None
    """In how many seconds it may be tried again, if waiting helps."""

    def __init__(self, message: str, code: str, reason: RefusedReason, retry_after: int | None = None) -> None:
        super().__init__(message, code)
        self.reason = reason
        self.retry_after = retry_after

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.reason, self.retry_after)
