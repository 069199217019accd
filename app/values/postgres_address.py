"""An address of Postgres: libpq's URL, read once into a type that a string is not.

The URL is read as libpq reads it (PostgreSQL manual, 32.1.1.2), less what is ambiguous: a parameter given twice, or
in the URL's body and in its query, is refused instead of guessed. A parameter that we do not have is refused by name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias, cast, get_args

import msgspec

from app.values.postgres_url import AddressError, Parts, split

__all__ = ["AddressError", "Host", "PostgresAddress", "Tls"]

SslMode: TypeAlias = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
SessionAttrs: TypeAlias = Literal["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]

CONNECT_SECONDS = 5.0
"""Seconds one host has to answer a new connection, unless `connect_timeout` says otherwise."""
LEAST_CONNECT_SECONDS = 2.0
"""libpq takes a shorter `connect_timeout` for this one."""
LONGEST_CONNECT_SECONDS = 60.0
"""Stands for `connect_timeout=0`, which libpq takes for ever."""
APPLICATION_NAME = "fireside"
SYSTEM = "system"
"""The `sslrootcert` that means the authorities of the operating system."""


class Host(msgspec.Struct, frozen=True):
    """A name or an address, or the folder of a Unix socket."""

    name: str
    port: int = 5432

    @property
    def is_socket(self) -> bool:
        return self.name.startswith("/")

    def __str__(self) -> str:
        if self.is_socket:
            return self.name
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"


class Tls(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The parts that are encrypted and verified; the fields are called as libpq calls them.

    What is not given here may be given by `PGSSLMODE` and its like, or lie in `~/.postgresql`, as with libpq.
    """

    sslmode: SslMode | None = None
    sslrootcert: str | None = None
    sslcert: str | None = None
    sslkey: str | None = None
    sslpassword: str | None = None
    sslcrl: str | None = None
    sslnegotiation: Literal["postgres", "direct"] | None = None
    ssl_min_protocol_version: str | None = None
    ssl_max_protocol_version: str | None = None


class Keepalive(msgspec.Struct, frozen=True):
    """TCP's own search for a dead peer: seconds, and a count; 0 is the system's default."""

    enabled: bool = True
    idle: int = 0
    interval: int = 0
    count: int = 0
    user_timeout_ms: int = 0


class PostgresAddress(msgspec.Struct, frozen=True, kw_only=True):
    """The place of Postgres, who we are there, and what is to be verified. It is shown without its password."""

    hosts: tuple[Host, ...] = ()
    """Tried in order; none: `PGHOST`, or else the sockets where Postgres usually listens."""
    user: str | None = None
    password: str | None = None
    passfile: str | None = None
    database: str | None = None
    tls: Tls = Tls()
    keepalive: Keepalive = Keepalive()
    server_settings: dict[str, str] = {}
    """Run-time parameters of each session: `application_name`, `search_path`, `options`."""
    target_session_attrs: SessionAttrs | None = None
    shuffled: bool = False
    """Whether the hosts are tried in random order."""
    connect_seconds: float = CONNECT_SECONDS
    pgbouncer: bool = False
    """Whether a pooler stands before Postgres: no session settings then, and no named prepared statements."""

    @classmethod
    def read(cls, url: str) -> PostgresAddress:
        """Read a URL.

        Raises:
            AddressError: it cannot be read, or asks for what we cannot do; the message names the parameter and says
                what to do, and shows no secret.
        """
        parts = split(url)
        take = parts.take
        sslmode = take_one(parts, "sslmode", SslMode)
        address = cls(
            hosts=tuple(Host(name, port or 5432) for name, port in parts.hosts),
            user=take("user"),
            password=take("password"),
            passfile=take_file(parts, "passfile"),
            database=take("dbname"),
            tls=take_tls(parts, cast("SslMode | None", sslmode)),
            keepalive=Keepalive(
                take_number(parts, "keepalives", 1) > 0,
                take_number(parts, "keepalives_idle"),
                take_number(parts, "keepalives_interval"),
                take_number(parts, "keepalives_count"),
                take_number(parts, "tcp_user_timeout"),
            ),
            server_settings=take_server_settings(parts),
            target_session_attrs=cast(
                "SessionAttrs | None", take_one(parts, "target_session_attrs", SessionAttrs)
            ),
            shuffled=take_one(parts, "load_balance_hosts", Literal["disable", "random"]) == "random",
            connect_seconds=take_connect_seconds(parts),
            pgbouncer=take_one(parts, "pgbouncer", Literal["true", "false", "1", "0"]) in {"true", "1"},
        )
        if take_one(parts, "channel_binding", Literal["disable", "prefer", "require"]) == "require":
            address = msgspec.structs.replace(address, tls=bound(address))
        parts.finish()
        address.check()
        return address

    def check(self) -> None:
        """Check what one parameter alone cannot say.

        Raises:
            AddressError: two of them do not go together.
        """
        if self.pgbouncer:
            for name in self.server_settings.keys() - {"application_name"}:
                raise AddressError(
                    f"{name}: PgBouncer does not hand it to every session;"
                    f" set it where PgBouncer cannot lose it: alter role … set search_path = …"
                )
        if self.tls.sslrootcert and self.tls.sslmode is None:
            raise AddressError("sslrootcert: verifies nothing by itself; add sslmode=verify-full")
        if self.tls.sslrootcert == SYSTEM and self.tls.sslmode != "verify-full":
            raise AddressError("sslrootcert: `system` needs sslmode=verify-full")

    @property
    def place(self) -> str:
        """The place, for people."""
        return ", ".join(map(str, self.hosts)) or "the usual place"

    def __repr__(self) -> str:
        """Leave out all but the place: an address ends up in tracebacks."""
        return f"PostgresAddress({self.place})"


