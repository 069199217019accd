"""A customer who writes faster than is allowed is told so, and everything arrives all the same."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")
ENVIRONMENT = {"LIMIT_WIDGET_SENDS": "4"}


async def test_a_customer_who_writes_too_much_at_once_is_told_and_loses_nothing(visit: Visit) -> None:
    widget = await visit()
    await widget.open()
    said = [f"Line {number}" for number in range(1, 7)]
    for text in said:
        await widget.say(text)
    await expect(widget.log.get_by_text("That was a lot at once. We'll keep trying.").first).to_be_visible()
    await expect(widget.state).to_have_text("Sent")
    await expect(widget.texts).to_have_text(said)
    await widget.page.reload()
    await widget.open()
    await expect(widget.texts).to_have_text(said)
