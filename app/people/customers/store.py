"""Customers and their sessions: a browser each, known by the hash of its token."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from msgspec import json

from app.people.customers.attributes import Attributes
from app.people.customers.device import Device
from app.spine.db import Database
from app.spine.identity import Identity, Reader

SAID = """
       name = case when u.name_by = 'agent' then u.name else coalesce({name}, u.name) end,
       name_by = case when u.name_by = 'agent' or {name} is null then u.name_by else 'signed' end,
       email = case when u.email_by = 'agent' then u.email else coalesce({email}, u.email) end,
       email_by = case when u.email_by = 'agent' or {email} is null then u.email_by else 'signed' end"""
"""The website's word replaces the one before it, and not what an agent wrote."""


async def insert_visitor(
    db: Database, token_hash: bytes, *, inbox_id: int, days: int, device: Device | None = None
) -> tuple[int, int, str]:
    """Create an anonymous customer with a session; return both ids, the session's first, and the name.

    The name is made of the number, so that two visitors can be told apart.
    """
    (row,) = await db.fetch(
        """
        with number as (
            select nextval(pg_get_serial_sequence('users', 'id'))::integer as id
        ), customer as (
            insert into users (id, role, name, inbox_id, device) overriding system value
            select id, 'customer', 'Visitor ' || 1000 + id, $2, $4::text::jsonb from number
            returning id, name
        ), session as (
            insert into sessions (token_hash, user_id, inbox_id, expires_at)
            select $1, id, $2, now() + make_interval(days => $3) from customer
            returning id
        )
        select session.id as session_id, customer.id as user_id, customer.name from session, customer
        """,
        token_hash,
        inbox_id,
        days,
        json.encode(device).decode() if device else None,
    )
    return row["session_id"], row["user_id"], row["name"]


async def insert_identified(
    db: Database,
    token_hash: bytes,
    *,
    inbox_id: int,
    external_id: str,
    name: str | None,
    email: str | None,
    days: int,
) -> tuple[int, int, str] | None:
    """Create a session for the customer whom the website knows as `external_id`, and the customer if need be.

    What the website says of name and address now replaces what it said before. None for a disabled customer.
    The known are looked up first: an insert that ends in a conflict has used up an id all the same.
    """
    row = await db.fetchrow(
        f"""
        with known as (
            update users u set {SAID.format(name="$4", email="$5")}
             where inbox_id = $2 and external_id = $3
            returning id, name, disabled_at
        ), made as (
            insert into users as u (role, name, name_by, email, email_by, inbox_id, external_id)
            select 'customer', coalesce($4, $5, 'Customer'), case when $4 is not null then 'signed' end,
                   $5, case when $5 is not null then 'signed' end, $2, $3
             where not exists (select from known)
                on conflict (inbox_id, external_id) where external_id is not null do update
               set {SAID.format(name="$4", email="$5")}
            returning id, name, disabled_at
        ), customer as (
            select * from known union all select * from made
        ), session as (
            insert into sessions (token_hash, user_id, inbox_id, expires_at)
            select $1, id, $2, now() + make_interval(days => $6) from customer where disabled_at is null
            returning id
        )
        select session.id as session_id, customer.id as user_id, customer.name from session, customer
        """,
        token_hash,
        inbox_id,
        external_id,
        name,
        email,
        days,
    )
    return (row["session_id"], row["user_id"], row["name"]) if row else None


async def update_session(
    db: Database, session_id: int, *, name: str | None, email: str | None, days: int
) -> str | None:
    """Prolong a session, take over what the website says of its customer, and return the customer's name.

    None if the session has ended meanwhile.
    """
    name_now: str | None = await db.fetchval(
        f"""
        with prolonged as (
            update sessions set expires_at = now() + make_interval(days => $4)
             where id = $1 and revoked_at is null
            returning user_id
        )
        update users u set {SAID.format(name="$2", email="$3")}
          from prolonged
         where u.id = prolonged.user_id
        returning u.name
        """,
        session_id,
        name,
        email,
        days,
    )
    return name_now


