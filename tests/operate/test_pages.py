from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from app.factory import Fireside
from app.operate import pages
from app.people.inboxes.inbox import Inbox
from app.people.provisioning.service import create_inbox
from app.values.origin import OPAQUE, parse_origin
from tests.rest_people import Client

BUILT = {"/": "widget", "/demo": "widget", "/admin": "admin", "/docs": "docs"}


def policy_of(response: Any) -> dict[str, str]:
    policy = response.headers["Content-Security-Policy"]
    return {name: value for name, _, value in (part.strip().partition(" ") for part in policy.split(";"))}


async def test_a_page_is_html_that_is_asked_for_anew_but_sent_once(
    client: Client, subtests: pytest.Subtests
) -> None:
    for path in BUILT:
        with subtests.test(path=path):
            response = await client.get(path)
            assert response.status_code == 200
            assert response.content_type == "text/html; charset=utf-8"
            assert response.headers["Cache-Control"] == "no-cache"
            again = await client.get(path, headers={"If-None-Match": response.headers["ETag"]})
            assert again.status_code == 304
            assert policy_of(again) == policy_of(response)


async def test_text_is_compressed_for_who_takes_it_and_for_nobody_else(client: Client) -> None:
    plain = await client.get("/widget.js")
    small = await client.get("/widget.js", headers={"Accept-Encoding": "gzip, br"})
    refused = await client.get("/widget.js", headers={"Accept-Encoding": "gzip;q=0, *;q=1"})
    assert gzip.decompress(await small.get_data(as_text=False)) == await plain.get_data(as_text=False)
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.content_type == plain.content_type
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in refused.headers
    again = await client.get(
        "/widget.js", headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}
    )
    assert again.status_code == 304


async def test_a_page_runs_nothing_inline_and_cannot_be_framed(
    client: Client, subtests: pytest.Subtests
) -> None:
    for path in BUILT:
        with subtests.test(path=path):
            response = await client.get(path)
            policy = policy_of(response)
            assert policy["default-src"] == "'none'"
            assert policy["frame-ancestors"] == "'none'"
            assert policy["base-uri"] == "'none'"
            assert policy["connect-src"] == "'self' ws://localhost wss://localhost"
            assert "unsafe" not in response.headers["Content-Security-Policy"]
            assert ("require-trusted-types-for" in policy) == (path != "/docs")
            html = await response.get_data(as_text=True)
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", html)


async def test_everything_a_page_loads_is_ours_and_there(client: Client, subtests: pytest.Subtests) -> None:
    for path in BUILT:
        with subtests.test(path=path):
            html = await (await client.get(path)).get_data(as_text=True)
            loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?\s(?:src|href)="([^"]+)"', html)
            assert loaded
            for address in loaded:
                if not address.startswith("data:"):
                    assert address.startswith("/"), address
                    assert (await client.get(address)).status_code == 200, address


async def test_all_paths_below_admin_are_the_one_page(client: Client) -> None:
    page = await (await client.get("/admin")).get_data()
    for path in ("/admin/", "/admin/conversations/7", "/admin/deep/er"):
        response = await client.get(path)
        assert (response.status_code, await response.get_data()) == (200, page)


async def test_files_with_a_hash_in_their_name_are_kept_for_ever(client: Client) -> None:
    for folder, prefix in ((pages.ADMIN, "/admin/assets"), (pages.WIDGET, "/widget/assets")):
        names = [path.name for path in (folder / "assets").iterdir()]
        assert names
        for name in names:
            response = await client.get(f"{prefix}/{name}")
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            if name.endswith(".js"):
                assert response.mimetype == "text/javascript"
            if name.endswith(".css"):
                assert response.mimetype == "text/css"


async def test_nothing_outside_the_built_folders_is_served(client: Client, subtests: pytest.Subtests) -> None:
    outside = (pages.ADMIN / "assets" / "../../package.json", pages.DOCS / "../docs.js")
    assert all(path.is_file() for path in outside)
    for path in [
        "/admin/assets/missing.js",
        "/admin/assets/..%2f..%2fpackage.json",
        "/admin/assets/%2e%2e/%2e%2e/package.json",
        "/widget/assets/../../package.json",
        "/widget/assets//etc/passwd",
        "/docs/assets/..%2fdocs.js",
        "/docs/assets/..%5cdocs.js",
        "/docs/assets/%00",
        "/docs/assets/" + "x" * 300,
    ]:
        with subtests.test(path=path):
            response = await client.get(path, follow_redirects=True)
            assert response.status_code == 404
            assert (await response.get_json())["code"] == "not_found"


async def test_the_loader_may_be_loaded_by_any_site(client: Client) -> None:
    response = await client.get("/widget.js", headers={"Origin": "https://shop.example"})
    assert response.status_code == 200
    assert response.mimetype == "text/javascript"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Cache-Control"] == "no-cache"


async def test_the_panel_may_be_framed_by_the_sites_of_its_inbox_only(app: Fireside, client: Client) -> None:
    db = app.areas.spine.db
    anyone = await create_inbox(db, name="Anyone")
    strict = await create_inbox(db, name="Strict", origins=["https://shop.example", "http://localhost:8000"])
    for inbox, ancestors in (
        # No directive: even "*" would leave out pages from files, apps and extensions.
        (anyone, None),
        (strict, "'self' https://shop.example http://localhost:8000"),
    ):
        response = await client.get(f"/widget/panel?inbox={inbox.key}")
        assert response.status_code == 200
        assert policy_of(response).get("frame-ancestors") == ancestors


