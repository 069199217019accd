"""TLS without a proxy: one port, and ALPN tells which HTTP."""

from __future__ import annotations

import signal
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import httpx2
import pytest
import pytest_asyncio

from tests.client import Client
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.server.test_drain import stopped
from tests.wires import HttpVersion, open_wire

CERTIFICATE, KEY = (Path(__file__).parent / "tls" / name for name in ("certificate.pem", "key.pem"))
"""Made for localhost, by nobody whom anybody trusts."""


@pytest.fixture(params=["http/1.1", "http/1.1 through Hypercorn", "http/2"])
def http(request: pytest.FixtureRequest) -> HttpVersion:
    return cast(HttpVersion, request.param)


@pytest.fixture
def tls(http: HttpVersion) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=CERTIFICATE)
    context.set_alpn_protocols(["h2"] if http == "http/2" else ["http/1.1"])
    return context


@pytest_asyncio.fixture
async def client(
    installation: Installation, customer: Person, http: HttpVersion, tls: ssl.SSLContext
) -> AsyncIterator[tuple[Client, Server]]:
    server = installation.start(TLS_CERTFILE=str(CERTIFICATE), TLS_KEYFILE=str(KEY))
    assert server.url.startswith("https://")
    url = server.url.replace("https", "wss", 1)
    client = Client(await open_wire(f"{url}/ws/widget", http, {}, tls=tls))
    await client.authenticate(customer.token)
    yield client, server
    client.cut()
    await client.closed()
    installation.servers.remove(server)
    server.kill()


async def test_a_conversation_over_tls_is_the_same(client: tuple[Client, Server], customer: Person) -> None:
    ours, _ = client
    here = customer.conversation_id
    await ours.join(here)
    for number in range(20):
        assert (await ours.send_message(here, "🔥" * 5000))["seq"] == number + 1
    assert await ours.reach(here, 20) == list(range(1, 21))


async def test_a_stop_is_announced_over_tls(client: tuple[Client, Server]) -> None:
    ours, server = client
    server.signal(signal.SIGTERM)
    await ours.expect("goodbye")
    assert await ours.closed() == 1012
    await stopped(server)


@pytest.mark.parametrize("http", ["http/1.1"])
async def test_rest_is_served_on_the_same_port(client: tuple[Client, Server], tls: ssl.SSLContext) -> None:
    _, server = client
    async with httpx2.AsyncClient(base_url=server.url, verify=tls) as rest:
        assert (await rest.get("/healthz")).status_code == 200
