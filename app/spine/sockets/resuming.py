"""Go on where a client has left off, or tell it to load anew."""

from __future__ import annotations

import asyncio
from typing import TypeVar
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, structs

from app.errors import NotFound, Retryable
from app.protocol import JoinConversation, Resumed, Since
from app.spine.identity import Identity
from app.spine.log.heads import Claim, Door
from app.spine.rooms.room import Room
from app.spine.rooms.rooms import Rooms
from app.spine.rooms.seen import marks_for
from app.spine.sockets.company import Company

Given = TypeVar("Given")
MARKS = 300
"""Marks and typists in one `reconnected`, of some 100 bytes each: beside 160 conversations, which are as many as a
first frame can name, they fit into 64 KiB."""
PAUSE_SECONDS = 0.2
"""Pause between two tries while Postgres is away."""


class Place(Struct):
    """A client's way back into one conversation: what it is told, and the pinned room with its cursors."""

    conversation_id: UUID
    told: Resumed
    room: Room | None = None
    cursors: tuple[int, ...] = ()


class Standing(Struct):
    """A client's word about where it stands: what it has of each lane, None for nothing, and of which log."""

    since: int | None
    team_since: int | None
    epoch: str | None
    claim: Claim

    @classmethod
    def of(cls, given: Since | JoinConversation) -> Standing:
        team_since, epoch = given_or_none(given.team_since), given_or_none(given.epoch)
        message_id, team_message_id = given_or_none(given.message_id), given_or_none(given.team_message_id)
        return cls(
            given.since,
            team_since,
            epoch,
            Claim(given.since or 0, message_id, team_since or 0, team_message_id),
        )

    def cursors_at(self, door: Door, *, lanes: int) -> tuple[int, ...]:
        """Return the cursors to go on from, by lane; none is beyond the head."""
        heads = (door.last_seq, door.team_last_seq)[:lanes]
        return tuple(
            head if since is None else min(since, head)
            for since, head in zip((self.since, self.team_since), heads, strict=False)
        )

    def is_void(self, door: Door, *, lanes: int) -> bool:
        """Whether the client has seen a future that is gone, and has to load anew.

        It is ahead of the log, or has another entry where it stands, or was in another epoch, whatever the numbers.
        """
        heads = (door.last_seq, door.team_last_seq)[:lanes]
        ahead = any(
            since is not None and since > head
            for since, head in zip((self.since, self.team_since), heads, strict=False)
        )
        return ahead or self.epoch not in (None, door.epoch) or not door.claim_holds


async def resume(
    rooms: Rooms, company: Company, identity: Identity, conversation_id: UUID, since: Since
) -> Place:
    """Open the room of a conversation for a client that was there before. `since` may be of last year."""
    standing = Standing.of(since)
    try:
        room, door = await _pin_patiently(rooms, identity, conversation_id, standing.claim)
    except NotFound:
        return Place(conversation_id, Resumed(status="forbidden"))
    lanes = 2 if identity.is_agent else 1
    void = standing.is_void(door, lanes=lanes)
    told = Resumed(
        status="reset" if void else "ok",
        head=door.last_seq,
        team_head=door.team_last_seq if identity.is_agent else UNSET,
        epoch=door.epoch,
        marks=marks_for(identity, door.marks),
        typing=company.typing(conversation_id, except_user_id=identity.user_id),
    )
    # Its reload reaches to the head.
    heads = (door.last_seq, door.team_last_seq)[:lanes]
    return Place(conversation_id, told, room, heads if void else standing.cursors_at(door, lanes=lanes))


def given_or_none(value: Given | UnsetType | None) -> Given | None:
    return None if isinstance(value, UnsetType) else value


def fitting(told: dict[UUID, Resumed]) -> dict[UUID, Resumed]:
    """Leave out marks and typing where they would make a frame too large; the client joins there to learn them."""
    room = MARKS
    for conversation_id, resumed in told.items():
        room -= len(resumed.marks or ()) + len(resumed.typing or ())
        if room < 0:
            told[conversation_id] = structs.replace(resumed, marks=UNSET, typing=UNSET)
    return told


async def _pin_patiently(
    rooms: Rooms, identity: Identity, conversation_id: UUID, claim: Claim
) -> tuple[Room, Door]:
    """Open a room, waiting while Postgres is away: the client is in, and has nothing to lose by waiting."""
    while True:
        try:
            return await rooms.pin(identity, conversation_id, claim)
        except Retryable:
            await asyncio.sleep(PAUSE_SECONDS)
