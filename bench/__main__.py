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
from bench.plan import PLAN
from bench.server import SERVERS, WORK


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
                for scenario in PLAN:
                    for name in scenario.servers:
                        if only and not (only & {scenario.name, name}):
                            continue
                        result = await run(bench, SERVERS[name], scenario)
                        seen.setdefault((scenario.name, name), []).append(result.figures)
                        print(
                            number,
                            scenario.name,
                            name,
                            {key: round(value, 2) for key, value in result.figures.items()},
                            flush=True,
                        )
            for (scenario_name, name), figures in seen.items():
                print(
                    scenario_name, name, {k: round(statistics.median(f[k] for f in figures), 2) for k in figures[0]}
                )


asyncio.run(main())
