"""The settings, from the environment and `.env`; a bad value stops the start and says which it is.

A setting's name in the environment is its field's name in capitals. Those in `SECRETS` may come from a file
instead: `JWT_SECRET_FILE=/run/secrets/jwt` for `JWT_SECRET`. The real environment wins over `.env`; an empty
value counts as not given.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.settings import dotenv
from app.settings import values as setting_values
from app.settings.values import ByteLimit, Limit, Port, Seconds, SettingsError
from app.values.client import NO_PROXIES, Proxies
from app.values.origin import Origin

__all__ = ["Settings", "SettingsError"]

SECRETS = frozenset(
    {
        "database_url",
        "redis_url",
        "jwt_secret",
        "metrics_token",
        "openai_api_key",
        "coze_api_token",
        "bot_webhook_secret",
    }
)
"""Values that are never shown, in an error or anywhere else; each may come from a file."""
OWN_PREFIXES = ("WEBSOCKET_", "LIMIT_")
"""Names that begin so are surely meant for us: an unknown one is a misspelling and worth a warning."""

_log = logging.getLogger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one process, checked. Paths are absolute, durations in the unit of the name."""

    database_url: Annotated[
        str, Meta(description="PostgreSQL 15 or later; none: one is started in VAR_DIR")
    ] = ""
    redis_url: Annotated[
        str, Meta(description="Redis 7 or later or Valkey; none: one is started in VAR_DIR")
    ] = ""
    database_pool_size: Annotated[
        int, Meta(ge=1, le=1000, description="connections to PostgreSQL a process")
    ] = 10
    var_dir: Annotated[Path, Meta(description="where the engines that we start keep their data")] = Path(
        "var"
    )

    websocket_host: Annotated[str, Meta(description="address to listen on, for HTTP and WebSocket")] = (
        "127.0.0.1"
    )
    websocket_port: Annotated[Port, Meta(description="port to listen on; 0 takes a free one")] = 3001
    websocket_cors_origin: Annotated[
        tuple[Origin | Literal["*"], ...],
        Meta(description="origins besides our own that may connect, comma-separated, or *"),
    ] = ()
    websocket_ping_interval: Annotated[int, Meta(ge=100, le=600_000, description="ms between heartbeats")] = (
        25_000
    )
    websocket_ping_timeout: Annotated[
        int, Meta(ge=200, le=3_600_000, description="ms of silence that end a connection")
    ] = 60_000
    trusted_proxies: Annotated[
        Proxies, Meta(description="networks whose X-Forwarded-For and -Proto are believed, comma-separated")
    ] = NO_PROXIES
    public_url: Annotated[Origin | None, Meta(description="the address users see, if a proxy changes it")] = (
        None
    )
    tls_certfile: Annotated[Path | None, Meta(description="PEM certificate chain; serves HTTPS")] = None
    tls_keyfile: Annotated[Path | None, Meta(description="PEM key of the certificate")] = None
    http2: Annotated[bool, Meta(description="offer HTTP/2 beside HTTP/1.1")] = True

    jwt_secret: Annotated[str, Meta(description="signs access tokens; none: one is made and kept")] = ""
    access_token_seconds: Annotated[Seconds, Meta(description="life of an agent's access token")] = 900
    refresh_token_days: Annotated[int, Meta(ge=1, le=3650, description="life of an agent's login")] = 30
    session_days: Annotated[int, Meta(ge=1, le=3650, description="life of a customer's session")] = 365
    visitor_seconds: Annotated[
        int, Meta(ge=1, description="seconds after which a visitor who left without writing is forgotten")
    ] = 3_600
    tail_days: Annotated[
        int, Meta(ge=7, le=365, description="days that GET /events and other readers of the log can go back")
    ] = 7
    metrics_token: Annotated[
        str, Meta(description="bearer token for /metrics, from another machine or behind a proxy")
    ] = ""

    auth_timeout_ms: Annotated[
        int, Meta(ge=100, le=60_000, description="ms a socket has to authenticate")
    ] = 10_000
    typing_timeout_ms: Annotated[int, Meta(ge=100, le=60_000, description="ms after which typing stops")] = (
        3_000
    )
    presence_grace_seconds: Annotated[
        float, Meta(ge=0, le=600, description="seconds before who left is offline")
    ] = 15.0
    lame_duck_seconds: Annotated[
        float, Meta(ge=0, le=600, description="seconds for which a stop is told on /readyz before it begins")
    ] = 0.0
    drain_seconds: Annotated[float, Meta(ge=0, le=600, description="seconds over which a stop spreads")] = 5.0

    limit_widget_frames: Annotated[Limit, Meta(description="frames a widget may send")] = 6_000
    limit_widget_sends: Annotated[Limit, Meta(description="messages, edits and reactions of a widget")] = (
        3_000
    )
    limit_widget_joins: Annotated[Limit, Meta(description="joins and syncs of a widget")] = 200
    limit_widget_typing: Annotated[Limit, Meta(description="typing signals of a widget")] = 100
    limit_widget_bytes: Annotated[ByteLimit, Meta(description="bytes a widget may send")] = 2_000_000
    limit_admin_frames: Annotated[Limit, Meta(description="frames an admin app may send")] = 20_000
    limit_admin_sends: Annotated[Limit, Meta(description="messages, edits and reactions of an admin app")] = (
        5_000
    )
    limit_admin_joins: Annotated[Limit, Meta(description="joins and syncs of an admin app")] = 10_000
    limit_admin_typing: Annotated[Limit, Meta(description="typing signals of an admin app")] = 500
    limit_admin_bytes: Annotated[ByteLimit, Meta(description="bytes an admin app may send")] = 8_000_000
    limit_customer_bytes: Annotated[
        ByteLimit, Meta(description="bytes of text that one customer may write, over all their sockets")
    ] = 2_000_000
    limit_customer_day_bytes: Annotated[
        ByteLimit, Meta(description="bytes of text that one customer may write in a day")
    ] = 100_000_000
    limit_conversation_bytes: Annotated[
        ByteLimit, Meta(description="bytes of text that its customer may write into one conversation")
    ] = 2_000_000
    limit_sessions: Annotated[Limit, Meta(description="new customer sessions from one address")] = 6_000
    limit_login_failures: Annotated[
        Limit,
        Meta(description="wrong passwords in 5 minutes, for one email; ten times that from one address"),
    ] = 10
    limit_user_connections: Annotated[
        Limit, Meta(description="open sockets of one user in a process, and as many long polls")
    ] = 1_000
    limit_address_connections: Annotated[
        Limit, Meta(description="open sockets and long polls from one address in a process")
    ] = 20_000

    openai_base_url: Annotated[str, Meta(description="any server with /chat/completions")] = ""
    openai_api_key: Annotated[str, Meta(description="its key")] = ""
    openai_model: Annotated[str, Meta(description="its model")] = ""
    openai_prompt: Annotated[str, Meta(description="what the model is told about its task")] = ""
    coze_base_url: Annotated[str, Meta(description="Coze's API")] = "https://api.coze.com"
    coze_api_token: Annotated[str, Meta(description="its token")] = ""
    coze_bot_id: Annotated[str, Meta(description="which of its bots answers")] = ""
    bot_webhook_url: Annotated[str, Meta(description="your own bot: gets a signed POST")] = ""
    bot_webhook_secret: Annotated[str, Meta(description="signs that POST")] = ""
    bot_timeout_seconds: Annotated[float, Meta(gt=0, le=600, description="seconds a bot has to answer")] = (
        20.0
    )

    log_level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="least to log")] = (
        "info"
    )
    log_format: Annotated[Literal["console", "json"], Meta(description="for people or for machines")] = (
        "console"
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], dotenv_path: Path | None = None) -> Settings:
        """Read and check the settings; warn of names that look like ours and are not.

        Raises:
            SettingsError: for the first value that cannot be, naming the variable and what is allowed.
        """
        try:
            from_file = dotenv.read(dotenv_path) if dotenv_path else {}
        except (OSError, ValueError) as error:
            raise SettingsError(str(error)) from error
        given = _merge(environ, from_file)
        _warn_of_misspellings(given)
        values: dict[str, object] = {}
        for field in msgspec.structs.fields(cls):
            name = field.name.upper()
            text = setting_values.text_or_file(name, given) if field.name in SECRETS else given.get(name)
            if text is not None:
                values[field.name] = setting_values.parse(name, text.strip(), field.type)
        values["var_dir"] = Path(str(values.get("var_dir", "var"))).expanduser().absolute()
        settings = cls(**values)  # type: ignore[arg-type]
        setting_values.check(settings)
        return settings

    def __repr__(self) -> str:
        """Leave out the secrets: a settings object ends up in tracebacks."""
        shown = (field for field in self.__struct_fields__ if field not in SECRETS)
        return f"Settings({', '.join(f'{field}={getattr(self, field)!r}' for field in shown)})"


def _merge(environ: Mapping[str, str], from_file: Mapping[str, str]) -> dict[str, str]:
    given = {name: value for name, value in environ.items() if value.strip()}
    for name, value in from_file.items():
        # A secret in the environment also wins over the same secret's other spelling in the file.
        other = name.removesuffix("_FILE") if name.endswith("_FILE") else f"{name}_FILE"
        if value.strip() and name not in given and not (other in environ and environ[other].strip()):
            given[name] = value
    return given


def _warn_of_misspellings(given: Mapping[str, str]) -> None:
    known = {field.upper() for field in Settings.__struct_fields__}
    for name in sorted(given.keys() - known):
        if name.startswith(OWN_PREFIXES):
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0)
            _log.warning("%s is no setting and has no effect; did you mean %s?", name, nearest[0])
