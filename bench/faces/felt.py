"""Time from a key to what it shows, as the page tells it: `python -m bench.faces` holds it against its budget."""

from __future__ import annotations

from playwright.async_api import Page

from bench.faces.probe import Figures, spread

TIMES = 30
BUDGETS_MS = {"palette": 16, "slash": 30, "next": 50}
"""From the browser's time stamp of the key to the change of the document; the frame that shows it comes after."""
WATCH = """selector => {
  const felt = window.felt = {};
  addEventListener("keydown", ({timeStamp}) => {
    performance.mark("key", {startTime: timeStamp});
  }, {capture: true, once: true});
  const before = document.querySelector(selector);
  felt.shown = new Promise(resolve => {
    const observer = new MutationObserver(() => {
      const now = document.querySelector(selector);
      if (!now || now === before) return;
      observer.disconnect();
      const {duration} = performance.measure("felt", {start: "key", end: performance.now()});
      performance.clearMarks("key");
      performance.clearMeasures("felt");
      resolve(duration);
    });
    observer.observe(document, {subtree: true, childList: true, attributes: true});
  });
}"""


async def felt(page: Page, key: str, selector: str) -> float:
    """Press a key; return the milliseconds until the selector finds something, or something else."""
    await page.evaluate(WATCH, selector)
    await page.keyboard.press(key)
    shown: float = await page.evaluate("felt.shown")
    return shown


async def measure_keys(page: Page) -> Figures:
    """Open the palette, the canned replies and the next conversation, many times each."""
    times: dict[str, list[float]] = {name: [] for name in BUDGETS_MS}
    field = page.locator(".composer-text")
    for _ in range(TIMES):
        times["palette"].append(await felt(page, "Control+k", "dialog[open] [role=option]"))
        await page.keyboard.press("Escape")
        await page.locator("dialog[open]").wait_for(state="detached")
        await field.fill("")
        await field.focus()
        times["slash"].append(await felt(page, "/", ".canned"))
        await field.fill("")
        await page.keyboard.press("Escape")
        times["next"].append(await felt(page, "j", ".row[aria-current]"))
    return {
        f"{name}_{part}": value for name, values in times.items() for part, value in spread(values).items()
    }
