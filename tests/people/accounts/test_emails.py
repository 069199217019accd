"""One form of an agent's address, for the store, the look-up and the count of wrong passwords."""

from __future__ import annotations

import asyncpg
import pytest

from app.operate.migrate import MIGRATIONS
from app.people.accounts.emails import fold_email
from app.settings import Settings

FOLDED = {
    "ada@example.com": "ada@example.com",
    "ADA@Example.COM": "ada@example.com",
    "  ada@example.com\t\n": "ada@example.com",
    "ada@example.com.": "ada@example.com",
    "ada@example.com . ": "ada@example.com",
    "\u00a0ada@example.com\u3000": "ada@example.com",
    "\uff21\uff24\uff21\uff20example\uff0ecom": "ada@example.com",
    "\u212aate@example.com": "kate@example.com",
    "\ufb01ona@example.com": "fiona@example.com",
    "ADM\u0130N@example.com": "adm\u0130n@example.com",
    "adm\u0131n@example.com": "adm\u0131n@example.com",
    "STRA\u1e9eE@example.com": "stra\u1e9ee@example.com",
    "stra\u00dfe@example.com": "stra\u00dfe@example.com",
    "JOSE\u0301@example.com": "jos\u00c9@example.com",
    "jos\u00e9@example.com": "jos\u00e9@example.com",
    "\ud800@example.com": "\ud800@example.com",
    "": "",
}


@pytest.mark.parametrize("text", FOLDED)
def test_an_address_is_folded_once(text: str) -> None:
    folded = fold_email(text)
    assert folded == FOLDED[text]
    assert fold_email(folded) == folded


def statement() -> str:
    """Return what the migration does with the addresses that are there."""
    (path,) = MIGRATIONS.glob("*_people.sql")
    return path.read_text(encoding="utf-8").split(";")[0]


async def test_an_address_stored_by_the_version_before_is_folded_as_new_ones_are(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url)
    for text, folded in FOLDED.items():
        if "\ud800" not in text:
            await connection.execute("insert into users (role, name, email) values ('agent', 'A', $1)", text)
            await connection.execute(statement())
            assert (
                await connection.fetchval("delete from users where role = 'agent' returning email") == folded
            )
    await connection.close()


async def test_two_agents_do_not_become_one(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url)
    addresses = ["\uff21da@example.com", "\uff41da@example.com.", "bob@example.com"]
    for text in addresses:
        await connection.execute("insert into users (role, name, email) values ('agent', 'A', $1)", text)
    await connection.execute(statement())
    rows = await connection.fetch("select email from users where role = 'agent' order by id")
    assert [row["email"] for row in rows] == ["ada@example.com", addresses[1], "bob@example.com"]
    await connection.close()
