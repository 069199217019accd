"""/metrics shows figures to this machine and to who has the token."""

from __future__ import annotations

import msgspec
import pytest

from app.factory import Fireside, create_app
from app.operate.metrics import names_us
from app.settings import Settings, read_settings
from tests.rest_people import Client, Person


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


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via"])
async def test_a_request_from_a_proxy_on_this_machine_needs_the_token(client: Client, header: str) -> None:
    assert (await ask(client, address="127.0.0.1", **{header: "192.0.2.7"}))[0] == 403


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_is_known_in_both_families(client: Client, address: str) -> None:
    assert (await ask(client, address=address))[0] == 200


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "10.0.0.1", "<local>", ""])
async def test_another_machine_is_not_this_one(client: Client, address: str) -> None:
    assert (await ask(client, address=address))[0] == 403


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:3001", True),
        ("localhost:3001", True),
        ("[::1]:3001", True),
        ("127.0.0.1", False),
        ("localhost:8080", False),
        ("chat.example", False),
        ("chat.example:3001", False),
        ("localhost.chat.example:3001", False),
        ("192.0.2.7:3001", False),
        ("", False),
    ],
)
def test_a_direct_request_names_our_port(host: str, *, allowed: bool) -> None:
    """A request that a balancer of TCP passes on, or a proxy without a header, was meant for another name or port."""
    assert names_us(host, ("127.0.0.1", 3001)) is allowed


@pytest.mark.parametrize("setting", ["PUBLIC_URL", "TRUSTED_PROXIES"])
async def test_behind_a_proxy_only_the_token_counts(settings: Settings, setting: str) -> None:
    changed = read_settings({setting: {"PUBLIC_URL": "https://a.example"}.get(setting, "127.0.0.1")})
    app = create_app(
        msgspec.structs.replace(
            settings, public_url=changed.public_url, trusted_proxies=changed.trusted_proxies
        )
    )
    async with app.test_app():
        status, text = await ask(app.test_client(), address="127.0.0.1")
    assert (status, "METRICS_TOKEN" in text) == (403, True)


async def test_the_token_opens_it_from_anywhere(settings: Settings) -> None:
    app: Fireside = create_app(msgspec.structs.replace(settings, metrics_token="s3cret"))
    async with app.test_app():
        status, text = await ask(app.test_client(), address="192.0.2.7", Authorization="Bearer s3cret")
    assert status == 200
    assert "fireside_connections" in figures(text)
