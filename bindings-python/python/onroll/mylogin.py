"""MyLogin, Wonde's single sign-on: where the browser goes, what it brings back, and who that is.

>>> from onroll import mylogin
>>> client = mylogin.Client("our-id", "our-secret", "https://app.example/callback")
>>> state = mylogin.new_state()  # into the browser's session
>>> client.authorize_url(state).startswith("https://app.mylogin.com/oauth/authorize?client_id=our-id&")
True
>>> client.callback(f"code=c0de&state={state}", state=state)  # the state is taken out of the session
'c0de'

Then `client.identity(code)`, and `onroll.match_identity` says whose account that is.
"""

from __future__ import annotations

from ._adapter import Request, Response
from ._errors import IdentityError, MyLoginError
from ._onroll import Identity, new_state, new_verifier
from ._onroll import MyLoginClient as Client

__all__ = ["Client", "Identity", "IdentityError", "MyLoginError", "Request", "Response", "new_state", "new_verifier"]
