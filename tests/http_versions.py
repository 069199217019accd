"""The protocol, through real sockets of both kinds."""

from __future__ import annotations

from typing import cast

import pytest

from tests.wires import HttpVersion


@pytest.fixture(params=["http/1.1", "http/2"])
def http(request: pytest.FixtureRequest) -> HttpVersion:
    """Over HTTP/1.1 frames are written directly, over HTTP/2 by a task with a queue."""
    return cast(HttpVersion, request.param)
