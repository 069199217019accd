"""Split a URL of Postgres as libpq does: the parameters by name, wherever they stood."""

from __future__ import annotations

import difflib
import re
from urllib.parse import unquote

SCHEMES = ("postgresql://", "postgres://")
KNOWN = frozenset(
    {
        "application_name",
        "channel_binding",
        "client_encoding",
        "connect_timeout",
        "dbname",
        "fallback_application_name",
        "host",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",
        "options",
        "passfile",
        "password",
        "pgbouncer",
        "port",
        "search_path",
        "ssl_max_protocol_version",
        "ssl_min_protocol_version",
        "sslcert",
        "sslcrl",
        "sslkey",
        "sslmode",
        "sslnegotiation",
        "sslpassword",
        "sslrootcert",
        "target_session_attrs",
        "tcp_user_timeout",
        "user",
    }
)
"""All that an address can say, as libpq calls it, and `pgbouncer`, as other clients call it."""
ALIASES = {"database": "dbname", "username": "user"}
HARMLESS = {
    "gssencmode": {"disable", "prefer"},
    "gssdelegation": {"0"},
    "krbsrvname": {"postgres"},
    "replication": {"false", "off", "no", "0"},
    "sslcertmode": {"allow"},
    "sslcompression": {"0"},
    "sslsni": {"1"},
}
"""Parameters of libpq that we have no use for, and the values that ask for nothing but what we do."""
ADVICE = {
    "hostaddr": "give the address as host; where a certificate is verified, it must name it",
    "service": "write what the service file says into the URL",
    "require_auth": "demand the method in pg_hba.conf on the server",
    "requirepeer": "protect the socket's folder instead",
    "requiressl": "write sslmode=require",
    "ssl": "write sslmode=require, or better sslmode=verify-full",
    "sslcrldir": "put the lists into one file and name it in sslcrl",
    "schema": "write search_path=…",
    "currentSchema": "write search_path=…",
    "min_size": "set DATABASE_POOL_SIZE",
    "max_size": "set DATABASE_POOL_SIZE",
    "pool_size": "set DATABASE_POOL_SIZE",
    "connection_limit": "set DATABASE_POOL_SIZE",
    "statement_cache_size": "write pgbouncer=true if a pooler stands before Postgres",
    "prepared_statements": "write pgbouncer=true if a pooler stands before Postgres",
    "prepareThreshold": "write pgbouncer=true if a pooler stands before Postgres",
}
"""Advice for parameters that we do not have, or that other drivers have."""
PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class AddressError(ValueError):
    """An address of Postgres that cannot be; the message says what to do and shows no secret."""


class Parts:
    """The parameters of one URL, to be taken one by one; what is left at the end is unknown."""

    def __init__(self, hosts: list[tuple[str, int | None]], given: dict[str, str]) -> None:
        self.hosts = hosts
        self._given = given

    def take(self, name: str) -> str | None:
        """Return a parameter, or None where it is absent or empty, which libpq takes for the same."""
        return self._given.pop(name, None) or None

    def finish(self) -> None:
        """Check that nothing is left.

        Raises:
            AddressError: a parameter that we do not have; a typing error must not switch a verification off.
        """
        for name, value in self._given.items():
            if value in HARMLESS.get(name, ()):
                continue
            if name in HARMLESS:
                raise AddressError(
                    f"{name}: only {' or '.join(sorted(HARMLESS[name]))} is possible; leave it out"
                )
            if name in ADVICE:
                raise AddressError(f"{name}: is not possible here; {ADVICE[name]}")
            near = difflib.get_close_matches(name, KNOWN, n=1)
            raise AddressError(
                f"{name}: is no parameter of an address of Postgres; "
                + (
                    f"did you mean {near[0]}?"
                    if near
                    else "a setting of the server is given as options=-c%20name%3Dvalue"
                )
            )


