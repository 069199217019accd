"""The widget on a phone, and what its loader costs the page it stands in."""

from __future__ import annotations

import asyncio
import json
from statistics import median
from typing import Any

from playwright.async_api import Browser, CDPSession, Frame, Page

from bench.faces.probe import SCRIPT, Figures
from bench.faces.seed import INBOX
from tests.e2e.site import Site, open_site

ROUNDS = 5
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}
CPU_SLOWDOWN = 4
SLOW_4G = {
    "offline": False,
    "latency": 150 * 3.75,
    "downloadThroughput": 1.6e6 / 8 * 0.9,
    "uploadThroughput": 0.75e6 / 8 * 0.9,
}
"""As Chromium's developer tools and Lighthouse define it: a round trip of 150 ms, 1.6 Mbit/s; per request 562.5 ms."""
QUIET_SECONDS = 2.0
"""Time after everything is loaded in which a page that starts anything by itself would have started it."""
PANEL_PAINT = """
performance.timeOrigin + (performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0)
"""


class Traffic:
    """The traffic between a page and the chat."""

    def __init__(self, cdp: CDPSession, origin: str) -> None:
        self._origin = origin
        self._urls: dict[str, str] = {}
        self.paths: list[str] = []
        self.bytes = 0.0
        self.socket_bytes = 0
        cdp.on("Network.requestWillBeSent", self._sent)
        cdp.on("Network.loadingFinished", self._finished)
        for name in ("Network.webSocketFrameReceived", "Network.webSocketFrameSent"):
            cdp.on(name, self._framed)

    def _sent(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith(self._origin):
            self._urls[event["requestId"]] = url
            self.paths.append(url.removeprefix(self._origin).split("?")[0])

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._urls:
            self.bytes += event["encodedDataLength"]

    def _framed(self, event: dict[str, Any]) -> None:
        self.socket_bytes += len(event["response"]["payloadData"])


async def measure_widget(browser: Browser, url: str) -> dict[str, Figures]:
    """Visit a website several times as somebody new; return the medians."""
    with open_site() as site:
        site.chat, site.inbox = url, INBOX
        visits = [await visit(browser, site) for _ in range(ROUNDS)]
    return {
        part: {name: median(each[part][name] for each in visits) for name in visits[0][part]}
        for part in visits[0]
    }


async def visit(browser: Browser, site: Site) -> dict[str, Figures]:
    context = await browser.new_context(**PHONE)
    await context.add_init_script(path=SCRIPT)
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Network.enable")
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    await cdp.send("Network.emulateNetworkConditions", SLOW_4G)
    traffic = Traffic(cdp, site.chat)
    table = {"loader": await load(browser, page, site, traffic)}
    table["first"] = await open_first(page, traffic)
    table["again"] = await open_again(page)
    table["return"] = await come_back(page, site)
    await context.close()
    return table


async def load(browser: Browser, page: Page, site: Site, traffic: Traffic) -> Figures:
    """Load the website and wait: what the loader does before anybody wants to chat."""
    await browser.start_tracing(page=page, categories=["-*", "devtools.timeline", "v8"])
    await page.goto(site.origin, wait_until="load")
    await asyncio.sleep(QUIET_SECONDS)
    events = json.loads(await browser.stop_tracing())["traceEvents"]
    spent = [each["dur"] for each in events if is_loader(each)]
    report = await page.evaluate("({shifts: probe.shifts, tasks: probe.tasks})")
    assert spent, "The loader was not seen to run."
    return {
        "requests": len(traffic.paths),
        "bytes": traffic.bytes,
        "script_ms": sum(spent) / 1000,
        "long_tasks": len(report["tasks"]),
        "layout_shift": report["shifts"],
    }


def is_loader(event: dict[str, Any]) -> bool:
    """Tell whether a trace event is the loader's run, compiling included."""
    url = event.get("args", {}).get("data", {}).get("url", "")
    return bool(event["name"] == "EvaluateScript" and url.endswith("/widget.js"))


async def open_first(page: Page, traffic: Traffic) -> Figures:
    """Tap the launcher as somebody new, until the panel has a connection."""
    before = traffic.bytes
    requests = len(traffic.paths)
    await page.get_by_role("button", name="Open chat").tap()
    await connected(page)
    await page.wait_for_load_state("networkidle")
    tapped = await page.evaluate("probe.taps[0]")
    frame = panel_of(page)
    return {
        "paint_ms": await frame.evaluate(PANEL_PAINT) - tapped,
        "focus_ms": await frame.evaluate("probe.focused") - tapped,
        "connected_ms": await frame.evaluate("probe.authenticated") - tapped,
        "requests": len(traffic.paths) - requests,
        "bytes": traffic.bytes - before,
        "socket_bytes": traffic.socket_bytes,
        "layout_shift": await page.evaluate("probe.shifts"),
    }


async def open_again(page: Page) -> Figures:
    """Close and tap once more: the panel is there already."""
    panel = page.frame_locator("iframe[title=Chat]")
    await panel.get_by_role("button", name="Close chat").tap()
    frame = panel_of(page)
    await page.evaluate("probe.taps.length = 0")
    await frame.evaluate("probe.focused = 0")
    await page.get_by_role("button", name="Open chat").tap()
    await frame.evaluate("probe.until(() => probe.focused)")
    return {"focus_ms": await frame.evaluate("probe.focused") - await page.evaluate("probe.taps[0]")}


async def come_back(page: Page, site: Site) -> Figures:
    """Go to another page of the same site: the panel connects by itself, with all in the browser's cache.

    Then to one that does not know of the session, as on another of the shop's domains: there a tap asks for it.
    """
    await page.goto(f"{site.origin}/kettles", wait_until="load")
    await connected(page)
    began = await page.evaluate("performance.timeOrigin")
    by_itself = await panel_of(page).evaluate("probe.authenticated") - began
    await page.evaluate("localStorage.clear()")
    await page.goto(f"{site.origin}/teapots", wait_until="load")
    await page.get_by_role("button", name="Open chat").tap()
    await connected(page)
    return {
        "connected_ms": by_itself,
        "tap_connected_ms": await panel_of(page).evaluate("probe.authenticated")
        - await page.evaluate("probe.taps[0]"),
    }


async def connected(page: Page) -> None:
    """Wait until the panel's socket has let it in."""
    await page.locator("iframe[title=Chat]").wait_for(state="attached")
    while not any("/widget/panel" in frame.url for frame in page.frames):
        await page.wait_for_event("framenavigated")
    await panel_of(page).evaluate("probe.until(() => probe.authenticated)")


def panel_of(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/widget/panel" in frame.url)
