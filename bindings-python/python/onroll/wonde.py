"""Reads the students of schools from Wonde, and handles access, webhooks and the times of syncs.

>>> from datetime import datetime, timezone
>>> from onroll import wonde
>>> wonde.Schedule.daily("02:30").next_after(datetime(2026, 7, 1, 12, tzinfo=timezone.utc)).isoformat()
'2026-07-02T01:30:00+00:00'

A client uses the built-in adapter, or any HTTP library:

    client = wonde.Client(token)
    client = wonde.Client(token, send=lambda r: httpx.request(
        r.method, r.url, headers=r.headers, content=r.body, timeout=r.timeout))

For async code, use `AsyncClient` with an async `send`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from ._adapter import Request, Response, check_async, drive
from ._errors import WebhookError, WondeError
from ._onroll import (
    Access,
    AccessCheck,
    Client,
    FieldCheck,
    Locks,
    Schedule,
    School,
    Snapshot,
    SnapshotWarning,
    Token,
    Webhook,
    same_secret,
    webhook,
    wonde_busy,
)

__all__ = [
    "Access",
    "AccessCheck",
    "AsyncClient",
    "Client",
    "FieldCheck",
    "Lock",
    "Locks",
    "Request",
    "Response",
    "Schedule",
    "School",
    "Snapshot",
    "SnapshotWarning",
    "Token",
    "Webhook",
    "WebhookError",
    "WondeError",
    "exclusive",
    "same_secret",
    "webhook",
]


class AsyncClient:
    """A `Client` for async code: await each method.

    >>> async def nightly(token, http):  # http: an httpx.AsyncClient
    ...     async def send(r):
    ...         return await http.request(r.method, r.url, headers=r.headers, content=r.body, timeout=r.timeout)
    ...     return await AsyncClient(token, send=send).snapshot("A1329183376")

    send: an async callable that sends one Request, and returns a response from httpx or a `Response`.
    wait: an async callable that gets a number of seconds and waits before a retry. None means `asyncio.sleep`. The
    other options are the same as for `Client`.
    """

    def __init__(
        self,
        token: str,
        domain: str = "api.wonde.com",
        *,
        send: Callable[[Request], Awaitable[object]],
        wait: Callable[[float], Awaitable[object]] | None = None,
        timeout: float = 60.0,
        any_domain: bool = False,
    ) -> None:
        check_async(send, wait)
        self._client = Client(token, domain, timeout=timeout, any_domain=any_domain)
        self._send, self._wait = send, wait

    def snapshot(
        self,
        school_id: str,
        since: datetime | None = None,
        *,
        includes: Iterable[str] | None = None,
        strict_count: bool = False,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Coroutine[Any, Any, Snapshot]:
        """Reads all students of a school, or the changes since a time. See `Client.snapshot`."""
        call = self._client._snapshot(
            school_id, since, includes=includes, strict_count=strict_count, progress=progress
        )
        return drive(call, self._send, self._wait)

    def check_access(
        self, school_id: str, *, includes: Iterable[str] | None = None
    ) -> Coroutine[Any, Any, AccessCheck]:
        """Checks which fields the token may read at a school. See `Client.check_access`."""
        return drive(self._client._check_access(school_id, includes=includes), self._send, self._wait)

    def schools(self) -> Coroutine[Any, Any, list[School]]:
        """Returns the schools that have approved access. Raises WondeError."""
        return drive(self._client._schools(), self._send, self._wait)

    def pending(self) -> Coroutine[Any, Any, list[School]]:
        """Returns the schools that have not answered a request for access. Raises WondeError."""
        return drive(self._client._pending(), self._send, self._wait)

    def audited(self) -> Coroutine[Any, Any, list[School]]:
        """Returns the schools that have agreed to a request that Wonde still checks. Raises WondeError."""
        return drive(self._client._audited(), self._send, self._wait)

    def declined(self) -> Coroutine[Any, Any, list[School]]:
        """Returns the schools that have declined a request for access. Raises WondeError."""
        return drive(self._client._declined(), self._send, self._wait)

    def revoked(self) -> Coroutine[Any, Any, list[School]]:
        """Returns the schools that approved access and later withdrew it. Raises WondeError."""
        return drive(self._client._revoked(), self._send, self._wait)

    def search(
        self, *, postcode: str = "", establishment_number: str = "", la_code: str = "", urn: str = ""
    ) -> Coroutine[Any, Any, list[School]]:
        """Searches all schools that Wonde knows. See `Client.search`."""
        return drive(self._client._search(postcode, establishment_number, la_code, urn), self._send, self._wait)

    def request_access(
        self, school_id: str, contacts: Iterable[Mapping[str, str]] = ()
    ) -> Coroutine[Any, Any, str | None]:
        """Asks a school for access. See `Client.request_access`."""
        return drive(self._client._request_access(school_id, contacts), self._send, self._wait)

    def revoke_access(self, school_id: str) -> Coroutine[Any, Any, str | None]:
        """Gives up access to a school. Raises WondeError."""
        return drive(self._client._revoke_access(school_id), self._send, self._wait)

    def __repr__(self) -> str:
        return "<onroll.wonde.AsyncClient>"


class Lock(Protocol):
    """The protocol of a lock that prevents two syncs of one school at the same time. It must work across all of your
    processes. If you have only one process, use Locks.

    >>> class Busy:  # with several processes, use a row of your database instead
    ...     schools = set()
    ...     def try_lock(self, school_id):
    ...         return school_id not in self.schools and not self.schools.add(school_id)
    ...     def unlock(self, school_id):
    ...         self.schools.discard(school_id)
    >>> with onroll.wonde.exclusive(Busy(), "A1329183376"):
    ...     print("syncing")
    syncing

    >>> locks = onroll.wonde.Locks()
    >>> locks.try_lock("A1329183376")
    True
    >>> locks.unlock("A1329183376")
    """

    def try_lock(self, school_id: str) -> bool:
        """Takes the lock of a school without waiting. Returns False if another sync holds it."""

    def unlock(self, school_id: str) -> None:
        """Releases the lock of a school."""


@contextmanager
def exclusive(lock: Lock, school_id: str) -> Iterator[None]:
    """Holds the lock of a school within a `with` statement. Put the whole sync into the statement, up to the call that
    applies the plan. Raises WondeError with the reason 'busy' if another sync holds the lock.

    >>> locks = onroll.wonde.Locks()
    >>> with onroll.wonde.exclusive(locks, "A1329183376"):
    ...     print(locks.try_lock("A1329183376"))
    False
    """
    if not hasattr(lock, "try_lock") or not hasattr(lock, "unlock"):
        raise TypeError(f"lock must be a Locks, or have its methods try_lock and unlock, not {type(lock).__name__}")
    if not isinstance(school_id, str):
        raise TypeError(f"school_id must be a str, not {type(school_id).__name__}")
    if not lock.try_lock(school_id):
        raise wonde_busy()
    try:
        yield
    finally:
        lock.unlock(school_id)
