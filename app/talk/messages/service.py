"""Writing to the log: messages, and what happens to them and around them."""

from __future__ import annotations

from uuid import UUID, uuid5

from msgspec import UNSET

from app.errors import Forbidden
from app.protocol import AgentJoined, DeleteMessage, EditMessage, Happening, NewMessage, React, Sender, encode
from app.settings import Settings
from app.spine.db import Database
from app.spine.identity import Identity, Reader
from app.spine.log.entry import Appended, Draft, Lane
from app.spine.log.journal import Answer, Journal
from app.spine.rooms.rooms import Rooms
from app.talk.mentions.service import Mentions
from app.talk.messages.said import said_by
from app.talk.messages.store import is_too_old, select_system_user, upsert_key_user
from app.values.uuid7 import uuid7

EVENTS = UUID("6b7f3a0e-6a55-4d0c-9d6b-0f3a8a4b9e55")
"""Namespace of the ids of events that must be appended once, whoever notices first."""


class Messages:
    """The way for services and sockets to write; the journal does the writing."""

    def __init__(
        self, db: Database, journal: Journal, rooms: Rooms, mentions: Mentions, settings: Settings
    ) -> None:
        self._db = db
        self._mentions = mentions
        self._journal = journal
        self._rooms = rooms
        self._settings = settings
        self._system: Sender | None = None

    async def send(
        self,
        identity: Identity,
        new: NewMessage,
        *,
        conversation_id: UUID,
        client_msg_id: UUID,
        answer: Answer,
    ) -> None:
        """Queue a message for the log; `answer` is called with it after the commit, or with why there is none.

        Raises:
            Invalid: It cannot be said, or mentions somebody who may not see it.
            Unavailable: Too much is waiting.
        """
        if new.content.mentions:
            await self._check_mentions(identity, new, conversation_id, client_msg_id)
        self.append(draft_of(identity, new, conversation_id, client_msg_id), answer)

    async def send_message(
        self, identity: Identity, new: NewMessage, *, conversation_id: UUID, client_msg_id: UUID
    ) -> Appended:
        """Append a message and return it after its commit. Raises what `send` and `Journal.append` raise."""
        if new.content.mentions:
            await self._check_mentions(identity, new, conversation_id, client_msg_id)
        return await self._journal.append(draft_of(identity, new, conversation_id, client_msg_id))

    async def _check_mentions(
        self, identity: Identity, said: NewMessage | EditMessage, conversation_id: UUID, client_msg_id: UUID
    ) -> None:
        await self._mentions.check(
            identity, said.content, said.lane, conversation_id=conversation_id, client_msg_id=client_msg_id
        )

    async def edit(self, identity: Identity, edit: EditMessage, answer: Answer) -> None:
        """Queue an edit for the log, unless the message is too old for one.

        The age is read before and not under the lock, for it only grows; a repetition of what was stored in time is
        let through, and found to be one.

        Raises:
            Forbidden: It is too old.
            Invalid: As for a message.
            Unavailable: Too much is waiting.
        """
        seconds = self._settings.edit_seconds(identity.role)
        draft = change_of(identity, edit, "message_edited", encode(said_by(identity.role, edit.content)))
        if edit.content.mentions:
            await self._check_mentions(identity, edit, edit.conversation_id, edit.client_msg_id)
        if await is_too_old(self._db, draft, seconds=seconds):
            raise Forbidden("This message is too old to be edited. Write another one.")
        self.append(draft, answer)

    def append(self, draft: Draft, answer: Answer) -> None:
        """Queue any entry for the log; see `Journal.submit`."""
        self._journal.submit(draft, answer)

    async def append_event(
        self,
        conversation_id: UUID,
        happening: Happening,
        lane: Lane = Lane.PUBLIC,
        *,
        once: str | None = None,
        sender: Sender | None = None,
    ) -> Appended:
        """Append a `conversation_event`; with `once`, a second call with the same word is a duplicate."""
        return await self._journal.append(
            Draft.of_event(
                conversation_id,
                happening,
                lane=lane,
                sender=sender or await self._system_user(),
                client_msg_id=once_id(conversation_id, once) if once else None,
            )
        )

    async def sender_for(self, reader: Reader, lane: Lane) -> Sender:
        """Return the sender of what somebody changes. A backend has the name of its key, which customers do not see."""
        if isinstance(reader, Identity):
            return Sender(reader.user_id, reader.role, reader.name)
        return await (upsert_key_user(self._db, reader.id) if lane is Lane.TEAM else self._system_user())

    async def _system_user(self) -> Sender:
        if self._system is None:
            self._system = await select_system_user(self._db)
        return self._system

    async def join(self, conversation_id: UUID, agent: Sender) -> None:
        """Let an agent take part in a conversation, which is told once: the bot falls silent, the customer sees who."""
        await self._journal.append(joining(conversation_id, agent))
        self._rooms.tell_agent(conversation_id, agent.id)

    def tell_newcomer(self, appended: Appended) -> None:
        """Let every process know of an agent who has taken part by writing."""
        if appended.newcomer:
            self._rooms.tell_agent(appended.conversation_id, appended.entry.sender.id)


def once_id(conversation_id: UUID, once: str) -> UUID:
    """Return the id of an event that is appended once to a conversation."""
    return uuid5(EVENTS, f"{conversation_id}:{once}")


def joining(conversation_id: UUID, agent: Sender) -> Draft:
    """Return the entry that tells that an agent takes part, for whoever appends it with others."""
    return Draft.of_event(
        conversation_id,
        AgentJoined(agent.id, agent.name),
        sender=agent,
        client_msg_id=once_id(conversation_id, f"agent_joined:{agent.id}"),
    )


def draft_of(identity: Identity, new: NewMessage, conversation_id: UUID, client_msg_id: UUID) -> Draft:
    return Draft(
        conversation_id=conversation_id,
        lane=Lane.named(new.lane),
        sender=Sender(identity.user_id, identity.role, identity.name),
        client_msg_id=client_msg_id,
        message_id=uuid7(),
        target_seq=None if new.reply_to is UNSET else new.reply_to,
        body=encode(said_by(identity.role, new.content)),
        seen_seq=None if new.seen_seq is UNSET else new.seen_seq,
        team_seen_seq=None if new.team_seen_seq is UNSET else new.team_seen_seq,
    )


def change_of(
    identity: Identity, change: EditMessage | DeleteMessage | React, type: str, body: bytes
) -> Draft:
    """Return the entry that tells of something done to a message."""
    return Draft(
        conversation_id=change.conversation_id,
        lane=Lane.named(change.lane),
        type=type,
        sender=Sender(identity.user_id, identity.role, identity.name),
        client_msg_id=change.client_msg_id,
        message_id=uuid7(),
        target_seq=change.target_seq,
        body=body,
    )
