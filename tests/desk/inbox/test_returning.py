"""An agent who was away is told what has changed in the list meanwhile, of whatever kind, and of nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from app.desk.inbox.cursor import read_cursor
from tests.client import Client, Event, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

ENVIRONMENT = {"PRESENCE_GRACE_SECONDS": "0"}


@dataclass
class Meanwhile:
    """Whoever changes something while the follower is away."""

    connect: Connect
    rest: httpx2.AsyncClient
    installation: Installation
    customer: Person
    agent: Person

    @property
    def here(self) -> str:
        return self.customer.conversation_id

    async def patch(self, **fields: Any) -> None:
        path = f"/chat/conversations/{self.here}"
        response = await self.rest.patch(path, json=fields, headers=self.agent.headers)
        assert response.status_code == 200

    async def write(self) -> None:
        await (await self.connect(self.customer)).send_message(self.here, "Anyone?")

    async def edit(self) -> None:
        theirs = await self.connect(self.customer)
        await theirs.ask("edit_message", **message(self.here, "Edited"), target_seq=1)

    async def delete(self) -> None:
        theirs = await self.connect(self.customer)
        await theirs.ask(
            "delete_message", conversation_id=self.here, target_seq=1, client_msg_id=str(uuid4())
        )

    async def leave_a_note(self) -> None:
        await (await self.connect(self.agent)).send_message(self.here, "A note", lane="team")

    async def assign(self) -> None:
        await self.patch(assignee_id=self.agent.id)

    async def close(self) -> None:
        await self.patch(status="closed")

    async def read(self) -> None:
        reading = await self.connect(self.agent)
        await reading.join(self.here)
        await reading.say("mark_read", conversation_id=self.here, seq=1)
        await reading.expect("receipt_updated", user_id=self.agent.id)

    async def rename(self) -> None:
        await self.installation.sql("update users set name = 'Maria' where id = $1", self.customer.id)


@pytest.fixture
def meanwhile(
    connect: Connect, rest: httpx2.AsyncClient, installation: Installation, customer: Person, agent: Person
) -> Meanwhile:
    return Meanwhile(connect, rest, installation, customer, agent)


async def follow(connect: Connect, agent: Person, server: Server | None = None, **fields: Any) -> Event:
    """Follow the list on a connection of its own; return the answer."""
    return await (await connect(agent, server)).ask("follow_inbox", **fields)


async def cursor_now(client: Client, act: Callable[[], Awaitable[None]], **row: Any) -> str:
    """Return the cursor that is told after a change whose row has these fields."""
    await act()

    def told() -> str | None:
        seen = False
        for event in client.seen:
            shown = event.get("conversation", {})
            seen = seen or (event["type"] == "conversation_updated" and row.items() <= shown.items())
            if seen and event["type"] == "inbox_cursor":
                return str(event["cursor"])
        return None

    cursor: str = await client.until(told, "a cursor after the row")
    return cursor


async def cursor_with_everything(client: Client, meanwhile: Meanwhile) -> str:
    """Return a cursor of after all that has changed: a row may be told before the look that finds it."""
    seen = 0

    def another() -> bool:
        return len(client.heard("inbox_cursor")) > seen

    while True:
        await client.until(another, "another cursor")
        cursor: str = client.heard("inbox_cursor")[seen]["cursor"]
        seen += 1
        found = read_cursor(cursor)
        assert found
        if await meanwhile.installation.sql(
            """
            select pg_visible_in_snapshot(h.changed_in, $1::text::pg_snapshot)
                   and pg_visible_in_snapshot(p.changed_in, $1::text::pg_snapshot) and p.status = 'online'
              from conversation_heads h
              join conversations c on c.id = h.conversation_id
              join user_presence p on p.user_id = c.customer_id
             where h.conversation_id = $2::uuid and h.last_seq = 1
            """,
            found.snapshot,
            meanwhile.here,
        ):
            return cursor


async def rows(client: Client, conversation_id: str) -> list[Event]:
    """Return what a follower who came back was told of a conversation, once it was told everything."""
    await client.expect("inbox_cursor")
    end = next(place for place, event in enumerate(client.seen) if event["type"] == "inbox_cursor")
    shown = [event["conversation"] for event in client.seen[:end] if event["type"] == "conversation_updated"]
    return [row for row in shown if row["id"] == conversation_id]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Meanwhile.write, {"last_seq": 2, "unread": 2}),
        (Meanwhile.edit, {"last_seq": 2}),
        (Meanwhile.delete, {"last_seq": 2}),
        (Meanwhile.leave_a_note, {"team_last_seq": 1}),
        (Meanwhile.assign, {"team_last_seq": 1}),
        (Meanwhile.close, {"status": "closed"}),
        (Meanwhile.read, {"unread": 0}),
        (Meanwhile.rename, {"last_seq": 1}),
    ],
)
async def test_whatever_changed_meanwhile_is_told_and_nothing_else(
    connect: Connect,
    servers: tuple[Server, Server],
    meanwhile: Meanwhile,
    change: Callable[[Meanwhile], Awaitable[None]],
    shown: dict[str, Any],
) -> None:
    away = await connect(meanwhile.agent)
    await away.ask("follow_inbox")
    cursor = await cursor_now(away, meanwhile.write, id=meanwhile.here, last_seq=1)
    await away.close()
    await change(meanwhile)
    back = await connect(meanwhile.agent, servers[1])
    answer = await back.ask("follow_inbox", since=cursor)
    assert (answer["status"], answer["epoch"]) == ("ok", back.welcome["epoch"])
    row = (await rows(back, meanwhile.here))[-1]
    assert shown.items() <= row.items()
    listed = await meanwhile.rest.get(
        f"/chat/conversations/{meanwhile.here}", headers=meanwhile.agent.headers
    )
    assert row == listed.json()


async def test_nothing_has_changed_for_one_who_was_told_everything(
    connect: Connect, meanwhile: Meanwhile
) -> None:
    ours = await connect(meanwhile.agent)
    await ours.ask("follow_inbox")
    await meanwhile.write()
    again = await connect(meanwhile.agent)
    await again.ask("follow_inbox", since=await cursor_with_everything(ours, meanwhile))
    assert await rows(again, meanwhile.here) == []
    assert again.heard("presence_update", user_id=meanwhile.customer.id) == []


async def test_a_customer_who_came_meanwhile_and_an_agent_who_chose_a_status_are_told(
    connect: Connect, meanwhile: Meanwhile, installation: Installation
) -> None:
    colleague = await connect(await installation.agent("Colleague"))
    cursor = (await follow(connect, meanwhile.agent))["cursor"]
    theirs = await connect(meanwhile.customer)
    await colleague.ask("set_presence", status="busy", text="Lunch")
    watching = await connect(meanwhile.agent)
    await watching.ask("follow_inbox", since=cursor)
    await watching.expect("presence_update", user_id=meanwhile.customer.id, status="online")
    await watching.expect("presence_update", user_id=colleague.welcome["user"]["id"], status="busy")
    cursor = (await watching.expect("inbox_cursor"))["cursor"]
    await watching.close()
    await theirs.close()
    waiting = await connect(meanwhile.agent)
    await waiting.ask("follow_inbox", since=cursor)
    await waiting.expect("presence_update", user_id=meanwhile.customer.id, status="offline")


@pytest.mark.parametrize("there", [0, 1], ids=["same process", "other process"])
async def test_the_first_cursor_is_enough(
    connect: Connect, servers: tuple[Server, Server], meanwhile: Meanwhile, there: int
) -> None:
    cursor = (await follow(connect, meanwhile.agent, servers[there]))["cursor"]
    await meanwhile.write()
    back = await connect(meanwhile.agent, servers[0])
    await back.ask("follow_inbox", since=cursor)
    assert {row["last_seq"] for row in await rows(back, meanwhile.here)} == {1}


async def test_a_cursor_of_another_inbox_of_another_log_or_of_nobody_is_void(
    connect: Connect, meanwhile: Meanwhile, installation: Installation
) -> None:
    inbox_id = await installation.sql(
        "select inbox_id from conversations where id = $1::text::uuid", meanwhile.here
    )
    every = (await follow(connect, meanwhile.agent))["cursor"]
    one = (await follow(connect, meanwhile.agent, filters={"inbox_id": inbox_id}))["cursor"]
    epoch, inbox, snapshot = every.split(".")
    future = f"{epoch}.{inbox}.{2**60 + 1}:{2**60 + 1}:"
    for since in ("", "nonsense", f"badc0de.{inbox}.{snapshot}", future, one):
        answer = await follow(connect, meanwhile.agent, since=since)
        assert (answer["status"], answer["epoch"]) == ("reset", epoch)
        assert (await follow(connect, meanwhile.agent, since=answer["cursor"]))["status"] == "ok"
    for since in (every, one):
        answer = await follow(connect, meanwhile.agent, since=since, filters={"inbox_id": inbox_id})
        assert answer["status"] == "ok"
    answer = await follow(connect, meanwhile.agent, since=one, filters={"inbox_id": inbox_id + 1})
    assert answer["status"] == "reset"


async def test_of_another_inbox_nothing_is_told(
    connect: Connect, meanwhile: Meanwhile, installation: Installation
) -> None:
    cursor = (await follow(connect, meanwhile.agent))["cursor"]
    await meanwhile.write()
    elsewhere = await connect(meanwhile.agent)
    await elsewhere.ask("follow_inbox", since=cursor, filters={"inbox_id": 2**31 - 1})
    assert await rows(elsewhere, meanwhile.here) == []


@pytest.mark.parametrize("since", [7, [], {"epoch": "x"}])
async def test_a_cursor_that_is_no_text_is_invalid(connect: Connect, agent: Person, since: object) -> None:
    assert await (await connect(agent)).refusal("follow_inbox", since=since) == "invalid"
