from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from app.factory import Fireside
from app.people.provisioning.service import create_api_key
from app.values.text import line
from tests.rest_people import Client, Person

ComeIn = Callable[[], Awaitable[Person]]


async def listed(person: Person, query: str = "") -> list[Any]:
    response = await person.get(f"/chat/conversations{query}")
    assert response.status_code == 200
    return list((await response.get_json())["items"])


async def entries(person: Person, conversation_id: str, query: str = "") -> list[Any]:
    response = await person.get(f"/chat/conversations/{conversation_id}/messages{query}")
    assert response.status_code == 200
    return list((await response.get_json())["items"])


async def test_agents_see_all_conversations_in_which_something_was_said(
    agent: Person, backend: Person, come_in: ComeIn
) -> None:
    silent, first, second = [await come_in() for _ in range(3)]
    await first.say("hello")
    await second.say("hello too")
    await first.say("anyone?")
    assert await listed(backend) == await listed(agent)
    items = await listed(agent)
    assert [item["id"] for item in items] == [first.conversation_id, second.conversation_id]
    assert silent.conversation_id not in str(items)
    item = items[0]
    assert item["customer"]["id"] == first.id
    assert item["last_message"]["content"] == {"type": "text", "text": "anyone?"}
    assert item["last_message"]["sender"]["id"] == first.id
    assert (item["last_seq"], item["unread"], item["status"], item["assignee"]) == (2, 2, "open", None)


async def test_customers_see_their_own_conversations_only(come_in: ComeIn, agent: Person) -> None:
    first, second = await come_in(), await come_in()
    await first.say("hello")
    await agent.say("a note", first.conversation_id, lane="team")
    (item,) = await listed(first)
    assert item["id"] == first.conversation_id
    assert item["team_last_seq"] == 0
    for path in ("", "/messages", "/events?wait=0"):
        response = await second.get(f"/chat/conversations/{first.conversation_id}{path}")
        assert (response.status_code, (await response.get_json())["code"]) == (404, "not_found")
        unknown = await second.get(f"/chat/conversations/{uuid4()}{path}")
        assert await unknown.get_json() == await response.get_json()
    response = await second.say("let me in", first.conversation_id)
    assert response.status_code == 404
    assert len(await entries(agent, first.conversation_id)) == 1


async def test_the_list_pages_without_gaps_or_repetitions(
    app: Fireside, agent: Person, come_in: ComeIn
) -> None:
    people = [await come_in() for _ in range(7)]
    for person in people:
        await person.say("hello")
    # Some minutes lie between some of them.
    await app.areas.spine.db.execute(
        """
        update conversation_heads h
           set updated_at = h.updated_at - interval '90 seconds' * (i.ord / 2),
               active_at = date_trunc('minute', h.updated_at - interval '90 seconds' * (i.ord / 2))
          from unnest($1::uuid[]) with ordinality i (id, ord)
         where i.id = h.conversation_id
        """,
        [person.conversation_id for person in people],
    )
    whole = [item["id"] for item in await listed(agent)]
    assert len(whole) == 7
    paged, cursor = [], ""
    while True:
        body = await (await agent.get(f"/chat/conversations?limit=2{cursor}")).get_json()
        paged.append([item["id"] for item in body["items"]])
        if body["next"] is None:
            break
        cursor = f"&before={body['next']}"
    assert [len(page) for page in paged] == [2, 2, 2, 1]
    assert [item for page in paged for item in page] == whole


async def test_an_impossible_query_is_refused_with_what_is_possible(
    agent: Person, subtests: pytest.Subtests
) -> None:
    for query in [
        "before=nonsense",
        "before=1.2.3",
        "limit=0",
        "limit=101",
        "limit=x",
        "status=lost",
        "before=%00",
        "status=open&status=open",
        "status=null",
    ]:
        with subtests.test(query=query):
            response = await agent.get(f"/chat/conversations?{query}")
            body = await response.get_json()
            assert (response.status_code, body["code"]) == (422, "invalid")
            assert query.partition("=")[0] in body["message"]


