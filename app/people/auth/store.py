"""Identities that may no longer be here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.people.agent import Agent, agent_of
from app.spine.db import Database
from app.spine.identity import ApiKey, Identity


async def select_revoked(db: Database, identities: Sequence[Identity]) -> list[int]:
    """Return the indexes of those whose user is disabled, or whose session or sign-in has ended."""
    rows = await db.fetch(
        """
        select i.ord - 1 as index
          from unnest($1::integer[], $2::bigint[], $3::uuid[]) with ordinality
            as i (user_id, session_id, family, ord)
         where not exists (select from users u where u.id = i.user_id and u.disabled_at is null)
            or (i.session_id is not null
                and not exists (select from sessions s
                                 where s.id = i.session_id and s.revoked_at is null and s.expires_at > now()))
            or (i.family is not null
                and not exists (select from refresh_tokens t
                                 where t.family = i.family and t.revoked_at is null))
        """,
        [identity.user_id for identity in identities],
        [identity.session_id for identity in identities],
        [identity.family for identity in identities],
    )
    return [row["index"] for row in rows]


async def select_signed_in(
    db: Database, keys: Sequence[tuple[int, UUID | None]]
) -> dict[tuple[int, UUID | None], Agent]:
    """Return the agents whose (id, sign-in) is good: not disabled, and the sign-in not ended.

    A token without a sign-in stands on its own until it expires.
    """
    rows = await db.fetch(
        """
        select k.family, u.id, u.name, u.email, u.is_admin
          from unnest($1::integer[], $2::uuid[]) as k (user_id, family)
          join users u on u.id = k.user_id and u.role = 'agent' and u.disabled_at is null
         where k.family is null
            or exists (select from refresh_tokens t
                        where t.family = k.family and t.user_id = u.id and t.revoked_at is null)
        """,
        [user_id for user_id, _ in keys],
        [family for _, family in keys],
    )
    return {(row["id"], row["family"]): agent_of(row) for row in rows}


class Session(Struct, frozen=True, kw_only=True):
    id: int
    user_id: int
    name: str
    inbox_id: int
    external_id: str | None
    expires_at: datetime
    has_expired: bool


async def select_sessions(db: Database, token_hashes: Sequence[bytes]) -> dict[bytes, Session]:
    """Return the sessions with these tokens, expired ones included, revoked ones not."""
    rows = await db.fetch(
        """
        select s.token_hash, s.id, s.user_id, u.name, s.inbox_id, u.external_id, s.expires_at,
               s.expires_at <= now() as has_expired
          from sessions s
          join users u on u.id = s.user_id and u.disabled_at is null
         where s.token_hash = any ($1::bytea[]) and s.revoked_at is null
        """,
        token_hashes,
    )
    return {
        row["token_hash"]: Session(
            id=row["id"],
            user_id=row["user_id"],
            name=row["name"],
            inbox_id=row["inbox_id"],
            external_id=row["external_id"],
            expires_at=row["expires_at"],
            has_expired=row["has_expired"],
        )
        for row in rows
    }


async def update_seen_at(db: Database, session_id: int) -> None:
    await db.execute("update sessions set seen_at = now() where id = $1", session_id)


async def select_api_keys(db: Database, key_hashes: Sequence[bytes]) -> dict[bytes, ApiKey]:
    rows = await db.fetch(
        "select key_hash, id, name from api_keys where key_hash = any ($1::bytea[]) and revoked_at is null",
        key_hashes,
    )
    return {row["key_hash"]: ApiKey(row["id"], row["name"]) for row in rows}
