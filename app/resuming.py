"""Go on where a client has left off."""

from __future__ import annotations

import asyncio
from uuid import UUID

from msgspec import UNSET, Struct

from app.errors import NotFound, Retryable
from app.identity import Identity
from app.protocol import Resumed, Since
from app.services.room import Room
from app.services.rooms import Rooms
from app.store.heads import Door

PAUSE_SECONDS = 0.2
"""Between two tries while Postgres is away."""


class Place(Struct):
    """Where a client goes on in one conversation: what it is told, and the pinned room with its cursors."""

    conversation_id: UUID
    told: Resumed
    room: Room | None = None
    cursors: tuple[int, ...] = ()


async def resume(rooms: Rooms, identity: Identity, conversation_id: UUID, since: Since) -> Place:
    """Open the room of a conversation for a client that was there before.

    `since` may be of last year. A client that is ahead of the log has seen a future that is gone, for the database was
    restored: it is told to load anew, and goes on from the head.
    """
    try:
        room, door = await _open_patiently(rooms, identity, conversation_id)
    except NotFound:
        return Place(conversation_id, Resumed(status="forbidden"))
    lanes = 2 if identity.is_agent else 1
    heads: tuple[int, ...] = (door.last_seq, door.team_last_seq)[:lanes]
    team_since = door.team_last_seq if since.team_since is UNSET else since.team_since
    cursors = (since.since, team_since)[:lanes]
    ahead = any(cursor > head for cursor, head in zip(cursors, heads, strict=True))
    told = Resumed(
        status="reset" if ahead else "ok",
        head=door.last_seq,
        team_head=door.team_last_seq if identity.is_agent else UNSET,
    )
    return Place(conversation_id, told, room, heads if ahead else cursors)


async def _open_patiently(rooms: Rooms, identity: Identity, conversation_id: UUID) -> tuple[Room, Door]:
    """Open a room, waiting while Postgres is away: the client is in, and has nothing to lose by waiting."""
    while True:
        try:
            return await rooms.open(identity, conversation_id)
        except Retryable:
            await asyncio.sleep(PAUSE_SECONDS)
