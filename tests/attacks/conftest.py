"""Attackers, and whoever must not notice them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.attacks.raw import Peer, Peers
from tests.server.installation import Installation
from tests.server.processes import Server


@pytest_asyncio.fixture
async def peers(server: Server) -> AsyncIterator[Peers]:
    opened = Peers(server.host)
    yield opened
    await opened.end()


@pytest_asyncio.fixture
async def bystander(peers: Peers, server: Server, installation: Installation) -> AsyncIterator[Peer]:
    """Somebody else, who is answered as ever."""
    peer = await peers.open(token=(await installation.customer(server)).token)
    yield peer
    await peer.round_trip()
