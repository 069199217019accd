"""Fixtures of all tests that need processes. A module shares its processes; `ENVIRONMENT` in it sets them up."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol

import httpx2
import pytest
import pytest_asyncio

from app.operate.embedded import Engines
from tests.client import Client
from tests.databases import fresh_database
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.wires import HttpVersion, open_wire


class Connect(Protocol):
    """Opens sockets that are closed after the test."""

    async def __call__(self, person: Person, server: Server | None = None, **fields: Any) -> Client:
        """Connect and authenticate, with these fields beside the token."""
        ...

    async def bare(
        self, surface: str = "widget", server: Server | None = None, *, receive_buffer: int | None = None
    ) -> Client:
        """Connect and say nothing."""
        ...


@pytest.fixture(scope="module")
def installation(
    session_engines: Engines, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A fresh database; its processes are stopped with the module, and must have had no trouble."""
    with asyncio.Runner() as runner:
        database = fresh_database(session_engines.database_url)
        made = Installation(
            runner.run(database.__aenter__()),
            session_engines.redis_url,
            tmp_path_factory.mktemp("server"),
            getattr(request.module, "ENVIRONMENT", {}),
        )
        try:
            yield made
            for server in made.servers:
                server.signal(signal.SIGTERM)
            for server in made.servers:
                server.check()
        finally:
            for server in made.servers:
                server.kill()
            runner.run(database.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def server(installation: Installation) -> Server:
    server = installation.start()
    assert server.url
    return server


@pytest.fixture(scope="module")
def servers(server: Server, installation: Installation) -> tuple[Server, Server]:
    """Two processes that share nothing but the engines."""
    other = installation.start()
    for each in (server, other):
        each.hears_redis()
    return server, other


@pytest.fixture
def http() -> HttpVersion:
    """The way to open sockets; a directory whose tests should run both ways overrides it."""
    return "http/1.1"


@pytest_asyncio.fixture
async def connect(server: Server, http: HttpVersion) -> AsyncIterator[Connect]:
    opened = Opened(server, http)
    yield opened
    for client in opened.clients:
        client.cut()
    await asyncio.gather(*(client.closed() for client in opened.clients))


class Opened:
    def __init__(self, server: Server, http: HttpVersion) -> None:
        self._server = server
        self._http = http
        self.clients: list[Client] = []

    async def __call__(self, person: Person, server: Server | None = None, **fields: Any) -> Client:
        client = await self.bare(person.surface, server)
        await client.authenticate(person.token, **fields)
        return client

    async def bare(
        self, surface: str = "widget", server: Server | None = None, *, receive_buffer: int | None = None
    ) -> Client:
        url = (server or self._server).url.replace("http", "ws", 1)
        client = Client(await open_wire(f"{url}/ws/{surface}", self._http, {}, receive_buffer))
        self.clients.append(client)
        return client


@pytest_asyncio.fixture
async def customer(installation: Installation, server: Server) -> Person:
    """A customer of this test alone, in a conversation of their own."""
    return await installation.customer(server)


@pytest_asyncio.fixture
async def agent(installation: Installation) -> Person:
    """An agent of this test alone."""
    return await installation.agent()


@pytest_asyncio.fixture
async def rest(server: Server) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client
