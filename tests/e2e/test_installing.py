"""The tag on a page: put there rightly, wrongly and twice, and under every policy that docs/embedding.md names."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page, Route, expect

from tests.e2e.conftest import Visit
from tests.e2e.faces import Widget
from tests.e2e.people import Crowd
from tests.e2e.site import Site, open_site
from tests.server.installation import Installation

pytestmark = pytest.mark.asyncio(loop_scope="session")
HTML = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Kettles</title>{head}<body>{body}</html>'
TAG = '<script src="{chat}/widget.js" data-inbox="{inbox}"></script>'
TAG_ASYNC = '<script src="{chat}/widget.js" data-inbox="{inbox}" async></script>'
TAG_DEFER = '<script src="{chat}/widget.js" data-inbox="{inbox}" defer></script>'
TAG_OTHER = '<script src="{chat}/widget.js" data-inbox="key-Other"></script>'
TAG_OTHER_ASYNC = '<script src="{chat}/widget.js" data-inbox="key-Other" async></script>'
TAG_MADE = """<script>
  document.head.append(Object.assign(document.createElement("script"), {{src: "{chat}/widget.js"}}));
  document.head.lastChild.dataset.inbox = "{inbox}";
</script>"""


class Visited:
    """A page on which we may complain, with what we say on its console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.widget = Widget(page)
        self.lines: list[str] = []
        page.on("console", self._said)

    def _said(self, message: ConsoleMessage) -> None:
        if "Fireside" in message.text:
            self.lines.append(message.text)

    async def end(self, crowd: Crowd) -> list[str]:
        """Wait until nothing more is loaded, and return our lines, which are no trouble here."""
        await self.page.wait_for_load_state("networkidle")
        crowd.troubles.clear()
        return self.lines


async def come(crowd: Crowd) -> Visited:
    return Visited(await (await crowd.context()).new_page())


@pytest.mark.parametrize(
    ("tag", "line"),
    [
        ('<script src="{chat}/widget.js" async></script>', "no data-inbox"),
        ('<script src="{chat}/widget.js" data-inbox></script>', "no data-inbox"),
        ('<script src="{chat}/widget.js" data-inbox="typo"></script>', "no inbox with the key typo"),
        ('<script src="{chat}/widget.js" data-inbox="%00&#39;&quot;<b>"></script>', "no inbox with the key"),
        ('<script src="{chat}/widget.js" data-inbox="{inbox}" type="module"></script>', "type=module"),
        ('<script type="module">import("{chat}/widget.js")</script>', "type=module"),
    ],
)
async def test_a_tag_that_cannot_work_says_what_to_mend_and_shows_nothing(
    crowd: Crowd, site: Site, tag: str, line: str
) -> None:
    path = site.add("/wrong", HTML.format(head=tag.format(chat=site.chat, inbox=site.inbox), body=""))
    visited = await come(crowd)
    async with visited.page.expect_console_message(lambda said: line in said.text):
        await visited.page.goto(site.origin + path)
    await visited.page.wait_for_function("!window.Fireside")
    await expect(visited.widget.launcher).to_have_count(0)
    assert len(await visited.end(crowd)) == 1


async def test_a_site_that_is_not_listed_is_told_and_shows_nothing(crowd: Crowd, site: Site) -> None:
    visited = await come(crowd)
    with open_site() as other:
        other.chat, other.inbox = site.chat, site.inbox
        allow = f"Allow it with `create-inbox --origin {other.origin}`"
        async with visited.page.expect_console_message(lambda said: allow in said.text):
            await visited.page.goto(other.origin)
        await visited.page.wait_for_function("!window.Fireside")
        await expect(visited.widget.launcher).to_have_count(0)
        assert len(await visited.end(crowd)) == 1


@pytest.mark.parametrize("gone", ["**/widget/inbox.js?*", "**/widget/panel?*"])
@pytest.mark.parametrize("how", ["refused", "an error"])
async def test_while_we_are_away_there_is_a_line_and_no_launcher(
    crowd: Crowd, site: Site, gone: str, how: str
) -> None:
    visited = await come(crowd)

    async def answer(route: Route) -> None:
        await (route.abort() if how == "refused" else route.fulfill(status=502, body="Bad gateway"))

    await visited.page.route(gone, answer)
    await visited.page.clock.install()
    async with visited.page.expect_console_message(
        lambda said: said.text == f"Fireside: no answer from {site.chat}"
    ):
        await visited.page.goto(site.origin)
        if "panel" in gone:
            async with visited.page.expect_event("framenavigated", lambda frame: frame.parent_frame):
                await visited.widget.launcher.click()
            await visited.page.wait_for_load_state("networkidle")
            await visited.page.clock.run_for(10_000)
    await visited.page.wait_for_function("!window.Fireside")
    await expect(visited.widget.launcher).to_have_count(0)
    assert len(await visited.end(crowd)) == 1