def take_one(parts: Parts, name: str, allowed: object) -> str | None:
    """Take a parameter of which libpq knows all values.

    Raises:
        AddressError: it has another.
    """
    value = parts.take(name)
    values = get_args(allowed)
    if value is not None and value not in values:
        raise AddressError(f"{name}: {value!r} is not possible; give one of {', '.join(values)}")
    return value


def take_number(parts: Parts, name: str, default: int = 0) -> int:
    value = parts.take(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise AddressError(f"{name}: {value!r} is not possible; give a whole number")
    return int(value)


def take_file(parts: Parts, name: str) -> str | None:
    """Take the path of a file that must be there: a certificate that is not read verifies nothing."""
    path = parts.take(name)
    if path is not None and not (name == "sslrootcert" and path == SYSTEM) and not Path(path).is_file():
        raise AddressError(f"{name}: there is no file {path!r} that can be read")
    return path


def take_tls(parts: Parts, sslmode: SslMode | None) -> Tls:
    return Tls(
        sslmode=sslmode,
        sslrootcert=take_file(parts, "sslrootcert"),
        sslcert=take_file(parts, "sslcert"),
        sslkey=take_file(parts, "sslkey"),
        sslpassword=parts.take("sslpassword"),
        sslcrl=take_file(parts, "sslcrl"),
        sslnegotiation=cast(
            "Literal['postgres', 'direct'] | None",
            take_one(parts, "sslnegotiation", Literal["postgres", "direct"]),
        ),
        ssl_min_protocol_version=take_one(
            parts, "ssl_min_protocol_version", Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
        ),
        ssl_max_protocol_version=take_one(
            parts, "ssl_max_protocol_version", Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
        ),
    )


def bound(address: PostgresAddress) -> Tls:
    """Return the TLS that keeps what `channel_binding=require` promises: nobody stands in between.

    asyncpg cannot bind a password to its channel (SCRAM-SHA-256-PLUS). A certificate of which both authority and name
    are verified shuts out the same attacker, so we demand that instead of looking away.

    Raises:
        AddressError: there is no TLS to bind to.
    """
    tls = address.tls
    if tls.sslmode == "disable" or any(host.is_socket for host in address.hosts):
        raise AddressError("channel_binding: there is no TLS to bind to; leave it out, or connect with TLS")
    return msgspec.structs.replace(tls, sslmode="verify-full", sslrootcert=tls.sslrootcert or SYSTEM)


def take_server_settings(parts: Parts) -> dict[str, str]:
    fallback = parts.take("fallback_application_name") or APPLICATION_NAME
    given = {"application_name": parts.take("application_name") or fallback}
    for name in ("search_path", "options"):
        if (value := parts.take(name)) is not None:
            given[name] = value
    encoding = parts.take("client_encoding")
    if encoding is not None and encoding.lower() not in {"utf8", "utf-8", "auto"}:
        raise AddressError(f"client_encoding: {encoding!r} is not possible; we speak UTF8")
    return given


def take_connect_seconds(parts: Parts) -> float:
    seconds = float(take_number(parts, "connect_timeout", int(CONNECT_SECONDS))) or LONGEST_CONNECT_SECONDS
    return min(max(seconds, LEAST_CONNECT_SECONDS), LONGEST_CONNECT_SECONDS)
