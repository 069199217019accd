"""The address of Redis and how it is to be spoken to, read once from REDIS_URL.

redis-py ignores what it does not understand in a database number, hands unknown parameters to its connections, which
then fail one by one, and takes TLS parameters without TLS. Here each of these is an error when the process starts.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from msgspec import Struct
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig

SCHEMES = {"redis": "tcp", "valkey": "tcp", "rediss": "tls", "valkeys": "tls", "unix": "unix"}
UNSPOKEN = {
    "sentinel": "Sentinel is not spoken yet; give the address of a proxy that follows the master",
    "cluster": "Redis Cluster is not spoken yet; give the address of a single Redis or a replicated one",
}
PORT = 6379
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
REQUIREMENTS = {
    "required": ssl.CERT_REQUIRED,
    "optional": ssl.CERT_REQUIRED,  # A client has no use for a certificate that may be bad.
    "none": ssl.CERT_NONE,
}
LOGIN_PARAMETERS = ("db", "username", "password")
TLS_PARAMETERS = ("ssl_ca_certs", "ssl_cert_reqs", "ssl_check_hostname", "ssl_certfile", "ssl_keyfile")


class RedisAddressError(ValueError):
    """The address cannot be used; the message says why, and quotes nothing that may be a password."""


class Verification(Struct, frozen=True, kw_only=True):
    """The demands on a server's certificate, and the one of ours that it is shown."""

    requirement: ssl.VerifyMode = ssl.CERT_REQUIRED
    check_hostname: bool = True
    ca_certs: str | None = None
    """The only authorities believed; None: those of this machine."""
    certfile: str | None = None
    keyfile: str | None = None

    def context(self) -> ssl.SSLContext:
        """Return the one context of all connections.

        redis-py makes one for each, and each then reads all authorities of the machine anew.

        Raises:
            RedisAddressError: A file cannot be read, or is not what it should be.
        """
        for name, path in (("ssl_ca_certs", self.ca_certs), ("ssl_certfile", self.certfile)):
            if path is not None and not Path(path).is_file():
                raise RedisAddressError(f"{name}: there is no file {path!r}")
        try:
            context = ssl.create_default_context(cafile=self.ca_certs)
            context.check_hostname = self.check_hostname and self.requirement is not ssl.CERT_NONE
            context.verify_mode = self.requirement
            if self.certfile is not None:
                context.load_cert_chain(self.certfile, self.keyfile)
        except (OSError, ValueError) as error:
            raise RedisAddressError(f"its TLS files cannot be used: {error}") from error
        return context


class RedisAddress(Struct, frozen=True, kw_only=True):
    """One Redis, over TCP, TLS or a Unix socket."""

    host: str = "localhost"
    port: int = PORT
    path: str | None = None
    """The Unix socket's; host and port then mean nothing."""
    db: int = 0
    username: str = ""
    password: str = ""
    tls: Verification | None = None

    @classmethod
    def read(cls, url: str) -> RedisAddress:
        """Read an address such as `rediss://user:secret@host:6379/0?ssl_ca_certs=/etc/redis-ca.pem`.

        Raises:
            RedisAddressError: It cannot be what was meant.
        """
        parts, kind = _split(url)
        given = _parameters(parts.query, kind)
        try:
            username = unquote(parts.username or "", errors="strict")
            password = unquote(parts.password or "", errors="strict")
            path = unquote(parts.path, errors="strict")
            host = unquote(parts.hostname or "localhost", errors="strict")
        except UnicodeDecodeError:
            raise RedisAddressError("a part of it is percent-encoded, but not as UTF-8") from None
        username = given.get("username", username)
        password = given.get("password", password)
        if kind == "unix":
            if parts.hostname:
                raise RedisAddressError(
                    "a socket's path is absolute, after three slashes: unix:///run/redis.sock"
                )
            if len(path) < 2 or "\0" in path:
                raise RedisAddressError("names no socket; give unix:///run/redis.sock")
            return cls(path=path, db=_database(given.get("db", "")), username=username, password=password)
        in_path, in_query = path.strip("/"), given.get("db", "")
        if in_path and in_query and in_path != in_query:
            raise RedisAddressError("gives two database numbers, in its path and as db=; keep one of them")
        return cls(
            host=host,
            port=PORT if parts.port is None else parts.port,
            db=_database(in_path or in_query),
            username=username,
            password=password,
            tls=_verification(given) if kind == "tls" else None,
        )

    @property
    def place(self) -> str:
        """The place, for people and logs: no password."""
        if self.path is not None:
            return self.path
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __repr__(self) -> str:
        """Leave out the password: an address ends up in tracebacks."""
        return f"RedisAddress({self.place!r}, db={self.db})"

    def client(
        self, *, connections: int, wait_seconds: float, connect_seconds: float, answer_seconds: float | None
    ) -> aioredis.Redis:
        """Return a client that connects when it is first used, and never tries anything twice.

        `wait_seconds` bounds the wait for a free one of its `connections`; None of `answer_seconds` waits for ever.
        """
        where: dict[str, Any]
        if self.path is not None:
            where = {"connection_class": aioredis.UnixDomainSocketConnection, "path": self.path}
        elif self.tls is not None:
            where = {"connection_class": TLSConnection, "context": self.tls.context()}
        else:
            where = {"connection_class": aioredis.Connection}
        if self.path is None:
            where |= {"host": self.host, "port": self.port}
        return aioredis.Redis.from_pool(
            aioredis.BlockingConnectionPool(
                max_connections=connections,
                timeout=wait_seconds,
                db=self.db,
                username=self.username or None,
                password=self.password or None,
                socket_connect_timeout=connect_seconds,
                socket_timeout=answer_seconds,
                retry=Retry(NoBackoff(), 0),
                # Each would be a round trip more before the first answer.
                driver_info=None,
                maint_notifications_config=MaintNotificationsConfig(enabled=False),
                **where,
            )
        )


