"""Hints and signals over a real Redis: what arrives where, and what is noticed when Redis goes."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import redis.asyncio
from msgspec import Struct

from app.lifespan import cancel
from app.operate.embedded import engines
from app.protocol import MessageReceived, Sender, TextContent
from app.settings import Settings
from app.spine.broker import CONNECTIONS, QUEUE, Broker
from app.spine.frame import Frame
from app.spine.hints import Hint, RoomSignal
from app.spine.log.entry import Appended, Lane
from app.values.redis_address import RedisAddress

HERE = UUID(int=7)
PATIENCE_SECONDS = 20.0


class Redis(Struct):
    """A Redis of this module's own, for it is stopped and emptied here."""

    url: str

    async def pid(self) -> int:
        async with redis.asyncio.Redis.from_url(self.url) as client:
            return int((await client.info("server"))["process_id"])


@pytest.fixture(scope="module")
def own_redis() -> Iterator[Redis]:
    with tempfile.TemporaryDirectory(prefix="fireside-tests-") as var_dir, asyncio.Runner() as runner:
        running = engines(Settings(var_dir=Path(var_dir), database_url="postgresql://nowhere/unused"))
        try:
            yield Redis(runner.run(running.__aenter__()).redis_url)
        finally:
            runner.run(running.__aexit__(None, None, None))


class Ear:
    """A broker that runs, and what it has heard."""

    def __init__(self, url: str, namespace: str) -> None:
        self.broker = Broker(RedisAddress.read(url), process_id=uuid4().bytes)
        self.broker.namespace = namespace
        self.hints: list[Hint] = []
        self.signals: list[RoomSignal] = []
        self.notices: list[bytes] = []
        self.recoveries = 0
        self._news = asyncio.Event()
        self.broker.on_hints.add(lambda hints: self._note(lambda: self.hints.extend(hints)))
        self.broker.on_signal.add(lambda signal: self._note(lambda: self.signals.append(signal)))
        self.broker.on_notice["topic"].add(lambda body: self._note(lambda: self.notices.append(body)))
        self.broker.on_recovered.add(lambda: self._note(self._recovered))

    def _recovered(self) -> None:
        self.recoveries += 1

    def _note(self, note: Callable[[], None]) -> None:
        note()
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    @property
    def seqs(self) -> list[int]:
        return [hint.seq for hint in self.hints]


@asynccontextmanager
async def running(url: str, namespace: str = "one") -> AsyncIterator[Ear]:
    """A broker that has heard itself."""
    ear = Ear(url, namespace)
    broker = ear.broker
    tasks = [asyncio.create_task(work()) for work in (broker.listen, broker.speak, broker.beat)]
    try:
        await ear.until(lambda: ear.recoveries > 0)
        yield ear
    finally:
        await cancel(tasks)
        await broker.close()


@asynccontextmanager
async def two(url: str, namespace: str = "one") -> AsyncIterator[tuple[Ear, Ear]]:
    """Two brokers that know of each other."""
    async with running(url, namespace) as first, running(url, namespace) as second:
        for one, other in ((first, second), (second, first)):
            # A process that has heard nobody lately speaks to nobody, so both are asked until they do.
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not other.signals:
                    one.broker.signal(HERE, "typing_indicator", b"{}")
                    await asyncio.sleep(0.01)
        first.signals.clear()
        second.signals.clear()
        yield first, second


async def suspected(broker: Broker, *, is_suspect: bool) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while broker.suspect is not is_suspect:
            await asyncio.sleep(0.01)


def appended(seq: int, conversation_id: UUID = HERE, text: str = "Hello") -> Appended:
    entry = MessageReceived(
        conversation_id=conversation_id,
        seq=seq,
        message_id=uuid4(),
        client_msg_id=uuid4(),
        sender=Sender(1, "customer", "Visitor"),
        created_at=datetime.now(UTC),
        content=TextContent(text),
    )
    return Appended(
        conversation_id=conversation_id, lane=Lane.PUBLIC, seq=seq, entry=entry, frame=Frame.of(entry)
    )


async def test_the_others_hear_in_order_what_a_process_publishes_and_it_itself_does_not(
    own_redis: Redis,
) -> None:
    async with two(own_redis.url) as (first, second):
        batch = [appended(seq) for seq in range(1, 301)]
        for start in range(0, 300, 7):
            first.broker.publish(batch[start : start + 7])
        await second.until(lambda: len(second.hints) == 300)
        assert second.seqs == list(range(1, 301))
        assert [hint.payload for hint in second.hints] == [entry.frame.payload for entry in batch]
        assert {(UUID(bytes=hint.conversation_id), hint.lane, hint.sender_id) for hint in second.hints} == {
            (HERE, 0, 1)
        }
        assert first.hints == []


