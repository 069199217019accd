"""The team's list: narrowed to a view, in either order, page by page."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from app.factory import Fireside
from tests.rest_people import Person

ComeIn = Callable[[], Awaitable[Person]]


async def listed(person: Person, query: str = "") -> list[str]:
    response = await person.get(f"/chat/conversations{query}")
    assert response.status_code == 200, await response.get_json()
    return [item["id"] for item in (await response.get_json())["items"]]


async def paged(person: Person, query: str) -> list[str]:
    """Return all of a list, two at a time."""
    found: list[str] = []
    before = ""
    while True:
        body = await (await person.get(f"/chat/conversations{query}&limit=2{before}")).get_json()
        found += [item["id"] for item in body["items"]]
        if body["next"] is None:
            return found
        before = f"&before={body['next']}"


async def test_a_view_lists_what_it_asks_for(agent: Person, backend: Person, come_in: ComeIn) -> None:
    mine, free, done = [await come_in() for _ in range(3)]
    for person in (mine, free, done):
        await person.say("hello")
    await agent.patch(f"/chat/conversations/{mine.conversation_id}", {"assignee_id": agent.id})
    await agent.patch(f"/chat/conversations/{done.conversation_id}", {"status": "closed"})
    assert await listed(agent, "?view=mine") == [mine.conversation_id]
    assert await listed(agent, "?view=unassigned") == [free.conversation_id]
    assert set(await listed(agent, "?view=open")) == {mine.conversation_id, free.conversation_id}
    assert await listed(agent, "?view=closed") == [done.conversation_id]
    assert await listed(backend, "?view=mine") == []
    assert set(await listed(backend, "?view=open")) == set(await listed(agent, "?view=open"))
    inbox_id = (await (await agent.get(f"/chat/conversations/{mine.conversation_id}")).get_json())["inbox_id"]
    assert set(await listed(agent, f"?view=inbox-{inbox_id}")) == set(await listed(agent, "?view=open"))
    predicate = {"op": "not", "of": {"op": "is", "field": "assignee", "value": ["me"]}}
    own = f"?view={quote(json.dumps(predicate))}"
    assert set(await listed(agent, own)) == {free.conversation_id, done.conversation_id}
    assert await listed(agent, f"{own}&status=closed") == [done.conversation_id]


async def test_whoever_has_waited_longest_comes_first_and_then_the_rest(
    agent: Person, come_in: ComeIn
) -> None:
    people = [await come_in() for _ in range(5)]
    for person in people:
        await person.say("hello")
    answered = people[1]
    await agent.say("Hello!", answered.conversation_id)
    # More from the customer does not make the wait begin anew.
    await people[0].say("anyone?")
    ids = [person.conversation_id for person in people]
    waiting = [ids[0], ids[2], ids[3], ids[4]]
    assert await listed(agent, "?sort=waiting") == [*waiting, ids[1]]
    assert await paged(agent, "?sort=waiting") == [*waiting, ids[1]]
    assert await listed(agent, "?view=open&sort=waiting&limit=4") == waiting
    await agent.patch(f"/chat/conversations/{ids[2]}", {"status": "closed"})
    assert await paged(agent, "?sort=waiting&view=open") == [ids[0], ids[3], ids[4], ids[1]]
    body = await (await agent.get(f"/chat/conversations/{ids[2]}")).get_json()
    assert body["waiting_since"] is None


async def test_pages_of_several_statuses_are_one_list(agent: Person, come_in: ComeIn, app: Fireside) -> None:
    people = [await come_in() for _ in range(7)]
    for place, person in enumerate(people):
        await person.say("hello")
        if place % 2:
            await agent.patch(f"/chat/conversations/{person.conversation_id}", {"status": "closed"})
    await app.areas.spine.db.execute(
        "update conversation_heads set active_at = active_at - interval '1 minute' * (last_seq % 2)"
    )
    whole = await listed(agent)
    assert set(whole) == {person.conversation_id for person in people}
    assert await paged(agent, "?sort=activity") == whole


async def test_what_cannot_be_asked_for_is_refused(agent: Person, customer: Person) -> None:
    wait = f"w.1.{'0' * 32}"
    cases: list[tuple[Person, str, int]] = [
        (agent, "view=nothing", 404),
        (agent, "view=99", 404),
        (agent, "view=inbox-99", 404),
        (agent, "view={", 422),
        (agent, 'view={"op":"is","field":"colour","value":["red"]}', 422),
        (agent, 'view={"op":"is","field":"status","value":["gone"]}', 422),
        (agent, "sort=name", 422),
        (agent, f"before={wait}", 404),
        (customer, "view=open", 403),
        (customer, f"before={wait}", 404),
    ]
    for person, query, status in cases:
        response = await person.get(f"/chat/conversations?{query}")
        assert response.status_code == status, query
    for depth in (10, 200, 2_000):
        deep = '{"op":"not","of":' * depth + '{"op":"and","of":[]}' + "}" * depth
        response = await agent.get(f"/chat/conversations?view={quote(deep)}")
        assert response.status_code == 422
