"""Saved views, and the counts of all of them, as sockets and REST tell them."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.client import Client, Event
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

OPEN = {"op": "is", "field": "status", "value": ["open"]}
WAITING = {"op": "is", "field": "waiting", "value": [True]}


async def counted(client: Client, **counts: int) -> Event:
    """Wait until the last counts that were told have these."""

    def found() -> Event | None:
        told: list[Event] = [event["counts"] for event in client.heard("view_counts")]
        return told[-1] if told and counts.items() <= told[-1].items() else None

    told: Event = await client.until(found, f"{counts}")
    return told


async def follower(connect: Connect, agent: Person, server: Server, **fields: Any) -> Client:
    client = await connect(agent, server)
    await client.ask("follow_views", **fields)
    return client


async def ask(http: httpx2.AsyncClient, person: Person, method: str, path: str, **fields: Any) -> Any:
    response = await http.request(
        method, path, headers={"Authorization": f"Bearer {person.token}"}, json=fields or None
    )
    return response.json() if response.content else response.status_code


async def test_counts_move_in_each_process_and_begin_where_things_stand(
    connect: Connect, installation: Installation, servers: tuple[Server, Server], rest: httpx2.AsyncClient
) -> None:
    agent = await installation.agent()
    ours, theirs = [await follower(connect, agent, server) for server in servers]
    before = await counted(ours, mine=0)
    writer = await installation.customer()
    client = await connect(writer)
    await client.send_message(writer.conversation_id, "Anyone?")
    path = f"/chat/conversations/{writer.conversation_id}"
    for each in (ours, theirs):
        await counted(each, open=before["open"] + 1, unassigned=before["unassigned"] + 1)
    await ask(rest, agent, "PATCH", path, assignee_id=agent.id)
    for each in (ours, theirs):
        await counted(each, mine=1, unassigned=before["unassigned"], open=before["open"] + 1)
    # Another one begins with what is.
    await counted(await follower(connect, agent, servers[1], shown=["mine"]), mine=1)
    await ask(rest, agent, "PATCH", path, status="closed")
    for each in (ours, theirs):
        await counted(each, mine=0, open=before["open"], closed=before["closed"] + 1)


async def test_only_what_is_shown_is_counted(
    connect: Connect, installation: Installation, server: Server
) -> None:
    client = await follower(connect, await installation.agent(), server, shown=["mine", "open", "none"])
    assert set(await counted(client, mine=0)) == {"mine", "open"}
    await client.ask("follow_views", shown=["closed"])
    assert set(await only(client, "closed")) == {"closed"}


async def only(client: Client, *ids: str) -> Event:
    def found() -> Event | None:
        told: list[Event] = [event["counts"] for event in client.heard("view_counts")]
        return told[-1] if told and set(told[-1]) == set(ids) else None

    told: Event = await client.until(found, f"counts of {ids} alone")
    return told


async def test_a_saved_view_is_told_to_those_who_have_it(
    connect: Connect, installation: Installation, servers: tuple[Server, Server], rest: httpx2.AsyncClient
) -> None:
    ada, grace = [await installation.agent(name) for name in ("Ada", "Grace")]
    adas, graces = await follower(connect, ada, servers[1]), await follower(connect, grace, servers[1])

    async def told(client: Client, **fields: Any) -> Event:
        def found() -> Event | None:
            events = client.heard("views")
            items = events[-1]["items"] if events else []
            return next((item for item in items if fields.items() <= item.items()), None)

        event: Event = await client.until(found, f"the view {fields}")
        return event

    made = await ask(rest, ada, "POST", "/chat/views", name="Waiting", predicate=WAITING, sort="waiting")
    view = await told(adas, id=made["id"], name="Waiting", is_shared=False, sort="waiting", predicate=WAITING)
    await counted(adas, **{made["id"]: 0})
    # It is Ada's own until she shares it.
    path = f"/chat/views/{made['id']}"
    assert (await ask(rest, grace, "PATCH", path, name="Mine"))["code"] == "not_found"
    await ask(rest, ada, "PATCH", path, is_shared=True, name="Who waits")
    shared = await told(graces, id=made["id"], name="Who waits", is_shared=True)
    assert shared["version"] > view["version"]
    assert (await ask(rest, grace, "PATCH", path, name="Mine"))["code"] == "forbidden"
    assert (await ask(rest, grace, "DELETE", path))["code"] == "forbidden"
    assert (await ask(rest, ada, "DELETE", "/chat/views/open"))["code"] == "forbidden"
    listed = await ask(rest, grace, "GET", "/chat/views")
    assert made["id"] in [item["id"] for item in listed["items"]]
    assert await ask(rest, ada, "DELETE", path) == 204

    def is_gone() -> bool:
        return made["id"] not in [item["id"] for item in graces.heard("views")[-1]["items"]]

    await graces.until(is_gone, "the view to go")
    assert (await ask(rest, ada, "DELETE", path))["code"] == "not_found"


async def test_a_view_that_cannot_be_is_not_saved(
    agent: Person, customer: Person, rest: httpx2.AsyncClient
) -> None:
    for fields in (
        {"name": "", "predicate": OPEN},
        {"name": "A\nB", "predicate": OPEN},
        {"name": "A" * 61, "predicate": OPEN},
        {"name": "A", "predicate": {"op": "is", "field": "status", "value": ["gone"]}},
        {"name": "A", "predicate": {"op": "and", "of": [OPEN] * 51}},
    ):
        assert (await ask(rest, agent, "POST", "/chat/views", **fields))["code"] == "invalid", fields
    assert (await ask(rest, customer, "GET", "/chat/views"))["code"] == "forbidden"
