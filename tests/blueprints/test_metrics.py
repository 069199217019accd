"""/metrics shows figures to this machine and to who has the token."""

from __future__ import annotations

import msgspec
import pytest

from app.blueprints.metrics import is_loopback
from app.factory import Fireside, create_app
from app.settings import Settings
from tests.blueprints.people import Client, Person


def figures(text: str) -> dict[str, float]:
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def ask(client: Client, *, address: str, **headers: str) -> tuple[int, str]:
    response = await client.get("/metrics", headers=headers, scope_base={"client": (address, 40000)})
    return response.status_code, await response.get_data(as_text=True)


async def test_this_machine_sees_what_was_stored(client: Client, customer: Person) -> None:
    before = figures((await ask(client, address="127.0.0.1"))[1])
    await customer.say("hello")
    after = figures((await ask(client, address="127.0.0.1"))[1])
    assert after["fireside_entries_appended_total"] == before["fireside_entries_appended_total"] + 1
    assert after["fireside_journal_waiting"] == 0


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
async def test_others_need_the_token(client: Client, headers: dict[str, str]) -> None:
    assert (await ask(client, address="192.0.2.7", **headers))[0] == 403


async def test_what_a_proxy_on_this_machine_passes_on_needs_the_token(client: Client) -> None:
    assert (await ask(client, address="127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}))[0] == 403


async def test_the_token_opens_it_from_anywhere(settings: Settings) -> None:
    app: Fireside = create_app(msgspec.structs.replace(settings, metrics_token="s3cret"))
    async with app.test_app():
        status, text = await ask(app.test_client(), address="192.0.2.7", Authorization="Bearer s3cret")
    assert status == 200
    assert "fireside_connections" in figures(text)


def test_loopback_is_known_in_both_families() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("192.0.2.7")
    assert not is_loopback("<local>")
