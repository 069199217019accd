"""Without Redis chat goes on; without Postgres it waits, and nobody has to come back for it."""

from __future__ import annotations

import asyncio
import signal
import statistics
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.faults.client import Client
from tests.faults.ending import read_ending
from tests.faults.engines import OwnEngines
from tests.faults.history import Acked, Closed, Opened, Refused, Sent
from tests.faults.http import ask
from tests.faults.load import settle, spread, talking
from tests.faults.outages import delays
from tests.faults.people import PUBLIC
from tests.faults.referee import judge
from tests.faults.stage import Stage, stage

GUARD_SECONDS = 60.0
GRACE_SECONDS = 1.0
WRONG_SECONDS = 4 * GRACE_SECONDS
"""Long enough for the wrong answer: the grace, and two turns of the reaper."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(mortal_engines: OwnEngines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    directory = tmp_path_factory.mktemp("degraded")
    settings = {"PRESENCE_GRACE_SECONDS": str(GRACE_SECONDS), "WEBSOCKET_PING_TIMEOUT": "60000"}
    async with stage(
        mortal_engines, directory, seed=3, servers=2, conversations=4, agents=2, settings=settings
    ) as found:
        found.fill(clients=6)  # No second tabs: what they send arrives on both servers without any hint.
        await spread(found)
        yield found


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(GUARD_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


async def until_ready(stage: Stage, status: int, word: str) -> None:
    """Wait until every server says so of itself."""
    async with asyncio.timeout(GUARD_SECONDS):
        for server in stage.servers:
            while (found := await ask(server.port, "/readyz"))[0] != status or word.encode() not in found[1]:
                await asyncio.sleep(0.05)


async def test_chat_goes_on_without_redis(here: Stage) -> None:
    await here.engines.end("valkey")
    try:
        await until_ready(here, 200, "degraded")
        since = len(here.history.events)
        async with talking(here):
            await asyncio.sleep(3)
        assert await settle(here, seconds=GUARD_SECONDS)
    finally:
        await here.engines.begin("valkey")
    assert not any(isinstance(event, Refused | Closed) for event in here.history.events[since:])
    assert statistics.quantiles(delays(here, since), n=10)[-1] <= 0.5  # D5, but for a stall of this machine.
    assert judge(here.history, await read_ending(here)) == []
    await until_ready(here, 200, "ok")


async def test_nobody_goes_offline_because_redis_does(here: Stage) -> None:
    agent, customer = people_of_one_conversation(here)
    await until(lambda: agent.presence_of(customer) == "online")
    await here.engines.end("valkey")
    await until_ready(here, 200, "degraded")
    since = len(agent.presences)
    await asyncio.sleep(WRONG_SECONDS)
    await here.engines.begin("valkey")
    await until_ready(here, 200, "ok")
    await asyncio.sleep(WRONG_SECONDS)
    assert (customer.person.user_id, "offline") not in agent.presences[since:]


async def test_without_postgres_sends_are_refused_for_the_moment_and_sockets_stay(here: Stage) -> None:
    since = len(here.history.events)
    await here.engines.end("postgres", signal.SIGINT)
    try:
        await until_ready(here, 503, "unavailable")
        for client in here.clients:
            client.say(client.person.places[0], "is anybody there?")
        await until(lambda: len({event.client for event in refusals(here, since)}) == len(here.clients))
        await until(lambda: all(asks_again(here, client, since) for client in here.clients))
    finally:
        await here.engines.begin("postgres")
    returned_at = time.monotonic()
    assert await settle(here, seconds=GUARD_SECONDS)
    assert {(event.code, event.retryable) for event in refusals(here, since)} <= {
        ("unavailable", True),
        ("timeout", True),
    }
    assert not any(isinstance(event, Opened | Closed) for event in here.history.events[since:])
    back = [e.at - returned_at for e in here.history.events[since:] if isinstance(e, Acked)]
    assert statistics.median(back) <= 2.0
    assert judge(here.history, await read_ending(here)) == []


async def test_a_user_who_leaves_without_redis_goes_offline_when_it_is_back(here: Stage) -> None:
    agent, customer = people_of_one_conversation(here)
    await here.engines.end("valkey")
    await until_ready(here, 200, "degraded")
    for client in [customer, *here.twins_of(customer)]:
        await client.stop()
        here.clients.remove(client)
    await here.engines.begin("valkey")
    await until(lambda: agent.presence_of(customer) == "offline")


def refusals(stage: Stage, since: int) -> list[Refused]:
    return [event for event in stage.history.events[since:] if isinstance(event, Refused)]


def asks_again(stage: Stage, client: Client, since: int) -> bool:
    """Say whether a client has sent again what was refused, and waits for the answer."""
    last = [
        event
        for event in stage.history.events[since:]
        if isinstance(event, Sent | Refused) and event.client == client.name
    ]
    return bool(last) and isinstance(last[-1], Sent)


def people_of_one_conversation(here: Stage) -> tuple[Client, Client]:
    """Return an agent and the customer of a conversation that the agent follows, from another server."""
    return next(
        (agent, customer)
        for customer, agent in here.strangers()
        if (customer.person.places[0][0], PUBLIC) in agent.person.places
    )
