"""The bots there are, and what each needs."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog

from app.bots.bot import Bot, BotFailed
from app.bots.coze import CozeBot
from app.bots.echo import EchoBot
from app.bots.openai import OpenAIBot
from app.bots.upstream import open_client
from app.bots.webhook import WebhookBot, key_of
from app.settings import Settings

log = structlog.get_logger()

NEEDS: dict[str, tuple[str, ...]] = {
    "none": (),
    "echo": (),
    "openai": ("openai_base_url", "openai_model"),
    "coze": ("coze_base_url", "coze_api_token", "coze_bot_id"),
    "webhook": ("bot_webhook_url", "bot_webhook_secret"),
}
"""Bots that an inbox may choose, and the settings without which each cannot work."""


def check_configuration(name: str, settings: Settings) -> str | None:
    """Return a sentence that says what to do before the bot can work, or None if it can."""
    if name not in NEEDS:
        return f"There is no bot {name!r}; choose one of {', '.join(NEEDS)}."
    missing = [setting.upper() for setting in NEEDS[name] if not getattr(settings, setting)]
    # A model in one's own network often needs no key; OpenAI's always do.
    if name == "openai" and urlsplit(settings.openai_base_url).hostname == "api.openai.com":
        missing += [] if settings.openai_api_key else ["OPENAI_API_KEY"]
    if missing:
        return f"The bot {name!r} needs {' and '.join(missing)} to be set."
    if name == "webhook":
        try:
            key_of(settings.bot_webhook_secret)
        except ValueError as error:
            return f"BOT_WEBHOOK_SECRET: {error}; make one with: echo whsec_$(openssl rand -base64 32)"
    return None


class Catalogue:
    """The bots of this process: one object each, made when it is first needed, and one client for all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = open_client(settings.bot_timeout_seconds)
        self._bots: dict[str, Bot | None] = {"none": None}

    def get(self, name: str) -> Bot:
        """Return the bot of this name.

        Raises:
            BotFailed: It is not configured; the log says once what to do.
        """
        if name not in self._bots:
            self._bots[name] = self._make(name)
        bot = self._bots[name]
        if bot is None:
            raise BotFailed("it is not configured")
        return bot

    async def close(self) -> None:
        await self._client.aclose()

    def _make(self, name: str) -> Bot | None:
        trouble = check_configuration(name, self._settings)
        if trouble is not None:
            log.error("bot_not_configured", bot=name, why=trouble)
            return None
        match name:
            case "echo":
                return EchoBot()
            case "openai":
                return OpenAIBot(self._client, self._settings)
            case "coze":
                return CozeBot(self._client, self._settings)
            case "webhook":
                return WebhookBot(self._client, self._settings)
            case _:
                raise AssertionError(f"{name} has needs but is not made")
