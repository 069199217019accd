"""One run: a fresh database, servers on their cores, the load on the last one, and what came of it."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import redis

from app.operate.embedded import Engines
from bench.cores import pin_rest, pin_server
from bench.people import People, copy_of, fill
from bench.plan import Scenario
from bench.server import PEER_PYTHON, ROOT, Server, running

RUN_SECONDS = 300.0
"""No run may take longer, whatever hangs."""

Figures = dict[str, float]


class Bench(msgspec.Struct):
    """The common part of all runs."""

    engines: Engines
    engine_processes: list[int]
    people: People
    logs: Path


async def measure(bench: Bench, server: Server, scenario: Scenario) -> Figures:
    """Measure one server in one scenario.

    Raises:
        RuntimeError: The server or the load has failed; the message says where to look.
        TimeoutError: It took longer than `RUN_SECONDS`.
    """
    log = bench.logs / f"{scenario.name}-{server.name}.log"
    async with asyncio.timeout(RUN_SECONDS), AsyncExitStack() as stack:
        database_url = await stack.enter_async_context(copy_of(bench.engines.database_url))
        if scenario.entries:
            await fill(database_url, scenario.entries)
        up = [
            await stack.enter_async_context(
                running(
                    server,
                    database_url=database_url,
                    redis_url=bench.engines.redis_url,
                    pin=pin_server(number),
                    log=log.with_suffix(f".{number}.log"),
                )
            )
            for number in range(scenario.processes)
        ]
        order = {
            "scenario": scenario.load,
            "dialect": server.dialect,
            "urls": [each.url for each in up],
            "people": bench.people,
            "options": scenario.options,
            "warm_up": scenario.warm_up,
            "seconds": scenario.seconds,
            "server": [each.process_id for each in up],
            "engines": bench.engine_processes,
        }
        return figures(await load(order, log.with_suffix(".load.log")))


def engine_processes(engines: Engines, var_dir: Path) -> list[int]:
    """Return the parents of the engines' processes."""
    postmaster = int((var_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    with redis.Redis.from_url(engines.redis_url) as client:
        return [postmaster, client.info("server")["process_id"]]


async def load(order: dict[str, Any], log: Path) -> dict[str, Any]:
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            str(PEER_PYTHON),
            "-m",
            "bench.load",
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            preexec_fn=pin_rest(),
        )
        try:
            out, _ = await process.communicate(json.dumps(order).encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"The load has failed: {last_line(log)}; see {log}.")
    result: dict[str, Any] = json.loads(out)
    return result


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def figures(result: dict[str, Any]) -> Figures:
    """Add to what the load counted what it cost, in microseconds of processor time for each of what it counted."""
    usage, count = result["usage"], result["count"]
    found: Figures = dict(result["figures"])
    for whose in ("server", "engines", "load"):
        found[f"{whose}_cpu"] = usage[whose] / usage["seconds"]
        found[f"{whose}_microseconds"] = 1e6 * usage[whose] / count if count else 0.0
    return found