async def raise_session(
    db: Database,
    user_id: int,
    token_hash: bytes,
    *,
    external_id: str,
    name: str | None,
    email: str | None,
    days: int,
) -> str | None:
    """Make an anonymous customer the one whom the website knows as `external_id`; return their name.

    They stay the same customer and keep the conversation, under a new token: whoever else knew the old one
    must not be signed in with them (session fixation). None, and nothing changed, when there is such a
    customer already, or another tab was faster.
    """
    try:
        name_now: str | None = await db.fetchval(
            f"""
            with customer as (
                update users u
                   set external_id = $3, {SAID.format(name="$4", email="$5")}
                 where u.id = $1 and u.external_id is null and u.disabled_at is null
                   and not exists (select from users other
                                    where other.inbox_id = u.inbox_id and other.external_id = $3)
                returning u.id, u.inbox_id, u.name
            ), ended as (
                update sessions s set revoked_at = now()
                  from customer
                 where s.user_id = customer.id and s.revoked_at is null
            ), session as (
                insert into sessions (token_hash, user_id, inbox_id, expires_at)
                select $2, id, inbox_id, now() + make_interval(days => $6) from customer
            )
            select name from customer
            """,
            user_id,
            token_hash,
            external_id,
            name,
            email,
            days,
        )
    except asyncpg.UniqueViolationError:
        return None  # Another tab has just claimed the identity for its own customer.
    return name_now


async def update_device(db: Database, customer_id: int, device: Device) -> None:
    """Keep the device that a customer came with last; one that is the same as before changes nothing."""
    await db.execute(
        """
        update users u set device = new.device, card_version = u.card_version + 1
          from (select id,
                       $2::text::jsonb
                       || case when device ? 'zone' then jsonb_build_object('zone', device -> 'zone') else '{}' end
                       as device
                  from users where id = $1) new
         where u.id = new.id and u.device is distinct from new.device
        """,
        customer_id,
        json.encode(device).decode(),
    )


async def update_attributes(db: Database, customer_id: int, attributes: Attributes) -> None:
    """Keep what the website has signed of a customer, instead of what it signed before; the same changes nothing."""
    await db.execute(
        """
        update users
           set signed_attributes = $2::text::json, card_version = card_version + 1
         where id = $1 and disabled_at is null and coalesce(signed_attributes::text, '{}') <> $2
        """,
        customer_id,
        json.encode(attributes).decode(),
    )


async def update_zone(db: Database, customer_id: int, zone: str) -> None:
    """Keep the time zone of a customer's device."""
    await db.execute(
        """
        update users
           set device = coalesce(device, '{}') || jsonb_build_object('zone', $2::text), card_version = card_version + 1
         where id = $1 and device ->> 'zone' is distinct from $2
        """,
        customer_id,
        zone,
    )


async def revoke_session(db: Database, session_id: int) -> None:
    await db.execute(
        "update sessions set revoked_at = now() where id = $1 and revoked_at is null", session_id
    )


async def open_conversation(db: Database, customer_id: int, new_id: UUID) -> UUID:
    """Return the customer's open conversation; where there is none, create it as `new_id`."""
    conversation_id: UUID = await db.fetchval("select open_conversation($1, $2)", customer_id, new_id)
    return conversation_id


async def begin_conversation(
    db: Database, customer_id: int, new_id: UUID, *, client_id: UUID, most_open: int
) -> UUID | None:
    """Begin a further conversation as `new_id`, or return the one that has begun so; None if too many are open.

    One in which nothing was said yet is returned instead of another.
    """
    found: UUID | None = await db.fetchval(
        "select begin_conversation($1, $2, $3, $4)", customer_id, new_id, client_id, most_open
    )
    return found


async def select_resumable(db: Database, customer_id: int, *, wish: UUID | None = None) -> UUID | None:
    """Return the wish, if it is the customer's; else their latest that is open or that their next message opens."""
    found: UUID | None = await db.fetchval(
        """
        select c.id
          from visible('customer', $1) c
          join conversation_heads h on h.conversation_id = c.id
          join inboxes x on x.id = c.inbox_id
         where c.customer_id = $1
           and (c.id = $2 or c.status = 'open' or h.closed_at > now() - make_interval(days => x.reopen_days))
         order by c.id is not distinct from $2 desc, c.created_at desc, c.id desc
         limit 1
        """,
        customer_id,
        wish,
    )
    return found


async def has_others(db: Database, customer_id: int, conversation_id: UUID) -> bool:
    """Tell whether anything was said in another conversation of this customer."""
    found: bool = await db.fetchval(
        """
        select exists (select
                         from visible('customer', $1) c
                         join conversation_heads h on h.conversation_id = c.id
                        where c.customer_id = $1 and c.id <> $2 and h.last_seq > 0)
        """,
        customer_id,
        conversation_id,
    )
    return found


async def select_customer(db: Database, reader: Reader, conversation_id: UUID) -> Identity | None:
    """Return the customer of a conversation that this reader sees."""
    row = await db.fetchrow(
        "select u.id, u.name from visible($1, $2) c join users u on u.id = c.customer_id where c.id = $3",
        reader.kind,
        reader.id,
        conversation_id,
    )
    return Identity(user_id=row["id"], role="customer", name=row["name"]) if row else None
