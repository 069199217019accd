"""Heads, and what a reader is told of a conversation when joining it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from msgspec import Struct, json

from app.db import Database
from app.identity import Role
from app.protocol import Mark


class Door(Struct):
    """What one may know of a conversation that one may see."""

    last_seq: int
    team_last_seq: int
    customer_id: int
    agents: set[int]
    marks: list[Mark]


class MarkRow(Struct, array_like=True):
    user_id: int
    role: Role
    delivered_seq: int
    read_seq: int


decode_marks = json.Decoder(list[MarkRow]).decode


async def select_doors(
    db: Database, wanted: Iterable[tuple[UUID, int, bool]]
) -> Mapping[tuple[UUID, int, bool], Door]:
    """Return the doors that are open to each (conversation, user, whether the user is an agent); others are absent.

    A storm of joins is one statement. Whoever may not see a conversation gets the same answer as if there were none.
    """
    keys = list(wanted)
    rows = await db.fetch(
        """
        select w.conversation_id, w.user_id, w.is_agent, h.last_seq, h.team_last_seq, c.customer_id,
               array(select a.user_id from conversation_agents a
                      where a.conversation_id = c.id and a.has_part) as agents,
               (select json_agg(json_build_array(m.user_id, u.role, m.delivered_seq, m.read_seq))
                  from marks m
                  join users u on u.id = m.user_id
                 where m.conversation_id = c.id) as marks
          from unnest($1::uuid[], $2::integer[], $3::boolean[]) as w (conversation_id, user_id, is_agent)
          join conversations c on c.id = w.conversation_id and (w.is_agent or c.customer_id = w.user_id)
          join conversation_heads h on h.conversation_id = c.id
        """,
        [conversation_id for conversation_id, _, _ in keys],
        [user_id for _, user_id, _ in keys],
        [is_agent for _, _, is_agent in keys],
    )
    return {
        (row["conversation_id"], row["user_id"], row["is_agent"]): Door(
            last_seq=row["last_seq"],
            team_last_seq=row["team_last_seq"],
            customer_id=row["customer_id"],
            agents=set(row["agents"]),
            marks=[
                Mark(mark.user_id, mark.role, mark.delivered_seq, mark.read_seq)
                for mark in (decode_marks(row["marks"]) if row["marks"] else ())
            ],
        )
        for row in rows
    }


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


async def select_changed(db: Database, since: str | None) -> tuple[list[tuple[UUID, int]], str]:
    """Return (conversation, version) of what was committed since a snapshot, and the snapshot to go on from.

    Whatever commits late is in the first snapshot that sees it, so nothing is missed and nothing comes twice: the
    comparison is of transactions, not of clocks. None in place of a snapshot stands for this moment.
    """
    rows = await db.fetch(
        """
        with now as materialized (select pg_current_snapshot() as snapshot)
        select snapshot::text, null::uuid as conversation_id, null::bigint as version from now
         union all
        select null, h.conversation_id, h.version
          from conversation_heads h
         where h.changed_block >= change_block(pg_snapshot_xmin($1::text::pg_snapshot))
           and h.changed_block <= change_block(pg_snapshot_xmax(pg_current_snapshot()))
           and not pg_visible_in_snapshot(h.changed_in, $1::text::pg_snapshot)
           -- A dump keeps the numbers of the transactions of where it was made; they mean nothing here.
           and pg_visible_in_snapshot(h.changed_in, (select snapshot from now))
        """,
        since,
    )
    [snapshot] = [row["snapshot"] for row in rows if row["snapshot"]]
    return [(row["conversation_id"], row["version"]) for row in rows if not row["snapshot"]], snapshot
