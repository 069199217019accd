from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from app.settings import Settings
from tests.bots.dialects import OPENAI, WEBHOOK
from tests.bots.upstream import Upstream, open_upstream


@pytest_asyncio.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A server for bots to ask."""
    async with open_upstream() as opened:
        yield opened


@pytest.fixture
def bot_settings(settings: Settings, upstream: Upstream) -> Settings:
    """Settings with which the bots echo, openai and webhook work, and coze does not."""
    openai, webhook = OPENAI.settings(upstream.url), WEBHOOK.settings(upstream.url)
    return msgspec.structs.replace(
        settings,
        openai_base_url=openai.openai_base_url,
        openai_model=openai.openai_model,
        bot_webhook_url=webhook.bot_webhook_url,
        bot_webhook_secret=webhook.bot_webhook_secret,
    )
