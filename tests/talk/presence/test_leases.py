"""Published presence follows from leases, input and choice, and each deadline is taken by whoever looks first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from msgspec import UNSET

from app.protocol import ChosenStatus, Presence, PresenceStatus
from app.spine.db import Database
from app.talk.presence.leases_store import (
    delete_process,
    insert_leases,
    insert_lost,
    insert_process,
    renew_process,
    take_due,
    update_active,
    update_left,
)
from app.talk.presence.store import select_presence, update_choice
from app.values.postgres_address import PostgresAddress
from tests.waiting import until

LEASE, GRACE, NONE = timedelta(seconds=6), timedelta(seconds=15), timedelta()
LONG_AGO = "now() - interval '1 hour'"


class Here:
    """Users of one database, and two processes that have their sockets."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.agent = 0
        self.one, self.other = uuid4(), uuid4()

    async def prepare(self) -> None:
        insert = "insert into users (role, name) values ('agent', 'Ada') returning id"
        self.agent = await self.db.fetchval(insert)
        for process in (self.one, self.other):
            await insert_process(self.db, process, LEASE, [])

    async def come(self, process: UUID, active_seconds: float | None = None) -> list[Presence]:
        return await insert_leases(self.db, process, {self.agent: active_seconds})

    async def go(self, process: UUID, grace: timedelta = NONE) -> None:
        await update_left(self.db, process, [self.agent], grace)

    async def type_for(self, process: UUID, seconds: float) -> list[Presence]:
        return await update_active(self.db, process, {self.agent: seconds})

    async def choose(self, status: ChosenStatus, until: datetime | None = None) -> list[Presence]:
        return await update_choice(self.db, self.agent, status=status, text="Lunch", emoji="🍜", until=until)

    async def take(self, grace: timedelta = NONE, *, with_dead: bool = True) -> list[PresenceStatus]:
        taken = await take_due(self.db, grace, limit=100, with_dead=with_dead)
        return [presence.status for presence in taken]

    async def presence(self) -> Presence:
        return (await select_presence(self.db, [self.agent]))[self.agent]

    async def status(self) -> PresenceStatus:
        return (await self.presence()).status

    async def past(self, column: str, table: str = "presence_leases") -> None:
        """Let a time have come, as if everybody had waited for it."""
        await self.db.execute(f"update {table} set {column} = {LONG_AGO} where {column} is not null")


@pytest_asyncio.fixture
async def here(database_url: str) -> AsyncIterator[Here]:
    db = Database(PostgresAddress.read(database_url), pool_size=3)
    await db.connect()
    made = Here(db)
    await made.prepare()
    yield made
    await db.disconnect()


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize(
    ("chosen", "active", "idle"),
    [
        ("automatic", "online", "away"),
        ("online", "online", "online"),
        ("away", "away", "away"),
        ("busy", "busy", "busy"),
        ("invisible", "offline", "offline"),
    ],
)
async def test_published_is_the_choice_or_else_the_activity_and_offline_without_a_socket(
    here: Here, chosen: ChosenStatus, active: PresenceStatus, idle: PresenceStatus, *, is_active: bool
) -> None:
    await here.choose(chosen)
    assert await here.status() == "offline"
    await here.come(here.one)
    await here.type_for(here.one, 300 if is_active else -1)
    published = active if is_active else idle
    presence = await here.presence()
    assert (presence.status, presence.assignable) == (published, published == "online")
    assert (presence.chosen, presence.text, presence.emoji) == (chosen, "Lunch", "🍜")
    await here.go(here.one)
    await here.take()
    assert await here.status() == "offline"


async def test_a_client_that_reports_no_input_counts_as_active(here: Here) -> None:
    [arrived] = await here.come(here.one)
    assert (arrived.status, await here.take()) == ("online", [])


async def test_an_agent_is_idle_when_all_their_devices_are(here: Here) -> None:
    await here.come(here.one)
    await here.come(here.other)
    await here.type_for(here.one, 300)
    await here.type_for(here.other, -1)
    assert await here.status() == "online"
    await here.past("active_until")
    await here.past("due_at")
    assert await here.take() == ["away"]
    assert [presence.status for presence in await here.type_for(here.other, 300)] == ["online"]


async def test_input_moves_the_deadline_without_telling_anybody(here: Here) -> None:
    await here.come(here.one)
    await here.type_for(here.one, 1)
    assert await here.type_for(here.one, 300) == []
    await here.past("due_at")
    assert await here.take() == []
    assert await here.db.fetchval("select due_at = active_until and due_at > now() from presence_leases")


async def test_an_idle_agent_who_comes_back_elsewhere_is_idle_still(here: Here) -> None:
    await here.come(here.one)
    assert [presence.status for presence in await here.type_for(here.one, -1)] == ["away"]
    await here.go(here.one, GRACE)
    assert await here.come(here.other) == []
    assert await here.status() == "away"


