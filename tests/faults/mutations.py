"""The schema without one of its guards, to see whether the referee notices."""

from __future__ import annotations

import asyncpg

LOCK = "\n               for update) h;"
DEDUP = "and first.client_msg_id = i.client_msg_id"
END = "\nend\n$function$"
PRIMARY_KEY = """
    alter table entries drop constraint entries_pkey;
    create index on entries (conversation_id, lane, seq);
"""
UNIQUE_KEY = """
    alter table entries drop constraint entries_conversation_id_sender_id_client_msg_id_key;
    create index on entries (conversation_id, sender_id, client_msg_id);
"""
NEWEST = """
    select pg_get_functiondef(oid) from pg_proc where proname = 'append_entries' order by pronargs desc limit 1
"""
"""The text of the function that this version calls; the version before has one with fewer arguments."""
MUTATIONS = ("dedup", "lock")
"""Guards that `mutate` can take out of a database. The constraints go too: with them the harm would be refused."""


async def mutate(database_url: str, guard: str) -> None:
    """Take a guard out of the database."""
    connection = await asyncpg.connect(database_url)
    try:
        source = await connection.fetchval(NEWEST)
        if guard == "dedup":
            await connection.execute(UNIQUE_KEY)
            await connection.execute(replaced(source, DEDUP, "and false"))
        else:
            await connection.execute(PRIMARY_KEY)
            # A pause before the commit: what can overlap does so every time.
            source = replaced(source, END, "\n    perform pg_sleep(0.1);" + END)
            await connection.execute(replaced(source, LOCK, ") h;"))
    finally:
        await connection.close()


def replaced(source: str, old: str, new: str) -> str:
    assert source.count(old) == 1, f"the schema has changed: there is no {old!r}"
    return source.replace(old, new)
