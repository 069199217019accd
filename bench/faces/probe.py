"""Figures that a page tells of itself while something is done to it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

from playwright.async_api import CDPSession, Page

SCRIPT = Path(__file__).with_name("probe.js")
FRAME_MS = 1000 / 60
LONG_MS = 50.0
TASKS = "disabled-by-default-devtools.timeline"
Figures = dict[str, float]


@asynccontextmanager
async def measured(page: Page) -> AsyncIterator[Figures]:
    """Measure what is done in the block; the figures are there at its end."""
    figures: Figures = {}
    browser = page.context.browser
    assert browser is not None
    await browser.start_tracing(page=page, categories=["-*", TASKS])
    await page.evaluate("probe.start()")
    began = time.perf_counter()
    yield figures
    seconds = time.perf_counter() - began
    report = await page.evaluate("probe.report()")
    tasks = main_thread(await browser.stop_tracing())
    figures |= frame_figures(report["frames"]) | task_figures(report["tasks"])
    figures |= {"busy_share": sum(tasks) / 1000 / seconds, "own_max": max(tasks, default=0.0)}
    figures["own_long_tasks"] = sum(task >= LONG_MS for task in tasks)
    if report["keys"]:
        figures |= {f"key_{name}": value for name, value in spread(report["keys"]).items()}
    figures["most_elements"] = report["most"]


def frame_figures(frames: list[float]) -> Figures:
    missed = sum(max(0, round(each / FRAME_MS) - 1) for each in frames)
    return {
        "frames": len(frames),
        "frames_per_second": 1000 * len(frames) / sum(frames),
        "missed_share": missed / (len(frames) + missed),
        **{f"frame_{name}": value for name, value in spread(frames).items()},
    }


def main_thread(trace: bytes) -> list[float]:
    """Return what each task of the page's main thread used of a processor, in milliseconds.

    Unlike the time between its beginning and its end, this has nothing in it of others who use the machine.
    """
    threads: dict[tuple[int, int], list[float]] = {}
    mains: set[tuple[int, int]] = set()
    for event in json.loads(trace)["traceEvents"]:
        thread = event["pid"], event["tid"]
        if event["name"] == "RunTask" and "tdur" in event:
            threads.setdefault(thread, []).append(event["tdur"] / 1000)
        elif event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain":
            mains.add(thread)
    return max((threads.get(thread, []) for thread in mains), key=sum, default=[])


def task_figures(tasks: list[float]) -> Figures:
    """Tasks over 50 ms, which is what browsers call long."""
    return {"long_tasks": len(tasks), "long_total": sum(tasks), "long_max": max(tasks, default=0.0)}


def spread(values: list[float]) -> Figures:
    """Return median, 95th percentile and maximum."""
    if len(values) < 2:
        return dict.fromkeys(("p50", "p95", "max"), values[0] if values else 0.0)
    percentiles = quantiles(values, n=100, method="inclusive")
    return {"p50": percentiles[49], "p95": percentiles[94], "max": max(values)}


async def memory(cdp: CDPSession) -> Figures:
    """Return what is left after the garbage was collected."""
    await cdp.send("HeapProfiler.collectGarbage")
    usage = await cdp.send("Runtime.getHeapUsage")
    counters = await cdp.send("Memory.getDOMCounters")
    return {
        "heap_mb": usage["usedSize"] / 1e6,
        "dom_nodes": counters["nodes"],
        "listeners": counters["jsEventListeners"],
    }
