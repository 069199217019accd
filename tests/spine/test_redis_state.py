"""A trouble of Redis is told once when it begins, with its reason, and once when it is over."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
import structlog
from structlog.typing import EventDict

from app.factory import create_app
from app.lifespan import cancel
from app.settings import Settings
from app.spine.broker import Broker
from app.spine.redis_state import ADVICE, Trouble
from app.values.redis_address import RedisAddress
from tests.own_valkey import REFUSALS, TROUBLES, Valkey
from tests.server.test_signals import TLS, renew

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
    text = (Path(__file__).parents[2] / "docs" / "redis.md").read_text()
    (rule,) = re.findall(r"^ACL SETUSER .*$", text, re.MULTILINE)
    await own_valkey.tell(*rule.split())
    url = own_valkey.url.replace("unix://", "unix://fireside:secret@")
    app = create_app(msgspec.structs.replace(settings, redis_url=url))
    async with app.test_app():
        spine = app.areas.spine
        await spine.limiter.take("tests", "somebody", 5, seconds=10)
        await spine.limiter.give_back("tests", "somebody", 5, seconds=10)
        assert spine.limiter.counted_alone == 0
        # The broker has its turn, too.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await own_valkey.keys("*:probe:*"):
                await asyncio.sleep(0.05)
        assert await spine.broker.troubles() == []
    assert await own_valkey.acl_log() == []


async def test_the_certificate_is_verified_again_at_each_reconnect(
    own_valkey: Valkey, tmp_path: Path
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    lines: set[asyncio.StreamWriter] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_unix_connection(own_valkey.url.removeprefix("unix://"))
        lines.add(writer)
        await asyncio.gather(pass_on(reader, ours), pass_on(theirs, writer))
        lines.discard(writer)

    async with await asyncio.start_server(carry, "127.0.0.1", 0, ssl=context) as front:
        port = front.sockets[0].getsockname()[1]
        url = f"rediss://localhost:{port}?ssl_ca_certs={TLS / 'certificate.pem'}"
        async with watched_at(url) as watched:
            await watched.until()
            # Another certificate for the same name, by an authority that was not asked for.
            renew(tmp_path)
            context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
            for line in lines:
                line.transport.abort()
            await watched.until("certificate")


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
