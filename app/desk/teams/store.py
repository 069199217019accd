"""Teams, their members and inboxes, and the agents whose sight has changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal
from uuid import UUID

from msgspec import Struct

from app.spine.db import Database
from app.spine.identity import Reader

Verdict = Literal["done", "not_found", "name_taken", "no_agent", "no_inbox", "holds_inbox"]
"""See migrations/functions/change_team.sql."""


class Team(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    member_ids: list[int]
    inbox_ids: list[int]
    """Inboxes that are there for its members alone, and for those of the other teams that have them."""


class Changes(Struct, frozen=True, kw_only=True):
    """The difference between two looks."""

    snapshot: str
    """The one to go on from."""
    has_changed: bool
    """Whether any team has."""
    agent_ids: list[int]
    """Agents who see other inboxes than before."""


async def select_teams(db: Database, reader: Reader, *, sees_all: bool) -> list[Team]:
    """Return the teams by name, with the members who are not disabled and the inboxes that this reader may see."""
    rows = await db.fetch(
        """
        select t.id, t.name,
               array(select m.user_id from team_members m join users u on u.id = m.user_id
                      where m.team_id = t.id and u.disabled_at is null
                      order by lower(u.name), u.id) as member_ids,
               array(select i.inbox_id from team_inboxes i
                      where i.team_id = t.id
                        and ($3 or exists (select from visible_inboxes($1, $2) x where x.id = i.inbox_id))
                      order by i.inbox_id) as inbox_ids
          from teams t
         where t.deleted_at is null
         order by lower(t.name), t.id
        """,
        reader.kind,
        reader.id,
        sees_all,
    )
    return [Team(**row) for row in rows]


async def select_team_name(db: Database, team_id: int) -> str | None:
    name: str | None = await db.fetchval(
        "select name from teams where id = $1 and deleted_at is null", team_id
    )
    return name


async def select_team_sight(db: Database, team_id: int, conversation_id: UUID) -> tuple[str, bool] | None:
    """Return a team's name, and whether its members may see a conversation; None where there is no such team."""
    row = await db.fetchrow(
        """
        select t.name, exists (select from visible_to_team(t.id) c where c.id = $2) as may_see
          from teams t
         where t.id = $1 and t.deleted_at is null
        """,
        team_id,
        conversation_id,
    )
    return (row["name"], row["may_see"]) if row else None


async def change_team(
    db: Database,
    team_id: int | None,
    *,
    name: str | None = None,
    member_ids: Collection[int] | None = None,
    inbox_ids: Collection[int] | None = None,
    is_deleted: bool = False,
) -> tuple[int, Verdict]:
    """Make a team (`team_id` None), change what is given, or delete it; return its id, and whether that was done."""
    row = await db.fetchrow(
        "select * from change_team($1, $2, $3, $4, $5)",
        team_id,
        name,
        None if member_ids is None else list(member_ids),
        None if inbox_ids is None else list(inbox_ids),
        is_deleted,
    )
    assert row is not None, "the function returns one"  # noqa: S101
    return row["team_id"], row["verdict"]


async def select_changes(db: Database, since: str | None) -> Changes:
    """Return what was committed since a snapshot; None stands for this moment."""
    row = await db.fetchrow(
        """
        with now as materialized (select pg_current_snapshot() as snapshot)
        select snapshot::text,
               -- A dump keeps the numbers of the transactions of where it was made; they mean nothing here.
               exists (select from installation i
                        where i.name = 'teams_changed_in'
                          and not pg_visible_in_snapshot(i.value::xid8, $1::text::pg_snapshot)
                          and pg_visible_in_snapshot(i.value::xid8, snapshot)) as has_changed,
               array(select s.user_id from sight_changes s
                      where not pg_visible_in_snapshot(s.changed_in, $1::text::pg_snapshot)
                        and pg_visible_in_snapshot(s.changed_in, snapshot)) as agent_ids
          from now
        """,
        since,
    )
    assert row is not None, "it selects from a row"  # noqa: S101
    return Changes(**row)
