"""The widget on pages whose rules were made without it in mind: the launcher stays in its corner and can be used."""

from __future__ import annotations

import pytest
from playwright.async_api import FloatRect, Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.faces import Widget
from tests.e2e.people import Crowd
from tests.e2e.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
WIDTH, HEIGHT = 1280, 800
LAUNCHER = {"x": WIDTH - 20 - 56, "y": HEIGHT - 20 - 56, "width": 56, "height": 56}
PANEL = {"x": WIDTH - 20 - 380, "y": HEIGHT - 20 - 68 - 640, "width": 380, "height": 640}
FACE = FloatRect(x=WIDTH - 66, y=HEIGHT - 66, width=36, height=36)
"""The square inside the launcher's circle, where nothing of the page shines through."""
HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Hostile</title><style id="hostile"></style>
<h1>Hostile</h1><div>A page</div><div hidden>Hidden</div><dialog>A dialog</dialog>{tag}</html>"""

SHEETS = [
    "div:empty { display: none }",
    "div { display: none !important }",
    "* { all: unset }",
    "* { all: unset !important }",
    "* { display: none } html, head, body { display: block }",
    "html > :not(head, body) { display: none !important; position: static !important }",
    "body ~ * { display: none !important }",
    "body > * { display: none !important }",
    ":empty, body ~ :last-child { display: none !important }",
    ":defined, :not(:defined):not(html, body) { opacity: 0 !important }",
    "[hidden], [popover], :popover-open { display: none !important }",
    "fireside-chat, #fireside, .fireside, [class*=chat], [id*=chat] { display: none !important }",
    "iframe, button, svg, span { display: none !important }",
    "iframe { width: 0 !important; height: 0 !important; border: 9px solid red !important }",
    "fireside-chat { position: relative !important; inset: 0 !important; transform: scale(0) !important }",
    "fireside-chat { translate: 900px !important; rotate: 90deg !important; scale: 3 !important }",
    "fireside-chat { opacity: 0 !important; visibility: hidden !important; clip-path: inset(50%) !important }",
    "fireside-chat { filter: blur(9px) !important; mix-blend-mode: difference !important; mask: none }",
    "fireside-chat { zoom: 3 !important; perspective: 1px !important; will-change: transform !important }",
    "fireside-chat { contain: strict !important; content-visibility: hidden !important }",
    "fireside-chat { container-type: size !important; backdrop-filter: blur(1px) !important }",
    "fireside-chat { pointer-events: none !important; user-select: none !important; cursor: none !important }",
    "fireside-chat { animation: away 1s infinite !important } @keyframes away { to { translate: -900px } }",
    "fireside-chat { transition: all 999s !important; overlay: none !important; z-index: -1 !important }",
    "fireside-chat { max-width: 0 !important; overflow: hidden !important; position: absolute !important }",
    "fireside-chat { content: 'gone' !important; float: left !important; order: 9 !important }",
    "@layer first { body, body ~ * { display: none !important } }",
    "*::before, *::after { content: '' !important; position: fixed !important; inset: 0 !important }",
    "*:empty::before { content: 'Nothing here'; position: fixed; right: 0; bottom: 0; z-index: 2147483647 }",
    "::backdrop { background: red !important; display: block !important; pointer-events: auto !important }",
    "* { font: 99px/3 serif !important; color: red !important; text-indent: 99px !important }",
    "* { box-sizing: content-box !important; padding: 9px !important; margin: 9px !important }",
    "* { transform: translateX(-300px) !important }",
    "* { opacity: .1 !important; filter: invert(1) !important }",
    "* { position: static !important; float: right !important; min-width: 100% !important }",
    "* { visibility: hidden !important; pointer-events: none !important }",
    "* { writing-mode: vertical-rl !important; text-align: end !important; letter-spacing: 1em !important }",
    "* { color-scheme: dark !important; forced-color-adjust: none !important }",
    "html { transform: rotate(3deg); filter: grayscale(1); perspective: 1px }",
    "html { opacity: 0; overflow: hidden; height: 0; visibility: hidden; pointer-events: none }",
    "html { clip-path: inset(0 50% 50% 0); contain: paint; will-change: transform }",
    "html { display: flex; justify-content: center } html, body { width: 100px; position: relative }",
    "body { display: none } ",
    "body { transform: translate(-50%); opacity: 0; overflow: hidden; zoom: .1; filter: blur(9px) }",
    "body { position: fixed; inset: 0; z-index: 2147483647; background: white }",
]


async def corner(page: Page) -> dict[str, object]:
    """Return where launcher and panel are, and what a click in the middle of each would meet."""
    result: dict[str, object] = await page.evaluate(
        """() => {
          const at = ({x, y, width, height}) => ({x, y, width, height});
          const meets = ({x, y, width, height}) =>
            document.elementFromPoint(x + width / 2, y + height / 2)?.localName;
          const root = document.querySelector("fireside-chat").shadowRoot;
          return Object.fromEntries(["button", "iframe"].map((name) => {
            const place = root.querySelector(name)?.getBoundingClientRect();
            return [name, place && {...at(place), meets: meets(place)}];
          }));
        }"""
    )
    return result


async def test_no_rule_of_the_page_moves_hides_or_restyles_it(
    visit: Visit, site: Site, subtests: pytest.Subtests
) -> None:
    widget = await visit(site.add("/hostile", HTML.format(tag=site.tag)))
    page = widget.page
    await widget.open()
    expected = {
        "button": {**LAUNCHER, "meets": "fireside-chat"},
        "iframe": {**PANEL, "meets": "fireside-chat"},
    }
    assert await corner(page) == expected
    face = await page.screenshot(clip=FACE)
    for sheet in SHEETS:
        with subtests.test(sheet):
            await page.evaluate("css => document.querySelector('#hostile').textContent = css", sheet)
            assert await corner(page) == expected
            assert await page.screenshot(clip=FACE) == face


async def test_no_script_for_all_elements_hides_it(visit: Visit, site: Site) -> None:
    widget = await visit(site.add("/hostile", HTML.format(tag=site.tag)))
    await expect(widget.launcher).to_be_visible()
    await widget.page.evaluate(
        """() => document.querySelectorAll("html > *").forEach((element) => {
             element.style.setProperty("display", "none", "important");
             element.hidden = true;
           })"""
    )
    await widget.open()


async def test_it_is_on_top_where_the_browser_has_no_popovers(crowd: Crowd, site: Site) -> None:
    context = await crowd.context()
    await context.add_init_script(
        "delete HTMLElement.prototype.popover; delete HTMLElement.prototype.showPopover"
    )
    widget = Widget(await context.new_page())
    bar = "<style>p { position: fixed; inset: 0; z-index: 2147483646; background: white }</style><p>Cookies?</p>"
    await widget.page.goto(site.origin + site.add("/old", HTML.format(tag=site.tag) + bar))
    await widget.open()


async def test_it_is_not_on_paper(visit: Visit) -> None:
    widget = await visit()
    await widget.open()
    await widget.page.emulate_media(media="print")
    await expect(widget.page.locator("fireside-chat")).to_be_hidden()
    await expect(widget.launcher).to_have_count(0)
