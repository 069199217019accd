"""All that a customer can read, by every way there is: of the team no more than names and whether someone is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args
from uuid import uuid4

import httpx2

from app import protocol
from tests.client import Client, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

NEVER = {
    "conversation_updated",
    "inbox_cursor",
    "labels_updated",
    "views",
    "view_counts",
    "viewer_changed",
    "teams_changed",
    "preferences_changed",
    "notified",
    "notifications_seen",
    "canned_replies_changed",
    "bulk_action_updated",
    "draft_changed",
    "read_state",
    "token_expiring",
    "message_streaming",
    "goodbye",
    "authenticated",
}
"""Events that customers do not get, that hold nothing of an agent, or, as `authenticated`, less than `reconnected`."""
OF_AN_AGENT = {
    "sender": {"id", "role", "name"},
    "presence": {"user_id", "role", "name", "status", "last_seen", "version"},
    "typing": {"user_id", "user_name", "role", "is_typing", "expires_in_ms"},
    "mark": {"user_id", "role", "delivered_seq", "read_seq"},
}
"""Fields of an agent that a customer reads, wherever one appears."""
AROUND = {"type", "conversation_id"}
OF_THE_TEAM: list[dict[str, Any]] = [
    {"priority": "urgent"},
    {"status": "snoozed"},
    {"status": "snoozed", "snoozed_until": "2028-01-01T09:00:00+01:00", "zone": "Europe/Berlin"},
]
"""Changes of a conversation that customers hear nothing of; the last one stands while they read."""
TEAMS_WORDS = {
    "priority",
    "urgent",
    "snoozed",
    "snoozed_until",
    "woken",
    "Berlin",
    "labels",
    "card_version",
    "phone",
}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def numbers(value: Any) -> Iterator[int]:
    for found in objects(value):
        yield from (inner for inner in found.values() if isinstance(inner, int))


async def read_all(rest: httpx2.AsyncClient, customer: Person) -> list[Any]:
    """Return what the customer reads over REST."""
    path = f"/chat/conversations/{customer.conversation_id}"
    answers = [
        await rest.get(asked, headers=customer.headers)
        for asked in (path, "/chat/conversations", f"{path}/messages", f"{path}/events?wait=0")
    ]
    return [answer.json() for answer in answers]


async def test_of_the_team_a_customer_reads_names_and_whether_someone_is_there(
    connect: Connect,
    installation: Installation,
    customer: Person,
    rest: httpx2.AsyncClient,
    servers: tuple[Server, Server],
) -> None:
    here = customer.conversation_id
    people = [await installation.agent(f"Agent {uuid4().hex}") for _ in range(4)]
    answering, looking, assigned, admin = people
    theirs = await connect(customer, servers[1], resume={here: {"since": 0}})
    await theirs.join(here)
    await theirs.send_message(here, "Anyone?")
    desk = {person.id: await connect(person) for person in people}
    secrets = []
    for client in desk.values():
        await client.join(here)
        secrets.append(f"Status {uuid4().hex}")
        await client.ask("set_presence", status="busy", text=secrets[-1])
        await client.say("mark_read", conversation_id=here, seq=1)
    ours = desk[answering.id]
    await ours.say("typing_start", conversation_id=here)
    await theirs.expect("typing_indicator", is_typing=True)
    await ours.send_message(here, "Here I am")
    await theirs.expect("receipt_updated", read_seq=1)
    await ours.ask("edit_message", **message(here, "Here we are"), target_seq=2)
    await ours.ask("react", **message(here), target_seq=1, emoji="👍", on=True)
    await theirs.ask("delete_message", **message(here), target_seq=1)
    await desk[looking.id].send_message(here, "A note", lane="team")
    await rest.patch(
        f"/chat/conversations/{here}", json={"assignee_id": assigned.id}, headers=answering.headers
    )
    label = await rest.post("/chat/labels", json={"name": secrets[0][:40]}, headers=answering.headers)
    for change in (*OF_THE_TEAM, {"add_labels": [label.json()["id"]]}):
        answer = await rest.patch(f"/chat/conversations/{here}", json=change, headers=answering.headers)
        assert answer.status_code == 200, answer.text
    about = f"/chat/conversations/{here}/customer"
    secrets += ["+49 30 4711", "A difficult person"]
    await rest.patch(about, json={"phone": secrets[-2]}, headers=answering.headers)
    noted = await rest.post(f"{about}/notes", json={"text": secrets[-1]}, headers=answering.headers)
    assert noted.json()["phone"]["value"] == secrets[-2]
    for status in ("offline", "online"):
        await ours.ask("set_presence", status=status, text=secrets[0])
        await theirs.expect("presence_update", user_id=answering.id, status=status)
    await theirs.expect("conversation_event", event="agent_joined")
    await rest.post("/chat/conversations", json={"client_id": str(uuid4())}, headers=customer.headers)
    await theirs.expect("conversation_begun")
    assert await theirs.refusal("join_conversation", conversation_id=str(uuid4())) == "not_found"
    for client in (theirs, await connect(customer, resume={here: {"since": 0}})):
        await client.join(here)
        await client.ask("sync", conversation_id=here, since=0)
        await client.say("ping", t=1)
        await client.fence()
    # As a newer version may have written it.
    await installation.sql(
        "update entries set type = 'from_the_future' where conversation_id = $1 and type = 'reaction_changed'",
        here,
    )
    back = await connect(customer, servers[0], resume={here: {"since": 0}})
    # Before the join, which begins at the head and so gives up what the way back has not yet sent.
    await back.expect("unknown")
    ack = await back.join(here)
    await back.fence()
    read = [*theirs.seen, *back.seen, ack, *await read_all(rest, customer)]

    tags = {kind.__struct_config__.tag for kind in get_args(protocol.ServerEvent)}
    assert {event["type"] for event in read if "type" in event} >= tags - NEVER - {"ping"}
    text = str(read)
    emails = [row[0] for row in await installation.rows("select email from users where role = 'agent'")]
    for secret in (*secrets, *emails, looking.name, admin.name, *TEAMS_WORDS):
        assert secret not in text
    strangers = {looking.id, admin.id}
    for found in objects(read):
        assert strangers.isdisjoint(found[key] for key in ("id", "user_id") if key in found)
        if found.get("role") == "agent":
            fields = found.keys() - AROUND
            assert any(fields <= allowed for allowed in OF_AN_AGENT.values()), found
            assert found.get("last_seen") is None
            assert found.get("status", "online") in {"online", "offline"}
        assert found.get("assignee") is None
        if found.get("lane", "public") != "public":
            raise AssertionError(found)
    assert {mark["user_id"] for mark in ack["marks"] if mark["role"] == "agent"} == {0}


async def test_nothing_that_a_customer_can_read_moves_with_a_note(
    connect: Connect,
    customer: Person,
    agent: Person,
    rest: httpx2.AsyncClient,
    servers: tuple[Server, Server],
    installation: Installation,
) -> None:
    here = customer.conversation_id
    clients: list[Client] = [await connect(customer, server) for server in servers]
    for client in clients:
        await client.join(here)
    ours = await connect(agent)
    await ours.join(here)
    await ours.send_message(here, "Hello")
    await clients[0].send_message(here, "Hello")
    older = await connect(agent)
    await older.say("typing_start", conversation_id=here)
    for client in clients:
        await client.reach(here, 2)
    await ours.say("typing_start", conversation_id=here)
    for client in clients:
        await client.expect("typing_indicator", user_id=agent.id, is_typing=True)
        await client.fence()
    before = await read_all(rest, customer)
    heard = [list(client.seen) for client in clients]
    note = await ours.ask("send_message", **message(here, "A note", lane="team"))
    await ours.ask("edit_message", **message(here, "Another note", lane="team"), target_seq=note["seq"])
    await ours.ask("react", **message(here, lane="team"), target_seq=note["seq"], emoji="👍", on=True)
    await ours.ask("delete_message", **message(here, lane="team"), target_seq=note["seq"])
    label = await rest.post("/chat/labels", json={"name": "Dull"}, headers=agent.headers)
    labels = [label.json()["id"]]
    changes = ({"add_labels": labels}, {"remove_labels": labels}, *OF_THE_TEAM, {"status": "open"})
    for change in ({"assignee_id": None}, *changes):
        answer = await rest.patch(f"/chat/conversations/{here}", json=change, headers=agent.headers)
        assert answer.status_code == 200, answer.text
    about = f"/chat/conversations/{here}/customer"
    for method, path, body in (
        ("PATCH", about, {"phone": "4711"}),
        ("POST", f"{about}/notes", {"text": "A note"}),
    ):
        answer = await rest.request(method, path, json=body, headers=agent.headers)
        assert answer.is_success, answer.text
    # A minute later the list would be sorted anew.
    await installation.sql(
        "update conversation_heads set active_at = active_at + interval '1 minute' where conversation_id = $1",
        here,
    )
    assert await read_all(rest, customer) == before
    for client, seen in zip(clients, heard, strict=True):
        await client.fence()
        news = [event for event in client.seen[len(seen) :] if event["type"] not in {"pong", "ping", "error"}]
        assert news == []
