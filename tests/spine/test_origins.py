"""The pages that are ours, and what the others are told: a table."""

from __future__ import annotations

from typing import Any, cast

import pytest

from app.settings import Settings
from app.spine.origins import Origins
from app.values.origin import parse_origin, read_origin

PUBLIC = "https://chat.example"


def origins(public_url: str) -> Origins:
    nobody_asks = cast(Any, None)
    return Origins(nobody_asks, Settings(public_url=parse_origin(public_url) if public_url else None))


@pytest.mark.parametrize(
    ("public_url", "origin", "host"),
    [
        ("", "https://chat.example", "chat.example"),
        ("", "http://chat.example:8080", "chat.example:8080"),
        ("", "https://chat.example", "CHAT.example:443"),
        (PUBLIC, "https://chat.example", "chat.example"),
        (PUBLIC, "https://chat.example", "127.0.0.1:3001"),
        (PUBLIC, "https://chat.example", ""),
        (PUBLIC, "https://chat.example", "evil.example"),
    ],
)
def test_a_page_is_ours(public_url: str, origin: str, host: str) -> None:
    assert origins(public_url).is_own(read_origin(origin), host)


@pytest.mark.parametrize(
    ("public_url", "origin", "host", "told"),
    [
        ("", "https://chat.example", "127.0.0.1:3001", "the request came for 127.0.0.1:3001."),
        ("", "https://chat.example", "127.0.0.1:3001", "set PUBLIC_URL=https://chat.example,"),
        ("", "https://chat.example", "", "the request came for no host."),
        ("", "null", "chat.example", "Fireside's own pages"),
        # A name of somebody else's that leads here, once ours is known.
        (PUBLIC, "https://evil.example", "evil.example", "PUBLIC_URL is https://chat.example."),
        (PUBLIC, "http://evil.example:3001", "evil.example:3001", "on http://evil.example:3001,"),
        (PUBLIC, "http://127.0.0.1:3001", "127.0.0.1:3001", "PUBLIC_URL is"),
        (PUBLIC, "http://chat.example", "chat.example", "PUBLIC_URL is"),
        (PUBLIC, "https://chat.example:8443", "chat.example:8443", "PUBLIC_URL is"),
        (PUBLIC, "https://chat.example.evil.example", "chat.example", "PUBLIC_URL is"),
        (PUBLIC, "null", "chat.example", "Fireside's own pages"),
    ],
)
def test_a_page_that_is_not_ours_is_told_what_to_mend(
    public_url: str, origin: str, host: str, told: str
) -> None:
    ours = origins(public_url)
    assert not ours.is_own(read_origin(origin), host)
    assert told in ours.refusal(read_origin(origin), host).message