class TLSConnection(aioredis.Connection):
    """A connection over TLS, on a context that all share."""

    def __init__(self, *, context: ssl.SSLContext, **options: Any) -> None:
        super().__init__(**options)
        self._context = context

    def _connection_arguments(self) -> Mapping[str, Any]:
        return {**super()._connection_arguments(), "ssl": self._context}


def _split(url: str) -> tuple[SplitResult, str]:
    scheme = url.partition("://")[0].lower()
    for word, reason in UNSPOKEN.items():
        if word in re.split(r"[+-]", scheme):
            raise RedisAddressError(reason)
    kind = SCHEMES.get(scheme)
    if kind is None:
        raise RedisAddressError("must begin with redis:// or rediss:// or unix://")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        hosts = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
        if "," in hosts:
            raise RedisAddressError("names several hosts; give the one that is written to") from None
        raise RedisAddressError(
            "is no address that can be read; look at its host and port, and percent-encode what is special in its"
            " password: / is %2F, # is %23, ? is %3F, @ is %40"
        ) from None
    if "," in (parts.hostname or ""):
        raise RedisAddressError("names several hosts; give the one that is written to")
    if parts.fragment or url.endswith("#"):
        raise RedisAddressError("holds a #, behind which nothing counts; in a password write it as %23")
    if port == 0:
        raise RedisAddressError("port 0 is none that can be connected to")
    return parts, kind


def _parameters(query: str, kind: str) -> dict[str, str]:
    known = LOGIN_PARAMETERS + (TLS_PARAMETERS if kind == "tls" else ())
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except ValueError:
        raise RedisAddressError("what follows the ? is not name=value&name=value") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in TLS_PARAMETERS and kind != "tls":
            raise RedisAddressError(f"{name} asks for TLS, which begins with rediss://")
        if name not in known:
            raise RedisAddressError(f"there is no parameter {name!r}; those there are: {', '.join(known)}")
        if name in given:
            raise RedisAddressError(f"{name} is given twice")
        if not value:
            raise RedisAddressError(f"{name} is empty")
        given[name] = value
    return given


def _database(text: str) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise RedisAddressError(f"{text!r} is no database number; give one such as 0, or none")
    return int(text)


def _verification(given: Mapping[str, str]) -> Verification:
    requirement = given.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    if requirement not in REQUIREMENTS:
        raise RedisAddressError(f"ssl_cert_reqs: give one of {', '.join(REQUIREMENTS)}")
    check_hostname = given.get("ssl_check_hostname", "true").lower()
    if check_hostname not in TRUE | FALSE:
        raise RedisAddressError("ssl_check_hostname: give true or false")
    if requirement == "none" and "ssl_ca_certs" in given:
        raise RedisAddressError(
            "ssl_ca_certs asks for a check that ssl_cert_reqs=none forgoes; keep one of them"
        )
    if "ssl_keyfile" in given and "ssl_certfile" not in given:
        raise RedisAddressError("ssl_keyfile is of no use without ssl_certfile")
    return Verification(
        requirement=REQUIREMENTS[requirement],
        check_hostname=check_hostname in TRUE,
        ca_certs=given.get("ssl_ca_certs"),
        certfile=given.get("ssl_certfile"),
        keyfile=given.get("ssl_keyfile"),
    )
