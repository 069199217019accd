"""The grace before someone is offline: when a page is reloaded, a process killed, or Redis emptied."""

from __future__ import annotations

import time

import redis.asyncio

from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

GRACE_SECONDS = 3.0
ENVIRONMENT = {"PRESENCE_GRACE_SECONDS": str(GRACE_SECONDS)}


async def test_nobody_is_offline_before_the_grace_is_over(
    connect: Connect, agent: Person, installation: Installation
) -> None:
    watching = await connect(await installation.agent("Watcher"))
    ours = await connect(agent)
    await watching.expect("presence_update", user_id=agent.id, status="online")
    left_at = time.monotonic()
    ours.cut()
    await watching.expect("presence_update", user_id=agent.id, status="offline")
    assert time.monotonic() - left_at >= GRACE_SECONDS


async def test_a_reload_goes_unseen(
    connect: Connect, agent: Person, installation: Installation, servers: tuple[Server, Server]
) -> None:
    watching = await connect(await installation.agent("Watcher"))
    other = await installation.agent("Other")
    first = await connect(agent)
    await watching.expect("presence_update", user_id=agent.id, status="online")
    first.cut()
    await first.closed()
    await connect(agent, servers[1])
    # The other agent's coming and going takes as long as the first one's would have taken to be noticed.
    await (await connect(other)).close()
    await watching.expect("presence_update", user_id=other.id, status="offline")
    assert len(watching.heard("presence_update", user_id=agent.id)) == 1


async def test_the_users_of_a_killed_process_go_offline_and_the_others_stay(
    connect: Connect, customer: Person, agent: Person, installation: Installation, server: Server
) -> None:
    doomed = installation.start()
    doomed.hears_redis()
    both, watcher = await installation.agent("Both"), await installation.agent("Watcher")
    watching = await connect(watcher)
    await watching.join(customer.conversation_id)
    for person in (customer, agent, both):
        await connect(person, doomed)
    await connect(both)
    for person in (customer, agent, both):
        await watching.expect("presence_update", user_id=person.id, status="online")
    doomed.kill()
    installation.servers.remove(doomed)
    for person in (customer, agent):
        await watching.expect("presence_update", user_id=person.id, status="offline")
    assert len(watching.heard("presence_update", user_id=both.id)) == 1
    assert watching.heard("presence_update", user_id=watcher.id, status="offline") == []


async def test_an_emptied_redis_puts_nobody_offline_and_forgets_nobody(
    connect: Connect, agent: Person, installation: Installation, server: Server
) -> None:
    watching = await connect(await installation.agent("Watcher"))
    ours = await connect(agent)
    await watching.expect("presence_update", user_id=agent.id, status="online")
    async with redis.asyncio.Redis.from_url(installation.redis_url) as client:
        await client.flushall()
    # Another one's coming and going takes as long as a mistake would take to be seen.
    other = await installation.agent("Other")
    await (await connect(other)).close()
    await watching.expect("presence_update", user_id=other.id, status="offline")
    assert len(watching.heard("presence_update", user_id=agent.id)) == 1
    await ours.close()
    await watching.expect("presence_update", user_id=agent.id, status="offline")


async def test_users_whom_a_stopped_installation_left_online_go_offline_when_it_starts(
    connect: Connect, installation: Installation, agent: Person
) -> None:
    lost = await installation.agent("Lost")
    await installation.sql("insert into user_presence (user_id, status) values ($1, 'online')", lost.id)
    newcomer = installation.start()
    newcomer.hears_redis()
    watching = await connect(agent, newcomer)
    await watching.expect("presence_update", user_id=lost.id, status="offline")
