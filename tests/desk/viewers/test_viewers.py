"""Who of the team has a conversation before them: told to those at the desk, and over when nobody says so any more."""

from __future__ import annotations

import asyncio
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from msgspec import msgpack

from app.desk.viewers import service
from app.desk.viewers.service import Viewers
from app.protocol import ViewerChanged
from app.spine.broker import Broker
from app.spine.identity import Identity
from app.spine.rooms.news import News
from app.spine.rooms.room import Sink
from app.spine.rooms.rooms import Rooms
from app.values.redis_address import RedisAddress
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server


async def test_colleagues_on_every_process_are_told_what_an_agent_does_and_the_customer_is_not(
    connect: Connect,
    installation: Installation,
    customer: Person,
    agent: Person,
    servers: tuple[Server, Server],
) -> None:
    here, first, second = customer.conversation_id, servers[0], servers[1]
    grace = await installation.agent("Grace")
    ours, other_tab = await connect(agent, first), await connect(agent, second)
    colleague, follower = await connect(grace, second), await connect(grace, first)
    theirs = await connect(customer, second)
    for client in (ours, other_tab, colleague, theirs):
        await client.join(here)
    await follower.ask("follow_inbox")

    async def told(mode: str | None) -> None:
        for client in (colleague, follower):
            event = await client.expect("viewer_changed", user_id=agent.id, mode=mode)
            assert (event["conversation_id"], event["user_name"]) == (here, agent.name)
            assert event["expires_in_ms"] == 15_000

    await ours.say("looking", conversation_id=here, mode="viewing")
    await told("viewing")
    await other_tab.say("looking", conversation_id=here, mode="replying")
    await told("replying")
    # One tab of two: the other one still looks.
    await other_tab.say("looking", conversation_id=here, mode=None)
    await told("viewing")
    # Whoever comes is told at once who is there.
    late = await connect(grace, second)
    await late.join(here)
    await late.say("looking", conversation_id=here, mode="noting")
    await late.expect("viewer_changed", user_id=agent.id, mode="viewing")
    ours.cut()
    await told(None)
    await theirs.fence()
    assert theirs.heard("viewer_changed") == []


async def test_nobody_looks_at_what_they_have_not_joined(
    connect: Connect, customer: Person, agent: Person
) -> None:
    ours = await connect(agent)
    await ours.say("looking", conversation_id=customer.conversation_id, mode="viewing")
    assert (await ours.expect("error"))["code"] == "not_joined"
    theirs = await connect(customer)
    await theirs.say("looking", conversation_id=customer.conversation_id, mode="viewing")
    assert (await theirs.expect("error"))["code"] == "unknown_type"


class Told(list[ViewerChanged]):
    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()

    def hear(self, event: ViewerChanged) -> None:
        self.append(event)
        self.news.set()


async def test_a_word_that_is_not_repeated_ends_by_itself_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "LEASE_SECONDS", 0.05)
    monkeypatch.setattr(service, "TELL_SECONDS", 0.01)
    broker = Broker(RedisAddress(), process_id=b"a")
    viewers, told = Viewers(Rooms(cast(Any, None), broker, News()), broker), Told()
    viewers.on_change.add(told.hear)
    here, ada = uuid4(), Identity(user_id=1, role="agent", name="Ada")
    viewers.look(cast(Sink, object()), ada, here, "replying")
    viewers.take(msgpack.encode(service.Word(b"b", here, 2, "Grace", "viewing")))
    viewers.take(b"of another version")
    task = asyncio.create_task(viewers.run())
    while len([event for event in told if event.mode is None]) < 2:
        told.news.clear()
        await told.news.wait()
    task.cancel()
    modes: dict[tuple[UUID, int], list[str | None]] = {}
    for event in told:
        modes.setdefault((event.conversation_id, event.user_id), []).append(event.mode)
    assert modes == {(here, 1): ["replying", None], (here, 2): ["viewing", None]}
    assert not viewers._looks
    assert not viewers._said
