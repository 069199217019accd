"""Typing ends by itself."""

from __future__ import annotations

import time

import pytest

from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

TIMEOUT_MS = 1000
ENVIRONMENT = {"TYPING_TIMEOUT_MS": str(TIMEOUT_MS)}


@pytest.fixture(params=["same process", "other process"])
def there(request: pytest.FixtureRequest, servers: tuple[Server, Server]) -> Server:
    """The server of the client that watches."""
    return servers[request.param == "other process"]


async def test_silence_ends_it_a_timeout_after_the_last_keystroke(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent, there)
    for client in (theirs, ours):
        await client.join(here)
    await theirs.say("typing_start", conversation_id=here)
    await ours.expect("typing_indicator", is_typing=True)
    # Later than a moment, but not so late that it has ended.
    started_at = time.monotonic()
    while time.monotonic() < started_at + TIMEOUT_MS / 1000 / 2:
        await theirs.fence()
    last_at = time.monotonic()
    await theirs.say("typing_start", conversation_id=here)
    await ours.expect("typing_indicator", is_typing=False)
    assert time.monotonic() - last_at >= TIMEOUT_MS / 1000
    assert len(ours.heard("typing_indicator")) == 2


async def test_typing_that_goes_on_is_announced_again_before_the_others_hide_it(
    connect: Connect, customer: Person, agent: Person, there: Server
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent, there)
    for client in (theirs, ours):
        await client.join(here)
    started_at = time.monotonic()
    while len(ours.heard("typing_indicator")) < 2:
        await theirs.say("typing_start", conversation_id=here)
        await theirs.fence()
    assert TIMEOUT_MS / 1000 < time.monotonic() - started_at < TIMEOUT_MS / 1000 * 10 / 3
    assert all(event["is_typing"] for event in ours.heard("typing_indicator"))


async def test_a_killed_process_leaves_nobody_typing(
    connect: Connect, customer: Person, agent: Person, installation: Installation
) -> None:
    here = customer.conversation_id
    doomed = installation.start()
    doomed.hears_redis()
    theirs, ours = await connect(customer, doomed), await connect(agent)
    for client in (theirs, ours):
        await client.join(here)
    await theirs.say("typing_start", conversation_id=here)
    expires_in_ms = (await ours.expect("typing_indicator"))["expires_in_ms"]
    doomed.kill()
    installation.servers.remove(doomed)
    await theirs.closed()
    typing = (await ours.join(here))["typing"]
    while typing:
        assert typing[0]["expires_in_ms"] <= expires_in_ms
        typing = (await ours.join(here))["typing"]
