"""The built frontends, each page under a policy that lets it do no more than it must."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from quart import Blueprint, Response, request, send_file

from app.errors import NotFound
from app.people.inboxes.inbox import Inbox
from app.people.inboxes.service import Inboxes
from app.spine.http.operations import encode, make_response
from app.spine.http.origins import foreign_origin
from app.spine.sockets.spine import Spine
from app.values.origin import OPAQUE, Origin, host_of, is_source, origin_of

FRONTEND = Path(__file__).parents[2] / "frontend"
WIDGET = FRONTEND / "widget" / "dist"
ADMIN = FRONTEND / "admin" / "dist"
DOCS = FRONTEND / "docs" / "dist"
FOREVER = "public, max-age=31536000, immutable"
"""For files with a hash of their content in their name."""
COMPRESSED = frozenset({".js", ".css", ".html", ".svg", ".json"})
"""Text, which is worth it; what is an image is compressed already."""
ANSWER_SECONDS = 300
"""Seconds a browser may remember that its page may show the inbox."""
NO_KEYS = frozenset({"", "undefined"})
"""The inbox that the loader asks for when its tag names none."""
NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Fireside</title><p>This page is not built yet. Run: make build"
)


def are_built() -> bool:
    """Whether everyone who comes gets a page."""
    return all(page.is_file() for page in (WIDGET / "widget.js", ADMIN / "index.html", DOCS / "index.html"))


def blueprint(spine: Spine, inboxes: Inboxes) -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    async def landing() -> Response:
        return await page(WIDGET / "landing.html")

    @pages.get("/demo")
    async def demo() -> Response:
        return await page(WIDGET / "demo.html", also="frame-src 'self'")

    @pages.get("/demo/config.json")
    async def demo_config() -> Response:
        inbox = await inboxes.demo()
        if inbox is None:
            raise NotFound("There is no inbox yet. Make one with `python -m app create-inbox`.")
        return make_response({"inbox": inbox.key})

    @pages.get("/widget.js")
    async def loader() -> Response:
        # Any website may load it, also one that isolates itself or checks its integrity.
        return for_any_site(await file(WIDGET / "widget.js", "no-cache"))

    @pages.get("/widget/inbox.js")
    async def loader_answer() -> Response:
        """Tell the loader whether its page may show this inbox, and the site's console why not."""
        key = asked_inbox()
        inbox = await inboxes.find(key)
        trouble = trouble_of(inbox, key, foreign_origin(spine.origins))
        script = (
            b"console.error(%b);" % encode(f"Fireside: {trouble}") if trouble else b"export default true;"
        )
        response = for_any_site(Response(script, content_type="text/javascript; charset=utf-8"))
        response.headers["Vary"] = "Origin"
        response.headers["Cache-Control"] = "no-store" if trouble else f"public, max-age={ANSWER_SECONDS}"
        return response

    @pages.get("/widget/panel")
    async def panel() -> Response:
        inbox = await inboxes.find(asked_inbox())
        if inbox is None:
            raise NotFound("There is no inbox with this key.")
        response = await page(WIDGET / "panel.html", ancestors=ancestors_of(inbox))
        # A page that isolates itself takes only frames that do so too. All that ours embeds is its own.
        response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    @pages.get("/widget/assets/<path:name>")
    async def widget_asset(name: str) -> Response:
        return await asset(WIDGET / "assets", name)

    @pages.get("/admin")
    @pages.get("/admin/<path:path>")
    async def admin(path: str = "") -> Response:
        return await page(ADMIN / "index.html")

    @pages.get("/admin/assets/<path:name>")
    async def admin_asset(name: str) -> Response:
        return await asset(ADMIN / "assets", name)

    @pages.get("/docs")
    async def docs() -> Response:
        # swagger-ui writes HTML itself, so Trusted Types cannot be required here.
        return await page(DOCS / "index.html", trusted_types=False)

    @pages.get("/docs/assets/<path:name>")
    async def docs_asset(name: str) -> Response:
        return await file(inside(DOCS, name), "no-cache")

    return pages


