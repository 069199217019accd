"""A way to Postgres over TCP that speaks TLS with any certificate, refuses it, says nothing, or is cut.

The Postgres of the tests is built without TLS, so the first round of its protocol (SSLRequest) is answered here.
It runs in threads of its own, for a test that waits for a process blocks its event loop.
"""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TLS = Path(__file__).parent / "tls"
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
CHUNK = 16384
"""Bytes read at once."""


class Front(socketserver.ThreadingTCPServer):
    """A front that clients connect to; what they meet can be changed at any time, for connections to come."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self.postgres = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self.links: list[socket.socket] = []
        self.certificate: str | None = None
        self.clients_of: str | None = None
        self.is_silent = False
        """Whether connections are taken and nothing is said on them."""
        self.most: int | None = None
        """Connections that are let through; what comes after them is closed."""
        self.met: list[str] = []
        """The beginning of each connection so far."""
        self._database = parts.path
        super().__init__(("127.0.0.1", 0), Link)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, parameters: str = "") -> str:
        return f"postgresql://postgres@localhost:{self.port}{self._database}?{parameters}"

    def speak_tls(self, certificate: str | None, *, clients_of: str | None = None) -> None:
        """Show a certificate of `tls/` from now on, or None: no TLS. Cuts what is open, as a restart does."""
        self.certificate, self.clients_of = certificate, clients_of
        self.cut()

    def cut(self) -> None:
        for link in list(self.links):
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(TLS / f"{self.certificate}.pem")
        if self.clients_of:
            context.load_verify_locations(TLS / f"{self.clients_of}.pem")
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: that connections end in the middle is what this is for."""


class Link(socketserver.BaseRequestHandler):
    """One connection, from its first bytes to its end."""

    server: Front

    def handle(self) -> None:
        client: socket.socket = self.request
        with client.dup() as handle, suppress(OSError):
            self.server.links.append(handle)
            self._handle(client)
            self.server.links.remove(handle)

    def _handle(self, client: socket.socket) -> None:
        first = client.recv(8, socket.MSG_WAITALL)
        if self.server.most is not None and len(self.server.met) >= self.server.most:
            return
        if self.server.is_silent:
            self.server.met.append("silence")
            client.recv(1)
            return
        if first == SSL_REQUEST and self.server.certificate is None:
            client.sendall(b"N")
            first = client.recv(8, socket.MSG_WAITALL)
            if not first:
                return
        if first == SSL_REQUEST:
            client.sendall(b"S")
            wrapped = Wrapped(client, self.server.context())
            self.server.met.append("tls")
            self._relay(wrapped, wrapped.read_ahead())
        else:
            self.server.met.append("plain")
            self._relay(client, first)

    def _relay(self, client: socket.socket | Wrapped, first: bytes) -> None:
        with socket.socket(socket.AF_UNIX) as postgres:
            postgres.connect(self.server.postgres)
            postgres.sendall(first)
            while True:
                readable, _, _ = select.select([client, postgres], [], [])
                for source, sink in ((client, postgres), (postgres, client)):
                    if source in readable:
                        if not (data := source.recv(CHUNK)):
                            return
                        sink.sendall(data)


class Wrapped:
    """The server's side of TLS on a socket, as much of a socket as a relay needs.

    Not an `ssl.SSLSocket`: up to Python 3.11 its constructor loses the descriptor of a connection that is reset
    before the handshake, which the garbage collector then reports in whichever test comes next.
    """

    def __init__(self, link: socket.socket, context: ssl.SSLContext) -> None:
        self._link = link
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                if not self._fill():
                    raise ConnectionResetError from None
            except ssl.SSLError:
                self._flush()  # The alert.
                raise
            else:
                break
        self._flush()

    def fileno(self) -> int:
        return self._link.fileno()

    def read_ahead(self) -> bytes:
        """Return what has come and is not read, which `select` does not see."""
        read = b""
        with suppress(ssl.SSLWantReadError):
            while record := self._tls.read(CHUNK):
                read += record
        return read

    def recv(self, _: int) -> bytes:
        """Wait for something and return all that has come, more than was asked for; empty at the end."""
        while not (read := self.read_ahead()):
            if not self._fill():
                return b""
        return read

    def sendall(self, data: bytes) -> None:
        self._tls.write(data)
        self._flush()

    def _fill(self) -> bool:
        data = self._link.recv(CHUNK)
        self._incoming.write(data)
        return bool(data)

    def _flush(self) -> None:
        self._link.sendall(self._outgoing.read())


@contextmanager
def front(database_url: str) -> Iterator[Front]:
    with Front(database_url) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            made.cut()
            thread.join()
