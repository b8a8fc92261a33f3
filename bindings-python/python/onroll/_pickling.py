"""Whether pickles hold passwords."""

from __future__ import annotations

from contextvars import ContextVar

# As type checkers know it, without the time that importing typing takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

asked: ContextVar[bool] = ContextVar("onroll.pickling_passwords", default=False)


class pickling_passwords:
    """Keeps passwords in the pickles that are made within it: `with onroll.pickling_passwords(): pickle.dumps(accounts)`.

    A pickle holds no password otherwise: in its place there is None. Keep one that does as you keep the passwords.

    It holds for the current thread or asyncio task. `multiprocessing.Queue` and `ProcessPoolExecutor` pickle in a thread of
    their own: call `pickle.dumps` within it, and pass on the bytes.
    """

    def __init__(self) -> None:
        self._tokens: list[Token[bool]] = []

    def __enter__(self) -> None:
        self._tokens.append(asked.set(True))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        asked.reset(self._tokens.pop())
