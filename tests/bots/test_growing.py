from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from app.bots.bot import BotFailed, Turn
from app.bots.growing import Growing
from tests.bots.dialects import TURN


class Dripping:
    """Never silent for long, and never done."""

    def __init__(self) -> None:
        self.closed = False

    async def reply(self, turn: Turn) -> AsyncGenerator[str, None]:
        try:
            while True:
                yield ""
                await asyncio.sleep(0.01)
        finally:
            self.closed = True


async def test_the_time_of_a_bot_ends_even_if_it_is_never_silent() -> None:
    bot = Dripping()
    with pytest.raises(BotFailed) as caught:
        await Growing(bot, TURN, 0.1).read()
    assert caught.value.reason == "timeout"
    assert bot.closed


class Failing:
    """Fails as often as it is told, and is done then."""

    def __init__(self, times: int, *, before: str = "") -> None:
        self.times = times
        self.before = before

    async def reply(self, turn: Turn) -> AsyncGenerator[str, None]:
        if self.times > 0:
            self.times -= 1
            yield self.before
            raise BotFailed("for the test", retry_after=0.0)
        yield "Yes."


async def test_empty_pieces_do_not_stand_in_the_way_of_a_second_try() -> None:
    growing = Growing(Failing(1), TURN, 10)
    await growing.read()
    assert growing.text == "Yes."


async def test_there_is_no_third_try() -> None:
    with pytest.raises(BotFailed):
        await Growing(Failing(2), TURN, 10).read()


async def test_a_bot_that_has_spoken_is_not_tried_again() -> None:
    with pytest.raises(BotFailed):
        await Growing(Failing(1, before="Yes"), TURN, 10).read()
