"""Readers are told of every change at least once, in order within a conversation, whoever dies or fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from app.errors import Unavailable
from app.spine.log import handling, tail
from app.spine.log import reading as reading_module
from app.spine.log.change import Change
from app.spine.log.epoch import Epoch
from app.spine.log.position import Position
from app.spine.log.readers import Readers
from app.spine.log.readers_store import record_cursor, take_lease
from app.spine.log.set_aside import put_back, select_set_aside
from app.spine.log.tail_store import select_end
from tests.spine.log.heard import Heard, reading
from tests.spine.log.written import Written, faults_of, held_open, open_written


@pytest_asyncio.fixture
async def here(database_url: str) -> AsyncIterator[Written]:
    async with open_written(database_url) as written:
        yield written


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(handling, "PAUSES_SECONDS", (0.01, 0.01))
    monkeypatch.setattr(handling, "LATER_PAUSE_SECONDS", 0.01)
    for module in (tail, handling, reading_module):
        monkeypatch.setattr(module, "SWEEP_SECONDS", 0.05)


async def recorded(here: Written, name: str = "test") -> Position:
    [row] = await here.db.fetch("select xact, n, place from readers where name = $1", name)
    return Position(row["xact"], row["n"], row["place"])


async def until_recorded(here: Written) -> None:
    """Wait until the cursor is at the end of the log."""
    while await recorded(here) != (await select_end(here.db))[0]:
        await asyncio.sleep(0.01)


def has(count: int) -> Callable[[Heard], bool]:
    return lambda heard: len(heard.changes) >= count


async def test_a_reader_hears_everything_that_several_connections_append(here: Written) -> None:
    conversations = [await here.conversation() for _ in range(6)]
    heard = Heard()
    async with reading(here.url, heard):
        await asyncio.gather(*(here.write_much(conversations, batches=20, seed=seed) for seed in range(4)))
        log = await here.log()
        await heard.until(has(len(log)))
        await until_recorded(here)
    assert faults_of(heard.keys, log) == []
    assert len({change.id for change in heard.changes}) == len(log)
    again = Heard()
    async with reading(here.url, again):
        [last] = await here.write(conversations[0])
        await again.until(has(1))
    assert [change.id for change in again.changes] == [last]


async def test_a_long_transaction_delays_a_reader_and_hides_nothing(here: Written) -> None:
    late, other = await here.conversation(), await here.conversation()
    heard = Heard()
    async with reading(here.url, heard):
        async with held_open(
            here.url,
            """
            select append_entries(array[$1::uuid], array[0::smallint], array['message_received'],
                                  array[$2::integer], array[gen_random_uuid()], array[gen_random_uuid()],
                                  array[null::bigint], array['{"type": "text", "text": "late"}'])
            """,
            late,
            here.agent.id,
        ):
            await here.write(other, other)
        await here.write(late)
        await heard.until(has(4))
    assert faults_of(heard.keys, await here.log()) == []


async def test_changes_of_one_conversation_wait_for_each_other_and_others_do_not(here: Written) -> None:
    one, other = await here.conversation(), await here.conversation()
    go_on = asyncio.Event()

    async def hold(change: Change) -> None:
        if (change.conversation_id, change.seq) == (one, 1):
            await go_on.wait()

    heard = Heard(hold)
    async with reading(here.url, heard):
        await here.write(one, one, other, other, other)
        await heard.until(has(3))
        assert [key[0] for key in heard.keys] == [other] * 3
        assert len(heard.tried) == 4
        assert await recorded(here) < (await select_end(here.db))[0]
        go_on.set()
        await heard.until(has(5))
        await until_recorded(here)
    assert faults_of(heard.keys, await here.log()) == []


# --- what fails


async def test_a_poison_entry_is_set_aside_and_the_reader_goes_on(here: Written) -> None:
    one, other = await here.conversation(), await here.conversation()
    poison = {(one, 1)}

    async def fail(change: Change) -> None:
        if (change.conversation_id, change.seq) in poison:
            raise RuntimeError("no such\0template \udcff")

    heard = Heard(fail)
    with capture_logs() as logs:
        async with reading(here.url, heard) as readers:
            [bad, *_] = ids = await here.write(one, one, other)
            await heard.until(has(2))
            await until_recorded(here)
            assert {change.id for change in heard.changes} == set(ids[1:])
            [left] = await select_set_aside(here.db)
            assert (left.id, left.reader, left.conversation_id, left.seq) == (bad, "test", one, 1)
            assert left.tries == 3
            assert left.error.startswith("RuntimeError: no such")
            assert await standing(readers) == (1, False)
            assert readers.readings[0].tally.failed == 3
            # Put back too early it comes back.
            assert await put_back(here.db, "test", None) == 1
            while (await select_set_aside(here.db))[0].tries < 6:
                await asyncio.sleep(0.01)
            assert [each.is_put_back for each in await select_set_aside(here.db)] == [False]
            # And when the cause is mended, it is dealt with.
            poison.clear()
            assert await put_back(here.db, "test", bad) == 1
            await heard.until(has(3))
            while await select_set_aside(here.db):
                await asyncio.sleep(0.01)
            assert heard.changes[-1].id == bad
            await here.write(one)
            await heard.until(has(4))
    assert [entry["change"] for entry in logs if entry["event"] == "change_set_aside"] == [str(bad)] * 2


async def standing(readers: Readers) -> tuple[int, bool]:
    reading_ = readers.readings[0]
    while reading_.standing is None or not reading_.standing.set_aside:
        await asyncio.sleep(0.01)
    return reading_.standing.set_aside, reading_.standing.has_put_back


async def test_what_only_needs_time_is_not_set_aside(here: Written) -> None:
    one = await here.conversation()
    refusals = iter(range(10))

    async def refuse(_: Change) -> None:
        if next(refusals, None) is not None:
            raise Unavailable("The other side is away.")

    heard = Heard(refuse)
    async with reading(here.url, heard):
        await here.write(one)
        await heard.until(has(1))
    assert len(heard.tried) == 11
    assert await select_set_aside(here.db) == []


async def test_what_needs_too_much_time_is_set_aside(here: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "LATER_SECONDS", 0.0)
    one = await here.conversation()

    async def refuse(change: Change) -> None:
        if change.seq == 1:
            raise Unavailable("The other side is away.")

    heard = Heard(refuse)
    async with reading(here.url, heard, try_seconds=60):
        await here.write(one, one)
        await heard.until(has(1))
    assert [left.seq for left in await select_set_aside(here.db)] == [1]


async def test_a_handler_that_hangs_is_ended(here: Written) -> None:
    one = await here.conversation()

    async def hang(change: Change) -> None:
        if change.seq == 1:
            await asyncio.Event().wait()

    heard = Heard(hang)
    async with reading(here.url, heard, try_seconds=0.05):
        await here.write(one, one)
        await heard.until(has(1))
    assert [left.error for left in await select_set_aside(here.db)] == ["TimeoutError: "]


async def test_a_reader_may_pass_over_what_it_does_not_want(here: Written) -> None:
    one, other = await here.conversation(), await here.conversation()
    heard = Heard()

    async def choose(changes: Sequence[Change]) -> Collection[UUID]:
        if any(change.seq == 3 for change in changes):
            raise RuntimeError("for the test")
        return {change.id for change in changes if change.conversation_id == one}

    with capture_logs() as logs:
        async with reading(here.url, heard, choose=choose):
            await here.write(other, one)
            await heard.until(has(1))
            await until_recorded(here)
            await here.write(other, one)
            await heard.until(has(2))
            await until_recorded(here)
            # A choice that fails leaves everything to be handled.
            await here.write(other)
            await heard.until(has(3))
    assert heard.keys == [(one, 0, 1), (one, 0, 2), (other, 0, 3)]
    assert "reader_cannot_choose" in [entry["event"] for entry in logs]


async def test_a_reader_with_a_delay_takes_nothing_that_is_younger(here: Written) -> None:
    one = await here.conversation()
    heard = Heard()
    async with reading(here.url, heard, delay_seconds=3600):
        [old] = await here.write(one)
        await here.db.execute("update tail set at = at - interval '2 hours'")
        await here.write(one)
        await heard.until(has(1))
        await here.db.execute("update tail set at = at - interval '2 hours'")
        await heard.until(has(2))
    assert heard.changes[0].id == old
    assert faults_of(heard.keys, await here.log()) == []


# --- who reads


async def test_of_two_processes_one_reads_and_the_other_goes_on_when_it_stops(here: Written) -> None:
    conversations = [await here.conversation() for _ in range(3)]
    first, second = Heard(), Heard()
    async with reading(here.url, second):
        async with reading(here.url, first):
            await here.write_much(conversations, batches=10, seed=1)
            await (first if first.changes else second).until(lambda _: True)
            count = len(await here.log())
            while len(first.changes) + len(second.changes) < count:
                await asyncio.sleep(0.01)
            await until_recorded(here)
            assert not (first.changes and second.changes)
            reader = first if first.changes else second
            assert faults_of(reader.keys, await here.log()) == []
        await here.write_much(conversations, batches=10, seed=2)
        count = len(await here.log())
        while len(first.changes) + len(second.changes) < count:
            await asyncio.sleep(0.01)
    keys = first.keys + second.keys
    assert faults_of(keys, await here.log()) == []


async def test_a_reader_that_stops_leaves_its_cursor_where_it_is_done(here: Written) -> None:
    one = await here.conversation()
    go_on = asyncio.Event()

    async def hold(change: Change) -> None:
        if change.seq == 3:
            await go_on.wait()

    first, second = Heard(hold), Heard()
    await here.write(one, one, one)
    async with reading(here.url, first):
        await first.until(lambda heard: len(heard.tried) == 3)
    async with reading(here.url, second):
        await second.until(has(1))
    assert (first.keys, second.keys) == ([(one, 0, 1), (one, 0, 2)], [(one, 0, 3)])


async def test_who_has_lost_the_lease_records_nothing(here: Written) -> None:
    one = await here.conversation()
    go_on = asyncio.Event()

    async def hold(_: Change) -> None:
        await go_on.wait()

    heard = Heard(hold)
    with capture_logs() as logs:
        async with reading(here.url, heard):
            await here.write(one)
            await heard.until(lambda heard: bool(heard.tried))
            before = await recorded(here)
            thief = uuid4()
            await here.db.execute(
                "update readers set holder = $1, held_until = now() + interval '1 hour'", thief
            )
            go_on.set()
            while not any(entry["event"] == "reader_lost" for entry in logs):
                await asyncio.sleep(0.01)
            assert await recorded(here) == before
            assert await here.db.fetchval("select holder from readers") == thief
            # It asks again and again, and reads on when it may.
            await here.db.execute("update readers set held_until = now()")
            await until_recorded(here)
    assert {change.seq for change in heard.tried} == {1}


async def test_a_lease_is_one_holders_and_a_cursor_moves_only_from_where_it_was_left(here: Written) -> None:
    one, other = uuid4(), uuid4()
    start, next_ = Position(), Position(5, 1, 1)
    assert await take_lease(here.db, "r", one, 60) == start
    assert await take_lease(here.db, "r", other, 60) is None
    assert await record_cursor(here.db, "r", other, start, next_, 60) is None
    assert await record_cursor(here.db, "r", one, next_, next_, 60) is None
    assert await record_cursor(here.db, "r", one, start, next_, 0) is not None
    assert await take_lease(here.db, "r", other, 60) == next_
    assert await record_cursor(here.db, "r", one, next_, Position(9, 1, 1), 60) is None


async def test_a_cursor_that_was_put_back_is_gone_on_from(here: Written) -> None:
    """As when the database is restored to an hour ago beneath a process that goes on."""
    one = await here.conversation()
    heard = Heard()
    async with reading(here.url, heard):
        await here.write(one, one)
        await heard.until(has(2))
        await until_recorded(here)
        await here.db.execute("update readers set xact = 0, n = 0, place = 0")
        await here.write(one)
        # The last may be told before it is noticed, and then it is told again.
        await heard.until(lambda heard: [key[2] for key in heard.keys[2:]][-3:] == [1, 2, 3])


async def test_a_log_that_is_replaced_is_read_from_its_own_cursor(here: Written) -> None:
    one = await here.conversation()
    epoch = Epoch(here.db)
    await epoch.look()
    heard = Heard()
    async with reading(here.url, heard) as readers:
        epoch.on_change.add(readers.forget)
        await here.write(one)
        await heard.until(has(1))
        await until_recorded(here)
        await here.db.execute("update installation set value = 'other' where name = 'epoch_of'")
        await here.write(one)
        await epoch.look()
        await here.write(one)
        await heard.until(lambda heard: {key[2] for key in heard.keys} == {1, 2, 3})
        await until_recorded(here)


async def test_postgres_may_go_away_at_any_moment(here: Written) -> None:
    conversations = [await here.conversation() for _ in range(4)]
    heard = Heard()
    async with reading(here.url, heard):
        for seed in range(5):
            await here.write_much(conversations, batches=5, seed=seed)
            await here.db.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        log = set(await here.log())
        await heard.until(lambda heard: set(heard.keys) == log)
    first = list(dict.fromkeys(heard.keys))
    assert faults_of(first, list(log)) == []
