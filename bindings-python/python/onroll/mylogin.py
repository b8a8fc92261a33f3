"""Signs students in with MyLogin, Wonde's single sign-on.

>>> from onroll import mylogin
>>> client = mylogin.Client("our-id", "our-secret", "https://app.example/callback")
>>> state = mylogin.new_state()  # keep it in the browser's session
>>> client.authorize_url(state).startswith("https://app.mylogin.com/oauth/authorize?client_id=our-id&")
True
>>> client.callback(f"code=c0de&state={state}", state=state)  # first remove the state from the session
'c0de'

Then call `client.identity(code)` and `onroll.match_identity`, which returns the account. For async code, use
`AsyncClient`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from ._adapter import Request, Response, check_async, drive
from ._errors import IdentityError, MyLoginError
from ._onroll import Identity, new_state, new_verifier
from ._onroll import MyLoginClient as Client

__all__ = ["AsyncClient", "Client", "Identity", "IdentityError", "MyLoginError", "Request", "Response", "new_state", "new_verifier"]


class AsyncClient:
    """A `Client` for async code: await `identity` and `allows_pkce`.

    send: an async callable that sends one Request, and returns a response from httpx or a `Response`.
    wait: an async callable that gets a number of seconds and waits before a retry. None means `asyncio.sleep`. The
    other options are the same as for `Client`.

    >>> async def callback(query, state, http):  # http: an httpx.AsyncClient
    ...     async def send(r):
    ...         return await http.request(r.method, r.url, headers=r.headers, content=r.body, timeout=r.timeout)
    ...     client = mylogin.AsyncClient("our-id", "our-secret", "https://app.example/callback", send=send)
    ...     return await client.identity(client.callback(query, state))
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        *,
        send: Callable[[Request], Awaitable[object]],
        domain: str = "app.mylogin.com",
        any_domain: bool = False,
        vouch_for_email: bool = False,
        allow_unsolicited: bool = False,
        wait: Callable[[float], Awaitable[object]] | None = None,
        timeout: float = 30.0,
    ) -> None:
        check_async(send, wait)
        self._client = Client(
            client_id,
            client_secret,
            redirect_uri,
            domain=domain,
            any_domain=any_domain,
            vouch_for_email=vouch_for_email,
            allow_unsolicited=allow_unsolicited,
            timeout=timeout,
        )
        self._send, self._wait = send, wait

    def authorize_url(self, state: str, *, organisation: str | None = None, verifier: str | None = None) -> str:
        """Returns the address to which you send the browser. See `Client.authorize_url`."""
        return self._client.authorize_url(state, organisation=organisation, verifier=verifier)

    def callback(self, callback: str, state: str | None) -> str:
        """Returns the code that a browser brings back. See `Client.callback`."""
        return self._client.callback(callback, state)

    def identity(
        self, code: str, *, verifier: str | None = None, now: datetime | None = None
    ) -> Coroutine[Any, Any, Identity]:
        """Returns the identity of the person who signed in, for the code from `callback`. Raises MyLoginError."""
        return drive(self._client._identity(code, verifier=verifier, now=now), self._send, self._wait, "onroll.mylogin")

    def allows_pkce(self) -> Coroutine[Any, Any, bool]:
        """Returns whether MyLogin's configuration says that it supports PKCE. Raises MyLoginError."""
        return drive(self._client._allows_pkce(), self._send, self._wait, "onroll.mylogin")

    def logout_url(self) -> str:
        """Returns the address that ends the browser's session at MyLogin. See `Client.logout_url`."""
        return self._client.logout_url()

    def __repr__(self) -> str:
        return "<onroll.mylogin.AsyncClient>"
