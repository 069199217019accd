"""Beside the log: who writes where no person does, how old messages are, what they read before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.protocol import Content, Sender
from app.spine.db import Database
from app.spine.log.entry import Draft, Lane, decode_content


async def select_system_user(db: Database) -> Sender:
    """Return the sender of events that nobody in particular has caused."""
    user_id = await db.fetchval("select id from users where role = 'system' order by id limit 1")
    return Sender(user_id, "system", "Fireside")


async def upsert_key_user(db: Database, key_id: int) -> Sender:
    """Return the sender of what a backend changes: a user under the name of its key, made when there is none.

    The system's own user is nobody's: a key that is called like it has another name here.
    """
    row = await db.fetchrow(
        """
        with system as (
            select id, name from users where role = 'system' order by id limit 1
        ), known as (
            select u.id, u.name
              from api_keys k
              join users u on u.id = k.user_id
             where k.id = $1 and u.id <> (select id from system)
        ), made as (
            insert into users as u (role, name)
            select 'system', k.name || case when k.name = s.name then ' (API)' else '' end
              from api_keys k
             cross join system s
             where k.id = $1 and not exists (select from known)
                on conflict (role, name) where role in ('bot', 'system') do update set name = u.name
            returning id, name
        ), noted as (
            update api_keys k set user_id = made.id from made where k.id = $1
        )
        select id, name from known union all select id, name from made
        """,
        key_id,
    )
    assert row is not None, "whoever asks has used the key"  # noqa: S101
    return Sender(row["id"], "system", row["name"])


async def is_too_old(db: Database, edit: Draft, *, seconds: int) -> bool:
    """Tell whether the message is older than that, and the edit not one that was stored already."""
    too_old: bool | None = await db.fetchval(
        """
        select e.created_at < clock_timestamp() - make_interval(secs => $6)
               and not exists (select from entries f
                                where f.conversation_id = e.conversation_id and f.sender_id = $4
                                  and f.client_msg_id = $5)
          from entries e
         where e.conversation_id = $1 and e.lane = $2 and e.seq = $3
        """,
        edit.conversation_id,
        edit.lane,
        edit.target_seq,
        edit.sender.id,
        edit.client_msg_id,
        seconds,
    )
    return bool(too_old)


class FormerText(Struct, frozen=True):
    """A text that an edit has replaced."""

    content: Content
    sender: Sender
    """The one who wrote it so."""
    created_at: datetime


async def select_former_texts(db: Database, conversation_id: UUID, lane: Lane, seq: int) -> list[FormerText]:
    """Return what a message read before each of its edits, oldest first. The caller has checked who asks."""
    rows = await db.fetch(
        """
        select f.body, e.created_at, u.id, u.role, u.name
          from former_texts f
          join entries e on e.conversation_id = f.conversation_id and e.lane = f.lane and e.seq = f.said_seq
          join users u on u.id = e.sender_id
         where f.conversation_id = $1 and f.lane = $2 and f.target_seq = $3
         order by f.said_seq
        """,
        conversation_id,
        lane,
        seq,
    )
    return [
        FormerText(
            decode_content(row["body"]), Sender(row["id"], row["role"], row["name"]), row["created_at"]
        )
        for row in rows
    ]
