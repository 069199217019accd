"""The admin app with 5,000 conversations in its list and 10,000 messages in one of them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page

from bench.faces.felt import measure_keys
from bench.faces.probe import SCRIPT, Figures, measured, memory
from bench.faces.seed import CONVERSATIONS, EMAIL, LONG, MESSAGES, PASSWORD

WRITING = 2_000
PER_SECOND = 200
LIVE_SECONDS = 15.0
LIST, LOG = ".list-scroller", ".log-scroller"
LIST_PIXELS, LOG_PIXELS = 240, 400
"""A frame: 14,400 pixels a second are some 210 rows, faster than anybody reads."""
WANDER_PIXELS = 20
"""A frame, while other things happen."""
KEY_SECONDS = 0.12
"""Between two keystrokes: a hundred words a minute."""
PATIENCE_MS = 120_000
Table = dict[str, Figures]


async def measure_admin(browser: Browser, url: str) -> Table:
    """Go through an agent's day, and return the figures of each part of it."""
    table: Table = {}
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    await context.add_init_script(path=SCRIPT)
    signed_in = await context.request.post(
        f"{url}/auth/login", data={"email": EMAIL, "password": PASSWORD}, headers={"Origin": url}
    )
    assert signed_in.ok, await signed_in.text()
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)

    table["blank"] = await stand_still(page, f"{url}/healthz")
    table["load"] = await load(page, url) | await memory(cdp)
    table["list_down"] = await scroll_list(page, LIST_PIXELS) | await memory(cdp)
    table["list_up"] = await scroll_list(page, -LIST_PIXELS) | await memory(cdp)
    table["open"] = await open_long(page) | await memory(cdp)
    table["log_up"] = await page_up(page) | await memory(cdp)
    async with writing(url):
        await page.locator(".log-pill").click()
        table["live_long"] = await live(page) | await memory(cdp)
        await page.goto(f"{url}/admin/c/{LONG}")
        await page.locator(f"{LOG} .message").first.wait_for()
        table["live"] = await live(page) | await memory(cdp)
    table["felt"] = await measure_keys(page)
    await context.close()
    return table


async def stand_still(page: Page, url: str) -> Figures:
    """Measure a page that does nothing: what the machine itself costs in frames."""
    await page.goto(url)
    async with measured(page) as figures:
        await asyncio.sleep(5)
    return figures


async def load(page: Page, url: str) -> Figures:
    """Open the app by its address, until there are rows to click."""
    async with measured(page) as figures:
        await page.goto(f"{url}/admin", wait_until="commit")
        await page.locator(".row").first.wait_for()
        figures["usable_ms"] = await page.evaluate("performance.now()")
        await page.wait_for_load_state("networkidle")
    paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    figures["first_paint_ms"] = await page.evaluate(paint)
    return figures


async def scroll_list(page: Page, pixels: int) -> Figures:
    """Scroll the list from end to end; on the first way down its pages are fetched."""
    done = "() => !document.querySelector('.list-more')" if pixels > 0 else "() => true"
    async with measured(page) as figures:
        await page.evaluate(f"probe.scroll(document.querySelector('{LIST}'), {pixels}, {done})")
    if pixels > 0:
        height = await page.evaluate(f"document.querySelector('{LIST}').scrollHeight")
        figures["rows"] = height // 68
        assert figures["rows"] >= CONVERSATIONS, figures
    return figures


async def open_long(page: Page) -> Figures:
    """Click the long conversation, which stands first, until its newest message is to be seen."""
    async with measured(page) as figures:
        await page.evaluate("probe.taps.length = 0")
        await page.locator(f".row[data-conversation='{LONG}']").click()
        await page.locator(f"{LOG} .message").first.wait_for()
        figures["open_ms"] = await page.evaluate("performance.timeOrigin + performance.now() - probe.taps[0]")
        await page.wait_for_load_state("networkidle")
    return figures


async def page_up(page: Page) -> Figures:
    """Read the long conversation from its end to its beginning."""
    began = "document.querySelector('.log-top').textContent.includes('begins here')"
    async with measured(page) as figures:
        await page.evaluate(f"probe.scroll(document.querySelector('{LOG}'), -{LOG_PIXELS}, () => {began})")
    figures["messages"] = MESSAGES
    return figures


async def live(page: Page) -> Figures:
    """Type into the conversation while the list moves and messages come, into this conversation, too."""
    field = page.locator("textarea")
    await field.fill("")
    async with measured(page) as figures:
        await page.evaluate(f"probe.wander(document.querySelector('{LIST}'), {WANDER_PIXELS})")
        for number in range(int(LIVE_SECONDS / KEY_SECONDS)):
            await field.press("Backspace" if number % 40 == 39 else "a")
            await asyncio.sleep(KEY_SECONDS)
    await page.evaluate("probe.rest()")
    return figures


@asynccontextmanager
async def writing(url: str) -> AsyncIterator[None]:
    """Let customers write for the time of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.faces.writers",
        url.replace("http", "ws"),
        str(WRITING),
        str(PER_SECOND),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"writing\n", "The customers did not come."
        yield
        assert process.returncode is None, "The customers have left."
    finally:
        process.stdin.close()
        await process.wait()
