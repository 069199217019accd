"""Turn a variable's text into a setting's value, and say clearly why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from app.values.client import Proxies
from app.values.origin import NotAnOrigin, Origin, parse_origin
from app.values.postgres_address import AddressError, PostgresAddress
from app.values.redis_address import RedisAddress, RedisAddressError

if TYPE_CHECKING:
    from app.settings import Settings

Port = Annotated[int, Meta(ge=0, le=65535)]
Limit = Annotated[int, Meta(ge=0, le=10_000_000)]
"""A count in ten seconds, unless it says otherwise; 0 is no limit."""
LEAST_BYTES = 65_536
"""The largest frame: under a smaller limit of bytes, a message could be refused for ever."""
BYTE_LIMITS = (
    "limit_widget_bytes",
    "limit_admin_bytes",
    "limit_customer_bytes",
    "limit_customer_day_bytes",
    "limit_conversation_bytes",
)
ByteLimit = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
"""Bytes in ten seconds, unless it says otherwise; 0 is no limit."""
Seconds = Annotated[int, Meta(ge=1, le=86_400)]

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
MIN_SECRET_BYTES = {"jwt_secret": 32, "bot_webhook_secret": 16, "metrics_token": 16}
"""Of secrets that are ours to choose. An HMAC-SHA-256 key shorter than its output weakens the signature (RFC 7518,
section 3.2); 16 random bytes are beyond guessing, three are a minute's work."""


class SettingsError(Exception):
    """A setting has a value that cannot be; the message names it and says what to do."""


def text_or_file(name: str, given: Mapping[str, str]) -> str | None:
    """Return a secret's text, from its variable or from the file that `…_FILE` names."""
    path = given.get(f"{name}_FILE")
    if path is None:
        return given.get(name)
    if name in given:
        raise SettingsError(f"{name} and {name}_FILE are both set; keep one of them")
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE: cannot read {path!r}: {error}") from error
    if not text:
        raise SettingsError(f"{name}_FILE: {path!r} is empty")
    return text


def parse(name: str, text: str, kind: Any) -> object:
    """Convert `text` to the type of a field of `Settings`.

    Raises:
        SettingsError: with the text and what is allowed. Secrets are text, for which all is.
    """
    if name in OF_ORIGINS:
        return OF_ORIGINS[name](text)
    info = msgspec.inspect.type_info(kind)
    if isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    value: object = text
    match info:
        case msgspec.inspect.CustomType(cls=cls) if cls is Proxies:
            return _parse_proxies(name, text)
        case msgspec.inspect.BoolType():
            value = text.lower() in TRUE if text.lower() in TRUE | FALSE else text
        case msgspec.inspect.VarTupleType():
            value = tuple(part.strip() for part in text.split(",") if part.strip())
        case msgspec.inspect.LiteralType():
            value = text.lower()
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType() | msgspec.inspect.StrType():
            pass
        case _:
            return Path(text).expanduser().absolute()
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}: {text!r} is not possible; give {_allowed(info)}") from error


def _parse_proxies(name: str, text: str) -> Proxies:
    try:
        return Proxies.parse(text)
    except ValueError as error:
        raise SettingsError(
            f"{name}: {error}; give addresses or networks such as 127.0.0.1, 10.0.0.0/8, separated by commas"
        ) from error


def _allowed(info: msgspec.inspect.Type) -> str:
    match info:
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case msgspec.inspect.FloatType(ge=least, gt=above, le=most):
            return (
                f"a number from {least} to {most}"
                if above is None
                else f"a number above {above}, at most {most}"
            )
        case msgspec.inspect.BoolType():
            return "1 or 0, true or false, on or off"
        case msgspec.inspect.LiteralType(values=values):
            return "one of " + ", ".join(map(str, values))
        case _:
            return "text"


def check(settings: Settings) -> None:
    """Check what a type cannot say: addresses, and settings that depend on each other.

    Raises:
        SettingsError: for the first that cannot be.
    """
    if settings.database_url:
        _check_database(settings.database_url)
    if settings.redis_url:
        _check_redis(settings.redis_url)
    for name in ("openai_base_url", "coze_base_url", "bot_webhook_url"):
        _check_scheme(name.upper(), getattr(settings, name), ("https", "http"))
    for name in BYTE_LIMITS:
        if 0 < getattr(settings, name) < LEAST_BYTES:
            raise SettingsError(
                f"{name.upper()}: {getattr(settings, name)} is less than one message may have;"
                f" give at least {LEAST_BYTES}, or 0 for no limit"
            )
    if settings.websocket_ping_timeout <= settings.websocket_ping_interval:
        raise SettingsError(
            f"WEBSOCKET_PING_TIMEOUT: {settings.websocket_ping_timeout} must be more than"
            f" WEBSOCKET_PING_INTERVAL, which is {settings.websocket_ping_interval}"
        )
    for name, least in MIN_SECRET_BYTES.items():
        if 0 < len(getattr(settings, name).encode()) < least:
            raise SettingsError(
                f"{name.upper()}: too short; it needs {least} bytes, as from `openssl rand -hex 32`"
            )
    if (settings.tls_certfile is None) != (settings.tls_keyfile is None):
        missing = "TLS_KEYFILE" if settings.tls_keyfile is None else "TLS_CERTFILE"
        raise SettingsError(f"{missing}: not set; TLS needs both TLS_CERTFILE and TLS_KEYFILE")
    for name in ("tls_certfile", "tls_keyfile"):
        path = getattr(settings, name)
        if path is not None and not path.is_file():
            raise SettingsError(f"{name.upper()}: there is no file {str(path)!r}")


def _check_redis(url: str) -> None:
    try:
        address = RedisAddress.read(url)
        if address.tls is not None:
            address.tls.context()
    except RedisAddressError as error:
        raise SettingsError(f"REDIS_URL: {error}") from None


def _cors_origins(text: str) -> tuple[Origin | Literal["*"], ...]:
    parts = [part.strip() for part in text.split(",")]
    try:
        return tuple("*" if part == "*" else parse_origin(part) for part in parts if part)
    except NotAnOrigin as error:
        raise SettingsError(
            f"WEBSOCKET_CORS_ORIGIN: {text!r} is not possible: {error}; give origins such as"
            " https://shop.example, separated by commas, or *"
        ) from error


def _public_url(text: str) -> Origin:
    try:
        return parse_origin(text)
    except NotAnOrigin as error:
        raise SettingsError(f"PUBLIC_URL: {text!r} must be https://host[:port]: {error}") from error


OF_ORIGINS: Mapping[str, Callable[[str], object]] = {
    "WEBSOCKET_CORS_ORIGIN": _cors_origins,
    "PUBLIC_URL": _public_url,
}
"""Settings that are read into origins."""


def _check_database(url: str) -> None:
    try:
        PostgresAddress.read(url)
    except AddressError as error:
        raise SettingsError(f"DATABASE_URL: {error}") from None


def _check_scheme(name: str, url: str, schemes: tuple[str, ...]) -> None:
    # The value is not shown: a URL can hold a password.
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise SettingsError(f"{name}: is no URL that can be read; look at its host and port") from None
    if url and parts.scheme not in schemes:
        raise SettingsError(f"{name}: must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
