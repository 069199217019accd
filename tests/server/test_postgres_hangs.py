"""Postgres stops in its tracks, and goes on: so does everything here."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.faults.engines import OwnEngines, own_engines
from tests.server.fixtures import Connect
from tests.server.installation import Installation
from tests.server.processes import Server


@pytest.fixture(scope="module")
def engines() -> Iterator[OwnEngines]:
    with tempfile.TemporaryDirectory(prefix="fireside-tests-") as var_dir, own_engines(Path(var_dir)) as made:
        yield made


@pytest.fixture(scope="module")
def installation(engines: OwnEngines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(
        engines.database_url,
        engines.redis_url,
        tmp_path_factory.mktemp("server"),
        {"PRESENCE_GRACE_SECONDS": "0"},
    )
    yield made
    for server in made.servers:
        server.signal(15)
        server.check()


async def test_presence_is_right_again_after_postgres_hung(
    connect: Connect, installation: Installation, engines: OwnEngines, server: Server
) -> None:
    """The reaper gives up before the statement does; giving up twice once left it without a connection for ever."""
    watching = await connect(await installation.agent("Watcher"))
    others = [await installation.agent(f"Other {number}") for number in range(3)]
    clients = [await connect(other) for other in others]
    for other in others:
        await watching.expect("presence_update", user_id=other.id, status="online")
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:
        with engines.frozen("postgres"):
            for client in clients:
                client.cut()
            # By then the reaper has asked, and its statement was given up.
            server.wait_for("postgres_lost", lambda line: "has not answered in time" in line["reason"])
            assert "fireside_postgres_up 0" in (await http.get("/metrics")).text
        for other in others:
            await watching.expect("presence_update", user_id=other.id, status="offline")
        server.wait_for("postgres_back")
        assert "fireside_postgres_up 1" in (await http.get("/metrics")).text
    assert not [line for line in server.lines if line["event"] == "task_failed"]
    # Every statement that asked in vain is told of by one line.
    assert len([line for line in server.lines if line["event"] == "postgres_lost"]) <= 5
