"""The journal on a real Postgres: what goes together, in what order, and what happens when Postgres goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import cast
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from app.errors import FiresideError, IdempotencyConflict, Invalid, NotFound, RateLimited, Unavailable
from app.lifespan import cancel
from app.protocol import Sender, TextContent, encode
from app.settings import Settings
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.log import journal
from app.spine.log.budgets import Budgets
from app.spine.log.entry import Appended, Draft, Lane
from app.spine.log.fair_queue import ITEM_BYTES
from app.spine.log.journal import BATCH, BATCH_BYTES, QUEUE, SENDER_BYTES, WRITERS, Journal
from app.values.postgres_address import PostgresAddress

PATIENCE_SECONDS = 20.0


class Log:
    """A journal that runs, what it did in which order, and conversations to write in."""

    def __init__(self, db: Database, url: str) -> None:
        self.db = db
        self.url = url
        self.journal = Journal(db, Budgets(Settings()))
        self.done: list[tuple[str, object]] = []
        """Batches that were offered and published, and answers by the text of their draft."""
        for name in ("offer", "publish", "news"):
            getattr(self.journal, name).add(partial(self._note, name))
        self.customer = Sender(0, "customer", "Visitor")
        self.conversations: list[UUID] = []

    def _note(self, name: str, batch: list[Appended]) -> None:
        self.done.append((name, [entry.seq for entry in batch]))

    async def prepare(self, conversations: int) -> None:
        inbox_id = await self.db.fetchval(
            "insert into inboxes (key, name, identity_secret) values ('k', 'Shop', 's') returning id"
        )
        user_id = await self.db.fetchval(
            "insert into users (role, name, inbox_id) values ('customer', 'Visitor', $1) returning id",
            inbox_id,
        )
        self.customer = Sender(user_id, "customer", "Visitor")
        for _ in range(conversations):
            conversation_id = uuid4()
            await self.db.execute(
                "insert into conversations (id, inbox_id, customer_id) values ($1, $2, $3)",
                conversation_id,
                inbox_id,
                user_id,
            )
            await self.db.execute(
                "insert into conversation_heads (conversation_id) values ($1) on conflict do nothing",
                conversation_id,
            )
            self.conversations.append(conversation_id)

    def draft(self, text: str = "Hello", where: int = 0, **fields: object) -> Draft:
        made = Draft(
            conversation_id=self.conversations[where],
            sender=self.customer,
            client_msg_id=uuid4(),
            message_id=uuid4(),
            body=encode(TextContent(text)),
        )
        for name, value in fields.items():
            setattr(made, name, value)
        return made

    def submit(self, draft: Draft, name: str = "") -> asyncio.Future[Appended | FiresideError]:
        answered: asyncio.Future[Appended | FiresideError] = asyncio.get_running_loop().create_future()

        def answer(result: Appended | FiresideError) -> None:
            self.done.append(("answer", name or getattr(result, "seq", None)))
            answered.set_result(result)

        self.journal.submit(draft, answer)
        return answered

    async def stored(self, where: int = 0) -> list[int]:
        rows = await self.db.fetch(
            "select seq from entries where conversation_id = $1 and lane = 0 order by seq",
            self.conversations[where],
        )
        return [row["seq"] for row in rows]


@pytest_asyncio.fixture
async def log(database_url: str) -> AsyncIterator[Log]:
    db = Database(PostgresAddress.read(database_url), pool_size=WRITERS + 1)
    await db.connect()
    made = Log(db, database_url)
    await made.prepare(WRITERS + 3)
    running = [asyncio.create_task(made.journal.write()) for _ in range(WRITERS)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        yield made
    await cancel(running)
    await db.disconnect()


@asynccontextmanager
async def held(log: Log) -> AsyncIterator[None]:
    """Keep Postgres at one draft meanwhile, so that what comes waits."""
    holder = await asyncpg.connect(log.url)
    async with holder.transaction():
        await holder.execute("select * from conversation_heads for update")
        on_its_way = log.submit(log.draft("On its way"), "on its way")
        await asyncio.sleep(0)
        yield
    await holder.close()
    await on_its_way


async def test_an_entry_is_offered_then_answered_then_published_then_told(log: Log) -> None:
    await log.submit(log.draft())
    await log.journal.idle()
    assert log.done == [("offer", [1]), ("answer", 1), ("publish", [1]), ("news", [1])]


async def test_a_repeat_is_told_but_not_published(log: Log) -> None:
    draft = log.draft()
    await log.submit(draft)
    await log.submit(draft)
    await log.journal.idle()
    assert log.done[4:] == [("offer", [1]), ("answer", 1), ("publish", []), ("news", [1])]


@pytest.mark.parametrize("fact", ["offer", "publish", "news"])
async def test_a_hearer_that_raises_keeps_nothing_from_anybody(log: Log, fact: str) -> None:
    def broken(batch: list[Appended]) -> None:
        raise RuntimeError("a hearer's fault")

    hearers: Hearers[[list[Appended]]] = getattr(log.journal, fact)
    hearers.add(broken)
    hearers.add(partial(log._note, "after it"))
    await asyncio.gather(*(log.submit(log.draft()) for _ in range(3)))
    await log.journal.idle()
    assert await log.stored() == [1, 2, 3]
    for name in ("offer", "publish", "news", "after it"):
        told = [seq for what, batch in log.done if what == name and isinstance(batch, list) for seq in batch]
        assert told == [1, 2, 3]


async def test_a_sender_that_cannot_be_told_keeps_nothing_from_the_others(log: Log) -> None:
    def broken(result: Appended | FiresideError) -> None:
        raise RuntimeError("a closed socket")

    log.journal.submit(log.draft(), broken)
    await asyncio.gather(log.submit(log.draft()), log.submit(log.draft()))
    await log.journal.idle()
    assert await log.stored() == [1, 2, 3]


async def test_drafts_that_come_while_a_batch_is_written_go_together_in_the_next(log: Log) -> None:
    first = log.submit(log.draft())
    await asyncio.sleep(0)  # It is taken, alone.
    rest = [log.submit(log.draft()) for _ in range(100)]
    await asyncio.gather(first, *rest)
    await log.journal.idle()
    offered = [batch for what, batch in log.done if what == "offer"]
    assert offered == [[1], list(range(2, 102))]
    assert await log.stored() == list(range(1, 102))


async def test_a_late_one_waits_for_those_who_were_just_answered(log: Log) -> None:
    loop = asyncio.get_running_loop()
    gone_on: list[asyncio.Future[Appended | FiresideError]] = []

    def go_on() -> None:
        gone_on.append(log.submit(log.draft()))

    def answered(result: Appended | FiresideError) -> None:
        # Written in the next turn, read in the one after it.
        loop.call_soon(loop.call_soon, go_on)

    def come_late(batch: list[Appended]) -> None:
        if len(batch) == 3:
            go_on()

    log.journal.offer.add(come_late)
    async with held(log):
        for _ in range(3):
            log.journal.submit(log.draft(), answered)
    await log.journal.idle()
    await asyncio.gather(*gone_on)
    assert [seqs for name, seqs in log.done if name == "offer"] == [[1], [2, 3, 4], [5, 6, 7, 8]]


@asynccontextmanager
async def locked(log: Log, *places: int) -> AsyncIterator[None]:
    """Keep Postgres from writing to some of the conversations meanwhile."""
    holder = await asyncpg.connect(log.url)
    async with holder.transaction():
        await holder.execute(
            "select * from conversation_heads where conversation_id = any($1::uuid[]) for update",
            [log.conversations[place] for place in places],
        )
        yield
    await holder.close()


async def waiting_for_locks(log: Log, count: int) -> None:
    """Wait until so many statements wait at Postgres."""
    sql = """select count(*) from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock'"""
    while await log.db.fetchval(sql) != count:
        await asyncio.sleep(0)


