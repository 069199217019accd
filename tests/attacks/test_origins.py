"""Pages of other sites: refused before the upgrade, however much their address looks like a good one."""

from __future__ import annotations

import pytest

from tests.attacks.raw import Peers
from tests.server.installation import Installation
from tests.server.processes import Server
from tests.wires import Rejected, open_wire

ENVIRONMENT = {"WEBSOCKET_CORS_ORIGIN": "https://good.example,http://localhost:5173"}
SURFACES = ["admin", "widget"]

LOOK_ALIKES = [
    "null",
    "",
    "*",
    "https://evil.example",
    "https://good.example.evil.example",
    "https://evil-good.example",
    "https://good.example.",
    "https://good.exampl",
    "https://good.example:444",
    "https://good.example:443",
    "http://good.example",
    "wss://good.example",
    "https://good.example/",
    "https://good.example#",
    "https://good.example?https://good.example",
    "https://good.example@evil.example",
    "https://evil.example@good.example",
    "https://good.example,https://evil.example",
    "https://good.example https://evil.example",
    "https://GOOD.example",
    "HTTPS://good.example",
    "https://good\u200b.example".encode().decode("latin1"),
    "https://sub.good.example",
    "http://localhost:51730",
    "http://localhost",
    "https://[::1",
    "file://",
    "data:text/html,x",
    "chrome-extension://good.example",
]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("origin", LOOK_ALIKES)
async def test_a_foreign_origin_is_refused_before_the_upgrade(
    peers: Peers, surface: str, origin: str
) -> None:
    peer = await peers.connect()
    assert await peer.upgrade(f"/ws/{surface}", Origin=origin) == 403
    assert b"101" not in peer.head.split(b"\r\n")[0]
    assert b"sec-websocket-accept" not in peer.head.lower()


@pytest.mark.parametrize("surface", SURFACES)
async def test_look_alikes_of_our_own_address_are_refused(peers: Peers, server: Server, surface: str) -> None:
    host, port = server.host
    for origin in (
        f"http://{host}:{port + 1}",
        f"http://{host}",
        f"http://{host}:{port}.evil.example",
        f"http://evil.example:{port}",
        f"http://{host}:{port}@evil.example",
        f"http://evil.example@{host}:{port}",
        f"http://{host}:{port}/",
        f"ftp://{host}:{port}",
        f"//{host}:{port}",
        f"{host}:{port}",
    ):
        peer = await peers.connect()
        assert await peer.upgrade(f"/ws/{surface}", Origin=origin, Host=f"{host}:{port}") == 403, origin


@pytest.mark.parametrize("surface", SURFACES)
async def test_our_own_pages_the_listed_and_what_is_no_browser_are_let_in(
    peers: Peers, server: Server, surface: str
) -> None:
    for origin in (server.url, "https://good.example", "http://localhost:5173"):
        peer = await peers.connect()
        host = server.url.removeprefix("http://")
        assert await peer.upgrade(f"/ws/{surface}", Origin=origin, Host=host) == 101
    assert await (await peers.connect()).upgrade(f"/ws/{surface}") == 101


async def test_the_origins_of_an_inbox_are_for_its_customers_only(
    peers: Peers, installation: Installation
) -> None:
    await installation.inbox("Boutique", origins=("https://boutique.example",))
    for surface, status in (("widget", 101), ("admin", 403)):
        peer = await peers.connect()
        assert await peer.upgrade(f"/ws/{surface}", Origin="https://boutique.example") == status


@pytest.mark.parametrize("surface", SURFACES)
async def test_it_is_the_same_over_http_2(server: Server, surface: str) -> None:
    url = f"{server.url.replace('http', 'ws', 1)}/ws/{surface}"
    for origin in ("null", "https://evil.example", "https://good.example.evil.example"):
        with pytest.raises(Rejected) as rejected:
            await open_wire(url, "http/2", {"Origin": origin})
        assert rejected.value.status == 403
