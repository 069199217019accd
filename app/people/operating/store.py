"""Lists for an operator of everyone and everything there is, and how they end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.spine.db import Database


class AgentRow(Struct, frozen=True, kw_only=True):
    id: int
    email: str
    name: str
    role: str
    disabled_at: datetime | None
    last_seen: datetime | None
    sign_ins: int


class ApiKeyRow(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    created_at: datetime
    revoked_at: datetime | None


async def select_agent_rows(db: Database) -> list[AgentRow]:
    rows = await db.fetch(
        """
        select u.id, u.email, u.name, case when u.is_admin then 'admin' else 'agent' end as role, u.disabled_at,
               p.last_seen,
               (select count(distinct t.family) from refresh_tokens t
                 where t.user_id = u.id and t.revoked_at is null and t.used_at is null and t.expires_at > now())
                   as sign_ins
          from users u
          left join user_presence p on p.user_id = u.id
         where u.role = 'agent'
         order by u.disabled_at is not null, lower(u.name), u.id
        """
    )
    return [AgentRow(**row) for row in rows]


async def select_api_key_rows(db: Database) -> list[ApiKeyRow]:
    rows = await db.fetch(
        """
        select id, name, created_at, revoked_at from api_keys order by revoked_at is not null, lower(name)
        """
    )
    return [ApiKeyRow(**row) for row in rows]


async def select_agent_id(db: Database, email: str) -> int | None:
    """Return the agent with this folded address, disabled or not."""
    user_id: int | None = await db.fetchval("select id from users where role = 'agent' and email = $1", email)
    return user_id


async def disable_agent(db: Database, user_id: int) -> bool:
    """Let an agent in no more, and end all sign-ins; tell whether that is news."""
    is_news: bool = await db.fetchval(
        """
        with ended as (
            update refresh_tokens set revoked_at = now() where user_id = $1 and revoked_at is null
        ), disabled as (
            update users set disabled_at = now() where id = $1 and disabled_at is null returning id
        )
        select exists (select from disabled)
        """,
        user_id,
    )
    return is_news


async def select_admin_left(db: Database) -> bool:
    """Tell whether any admin may still sign in."""
    is_left: bool = await db.fetchval(
        "select exists (select from users where role = 'agent' and is_admin and disabled_at is null)"
    )
    return is_left


async def replace_password(db: Database, user_id: int, password_hash: str) -> None:
    """Set an agent's password and end all sign-ins."""
    await db.execute(
        """
        with ended as (
            update refresh_tokens set revoked_at = now() where user_id = $1 and revoked_at is null
        )
        update users set password_hash = $2 where id = $1
        """,
        user_id,
        password_hash,
    )


async def end_sign_ins(db: Database, user_id: int) -> int:
    """End an agent's sign-ins; return how many there were."""
    count: int = await db.fetchval(
        """
        with ended as (
            update refresh_tokens set revoked_at = now()
             where user_id = $1 and revoked_at is null
            returning family, used_at, expires_at
        )
        select count(distinct family) from ended where used_at is null and expires_at > now()
        """,
        user_id,
    )
    return count


async def end_sessions(db: Database, user_id: int) -> int:
    """End a customer's sessions, on all browsers; return how many there were."""
    count: int = await db.fetchval(
        """
        with ended as (
            update sessions set revoked_at = now() where user_id = $1 and revoked_at is null returning expires_at
        )
        select count(*) from ended where expires_at > now()
        """,
        user_id,
    )
    return count


async def revoke_api_key(db: Database, name: str) -> bool | None:
    """Revoke the key of this name; False if it was already, None if there is none."""
    was_good: bool | None = await db.fetchval(
        """
        with revoked as (
            update api_keys set revoked_at = now() where name = $1 and revoked_at is null returning id
        )
        select exists (select from revoked) from api_keys where name = $1
        """,
        name,
    )
    return was_good


class Customer(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    email: str | None
    inbox: str


async def select_customers(
    db: Database, *, user_id: int | None = None, conversation_id: UUID | None = None, email: str | None = None
) -> list[Customer]:
    """Return the customers with this number, in this conversation or with this address."""
    rows = await db.fetch(
        """
        select u.id, u.name, u.email, x.name as inbox
          from users u
          join inboxes x on x.id = u.inbox_id
         where u.role = 'customer'
           and (u.id = $1 or u.id = (select customer_id from conversations where id = $2)
                or lower(u.email) = lower($3))
         order by u.id
        """,
        user_id,
        conversation_id,
        email,
    )
    return [Customer(**row) for row in rows]