async def test_a_conversation_that_waits_keeps_no_other_waiting(log: Log) -> None:
    async with locked(log, 0):
        held_up = [log.submit(log.draft(where=0)) for _ in range(10)]
        await asyncio.sleep(0)
        for where in (1, 2, 3, 1):
            await log.submit(log.draft(where=where))
        assert not any(each.done() for each in held_up)
    await asyncio.gather(*held_up)
    assert [len(await log.stored(where)) for where in range(4)] == [10, 2, 1, 1]


async def test_few_wait_for_many_that_are_under_way(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "HOLD_SECONDS", PATIENCE_SECONDS)
    async with locked(log, 0):
        many = [log.submit(log.draft()) for _ in range(30)]
        await asyncio.sleep(0)
        few = [log.submit(log.draft(where=1)) for _ in range(14)]
        await asyncio.sleep(0)
        assert log.journal.waiting == 14
        few.append(log.submit(log.draft(where=2)))
        await asyncio.gather(*few)
        assert not any(each.done() for each in many)
    await asyncio.gather(*many)


async def test_what_comes_for_a_conversation_that_is_written_to_waits_here_in_its_order(log: Log) -> None:
    async with locked(log, 0, 1):
        names = [f"{number}" for number in range(9)]
        answers = []
        for name in names:
            answers.append(log.submit(log.draft(where=0), name))
            await asyncio.sleep(0)
        other = log.submit(log.draft(where=1), "other")
        await waiting_for_locks(log, 2)
        assert log.journal.waiting == len(names) - 1
    await asyncio.gather(*answers, other)
    assert [name for what, name in log.done if what == "answer" and name != "other"] == names
    assert [batch for what, batch in log.done if what == "offer" and len(cast(list[int], batch)) > 1] == [
        list(range(2, 10))
    ]


