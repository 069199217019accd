"""Everything the operator asked for is verified: by migrations, by the pool, and each time it connects again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx2
import pytest

from app.errors import Unavailable
from app.operate.migrate import MigrationError, migrate
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress
from tests.server.installation import Installation
from tests.spine.postgres.front import TLS, Front, front

FULL = f"sslmode=verify-full&sslrootcert={TLS}/ours.pem"
CLIENT = f"{FULL}&sslcert={TLS}/client.pem&sslkey={TLS}/client.pem"


@pytest.fixture
def road(database_url: str) -> Iterator[Front]:
    with front(database_url) as made:
        yield made


async def asks(address: PostgresAddress) -> bool:
    """Whether both ways in lead to Postgres; they must agree."""
    database = Database(address, pool_size=2)
    try:
        await database.connect()
        pooled = True
    except Unavailable:
        pooled = False
    finally:
        await database.disconnect()
    try:
        await migrate(address)
    except MigrationError:
        assert not pooled
        return False
    assert pooled
    return True


@pytest.mark.parametrize(
    ("parameters", "certificate", "passes"),
    [
        (FULL, "server", True),
        (FULL, "impostor", False),
        (FULL, "elsewhere", False),
        (FULL, None, False),
        (FULL.replace("verify-full", "verify-ca"), "server", True),
        (FULL.replace("verify-full", "verify-ca"), "elsewhere", True),
        (FULL.replace("verify-full", "verify-ca"), "impostor", False),
        (FULL.replace("verify-full", "verify-ca"), None, False),
        # With an authority given, `require` verifies it (libpq does so for the sake of older versions).
        (FULL.replace("verify-full", "require"), "server", True),
        (FULL.replace("verify-full", "require"), "impostor", False),
        ("sslmode=require", "impostor", True),
        ("sslmode=require", None, False),
        ("sslmode=prefer", "impostor", True),
        ("sslmode=prefer", None, True),
        ("sslmode=disable", "impostor", True),
        ("", None, True),
        ("sslmode=verify-full&sslrootcert=system", "server", False),
        (f"{FULL}&channel_binding=require", "server", True),
        (f"{FULL}&channel_binding=require", "elsewhere", False),
        (f"{FULL}&channel_binding=require", None, False),
        (f"{FULL.replace('verify-full', 'require')}&channel_binding=require", "elsewhere", False),
        ("sslmode=require&channel_binding=require", "server", False),
        (f"{FULL}&ssl_min_protocol_version=TLSv1.3", "server", True),
    ],
)
async def test_migrations_and_the_pool_verify_alike(
    road: Front, parameters: str, certificate: str | None, *, passes: bool
) -> None:
    road.speak_tls(certificate)
    assert await asks(PostgresAddress.read(road.url(parameters))) == passes


async def test_encryption_is_what_was_asked_for(road: Front) -> None:
    road.speak_tls("server")
    for parameters, met in ((FULL, "tls"), ("sslmode=disable", "plain"), ("", "tls")):
        road.met.clear()
        assert await asks(PostgresAddress.read(road.url(parameters)))
        assert set(road.met) == {met}


async def test_a_certificate_of_ours_is_shown_where_the_server_asks_for_one(road: Front) -> None:
    road.speak_tls("server", clients_of="ours")
    assert await asks(PostgresAddress.read(road.url(CLIENT)))
    assert not await asks(PostgresAddress.read(road.url(FULL)))
    road.speak_tls("server", clients_of="theirs")
    assert not await asks(PostgresAddress.read(road.url(CLIENT)))


@pytest.mark.parametrize("then", [None, "impostor", "elsewhere"])
async def test_a_pool_that_connects_again_verifies_again(road: Front, then: str | None) -> None:
    road.speak_tls("server")
    database = Database(PostgresAddress.read(road.url(FULL)), pool_size=3)
    await database.connect()
    road.speak_tls(then)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await asyncio.gather(*(database.fetchval("select 1") for _ in range(5)))
    assert "plain" not in road.met
    lost = [database.outages.lost]
    road.speak_tls("server")
    assert await database.fetchval("select 1") == 1
    assert [*lost, database.outages.lost] == [True, False]
    await database.disconnect()


async def test_a_server_that_lost_its_certificate_is_not_ready(installation: Installation) -> None:
    with front(installation.database_url) as road:
        road.speak_tls("server")
        server = installation.start(DATABASE_URL=road.url(FULL))
        url = server.url
        async with httpx2.AsyncClient(base_url=url) as http:
            assert (await http.get("/readyz")).status_code == 200
            road.speak_tls("impostor")
            assert (await http.get("/readyz")).status_code == 503
            assert (await http.get("/readyz")).status_code == 503
            server.wait_for("postgres_lost", lambda line: "certificate verify failed" in line["reason"])
            road.speak_tls("server")
            assert (await http.get("/readyz")).status_code == 200
            server.wait_for("postgres_back")
        server.signal(15)
        server.check()
        installation.servers.remove(server)
