"""Several conversations of one customer: begun once, listed for them alone, unread each for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from app.factory import Fireside
from app.people.inboxes.inbox import Inbox
from app.settings import Settings
from tests.rest_people import Person
from tests.waiting import until


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let a customer have three open conversations."""
    return msgspec.structs.replace(settings, customer_conversations=3)


async def begin(customer: Person, client_id: str | None = None) -> str:
    response = await customer.post("/chat/conversations", {"client_id": client_id or str(uuid4())})
    body = await response.get_json()
    assert response.status_code == 201, body
    return str(body["conversation_id"])


async def listed(customer: Person, query: str = "") -> list[dict[str, Any]]:
    response = await customer.get(f"/chat/conversations{query}")
    items: list[dict[str, Any]] = (await response.get_json())["items"]
    return items


async def come_back(customer: Person, inbox: Inbox, **wish: Any) -> Any:
    response = await customer.post("/chat/sessions", {"inbox": inbox.key, "resume_closed": True} | wish)
    assert response.status_code == 200
    return await response.get_json()


async def test_a_beginning_that_is_repeated_is_one_conversation(customer: Person) -> None:
    first = customer.conversation_id
    await customer.say("hello")
    client_id = str(uuid4())
    second = await begin(customer, client_id)
    assert second != first
    assert await begin(customer, client_id) == second
    await customer.say("another thing", second)
    # The answer was lost, and meanwhile another tab has written there.
    assert await begin(customer, client_id) == second
    assert await begin(customer) not in {first, second}


async def test_tabs_that_begin_at_once_share_one_that_is_empty(customer: Person) -> None:
    assert await begin(customer) == customer.conversation_id
    await customer.say("hello")
    begun = await asyncio.gather(*(begin(customer) for _ in range(8)))
    assert len(set(begun)) == 1
    assert {row["id"] for row in await listed(customer)} == {customer.conversation_id, begun[0]}


async def test_so_many_may_be_open_and_a_closed_one_makes_room(
    app: Fireside, customer: Person, agent: Person
) -> None:
    await customer.say("1")
    for text in ("2", "3"):
        await customer.say(text, await begin(customer))
    refused = await customer.post("/chat/conversations", {"client_id": str(uuid4())})
    assert refused.status_code == 409
    body = await refused.get_json()
    assert body == {
        "code": "too_many_conversations",
        "message": "You have 3 open conversations. Go on in one of them.",
    }
    assert await app.areas.spine.db.fetchval("select count(*) from conversations") == 3
    await agent.patch(f"/chat/conversations/{customer.conversation_id}", {"status": "closed"})
    await customer.say("4", await begin(customer))


async def test_only_customers_begin_so(agent: Person, backend: Person) -> None:
    for other in (agent, backend):
        response = await other.post("/chat/conversations", {"client_id": str(uuid4())})
        assert response.status_code == 403


async def test_each_is_unread_for_itself_and_a_reading_ends_it(
    app: Fireside, customer: Person, agent: Person, come_in: Callable[[], Awaitable[Person]]
) -> None:
    stranger = await come_in()
    await customer.say("hello")
    second = await begin(customer)
    await customer.say("another thing", second)
    for text in ("a", "b"):
        await agent.say(text, customer.conversation_id)
    await agent.say("c", second)
    await agent.say("for us", second, lane="team")
    assert {row["id"]: row["unread"] for row in await listed(customer)} == {
        customer.conversation_id: 2,
        second: 1,
    }
    assert [row["unread"] for row in await listed(stranger)] == [0]
    # One's own is nothing to read, and neither is what was deleted.
    await customer.post(f"/chat/conversations/{second}/marks", {"read_seq": 2})

    async def unread() -> list[int]:
        return [row["unread"] for row in await listed(customer)]

    await until(lambda: _is(unread, [0, 2]))
    # Agents are told of the customers' messages that they have not read, as before.
    rows = (await (await agent.get("/chat/conversations")).get_json())["items"]
    assert [row["unread"] for row in rows] == [0, 0]


async def _is(read: Callable[[], Awaitable[list[int]]], expected: list[int]) -> bool:
    return await read() == expected


async def test_pages_of_ones_own_list_are_whole_and_in_order(customer: Person) -> None:
    await customer.say("1")
    made = [customer.conversation_id]
    for text in ("2", "3"):
        made.append(await begin(customer))
        await customer.say(text, made[-1])
    await customer.say("and one more", made[0])
    found: list[str] = []
    before = ""
    while True:
        response = await customer.get(f"/chat/conversations?limit=1{before}")
        page = await response.get_json()
        found += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert found == [made[0], made[2], made[1]]


async def test_a_customer_goes_on_where_they_wish_and_only_in_their_own(
    customer: Person, agent: Person, inbox: Inbox, come_in: Callable[[], Awaitable[Person]]
) -> None:
    stranger = await come_in()
    assert (await come_back(customer, inbox))["has_others"] is False
    await customer.say("hello")
    second = await begin(customer)
    answer = await come_back(customer, inbox)
    assert (answer["conversation_id"], answer["has_others"]) == (second, True)
    for wish in (customer.conversation_id, second):
        assert (await come_back(customer, inbox, conversation_id=wish))["conversation_id"] == wish
    for nothing in (stranger.conversation_id, str(uuid4()), None):
        assert (await come_back(customer, inbox, conversation_id=nothing))["conversation_id"] == second
    # One that was chosen is there to be read, though it be closed.
    await agent.patch(f"/chat/conversations/{customer.conversation_id}", {"status": "closed"})
    answer = await come_back(customer, inbox, conversation_id=customer.conversation_id)
    assert answer["conversation_id"] == customer.conversation_id


async def test_an_open_one_is_found_behind_a_later_one_that_is_over(
    app: Fireside, customer: Person, agent: Person, inbox: Inbox
) -> None:
    await app.areas.spine.db.execute("update inboxes set reopen_days = 0")
    await customer.say("hello")
    second = await begin(customer)
    await customer.say("another thing", second)
    await agent.patch(f"/chat/conversations/{second}", {"status": "closed"})
    assert (await come_back(customer, inbox))["conversation_id"] == customer.conversation_id
    anew = await customer.post("/chat/sessions", {"inbox": inbox.key})
    assert (await anew.get_json())["conversation_id"] == customer.conversation_id
