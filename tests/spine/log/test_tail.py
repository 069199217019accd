"""The tail has every entry of the log, in the order in which transactions commit, and nothing is passed over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from app.people.clearing.service import Clearing
from app.spine.identity import ApiKey
from app.spine.log.entries import append_entries
from app.spine.log.entry import Lane
from app.spine.log.epoch import Epoch
from app.spine.log.position import NOTHING, Bookmark, Position, read_bookmark
from app.spine.log.tail import Tail
from app.spine.log.tail_store import select_changes, select_end, select_events
from tests.spine.log.written import Key, Written, faults_of, held_open, open_written

BACKEND = ApiKey(1, "Backend")


@pytest_asyncio.fixture
async def here(database_url: str) -> AsyncIterator[Written]:
    async with open_written(database_url) as written:
        yield written


async def walk(here: Written, after: Position, *, limit: int = 7) -> tuple[list[Key], Position]:
    """Read on until nothing is left; return what was read and the position behind it."""
    read: list[Key] = []
    while rows := await select_changes(here.db, after, limit=limit):
        assert len(rows) <= limit
        for row in rows:
            assert row.change is not None
            read.append((row.change.conversation_id, row.change.lane, row.change.seq))
        after = rows[-1].position
    return read, after


async def test_a_walk_over_concurrent_appends_finds_each_entry_once_and_in_order(here: Written) -> None:
    conversations = [await here.conversation() for _ in range(6)]
    writers = [
        asyncio.create_task(here.write_much(conversations, batches=25, seed=seed)) for seed in range(5)
    ]
    read: list[Key] = []
    place = Position()
    # The last look comes after the last append.
    while not all(writer.done() for writer in writers):
        some, place = await walk(here, place)
        read += some
    await asyncio.gather(*writers)
    some, place = await walk(here, place)
    read += some
    assert faults_of(read, await here.log()) == []
    assert await select_end(here.db) == (place, False)


async def test_what_commits_late_is_read_when_it_comes_and_nothing_after_it_before(here: Written) -> None:
    late, other = await here.conversation(), await here.conversation()
    await here.write(late, other)
    read, place = await walk(here, Position())
    async with held_open(
        here.url,
        """
        select append_entries(array[$1::uuid], array[0::smallint], array['message_received'], array[$2::integer],
                              array[gen_random_uuid()], array[gen_random_uuid()], array[null::bigint],
                              array['{"type": "text", "text": "late"}'])
        """,
        late,
        here.agent.id,
    ):
        await here.write(other, other)
        some, place = await walk(here, place)
        assert some == []
        assert (await select_end(here.db))[1]
    some, place = await walk(here, place)
    assert some == [(late, 0, 2), (other, 0, 2), (other, 0, 3)]
    assert faults_of(read + some, await here.log()) == []


async def test_a_long_transaction_elsewhere_delays_and_loses_nothing(here: Written, session_url: str) -> None:
    """In another database of the same cluster."""
    one = await here.conversation()
    async with held_open(session_url, "create temporary table long_one (id integer)"):
        await here.write(one)
        assert await walk(here, Position()) == ([], Position())
    read, _ = await walk(here, Position())
    assert read == [(one, 0, 1)]


@pytest.fixture
def session_url(here: Written) -> str:
    scheme, _, rest = here.url.partition("/test_")
    return f"{scheme}/postgres{rest[rest.index('?') :] if '?' in rest else ''}"


async def test_a_repeated_or_refused_entry_is_no_change(here: Written) -> None:
    one = await here.conversation()
    draft = here.draft(one)
    await append_entries(here.db, [draft])
    await append_entries(here.db, [draft])
    refused = here.draft(one)
    refused.target_seq, refused.type = 99, "message_deleted"
    await append_entries(here.db, [refused])
    assert (await walk(here, Position()))[0] == [(one, 0, 1)]


async def test_an_append_that_is_rolled_back_leaves_nothing(here: Written) -> None:
    one = await here.conversation()
    connection = await asyncpg.connect(here.url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        """
        select append_entries(array[$1::uuid], array[0::smallint], array['message_received'], array[$2::integer],
                              array[gen_random_uuid()], array[gen_random_uuid()], array[null::bigint],
                              array['{"type": "text", "text": "never"}'])
        """,
        one,
        here.agent.id,
    )
    await transaction.rollback()
    await connection.close()
    await here.write(one)
    assert (await walk(here, Position()))[0] == [(one, 0, 1)]


async def test_the_largest_append_is_read_in_small_pages(here: Written) -> None:
    conversations = [await here.conversation() for _ in range(3)]
    await append_entries(
        here.db, [here.draft(conversations[number % 3], lane=Lane(number % 2)) for number in range(256)]
    )
    await here.write(conversations[0])
    for limit in (1, 7, 255, 256, 257, 1000):
        read, _ = await walk(here, Position(), limit=limit)
        assert faults_of(read, await here.log()) == []


async def test_several_appends_of_one_transaction_keep_their_order(here: Written) -> None:
    one = await here.conversation()
    append = """
        select append_entries(array[$1::uuid], array[0::smallint], array['message_received'], array[$2::integer],
                              array[gen_random_uuid()], array[gen_random_uuid()], array[null::bigint],
                              array['{"type": "text", "text": "one of many"}'])
        """
    connection = await asyncpg.connect(here.url)
    async with connection.transaction():
        for _ in range(5):
            await connection.execute(append, one, here.agent.id)
    await connection.close()
    read, _ = await walk(here, Position(), limit=2)
    assert faults_of(read, await here.log()) == []


async def test_an_entry_that_somebody_has_deleted_by_hand_is_passed_over(here: Written) -> None:
    one, other = await here.conversation(), await here.conversation()
    await here.write(one, other)
    await here.db.execute("delete from entries where conversation_id = $1", one)
    rows = await select_changes(here.db, Position(), limit=10)
    assert [row.change.conversation_id if row.change else None for row in rows] == [None, other]
    page = await select_events(here.db, BACKEND, None, limit=10)
    assert [entry.conversation_id for _, entry in page.items] == [other]


# --- how long it is kept


async def age(here: Written, days: int) -> None:
    await here.db.execute("update tail set at = at - make_interval(days => $1)", days)


async def test_the_tail_is_kept_for_its_days_and_then_cleared(here: Written) -> None:
    clearing = Clearing(here.db, visitor_seconds=3600, tail_days=7)
    one = await here.conversation()
    await here.write(one)
    await age(here, 2)
    await here.write(one, one)
    await age(here, 6)
    await here.write(one)
    first, oldest = [
        (await select_events(here.db, BACKEND, after, limit=1)).next for after in (None, Bookmark(Position()))
    ]
    assert first == oldest
    second = (await select_events(here.db, BACKEND, first, limit=1)).next
    await clearing.clear()
    assert clearing.cleared == 1
    assert (await walk(here, Position()))[0] == [(one, 0, 2), (one, 0, 3), (one, 0, 4)]
    # A reader who has read all that was cleared goes on; one who has not is told.
    assert [entry.seq for _, entry in (await select_events(here.db, BACKEND, first, limit=10)).items] == [
        2,
        3,
        4,
    ]
    assert [entry.seq for _, entry in (await select_events(here.db, BACKEND, second, limit=10)).items] == [
        3,
        4,
    ]
    assert (await select_events(here.db, BACKEND, Bookmark(Position()), limit=10)).is_gone
    await age(here, 6)
    await clearing.clear()
    assert (await select_events(here.db, BACKEND, first, limit=10)).is_gone
    assert (await select_events(here.db, BACKEND, second, limit=10)).is_gone
    assert [entry.seq for _, entry in (await select_events(here.db, BACKEND, None, limit=10)).items] == [4]


async def test_a_reader_keeps_what_it_has_still_to_read(here: Written) -> None:
    clearing = Clearing(here.db, visitor_seconds=3600, tail_days=7)
    one = await here.conversation()
    await here.write(one)
    await here.write(one)
    place = (await select_changes(here.db, Position(), limit=1))[0].position
    await here.db.execute(
        "insert into readers values ('slow', $1, $2, $3, gen_random_uuid(), now() - interval '1 day')", *place
    )
    await age(here, 20)
    await clearing.clear()
    assert (await walk(here, Position()))[0] == [(one, 0, 2)]
    await here.db.execute("update readers set held_until = now() - interval '31 days'")
    await clearing.clear()
    assert await walk(here, Position()) == ([], Position())


# --- another log in its place


async def test_a_log_from_another_cluster_is_read_on_and_what_comes_is_read_after_it(here: Written) -> None:
    """As after a restored dump: its transactions have larger numbers than any that are still to come."""
    one = await here.conversation()
    epoch = Epoch(here.db)
    await epoch.look()
    await here.write(one)
    await here.write(one)
    await here.db.execute("update tail set xact = xact + 1000000000000")
    await here.db.execute("update conversation_heads set tail_xact = tail_xact + 1000000000000")
    oldest = await here.db.fetch("select xact, n from tail order by xact, n limit 1")
    place = Position(oldest[0]["xact"], oldest[0]["n"], 1)
    # Somebody writes before anybody has noticed.
    await here.write(one)
    assert await walk(here, place) == ([], place)
    before = epoch.current
    await epoch.look()
    assert epoch.current != before
    await here.write(one)
    assert (await walk(here, place))[0] == [(one, 0, 2), (one, 0, 3), (one, 0, 4)]
    after = epoch.current
    await epoch.look()
    assert epoch.current == after


async def test_positions_that_were_given_out_and_lost_are_never_given_again(here: Written) -> None:
    one = await here.conversation()
    epoch = Epoch(here.db)
    await epoch.look()
    for _ in range(3):
        await here.write(one)
    bookmark = (await select_events(here.db, BACKEND, None, limit=10)).next
    # As after a failover: the last two are gone, and their transactions come again with others in them.
    await here.db.execute("delete from tail where xact <> (select min(xact) from tail)")
    await here.db.execute("delete from entries where seq > 1")
    await here.db.execute("update conversation_heads set last_seq = 1, last_message_seq = 1")
    await here.db.execute("update installation set value = 'other' where name = 'epoch_of'")
    await here.write(one)
    await here.db.execute(
        "update tail set xact = $1 where n = (select max(n) from tail)", bookmark.position.xact
    )
    await epoch.look()
    await here.write(one)
    page = await select_events(here.db, BACKEND, bookmark, limit=10)
    assert not page.is_gone
    # Entries appended shortly before come again, rather than never.
    assert [entry.seq for _, entry in page.items] == [1, 2, 3]


async def test_a_bookmark_is_known_by_its_entry_in_a_log_that_was_replaced_too(here: Written) -> None:
    one = await here.conversation()
    epoch = Epoch(here.db)
    await epoch.look()
    await here.write(one)
    await here.db.execute("update installation set value = 'other' where name = 'epoch_of'")
    await epoch.look()
    bookmark = (await select_events(here.db, BACKEND, None, limit=10)).next
    assert bookmark.position.xact <= await here.db.fetchval("select base from tail_bounds")
    assert not (await select_events(here.db, BACKEND, bookmark, limit=10)).is_gone
    assert (await select_events(here.db, BACKEND, bookmark._replace(mark=NOTHING), limit=10)).is_gone


async def test_a_table_that_somebody_holds_keeps_no_process_from_learning_the_epoch(here: Written) -> None:
    epoch = Epoch(here.db)
    await epoch.look()
    before = epoch.current
    one = await here.conversation()
    await here.db.execute("update installation set value = 'other' where name = 'epoch_of'")
    async with held_open(here.url, "lock table tail in row exclusive mode"):
        await epoch.look()
        assert epoch.current != before
        await here.write(one)
    await epoch.look()
    assert await here.db.fetchval("select epoch from tail_bounds") == epoch.current
    assert (await walk(here, Position()))[0] == [(one, 0, 1)]


async def test_a_bookmark_that_is_not_of_this_log_is_told_so(here: Written) -> None:
    one = await here.conversation()
    await here.write(one)
    bookmark = (await select_events(here.db, BACKEND, None, limit=10)).next
    position = bookmark.position
    assert not (await select_events(here.db, BACKEND, bookmark, limit=10)).is_gone
    for wrong in (
        Bookmark(position, NOTHING),
        Bookmark(position._replace(xact=position.xact + 1), bookmark.mark),
        Bookmark(position._replace(n=position.n + 1), bookmark.mark),
        Bookmark(position._replace(place=position.place + 1), bookmark.mark),
        Bookmark(position._replace(xact=10**18 - 1), bookmark.mark),
    ):
        assert (await select_events(here.db, BACKEND, wrong, limit=10)).is_gone, wrong
    assert read_bookmark(str(bookmark)) == bookmark


# --- waiting for it to grow


async def test_whoever_waits_is_told_when_it_has_grown(here: Written) -> None:
    tail = Tail(here.db)
    running = asyncio.create_task(tail.run())
    one = await here.conversation()
    await here.write(one)
    end, _ = await select_end(here.db)
    await tail.wait_beyond(Position(), 60)
    waiting = asyncio.create_task(tail.wait_beyond(end, 60))
    await here.write(one)
    tail.wake()
    await waiting
    _, grown = await walk(here, end)
    assert grown > end
    await tail.wait_beyond(grown, 0.01)
    leaving = asyncio.create_task(tail.wait_beyond(grown, 60))
    await asyncio.sleep(0)
    tail.release()
    await leaving
    await tail.wait_beyond(grown, 60)
    running.cancel()
    await asyncio.wait({running})
