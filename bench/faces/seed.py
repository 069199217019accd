"""A shop after some years: 5,000 conversations, one of them with 10,000 messages."""

from __future__ import annotations

import hashlib
from uuid import UUID

import asyncpg

from app.operate.migrate import migrate
from app.people.provisioning.service import create_agent
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress

CONVERSATIONS = 5_000
MESSAGES = 10_000
INBOX = "faces"
EMAIL, PASSWORD = "grace@example.org", "a password for a bench"
LONG = "00000000-0000-7000-8000-000000000001"
"""The long conversation; its customer is the first of all."""

SEED = f"""
insert into inboxes (key, name, identity_secret, welcome)
values ('{INBOX}', 'Kettles', 'not used', 'Hello! Ask away.');
insert into users (role, name, inbox_id)
select 'customer', 'Customer ' || n, 1 from generate_series(1, {CONVERSATIONS}) n order by n;
insert into sessions (token_hash, user_id, inbox_id, expires_at)
select sha256(convert_to('session' || split_part(name, ' ', 2), 'UTF8')), id, 1, now() + interval '1 day'
  from users where role = 'customer';
insert into user_presence (user_id, status, last_seen)
select id, 'offline', now() - interval '1 hour' from users where role = 'customer';
insert into conversations (id, inbox_id, customer_id, bot_active)
select case n when 1 then '{LONG}'::uuid else md5('conversation' || n)::uuid end, 1, id, false
  from (select id, split_part(name, ' ', 2)::integer as n from users where role = 'customer') c;
"""

# Texts of one to some forty words, as people write them; every tenth is a short story.
WORDS = """
(select string_agg((array['kettle', 'blue', 'the', 'a', 'is', 'when', 'whistle', 'please', 'order', 'could', 'it',
                          'delivered', 'tomorrow', 'thanks', 'https://example.org/kettles'])
                   [1 + (m.n * 7 + w * w) % 15], ' ')
   from generate_series(1, 1 + m.n % 9 + case m.n % 10 when 0 then 30 else 0 end) w)
"""

ENTRIES = f"""
insert into entries
       (conversation_id, lane, seq, type, sender_id, client_msg_id, message_id, body, created_at)
select m.conversation_id, 0, m.seq, 'message_received',
       case m.seq % 2 when 1 then m.customer_id else (select min(id) from users where role = 'agent') end,
       gen_random_uuid(), gen_random_uuid(), jsonb_build_object('type', 'text', 'text', {WORDS}), m.at
  from (select c.id as conversation_id, c.customer_id, s.seq, c.customer_id * 3 + s.seq as n,
               -- One conversation a minute, the long one over half a year and the newest of all.
               now() - case c.id when '{LONG}' then ({MESSAGES} - s.seq) * interval '25 minutes'
                       else c.customer_id * interval '1 minute' - s.seq * interval '5 seconds' end as at
          from conversations c
         cross join lateral generate_series(1, case c.id when '{LONG}' then {MESSAGES} else 3 end) s (seq)) m;
insert into conversation_heads
       (conversation_id, last_seq, last_message_seq, unread, updated_at, active_at)
select conversation_id, max(seq), max(seq), (max(seq) % 2)::integer, max(created_at),
       date_trunc('minute', max(created_at))
  from entries group by conversation_id;
"""


def conversation_of(number: int) -> str:
    """Return the conversation of a customer, of whom the first has the long one."""
    if number == 1:
        return LONG
    return str(UUID(hashlib.md5(f"conversation{number}".encode(), usedforsecurity=False).hexdigest()))


async def seed(database_url: str) -> None:
    """Migrate a database and fill it."""
    await migrate(PostgresAddress.read(database_url))
    db = Database(PostgresAddress.read(database_url), pool_size=1)
    await db.connect()
    try:
        await create_agent(db, email=EMAIL, name="Grace", password=PASSWORD, role="agent")
    finally:
        await db.disconnect()
    connection = await asyncpg.connect(database_url)
    try:
        for statement in (SEED, ENTRIES, "vacuum analyze"):
            await connection.execute(statement)
    finally:
        await connection.close()
