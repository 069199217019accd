"""`python -m tests.attacks`: how long somebody else waits while others write as much as they may.

A bystander writes a short message every 50 ms, first alone, then beside anonymous visitors who write the longest ones
as fast as the limits let them, and come back each time they are let go.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

import click
import msgspec

from app.operate.embedded import engines
from app.operate.migrate import migrate
from app.settings import Settings
from tests.attacks.raw import Peer, Peers, event
from tests.attacks.visitors import Visitor, Visitors
from tests.client import message
from tests.server.installation import NO_LIMITS, Installation, Person

EACH_SECONDS = 0.05


@click.command()
@click.option("--seconds", default=10, show_default=True, help="How long each part takes.")
@click.option("--unlimited", is_flag=True, help="Without limits: fairness alone.")
def main(*, seconds: int, unlimited: bool) -> None:
    """Measure a bystander's acks beside none, four and a hundred who write as much as they may."""
    # Ended from outside, as by `timeout`, it must still stop its engines.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asyncio.run(measure(seconds, {} if unlimited else dict.fromkeys(NO_LIMITS)))


async def measure(seconds: int, without: dict[str, None]) -> None:
    with tempfile.TemporaryDirectory(prefix="fireside-attacks-") as directory:
        async with engines(Settings(var_dir=Path(directory))) as found:
            await migrate(found.database)
            installation = Installation(found.database_url, found.redis_url, Path(directory))
            defaults = {name: str(getattr(Settings(), name.lower())) for name in without}
            server = installation.start(**defaults)
            try:
                print("attackers  messages  p50 ms  p99 ms  max ms  WAL MB/s", flush=True)
                for attackers in (0, 4, 100):
                    await one(installation, server.host, attackers, seconds)
            finally:
                server.kill()


async def one(installation: Installation, host: tuple[str, int], attackers: int, seconds: int) -> None:
    server = installation.servers[0]
    bystander = await installation.customer(server)
    others = [await installation.customer(server) for _ in range(attackers)]
    visitors = Visitors(host, [Visitor(other.token, other.conversation_id) for other in others])
    peers = Peers(host)
    peer = await peers.open(token=bystander.token)
    before = await installation.sql("select pg_current_wal_lsn()::text")
    attack = subprocess.Popen([sys.executable, "-m", "tests.attacks.visitors"], stdin=subprocess.PIPE)
    assert attack.stdin is not None
    with attack.stdin as stdin:
        stdin.write(msgspec.json.encode(visitors))
    try:
        waits = sorted(await acks(peer, bystander, seconds))
    finally:
        attack.kill()
        attack.wait()
    written = await installation.sql("select pg_wal_lsn_diff(pg_current_wal_lsn(), $1::text::pg_lsn)", before)
    await peers.end()
    hundredths = quantiles(waits, n=100)
    print(
        f"{attackers:9}  {len(waits):8}  {hundredths[49]:6.1f}  {hundredths[98]:6.1f}  {waits[-1]:6.1f}"
        f"  {float(written) / seconds / 1e6:8.1f}",
        flush=True,
    )


async def acks(peer: Peer, person: Person, seconds: int) -> list[float]:
    """Write at a steady pace; return how long each ack took, in ms."""
    waits = []
    started = time.monotonic()
    for number in range(int(seconds / EACH_SECONDS)):
        await asyncio.sleep(max(0.0, started + number * EACH_SECONDS - time.monotonic()))
        sent = time.monotonic()
        peer.write(event("send_message", id=number, **message(person.conversation_id)))
        answer = await peer.hear_answer(number)
        assert answer["type"] == "ack", answer
        waits.append((time.monotonic() - sent) * 1000)
    return waits


if __name__ == "__main__":
    main()