async def test_writers_are_bounded_and_the_rest_goes_together(log: Log) -> None:
    places = range(WRITERS + 3)
    async with locked(log, *places):
        answers = []
        for where in places:
            answers.append(log.submit(log.draft(where=where)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await waiting_for_locks(log, WRITERS)
        waiting = log.journal.waiting
    await asyncio.gather(*answers)
    await log.journal.idle()
    sizes = [len(cast(list[int], batch)) for what, batch in log.done if what == "offer"]
    assert (len(sizes), sum(sizes)) == (WRITERS + 1, len(places))
    assert 0 < waiting in sizes


async def test_batches_are_bounded(log: Log) -> None:
    await asyncio.gather(*(log.submit(log.draft()) for _ in range(3 * BATCH)))
    await log.journal.idle()
    assert all(len(batch) <= BATCH for what, batch in log.done if what == "offer" and isinstance(batch, list))


async def test_answers_come_in_the_order_of_the_drafts(log: Log) -> None:
    names = [f"{number}" for number in range(3 * BATCH)]
    await asyncio.gather(*(log.submit(log.draft(name), name) for name in names))
    assert [name for what, name in log.done if what == "answer"] == names


async def test_conversations_do_not_share_their_numbers(log: Log) -> None:
    await asyncio.gather(*(log.submit(log.draft(where=number % 4)) for number in range(200)))
    for where in range(4):
        assert await log.stored(where) == list(range(1, 51))


async def test_a_key_that_comes_twice_in_a_batch_is_stored_once(log: Log) -> None:
    draft = log.draft("Once")
    other = log.draft("Other", client_msg_id=draft.client_msg_id)
    results = await asyncio.gather(*(log.submit(each) for each in (draft, draft, other, draft)))
    first, second, conflict, third = results
    assert isinstance(first, Appended)
    assert not first.duplicate
    for again in (second, third):
        assert isinstance(again, Appended)
        assert (again.seq, again.duplicate) == (first.seq, True)
    assert isinstance(conflict, IdempotencyConflict)
    await log.journal.idle()
    assert await log.stored() == [1]
    assert [
        seq for what, batch in log.done if what == "publish" and isinstance(batch, list) for seq in batch
    ] == [1]


async def test_one_that_cannot_be_stored_does_not_take_the_others_with_it(log: Log) -> None:
    drafts = [log.draft(str(number)) for number in range(5)]
    drafts[2].body = b'{"type": "text", "text": "\\u0000"}'
    drafts[3].conversation_id = uuid4()
    results = await asyncio.gather(*(log.submit(draft) for draft in drafts))
    assert isinstance(results[2], Invalid)
    assert not results[2].retryable
    assert isinstance(results[3], NotFound)
    assert [result.seq for result in results if isinstance(result, Appended)] == [1, 2, 3]
    assert await log.stored() == [1, 2, 3]


@pytest.mark.parametrize(
    "poison", [b'{"type": "text", "text": "\\u0000"}', b'{"type": "text", "text": "\\ud83d"}', b"no JSON"]
)
async def test_poison_among_many_costs_a_few_statements_and_no_traceback(
    log: Log, poison: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    statements = 0
    fetch = log.db.fetch

    async def counted(sql: str, *arguments: object) -> list[asyncpg.Record]:
        nonlocal statements
        statements += 1
        return await fetch(sql, *arguments)

    monkeypatch.setattr(log.db, "fetch", counted)
    drafts = [log.draft(str(number)) for number in range(BATCH)]
    drafts[100].body = poison
    results = await asyncio.gather(*(log.submit(draft) for draft in drafts))
    assert [number for number, result in enumerate(results) if isinstance(result, Invalid)] == [100]
    assert [result.seq for result in results if isinstance(result, Appended)] == list(range(1, BATCH))
    assert statements <= 2 * 8 + 1
    told = capsys.readouterr().out
    assert "append_refused" in told
    assert "Traceback" not in told


async def test_a_sender_that_stops_waiting_stops_nothing(log: Log) -> None:
    waiting = asyncio.create_task(log.journal.append(log.draft()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await log.journal.idle()
    assert await log.stored() == [1]


async def test_the_queue_is_bounded(log: Log) -> None:
    holder = await asyncpg.connect(log.url)
    async with holder.transaction():
        await holder.execute("select * from conversation_heads for update")
        on_its_way = log.submit(log.draft())
        await asyncio.sleep(0)
        # Of a bot, who talks in many conversations at once.
        bot_id = await log.db.fetchval("insert into users (role, name) values ('bot', 'Echo') returning id")
        bot = Sender(bot_id, "bot", "Echo")
        waiting = [log.submit(log.draft(where=number % 4, sender=bot)) for number in range(QUEUE)]
        with pytest.raises(Unavailable) as refused:
            log.submit(log.draft())
        assert refused.value.retry_after_ms
    await holder.close()
    await asyncio.gather(on_its_way, *waiting)
    assert [len(await log.stored(where)) for where in range(4)] == [QUEUE // 4 + 1, *[QUEUE // 4] * 3]


async def test_one_sender_cannot_fill_the_queue(log: Log) -> None:
    async with held(log):
        size = len(log.draft("x" * 10_000).body) + ITEM_BYTES
        waiting = [log.submit(log.draft("x" * 10_000)) for _ in range(-(-SENDER_BYTES // size))]
        with pytest.raises(RateLimited) as refused:
            log.submit(log.draft())
        assert refused.value.retry_after_ms
        agent_id = await log.db.fetchval(
            "insert into users (role, name) values ('agent', 'Ada') returning id"
        )
        other = log.submit(log.draft("Short", sender=Sender(agent_id, "agent", "Ada")), "the other")
    await asyncio.gather(other, *waiting)
    answered = [name for what, name in log.done if what == "answer"]
    assert answered.index("the other") == 1


async def test_a_statement_is_bounded_in_bytes(log: Log) -> None:
    async with held(log):
        waiting = [log.submit(log.draft("x" * 16_000)) for _ in range(60)]
    await asyncio.gather(*waiting)
    await log.journal.idle()
    offered = [batch for what, batch in log.done if what == "offer" and isinstance(batch, list)]
    assert max(map(len, offered)) == BATCH_BYTES // (len(log.draft("x" * 16_000).body) + ITEM_BYTES)


async def test_backends_that_die_lose_and_double_nothing(log: Log) -> None:
    killer = await asyncpg.connect(log.url)
    answers = []
    for number in range(40):
        answers.append(log.submit(log.draft(str(number))))
        if number % 4 == 0:
            await killer.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
    results = await asyncio.gather(*answers)
    await killer.close()
    seqs = [result.seq for result in results if isinstance(result, Appended)]
    assert seqs == list(range(1, 41))
    assert await log.stored() == seqs
    await log.journal.idle()
    published = [
        seq for what, batch in log.done if what == "publish" and isinstance(batch, list) for seq in batch
    ]
    assert published == seqs


async def test_a_lane_of_the_team_has_numbers_of_its_own(log: Log) -> None:
    agent_id = await log.db.fetchval("insert into users (role, name) values ('agent', 'Ada') returning id")
    agent = Sender(agent_id, "agent", "Ada")
    results = await asyncio.gather(
        *(
            log.submit(log.draft(sender=agent, lane=lane))
            for lane in (Lane.PUBLIC, Lane.TEAM, Lane.TEAM, Lane.PUBLIC)
        )
    )
    assert [(result.lane, result.seq) for result in results if isinstance(result, Appended)] == [
        (Lane.PUBLIC, 1),
        (Lane.TEAM, 1),
        (Lane.TEAM, 2),
        (Lane.PUBLIC, 2),
    ]
