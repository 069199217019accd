"""What a reader has set aside is told and put back by commands, as processes, beside a server that goes on."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from app.bots import left_behind
from app.factory import create_app
from app.operate.metrics import page
from app.people.provisioning.service import create_inbox
from app.settings import Settings
from app.spine.log import handling, reading
from tests.cli.shell import Shell
from tests.rest_people import come_in_to


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "PAUSES_SECONDS", (0.01, 0.01))
    monkeypatch.setattr(left_behind, "ORPHAN_SECONDS", 0.0)
    monkeypatch.setattr(reading, "RENEW_SECONDS", 0.1)


async def test_a_message_that_the_bots_reader_fails_on_is_told_and_put_back(
    settings: Settings, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shell.json("list-set-aside") == []
    answer = shell.run("put-back", "--reader", "bots")
    assert (answer.returncode, "list-set-aside" in answer.stderr) == (1, True)
    app = create_app(msgspec.structs.replace(settings, bot_timeout_seconds=5.0))
    areas = app.areas
    reader = areas.spine.readers.readings[0]

    def set_aside() -> int | None:
        return reader.standing.set_aside if reader.standing else None

    # The process that stores it dies before it asks the bot, and whoever takes it up fails.
    monkeypatch.setattr(areas.bots, "offer", lambda _: None)
    answer_it = areas.bots.answer

    async def fail(_: object) -> None:
        raise RuntimeError("for the test")

    monkeypatch.setattr(areas.bots, "answer", fail)
    async with app.test_app():
        inbox = await create_inbox(areas.spine.db, name="Shop", bot="echo")
        customer = await come_in_to(app.test_client(), inbox)
        await customer.say("Hello")
        while set_aside() != 1:
            await asyncio.sleep(0.01)
        figures = page(areas.spine, areas.people.clearing, areas.desk.tally)
        assert 'fireside_reader_set_aside{reader="bots"} 1\n' in figures
        assert 'fireside_reader_failures_total{reader="bots"} 3\n' in figures
        assert 'fireside_reader_lag_seconds{reader="bots"} ' in figures
        [row] = await asyncio.to_thread(shell.json, "list-set-aside")
        assert (row["reader"], row["seq"], row["error"]) == ("bots", 1, "RuntimeError: for the test")
        monkeypatch.setattr(areas.bots, "answer", answer_it)
        done = await asyncio.to_thread(shell.json, "put-back", "--reader", "bots", "--id", row["id"])
        assert done == {"reader": "bots", "put_back": 1}
        while await areas.spine.db.fetchval("select count(*) from set_aside"):
            await asyncio.sleep(0.01)
        entries = await areas.spine.db.fetch("select body ->> 'text' as text from entries order by seq")
        assert [entry["text"] for entry in entries] == ["Hello", "Hello"]
        while set_aside() != 0:
            await asyncio.sleep(0.01)
