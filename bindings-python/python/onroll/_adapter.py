"""Requests and responses for `send`, and the loop that runs the calls of async clients (`drive`). All other clients
send their requests in `bindings-python/src/adapter.rs`.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

# Only type checkers import typing, because the import takes time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._onroll import _Call


@dataclass(frozen=True, repr=False)
class Request:
    """A complete request. Your `send` must send it unchanged, and must not follow redirects.

    >>> from onroll.wonde import Request, Response
    >>> def send(request: Request) -> Response:
    ...     print(request.method, request.url.split('?')[0], request.body, request.timeout, request.max_bytes > 0)
    ...     return Response(200, body=b'{"data": []}')  # or your HTTP library's response to the request
    >>> onroll.wonde.Client("token", send=send).schools()
    GET https://api.wonde.com/v1.0/schools None 60.0 True
    []
    """

    method: str
    """GET, POST or DELETE."""
    url: str
    """The absolute URL, with its query."""
    headers: dict[str, str]
    """The headers. Do not log the headers, because one header contains a token."""
    body: bytes | None
    timeout: float
    """The time limit for the whole exchange, in seconds."""
    max_bytes: int
    """The largest number of bytes that the body of the response may have."""

    def __repr__(self) -> str:
        return f"<onroll Request: {self.method} {self.url.split('?')[0]}>"


@dataclass(frozen=True, repr=False)
class Response:
    """A response that your `send` returns. Your `send` can instead return a response of the library httpx or requests.

    >>> from onroll.wonde import Response
    >>> response = Response(200, body=b'{"data": []}')  # or the response of your HTTP library
    >>> response.status, response.body, response.headers
    (200, b'{"data": []}', {})
    >>> onroll.wonde.Client("token", send=lambda request: response).schools()
    []
    """

    status: int
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<onroll Response: {self.status}>"


def check_async(send: Any, wait: Any) -> None:
    """Raises TypeError if `send` or `wait` cannot be the callables of an async client."""
    for name, given in (("send", send), ("wait", wait)):
        if not callable(given) and not (name == "wait" and given is None):
            raise TypeError(f"{name} must be a callable that returns an awaitable, not {type(given).__name__}")


async def drive(
    call: _Call,
    send: Callable[[Request], Awaitable[object]],
    wait: Callable[[float], Awaitable[object]] | None,
    logger: str = "onroll.wonde",
) -> Any:
    """Runs a call to its end, in your event loop."""
    if wait is None:
        from asyncio import sleep

        wait = sleep
    while True:
        kind, given = call.step()
        if kind == "done":
            return given
        if kind == "wait":
            _log(logger, "INFO", "waits %.1f s before the next try", given)
            await _awaitable("wait", wait(given))
            continue
        try:
            response = await _awaitable("send", send(given))
        except Exception as error:
            _log(logger, "WARNING", "%s %s: %s", given.method, given.url.split("?")[0], type(error).__name__)
            if not call.failed(error):
                raise
        else:
            call.answer(response)
            _log(logger, "DEBUG", "%s %s: answered", given.method, given.url.split("?")[0])


def _log(logger: str, level: str, message: str, *values: object) -> None:
    """Writes to the logger if the program has imported `logging`. onroll itself does not import `logging`, because the
    import takes time.
    """
    logging = sys.modules.get("logging")
    if logging is not None:
        logging.getLogger(logger).log(getattr(logging, level), message, *values)


def _awaitable(name: str, given: Awaitable[object]) -> Awaitable[object]:
    if not hasattr(given, "__await__"):
        raise TypeError(f"{name} of an async client must return an awaitable, not {type(given).__name__}; for a synchronous {name}, use Client")
    return given