async def test_closing_and_reopening_is_in_the_log_once_and_decides_who_may_write(
    agent: Person, customer: Person
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    await customer.say("hello")
    for _ in range(2):
        response = await agent.patch(path, {"status": "closed"})
        assert (response.status_code, (await response.get_json())["status"]) == (200, "closed")
    refused = await agent.say("One more thing", customer.conversation_id)
    assert (refused.status_code, (await refused.get_json())["code"]) == (409, "conversation_closed")
    assert [item["id"] for item in await listed(agent, "?status=closed")] == [customer.conversation_id]
    assert await listed(agent, "?status=open") == []
    assert (await (await agent.patch(path, {"status": "open"})).get_json())["status"] == "open"
    assert (await customer.say("thanks")).status_code == 201
    told = await entries(customer, customer.conversation_id)
    assert [entry.get("data", entry.get("content")) for entry in told] == [
        {"type": "text", "text": "hello"},
        {"status": "closed"},
        {"status": "open"},
        {"type": "text", "text": "thanks"},
    ]
    assert [entry["seq"] for entry in told] == [1, 2, 3, 4]
    assert told[1]["sender"]["id"] == agent.id


async def test_an_agent_who_takes_a_conversation_joins_it_once_and_the_customer_is_told(
    agent: Person, customer: Person
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    await customer.say("hello")
    for assignee in (agent.id, agent.id, None, agent.id):
        body = await (await agent.patch(path, {"assignee_id": assignee})).get_json()
        assert (body["assignee"] and body["assignee"]["id"]) == assignee
    events = [
        entry["event"] for entry in await entries(customer, customer.conversation_id) if "event" in entry
    ]
    assert events == ["agent_joined"]
    team = await entries(agent, customer.conversation_id, "?lane=team")
    assert [entry["data"]["user_id"] for entry in team] == [agent.id, None, agent.id]
    assert {entry["lane"] for entry in team} == {"team"}
    own = await (await customer.get(path)).get_json()
    assert own["assignee"] is None


async def test_a_change_moves_the_version_so_that_lists_take_it(agent: Person, customer: Person) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    await customer.say("hello")
    before = (await (await agent.get(path)).get_json())["version"]
    after = (await (await agent.patch(path, {"status": "closed"})).get_json())["version"]
    assert after > before
    assert (await (await agent.patch(path, {})).get_json())["version"] == after


async def test_a_change_that_cannot_be_made_is_refused_with_the_reason(
    agent: Person, backend: Person, customer: Person
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    for person, body, status in (
        (customer, {"status": "closed"}, 403),
        (agent, {"status": "lost"}, 422),
        (agent, {"team_id": 2**31 - 1}, 404),
        (backend, {"team_id": 0}, 422),
        (agent, {"assignee_id": customer.id}, 404),
        (agent, {"assignee_id": 2**31 - 1}, 404),
        (agent, {"assignee_id": 2**31}, 422),
        (agent, {"assignee_id": "1"}, 422),
        (agent, {"assignee_id": 1.5}, 422),
    ):
        response = await person.patch(path, body)
        assert response.status_code == status, body
        assert (await response.get_json())["message"]
    assert (await agent.patch(f"/chat/conversations/{uuid4()}", {"status": "open"})).status_code == 404
    assert (await agent.patch("/chat/conversations/7", {"status": "open"})).status_code == 404
    assert await entries(agent, customer.conversation_id) == []


async def test_the_teams_lists_are_for_the_team(agent: Person, backend: Person, customer: Person) -> None:
    agents = await (await agent.get("/chat/agents")).get_json()
    assert [(row["id"], row["name"], row["presence"]["status"]) for row in agents["items"]] == [
        (agent.id, "Ada", "offline")
    ]
    for person in (agent, backend):
        response = await person.get("/chat/inboxes")
        (row,) = (await response.get_json())["items"]
        assert row["name"] == "Shop"
        assert "secret" not in str(row)
    for path in ("/chat/agents", "/chat/inboxes"):
        assert (await customer.get(path)).status_code == 403
        assert (await customer.client.get(path)).status_code == 401


async def test_any_place_in_the_list_may_be_asked_for(agent: Person, customer: Person) -> None:
    await customer.say("hello")
    id_ = "f" * 32
    assert await listed(agent, f"?before=0.0.{id_}") == []
    (item,) = await listed(agent, f"?before=999999999.9999999999999999.{id_}%0A")
    assert item["id"] == customer.conversation_id


async def test_a_backend_gives_it_to_people_and_teams_under_the_name_of_its_key(
    app: Fireside, agent: Person, backend: Person, customer: Person
) -> None:
    here = customer.conversation_id
    team_id = await app.areas.desk.teams.change(None, name=line("Support", "name", 50))
    give = {"team_id": team_id, "assignee_id": agent.id}
    await backend.patch(f"/chat/conversations/{here}", give)
    conversation = await (await backend.patch(f"/chat/conversations/{here}", give)).get_json()
    assert conversation["team"] == {"id": team_id, "name": "Support"}
    assert conversation["assignee"]["id"] == agent.id
    closed = await backend.patch(f"/chat/conversations/{here}", {"status": "closed", "team_id": None})
    assert (await closed.get_json())["team"] is None
    given, assigned, taken = await entries(agent, here, "?lane=team")
    assert [(entry["event"], entry["data"]) for entry in (given, assigned, taken)] == [
        ("team_changed", {"team_id": team_id, "name": "Support"}),
        ("assigned", {"user_id": agent.id, "name": "Ada"}),
        ("team_changed", {"team_id": None, "name": None}),
    ]
    for entry in (given, assigned, taken):
        assert (entry["sender"]["role"], entry["sender"]["name"]) == ("system", "shop backend")
    # Customers do not learn the names of keys.
    assert "shop backend" not in str(await entries(customer, here))


async def test_a_backend_called_like_the_system_is_not_taken_for_it(
    app: Fireside, agent: Person, client: Client, customer: Person
) -> None:
    here = customer.conversation_id
    backend = Person(client, await create_api_key(app.areas.spine.db, name="Fireside", rotate=False))
    for priority in ("high", "low"):
        await backend.patch(f"/chat/conversations/{here}", {"priority": priority})
    senders = [entry["sender"] for entry in await entries(agent, here, "?lane=team")]
    assert [sender["name"] for sender in senders] == ["Fireside (API)"] * 2
    assert senders[0]["id"] == senders[1]["id"]
