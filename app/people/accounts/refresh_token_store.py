"""Sign-ins of agents: a family of refresh tokens each, of which only the newest is good."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from app.people.agent import Agent
from app.spine.db import Database

RACE_SECONDS = 10
"""Two tabs that refresh at once send the same token; the later one within this time is no thief."""


class Rotation(Struct, frozen=True, kw_only=True):
    verdict: Literal["good", "reused", "ended"]
    agent: Agent
    family: UUID
    expires_at: datetime


async def insert_refresh_token(
    db: Database, token_hash: bytes, *, family: UUID, user_id: int, days: int
) -> datetime:
    """Begin a family and return when it ends."""
    expires_at: datetime = await db.fetchval(
        """
        insert into refresh_tokens (token_hash, family, user_id, expires_at)
        values ($1, $2, $3, now() + make_interval(days => $4))
        returning expires_at
        """,
        token_hash,
        family,
        user_id,
        days,
    )
    return expires_at


async def rotate_refresh_token(
    db: Database, token_hash: bytes, successor_hash: bytes, *, days: int
) -> Rotation | None:
    """Replace a token by its successor; None for a token that nobody was given.

    The row is locked before it is judged, so of two at once one rotates and the other finds the token just
    used, which is good still: both get the same successor. Later than that it is good while nobody has used the
    successor: its answer was lost, or an older answer came after it and took the cookie back a step. Once in a
    row, or else a thief could follow the owner for ever, a step behind. Any other token that was used
    before is in the wrong hands now or was then, so its family ends.
    """
    row = await db.fetchrow(
        f"""
        with old as (
            select * from refresh_tokens where token_hash = $1 for update
        ), judged as (
            select old.family, old.used_at, u.id, u.name, u.email, u.is_admin,
                   now() + make_interval(days => $3) as new_expires_at,
                   old.used_at < clock_timestamp() - interval '{RACE_SECONDS} seconds' as is_late,
                   case when old.revoked_at is not null or old.expires_at < now() or u.disabled_at is not null
                        then 'ended'
                        when old.used_at < clock_timestamp() - interval '{RACE_SECONDS} seconds'
                         and (old.repeated_at is not null
                              or not exists (select from refresh_tokens next
                                              where next.token_hash = $2 and next.used_at is null))
                        then 'reused'
                        else 'good' end as verdict
              from old join users u on u.id = old.user_id
        ), used as (
            update refresh_tokens t set used_at = clock_timestamp()
              from judged j
             where t.token_hash = $1 and j.verdict = 'good' and j.used_at is null
        ), followed as (
            insert into refresh_tokens as next (token_hash, family, user_id, expires_at)
            select $2, family, id, new_expires_at from judged where verdict = 'good'
                on conflict (token_hash) do update set repeated_at = clock_timestamp()
             where (select is_late from judged)
        ), ended as (
            update refresh_tokens t set revoked_at = now()
              from judged j
             where t.family = j.family and j.verdict = 'reused' and t.revoked_at is null
        )
        select * from judged
        """,
        token_hash,
        successor_hash,
        days,
    )
    if row is None:
        return None
    agent = Agent(id=row["id"], name=row["name"], email=row["email"], is_admin=row["is_admin"])
    return Rotation(
        verdict=row["verdict"], agent=agent, family=row["family"], expires_at=row["new_expires_at"]
    )


async def revoke_family(db: Database, token_hash: bytes) -> int | None:
    """End the sign-in to which a token belongs; return whose it was, if it had not ended."""
    user_id: int | None = await db.fetchval(
        """
        update refresh_tokens set revoked_at = now()
         where family = (select family from refresh_tokens where token_hash = $1) and revoked_at is null
        returning user_id
        """,
        token_hash,
    )
    return user_id