async def page(
    path: Path, *, ancestors: Sequence[str] | None = ("'none'",), also: str = "", trusted_types: bool = True
) -> Response:
    """Serve a page with a policy without `unsafe-inline`; `ancestors` says who may frame it, None that all may."""
    if is_file(path):
        response = await file(path, "no-cache")
    else:
        response = Response(NOT_BUILT, 503, content_type="text/html; charset=utf-8")
    own = origin_of("http", request.host)
    sockets = f" ws://{host_of(own)} wss://{host_of(own)}" if own is not None and is_source(own) else ""
    policy = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self'{sockets}",
        "base-uri 'none'",
        "form-action 'self'",
    ]
    if ancestors is not None:
        policy.append(f"frame-ancestors {' '.join(ancestors)}")
    if trusted_types:
        policy.append("require-trusted-types-for 'script'")
    if also:
        policy.append(also)
    response.headers["Content-Security-Policy"] = "; ".join(policy)
    return response


def ancestors_of(inbox: Inbox) -> Sequence[str] | None:
    """Return which pages may frame an inbox's panel.

    Any site means no directive at all: `frame-ancestors *` is for http and https only, and a page from a file, an app
    or an extension is none of these.
    """
    return None if inbox.any_origin else ["'self'", *filter(is_source, inbox.origins)]


def asked_inbox() -> str:
    return request.args.get("inbox", "").replace("\0", "")


def trouble_of(inbox: Inbox | None, key: str, origin: Origin | None) -> str | None:
    """Return why a page of this origin may not show the inbox, for whoever wrote the page; None if it may."""
    if inbox is None:
        if key in NO_KEYS:
            return "the tag has no data-inbox. Copy the tag that `create-inbox` prints."
        return f"there is no inbox with the key {key[:40]}. Copy the tag that `create-inbox` prints."
    if origin is None or inbox.allows(origin):
        return None
    if origin == OPAQUE:
        return (
            "this inbox may only be used on the sites it names, not by a file, an app or a sandboxed frame."
        )
    return f"this inbox may not be used on {origin}. Allow it with `create-inbox --origin {origin}`."


def for_any_site(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


async def asset(folder: Path, name: str) -> Response:
    return await file(inside(folder, name), FOREVER)


def inside(folder: Path, name: str) -> Path:
    """Return the path of a file in `folder`.

    Raises:
        NotFound: It would be outside, or there is none.
    """
    path = folder / name
    # A name with a NUL or of absurd length is no file, but an error to the system.
    with suppress(ValueError, OSError):
        path = path.resolve()
        if path.is_relative_to(folder.resolve()) and is_file(path):
            return path
    raise NotFound("There is no such file.")


@lru_cache(maxsize=64)
def compressed(path: Path, _tag: str | None) -> bytes:
    """Return a file's bytes, compressed once for as long as its ETag does not change."""
    return gzip.compress(path.read_bytes(), mtime=0)


def is_file(path: Path) -> bool:
    """Tell whether there is such a file. This blocks, for less time than asking a thread would take."""
    return path.is_file()


async def file(path: Path, cache_control: str) -> Response:
    """Serve a file, compressed where the browser takes that; one that has it is told so by its ETag."""
    if not is_file(path):
        raise NotFound("This file is not built yet. Run: make build")
    response = await send_file(path)
    if path.suffix in COMPRESSED:
        response.headers["Vary"] = "Accept-Encoding"
        if request.accept_encodings.quality("gzip") > 0:
            tag, _ = response.get_etag()
            response.set_data(await asyncio.to_thread(compressed, path, tag))
            response.headers["Content-Encoding"] = "gzip"
            response.set_etag(f"{tag}-gzip")
    await response.make_conditional(request)
    response.headers["Cache-Control"] = cache_control
    response.headers.pop("Expires", None)  # It would say something else.
    return response
