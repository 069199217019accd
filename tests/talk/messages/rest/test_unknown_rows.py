"""Rows that this version cannot read, for a newer one or somebody's hand has written them: shown as unknown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.desk.conversations.store import select_conversations_by_id
from app.factory import Fireside
from tests.rest_people import Person

CHANGES = {
    "a type": "type = 'file_received'",
    "a content": """body = '{"type": "file", "name": "secret.pdf"}'""",
    "a content without its text": """body = '{"type": "text"}'""",
    "a body that is a list": "body = '[1]'",
    "an edit": """type = 'message_edited', target_seq = 1, body = '{"type": "file"}'""",
    "a reaction": "type = 'reaction_changed', target_seq = 1, body = '{}'",
    "an event": """type = 'conversation_event', body = '{"event": "merged", "data": {}}'""",
    "an event's data": """type = 'conversation_event', body = '{"event": "assigned", "data": {"user_id": "me"}}'""",
}


async def answer(person: Person, path: str) -> Any:
    response = await person.get(path)
    assert response.status_code == 200
    return await response.get_json()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_one_row_that_cannot_be_read_is_shown_as_unknown_and_the_rest_is_whole(
    app: Fireside, agent: Person, customer: Person, change: str
) -> None:
    for number in range(1, 5):
        await customer.say(f"{number}")
    db = app.areas.spine.db
    # The second from the end, and the last, which the list shows.
    for seq in (3, 4):
        await db.execute(f"update entries set {change} where seq = $1", seq)
    path = f"/chat/conversations/{customer.conversation_id}"
    for person in (agent, customer):
        for query in ("/messages", "/events?wait=0"):
            page = await answer(person, path + query)
            assert [entry["seq"] for entry in page["items"]] == [1, 2, 3, 4]
            assert page["head"] == 4
            for entry in page["items"][2:]:
                assert "unknown" in (entry["type"], entry.get("content", {}).get("type"))
                assert "secret" not in str(entry)
        for listed in (await answer(person, path), *(await answer(person, "/chat/conversations"))["items"]):
            assert listed["last_message"]["content"] == {"type": "unknown"}
    assert len(await select_conversations_by_id(db, [UUID(customer.conversation_id)])) == 1
