"""Agents: people with a password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from app.db import Database


class Agent(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    email: str
    is_admin: bool


async def select_login(db: Database, email: str) -> tuple[Agent, str] | None:
    """Return the agent who signs in with this address, and the hash of the password."""
    row = await db.fetchrow(
        """
        select id, name, email, is_admin, password_hash
          from users
         where role = 'agent' and email = $1 and disabled_at is null and password_hash is not null
        """,
        email,
    )
    return (_agent(row), row["password_hash"]) if row else None


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
    return {(row["id"], row["family"]): _agent(row) for row in rows}


async def select_agent(db: Database, user_id: int) -> Agent | None:
    row = await db.fetchrow(
        """
        select id, name, email, is_admin from users
         where id = $1 and role = 'agent' and disabled_at is null
        """,
        user_id,
    )
    return _agent(row) if row else None


async def select_agents(db: Database) -> list[Agent]:
    rows = await db.fetch(
        """
        select id, name, email, is_admin from users
         where role = 'agent' and disabled_at is null
         order by lower(name), id
        """
    )
    return [_agent(row) for row in rows]


async def select_agents_online(db: Database) -> bool:
    """Tell whether any agent is here to answer."""
    online: bool = await db.fetchval(
        """
        select exists (select from user_presence p join users u on u.id = p.user_id
                        where u.role = 'agent' and u.disabled_at is null and p.status in ('online', 'busy'))
        """
    )
    return online


async def upsert_agent(
    db: Database, *, email: str, name: str, is_admin: bool | None, password_hash: str | None
) -> tuple[int, bool]:
    """Create the agent with this address or update them; return the id and whether they are new.

    None leaves what is there as it is; a new hash ends all sign-ins of the agent.
    """
    (row,) = await db.fetch(
        """
        with agent as (
            insert into users as u (role, email, name, is_admin, password_hash)
            values ('agent', $1, $2, coalesce($3, false), $4)
                on conflict (email) where role = 'agent' do update
               set name = excluded.name, is_admin = coalesce($3, u.is_admin), disabled_at = null,
                   password_hash = coalesce(excluded.password_hash, u.password_hash)
            returning id, xmax = 0 as created
        ), ended as (
            update refresh_tokens t set revoked_at = now()
              from agent
             where t.user_id = agent.id and t.revoked_at is null and $4::text is not null
        )
        select id, created from agent
        """,
        email,
        name,
        is_admin,
        password_hash,
    )
    return row["id"], row["created"]


async def select_agent_exists(db: Database, email: str) -> bool:
    """Tell whether there is an agent with this address, disabled or not."""
    found: bool = await db.fetchval(
        """
        select exists (select from users where role = 'agent' and email = $1)
        """,
        email,
    )
    return found


async def update_password_hash(db: Database, user_id: int, old: str, new: str) -> None:
    """Replace a hash by one of the same password under today's parameters, unless it changed meanwhile."""
    await db.execute(
        "update users set password_hash = $3 where id = $1 and password_hash = $2", user_id, old, new
    )


def _agent(row: Mapping[str, Any]) -> Agent:
    return Agent(id=row["id"], name=row["name"], email=row["email"], is_admin=row["is_admin"])
