from __future__ import annotations

import asyncio
from typing import Any, Literal

import pytest
import pytest_asyncio

from app.factory import Fireside
from app.people.provisioning.service import create_agent
from tests.rest_people import PASSWORD, Client, Person

PATH = "/chat/canned"
HELLO = {"title": "Greeting", "text": "Hello {{customer.first_name|there}}!", "shortcut": "hi"}


async def sign_in(app: Fireside, name: str, role: Literal["admin", "agent"]) -> Person:
    email = f"{name.lower()}@example.com"
    made = await create_agent(app.areas.spine.db, email=email, name=name, password=PASSWORD, role=role)
    client = app.test_client(use_cookies=False)
    login = await client.post("/auth/login", json={"email": email, "password": PASSWORD})
    return Person(client, (await login.get_json())["access_token"], made.id)


@pytest_asyncio.fixture
async def grace(app: Fireside) -> Person:
    return await sign_in(app, "Grace", "agent")


@pytest_asyncio.fixture
async def admin(app: Fireside) -> Person:
    return await sign_in(app, "Root", "admin")


async def make(person: Person, **fields: Any) -> Any:
    response = await person.post(PATH, {**HELLO, **fields})
    assert response.status_code == 201, await response.get_json()
    return await response.get_json()


async def put(person: Person, reply: Any, **fields: Any) -> Any:
    body = {name: reply[name] for name in ("title", "text", "shortcut", "is_shared")} | fields
    return await person.client.put(f"{PATH}/{reply['id']}", headers=person.headers, json=body)


async def delete(person: Person, reply: Any) -> Any:
    return await person.client.delete(f"{PATH}/{reply['id']}", headers=person.headers)


async def titles(person: Person) -> list[str]:
    return [reply["title"] for reply in (await (await person.get(PATH)).get_json())["items"]]


async def test_ones_own_are_ones_own_and_shared_ones_are_everybodys(agent: Person, grace: Person) -> None:
    own = await make(agent)
    shared = await make(agent, title="Refund", is_shared=True)
    assert await titles(agent) == ["Greeting", "Refund"]
    assert await titles(grace) == ["Refund"]
    # Of another's it is not even said that it exists; a shared one is changed by whoever made it.
    assert (await put(grace, own, title="Mine now")).status_code == 404
    assert (await delete(grace, own)).status_code == 404
    assert (await grace.post(f"{PATH}/{own['id']}/uses", None)).status_code == 404
    assert (await put(grace, shared, title="Mine now")).status_code == 403
    assert (await delete(grace, shared)).status_code == 403
    assert await titles(agent) == ["Greeting", "Refund"]


async def test_an_admin_changes_shared_ones_but_takes_none_for_themselves(
    agent: Person, admin: Person
) -> None:
    shared = await make(agent, is_shared=True)
    changed = await put(admin, shared, title="Welcome", shortcut="")
    assert (await changed.get_json())["title"] == "Welcome"
    assert (await put(admin, shared, is_shared=False)).status_code == 403
    assert (await put(agent, shared, is_shared=False)).status_code == 200
    assert (await delete(admin, shared)).status_code == 404
    assert (await delete(agent, shared)).status_code == 204
    assert await titles(agent) == []


async def test_a_shortcut_is_one_of_a_kind_where_it_is_typed(agent: Person, grace: Person) -> None:
    await make(agent, is_shared=True)
    again = await agent.post(PATH, {**HELLO, "shortcut": "HI", "is_shared": True})
    assert (again.status_code, (await again.get_json())["code"]) == (422, "invalid")
    # One's own may have the same: it is meant to come first.
    own = await make(agent)
    await make(grace)
    assert (await put(agent, own, is_shared=True)).status_code == 422
    await make(agent, shortcut="")
    await make(agent, shortcut="")


async def test_what_was_used_of_late_stands_before_what_was_used_once(
    app: Fireside, agent: Person, grace: Person
) -> None:
    old, new = [await make(agent, title=title, shortcut="", is_shared=True) for title in ("Old", "New")]

    async def ranks(who: Person) -> dict[str, float]:
        items = (await (await who.get(PATH)).get_json())["items"]
        return {reply["title"]: reply["rank"] for reply in items}

    for _ in range(4):
        await agent.post(f"{PATH}/{old['id']}/uses", None)
    await app.areas.spine.db.execute(
        "update canned_reply_uses set scored_at = now() - interval '60 days' where reply_id = $1", old["id"]
    )
    # Four are worth one after two months; one more makes two of it.
    assert await ranks(agent) == {"Old": pytest.approx(3, rel=0.01), "New": 0}
    assert await ranks(grace) == {"Old": pytest.approx(1, rel=0.01), "New": 0}
    await agent.post(f"{PATH}/{old['id']}/uses", None)
    for _ in range(3):
        await agent.post(f"{PATH}/{new['id']}/uses", None)
    assert await ranks(agent) == {"Old": pytest.approx(6, rel=0.01), "New": pytest.approx(9, rel=0.01)}


async def test_uses_are_counted_for_oneself_and_for_all(agent: Person, grace: Person) -> None:
    reply = await make(agent, is_shared=True)
    path = f"{PATH}/{reply['id']}/uses"
    await asyncio.gather(*(who.post(path, None) for who in (agent, agent, agent, grace)))
    for who, uses in ((agent, 3), (grace, 1)):
        [found] = (await (await who.get(PATH)).get_json())["items"]
        assert (found["uses"], found["team_uses"]) == (uses, 4)
    assert (await delete(agent, reply)).status_code == 204


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "two\nlines"},
        {"title": "x" * 101},
        {"text": " \u200b"},
        {"text": "x" * 5001},
        {"shortcut": "with space"},
        {"shortcut": "a/b"},
        {"shortcut": "\u200b"},
        {"shortcut": "x" * 41},
    ],
)
async def test_what_cannot_be_typed_or_seen_is_refused(agent: Person, fields: dict[str, str]) -> None:
    assert (await agent.post(PATH, {**HELLO, **fields})).status_code in {413, 422}
    assert await titles(agent) == []


async def test_they_are_the_teams_affair(customer: Person, backend: Person, client: Client) -> None:
    for other in (customer, backend):
        assert (await other.get(PATH)).status_code == 403
        assert (await other.post(PATH, HELLO)).status_code == 403
    assert (await client.get(PATH)).status_code == 401
