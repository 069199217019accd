"""Everything that a run needs: several servers behind one address, a proxy before each engine, and the people."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.databases import fresh_database
from tests.faults.burdens import HABITS, Burden
from tests.faults.client import Client
from tests.faults.engines import Name, OwnEngines
from tests.faults.front import Front
from tests.faults.hints import HintFaults, HintFilter
from tests.faults.history import History
from tests.faults.inbox import Inbox
from tests.faults.mutations import MUTATIONS, mutate
from tests.faults.people import Cast, invite
from tests.faults.points import TAKE_OUT
from tests.faults.poller import Poller
from tests.faults.proxy import Link, Proxy, Target, Targets
from tests.faults.referee import Finding
from tests.faults.server import Server
from tests.wires import HttpVersion

SECRET = "signs tokens in the tests of faults"
SETTINGS = {
    "WEBSOCKET_PORT": "0",
    "WEBSOCKET_PING_INTERVAL": "1000",
    "WEBSOCKET_PING_TIMEOUT": "5000",
    "PRESENCE_GRACE_SECONDS": "3",
    "JWT_SECRET": SECRET,
    "LOG_FORMAT": "json",
}
"""Heartbeats are quicker than in production, so that what is silent is noticed while a test waits."""


OVER_HTTP_2 = 4
"""Every so manieth tab speaks HTTP/2: with three servers, not the same server's every time."""


class Stage:
    def __init__(self, engines: OwnEngines, database_url: str, *, servers: list[Server], seed: int) -> None:
        self.engines = engines
        self.database_url = database_url
        """The way to Postgres that no fault is on."""
        self.rng = random.Random(seed)
        self.history = History()
        self.hints = HintFaults()
        self.servers = servers
        self.front = Front(servers)
        self.postgres = Proxy(way_to(engines, "postgres"))
        self.redis = Proxy(way_to(engines, "valkey"))
        self.redis.on_link = self._filter_hints
        self.cast = Cast([], [])
        self.clients: list[Client] = []
        self.pollers: list[Poller] = []
        self.burdens: list[Burden] = []
        self.findings: list[Finding] = []
        """Faults seen while it went on; the referee judges the rest when all is quiet."""

    def note(self, rule: str, what: str) -> None:
        self.findings.append(Finding(rule, what))

    def _filter_hints(self, link: Link) -> None:
        link.far.filter = HintFilter(self.hints, random.Random(self.rng.random()))

    def fill(self, *, clients: int, pollers: int = 0, burdens: bool = False) -> None:
        """Open a tab for every customer and every agent, then second tabs for customers up to `clients`.

        Of the last customers, `pollers` have yet another tab, in a network that blocks WebSockets.
        With `burdens`, an agent has two more that nobody would want to serve.
        """
        customers = self.cast.customers
        people = [(f"customer{number}", person) for number, person in enumerate(customers)]
        people += [(f"agent{number}", person) for number, person in enumerate(self.cast.agents)]
        twins = [(f"twin{number}", customers[number]) for number in range(max(0, clients - len(people)))]
        for number, (name, person) in enumerate(people + twins):
            rng = random.Random(self.rng.random())
            http: HttpVersion = "http/1.1" if number % OVER_HTTP_2 else "http/2"
            client = Client(name, person, self.front.port, self.history, rng, self.front.server_of, http)
            if person.surface == "widget":
                # Their neighbour's, in the other inbox.
                client.foreign = self.rng.choice(
                    [c for c in self.cast.conversations if c != person.places[0][0]]
                )
            self.clients.append(client)
            client.start()
        for habit in HABITS if burdens else ():
            agent = self.cast.agents[0]
            self.burdens.append(
                Burden(agent, habit, self.servers, random.Random(self.rng.random()), self.note)
            )
            self.burdens[-1].start()
        for number, person in enumerate(customers[len(customers) - pollers :]):
            poller = Poller(f"poller{number}", person, self.front.port, self.history)
            self.pollers.append(poller)
            poller.start()

    async def empty(self) -> None:
        """Have everybody leave for good."""
        await asyncio.gather(*(client.stop() for client in [*self.tabs, *self.burdens]))
        self.clients.clear()
        self.burdens.clear()
        self.pollers.clear()

    @property
    def tabs(self) -> list[Client | Poller]:
        """Everyone who takes part, by whatever way."""
        return [*self.clients, *self.pollers]

    @property
    def inboxes(self) -> dict[str, Inbox]:
        """The lists that are followed, by the client's name."""
        return {client.name: client.inbox for client in self.clients if client.inbox is not None}

    def strangers(self) -> Iterator[tuple[Client, Client]]:
        """Go through the customers and agents who are on different servers."""
        for customer in self.clients:
            for agent in self.clients:
                kinds = customer.person.surface, agent.person.surface
                if kinds == ("widget", "admin") and customer.server != agent.server:
                    yield customer, agent

    def twins_of(self, client: Client) -> list[Client]:
        """Return the other tabs of the same person."""
        return [other for other in self.clients if other.person is client.person and other is not client]


def way_to(engines: OwnEngines, name: Name) -> Targets:
    def ways() -> Iterator[tuple[str, Target]]:
        yield name, engines.socket_of(name)

    return ways


@asynccontextmanager
async def stage(
    engines: OwnEngines,
    directory: Path,
    *,
    seed: int,
    servers: int = 3,
    conversations: int = 30,
    agents: int = 6,
    without: str = "",
    settings: dict[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """Set everything up but the clients, and wait until it serves.

    `without` takes out one of the mechanisms that keep the promise.
    """
    async with AsyncExitStack() as stack:
        database_url = await stack.enter_async_context(fresh_database(engines.database_url))
        if without in MUTATIONS:
            await mutate(database_url, without)
        own: dict[str, str] = {}
        made = [Server(f"s{number + 1}", own, directory) for number in range(servers)]
        found = Stage(engines, database_url, servers=made, seed=seed)
        for proxy in (found.postgres, found.redis, found.front):
            await proxy.start()
            stack.push_async_callback(proxy.stop)
        own.update(
            SETTINGS,
            VAR_DIR=str(directory),
            DATABASE_URL=f"postgresql://postgres@127.0.0.1:{found.postgres.port}{urlsplit(database_url).path}",
            REDIS_URL=f"redis://127.0.0.1:{found.redis.port}",
            **{TAKE_OUT: "" if without in MUTATIONS else without},
            **(settings or {}),
        )
        for server in made:
            stack.push_async_callback(server.stop)
        await asyncio.gather(*(server.start() for server in made))
        found.cast = await invite(database_url, SECRET, conversations=conversations, agents=agents)
        stack.push_async_callback(found.empty)
        yield found
