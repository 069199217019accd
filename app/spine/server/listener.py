"""The socket that we listen on, taken before anything else is begun."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from app.settings import Settings
from app.spine.server.errors import ListenError

UNACKNOWLEDGED_MS = 20_000
"""Time without an acknowledgement before TCP gives up on a peer: one with a zero window cannot be closed otherwise."""
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to be shown, not bound.


def listen(settings: Settings) -> socket.socket:
    """Open the listening socket; its options pass on to every connection.

    Raises:
        ListenError
    """
    family = socket.AF_INET6 if ":" in settings.websocket_host else socket.AF_INET
    with explained(settings):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
        try:
            listener.bind((settings.websocket_host, settings.websocket_port))
        except OSError:
            listener.close()
            raise
        listener.setblocking(False)  # noqa: FBT003 - the standard library takes it by position only.
    return listener


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Say what is wrong with the address where the block cannot bind it or listen on it."""
    host, port = settings.websocket_host, settings.websocket_port
    try:
        yield
    except socket.gaierror as error:
        raise ListenError(f"WEBSOCKET_HOST: {host!r} is no address: {error.strerror}.") from error
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: f"Port {port} on {host} is taken. Stop what listens there, or set WEBSOCKET_PORT.",
            errno.EADDRNOTAVAIL: f"{host} is no address of this machine. Set WEBSOCKET_HOST to one that is.",
            errno.EACCES: f"Port {port} may not be listened on by this user. Set WEBSOCKET_PORT to one above 1023.",
        }
        reason = reasons.get(
            error.errno or 0, f"Cannot listen on {host}, port {port}: {error.strerror or error}."
        )
        raise ListenError(reason) from error


def bound_address(listener: socket.socket, settings: Settings) -> str:
    """Return the address that is listened on."""
    host, port = listener.getsockname()[:2]
    return _url(host, port, settings)


def address_of(listener: socket.socket, settings: Settings) -> str:
    """Return the address that users see, or that a browser on this machine would use."""
    host, port = listener.getsockname()[:2]
    return settings.public_url or _url(ANY.get(host, host), port, settings)


def _url(host: str, port: int, settings: Settings) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls_certfile else 'http'}://{shown}:{port}"
