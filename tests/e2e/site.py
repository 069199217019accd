"""A website that embeds the widget, on an origin of its own and under the policy of docs/embedding.md."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kettles</title>
<link rel="stylesheet" href="/site.css">
<main>
<h1>Kettles</h1>
<p>They whistle.</p>
<p><a href="/">All of them</a></p>
</main>
<script src="{chat}/widget.js" data-inbox="{inbox}" async></script>
</html>
"""
STYLE = "main { min-height: 3000px }"


class Site:
    """Serves every path but the style sheet as the same page with the widget."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.chat = ""
        """The origin of the chat, as the page is to name it."""
        self.inbox = ""
        self._others: dict[str, tuple[str, dict[str, str]]] = {}

    def add(self, path: str, html: str, **headers: str) -> str:
        """Serve another page, with these headers and no others; return its path."""
        self._others[path] = (html, headers)
        return path

    def answer(self, path: str) -> tuple[str, dict[str, str]]:
        return self._others.get(path) or (self.page, {"Content-Security-Policy": self.policy})

    @property
    def tag(self) -> str:
        return f'<script src="{self.chat}/widget.js" data-inbox="{self.inbox}" async></script>'

    @property
    def policy(self) -> str:
        return f"default-src 'none'; style-src 'self'; script-src {self.chat}; frame-src {self.chat}"

    @property
    def page(self) -> str:
        return PAGE.format(chat=self.chat, inbox=self.inbox)


@contextmanager
def open_site() -> Iterator[Site]:
    """Serve on localhost, which is another site than the 127.0.0.1 of the chat."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_style = self.path == "/site.css"
            text, headers = (STYLE, {}) if is_style else site.answer(self.path)
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if is_style else "text/html")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    site = Site(f"http://localhost:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