@pytest.mark.parametrize(
    ("stored", "ancestors"),
    [
        (["http://müller.example"], "'self' http://xn--mller-kva.example"),
        (["https://Shop.example:443/", "https://shop.example"], "'self' https://shop.example"),
        # Nothing of what cannot be read gets into the header, and an inbox without any other site is not for all.
        (["https://shop.example; script-src *"], "'self'"),
        (["https://*"], "'self'"),
        (["*"], "'self'"),
        ([""], "'self'"),
        (["null"], "'self'"),
        (["https://good.example", "https://a b"], "'self' https://good.example"),
        (["http://[::1]:8000", "http://my_shop.example"], "'self'"),
    ],
)
async def test_an_origin_stored_as_it_was_typed_is_repaired_or_allows_nobody(
    app: Fireside, client: Client, inbox: Inbox, stored: list[str], ancestors: str
) -> None:
    await app.areas.spine.db.execute("update inboxes set origins = $1", stored)
    response = await client.get(f"/widget/panel?inbox={inbox.key}")
    assert policy_of(response)["frame-ancestors"] == ancestors
    assert response.headers["Content-Security-Policy"].isascii()


async def test_a_start_repairs_the_sites_that_are_stored(app: Fireside, inbox: Inbox) -> None:
    stored = ["http://müller.example", "http://xn--mller-kva.example/", "no site"]
    await app.areas.spine.db.execute("update inboxes set origins = $1", stored)
    for _ in range(2):
        await app.areas.spine.origins.repair()
        found = await app.areas.spine.db.fetchval("select origins from inboxes")
        assert found == ["http://xn--mller-kva.example", "no site"]
    assert await app.areas.spine.origins.is_allowed(parse_origin("http://müller.example"))
    assert not await app.areas.spine.origins.is_allowed(OPAQUE)


async def test_the_panel_may_be_framed_by_a_page_that_isolates_itself(client: Client, inbox: Inbox) -> None:
    response = await client.get(f"/widget/panel?inbox={inbox.key}")
    assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_the_loader_is_told_whether_its_page_may_show_the_inbox(
    app: Fireside, client: Client, inbox: Inbox, subtests: pytest.Subtests
) -> None:
    strict = await create_inbox(app.areas.spine.db, name="Strict", origins=["http://müller.example"])
    for key, origin, line in (
        (inbox.key, "https://any.example", None),
        (inbox.key, "null", None),
        (strict.key, "http://xn--mller-kva.example", None),
        (strict.key, "http://localhost", None),
        (strict.key, None, None),
        (strict.key, "http://muller.example", "may not be used on http://muller.example"),
        (strict.key, "null", "only be used on the sites it names"),
        (strict.key, 'https://a");alert("', "only be used on the sites it names"),
        ("", None, "no data-inbox"),
        ("undefined", None, "no data-inbox"),
        ('typo");alert("', None, 'no inbox with the key typo\\");alert(\\"'),
        ("\0" + "k" * 5000, None, f"no inbox with the key {'k' * 40}."),
        ("\u2028é", None, "no inbox with the key \u2028é"),
    ):
        with subtests.test(key=key[:20], origin=origin):
            headers = {} if origin is None else {"Origin": origin}
            response = await client.get(f"/widget/inbox.js?{urlencode({'inbox': key})}", headers=headers)
            script = await response.get_data(as_text=True)
            assert response.status_code == 200
            assert response.mimetype == "text/javascript"
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert response.headers["Vary"] == "Origin"
            if line is None:
                assert script == "export default true;"
                assert response.headers["Cache-Control"] == "public, max-age=300"
            else:
                assert line in script
                assert re.fullmatch(r'console\.error\("([^"\\]|\\.)*"\);', script)
                # Once it is mended it is to be seen at once.
                assert response.headers["Cache-Control"] == "no-store"


async def test_a_panel_without_its_inbox_is_not_found(client: Client, subtests: pytest.Subtests) -> None:
    for query in ["", "?inbox=", "?inbox=nope", "?inbox=%00", "?inbox=%ff"]:
        with subtests.test(query=query):
            response = await client.get(f"/widget/panel{query}")
            assert (response.status_code, (await response.get_json())["code"]) == (404, "not_found")


async def test_the_demo_shows_its_own_inbox_or_the_oldest(app: Fireside, client: Client) -> None:
    response = await client.get("/demo/config.json")
    assert response.status_code == 404
    first = await create_inbox(app.areas.spine.db, name="First")
    demo = await create_inbox(app.areas.spine.db, name="Demo")
    assert await (await client.get("/demo/config.json")).get_json() == {"inbox": first.key}
    await app.areas.spine.db.execute("insert into installation values ('demo_inbox', 'Demo')")
    assert await (await client.get("/demo/config.json")).get_json() == {"inbox": demo.key}


async def test_a_page_that_is_not_built_says_what_to_do(
    client: Client, inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WIDGET", "ADMIN", "DOCS"):
        monkeypatch.setattr(pages, name, tmp_path)
    for path in ("/", "/admin", "/demo", "/docs", f"/widget/panel?inbox={inbox.key}"):
        response = await client.get(path)
        assert response.status_code == 503
        assert "make build" in await response.get_data(as_text=True)
    assert "make build" in await (await client.get("/widget.js")).get_data(as_text=True)


async def test_a_strange_host_does_not_get_into_the_policy(client: Client) -> None:
    response = await client.get("/docs", headers={"Host": "evil.example; script-src *"})
    assert "evil" not in response.headers.get("Content-Security-Policy", "")
