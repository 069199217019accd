from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.customers.device import Device, read_device

AGENTS = {
    "(Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0": (
        "computer",
        "Windows",
        "Edge",
    ),
    "(Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15": (
        "computer",
        "macOS",
        "Safari",
    ),
    "(iPhone; CPU iPhone OS 17_5 like Mac OS X) CriOS/126.0 Mobile/15E148 Safari/604.1": (
        "phone",
        "iOS",
        "Chrome",
    ),
    "(iPad; CPU OS 12_5 like Mac OS X) Version/12.1 Mobile/15E148 Safari/604.1": (
        "tablet",
        "iPadOS",
        "Safari",
    ),
    "(Linux; Android 10; K) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36": (
        "phone",
        "Android",
        "Samsung Internet",
    ),
    "(Linux; Android 13; SM-X200) Chrome/126.0.0.0 Safari/537.36": (
        "tablet",
        "Android",
        "Chrome",
    ),
    "(X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": (
        "computer",
        "Linux",
        "Firefox",
    ),
    "curl/8.5.0": (None, None, None),
    "": (None, None, None),
}
LANGUAGES = {
    "de-DE,de;q=0.9,en;q=0.8": "de-DE",
    "zh-Hant-TW": "zh-Hant-TW",
    " fr ; q=0.5": "fr",
    "*": None,
    "<script>": None,
    "en_US": None,
    "": None,
}


@pytest.mark.parametrize(("agent", "read"), AGENTS.items())
def test_a_browser_is_known_by_its_family(
    agent: str, read: tuple[str | None, str | None, str | None]
) -> None:
    device = read_device(agent, None)
    assert (device.kind, device.system, device.browser) == read


@pytest.mark.parametrize(("header", "language"), LANGUAGES.items())
def test_the_language_is_the_first_that_the_browser_asks_for(header: str, language: str | None) -> None:
    assert read_device(None, header) == Device(language=language)


@given(st.text(), st.text())
def test_whatever_the_headers_say_what_is_kept_is_short(agent: str, accept: str) -> None:
    device = read_device(agent, accept)
    assert all(
        len(value) <= 40 for value in (device.system, device.browser, device.language) if value is not None
    )
