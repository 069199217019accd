"""The services of a server process, and people in a conversation. Two of them are as two processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from app.areas import Areas
from app.factory import make
from app.lifespan import start, stop
from app.people.customers.store import open_conversation
from app.protocol import LogEntry, Role, Sender, ServerEvent, TextContent, encode
from app.settings import Settings
from app.spine.frame import Burst, Frame
from app.spine.identity import Identity
from app.spine.log.entries import select_history
from app.spine.log.entry import Appended, Draft, Lane
from app.spine.rooms.room import Follower
from app.spine.rooms.states import Subject
from app.values.uuid7 import uuid7

decode_event: Callable[[bytes], dict[str, Any]] = msgspec.json.Decoder(dict[str, Any]).decode


class Talk(Struct):
    """One conversation and who takes part."""

    conversation_id: UUID
    customer: Identity
    agent: Identity


class Listener:
    """A connection that keeps what it hears."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.heard: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def write(self, frame: Frame | Burst) -> bool:
        self.heard.extend(decode_event(payload) for payload in frame.payloads)
        task = asyncio.create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    def tell(self, subject: Subject, frame: Frame) -> None:
        self.write(frame)

    def fall_behind(self, follower: Follower) -> None:
        raise AssertionError("a listener starts at the head and never falls behind")

    def all(self, type: str) -> list[dict[str, Any]]:
        return [event for event in self.heard if event["type"] == type]

    async def wait_for(self, type: str, **fields: object) -> dict[str, Any]:
        """The first event of a type that has these fields, heard already or still to come."""

        def found() -> list[dict[str, Any]]:
            return [event for event in self.all(type) if event.items() >= fields.items()]

        async with self._changed:
            await self._changed.wait_for(lambda: bool(found()))
        return found()[0]

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class Process:
    def __init__(self, areas: Areas) -> None:
        self.db = areas.spine.db
        self.journal = areas.spine.journal
        self.rooms = areas.spine.rooms
        self.bots = areas.bots
        self.company = areas.talk.company

    async def open_talk(self, bot: str) -> Talk:
        """Begin a conversation in an inbox with this bot."""
        name = uuid7().hex
        row = await self.db.fetchrow(
            """
            with inbox as (
                insert into inboxes (key, name, bot, identity_secret) values ($1, $1, $2, '') returning id
            ), customer as (
                insert into users (role, name, email, inbox_id)
                select 'customer', 'Ada', 'ada@example.com', id from inbox returning id
            ), agent as (
                insert into users (role, name, email) values ('agent', 'Grace', $1) returning id
            )
            select customer.id as customer_id, agent.id as agent_id from customer, agent
            """,
            name,
            bot,
        )
        assert row is not None
        conversation_id = await open_conversation(self.db, row["customer_id"], uuid7())
        customer = Identity(user_id=row["customer_id"], role="customer", name="Ada")
        return Talk(conversation_id, customer, Identity(user_id=row["agent_id"], role="agent", name="Grace"))

    async def only_talk(self) -> Talk:
        """The one conversation of the database, which another process began."""
        (row,) = await self.db.fetch("select id, customer_id from conversations")
        customer = Identity(user_id=row["customer_id"], role="customer", name="Ada")
        return Talk(row["id"], customer, customer)

    async def listen(self, talk: Talk) -> Listener:
        listener = Listener(talk.customer.user_id)
        room, door = await self.rooms.pin(talk.customer, talk.conversation_id)
        room.enter(listener, [door.last_seq])
        self.rooms.unpin(room)
        return listener

    async def say(
        self, talk: Talk, text: str, *, client_msg_id: UUID | None = None, role: Role = "customer"
    ) -> Appended:
        who = talk.customer if role == "customer" else talk.agent
        return await self.journal.append(
            Draft(
                conversation_id=talk.conversation_id,
                sender=Sender(who.user_id, who.role, who.name),
                client_msg_id=client_msg_id or uuid7(),
                message_id=uuid7(),
                body=encode(TextContent(text)),
            )
        )

    async def change(self, talk: Talk, type: str, target_seq: int, body: bytes) -> None:
        """Edit or delete a message of the customer."""
        await self.journal.append(
            Draft(
                conversation_id=talk.conversation_id,
                type=type,
                sender=Sender(talk.customer.user_id, "customer", "Ada"),
                client_msg_id=uuid7(),
                message_id=uuid7(),
                target_seq=target_seq,
                body=body,
            )
        )

    async def log(self, talk: Talk) -> list[LogEntry]:
        entries, _, _ = await select_history(
            self.db, talk.conversation_id, Lane.PUBLIC, before=None, limit=100
        )
        return entries

    async def told(self, talk: Talk) -> list[str]:
        """The public log in short: who said what, and which events there were."""
        return [short(entry) for entry in await self.log(talk)]


def short(entry: ServerEvent) -> str:
    event: dict[str, Any] = decode_event(encode(entry))
    if event["type"] == "conversation_event":
        return f"{event['event']} {event['data'].get('reason', '')}".strip()
    return f"{event['sender']['role']}: {event['content']['text']}"


@asynccontextmanager
async def open_process(settings: Settings) -> AsyncIterator[Process]:
    areas = make(settings)
    tasks = await start(areas)
    try:
        yield Process(areas)
    finally:
        await stop(areas, tasks)
