from __future__ import annotations

import msgspec
import pytest
import structlog

from app.bots.bot import BotFailed
from app.bots.catalogue import NEEDS, Catalogue, check_configuration
from app.settings import Settings
from tests.bots.dialects import COZE, OPENAI, WEBHOOK


def test_bots_that_need_nothing_can_always_be_chosen() -> None:
    assert check_configuration("none", Settings()) is None
    assert check_configuration("echo", Settings()) is None


@pytest.mark.parametrize("dialect", [OPENAI, COZE, WEBHOOK], ids=lambda dialect: dialect.bot)
def test_a_bot_says_each_setting_that_it_misses(dialect: object) -> None:
    assert isinstance(dialect, type(OPENAI))
    complete = dialect.settings("http://127.0.0.1")
    assert check_configuration(dialect.bot, complete) is None
    for setting in NEEDS[dialect.bot]:
        without = msgspec.structs.replace(complete, **{setting: ""})
        assert check_configuration(dialect.bot, without) == (
            f"The bot {dialect.bot!r} needs {setting.upper()} to be set."
        )


def test_openai_itself_needs_a_key() -> None:
    settings = msgspec.structs.replace(
        Settings(), openai_base_url="https://api.openai.com/v1", openai_model="any"
    )
    assert check_configuration("openai", settings) == "The bot 'openai' needs OPENAI_API_KEY to be set."


def test_an_unknown_bot_is_told_what_there_is() -> None:
    assert check_configuration("parrot", Settings()) == (
        "There is no bot 'parrot'; choose one of none, echo, openai, coze, webhook."
    )


def test_a_secret_that_cannot_be_decoded_is_refused() -> None:
    settings = msgspec.structs.replace(WEBHOOK.settings("http://127.0.0.1"), bot_webhook_secret="whsec_%%%")
    assert "not base64" in (check_configuration("webhook", settings) or "")


async def test_a_missing_setting_is_logged_once() -> None:
    catalogue = Catalogue(Settings())
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(BotFailed):
                catalogue.get("coze")
    await catalogue.close()
    assert [entry["event"] for entry in logs] == ["bot_not_configured"]


def test_every_bot_that_can_be_configured_can_be_made() -> None:
    for dialect in (OPENAI, COZE, WEBHOOK):
        Catalogue(dialect.settings("http://127.0.0.1")).get(dialect.bot)
    Catalogue(Settings()).get("echo")
