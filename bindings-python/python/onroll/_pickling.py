"""Decides whether pickles contain passwords (`pickling_passwords`). The classes in `bindings-python/src` ask it."""

from __future__ import annotations

from contextvars import ContextVar

# Only type checkers import typing, because the import takes time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

asked: ContextVar[bool] = ContextVar("onroll.pickling_passwords", default=False)


class pickling_passwords:
    """Keeps passwords in the pickles that you make within a `with` statement: `with onroll.pickling_passwords():
    pickle.dumps(accounts)`.

    Outside the `with` statement, a pickle contains None instead of the password. A pickle with passwords needs the same
    protection as the passwords.

    The `with` statement applies only to the current thread or asyncio task. `multiprocessing.Queue` and
    `ProcessPoolExecutor` pickle in a separate thread. For these, call `pickle.dumps` yourself within
    `pickling_passwords`, and pass on the bytes.

    >>> import pickle
    >>> accounts = onroll.create_accounts(onroll.read_csv("students.csv"))
    >>> with onroll.pickling_passwords():
    ...     kept = pickle.dumps(accounts)
    >>> pickle.loads(kept) == accounts, pickle.loads(pickle.dumps(accounts))["Zoë Ahmed"].password
    (True, None)
    """

    def __init__(self) -> None:
        self._tokens: list[Token[bool]] = []

    def __enter__(self) -> None:
        self._tokens.append(asked.set(True))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        asked.reset(self._tokens.pop())
