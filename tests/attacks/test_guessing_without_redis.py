"""Guessing a password while Redis does not count: every process still does."""

from __future__ import annotations

import httpx2
import pytest

from app.people.provisioning.service import create_agent
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress
from tests.own_valkey import REFUSALS, Valkey
from tests.server.installation import Installation

PASSWORD = "correct horse battery"
FAILURES = 3


@pytest.mark.parametrize("refusal", [*REFUSALS, "gone"])
async def test_neither_a_wrong_nor_the_right_password_gets_a_verdict_beyond_the_count(
    refusal: str, own_valkey: Valkey, installation: Installation
) -> None:
    email = f"{abs(hash(refusal))}@example.com"
    db = Database(PostgresAddress.read(installation.database_url), pool_size=1)
    await db.connect()
    await create_agent(db, email=email, name="Ada", password=PASSWORD, role="agent")
    await db.disconnect()
    server = installation.start(REDIS_URL=own_valkey.url, LIMIT_LOGIN_FAILURES=f"{FAILURES}")
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:

        async def sign_in(password: str) -> int:
            answer = await http.post("/auth/login", json={"email": email, "password": password})
            return answer.status_code

        assert await sign_in(PASSWORD) == 200
        if refusal == "gone":
            own_valkey.end()
        else:
            await own_valkey.tell(*REFUSALS[refusal])
        # Being right uses nothing up.
        assert [await sign_in(PASSWORD) for _ in range(FAILURES + 1)] == [200] * (FAILURES + 1)
        guesses = [await sign_in(f"guess {number}") for number in range(60)]
        assert guesses == [401] * FAILURES + [429] * (60 - FAILURES)
        assert await sign_in(PASSWORD) == 429
