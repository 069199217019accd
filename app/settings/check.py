"""Check what the type of a setting cannot say."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.settings.structs import Settings
from app.settings.values import SettingsError
from app.values.postgres_address import AddressError, PostgresAddress
from app.values.redis_address import RedisAddress, RedisAddressError

LEAST_BYTES = 65_536
"""The largest frame: under a smaller limit of bytes, a message could be refused for ever."""
MIN_SECRET_BYTES = {"jwt_secret": 32, "bot_webhook_secret": 16, "metrics_token": 16}
"""Of secrets that are ours to choose. An HMAC-SHA-256 key shorter than its output weakens the signature (RFC 7518,
section 3.2); 16 random bytes are beyond guessing, three are a minute's work."""


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
    limits = settings.limits
    for name, limit in {
        "LIMIT_WIDGET_BYTES": limits.widget.bytes,
        "LIMIT_ADMIN_BYTES": limits.admin.bytes,
        "LIMIT_CUSTOMER_BYTES": limits.customer_bytes,
        "LIMIT_CUSTOMER_DAY_BYTES": limits.customer_day_bytes,
        "LIMIT_CONVERSATION_BYTES": limits.conversation_bytes,
    }.items():
        if 0 < limit < LEAST_BYTES:
            raise SettingsError(
                f"{name}: {limit} is less than one message may have; give at least {LEAST_BYTES}, or 0 for no limit"
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
