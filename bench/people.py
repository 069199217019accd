"""The people of all runs: customers with a conversation each, agents, and a database that is copied for each run."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from app.operate.migrate import migrate
from app.people.tokens import sign_access_token
from app.values.postgres_address import PostgresAddress

CUSTOMERS = 10_000
AGENTS = 500
HISTORY = 3
"""Entries in each conversation at the start; who resumes has missed them."""
JWT_SECRET = secrets.token_urlsafe(32)

SEED = f"""
insert into inboxes (key, name, identity_secret) values ('bench', 'Bench', 'not used');
insert into users (role, name, inbox_id)
select 'customer', 'Customer ' || n, 1 from generate_series(1, {CUSTOMERS}) n;
insert into users (role, name, email)
select 'agent', 'Agent ' || n, 'agent' || n || '@example.org' from generate_series(1, {AGENTS}) n;
insert into sessions (token_hash, user_id, inbox_id, expires_at)
select sha256(convert_to('session' || split_part(name, ' ', 2), 'UTF8')), id, 1, now() + interval '1 day'
  from users where role = 'customer';
insert into conversations (id, inbox_id, customer_id, bot_active)
select md5('conversation' || split_part(name, ' ', 2))::uuid, 1, id, false from users where role = 'customer';
insert into conversation_heads (conversation_id, last_seq, last_message_seq)
select id, {HISTORY}, {HISTORY} from conversations;
insert into entries (conversation_id, lane, seq, type, sender_id, client_msg_id, message_id, body)
select id, 0, n, 'message_received', customer_id, gen_random_uuid(), gen_random_uuid(),
       '{{"type": "text", "text": "Hello"}}'
  from conversations, generate_series(1, {HISTORY}) n;

-- Where the peers keep their messages, as the requirements describe it: a row each, in the order of an id.
create table peer_messages (
    id              bigint generated always as identity primary key,
    conversation_id uuid not null references conversations (id),
    sender_id       integer not null references users (id),
    client_msg_id   uuid not null,
    message_id      uuid not null,
    body            jsonb not null,
    created_at      timestamptz not null default clock_timestamp()
);
create index peer_messages_conversation on peer_messages (conversation_id, id);
insert into peer_messages (conversation_id, sender_id, client_msg_id, message_id, body)
select conversation_id, sender_id, client_msg_id, message_id, body from entries order by seq;
"""


FILL = """
insert into entries (conversation_id, lane, seq, type, sender_id, client_msg_id, message_id, body)
select c.id, 0, h.last_seq + n, 'message_received', c.customer_id, gen_random_uuid(), gen_random_uuid(),
       '{"type": "text", "text": "Is the blue one also available in a larger size?"}'
  from (select * from conversations order by id limit 1000) c
  join conversation_heads h on h.conversation_id = c.id
 cross join generate_series(1, $1::integer / 1000) n
"""
HEADS = """
update conversation_heads h set last_seq = e.seq, last_message_seq = e.seq
  from (select conversation_id, max(seq) as seq from entries group by conversation_id) e
 where e.conversation_id = h.conversation_id and e.seq > h.last_seq
"""


class Person(TypedDict, total=False):
    token: str
    is_agent: bool
    conversations: list[str]


class People(TypedDict):
    customers: list[Person]
    agents: list[Person]


def conversation_id(number: int) -> str:
    return str(UUID(hashlib.md5(f"conversation{number}".encode(), usedforsecurity=False).hexdigest()))


def people(agent_ids: list[int]) -> People:
    """Return everybody with their tokens: the same customers in every database, the agents by their ids."""
    return {
        "customers": [
            {"token": f"session{number}", "conversations": [conversation_id(number)]}
            for number in range(1, CUSTOMERS + 1)
        ],
        "agents": [
            {
                "token": sign_access_token(user_id, None, secret=JWT_SECRET, seconds=86_400).token,
                "is_agent": True,
            }
            for user_id in agent_ids
        ],
    }


async def seed(database_url: str) -> list[int]:
    """Migrate the database that all others are copied from, fill it, and return the agents' ids."""
    await migrate(PostgresAddress.read(database_url))
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(SEED)
        # Nothing of this was written by an older version, so there is nothing to amend while it is measured.
        await connection.execute("delete from installation where name = 'amended_up_to'")
        await connection.execute("vacuum analyze")
        rows = await connection.fetch("select id from users where role = 'agent' order by id")
        return [row["id"] for row in rows]
    finally:
        await connection.close()


@asynccontextmanager
async def copy_of(template_url: str) -> AsyncIterator[str]:
    """Copy the seeded database for one run, with nothing left to write from the run before."""
    parts = urlsplit(template_url)
    name = f"bench_{secrets.token_hex(4)}"
    connection = await asyncpg.connect(template_url, database="postgres")
    try:
        await connection.execute(f'create database {name} template "{parts.path[1:]}"')
        await connection.execute("checkpoint")
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        await connection.execute(f"drop database if exists {name} with (force)")
        await connection.close()


async def fill(database_url: str, entries: int) -> None:
    """Store so many entries more, over 1,000 conversations."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(FILL, entries)
        await connection.execute(HEADS)
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()
