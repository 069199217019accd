"""Rows that are selected and changed together, by pointer and by keyboard, and taken back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Unique, Visit
from tests.e2e.faces import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_selected_rows_are_closed_together_and_come_back(
    visit: Visit, ada: Desk, unique: Unique
) -> None:
    page, texts = ada.page, [unique(text) for text in ("First", "Second", "Third")]
    for text in texts:
        widget = await visit()
        await widget.open()
        await widget.say(text)
        await expect(ada.row(text)).to_have_count(1)
    rows = [ada.row(text) for text in texts]
    # By key from the first to the last of them, which stand newest first.
    await rows[2].focus()
    await page.keyboard.press("x")
    bar = page.get_by_role("region", name="Selected conversations")
    await expect(bar.get_by_role("status")).to_have_text("1 selected")
    await rows[0].click(modifiers=["Shift"])
    await expect(bar.get_by_role("status")).to_have_text("3 selected")
    await expect(ada.list.get_by_role("checkbox", checked=True)).to_have_count(3)
    for theme in ("dark", "light"):
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        assert await violations(page) == []
    await bar.get_by_role("button", name="Close", exact=True).click()
    for row in rows:
        await expect(row).to_have_count(0)
    await expect(bar).to_have_count(0)
    toast = page.get_by_role("region", name="Changes")
    await expect(toast).to_contain_text("Closed 3 conversations")
    await toast.get_by_role("button", name="Undo").click()
    for row in rows:
        await expect(row).to_have_count(1)
    await expect(toast).to_contain_text("Undone: Closed 3 conversations")
    # One alone, by its box.
    second = page.get_by_role("link").filter(has_text=texts[1])
    await ada.list.get_by_role("listitem").filter(has=second).get_by_role("checkbox").check()
    await expect(bar.get_by_role("status")).to_have_text("1 selected")
    await bar.get_by_role("button", name="Priority").click()
    await page.get_by_role("menuitem", name="Urgent").click()
    await expect(rows[1]).to_contain_text("Priority: urgent")
    await expect(bar).to_have_count(0)