def split(url: str) -> Parts:
    """Split `url` and decode its parts.

    Raises:
        AddressError: it is none that can be read.
    """
    body = next((url.removeprefix(scheme) for scheme in SCHEMES if url.startswith(scheme)), None)
    if body is None:
        raise AddressError("must begin with postgresql:// or postgres://")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise AddressError("has a space, a line break or a control character in it; write them %20, %0A …")
    if "#" in body:
        raise AddressError("has a # in it; in a password write it %23")
    body, _, query = body.partition("?")
    # The last @, for an @ in a password is more likely than one in a host.
    userinfo, _, rest = body.rpartition("@")
    netloc, _, database = rest.partition("/")
    if "/" in userinfo:
        raise AddressError("has a / in its user or password; write it %2F")
    if "/" in database:
        raise AddressError("has a / in the name of its database; write it %2F")
    given: dict[str, str] = {}
    user, _, password = userinfo.partition(":")
    for name, value in (("user", user), ("password", password), ("dbname", database)):
        if value:
            given[name] = decoded(name, value)
    in_query = read_query(query)
    for name in in_query.keys() & given.keys():
        raise AddressError(f"{name}: is given twice, before the ? and after it; keep one of them")
    given |= in_query
    return Parts(take_hosts(netloc, given), given)


def read_query(query: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.partition("=")
        name = ALIASES.get(name, name)
        if not equals or not name:
            # Shown only where it cannot be a piece of a password with a ? in it.
            shown = name if name in KNOWN else "a parameter"
            raise AddressError(
                f"{shown}: has no value; write name=value, joined by &; in a password ? is %3F"
            )
        if name in given:
            raise AddressError(f"{name}: is given twice; keep one of them")
        # libpq's values keep a plus. In options it separates nothing else, and is what `urlencode` makes of a space.
        given[name] = decoded(name, value.replace("+", " ") if name == "options" else value)
    return given


def decoded(name: str, value: str) -> str:
    if PERCENT.search(value):
        raise AddressError(f"{name}: has a % that begins no escape; write it %25")
    try:
        text = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise AddressError(f"{name}: its escapes are no UTF-8") from None
    if "\0" in text:
        raise AddressError(f"{name}: has a zero byte in it")
    return text


def take_hosts(netloc: str, given: dict[str, str]) -> list[tuple[str, int | None]]:
    """Return names and ports from before the `?` or from `host` and `port` after it."""
    listed = given.pop("host", "")
    if netloc and listed:
        raise AddressError("host: is given twice, before the ? and after it; keep one of them")
    hosts = []
    if netloc:
        hosts = [(decoded("host", name), port) for name, port in map(read_host, netloc.split(","))]
    elif listed:
        hosts = [read_host(host) for host in listed.split(",")]
    ports = [read_port(port) for port in given.pop("port", "").split(",") if port]
    if not ports:
        return hosts
    if any(port is not None for _, port in hosts):
        raise AddressError("port: is given twice, beside its host and after the ?; keep one of them")
    hosts = hosts or [("localhost", None)]
    if len(ports) not in {1, len(hosts)}:
        raise AddressError(
            f"port: there are {len(ports)} ports for {len(hosts)} hosts; give one, or one a host"
        )
    return [(name, ports[number % len(ports)]) for number, (name, _) in enumerate(hosts)]


def read_host(text: str) -> tuple[str, int | None]:
    if text.startswith("/"):
        return text, None
    if text.startswith("["):
        name, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise AddressError("host: an IPv6 address is written [::1]:5432")
        port = rest[1:]
    elif text.count(":") > 1:
        name, port = text, ""
    else:
        name, _, port = text.partition(":")
    if not name:
        raise AddressError("host: one of them is empty; write h1:5432,h2:5432")
    return name, read_port(port) if port else None


def read_port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        # The text is not shown: after a misplaced @ or : it is a piece of the password.
        raise AddressError(
            "port: must be a number from 1 to 65535; in a password write : as %3A, ? as %3F, @ as %40"
        )
    return int(text)
