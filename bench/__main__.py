"""`python -m bench`: compare."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from app.embedded import engines
from app.settings import Settings
from bench.cores import pin_rest
from bench.measure import Bench, engine_processes, run
from bench.people import people, seed
from bench.server import SERVERS, WORK

PLAN = {
    "fanout": {"members": 500, "in_flight": 8},
    "durable": {"conversations": 200, "in_flight": 1},
}


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    only = set(sys.argv[2:])
    if pin := pin_rest():
        pin()
    logs = WORK / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fireside-bench-") as var_dir:
        async with engines(Settings(var_dir=Path(var_dir))) as found:
            agents = await seed(found.database_url)
            bench = Bench(found, people(agents), engine_processes(found, Path(var_dir)), logs)
            seen: dict[tuple[str, str], list[dict[str, float]]] = {}
            for number in range(rounds):
                for scenario, options in PLAN.items():
                    for server in SERVERS.values():
                        if only and not only & {scenario, server.name}:
                            continue
                        result = await run(bench, server, scenario, options, warm_up=2, seconds=5)
                        seen.setdefault((scenario, server.name), []).append(result.figures)
                        print(
                            number,
                            scenario,
                            server.name,
                            {key: round(value, 2) for key, value in result.figures.items()},
                            flush=True,
                        )
            for (scenario, name), figures in seen.items():
                print(
                    scenario, name, {k: round(statistics.median(f[k] for f in figures), 2) for k in figures[0]}
                )


asyncio.run(main())
