"""Statements of the operator's commands and checks."""

from __future__ import annotations

from app.spine.db import Database


async def select_true(db: Database) -> bool:
    """Return True, if Postgres answers at all."""
    return bool(await db.fetchval("select true"))


async def count_tables(db: Database) -> int:
    """Return how many tables the database has that are ours to fill."""
    tables: int = await db.fetchval("select count(*) from pg_tables where schemaname = current_schema()")
    return tables
