"""One exchange with another service, as `send` is given it and gives it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, repr=False)
class Request:
    """A request, whole: `send` adds nothing to it, and follows no redirect."""

    method: str
    """GET, POST or DELETE."""
    url: str
    """Where to: absolute, with its query."""
    headers: dict[str, str]
    """One of them is a token: they are not for logs."""
    body: bytes | None
    timeout: float
    """The seconds that the exchange may take."""
    max_bytes: int
    """How many bytes the body of the response may have."""

    def __repr__(self) -> str:
        return f"<onroll Request: {self.method} {self.url.split('?')[0]}>"


@dataclass(frozen=True, repr=False)
class Response:
    """What `send` gives back; the response of httpx or requests will do as well."""

    status: int
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<onroll Response: {self.status}>"
