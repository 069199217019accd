"""`python -m bench.faces`: how smooth the admin app is, and what the widget costs a phone and its host page."""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
import msgspec
from playwright.async_api import Browser, async_playwright

from app.operate.embedded import engines
from app.settings import Settings
from bench.faces.admin import measure_admin
from bench.faces.report import Results, tables, write_report
from bench.faces.seed import seed
from bench.faces.widget import measure_widget
from bench.server import SERVERS, running
from tests.e2e.chromium import find_chromium
from tests.e2e.conftest import FEATURES

PHONE_LIKE = ["--disable-site-isolation-trials", FEATURES]
"""A frame of another site shares the page's process, as on most phones, and so its throttled processor and network."""
RESULTS = Path(__file__).with_name("results.json")


@click.command()
@click.option("--only", type=click.Choice(["admin", "widget"]), help="One of the two faces.")
@click.option("--keep/--no-keep", default=True, help="Write the results down.")
def main(*, only: str | None, keep: bool) -> None:
    asyncio.run(measure(only, keep=keep))


async def measure(only: str | None, *, keep: bool) -> None:
    results = Results(machine())
    if RESULTS.exists():
        known = msgspec.json.decode(RESULTS.read_bytes(), type=Results)
        results.admin, results.widget = known.admin, known.widget
    async with served() as url, browser() as chromium:
        if only != "admin":
            results.widget = await measure_widget(chromium, url)
        if only != "widget":
            results.admin = await measure_admin(chromium, url)
        results.machine += f" Chromium {chromium.version}."
    print(tables(results))
    if keep:
        RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
        write_report(results)


def machine() -> str:
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, no graphics processor; load average"
        f" before the start {busy}, where 0 is a machine with nothing else to do."
    )


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """Start engines, fill them, and serve; yield the address."""
    with tempfile.TemporaryDirectory(prefix="fireside-faces-") as directory:
        var_dir = Path(directory)
        async with engines(Settings(var_dir=var_dir)) as found:
            await seed(found.database_url)
            async with running(
                SERVERS["fireside"],
                database_url=found.database_url,
                redis_url=found.redis_url,
                pin=None,
                log=var_dir / "server.log",
            ) as server:
                yield server.url.replace("ws", "http", 1)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        options = find_chromium()
        found = await playwright.chromium.launch(**options | {"args": [*options["args"], *PHONE_LIKE]})
        yield found
        await found.close()


if __name__ == "__main__":
    main()
