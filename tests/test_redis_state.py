"""What is wrong with Redis is told once, with its reason, and once that it is over."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
import structlog
from structlog.typing import EventDict

from app.broker import Broker
from app.factory import cancel, create_app
from app.redis_address import RedisAddress
from app.redis_state import ADVICE, Trouble
from app.settings import Settings
from tests.own_valkey import REFUSALS, TROUBLES, Valkey

PATIENCE_SECONDS = 20.0
PERMITTED = ("acl", "setuser", "default", "on", "nopass", "~*", "&*", "+@all")
MENDS = {
    "a demoted replica": ("replicaof", "no", "one"),
    "full": ("config", "set", "maxmemory", "0"),
    "without its replicas": ("config", "set", "min-replicas-to-write", "0"),
    "may not write": PERMITTED,
}


class Watched:
    """A broker that runs, and what it warned of."""

    def __init__(self, broker: Broker, lines: list[EventDict]) -> None:
        self.broker = broker
        self._lines = lines

    @property
    def warnings(self) -> list[EventDict]:
        return [line for line in self._lines if line["log_level"] == "warning"]

    async def until(self, *troubles: Trouble) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.broker.troubles() != list(troubles):
                await asyncio.sleep(0.01)


@asynccontextmanager
async def watched_at(url: str) -> AsyncIterator[Watched]:
    broker = Broker(RedisAddress.read(url), process_id=uuid4().bytes)
    broker.namespace = "one"
    with structlog.testing.capture_logs() as lines:
        work = (broker.listen, broker.speak, broker.beat, broker.probe)
        tasks = [asyncio.create_task(each()) for each in work]
        try:
            yield Watched(broker, lines)
        finally:
            await cancel(tasks)
            await broker.close()


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_refusal_to_write_is_told_once_and_so_is_its_end(own_valkey: Valkey, refusal: str) -> None:
    async with watched_at(own_valkey.url) as watched:
        await watched.until()
        await own_valkey.tell(*REFUSALS[refusal])
        await watched.until(TROUBLES[refusal])
        await own_valkey.tell(*MENDS[refusal])
        await watched.until()
        began, ended = watched.warnings
        assert (began["event"], began["reason"]) == ("redis_refuses", TROUBLES[refusal])
        assert began["advice"] == ADVICE[TROUBLES[refusal]]
        assert ended["event"] == "redis_takes_again"


async def test_a_user_without_channels_is_told_as_deaf(own_valkey: Valkey) -> None:
    await own_valkey.tell("acl", "setuser", "quiet", "on", ">secret", "~*", "+@all", "resetchannels")
    async with watched_at(own_valkey.url.replace("unix://", "unix://quiet:secret@")) as watched:
        # From the start: nobody has ever heard it.
        await watched.until("permission")
        await own_valkey.tell("acl", "setuser", "quiet", "&*")
        await watched.until()
        began, ended = watched.warnings
        assert (began["event"], began["reason"]) == ("redis_deaf", "permission")
        assert "&fireside:*" in began["advice"]
        assert ended["event"] == "redis_heard_again"


async def test_a_wrong_password_is_told_and_not_shown(own_valkey: Valkey) -> None:
    async with watched_at(own_valkey.url.replace("unix://", "unix://default:hunter2@")) as watched:
        await watched.until()
        await own_valkey.lock("another")
        await watched.until("password")
        (began,) = watched.warnings
        assert (began["event"], began["reason"]) == ("redis_deaf", "password")
        assert "hunter2" not in str(began)


async def test_a_redis_that_was_never_there_is_told(own_valkey: Valkey) -> None:
    own_valkey.end()
    async with watched_at(own_valkey.url) as watched:
        await watched.until("away")
        (began,) = watched.warnings
        assert (began["event"], began["reason"]) == ("redis_deaf", "away")


async def test_the_user_of_the_documentation_may_do_all_that_is_needed(
    own_valkey: Valkey, settings: Settings
) -> None:
    text = (Path(__file__).parents[1] / "docs" / "redis.md").read_text()
    (rule,) = re.findall(r"^ACL SETUSER .*$", text, re.MULTILINE)
    await own_valkey.tell(*rule.split())
    url = own_valkey.url.replace("unix://", "unix://fireside:secret@")
    app = create_app(msgspec.structs.replace(settings, redis_url=url))
    async with app.test_app():
        services = app.services
        await services.limiter.take("tests", "somebody", 5, seconds=10)
        await services.limiter.give_back("tests", "somebody", 5, seconds=10)
        assert services.limiter.counted_alone == 0
        # Presence has its turn, too.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await own_valkey.keys("*:lease:*"):
                await asyncio.sleep(0.05)
            while not await own_valkey.keys("*:reaper"):
                await asyncio.sleep(0.05)
        assert await services.broker.troubles() == []
    assert await own_valkey.acl_log() == []
