"""Keys of backends, known by their hashes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from app.db import Database


class ApiKey(Struct, frozen=True):
    id: int
    name: str


async def select_api_keys(db: Database, key_hashes: Sequence[bytes]) -> dict[bytes, ApiKey]:
    rows = await db.fetch(
        "select key_hash, id, name from api_keys where key_hash = any ($1::bytea[]) and revoked_at is null",
        key_hashes,
    )
    return {row["key_hash"]: ApiKey(row["id"], row["name"]) for row in rows}


async def insert_api_key(db: Database, name: str, key_hash: bytes) -> int | None:
    """Keep a key and return its id, or None when the name is taken."""
    key_id: int | None = await db.fetchval(
        "insert into api_keys (name, key_hash) values ($1, $2) on conflict (name) do nothing returning id",
        name,
        key_hash,
    )
    return key_id


async def upsert_api_key(db: Database, name: str, key_hash: bytes) -> int:
    """Keep a key under this name, in the place of an older one, which is good no longer."""
    key_id: int = await db.fetchval(
        """
        insert into api_keys (name, key_hash) values ($1, $2)
            on conflict (name) do update
           set key_hash = excluded.key_hash, revoked_at = null, created_at = now()
        returning id
        """,
        name,
        key_hash,
    )
    return key_id
