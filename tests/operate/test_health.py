from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import msgspec
import pytest
import redis.asyncio

from app.factory import Fireside, create_app
from app.operate import pages
from app.operate.metrics import page
from app.settings import Settings
from tests.own_valkey import REFUSALS, TROUBLES, Valkey
from tests.rest_people import Client

PATIENCE_SECONDS = 20.0


async def ask(client: Client, path: str) -> tuple[int, Any]:
    response = await client.get(path)
    return response.status_code, await response.get_json()


async def test_a_served_process_is_healthy_and_ready(client: Client) -> None:
    assert await ask(client, "/healthz") == (200, {"status": "ok"})
    assert await ask(client, "/readyz") == (200, {"status": "ok"})


async def test_a_process_that_leaves_wants_no_more_work(app: Fireside, client: Client) -> None:
    app.areas.spine.connections.leaving = True
    assert await ask(client, "/readyz") == (503, {"status": "draining"})
    assert await ask(client, "/healthz") == (200, {"status": "ok"})


class Detour:
    """Engines behind a link that can be cut."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        database = urlsplit(settings.database_url)
        self.sockets = Path(parse_qs(database.query)["host"][0])
        self.link = folder / "postgres"
        self.redis_socket = Path(urlsplit(settings.redis_url).path)
        self.redis_link = folder / "redis"
        self.mend()
        self.settings = msgspec.structs.replace(
            settings,
            database_url=settings.database_url.replace(str(self.sockets), str(self.link)),
            redis_url=settings.redis_url.replace(str(self.redis_socket), str(self.redis_link)),
        )
        self.original = settings

    def mend(self) -> None:
        self.link.unlink(missing_ok=True)
        self.redis_link.unlink(missing_ok=True)
        self.link.symlink_to(self.sockets)
        self.redis_link.symlink_to(self.redis_socket)

    async def cut_postgres(self) -> None:
        self.link.unlink()
        connection = await asyncpg.connect(self.original.database_url)
        await connection.execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()
            """
        )
        await connection.close()

    async def cut_redis(self) -> None:
        self.redis_link.unlink()
        async with redis.asyncio.Redis.from_url(self.original.redis_url) as client:
            await client.client_kill_filter(skipme=True, _type="normal")
            await client.client_kill_filter(_type="pubsub")


@pytest.fixture
def detour(settings: Settings, tmp_path: Path) -> Detour:
    return Detour(settings, tmp_path)


async def test_without_redis_it_is_degraded_and_chat_goes_on(detour: Detour) -> None:
    app = create_app(detour.settings)
    async with app.test_app():
        client = app.test_client()
        await detour.cut_redis()
        await become(client, {"status": "degraded", "reasons": ["redis: away"]})
        detour.mend()
        await become(client, {"status": "ok"})


async def become(client: Client, answer: object) -> None:
    """Wait until /readyz says so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await ask(client, "/readyz") != (200, answer):
            await asyncio.sleep(0.02)


async def test_a_process_whose_pages_are_not_built_wants_no_work(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pages, "ADMIN", tmp_path)
    status, answer = await ask(client, "/readyz")
    assert (status, answer["status"]) == (503, "unavailable")
    assert answer["reasons"] == ["frontends: not built; run make install"]


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_redis_that_refuses_to_write_is_not_taken_for_a_good_one(
    settings: Settings, own_valkey: Valkey, refusal: str
) -> None:
    app = create_app(msgspec.structs.replace(settings, redis_url=own_valkey.url))
    async with app.test_app():
        client = app.test_client()
        await become(client, {"status": "ok"})
        await own_valkey.tell(*REFUSALS[refusal])
        trouble = TROUBLES[refusal]
        await become(client, {"status": "degraded", "reasons": [f"redis: {trouble}"]})
        assert "fireside_redis_refuses 1\n" in page(
            app.areas.spine, app.areas.people.clearing, app.areas.desk.tally
        )


async def test_without_postgres_it_is_unavailable_but_alive_and_comes_back_by_itself(detour: Detour) -> None:
    app = create_app(detour.settings)
    async with app.test_app():
        client = app.test_client()
        await detour.cut_postgres()
        assert await ask(client, "/readyz") == (503, {"status": "unavailable", "reasons": ["postgres: away"]})
        assert await ask(client, "/healthz") == (200, {"status": "ok"})
        response = await client.post("/chat/sessions", json={"inbox": "x"})
        assert (response.status_code, (await response.get_json())["code"]) == (503, "unavailable")
        detour.mend()
        assert await ask(client, "/readyz") == (200, {"status": "ok"})
