"""`python -m bench`: start each server in turn, measure, and write down what came of it."""

from __future__ import annotations

import asyncio
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path

import click

from app.operate.embedded import engines
from app.settings import Settings
from bench.cores import CORES, pin_rest
from bench.measure import Bench, Figures, engine_processes, measure
from bench.people import people, seed
from bench.plan import ENTRIES, PLANS, Scenario, Size
from bench.plans import write_plans
from bench.report import write_report
from bench.results import Results, save
from bench.server import SERVERS, WORK
from bench.tables import scenario_table


@click.command()
@click.option("--quick", is_flag=True, help="Fan-out and durable chat beside two peers, and no files.")
@click.option("--rounds", default=5, show_default=True, help="How often the servers take turns.")
@click.option("--only", "names", multiple=True, help="A scenario's name or its beginning; may be repeated.")
@click.option("--report", "report_only", is_flag=True, help="Measure nothing: write the tables anew.")
def main(*, quick: bool, rounds: int, names: tuple[str, ...], report_only: bool) -> None:
    """Compare Fireside with what a user would pick instead, and write the results to bench/."""
    if not report_only:
        size: Size = "quick" if quick else "full"
        plan = [each for each in PLANS[size] if not names or each.name.startswith(names)]
        if not plan:
            raise click.UsageError(
                f"There is no such scenario. There are: {', '.join(map(name_of, PLANS[size]))}"
            )
        if pin := pin_rest():
            pin()
        asyncio.run(until_terminated(compare(plan, rounds, keep=not quick)))
    if not quick:
        print(write_report())


def name_of(scenario: Scenario) -> str:
    return scenario.name


async def until_terminated(work: Coroutine[None, None, None]) -> None:
    """Do the work; SIGTERM ends it as Ctrl-C does, with all that was started."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        raise SystemExit(128 + signal.SIGTERM) from None


async def compare(plan: Sequence[Scenario], rounds: int, *, keep: bool) -> None:
    logs, where = WORK / "logs", machine()
    logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fireside-bench-") as directory:
        var_dir = Path(directory)
        async with engines(Settings(var_dir=var_dir)) as found:
            agents = await seed(found.database_url)
            bench = Bench(found, engine_processes(found, var_dir), people(agents), logs)
            for scenario in plan:
                results = await take_turns(bench, scenario, rounds, where)
                print(f"\n{scenario.title}\n{scenario_table(scenario, results)}\n", flush=True)
                if keep:
                    save(results)
            if keep and ENTRIES[-1] in plan:
                await write_plans(found.database_url)


async def take_turns(bench: Bench, scenario: Scenario, rounds: int, where: str) -> Results:
    """Measure all servers of a scenario, one after the other, so many times."""
    there = [name for name in scenario.servers if SERVERS[name].installed]
    for name in scenario.servers:
        if name not in there:
            print(f"{SERVERS[name].title} is not installed and left out.", file=sys.stderr, flush=True)
    seen: dict[str, list[Figures | None]] = {name: [] for name in there}
    for number in range(1, rounds + 1):
        for name in there:
            print(f"{scenario.name} {number}/{rounds} {name} …", file=sys.stderr, flush=True)
            try:
                seen[name].append(await measure(bench, SERVERS[name], scenario))
            except (RuntimeError, TimeoutError) as error:
                # One that fails is told as such; the others are measured all the same.
                seen[name].append(None)
                print(f"  failed: {error!r}", file=sys.stderr, flush=True)
    return Results(scenario.name, where, seen)


def machine() -> str:
    """Say what this runs on, and whether it has anything else to do."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    pinned = "server and the rest on a core each" if len(CORES) > 1 else "nothing pinned"
    busy = os.getloadavg()[0]
    if busy > 0.5:
        print(
            f"The machine is busy (load {busy:.1f}): rates and times will be its, not ours.", file=sys.stderr
        )
    return (
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, {pinned}, load {busy:.1f} at the start;"
        f" Python {platform.python_version()}, Node {node}."
    )


if __name__ == "__main__":
    main()
