"""Copies of the migrated database, made and dropped in milliseconds."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg


@asynccontextmanager
async def fresh_database(template_url: str) -> AsyncIterator[str]:
    """Copy the database of `template_url`, which nobody may be connected to, for the time of the block."""
    template = urlsplit(template_url)
    name = f"test_{uuid.uuid4().hex}"
    await _as_superuser(template_url, f'create database {name} template "{template.path[1:]}"')
    try:
        yield urlunsplit(template._replace(netloc=template.netloc, path=f"/{name}"))
    finally:
        await _as_superuser(template_url, f"drop database {name} with (force)")


async def without_care(url: str) -> None:
    """Let an engine write to the disk when it likes: each drop of a database is a checkpoint."""
    await _as_superuser(url, "alter system set fsync = off", "select pg_reload_conf()")


async def _as_superuser(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url, database="postgres")
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