async def test_signals_and_notices_arrive_too(own_redis: Redis) -> None:
    async with two(own_redis.url) as (first, second):
        first.broker.signal(HERE, "typing_indicator", b"payload", except_user_id=4)
        first.broker.notify("topic", b"body")
        first.broker.notify("unheard of", b"body")
        await second.until(lambda: bool(second.signals and second.notices))
        heard = second.signals[0]
        assert (UUID(bytes=heard.conversation_id), heard.except_user_id) == (HERE, 4)
        assert (heard.event, heard.payload) == ("typing_indicator", b"payload")
        assert second.notices == [b"body"]
        assert not first.signals
        assert not first.notices


async def test_installations_on_the_same_redis_do_not_hear_each_other(own_redis: Redis) -> None:
    async with two(own_redis.url, "one") as (first, second), two(own_redis.url, "two") as (other, another):
        other.broker.publish([appended(1)])
        await another.until(lambda: another.seqs == [1])
        first.broker.publish([appended(2)])
        await second.until(lambda: second.seqs == [2])
        assert another.seqs == [1]


async def test_large_hints_are_cut_into_messages_that_redis_takes(own_redis: Redis) -> None:
    async with two(own_redis.url) as (first, second):
        first.broker.publish([appended(seq, text="x" * 16_000) for seq in range(1, 201)])
        await second.until(lambda: len(second.hints) == 200)
        assert second.seqs == list(range(1, 201))


async def test_noise_on_a_channel_is_passed_over(own_redis: Redis) -> None:
    async with two(own_redis.url) as (first, second):
        async with redis.asyncio.Redis.from_url(own_redis.url) as client:
            for noise in (b"", b"\xff", b"{}", b"\x93\xa1h\xa1x\xa1y"):
                await client.publish(first.broker.key("all"), noise)
        first.broker.notify("topic", b"after it")
        await second.until(lambda: second.notices == [b"after it"])


async def test_a_silent_resubscription_is_noticed(own_redis: Redis) -> None:
    async with two(own_redis.url) as (first, second):
        recoveries = second.recoveries
        async with redis.asyncio.Redis.from_url(own_redis.url) as client:
            await client.client_kill_filter(_type="pubsub")
        await second.until(lambda: second.recoveries > recoveries)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not second.hints:
                first.broker.publish([appended(1)])
                await asyncio.sleep(0.01)


async def test_a_redis_that_stands_still_is_suspected_and_comes_back(own_redis: Redis) -> None:
    pid = await own_redis.pid()
    async with two(own_redis.url) as (first, second):
        recoveries = [ear.recoveries for ear in (first, second)]
        os.kill(pid, signal.SIGSTOP)
        try:
            for ear in (first, second):
                await suspected(ear.broker, is_suspect=True)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await first.broker.troubles() != ["away"]:
                    await asyncio.sleep(0.01)
            # Nobody waits for it meanwhile, and what is kept for it is bounded.
            first.broker.publish([appended(1)] * 2 * QUEUE)
            assert len(first.broker._queue) <= QUEUE
        finally:
            os.kill(pid, signal.SIGCONT)
        for ear, before in zip((first, second), recoveries, strict=True):
            await ear.until(lambda ear=ear, before=before: ear.recoveries > before)  # type: ignore[misc]
            # Doubts may come back while it works off what has waited for it.
            await suspected(ear.broker, is_suspect=False)
        assert await first.broker.troubles() == []


async def test_more_commands_than_connections_wait_for_each_other(own_redis: Redis) -> None:
    async with running(own_redis.url) as ear:
        assert all(await asyncio.gather(*(ear.broker.redis.ping() for _ in range(10 * CONNECTIONS))))


async def test_a_redis_that_is_not_there_is_waited_for() -> None:
    with tempfile.TemporaryDirectory(prefix="fireside-tests-") as var_dir:
        settings = Settings(var_dir=Path(var_dir), database_url="postgresql://nowhere/unused")
        async with engines(settings) as found:
            url = found.redis_url
        ear = Ear(url, "one")
        broker = ear.broker
        tasks = [asyncio.create_task(work()) for work in (broker.listen, broker.speak, broker.beat)]
        broker.notify("topic", b"to nobody")
        assert await broker.troubles() == ["away"]
        async with engines(settings) as found:
            assert found.redis_url == url
            await ear.until(lambda: ear.recoveries > 0)
            assert await broker.troubles() == []
        await cancel(tasks)
        await broker.close()
