"""Texts are shown as people wrote them, whatever they look like."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.faces import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")
MARKUP = (
    """<img src=x onerror="document.title='taken'"><script>document.title='taken'</script><b>bold</b> &amp;"""
)
HEBREW = "שלום, יש לכם קומקום 2 ליטר?"
EMOJI = "🫖👩‍👩‍👧‍👦 e\u0301 🇳🇴"


async def test_markup_is_shown_as_text(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(MARKUP)
    await ada.open("<b>bold</b>")
    await ada.say(MARKUP)
    for face in (widget, ada):
        await expect(face.texts).to_have_text([MARKUP, MARKUP])
        await expect(face.texts.last.locator("img, script, b")).to_have_count(0)
        assert await face.page.title() != "taken"


async def test_only_links_that_are_safe_become_links(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("javascript:alert(1) and https://example.com/a?b=c\uff0c详见说明")
    await ada.open("javascript:alert(1)")
    for face in (widget, ada):
        link = face.texts.first.get_by_role("link")
        await expect(link).to_have_count(1)
        await expect(link).to_have_attribute("href", "https://example.com/a?b=c")
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")


async def test_text_from_right_to_left_runs_so(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say(HEBREW)
    await widget.say("Left to right")
    await ada.open("Left to right")
    for face in (widget, ada):
        await expect(face.texts).to_have_text([HEBREW, "Left to right"])
        await expect(face.texts.first).to_have_css("direction", "rtl")
        await expect(face.texts.last).to_have_css("direction", "ltr")


COMPOSED = """(field, key) => field.dispatchEvent(
  new KeyboardEvent("keydown", {key, keyCode: 229, bubbles: true, cancelable: true}))"""
"""The key that has ended a composition, as Safari tells of it afterwards."""


async def test_a_key_that_ends_a_composition_sends_and_closes_nothing(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("Compose with me")
    await ada.open("Compose with me")
    for face in (widget, ada):
        await face.field.fill("にほんご")
        for key in ("Enter", "Escape"):
            assert await face.field.evaluate(COMPOSED, key)
        await expect(face.field).to_have_value("にほんご")
        await expect(face.field).to_be_focused()
        await face.field.press("Enter")
        await expect(face.field).to_have_value("")
    for face in (widget, ada):
        await expect(face.texts).to_have_text(["Compose with me", "にほんご", "にほんご"])


async def test_lines_and_emoji_stay_whole(visit: Visit, ada: Desk) -> None:
    widget = await visit()
    await widget.open()
    await widget.field.press_sequentially("One")
    await widget.field.press("Shift+Enter")
    await widget.field.press_sequentially("Two")
    await widget.field.press("Enter")
    await widget.say(EMOJI)
    await ada.open(EMOJI)
    for face in (widget, ada):
        assert await face.texts.all_inner_texts() == ["One\nTwo", EMOJI]


async def test_an_empty_message_is_not_sent_and_a_huge_one_is_counted(visit: Visit) -> None:
    widget = await visit()
    await widget.open()
    await widget.say("  \n ")
    await expect(widget.texts).to_have_count(0)
    await widget.say("x" * 16_001)
    await expect(widget.panel.get_by_text("1 characters too many")).to_be_visible()
    await expect(widget.texts).to_have_count(0)
