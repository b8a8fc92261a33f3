"""Wonde: a school's students from its MIS, access, webhooks, and when to sync.

>>> from datetime import datetime, timezone
>>> from onroll import wonde
>>> wonde.Schedule.daily("02:30").next_after(datetime(2026, 7, 1, 12, tzinfo=timezone.utc)).isoformat()
'2026-07-02T01:30:00+00:00'

A client uses the built-in adapter, or any HTTP library of the host's:

    client = wonde.Client(token)
    client = wonde.Client(token, send=lambda r: httpx.request(
        r.method, r.url, headers=r.headers, content=r.body, timeout=r.timeout))
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from ._adapter import Request, Response
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


class Lock(Protocol):
    """What keeps two syncs of one school apart: the host's, over all its processes. Within one process, Locks."""

    def try_lock(self, school_id: str) -> bool:
        """Takes the lock of a school, at once; False if another has it."""

    def unlock(self, school_id: str) -> None:
        """Gives it back."""


@contextmanager
def exclusive(lock: Lock, school_id: str) -> Iterator[None]:
    """The lock of a school, for the whole of a sync, until the plan is applied. Raises WondeError (busy)."""
    if not lock.try_lock(school_id):
        raise wonde_busy()
    try:
        yield
    finally:
        lock.unlock(school_id)
