"""The proxies for which we ship a configuration, before two processes: what people behind them notice, and what not."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeAlias
from uuid import uuid4

import httpx2
import pytest

from app.people.tokens import hash_token
from app.settings import Settings
from tests.bots.dialects import openai_delta
from tests.bots.upstream import Upstream
from tests.client import Client
from tests.proxies.conftest import Backends, open_socket, visit
from tests.proxies.programs import PROGRAMS, Ports, Running, free_ports, run
from tests.server.installation import Installation, Person
from tests.server.processes import ROOT

BOT_PORT = free_ports(1)[0]
ENVIRONMENT = {
    "TRUSTED_PROXIES": "127.0.0.1",
    "WEBSOCKET_PING_INTERVAL": "500",
    "LIMIT_SESSIONS": "20",
    "OPENAI_BASE_URL": f"http://127.0.0.1:{BOT_PORT}",
    "OPENAI_MODEL": "test",
}
ADDRESSES = (f"127.1.{number}.1" for number in itertools.count(1))
"""Of clients that no test has used yet."""
KEEPS_SOCKETS_OVER_A_RELOAD = {"nginx", "haproxy"}
CLOSES_KEPT_CONNECTIONS_AT_A_RELOAD = {"nginx", "caddy"}
"""Those on which nothing is under way, even if a request is just about to come (RFC 9112, 9.5)."""
LOOKS_AT_PROCESSES = {"caddy", "haproxy"}
"""These count out a process that does not answer on /readyz, and send nothing more there."""


def message(rest: httpx2.AsyncClient, customer: Person) -> httpx2.Request:
    return rest.build_request(
        "POST",
        f"/chat/conversations/{customer.conversation_id}/messages",
        json={"client_msg_id": str(uuid4()), "content": {"type": "text", "text": "hello"}},
        headers=customer.headers,
    )


async def write(rest: httpx2.AsyncClient, customer: Person) -> httpx2.Response:
    return await rest.send(message(rest, customer))


async def poll(rest: httpx2.AsyncClient, customer: Person) -> httpx2.Response:
    """Wait for what is written into a conversation that is empty."""
    return await rest.get(
        f"/chat/conversations/{customer.conversation_id}/events?since=0&wait=25", headers=customer.headers
    )


Visit: TypeAlias = Callable[[], AbstractAsyncContextManager[httpx2.AsyncClient]]


class Load:
    """Requests that people make all the time, and how they are answered.

    With `repeats` a request that was given to a kept connection just as that was closed is made again, as browsers do.
    """

    def __init__(self, rest: httpx2.AsyncClient, customer: Person, *, repeats: Visit | None = None) -> None:
        self._rest = rest
        self._customer = customer
        self._repeats = repeats
        self.answers: Counter[tuple[str, int]] = Counter()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Load]:
        tasks = [asyncio.create_task(work()) for work in (self._look, self._read, self._write)]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in tasks:
            with suppress(asyncio.CancelledError):
                task.result()

    async def passed(self, times: int = 30) -> None:
        """Wait until so many more were answered."""
        until = self.answers.total() + times
        while self.answers.total() < until:
            await asyncio.sleep(0.02)

    async def _look(self) -> None:
        while True:
            await self._make(self._rest.build_request("GET", "/healthz"))

    async def _read(self) -> None:
        path = f"/chat/conversations/{self._customer.conversation_id}/messages"
        while True:
            await self._make(self._rest.build_request("GET", path, headers=self._customer.headers))

    async def _write(self) -> None:
        while True:
            await self._make(message(self._rest, self._customer))

    async def _make(self, request: httpx2.Request) -> None:
        try:
            answer = await self._rest.send(request)
        except httpx2.RemoteProtocolError:
            if self._repeats is None:
                raise
            async with self._repeats() as anew:
                answer = await anew.send(request)
        self.answers[request.method, answer.status_code] += 1


class Crowd:
    """Ten sockets of a person through one proxy, and requests beside them."""

    def __init__(self, proxy: Running, customer: Person, tls: ssl.SSLContext) -> None:
        self.proxy = proxy
        self.clients: list[Client] = []
        self._customer = customer
        self._tls = tls

    async def __aenter__(self) -> Self:
        self.clients = [await self._open() for _ in range(10)]
        self._stack = AsyncExitStack()
        rest = await self._stack.enter_async_context(visit(self.proxy, self._tls))
        self.load = await self._stack.enter_async_context(Load(rest, self._customer).running())
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def _open(self) -> Client:
        return await open_socket(self.proxy.url, self._customer, self._tls)

    async def follow(self) -> None:
        """Open the sockets again that were told to come back."""
        for number, client in enumerate(self.clients):
            if client.heard("goodbye"):
                assert await client.closed() == 1012
                self.clients[number] = await self._open()


async def come_back(client: Client, url: str, person: Person, tls: ssl.SSLContext) -> Client:
    """Open a socket again for one that was closed, as our clients do."""
    await client.closed()
    return await open_socket(url, person, tls)


async def still_there(client: Client) -> bool:
    """Say whether the server answers on a socket, or it has been cut."""
    try:
        await client.fence()
    except AssertionError:
        return False
    await client.close()
    return True


async def test_each_client_is_known_by_its_own_address(
    proxy: Running, tls: ssl.SSLContext, installation: Installation, customer: Person
) -> None:
    async def come_in(address: str, **headers: str) -> int:
        transport = httpx2.AsyncHTTPTransport(verify=tls, local_address=address)
        async with httpx2.AsyncClient(base_url=proxy.url, transport=transport, headers=headers) as client:
            return (await client.post("/chat/sessions", json={"inbox": installation.inbox_key})).status_code

    attacker, other = next(ADDRESSES), next(ADDRESSES)
    forged = [f"198.51.100.{number}" for number in range(60)]
    statuses = [
        await come_in(attacker, **{"X-Forwarded-For": each, "Forwarded": f"for={each}", "X-Real-IP": each})
        for each in forged
    ]
    assert statuses[:20] == [201] * 20
    assert 429 in statuses
    assert await come_in(other) == 201


async def head_of_answer(address: str, port: int, request: str, tls: ssl.SSLContext | None = None) -> str:
    """Return the head of what a request of ours, byte by byte, is answered with."""
    name = "localhost" if tls else None
    reader, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=name)
    try:
        writer.write(request.encode())
        return (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_both_families_are_served(
    proxy: Running, backends: Backends, tls: ssl.SSLContext, address: str
) -> None:
    request = f"GET /healthz HTTP/1.1\r\nHost: localhost:{proxy.ports.https}\r\n\r\n"
    head = await head_of_answer(address, proxy.ports.https, request, tls)
    assert head.startswith("http/1.1 200 ")
    assert "\r\nstrict-transport-security: max-age=31536000\r\n" in head


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_plain_http_is_sent_to_tls(proxy: Running, address: str) -> None:
    if proxy.name == "caddy":
        return  # It does that by itself, for the names of sites on the ports of the Web.
    request = "GET /chat?a=b HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = await head_of_answer(address, proxy.ports.http, request)
    assert head.startswith("http/1.1 308 ")
    assert "\r\nlocation: https://localhost/chat?a=b\r\n" in head


async def test_http_2_is_offered(proxy: Running, backends: Backends, tls: ssl.SSLContext) -> None:
    transport = httpx2.AsyncHTTPTransport(verify=tls, http2=True)
    async with httpx2.AsyncClient(transport=transport) as client:
        assert (await client.get(f"{proxy.url}/healthz")).http_version == "HTTP/2"


@pytest.mark.parametrize(
    "upgrade", ["h2c", "H2C", "h2c, websocket", "websocket, h2c", "h2", "TLS/1.0", "socks"]
)
async def test_no_upgrade_is_a_tunnel(
    proxy: Running, backends: Backends, tls: ssl.SSLContext, upgrade: str
) -> None:
    for path in ("/metrics", "/ws/widget"):
        request = (
            f"GET {path} HTTP/1.1\r\nHost: localhost:{proxy.ports.https}\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            f"Upgrade: {upgrade}\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
        )
        head = await head_of_answer("127.0.0.1", proxy.ports.https, request, tls)
        assert head.split()[1] in {"400", "403", "404", "405", "426"}


async def test_figures_are_nobodys_business(
    proxy: Running, rest: httpx2.AsyncClient, backends: Backends
) -> None:
    local = f"127.0.0.1:{proxy.ports.first}"
    for headers in ({}, {"Host": local}, {"Host": "localhost"}, {"X-Forwarded-For": "127.0.0.1"}):
        # For a name that is not ours Caddy itself answers, with 200 and nothing.
        assert "fireside" not in (await rest.get("/metrics", headers=headers)).text


async def test_a_streamed_reply_comes_piece_by_piece(
    proxy: Running, rest: httpx2.AsyncClient, installation: Installation, customer: Person
) -> None:
    key = f"fsk_{uuid4().hex}"
    await installation.sql("insert into api_keys (name, key_hash) values ($1, $2)", key, hash_token(key))
    await installation.sql("update inboxes set bot = 'openai'")
    upstream, go_on = Upstream(), asyncio.Event()
    upstream.will_answer(openai_delta("Hello"), go_on, openai_delta(" there"), openai_delta(None, "stop"))
    bot = await asyncio.start_server(upstream.serve, "127.0.0.1", BOT_PORT)
    body = {"conversation_id": customer.conversation_id, "message": "hello", "stream": True}
    seen: list[Any] = []
    try:
        async with rest.stream(
            "POST", "/chat", json=body, headers={"Authorization": f"Bearer {key}"}
        ) as response:
            assert response.status_code == 200
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    seen.append(json.loads(line.removeprefix("data: ")))
                    if "Hello" in line:
                        # Heard while the rest has not even been said.
                        go_on.set()
    finally:
        bot.close()
        await upstream.close()
        await installation.sql("update inboxes set bot = 'none'")
    assert "Hello there" in json.dumps(seen[-2])


async def test_a_long_poll_is_woken(proxy: Running, rest: httpx2.AsyncClient, customer: Person) -> None:
    polling = asyncio.create_task(poll(rest, customer))
    await write(rest, customer)
    assert [entry["seq"] for entry in (await polling).json()["items"]] == [1]


async def test_a_long_poll_is_held_to_its_end_by_all(
    proxies: dict[str, Running], tls: ssl.SSLContext, customer: Person
) -> None:
    async def outlast(proxy: Running) -> tuple[int, Any]:
        async with visit(proxy, tls) as client:
            answer = await poll(client, customer)
        return answer.status_code, answer.json()["items"]

    assert await asyncio.gather(*map(outlast, proxies.values())) == [(200, [])] * len(proxies)


IDLE = {"nginx": ("proxy_read_timeout 90s", "proxy_read_timeout 2s"), "haproxy": ("tunnel 90s", "tunnel 2s")}
"""Seconds a socket may be silent, in a time that can be waited for. Caddy waits for ever."""


async def test_a_socket_on_which_nobody_speaks_stays(
    backends: Backends, tls: ssl.SSLContext, customer: Person, tmp_path: Path
) -> None:
    async def stay(name: str) -> None:
        shipped, short = IDLE[name]
        text = (ROOT / "deploy" / PROGRAMS[name].file).read_text()
        assert shipped in text
        assert int(re.sub(r"\D", "", shipped)) * 1000 > 2 * Settings().websocket_ping_interval
        ports = Ports(*free_ports(3), *backends.ports)
        with run(name, ports, tmp_path / name, **{shipped: short}) as proxy:
            client = await open_socket(proxy.url, customer, tls)
            # Two seconds of heartbeats, and as many again.
            await client.until(lambda: len(client.heard("ping")) >= 8)
            await client.fence()
            await client.close()

    await asyncio.gather(*map(stay, IDLE.keys() & PROGRAMS.keys()))


async def test_a_reload_is_not_noticed(
    proxy: Running,
    rest: httpx2.AsyncClient,
    tls: ssl.SSLContext,
    installation: Installation,
    customer: Person,
) -> None:
    clients = [await open_socket(proxy.url, customer, tls) for _ in range(10)]
    waiting = await installation.customer()
    polling = asyncio.create_task(poll(rest, waiting))
    repeats = partial(visit, proxy, tls) if proxy.name in CLOSES_KEPT_CONNECTIONS_AT_A_RELOAD else None
    async with Load(rest, customer, repeats=repeats).running() as load:
        await load.passed()
        proxy.reload()
        await load.passed(100)
    assert set(load.answers) == {("GET", 200), ("POST", 201)}
    # It was under way all the time.
    assert not polling.done()
    await write(rest, waiting)
    assert [entry["seq"] for entry in (await polling).json()["items"]] == [1]
    for client in clients:
        if not await still_there(client):
            assert proxy.name not in KEEPS_SOCKETS_OVER_A_RELOAD
            assert await still_there(await come_back(client, proxy.url, customer, tls))


async def test_a_rolling_restart_is_not_noticed(
    proxies: dict[str, Running], backends: Backends, tls: ssl.SSLContext, customer: Person
) -> None:
    async with AsyncExitStack() as stack:
        crowds = [await stack.enter_async_context(Crowd(proxy, customer, tls)) for proxy in proxies.values()]
        for index in range(2):
            await asyncio.gather(*(crowd.load.passed() for crowd in crowds))
            await asyncio.to_thread(backends.stop, index)
            await asyncio.gather(*(crowd.load.passed() for crowd in crowds))
            await asyncio.gather(*(crowd.follow() for crowd in crowds))
            await asyncio.to_thread(backends.start, index)
        await asyncio.gather(*(crowd.load.passed() for crowd in crowds))
    await backends.seen_by(proxies.values())
    for crowd in crowds:
        assert set(crowd.load.answers) == {("GET", 200), ("POST", 201)}, crowd.proxy.name
        assert all([await still_there(client) for client in crowd.clients]), crowd.proxy.name


async def test_a_process_that_is_killed_costs_its_own_sockets_and_no_more(
    proxies: dict[str, Running], backends: Backends, tls: ssl.SSLContext, customer: Person
) -> None:
    clients = {
        name: [await open_socket(proxy.url, customer, tls) for _ in range(10)]
        for name, proxy in proxies.items()
    }

    async def go_on(proxy: Running) -> None:
        async with visit(proxy, tls) as rest:
            answers = [(await rest.get("/healthz")).status_code for _ in range(30)]
        assert set(answers) == {200}, proxy.name
        cut = [client for client in clients[proxy.name] if not await still_there(client)]
        for client in cut:
            assert await still_there(await come_back(client, proxy.url, customer, tls)), proxy.name
        assert 0 < len(cut) < 10, proxy.name

    async with backends.killed(0, proxies.values()):
        await asyncio.gather(*map(go_on, proxies.values()))


async def test_a_process_that_hangs_is_passed_by(
    proxies: dict[str, Running], backends: Backends, tls: ssl.SSLContext, customer: Person
) -> None:
    async def ask(rest: httpx2.AsyncClient) -> set[int]:
        answers = await asyncio.gather(*(rest.get("/healthz") for _ in range(8)))
        return {answer.status_code for answer in answers}

    async def come_in(proxy: Running, tries: int, least: int) -> None:
        """Open this many sockets at least of those that are tried at once."""
        opening = [asyncio.create_task(open_socket(proxy.url, customer, tls)) for _ in range(tries)]
        try:
            for each in itertools.islice(asyncio.as_completed(opening), least):
                await (await each).close()
        finally:
            for task in opening:
                task.cancel()
            await asyncio.wait(opening)

    async def go_on(proxy: Running) -> None:
        async with visit(proxy, tls) as rest:
            # Half of them are with the process that hangs before anybody can know.
            assert await ask(rest) == {200}, proxy.name
            if proxy.name in LOOKS_AT_PROCESSES:
                await proxy.sees(0, up=False)
                assert await ask(rest) == {200}, proxy.name
                assert {(await write(rest, customer)).status_code for _ in range(8)} == {201}, proxy.name
                await come_in(proxy, 6, 6)
            else:
                await come_in(proxy, 6, 3)

    async with backends.stopped(0, proxies.values()):
        await asyncio.gather(*map(go_on, proxies.values()))
