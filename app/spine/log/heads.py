"""Heads, and what a reader is told of a conversation when joining it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from msgspec import UNSET, Struct, json

from app.protocol import Mark, Role
from app.spine.db import Database
from app.spine.identity import ReaderKind
from app.spine.log.epochs import EPOCH


class Claim(NamedTuple):
    """The last entries that a client says it has; without a `message_id` it says nothing of that lane."""

    seq: int = 0
    message_id: UUID | None = None
    team_seq: int = 0
    team_message_id: UUID | None = None


NOTHING = Claim()


class Knock(NamedTuple):
    """Somebody before a conversation."""

    conversation_id: UUID
    kind: ReaderKind
    reader_id: int
    claim: Claim = NOTHING


class Door(Struct, kw_only=True):
    """The knowledge that comes with the right to see a conversation."""

    last_seq: int
    team_last_seq: int
    customer_id: int
    agents: set[int]
    marks: list[Mark]
    epoch: str = ""
    """The log it was read from."""
    claim_holds: bool = True
    """Whether the log has what the client says to have of it."""


class MarkRow(Struct, array_like=True):
    user_id: int
    role: Role
    delivered_seq: int
    read_seq: int
    team_read_seq: int


decode_marks = json.Decoder(list[MarkRow]).decode


async def select_doors(db: Database, wanted: Iterable[Knock]) -> Mapping[Knock, Door]:
    """Return the doors that are open to whoever knocks; others are absent.

    A storm of joins is one statement. For those who may not see a conversation the answer is as if there were none.
    """
    keys = list(wanted)
    rows = await db.fetch(
        f"""
        select w.ord, h.last_seq, h.team_last_seq, c.customer_id, {EPOCH} as epoch,
               (w.message_id is null or exists (
                   select from entries e
                    where e.conversation_id = w.conversation_id and e.lane = 0 and e.seq = w.seq
                      and e.message_id = w.message_id))
               and (w.team_message_id is null or w.kind = 'customer' or exists (
                   select from entries e
                    where e.conversation_id = w.conversation_id and e.lane = 1 and e.seq = w.team_seq
                      and e.message_id = w.team_message_id)) as claim_holds,
               array(select a.user_id from conversation_agents a
                      where a.conversation_id = c.id and a.has_part) as agents,
               (select json_agg(json_build_array(m.user_id, u.role, m.delivered_seq, m.read_seq,
                                                  m.team_read_seq))
                  from marks m
                  join users u on u.id = m.user_id
                 where m.conversation_id = c.id) as marks
          from unnest($1::uuid[], $2::text[], $3::integer[], $4::bigint[], $5::uuid[], $6::bigint[], $7::uuid[])
               with ordinality
            as w (conversation_id, kind, reader_id, seq, message_id, team_seq, team_message_id, ord)
          join lateral visible(w.kind, w.reader_id) c on c.id = w.conversation_id
          join conversation_heads h on h.conversation_id = c.id
        """,
        [knock.conversation_id for knock in keys],
        [knock.kind for knock in keys],
        [knock.reader_id for knock in keys],
        [knock.claim.seq for knock in keys],
        [knock.claim.message_id for knock in keys],
        [knock.claim.team_seq for knock in keys],
        [knock.claim.team_message_id for knock in keys],
    )
    return {
        keys[row["ord"] - 1]: Door(
            epoch=row["epoch"] or "",
            claim_holds=row["claim_holds"],
            last_seq=row["last_seq"],
            team_last_seq=row["team_last_seq"],
            customer_id=row["customer_id"],
            agents=set(row["agents"]),
            marks=[
                Mark(
                    mark.user_id,
                    mark.role,
                    mark.delivered_seq,
                    mark.read_seq,
                    mark.team_read_seq if mark.role == "agent" else UNSET,
                )
                for mark in (decode_marks(row["marks"]) if row["marks"] else ())
            ],
        )
        for row in rows
    }


async def select_shut(db: Database, wanted: Iterable[Knock]) -> set[Knock]:
    """Return those of the knocks that no door opens to, or none any longer."""
    keys = list(wanted)
    rows = await db.fetch(
        """
        select w.ord
          from unnest($1::uuid[], $2::text[], $3::integer[]) with ordinality
            as w (conversation_id, kind, reader_id, ord)
         where not exists (select from visible(w.kind, w.reader_id) c where c.id = w.conversation_id)
        """,
        [knock.conversation_id for knock in keys],
        [knock.kind for knock in keys],
        [knock.reader_id for knock in keys],
    )
    return {keys[row["ord"] - 1] for row in rows}


async def select_newer_heads(
    db: Database, known: Iterable[tuple[UUID, int, int]]
) -> list[tuple[UUID, int, int]]:
    """Return (conversation, head, team head) where Postgres is ahead of the given (conversation, head, team head)."""
    rooms = list(known)
    rows = await db.fetch(
        """
        select h.conversation_id, h.last_seq, h.team_last_seq
          from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as k (conversation_id, last_seq, team_last_seq)
          join conversation_heads h on h.conversation_id = k.conversation_id
         where h.last_seq > k.last_seq or h.team_last_seq > k.team_last_seq
        """,
        [conversation_id for conversation_id, _, _ in rooms],
        [head for _, head, _ in rooms],
        [team_head for _, _, team_head in rooms],
    )
    return [(row["conversation_id"], row["last_seq"], row["team_last_seq"]) for row in rows]
