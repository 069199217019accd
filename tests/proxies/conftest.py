"""Two processes of one installation, and before them all proxies at once."""

from __future__ import annotations

import asyncio
import re
import signal
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager

import httpx2
import pytest
import pytest_asyncio

from tests.client import Client
from tests.proxies.programs import PATIENCE_SECONDS, PROGRAMS, TLS, Missing, Ports, Running, free_ports, run
from tests.server.installation import Installation, Person
from tests.server.processes import ROOT, Server
from tests.wires import open_wire

LAME_DUCK = re.compile(r"^Environment=(LAME_DUCK_SECONDS)=(\d+)$", re.MULTILINE)


class Backends:
    """Two processes, each on a port of its own for as long as the tests last."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.ports = free_ports(2)
        # As the proxies do, these run as we ship it.
        (self._announced,) = LAME_DUCK.findall((ROOT / "deploy" / "fireside@.service").read_text())
        self.servers = [self._start(port) for port in self.ports]
        for server in self.servers:
            assert server.url

    def _start(self, port: int) -> Server:
        name, seconds = self._announced
        return self._installation.start(WEBSOCKET_PORT=str(port), **{name: seconds})

    def stop(self, index: int) -> None:
        """Stop a process as an upgrade does, and wait for its end."""
        server = self.servers[index]
        server.signal(signal.SIGTERM)
        server.check()
        self._installation.servers.remove(server)

    def start(self, index: int) -> None:
        self.servers[index] = self._start(self.ports[index])
        assert self.servers[index].url
        self.servers[index].hears_redis()

    @asynccontextmanager
    async def killed(self, index: int, proxies: Iterable[Running]) -> AsyncIterator[None]:
        """Be without a process; after it no proxy counts it out any more."""
        self.servers[index].kill()
        self._installation.servers.remove(self.servers[index])
        try:
            yield
        finally:
            await asyncio.to_thread(self.start, index)
            await self.seen_by(proxies)

    @asynccontextmanager
    async def stopped(self, index: int, proxies: Iterable[Running]) -> AsyncIterator[None]:
        """Have a process that hangs, taking connections and answering none; after it no proxy counts it out."""
        self.servers[index].signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.servers[index].signal(signal.SIGCONT)
            await self.seen_by(proxies)

    async def seen_by(self, proxies: Iterable[Running]) -> None:
        """Wait until these proxies use both processes."""
        await asyncio.gather(*(proxy.sees(index, up=True) for proxy in proxies for index in range(2)))


@pytest.fixture(scope="module")
def backends(installation: Installation) -> Iterator[Backends]:
    backends = Backends(installation)
    yield backends
    # The installation tells them a second time, and then they do not wait for proxies to see it.
    for server in backends.servers:
        server.signal(signal.SIGTERM)


@pytest.fixture(scope="module")
def server(backends: Backends) -> Server:
    return backends.servers[0]


@pytest.fixture(scope="module")
def proxies(backends: Backends, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    """All of them, by name."""
    with ExitStack() as running:
        try:
            started = {
                name: running.enter_context(
                    run(name, Ports(*free_ports(3), *backends.ports), tmp_path_factory.mktemp(name))
                )
                for name in PROGRAMS
            }
        except Missing as missing:
            pytest.fail(str(missing), pytrace=False)
        yield started


@pytest.fixture(params=PROGRAMS)
def proxy(request: pytest.FixtureRequest, proxies: dict[str, Running]) -> Running:
    """Each of them in turn."""
    return proxies[request.param]


@pytest.fixture
def tls() -> ssl.SSLContext:
    """Of one test alone: a client of HTTP/2 changes what it offers."""
    return ssl.create_default_context(cafile=TLS / "certificate.pem")


@pytest_asyncio.fixture
async def rest(proxy: Running, tls: ssl.SSLContext) -> AsyncIterator[httpx2.AsyncClient]:
    async with visit(proxy, tls) as client:
        yield client


@asynccontextmanager
async def visit(proxy: Running, tls: ssl.SSLContext) -> AsyncIterator[httpx2.AsyncClient]:
    """Come as somebody on the Internet, as far as the proxy knows."""
    transport = httpx2.AsyncHTTPTransport(verify=tls, local_address="127.0.0.9")
    async with httpx2.AsyncClient(
        base_url=proxy.url, transport=transport, timeout=PATIENCE_SECONDS
    ) as client:
        yield client


async def open_socket(url: str, person: Person, tls: ssl.SSLContext) -> Client:
    """Come in through a proxy and authenticate."""
    client = Client(
        await open_wire(f"{url.replace('http', 'ws', 1)}/ws/{person.surface}", "http/1.1", {}, tls=tls)
    )
    await client.authenticate(person.token)
    return client