async def test_an_idle_agent_whose_lease_a_crash_of_postgres_has_taken_is_not_online_for_a_moment(
    here: Here,
) -> None:
    await here.come(here.one)
    [idle] = await here.type_for(here.one, -1)
    await here.db.execute("truncate presence_leases, presence_processes")
    assert await here.come(here.one, -1) == []
    assert await here.presence() == idle


@pytest.mark.parametrize("silent_first", [True, False])
async def test_a_device_that_tells_nothing_of_input_does_not_keep_an_idle_agent_active(
    here: Here, *, silent_first: bool
) -> None:
    if silent_first:
        await here.come(here.other)
    await here.come(here.one, -1)
    if not silent_first:
        await here.come(here.other)
    assert await here.status() == "away"


async def test_input_that_is_told_of_with_an_arrival_counts_until_it_ends(here: Here) -> None:
    await here.come(here.one, -1)
    assert [presence.status for presence in await here.come(here.one, 300)] == ["online"]
    await here.past("active_until")
    await here.past("due_at")
    assert await here.take() == ["away"]


async def test_whoever_comes_back_within_the_grace_never_left(here: Here) -> None:
    [arrived] = await here.come(here.one)
    await here.go(here.one)
    assert await here.take(GRACE) == []
    assert await here.come(here.one) == []
    assert await here.take() == []
    await here.go(here.one)
    assert await here.come(here.other) == []
    assert await here.take() == []
    assert (await here.presence()).version == arrived.version


async def test_the_users_of_a_dead_process_go_after_the_grace_and_others_stay(here: Here) -> None:
    await here.come(here.one)
    await here.db.execute(f"update presence_processes set expires_at = {LONG_AGO} where id = $1", here.one)
    assert await here.take(timedelta(hours=2)) == []
    assert await here.take(with_dead=False) == []
    await here.come(here.other)
    assert await here.take() == []
    assert await here.db.fetchval("select count(*) from presence_processes") == 1
    await delete_process(here.db, here.other, NONE)
    assert await here.take() == ["offline"]
    assert await here.db.fetchval("select count(*) from presence_leases") == 0


async def test_a_process_that_was_taken_for_dead_is_told_so(here: Here) -> None:
    await here.past("expires_at", "presence_processes")
    renewed = await renew_process(here.db, here.one, LEASE, GRACE)
    assert renewed is not None
    assert renewed.was_late
    await here.take()
    assert await renew_process(here.db, here.other, LEASE, GRACE) is None


async def test_a_choice_ends_and_takes_text_and_emoji_with_it(here: Here) -> None:
    await here.come(here.one)
    [chosen] = await here.choose("busy", datetime.now(UTC) + timedelta(hours=1))
    assert await here.take() == []
    await here.past("chosen_until", "users")
    [ended] = await take_due(here.db, GRACE, limit=100, with_dead=True)
    assert (ended.status, ended.chosen, ended.text, ended.emoji, ended.until) == (
        "online",
        "automatic",
        UNSET,
        UNSET,
        UNSET,
    )
    assert ended.version > chosen.version
    assert await here.take() == []


async def test_whoever_is_said_to_be_here_and_has_no_lease_is_gone(here: Here) -> None:
    await here.come(here.one)
    await here.db.execute("truncate presence_leases, presence_processes")
    await insert_lost(here.db, NONE)
    await here.come(here.one)
    assert await here.take() == []
    await here.db.execute("truncate presence_leases, presence_processes")
    await insert_lost(here.db, NONE)
    assert await here.take() == ["offline"]


async def test_a_process_that_begins_anew_lets_those_go_who_are_not_here(here: Here) -> None:
    await here.come(here.one)
    await insert_process(here.db, here.one, LEASE, [here.agent])
    assert await here.take() == []
    await insert_process(here.db, here.one, LEASE, [])
    assert await here.take() == ["offline"]


async def test_a_process_of_the_version_before_declares_nobody_offline_who_has_a_lease(here: Here) -> None:
    await here.come(here.one)
    declared = "update user_presence set status = 'offline' where user_id = $1 returning 1"
    assert await here.db.fetch(declared, here.agent) == []
    await here.db.execute("truncate presence_leases")
    assert len(await here.db.fetch(declared, here.agent)) == 1


async def test_an_arrival_and_a_departure_at_once_end_in_what_both_come_to(
    here: Here, database_url: str
) -> None:
    """Without the lock of the user the look sees no lease of the arrival, and the arrival nobody offline."""
    # It keeps the version before from the same mistake, and goes with it.
    await here.db.execute("drop trigger keep_leased_presence on user_presence")
    await here.come(here.one)
    await here.go(here.one)
    arriving = await asyncpg.connect(database_url)
    async with arriving.transaction():
        await arriving.execute("select presence_arrived($1, $2, $3)", here.other, [here.agent], [None])
        look = asyncio.create_task(here.take())

        async def has_looked() -> bool:
            return look.done() or await here.db.fetchval(
                "select count(*) > 0 from pg_locks where not granted"
            )

        await until(has_looked)
    await arriving.close()
    assert await look == []
    assert await here.status() == "online"
