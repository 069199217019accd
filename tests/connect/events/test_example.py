"""The program in docs/readers.md, run as it stands there, before two processes that lose their Redis."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from uuid import uuid4

import httpx2

from app.people.provisioning.service import create_api_key
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress
from tests.own_valkey import Valkey
from tests.server.installation import Installation, Person
from tests.server.processes import Server

ROOT = Path(__file__).parents[3]


class Program:
    """The example, in a directory of its own."""

    def __init__(self, directory: Path, server: Server, key: str) -> None:
        page = (ROOT / "docs" / "readers.md").read_text(encoding="utf-8")
        [text] = re.findall(r"^```python\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
        (directory / "program.py").write_text(text, encoding="utf-8")
        self._directory = directory
        self._environment = {"FIRESIDE": server.url, "API_KEY": key}

    async def start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "program.py",
            cwd=self._directory,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
        )


async def heard(process: asyncio.subprocess.Process, count: int) -> list[str]:
    """Return so many lines: each the id, the type and the seq of an entry."""
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(count)]
    assert all(lines), "the program has ended"
    return lines


async def say(server: Server, person: Person, text: str) -> str:
    """Let a customer say something; return what the program prints of it."""
    path = f"{server.url}/chat/conversations/{person.conversation_id}/messages"
    message = {"client_msg_id": str(uuid4()), "content": {"type": "text", "text": text}}
    async with httpx2.AsyncClient(headers=person.headers) as http:
        stored = (await http.post(path, json=message)).json()
    return f"{stored['message_id']} message_received {stored['seq']}"


async def test_the_documented_program_hears_everything_whatever_dies(
    database_url: str, own_valkey: Valkey, tmp_path: Path
) -> None:
    installation = Installation(database_url, own_valkey.url, tmp_path)
    try:
        one, other = installation.start(), installation.start()
        customer = await installation.customer(other)
        db = Database(PostgresAddress.read(database_url), pool_size=1)
        await db.connect()
        program = Program(tmp_path, one, await create_api_key(db, name="shop", rotate=False))
        await db.disconnect()
        process = await program.start()
        # It waits at one process while the other stores: Redis tells, and when it is gone the sweep.
        assert [await say(other, customer, "one")] == await heard(process, 1)
        own_valkey.end()
        for text in ("two", "three"):
            assert [await say(other, customer, text)] == await heard(process, 1)
        process.kill()
        await process.wait()
        said = [await say(other, customer, text) for text in ("four", "five", "six")]
        process = await program.start()
        # What it printed and had not yet noted comes again, under the same id.
        lines: list[str] = []
        while not set(said) <= set(lines):
            lines += await heard(process, 1)
        assert [line for line in lines if line in said] == said
        other.kill()
        process.kill()
        await process.wait()
    finally:
        for server in installation.servers:
            server.kill()
