"""Tests of clients that use the host's HTTP library: errors, and async code."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import onroll
import pytest
from conftest import MYLOGIN, SCHOOL, TOKEN, Fake
from onroll import mylogin, wonde
from test_sign_in import NOW, REDIRECT, by_httpx, client, sent_back


async def no_wait(seconds: float) -> None:
    del seconds


def test_the_exception_that_send_raises_becomes_the_cause_of_the_clients_error() -> None:
    raised: list[Exception] = []

    def drops(request: wonde.Request) -> wonde.Response:
        raised.append(httpx.ConnectError(f"dropped {len(raised)}"))
        raise raised[-1]

    with pytest.raises(wonde.WondeError) as failed:
        wonde.Client(TOKEN, send=drops, wait=lambda seconds: None).snapshot(SCHOOL)
    assert failed.value.reason == "unreachable" and len(raised) > 1 and failed.value.__cause__ is raised[-1]
    with pytest.raises(onroll.MyLoginError) as login:
        mylogin.Client(*MYLOGIN, REDIRECT, send=drops, wait=lambda seconds: None).identity("c0de")
    assert login.value.reason == "unreachable" and login.value.__cause__ is raised[-1]

    async def dropped(request: wonde.Request) -> wonde.Response:
        raise TimeoutError("slow")

    with pytest.raises(wonde.WondeError) as slow:
        asyncio.run(wonde.AsyncClient(TOKEN, send=dropped, wait=no_wait).snapshot(SCHOOL))
    assert slow.value.reason == "timed-out" and isinstance(slow.value.__cause__, TimeoutError)


def test_an_error_for_a_403_response_has_no_cause() -> None:
    answers = [ConnectionError("dropped")]

    def send(request: wonde.Request) -> wonde.Response:
        if answers:
            raise answers.pop()
        return wonde.Response(403)

    with pytest.raises(wonde.WondeError) as failed:
        wonde.Client(TOKEN, send=send, wait=lambda seconds: None).schools()
    assert failed.value.reason == "forbidden" and failed.value.__cause__ is None


def by_async_httpx(http: httpx.AsyncClient) -> Callable[[wonde.Request], Awaitable[httpx.Response]]:
    async def send(request: wonde.Request) -> httpx.Response:
        return await http.request(
            request.method, request.url, headers=request.headers, content=request.body, timeout=request.timeout
        )

    return send


def test_async_clients_return_the_same_results_as_synchronous_clients(fake: Fake) -> None:
    told: list[tuple[str, int, int]] = []

    async def night() -> tuple[Any, ...]:
        async with httpx.AsyncClient() as http:
            reading = wonde.AsyncClient(TOKEN, fake.domain, send=by_async_httpx(http), wait=no_wait, timeout=0.5)
            fake.fault("500")
            snapshot, schools, other = await asyncio.gather(
                reading.snapshot(SCHOOL, progress=lambda *at: told.append(at)), reading.schools(), reading.snapshot(SCHOOL, NOW)
            )
            return snapshot, schools, other, await reading.pending(), await reading.search(urn="1")

    snapshot, schools, since, pending, found = asyncio.run(night())
    usual = fake.client(send=by_httpx)
    assert snapshot.roster() == usual.snapshot(SCHOOL).roster() and since.since == NOW
    assert schools == usual.schools() and pending == usual.pending() and found == usual.search(urn="1")
    assert told[-1][0] and any(students for _, _, students in told)

    async def sign_in() -> tuple[onroll.Identity, bool]:
        async with httpx.AsyncClient() as http:
            login = mylogin.AsyncClient(*MYLOGIN, REDIRECT, send=by_async_httpx(http), domain=fake.domain)
            state = mylogin.new_state()
            code = login.callback(sent_back(login.authorize_url(state)), state)
            return await login.identity(code), await login.allows_pkce()

    fake.control(user=7)
    identity, pkce = asyncio.run(sign_in())
    assert identity.source_id == "A1000000007" and pkce == client(fake).allows_pkce()


def test_async_clients_send_the_same_requests_as_synchronous_clients() -> None:
    sent: list[wonde.Request] = []

    def send(request: wonde.Request) -> wonde.Response:
        sent.append(request)
        return wonde.Response(422)

    async def async_send(request: wonde.Request) -> wonde.Response:
        return send(request)

    usual, reading = wonde.Client(TOKEN, send=send), wonde.AsyncClient(TOKEN, send=async_send)
    contacts = [{"first_name": "Ada", "notes": "the office"}]
    runs: list[tuple[Callable[[], object], Callable[[], Any]]] = [
        (lambda: usual.request_access("A9", contacts), lambda: reading.request_access("A9", contacts)),
        (lambda: usual.revoke_access("A9"), lambda: reading.revoke_access("A9")),
        (lambda: usual.search(postcode="AB1", la_code="7"), lambda: reading.search(postcode="AB1", la_code="7")),
    ]
    for run, other in runs:
        with pytest.raises(wonde.WondeError) as failed:
            run()
        with pytest.raises(wonde.WondeError) as failed_too:
            asyncio.run(other())
        assert sent[-1] == sent[-2] and str(failed.value) == str(failed_too.value)
    assert len(sent) == 6 and sent[0].body and b"the office" in sent[0].body


def test_an_exception_in_an_async_send_or_wait_function_reaches_the_caller() -> None:
    async def fails(request: wonde.Request) -> wonde.Response:
        raise RuntimeError("the host's")

    async def stops(seconds: float) -> None:
        raise RuntimeError("waiting")

    async def busy(request: wonde.Request) -> wonde.Response:
        return wonde.Response(500)

    with pytest.raises(RuntimeError, match="the host's"):
        asyncio.run(wonde.AsyncClient(TOKEN, send=fails).schools())
    with pytest.raises(RuntimeError, match="waiting"):
        asyncio.run(wonde.AsyncClient(TOKEN, send=busy, wait=stops).schools())
    with pytest.raises(TypeError, match="send must return a response with a status_code or a status"):
        asyncio.run(wonde.AsyncClient(TOKEN, send=lambda request: no_wait(0)).schools())

    async def cancelled() -> None:
        async def hangs(request: wonde.Request) -> wonde.Response:
            await asyncio.sleep(60)
            raise AssertionError

        task = asyncio.ensure_future(wonde.AsyncClient(TOKEN, send=hangs).schools())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())


class AsyncCallable:
    async def __call__(self, given: Any) -> Any:
        raise AssertionError("this is never run")


async def async_function(given: Any) -> Any:
    raise AssertionError("this is never run")


@pytest.mark.parametrize("callable_", [async_function, AsyncCallable(), lambda given: async_function(given)])
def test_refuses_async_callables_where_a_synchronous_callable_is_required(callable_: Any, fake: Fake) -> None:
    """Checks that the error names the argument, and that no coroutine is left unawaited."""
    login = (*MYLOGIN, REDIRECT)
    runs: list[tuple[str, Callable[[], object]]] = [
        ("send", lambda: wonde.Client(TOKEN, send=callable_).schools()),
        ("send", lambda: mylogin.Client(*login, send=callable_).identity("c0de")),
        ("wait", lambda: wonde.Client(TOKEN, send=lambda request: wonde.Response(500), wait=callable_).schools()),
        ("progress", lambda: fake.client().snapshot(SCHOOL, progress=lambda *at: callable_(at))),
        ("progress", lambda: onroll.check_csv(b"x,y\r\n" * 9, progress=lambda *at: callable_(at))),
        (
            "progress",
            lambda: asyncio.run(
                wonde.AsyncClient(TOKEN, send=callable_).snapshot(SCHOOL, progress=lambda *at: callable_(at))
            ),
        ),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, run in runs:
            with pytest.raises(TypeError, match=f"{name} must not be async"):
                run()
        gc.collect()


def test_the_error_for_a_response_with_an_async_body_says_what_to_return() -> None:
    class OfAiohttp:
        status = 200
        headers: dict[str, str] = {}

        async def read(self) -> bytes:
            raise AssertionError("this is never run")

    async def send(request: wonde.Request) -> OfAiohttp:
        return OfAiohttp()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(TypeError, match=r"return onroll.wonde.Response\(status, await response.read\(\)"):
            asyncio.run(wonde.AsyncClient(TOKEN, send=send).schools())
        gc.collect()


def test_an_async_client_refuses_callables_that_are_not_async() -> None:
    sync: Any = by_httpx
    with pytest.raises(TypeError, match="send must be a callable that returns an awaitable, not int"):
        wonde.AsyncClient(TOKEN, send=7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="send of an async client must return an awaitable, not Response; for a synchronous send, use Client"):
        asyncio.run(wonde.AsyncClient(TOKEN, send=lambda request: wonde.Response(200)).schools())  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match="wait must be a callable"):
        mylogin.AsyncClient(*MYLOGIN, REDIRECT, send=sync, wait=1)  # type: ignore[arg-type]


def test_the_sign_in_callback_can_be_a_query_or_a_path_or_a_whole_address() -> None:
    login, state = mylogin.Client(*MYLOGIN, REDIRECT), "s" * 43
    query = f"code=c0de&state={state}"
    for callback in (query, f"?{query}", f"/callback?{query}", f"/app/callback?{query}#top", f"{REDIRECT}?{query}"):
        assert login.callback(callback, state) == "c0de"
    assert login.callback(f"/callback?code=a%3Fb&state={state}", state) == "a?b"
    for callback, reason in (
        (f"/callback?code=c0de&state={state[1:]}", "state-mismatch"),
        (f"/callback?error=access_denied&state={state}", "denied"),
        ("/callback", "unsolicited"),
        (f"https://elsewhere.example/callback?{query}", "callback-elsewhere"),
    ):
        with pytest.raises(onroll.MyLoginError) as refused:
            login.callback(callback, state)
        assert refused.value.reason == reason
