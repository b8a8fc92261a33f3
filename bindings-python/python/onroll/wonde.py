"""Wonde: a school's students from its MIS, access, webhooks, and when to sync.

>>> from datetime import datetime, timezone
>>> from onroll import wonde
>>> wonde.Schedule.daily("02:30").next_after(datetime(2026, 7, 1, 12, tzinfo=timezone.utc)).isoformat()
'2026-07-02T01:30:00+00:00'

A client uses the built-in adapter, or any HTTP library of the host's:

    client = wonde.Client(token)
    client = wonde.Client(token, send=lambda r: httpx.request(
        r.method, r.url, headers=r.headers, content=r.body, timeout=r.timeout))

`AsyncClient` is the same for async code, with an async `send`.
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
    Client,
    Locks,
    Schedule,
    School,
    Snapshot,
    Token,
    Webhook,
    same_secret,
    webhook,
    wonde_busy,
)

__all__ = [
    "Access",
    "AsyncClient",
    "Client",
    "Lock",
    "Locks",
    "Request",
    "Response",
    "Schedule",
    "School",
    "Snapshot",
    "Token",
    "Webhook",
    "WebhookError",
    "WondeError",
    "exclusive",
    "same_secret",
    "webhook",
]


class AsyncClient:
    """Wonde, as `Client`, for async code: each method is awaited.

    >>> async def nightly(token, http):  # http: an httpx.AsyncClient
    ...     async def send(r):
    ...         return await http.request(r.method, r.url, headers=r.headers, content=r.body, timeout=r.timeout)
    ...     return await AsyncClient(token, send=send).snapshot("A1329183376")

    send: does one exchange: a callable of a Request that gives an awaitable of the response, of httpx or of `Response`.
    wait: lets seconds pass before another try; `asyncio.sleep` where it is None.
    The other options are those of `Client`.
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
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Coroutine[Any, Any, Snapshot]:
        """All students of a school, or what changed of them since a time; see `Client.snapshot`."""
        return drive(self._client._snapshot(school_id, since, progress=progress), self._send, self._wait)

    def schools(self) -> Coroutine[Any, Any, list[School]]:
        """The schools that have approved access. Raises WondeError."""
        return drive(self._client._schools(), self._send, self._wait)

    def pending(self) -> Coroutine[Any, Any, list[School]]:
        """The schools that were asked for access and have not answered. Raises WondeError."""
        return drive(self._client._pending(), self._send, self._wait)

    def search(
        self, *, postcode: str = "", establishment_number: str = "", la_code: str = "", urn: str = ""
    ) -> Coroutine[Any, Any, list[School]]:
        """Schools that Wonde knows; see `Client.search`."""
        return drive(self._client._search(postcode, establishment_number, la_code, urn), self._send, self._wait)

    def request_access(
        self, school_id: str, contacts: Iterable[Mapping[str, str]] = ()
    ) -> Coroutine[Any, Any, str | None]:
        """Asks a school for access; see `Client.request_access`."""
        return drive(self._client._request_access(school_id, contacts), self._send, self._wait)

    def revoke_access(self, school_id: str) -> Coroutine[Any, Any, str | None]:
        """Gives up access to a school. Raises WondeError."""
        return drive(self._client._revoke_access(school_id), self._send, self._wait)

    def __repr__(self) -> str:
        return "<onroll.wonde.AsyncClient>"


class Lock(Protocol):
    """What keeps two syncs of one school apart: the host's, over all its processes. Within one process, Locks."""

    def try_lock(self, school_id: str) -> bool:
        """Takes the lock of a school, at once; False if another has it."""

    def unlock(self, school_id: str) -> None:
        """Gives it back."""


@contextmanager
def exclusive(lock: Lock, school_id: str) -> Iterator[None]:
    """The lock of a school, for the whole of a sync, until the plan is applied. Raises WondeError (busy)."""
    if not hasattr(lock, "try_lock") or not hasattr(lock, "unlock"):
        raise TypeError(f"lock must have try_lock and unlock, as Locks has, not {type(lock).__name__}")
    if not isinstance(school_id, str):
        raise TypeError(f"school_id must be a str, not {type(school_id).__name__}")
    if not lock.try_lock(school_id):
        raise wonde_busy()
    try:
        yield
    finally:
        lock.unlock(school_id)
