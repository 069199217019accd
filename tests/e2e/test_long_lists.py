"""However long its lists are, the admin app keeps in the document what is to be seen, and little more."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.people import Crowd
from tests.server.installation import Installation
from tests.server.processes import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")
COUNT = 1_000
FEW = 60
"""Rows or messages in the document: a screen holds a dozen rows or two dozen short messages, and some wait beside."""
FILL = (
    "insert into inboxes (key, name, identity_secret) values ('long', 'Long', 'secret')",
    f"""
    insert into users (role, name, inbox_id)
    select 'customer', 'Customer ' || n, (select id from inboxes where key = 'long')
      from generate_series(1, {COUNT}) n
    """,
    """
    insert into conversations (id, inbox_id, customer_id, bot_active)
    select gen_random_uuid(), inbox_id, id, false from users where role = 'customer'
    """,
    # The first customer has written as often as there are customers, the others once.
    f"""
    insert into entries
           (conversation_id, lane, seq, type, sender_id, client_msg_id, message_id, body, created_at)
    select c.id, 0, seq, 'message_received', u.id, gen_random_uuid(), gen_random_uuid(),
           jsonb_build_object('type', 'text', 'text', 'Message ' || seq || ' of ' || u.name),
           now() - split_part(u.name, ' ', 2)::integer * interval '1 minute' - interval '1 hour'
      from conversations c
      join users u on u.id = c.customer_id
     cross join lateral generate_series(1, case u.name when 'Customer 1' then {COUNT} else 1 end) seq
    """,
    """
    insert into conversation_heads (conversation_id, last_seq, last_message_seq, updated_at, active_at)
    select conversation_id, max(seq), max(seq), max(created_at), date_trunc('minute', max(created_at))
      from entries group by conversation_id
    """,
)


async def scroll(page: Page, over: Locator, by: int, counted: Locator, until: Locator) -> int:
    """Turn the wheel until this is to be seen; return how many elements there were at most."""
    await over.hover()
    most = 0
    while not await until.count():
        await page.mouse.wheel(0, by)
        # A frame, in which what was asked for may come.
        await over.evaluate("() => new Promise(requestAnimationFrame)")
        most = max(most, await counted.count())
    return most


async def test_a_thousand_conversations_and_messages_are_few_elements(
    crowd: Crowd, installation: Installation, server: Server
) -> None:
    for statement in FILL:
        await installation.sql(statement)
    desk = await crowd.agent(installation, server.url, "Ada")
    rows = desk.list.get_by_role("link")
    await expect(rows.first).to_contain_text("Customer 1")
    last = desk.row(f"Message 1 of Customer {COUNT}")
    most = await scroll(desk.page, desk.list.locator(".."), 2_000, rows, last)
    assert 5 < most < FEW

    await desk.list.locator("..").evaluate("list => list.scrollTo(0, 0)")
    await desk.open(f"Message {COUNT} of Customer 1")
    messages = desk.conversation.get_by_role("region", name="Messages")
    first = messages.get_by_text("Message 1 of Customer 1", exact=True)
    most = await scroll(desk.page, messages, -1_000, desk.texts, first)
    assert 5 < most < FEW
