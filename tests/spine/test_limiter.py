"""Limits that all processes count together, and what goes on without Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from app.errors import RateLimited
from app.operate.embedded import Engines
from app.spine.broker import Broker
from app.spine.limiter import Limiter
from app.values.redis_address import RedisAddress
from tests.own_valkey import REFUSALS, Valkey


@pytest_asyncio.fixture
async def process(session_engines: Engines) -> AsyncIterator[Callable[..., Limiter]]:
    """Make the limiter of another process of an installation of this test's own."""
    brokers: list[Broker] = []
    namespace = str(uuid4())

    def make(url: str = session_engines.redis_url) -> Limiter:
        broker = Broker(RedisAddress.read(url), process_id=uuid4().bytes)
        broker.namespace = namespace
        brokers.append(broker)
        return Limiter(broker)

    yield make
    for broker in brokers:
        await broker.close()


async def take(limiter: Limiter, subject: str = "somebody", *, count: int = 5, seconds: float = 1000) -> int:
    """Return how long to wait, in milliseconds."""
    try:
        await limiter.take("tests", subject, count, seconds=seconds)
    except RateLimited as error:
        return error.retry_after_ms or -1
    return 0


async def test_processes_count_together_and_each_subject_by_itself(process: Callable[..., Limiter]) -> None:
    here, there = process(), process()
    waits = [await take((here, there)[number % 2]) for number in range(8)]
    assert waits[:5] == [0] * 5
    # One comes back in each fifth of the time.
    assert all(190_000 < wait <= 200_000 for wait in waits[5:])
    assert await take(here, "somebody else") == 0


@pytest.mark.parametrize("count", [1, 3, 7, 30])
async def test_requests_at_the_same_moment_share_what_there_is(
    process: Callable[..., Limiter], count: int
) -> None:
    processes = [process() for _ in range(4)]
    waits = await asyncio.gather(*(take(processes[number % 4], count=count) for number in range(40)))
    assert waits.count(0) == count
    assert min(waits) == 0


async def test_a_use_that_is_given_back_may_be_taken_again_by_every_process(
    process: Callable[..., Limiter],
) -> None:
    here, there = process(), process()
    assert [await take(here) for _ in range(5)] == [0] * 5
    assert await take(there) > 0
    await here.give_back("tests", "somebody", 5, seconds=1000)
    assert await take(there) == 0
    assert await take(here) > 0


async def test_three_hundred_at_once_wait_for_each_other_and_pass_no_more_than_may(
    process: Callable[..., Limiter],
) -> None:
    limiter = process()
    waits = await asyncio.gather(*(take(limiter, f"{number % 3}") for number in range(300)))
    assert waits.count(0) == 15
    assert limiter.counted_alone == 0


async def test_after_redis_has_lost_the_script_it_is_loaded_again(process: Callable[..., Limiter]) -> None:
    limiter = process()
    assert await take(limiter, count=2) == 0
    await limiter._broker.redis.script_flush()
    assert await take(limiter, count=2) == 0
    assert await take(process(), count=2) > 0
    assert limiter.counted_alone == 0


async def test_a_caller_who_waits_as_told_goes_on_and_being_refused_costs_nothing(
    process: Callable[..., Limiter],
) -> None:
    limiter = process()
    while not await take(limiter, count=2, seconds=2):
        pass
    waits = [await take(limiter, count=2, seconds=2) for _ in range(20)]
    assert 0 < max(waits) <= 1000
    begun = time.monotonic()
    while wait := await take(limiter, count=2, seconds=2):
        await asyncio.sleep(wait / 1000)  # As the limiter asks of its callers.
    assert time.monotonic() - begun < 5


async def test_nothing_is_kept_for_longer_than_it_counts(process: Callable[..., Limiter]) -> None:
    limiter = process()
    await take(limiter, seconds=30)
    client = limiter._broker.redis
    (key,) = [key async for key in client.scan_iter(limiter._broker.key("*"))]
    assert 29_000 < await client.pttl(key) <= 31_000


@pytest_asyncio.fixture
async def silent() -> AsyncIterator[str]:
    """An address where connections are taken and nothing is answered, as when Redis is stopped."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"redis://{host}:{port}"


@pytest.fixture(params=["gone", "stopped"])
def lost(request: pytest.FixtureRequest, silent: str, tmp_path: Path) -> str:
    return silent if request.param == "stopped" else f"unix://{tmp_path}/socket"


async def test_without_redis_each_process_counts_for_itself(
    process: Callable[..., Limiter], lost: str
) -> None:
    here, there = process(lost), process(lost)
    for limiter in (here, there):
        waits = await asyncio.gather(*(take(limiter) for _ in range(100)))
        assert waits.count(0) == 5
        assert limiter.counted_alone == 5
        await limiter.give_back("tests", "somebody", 5, seconds=1000)
        assert await take(limiter) == 0
        assert await take(limiter) > 0


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_redis_that_refuses_to_write_leaves_what_each_process_counts(
    process: Callable[..., Limiter], own_valkey: Valkey, refusal: str
) -> None:
    limiter = process(own_valkey.url)
    assert await take(limiter) == 0
    await own_valkey.tell(*REFUSALS[refusal])
    waits = [await take(limiter) for _ in range(20)]
    assert waits.count(0) == 4


async def test_a_count_of_nothing_allows_everything_and_asks_nobody(
    process: Callable[..., Limiter], lost: str
) -> None:
    limiter = process(lost)
    assert [await take(limiter, count=0) for _ in range(100)] == [0] * 100
