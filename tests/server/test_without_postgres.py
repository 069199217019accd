"""Postgres is away: nothing is taken that cannot be kept, sockets stay, and everything goes on when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.client import Refused, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server


class Road:
    """The only way to the database; it can be dug up."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self._installation = installation
        self._sockets = Path(parse_qs(urlsplit(installation.database_url).query)["host"][0])
        self._link = folder / "postgres"
        self.url = installation.database_url.replace(str(self._sockets), str(self._link))
        self.mend()

    async def cut(self) -> None:
        self._link.unlink()
        await self._installation.sql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )

    def mend(self) -> None:
        if not self._link.is_symlink():
            self._link.symlink_to(self._sockets)


@pytest.fixture(scope="module")
def road(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Road:
    return Road(installation, tmp_path_factory.mktemp("road"))


@pytest.fixture(scope="module")
def server(installation: Installation, road: Road) -> Iterator[Server]:
    server = installation.start(DATABASE_URL=road.url)
    assert server.url
    yield server
    road.mend()


async def test_a_client_that_comes_is_told_to_come_again(
    connect: Connect, customer: Person, road: Road
) -> None:
    client = await connect.bare()
    await road.cut()
    with pytest.raises(Refused) as refused:
        await client.authenticate(customer.token)
    assert (refused.value.code, refused.value.event["retryable"]) == ("unavailable", True)
    assert await client.closed() == 4102
    road.mend()
    await connect(customer)


async def test_a_message_is_refused_for_now_and_can_be_repeated(
    connect: Connect, customer: Person, agent: Person, road: Road
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    for client in (theirs, ours):
        await client.join(here)
    await road.cut()
    fields = message(here, "Wait for me")
    with pytest.raises(Refused) as refused:
        await theirs.ask("send_message", **fields)
    assert (refused.value.code, refused.value.event["retryable"]) == ("unavailable", True)
    assert await theirs.refusal("join_conversation", conversation_id=here) == "unavailable"
    # Everything that needs no database goes on.
    await theirs.say("typing_start", conversation_id=here)
    await ours.expect("typing_indicator", is_typing=True)
    road.mend()
    ack = await theirs.ask("send_message", **fields)
    assert (ack["seq"], ack["duplicate"]) == (1, False)
    await ours.reach(here, 1)


async def test_a_short_absence_is_not_noticed(connect: Connect, customer: Person, road: Road) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here)
    await road.cut()
    for number in range(50):
        await client.say("send_message", id=f"m{number}", **message(here, str(number)))
    await client.fence()
    road.mend()
    acks = await asyncio.gather(*(client.answer(f"m{number}") for number in range(50)))
    assert [ack["seq"] for ack in acks] == list(range(1, 51))
    assert await client.reach(here, 50) == list(range(1, 51))
