"""axe-core on a page, and on a frame in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.async_api import Frame, Page

SCRIPT = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RUN = """async () => {
  const {violations} = await axe.run(document, {iframes: false, resultTypes: ["violations"]});
  return violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .map(({id, nodes}) => `${id}: ${nodes.map(({html, any}) => `${html} ${any[0]?.message ?? ""}`).join("; ")}`);
}"""


@cache
def script() -> str:
    return SCRIPT.read_text()


async def violations(place: Page | Frame) -> list[str]:
    """Return what is seriously or critically wrong with it."""
    # Evaluated, not loaded: the page's policy lets no foreign script in.
    await place.evaluate(script())
    found: list[str] = await place.evaluate(RUN)
    return found
