"""Open a connection to Postgres: the only place where one is opened, first or again."""

from __future__ import annotations

import random
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg
import msgspec

from app.values.postgres_address import SYSTEM, Host, Keepalive, PostgresAddress, Tls

ROUND_SECONDS = 6.0
"""Seconds several hosts share; a statement that waits for its connection must live to see the last of them tried."""
NEXT_HOST = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)
"""Errors that make us try the next host, as libpq does; a refused password does not."""
POOLER = "unsupported startup parameter"
"""PgBouncer's answer to session settings."""


class ConnectError(ConnectionError):
    """No connection could be opened; the message says what each host said."""


async def connect(
    address: PostgresAddress, settings: Mapping[str, str] | None = None, **options: Any
) -> asyncpg.Connection:
    """Open a connection; `settings` are run-time parameters that win over those of the address.

    A pooler gets none of them. `options` are handed through to asyncpg.

    Raises:
        ConnectError: no host answers, or none that is what `target_session_attrs` asks for.
        asyncpg.PostgresError: a host answers and refuses.
        OSError: the same, of TLS.
    """
    attempts = _attempts(address)
    reasons: list[str] = []
    causes: list[BaseException] = []
    seconds = address.connect_seconds
    if len(attempts) > 1:
        seconds = min(seconds, ROUND_SECONDS / len(attempts))
    for host, attrs in attempts:
        try:
            connection = await asyncpg.connect(
                **_tls(address.tls),
                host=host.name if host else None,
                port=host.port if host else None,
                user=address.user,
                password=address.password,
                passfile=address.passfile,
                database=address.database,
                timeout=seconds,
                target_session_attrs=attrs,
                statement_cache_size=0 if address.pgbouncer else 100,
                server_settings=address.server_settings | ({} if address.pgbouncer else dict(settings or {})),
                **options,
            )
        except NEXT_HOST as error:
            causes.append(error)
            reasons.append(f"{host or address.place}: {_reason(error, seconds)}")
        except asyncpg.ProtocolViolationError as error:
            if POOLER not in str(error):
                raise
            raise ConnectError("this is PgBouncer; add pgbouncer=true to the address") from error
        else:
            _keep_alive(connection, address.keepalive)
            return connection
    raise ConnectError("; ".join(dict.fromkeys(reasons))) from causes[-1]


def _attempts(address: PostgresAddress) -> list[tuple[Host | None, str | None]]:
    hosts: list[Host | None] = list(address.hosts) or [None]
    if address.shuffled:
        random.shuffle(hosts)
    attrs = address.target_session_attrs
    rounds = ("standby", "any") if attrs == "prefer-standby" else (attrs,)
    return [(host, each) for each in rounds for host in hosts]


def _tls(tls: Tls) -> dict[str, Any]:
    """Return what to verify in asyncpg's terms.

    asyncpg takes the names of files from a URL only, and reads them again for each connection, so that a renewed
    certificate needs no restart.
    """
    if tls.sslrootcert != SYSTEM:
        given = msgspec.to_builtins(tls)
        return {"dsn": f"postgresql://?{urlencode(given, quote_via=quote)}"} if given else {}
    context = ssl.create_default_context()
    context.set_alpn_protocols(["postgresql"])
    if tls.sslcert:
        context.load_cert_chain(tls.sslcert, tls.sslkey, lambda: tls.sslpassword or "")
    if tls.sslcrl:
        context.load_verify_locations(tls.sslcrl)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    return {"ssl": context, "direct_tls": tls.sslnegotiation == "direct"}


def _reason(error: BaseException, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer in {seconds:g} s"
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return "is not what target_session_attrs asks for"
    return str(error).partition("\n")[0] or type(error).__name__


def _keep_alive(connection: asyncpg.Connection, keepalive: Keepalive) -> None:
    """Let TCP look for a dead peer, as libpq does unless told not to."""
    peer = connection._transport.get_extra_info("socket")  # noqa: SLF001 - asyncpg has no other way to it.
    if peer.family == socket.AF_UNIX or not keepalive.enabled:
        return
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", keepalive.idle),
        ("TCP_KEEPINTVL", keepalive.interval),
        ("TCP_KEEPCNT", keepalive.count),
        ("TCP_USER_TIMEOUT", keepalive.user_timeout_ms),
    ):
        if value and hasattr(socket, option):
            peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
