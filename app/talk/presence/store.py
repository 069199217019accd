"""Presence, as Postgres remembers it: `migrations/functions/publish_presence.sql` says what it is worked out from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import UNSET

from app.protocol import ChosenStatus, Presence
from app.spine.db import Database

SEEN = """
       u.id, u.role, u.name, coalesce(p.status, 'offline') as status, p.last_seen,
       coalesce((extract(epoch from p.updated_at) * 1000)::bigint, 0) as version,
       u.chosen_status as chosen, u.status_text as text, u.status_emoji as emoji, u.chosen_until as until
"""
"""The same columns as those of the functions."""


async def update_choice(
    db: Database,
    user_id: int,
    *,
    status: ChosenStatus,
    text: str | None,
    emoji: str | None,
    until: datetime | None,
) -> list[Presence]:
    """Set an agent's own status, and return the presence that follows from it."""
    rows = await db.fetch(
        """
        with chosen as (
            update users
               set chosen_status = $2, status_text = nullif($3, ''), status_emoji = nullif($4, ''), chosen_until = $5
             where id = $1
            returning id
        )
        select p.* from chosen c, publish_presence(array[c.id], null, true) p
        """,
        user_id,
        next(stored for stored, choice in CHOICES.items() if choice == status),
        text,
        emoji,
        until,
    )
    return [presence_of(row) for row in rows]


async def select_presence(db: Database, user_ids: Collection[int]) -> dict[int, Presence]:
    """Return the presence of users by their id; whoever was never here is offline without `last_seen`."""
    rows = await db.fetch(
        f"""
        select {SEEN}
          from unnest($1::integer[]) as w (user_id)
          join users u on u.id = w.user_id
          left join user_presence p on p.user_id = u.id
        """,
        list(user_ids),
    )
    return {row["id"]: presence_of(row) for row in rows}


async def select_agents_here(db: Database) -> list[Presence]:
    """Return the agents who are here for customers."""
    rows = await db.fetch(
        f"""
        select {SEEN}
          from users u
          join user_presence p on p.user_id = u.id
         where u.role = 'agent' and u.disabled_at is null and p.status in ('online', 'busy')
        """
    )
    return [presence_of(row) for row in rows]


CHOICES: dict[str | None, ChosenStatus] = {
    None: "automatic",
    "online": "online",
    "away": "away",
    "busy": "busy",
    "offline": "invisible",
}
"""The status an agent has chosen, by how `users.chosen_status` has it."""


def presence_of(row: Any) -> Presence:
    """Return a presence as the person sees it themself."""
    if row["role"] != "agent":
        # A customer's name may be erased, and presences are remembered by every process.
        return Presence(
            user_id=row["id"],
            role=row["role"],
            status=row["status"],
            last_seen=row["last_seen"],
            version=row["version"],
        )
    return Presence(
        user_id=row["id"],
        role="agent",
        name=row["name"],
        status=row["status"],
        text=row["text"] or UNSET,
        emoji=row["emoji"] or UNSET,
        until=row["until"] or UNSET,
        assignable=row["status"] == "online",
        chosen=CHOICES[row["chosen"]],
        last_seen=row["last_seen"],
        version=row["version"],
    )
