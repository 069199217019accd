"""Two processes of one installation, and before them each proxy in turn."""

from __future__ import annotations

import signal
import ssl
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
import pytest_asyncio

from tests.client import Client
from tests.proxies.programs import PROGRAMS, TLS, Missing, Ports, Running, free_ports, run
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.wires import open_wire


class Backends:
    """Two processes, each on a port of its own for as long as the tests last."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.ports = free_ports(2)
        self.servers = [self._start(port) for port in self.ports]
        for server in self.servers:
            assert server.url

    def _start(self, port: int) -> Server:
        return self._installation.start(WEBSOCKET_PORT=str(port))

    def stop(self, index: int) -> None:
        """Stop a process as an upgrade does, and wait for its end."""
        server = self.servers[index]
        server.signal(signal.SIGTERM)
        server.check()
        self._installation.servers.remove(server)

    def kill(self, index: int) -> None:
        self.servers[index].kill()
        self._installation.servers.remove(self.servers[index])

    def start(self, index: int) -> None:
        self.servers[index] = self._start(self.ports[index])
        assert self.servers[index].url
        self.servers[index].wait_for("redis_heard")


@pytest.fixture(scope="module")
def backends(installation: Installation) -> Backends:
    return Backends(installation)


@pytest.fixture(scope="module")
def server(backends: Backends) -> Server:
    return backends.servers[0]


@pytest.fixture(scope="module")
def ports(backends: Backends) -> Ports:
    return Ports(*free_ports(3), *backends.ports)


@pytest.fixture(scope="module", params=PROGRAMS)
def proxy(
    request: pytest.FixtureRequest, ports: Ports, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    try:
        with run(request.param, ports, tmp_path_factory.mktemp(request.param)) as running:
            yield running
    except Missing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def tls() -> ssl.SSLContext:
    """Of one test alone: a client of HTTP/2 changes what it offers."""
    return ssl.create_default_context(cafile=TLS / "certificate.pem")


@pytest_asyncio.fixture
async def rest(proxy: Running, tls: ssl.SSLContext) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody on the Internet, as far as the proxy knows."""
    transport = httpx2.AsyncHTTPTransport(verify=tls, local_address="127.0.0.9")
    async with httpx2.AsyncClient(base_url=proxy.url, transport=transport, timeout=30) as client:
        yield client


async def open_socket(url: str, person: Person, tls: ssl.SSLContext) -> Client:
    """Come in through a proxy and authenticate."""
    client = Client(
        await open_wire(f"{url.replace('http', 'ws', 1)}/ws/{person.surface}", "http/1.1", {}, tls=tls)
    )
    await client.authenticate(person.token)
    return client
