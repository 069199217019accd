"""The settings and their types, each described where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.settings.limits import Limits
from app.values.client import NO_PROXIES, Proxies
from app.values.origin import Origin

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[int, Meta(ge=1, le=86_400)]

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
    customer_conversations: Annotated[
        int, Meta(ge=1, le=1_000, description="open conversations of one customer, who then begins no other")
    ] = 20
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
    edit_agent_seconds: Annotated[
        int, Meta(ge=0, description="age up to which agents may edit a message; 0: never")
    ] = 86_400
    edit_customer_seconds: Annotated[
        int, Meta(ge=0, description="age up to which customers may edit a message; 0: never")
    ] = 900
    lame_duck_seconds: Annotated[
        float, Meta(ge=0, le=600, description="seconds for which a stop is told on /readyz before it begins")
    ] = 0.0
    drain_seconds: Annotated[float, Meta(ge=0, le=600, description="seconds over which a stop spreads")] = 5.0

    limits: Limits = Limits()

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

    def edit_seconds(self, role: str) -> int:
        """Return the age up to which somebody of a role may edit a message."""
        return self.edit_customer_seconds if role == "customer" else self.edit_agent_seconds

    def __repr__(self) -> str:
        """Leave out the secrets: a settings object ends up in tracebacks."""
        shown = (field for field in self.__struct_fields__ if field not in SECRETS)
        return f"Settings({', '.join(f'{field}={getattr(self, field)!r}' for field in shown)})"
