"""Let everything happen that docs/delivery.md promises to survive, for as long as is asked, and print a table."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import click

from tests.faults.engines import OwnEngines, own_engines
from tests.faults.fault import Fault
from tests.faults.faults import ALONE, COMBINED, FAULTS, shuffled
from tests.faults.load import settle
from tests.faults.resources import measure, what_stays
from tests.faults.run import Episode, play, table
from tests.faults.stage import stage

POLLERS = 2
PATIENCE_PER_CLIENT = 0.02
"""Seconds more to settle in: all clients share one process, and with it one core."""
SHOWN = 5
"""Findings printed of one episode; more say no more."""


@click.command(help=__doc__)
@click.option("--seconds", default=0.0, help="Go on for so long; every fault comes once in any case.")
@click.option("--seed", type=int, help="Repeat a run.  [default: a new one, printed]")
@click.option("--faults", help=f"Only these, comma-separated: {', '.join(FAULTS)}.")
@click.option("--length", default=4.0, help="Seconds that an outage lasts.  [default: 4]")
@click.option("--servers", default=3, help="[default: 3]")
@click.option("--clients", default=40, help="[default: 40]")
@click.option("--conversations", default=30, help="[default: 30]")
def main(seconds: float, seed: int | None, faults: str | None, length: float, **numbers: int) -> None:
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    chosen = ALONE + COMBINED
    if faults:
        unknown = set(faults.split(",")) - FAULTS.keys()
        if unknown:
            raise click.BadParameter(f"there is no fault {min(unknown)!r}; see --help")
        chosen = [FAULTS[name] for name in faults.split(",")]
    with (
        tempfile.TemporaryDirectory(prefix="fireside-faults-") as directory,
        own_engines(Path(directory) / "engines") as engines,
    ):
        failed = asyncio.run(run(engines, Path(directory), chosen, seconds, seed, length, **numbers))
    print(
        f"\nAgain: python -m tests.faults --seed {seed} --seconds {seconds:g} --length {length:g}"
        + (f" --faults {faults}" if faults else "")
    )
    sys.exit(1 if failed else 0)


async def run(
    engines: OwnEngines,
    directory: Path,
    faults: list[Fault],
    seconds: float,
    seed: int,
    length: float,
    *,
    servers: int,
    clients: int,
    conversations: int,
) -> bool:
    """Play the faults in an order of the seed's, over and over; return whether anything was found."""
    episodes: list[Episode] = []
    print(f"seed {seed}: {servers} servers, {clients} clients, {conversations} conversations", flush=True)
    async with stage(engines, directory, seed=seed, servers=servers, conversations=conversations) as here:
        before = await measure(here)
        here.fill(clients=clients, pollers=POLLERS, burdens=True)
        patience = 20 + clients * PATIENCE_PER_CLIENT
        assert await settle(here, seconds=patience), "the clients do not get in"
        ends_at = time.monotonic() + seconds
        while not episodes or time.monotonic() < ends_at:
            for fault in shuffled(faults, here.rng):
                episodes.append(await play(here, fault, length=length, patience=patience))
                tell(episodes[-1])
                if len(episodes) >= len(faults) and time.monotonic() > ends_at:
                    break
        burdens = [f"{burden.habit}: {dict(burden.endings)}" for burden in here.burdens]
        await here.empty()
        grown = await what_stays(here, before, clients=clients)
    print(f"\n{table(episodes)}\n")
    print(f"burdens let go of, by close code: {'; '.join(burdens)}")
    for growth in grown:
        print(f"leak: {growth}")
    return bool(grown) or any(episode.findings for episode in episodes)


def tell(episode: Episode) -> None:
    print(f"{episode.fault}: {'; '.join(map(str, episode.findings[:SHOWN])) or 'kept'}", flush=True)


if __name__ == "__main__":
    main()
