"""For your own tests: a small copy of Wonde and MyLogin, which uses only loopback.

>>> from onroll.testing import FakeWonde
>>> with FakeWonde(students=60) as fake:
...     roster = fake.client().snapshot(fake.school_id).roster()
>>> len(roster)
60

The copy has pages like the real Wonde. `FakeWonde.fault` makes a page fail. The school and its students are invented.
"""

from __future__ import annotations

import json
from typing import Any

from . import mylogin, wonde
from ._onroll import _FakeWonde

__all__ = ["FakeWonde"]


class FakeWonde:
    """A small copy of Wonde and MyLogin, which listens until it is closed. Use it in a `with` statement, or as a pytest
    fixture.

    students: the number of students in the invented primary school, which has years 1 to 6.

    >>> from onroll.testing import FakeWonde
    >>> with FakeWonde(60) as fake:
    ...     fake.fault("503", page=1, times=1)  # the client tries again
    ...     fake.change("a term")
    ...     fake.sign_in(3, email="amy@oak.example")  # the student who signs in at MyLogin
    ...     client, login = fake.client(), fake.mylogin("http://127.0.0.1/callback")
    ...     snapshot = client.snapshot(fake.school_id)
    ...     print(fake.control()["students"] == len(snapshot), len(fake.log()) > 1)
    True True

    >>> from onroll.testing import FakeWonde
    >>> fake = FakeWonde(60)
    >>> client = onroll.wonde.Client(fake.token, fake.domain)
    >>> login = onroll.mylogin.Client(fake.client_id, fake.client_secret, "http://127.0.0.1/callback", domain=fake.domain)
    >>> len(client.snapshot(fake.school_id))
    60
    >>> fake.close()
    """

    school_id = "A1329183376"
    """The id of the invented school."""
    token = "fake-token-of-a-school"
    """The token that the copy accepts for the school."""
    client_id = "fake-client"
    """The client id that the copy of MyLogin accepts."""
    client_secret = "fake-secret-of-the-client"
    """The client secret that the copy of MyLogin accepts."""

    def __init__(self, students: int = 450) -> None:
        self._fake = _FakeWonde(students)
        self.domain = self._fake.domain()
        """The address of the copy, such as 127.0.0.1:40123. Pass it to a client as `domain`."""

    def client(self, **options: Any) -> wonde.Client:
        """Returns a client for this copy of Wonde, which does not wait between retries. `options` are the same as for
        `wonde.Client`.
        """
        return wonde.Client(self.token, self.domain, **{"wait": lambda seconds: None, "timeout": 5.0, **options})

    def mylogin(self, redirect_uri: str, **options: Any) -> mylogin.Client:
        """Returns a client for this copy of MyLogin. `redirect_uri` must be an address on this machine. `options` are
        the same as for `mylogin.Client`.
        """
        return mylogin.Client(self.client_id, self.client_secret, redirect_uri, **{"domain": self.domain, **options})

    def fault(self, kind: str, at: str = "students", page: int = 2, times: int = 1) -> None:
        """Makes a page of a list fail `times` times. Page 0 means every page.

        kind: a status such as '503', or 'drop', 'stall', 'cut', 'huge', '429-after', '429-later', 'shape', 'no-ids',
        'no-next', 'elsewhere', 'downgrade', 'for-ever', 'same-again' or 'empty'. 'remove', 'insert' and 'swap' change
        the list of students while it is read.
        """
        self.control(fault={"list": at, "page": page, "kind": kind, "times": times})

    def change(self, what: str) -> None:
        """Changes the school. `what` is 'a term' (ten students leave, ten join, and a class is renamed), 'break a
        record', 'mend a record', 'lose everybody' or 'hide everything'.
        """
        self.control(change=what)

    def sign_in(self, number: int, email: str | None = None) -> None:
        """Sets the number of the student who signs in at MyLogin, and the student's email address there."""
        self.control(user=number, email=email)

    def log(self) -> list[tuple[str, bool]]:
        """Returns a pair for each request: its path with the query, and whether it had an Authorization header."""
        return [(target, with_token) for target, with_token in self.control()["log"]]

    def control(self, **wanted: Any) -> Any:
        """Sends the copy a command for which this class has no method, such as `set={"hidden": ["ethnicity"]}`,
        `set={"offline": True}`, `set={"pupil": {"0": {"forename": "Zoë"}}}` or `reset=450`. Returns a dict with `log`
        and `students`.
        """
        answer = self._fake.control(json.dumps(wanted))
        if not answer:
            raise ValueError("this FakeWonde is closed")
        return json.loads(answer)

    def close(self) -> None:
        """Stops listening. Closing twice has no effect."""
        self._fake.close()

    def __enter__(self) -> FakeWonde:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
