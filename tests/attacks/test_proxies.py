"""Behind a proxy of ours each client counts for itself, by all three ways in; nobody else is believed."""

from __future__ import annotations

import itertools
from typing import cast

import httpx2
import pytest

from tests.server.installation import Installation
from tests.server.processes import Server
from tests.wires import HttpVersion, Rejected, Wire, open_wire

ENVIRONMENT = {"TRUSTED_PROXIES": "127.0.0.0/8"}
SOCKETS = 3
NUMBERS = itertools.count(1)


@pytest.fixture(params=["http/1.1", "http/1.1 through Hypercorn", "http/2"])
def http(request: pytest.FixtureRequest) -> HttpVersion:
    return cast(HttpVersion, request.param)


@pytest.fixture(scope="module")
def strict(installation: Installation, server: Server) -> Server:
    return installation.start(
        LIMIT_ADDRESS_CONNECTIONS=str(SOCKETS), LIMIT_SESSIONS="4", LIMIT_LOGIN_FAILURES="2"
    )


@pytest.fixture(scope="module")
def trusting_nobody(installation: Installation, server: Server) -> Server:
    return installation.start(LIMIT_ADDRESS_CONNECTIONS=str(SOCKETS), TRUSTED_PROXIES="192.0.2.1")


@pytest.fixture
def number() -> int:
    """Part of an address that no other test has used."""
    return next(NUMBERS)


async def fill(server: Server, http: HttpVersion, *hops: str) -> int:
    """Open sockets with these hops in turn until one is refused; return how many there were."""
    url = f"{server.url.replace('http', 'ws', 1)}/ws/widget"
    opened: list[Wire] = []
    status = 429
    for hop in itertools.islice(itertools.cycle(hops), 3 * SOCKETS):
        try:
            opened.append(await open_wire(url, http, {"X-Forwarded-For": hop}))
        except Rejected as rejected:
            status = rejected.status
            break
    for wire in opened:
        wire.abort()
    assert status == 429
    return len(opened)


async def test_sockets_are_counted_by_the_client_that_the_proxy_names(
    strict: Server, http: HttpVersion, number: int
) -> None:
    here, there = f"203.0.113.{number}", f"198.51.100.{number}"
    assert await fill(strict, http, here) == SOCKETS
    assert await fill(strict, http, there, f"192.0.2.{number}") == 2 * SOCKETS


async def test_a_header_that_a_client_writes_before_its_proxy_is_not_believed(
    strict: Server, http: HttpVersion, number: int
) -> None:
    forged = (f"198.51.100.{each}, 127.0.0.1, 203.0.113.{number}" for each in range(9))
    assert await fill(strict, http, *forged) == SOCKETS


async def test_all_addresses_of_one_network_are_one_client(
    strict: Server, http: HttpVersion, number: int
) -> None:
    assert await fill(strict, http, *(f"2001:db8:0:{number}::{each}" for each in range(9))) == SOCKETS


async def test_a_peer_that_is_no_proxy_of_ours_is_not_believed(
    trusting_nobody: Server, http: HttpVersion
) -> None:
    assert await fill(trusting_nobody, http, *(f"203.0.113.{each}" for each in range(9))) <= SOCKETS


async def test_sessions_and_passwords_are_counted_by_client(
    strict: Server, installation: Installation, number: int
) -> None:
    """Somebody who guesses locks nobody out but themselves."""
    await installation.customer()
    async with httpx2.AsyncClient(base_url=strict.url) as rest:

        async def come_in(client: str) -> int:
            body = {"inbox": installation.inbox_key}
            return (
                await rest.post("/chat/sessions", json=body, headers={"X-Forwarded-For": client})
            ).status_code

        async def guess(client: str, account: int) -> int:
            body = {"email": f"nobody{number}-{account}@example.com", "password": "a guess"}
            return (
                await rest.post("/auth/login", json=body, headers={"X-Forwarded-For": client})
            ).status_code

        assert 429 in [await come_in(f"198.18.0.{number}") for _ in range(8)]
        assert await come_in(f"198.18.1.{number}") == 201
        assert 429 in [await guess(f"198.18.2.{number}", account) for account in range(24)]
        assert await guess(f"198.18.3.{number}", 100) == 401


async def test_the_cookie_of_a_page_behind_tls_is_kept_to_tls(
    server: Server, installation: Installation
) -> None:
    headers = {"X-Forwarded-For": "203.0.113.1", "X-Forwarded-Proto": "https", "Cookie": "fireside_refresh=x"}
    async with httpx2.AsyncClient(base_url=server.url) as rest:
        answer = await rest.post("/auth/logout", headers=headers)
        assert "Secure" in answer.headers["Set-Cookie"]
        answer = await rest.post("/auth/logout", headers=headers | {"X-Forwarded-Proto": "http"})
        assert "Secure" not in answer.headers["Set-Cookie"]
