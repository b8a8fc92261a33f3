"""One exchange with another service, as `send` is given it and gives it back, and the loop that does async ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

# As type checkers know it, without the time that importing typing takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._onroll import _Call


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


def check_async(send: Any, wait: Any) -> None:
    """Refuses what cannot be the callables of an async client."""
    for name, given in (("send", send), ("wait", wait)):
        if not callable(given) and not (name == "wait" and given is None):
            raise TypeError(f"{name} must be a callable that gives an awaitable, not {type(given).__name__}")


async def drive(
    call: _Call, send: Callable[[Request], Awaitable[object]], wait: Callable[[float], Awaitable[object]] | None
) -> Any:
    """Does all of a call, in the event loop of the host."""
    if wait is None:
        from asyncio import sleep

        wait = sleep
    while True:
        kind, given = call.step()
        if kind == "done":
            return given
        if kind == "wait":
            await _awaitable("wait", wait(given))
            continue
        try:
            response = await _awaitable("send", send(given))
        except Exception as error:
            if not call.failed(error):
                raise
        else:
            call.answer(response)


def _awaitable(name: str, given: Awaitable[object]) -> Awaitable[object]:
    if not hasattr(given, "__await__"):
        raise TypeError(f"{name} of an async client must give an awaitable, not {type(given).__name__}: use Client otherwise")
    return given