@pytest.mark.parametrize(
    ("tags", "is_told"),
    [
        ([TAG, TAG], False),
        ([TAG_ASYNC, TAG_ASYNC], False),
        ([TAG, TAG_ASYNC], False),
        ([TAG_DEFER, TAG], False),
        ([TAG_MADE, TAG_MADE], False),
        ([TAG_MADE, TAG, TAG_ASYNC], False),
        ([TAG, TAG_OTHER], True),
        ([TAG_ASYNC, TAG_OTHER_ASYNC], True),
    ],
)
@pytest.mark.parametrize("place", ["head", "body"])
async def test_two_tags_make_one_launcher(
    crowd: Crowd, site: Site, installation: Installation, tags: list[str], place: str, *, is_told: bool
) -> None:
    if not await installation.sql("select count(*) from inboxes where key = 'key-Other'"):
        await installation.inbox("Other")
    written = "".join(tags).format(chat=site.chat, inbox=site.inbox)
    path = site.add("/twice", HTML.format(**{"head": "", "body": "", place: written}))
    visited = await come(crowd)
    await visited.page.goto(site.origin + path)
    await visited.page.wait_for_load_state("networkidle")
    await expect(visited.widget.launcher).to_have_count(1)
    await visited.widget.open()
    assert await visited.page.locator("fireside-chat").count() == 1
    assert [line.partition("; ")[2] for line in await visited.end(crowd)] == ["keep one tag"] * is_told


POLICIES = [
    "default-src 'none'; script-src {chat}; frame-src {chat}",
    "default-src 'none'; script-src {chat}; frame-src {chat}; require-trusted-types-for 'script'",
    "default-src 'none'; script-src 'nonce-n'; frame-src {chat}",
    "default-src 'none'; script-src 'nonce-n' 'strict-dynamic'; frame-src {chat}",
]


@pytest.mark.parametrize("policy", POLICIES)
async def test_it_works_under_a_strict_policy(visit: Visit, site: Site, policy: str) -> None:
    tag = f'<script nonce="n" src="{site.chat}/widget.js" data-inbox="{site.inbox}"></script>'
    html = HTML.format(head=tag, body="")
    widget = await visit(site.add("/strict", html, Content_Security_Policy=policy.format(chat=site.chat)))
    await widget.open()


@pytest.mark.parametrize("policy", ["require-corp", "credentialless"])
async def test_it_works_on_a_page_that_isolates_itself(visit: Visit, site: Site, policy: str) -> None:
    widget = await visit(
        site.add(
            "/isolated",
            HTML.format(head=site.tag, body=""),
            Cross_Origin_Embedder_Policy=policy,
            Cross_Origin_Opener_Policy="same-origin",
        )
    )
    assert await widget.page.evaluate("crossOriginIsolated")
    await widget.open()
    await widget.say(f"From a page with {policy}")
    await expect(widget.state).to_have_text("Sent")


async def test_any_site_means_a_file_too(
    crowd: Crowd, site: Site, installation: Installation, tmp_path: Path
) -> None:
    key = await installation.inbox(tmp_path.name)
    tag = f'<script src="{site.chat}/widget.js" data-inbox="{key}"></script>'
    (tmp_path / "page.html").write_text(HTML.format(head=tag, body=""))
    page = await (await crowd.context()).new_page()
    await page.goto((tmp_path / "page.html").as_uri())
    widget = Widget(page)
    await widget.open()
    await widget.say("From a file")
    await expect(widget.state).to_have_text("Sent")


async def test_it_stays_while_the_page_changes_its_body(visit: Visit, site: Site) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Stay")
    await widget.page.evaluate(
        """tag => {
          const body = document.createElement("body");
          body.append(document.createRange().createContextualFragment(tag));
          document.body.replaceWith(body);
        }""",
        site.tag,
    )
    await expect(widget.texts).to_have_text(["Stay"])
    await expect(widget.launcher).to_have_count(1)
