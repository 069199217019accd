"""Take the README's pictures, and one of each view: make screenshots

A fresh installation with engines of its own, a few customers and one conversation as it might be; each view in light
and dark, on a screen and on a phone.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from pathlib import Path
from typing import Literal

import httpx2
import jwt
from msgspec import Struct
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from app.cli.demo import create_demo
from app.operate.embedded import engines
from app.operate.migrate import migrate
from app.settings import Settings
from app.values.uuid7 import uuid7
from tests.e2e.chromium import find_chromium
from tests.e2e.faces import Desk, Widget
from tests.server.installation import Installation

IMAGES = Path(__file__).parents[2] / "docs" / "images"
VIEWS = IMAGES / "views"
MOST_BYTES = 250_000
SCALE = 1.25
VIEW = ViewportSize(width=1200, height=800)
SCREENS = {"screen": ViewportSize(width=1360, height=860), "phone": ViewportSize(width=390, height=780)}
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
MAYA = "Maya Lindqvist"
TALK = [
    (MAYA, "Hi, does the blue teapot come with a strainer?"),
    ("Ada", "Hello Maya, it does: a steel one that fits into the lid."),
    (MAYA, "Lovely. Could it reach Bergen before Friday?"),
    ("Ada", "If you order today, yes. It leaves with the morning post."),
    (MAYA, "Then I'll take it, and two cups with it"),
]
NOTE = "Two cups with it: free shipping from €60."
OTHERS = [
    ("Jonas Weber", "My plate came with a crack. What now?", "3 hours"),
    ("Aiko Tanaka", "Thank you, that worked.", "2 hours"),
    ("Samir Haddad", "Is the porridge bowl coming back in green?", "12 minutes"),
]


class Stage(Struct):
    """A fresh installation, with what the pictures need of it."""

    installation: Installation
    url: str
    inbox: str
    secret: str
    email: str
    password: str

    def identity(self, name: str) -> str:
        known = {"Plan": "Potter's club", "Orders": 14, "Newsletter": True}
        email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
        claims = {"sub": name, "name": name, "email": email, "attributes": known}
        return jwt.encode({**claims, "exp": int(time.time()) + 600}, self.secret, algorithm="HS256")


async def write(stage: Stage) -> None:
    """Let the customers write and Ada answer, some time ago."""
    async with httpx2.AsyncClient(base_url=stage.url) as http:
        login = await http.post("/auth/login", json={"email": stage.email, "password": stage.password})
        ada = login.raise_for_status().json()["access_token"]
        for name, text, ago in OTHERS:
            token, conversation_id = await come_in(http, stage, name)
            await post(http, token, conversation_id, text)
            await age(stage, conversation_id, ago)
        token, conversation_id = await come_in(http, stage, MAYA)
        for name, text in TALK:
            await post(http, ada if name == "Ada" else token, conversation_id, text)
            if (name, text) == TALK[0]:
                await assign(http, ada, conversation_id)
        await post(http, ada, conversation_id, NOTE, lane="team")
        await age(stage, conversation_id, "4 minutes")


async def come_in(http: httpx2.AsyncClient, stage: Stage, name: str) -> tuple[str, str]:
    body = {"inbox": stage.inbox, "identity": stage.identity(name)}
    session = (await http.post("/chat/sessions", json=body)).raise_for_status().json()
    return session["session_token"], session["conversation_id"]


async def post(
    http: httpx2.AsyncClient, token: str, conversation_id: str, text: str, lane: str = "public"
) -> None:
    response = await http.post(
        f"/chat/conversations/{conversation_id}/messages",
        json={"client_msg_id": str(uuid7()), "content": {"type": "text", "text": text}, "lane": lane},
        headers={"Authorization": f"Bearer {token}"},
    )
    response.raise_for_status()


async def assign(http: httpx2.AsyncClient, ada: str, conversation_id: str) -> None:
    headers = {"Authorization": f"Bearer {ada}"}
    agents = (await http.get("/chat/agents", headers=headers)).raise_for_status().json()["items"]
    body = {"assignee_id": agents[0]["id"]}
    response = await http.patch(f"/chat/conversations/{conversation_id}", json=body, headers=headers)
    response.raise_for_status()


async def age(stage: Stage, conversation_id: str, ago: str) -> None:
    """Put a conversation into the past, most of a minute for each entry."""
    await stage.installation.sql(
        """
        with latest as (
            update conversation_heads
               set updated_at = now() - $2::text::interval,
                   active_at = date_trunc('minute', now() - $2::text::interval)
             where conversation_id = $1
            returning last_seq, team_last_seq, updated_at
        )
        update entries set created_at = updated_at - case lane
               when 0 then (last_seq - seq) * interval '40 seconds'
               else (team_last_seq - seq) * interval '165 seconds' end
          from latest
         where conversation_id = $1
        """,
        conversation_id,
        ago,
    )


async def take(stage: Stage) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**find_chromium())
        shop = await browser.new_page(viewport=VIEW, device_scale_factor=SCALE, reduced_motion="reduce")
        office = await browser.new_page(viewport=VIEW, device_scale_factor=SCALE, reduced_motion="reduce")
        widget, desk = Widget(shop), Desk(office)
        await shop.goto(f"{stage.url}/demo")
        await expect(widget.launcher).to_be_visible()
        await shop.evaluate("token => Fireside.identify(token)", stage.identity(MAYA))
        await widget.open()
        await desk.sign_in(stage.url, stage.email, stage.password)
        await desk.open(TALK[-1][1])
        await expect(widget.texts).to_have_count(len(TALK))
        await expect(desk.row(MAYA)).not_to_contain_text("unread")
        for theme in THEMES:
            for page in (shop, office):
                await page.emulate_media(color_scheme=theme)
            await desk.field.press_sequentially("Wonderful. The cups")
            await expect(widget.typing).to_be_visible()
            await snap(shop, f"widget-{theme}")
            await desk.field.fill("")
            await expect(widget.typing).to_have_count(0)
            await widget.field.press_sequentially("And")
            await expect(desk.typing).not_to_be_empty()
            await snap(office, f"admin-{theme}")
            await widget.field.fill("")
            await expect(desk.typing).to_be_empty()
        await browser.close()


async def take_views(stage: Stage) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**find_chromium())
        for screen, size in SCREENS.items():
            office = await browser.new_page(viewport=size, reduced_motion="reduce")
            shop = await browser.new_page(viewport=size, reduced_motion="reduce")
            await office.goto(f"{stage.url}/admin")
            await expect(office.get_by_label("E-mail")).to_be_visible()
            await snap_themes(office, f"sign-in-{screen}")
            desk = Desk(office)
            await desk.sign_in(stage.url, stage.email, stage.password)
            await expect(desk.row(MAYA)).to_be_visible()
            await snap_themes(office, f"list-{screen}")
            await desk.row(MAYA).click()
            await expect(desk.texts.filter(has_text=NOTE)).to_be_visible()
            await snap_themes(office, f"conversation-{screen}")
            await office.keyboard.press("Control+k")
            await expect(office.get_by_role("dialog")).to_be_visible()
            await snap_themes(office, f"palette-{screen}")
            await office.keyboard.press("Escape")
            await office.goto(f"{stage.url}/admin")
            await office.get_by_role("button", name=re.compile("^Notifications")).click()
            await expect(office.get_by_role("dialog", name="Notifications")).to_be_visible()
            await snap_themes(office, f"notifications-{screen}")
            await office.goto(f"{stage.url}/admin/settings")
            pages = office.get_by_role("navigation", name="Settings").get_by_role("link")
            await expect(pages.first).to_be_visible()
            if screen == "phone":  # A screen shows the first of them at once.
                await snap_themes(office, f"settings-{screen}")
            for href in [await link.get_attribute("href") for link in await pages.all()]:
                assert href is not None
                await office.goto(stage.url + href)
                await expect(office.get_by_role("main").get_by_role("heading").first).to_be_visible()
                await office.wait_for_load_state("networkidle")
                await snap_themes(office, f"settings-{href.rsplit('/', 1)[-1]}-{screen}")
            widget = Widget(shop)
            await shop.goto(f"{stage.url}/demo")
            await widget.open()
            await snap_themes(shop, f"widget-new-{screen}")
            await shop.evaluate("token => Fireside.identify(token)", stage.identity(MAYA))
            await expect(widget.texts).to_have_count(len(TALK))
            await snap_themes(shop, f"widget-{screen}")
            await office.close()
            await shop.close()
        for screen, size in SCREENS.items():
            shop = await browser.new_page(viewport=size, reduced_motion="reduce")
            await take_several(shop, stage.url, screen)
            await shop.close()
        await browser.close()


BEGIN = """async () => {
  const key = Object.keys(localStorage).find((key) => key.startsWith("fireside.session."));
  const token = localStorage[key] = localStorage[key].split(" ")[0];
  await fetch("/chat/conversations", {
    method: "POST",
    headers: {authorization: `Bearer ${token}`, "content-type": "application/json"},
    body: JSON.stringify({client_id: crypto.randomUUID()}),
  });
}"""


async def take_several(shop: Page, url: str, screen: str) -> None:
    """Take the list of a visitor who has two conversations."""
    widget = Widget(shop)
    await shop.goto(f"{url}/demo")
    await widget.open()
    await widget.say("My order of Monday has not come yet")
    await expect(widget.state).to_have_text(re.compile("Sent|Delivered|Seen"))
    await widget.frame().evaluate(BEGIN)
    await shop.reload()
    await widget.open()
    await widget.say("And do you repair kettles?")
    await widget.header.get_by_role("button", name="Your conversations").click()
    await expect(widget.panel.get_by_text("My order of Monday")).to_be_visible()
    await snap_themes(shop, f"widget-conversations-{screen}")


async def snap_themes(page: Page, name: str) -> None:
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        await snap(page, f"views/{name}-{theme}")


async def snap(page: Page, name: str) -> None:
    path = IMAGES / f"{name}.png"
    await page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    print(f"{path.relative_to(Path.cwd())}: {size // 1000} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"{name} is larger than {MOST_BYTES} bytes.")


async def main() -> None:
    VIEWS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        async with engines(Settings(var_dir=Path(directory))) as running:
            await migrate(running.database)
            demo = await create_demo(running.database)
            assert demo is not None
            installation = Installation(running.database_url, running.redis_url, Path(directory))
            server = installation.start()
            try:
                url = await asyncio.to_thread(lambda: server.url)
                [(key, secret)] = await installation.rows("select key, identity_secret from inboxes")
                await installation.sql("update inboxes set bot = 'none'")
                stage = Stage(installation, url, key, secret, demo.email, demo.password)
                await write(stage)
                await take(stage)
                await take_views(stage)
            finally:
                server.kill()


if __name__ == "__main__":
    asyncio.run(main())
