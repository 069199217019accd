"""Every route and every event, for every kind of reader: who learns anything of a conversation, and who does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple, get_args
from uuid import uuid4

import httpx2
import msgspec
import pytest
import pytest_asyncio

from app import protocol
from app.factory import create_app
from app.people.tokens import API_KEY_PREFIX, hash_token, make_token
from app.settings import Settings
from tests.attacks.sight import restrict
from tests.bots.dialects import OPENAI
from tests.bots.upstream import Upstream, open_upstream, sse
from tests.client import Client, Event, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server

ENVIRONMENT = {"WEBSOCKET_PING_INTERVAL": "500"}
SECRET = "The code of the safe is 4711"
NOBODY = frozenset[str]()
TEAM = frozenset({"agent", "backend"})
ALL = TEAM | {"customer"}
ROUTES = {
    "GET /chat/conversations": ALL,
    "GET /chat/conversations/<uuid:conversation_id>": ALL,
    "GET /chat/conversations/<uuid:conversation_id>/messages": ALL,
    "GET /chat/conversations/<uuid:conversation_id>/events": ALL,
    "POST /chat/conversations/<uuid:conversation_id>/messages": ALL - {"backend"},
    "POST /chat/conversations/<uuid:conversation_id>/marks": ALL - {"backend"},
    "POST /chat/conversations/<uuid:conversation_id>/unread": frozenset({"agent"}),
    "GET /chat/read-states": frozenset({"agent"}),
    "PATCH /chat/conversations/<uuid:conversation_id>": TEAM,
    "GET /chat/conversations/<uuid:conversation_id>/customer": TEAM,
    "PATCH /chat/conversations/<uuid:conversation_id>/customer": frozenset({"agent"}),
    "POST /chat/conversations/<uuid:conversation_id>/customer/notes": frozenset({"agent"}),
    "PATCH /chat/conversations/<uuid:conversation_id>/customer/notes/<row_id:note_id>": NOBODY,
    "DELETE /chat/conversations/<uuid:conversation_id>/customer/notes/<row_id:note_id>": NOBODY,
    "PUT /chat/sessions/zone": NOBODY,
    "POST /chat": frozenset({"backend"}),
    "GET /events": frozenset({"backend"}),
    "POST /chat/sessions": frozenset({"customer"}),
    "DELETE /chat/sessions": NOBODY,
    "POST /chat/conversations": NOBODY,
    "GET /chat/inboxes": TEAM,
    "GET /chat/agents": NOBODY,
    "POST /chat/bulk-actions": NOBODY,
    "GET /chat/bulk-actions": NOBODY,
    "GET /chat/bulk-actions/<uuid:action_id>": NOBODY,
    "GET /chat/bulk-actions/<uuid:action_id>/left": NOBODY,
    "POST /chat/bulk-actions/<uuid:action_id>/cancel": NOBODY,
    "POST /chat/bulk-actions/<uuid:action_id>/undo": NOBODY,
    "GET /chat/canned": NOBODY,
    "POST /chat/canned": NOBODY,
    "PUT /chat/canned/<row_id:reply_id>": NOBODY,
    "DELETE /chat/canned/<row_id:reply_id>": NOBODY,
    "POST /chat/canned/<row_id:reply_id>/uses": NOBODY,
    "GET /chat/drafts": frozenset({"agent"}),
    "GET /chat/conversations/<uuid:conversation_id>/drafts": frozenset({"agent"}),
    "PUT /chat/conversations/<uuid:conversation_id>/drafts": frozenset({"agent"}),
    "GET /chat/labels": NOBODY,
    "POST /chat/labels": NOBODY,
    "PATCH /chat/labels/<row_id:label_id>": NOBODY,
    "DELETE /chat/labels/<row_id:label_id>": NOBODY,
    "POST /chat/labels/<row_id:label_id>/merge": NOBODY,
    "GET /chat/me/notifications": frozenset({"agent"}),
    "POST /chat/me/notifications/seen": NOBODY,
    "POST /chat/me/notifications/<seq:notification_id>/ring": NOBODY,
    "GET /chat/me/preferences": NOBODY,
    "PUT /chat/me/preferences": NOBODY,
    "GET /chat/conversations/<uuid:conversation_id>/messages/<seq:seq>/edits": frozenset({"agent"}),
    "GET /chat/views": TEAM,
    "POST /chat/views": NOBODY,
    "PATCH /chat/views/<view_id>": NOBODY,
    "DELETE /chat/views/<view_id>": NOBODY,
    "GET /chat/teams": NOBODY,
    "POST /chat/teams": NOBODY,
    "PATCH /chat/teams/<row_id:team_id>": NOBODY,
    "DELETE /chat/teams/<row_id:team_id>": NOBODY,
    "POST /auth/login": NOBODY,
    "POST /auth/refresh": NOBODY,
    "POST /auth/logout": NOBODY,
    "PUT /auth/profile": NOBODY,
    "PUT /auth/password": NOBODY,
    "GET /healthz": NOBODY,
    "GET /readyz": NOBODY,
    "GET /metrics": NOBODY,
    "GET /openapi.json": NOBODY,
    "GET /": NOBODY,
    "GET /demo": NOBODY,
    "GET /demo/config.json": NOBODY,
    "GET /widget.js": NOBODY,
    "GET /widget/inbox.js": NOBODY,
    "GET /widget/panel": NOBODY,
    "GET /widget/assets/<path:name>": NOBODY,
    "GET /admin": NOBODY,
    "GET /admin/<path:path>": NOBODY,
    "GET /admin/assets/<path:name>": NOBODY,
    "GET /docs": NOBODY,
    "GET /docs/assets/<path:name>": NOBODY,
}
"""Readers whom the answer tells of the conversation, or of the inbox that it alone is in; neither exists to others."""
READERS = ["agent", "outsider", "customer", "stranger", "backend", "nobody"]
"""An outsider is an agent for whom the conversation is not visible; a stranger is another customer."""

INSIDE = frozenset({"inside", "customer"})
TOLD = frozenset({"inside", "follower"})
EVENTS = {
    "reconnected": INSIDE,
    "ack": INSIDE,
    "ping": INSIDE,
    "message_received": INSIDE,
    "message_edited": INSIDE,
    "message_deleted": INSIDE,
    "reaction_changed": INSIDE,
    "conversation_event": INSIDE,
    "unknown": INSIDE,
    "message_streaming": INSIDE,
    "receipt_updated": INSIDE,
    "read_state": frozenset({"inside"}),
    "typing_indicator": INSIDE | {"follower"},
    "presence_update": TOLD,
    "conversation_updated": frozenset({"follower"}),
    "authenticated": NOBODY,
    "conversation_begun": NOBODY,
    "error": NOBODY,
    "team_here": NOBODY,
    "inbox_cursor": NOBODY,
    "preferences_changed": NOBODY,
    "notified": TOLD,
    "notifications_seen": NOBODY,
    "teams_changed": NOBODY,
    "labels_updated": NOBODY,
    "views": frozenset({"follower"}),
    "view_counts": NOBODY,
    "viewer_changed": TOLD,
    "canned_replies_changed": NOBODY,
    "bulk_action_updated": NOBODY,
    "draft_changed": NOBODY,
    "pong": NOBODY,
    "token_expiring": NOBODY,
    "goodbye": NOBODY,
}
"""Listeners whom the event tells of the conversation, or of its customer: an agent who is in it, one who follows the
list, its customer. An outsider who follows the list is told of nothing, and neither is a stranger."""


class World(NamedTuple):
    """A conversation, and those around it."""

    here: str
    people: dict[str, Person]
    headers: dict[str, dict[str, str]]
    inbox_key: str
    team_id: int
    """Of the inbox that the conversation is in."""


@pytest_asyncio.fixture
async def world(installation: Installation, customer: Person, rest: httpx2.AsyncClient) -> World:
    people = {
        "agent": await installation.agent("Ada"),
        "other": await installation.agent("Grace"),
        "lost": await installation.agent("Lost"),
        "outsider": await installation.agent("Oscar"),
        "customer": customer,
        "stranger": await installation.customer(),
    }
    key = API_KEY_PREFIX + make_token()
    await installation.sql(
        "insert into api_keys (name, key_hash) values ($1, $2)", f"Backend {uuid4()}", hash_token(key)
    )
    headers = {name: person.headers for name, person in people.items()}
    headers |= {"backend": {"Authorization": f"Bearer {key}"}, "nobody": {}}
    members = [people[name] for name in ("agent", "other", "lost")]
    team_id = await restrict(installation, customer.conversation_id, members)
    world = World(customer.conversation_id, people, headers, installation.inbox_key, team_id)
    said = {"client_msg_id": str(uuid4()), "content": {"type": "text", "text": SECRET}}
    path = f"/chat/conversations/{world.here}/messages"
    assert (await rest.post(path, json=said, headers=customer.headers)).status_code == 201
    await installation.sql(
        "insert into former_texts select conversation_id, lane, seq, seq, body from entries"
        " where conversation_id = $1::text::uuid",
        world.here,
    )
    await installation.sql(
        "insert into drafts (user_id, conversation_id, lane, client_msg_id, text)"
        " values ($1, $2::text::uuid, 0, gen_random_uuid(), $3)",
        people["agent"].id,
        world.here,
        SECRET,
    )
    await installation.sql(
        "insert into marks (conversation_id, user_id) select $1::text::uuid, unnest($2::integer[])",
        world.here,
        [people["agent"].id, people["outsider"].id],
    )
    await installation.sql(
        "insert into notifications (user_id, conversation_id, lane, seq, kind, verdict)"
        " select u.id, e.conversation_id, e.lane, e.seq, 'replied', 'told' from entries e, users u"
        " where e.conversation_id = $1::text::uuid and u.role = 'agent'",
        world.here,
    )
    return world


def test_every_route_has_a_line() -> None:
    settings = msgspec.structs.replace(
        Settings(), database_url="postgresql://localhost/none", redis_url="redis://localhost"
    )
    routes = {
        f"{method} {rule.rule}"
        for rule in create_app(settings).url_map.iter_rules()
        if not rule.websocket
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(ROUTES)


async def ask(
    rest: httpx2.AsyncClient, world: World, route: str, reader: str, conversation_id: str
) -> httpx2.Response:
    """Make a request that is good for every route; fields that a route does not know it ignores."""
    method, rule = route.split(" ")
    path = rule.replace("<uuid:conversation_id>", conversation_id)
    path = (
        path.replace("<row_id:team_id>", str(world.team_id))
        .replace("<seq:seq>", "1")
        .replace("<row_id:note_id>", "999")
        .replace("<seq:notification_id>", "1")
        .replace("<path:name>", "none.js")
        .replace("<path:path>", "settings")
    )
    body = {
        "client_msg_id": str(uuid4()),
        "content": {"type": "text", "text": "Let me in"},
        "conversation_id": conversation_id,
        "message": "Let me in",
        "text": "Let me in",
        "status": "open",
        "inbox": world.inbox_key,
        "seq": 1,
    }
    if rule.endswith("/events"):
        path += "?wait=0&limit=500" if rule == "/events" else "?wait=0"
    if rule.endswith("/read-states"):
        path += f"?conversation_ids={conversation_id}"
    return await rest.request(
        method, path, headers=world.headers[reader], json=body if method in {"POST", "PUT", "PATCH"} else None
    )


@pytest.mark.parametrize("route", ROUTES)
async def test_over_http_only_those_who_may_learn_of_it(
    world: World, rest: httpx2.AsyncClient, installation: Installation, route: str
) -> None:
    count = "select count(*) from entries where conversation_id = $1::text::uuid"
    for reader in READERS:
        before = await installation.sql(count, world.here)
        answer = await ask(rest, world, route, reader, world.here)
        tells = answer.is_success and (world.here in answer.text or SECRET in answer.text)
        assert tells == (reader in ROUTES[route]), (reader, answer.status_code, answer.text)
        if not tells:
            assert SECRET not in answer.text
            assert await installation.sql(count, world.here) == before
        if not tells and ("conversation_id" in route or route == "POST /chat"):
            nowhere = await ask(rest, world, route, reader, str(uuid4()))
            assert (answer.status_code, answer.json()) == (nowhere.status_code, nowhere.json()), reader


async def test_a_conversation_cannot_be_given_to_an_agent_who_may_not_see_it(
    world: World, rest: httpx2.AsyncClient, installation: Installation
) -> None:
    path, outsider = f"/chat/conversations/{world.here}", world.people["outsider"]
    answer = await rest.patch(path, json={"assignee_id": outsider.id}, headers=world.headers["agent"])
    assert answer.status_code == 404
    assert outsider.name in answer.json()["message"]
    conversation = (await rest.get(path, headers=world.headers["agent"])).json()
    assert (conversation["assignee"], conversation["team_last_seq"]) == (None, 0)


# --- events


@pytest_asyncio.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with open_upstream() as opened:
        yield opened


@pytest.fixture
def answering(installation: Installation, upstream: Upstream) -> Server:
    """A process whose bot asks `upstream`."""
    settings = OPENAI.settings(upstream.url)
    return installation.start(OPENAI_BASE_URL=settings.openai_base_url, OPENAI_MODEL=settings.openai_model)


async def let_bot_answer(installation: Installation, conversation_id: str) -> None:
    """Give the conversation's inbox, which has no other one, a bot, which has answered what was said so far."""
    await installation.sql(
        "insert into bot_turns (conversation_id, answered_seq, claimed_by, claimed_until)"
        " values ($1::text::uuid, 1, gen_random_uuid(), now())",
        conversation_id,
    )
    await installation.sql(
        "update inboxes set bot = 'openai'"
        " where id = (select inbox_id from conversations where id = $1::text::uuid)",
        conversation_id,
    )


def about(event: Event, world: World) -> bool:
    """Tell whether an event tells something of the conversation or its customer, but that it is not there."""
    of_customer = event["type"] == "presence_update" and event["user_id"] == world.people["customer"].id
    told = {**event, "conversations": event.get("conversations", {}).get(world.here, {}).get("status", "")}
    return of_customer or world.here in str(told) or SECRET in str(event) or told["conversations"] == "ok"


def test_every_event_has_a_line() -> None:
    assert {kind.__struct_config__.tag for kind in get_args(protocol.ServerEvent)} == set(EVENTS)


def told(client: Client, kind: str) -> list[dict[str, Any]]:
    return [event for event in client.heard("notified") if event["notification"]["kind"] == kind]


async def test_each_event_tells_only_those_who_may_know(
    world: World,
    connect: Connect,
    installation: Installation,
    rest: httpx2.AsyncClient,
    upstream: Upstream,
    answering: Server,
) -> None:
    here, people = world.here, world.people
    other = people["other"]
    inside, follower = await connect(people["agent"], answering), await connect(other, answering)
    outsider = await connect(people["outsider"], answering)
    stranger = await connect(people["stranger"], answering)
    await inside.join(here)
    await stranger.join(people["stranger"].conversation_id)
    for client in (outsider, stranger):
        assert await client.refusal("join_conversation", conversation_id=here) == "not_found"
    for client in (follower, outsider):
        await client.ask("follow_inbox")
        await client.ask("follow_views")
        await client.expect("views")
    await let_bot_answer(installation, here)
    more = asyncio.Event()
    upstream.will_answer(
        sse({"choices": [{"delta": {"content": SECRET}}]}),
        more,
        sse({"choices": [{"delta": {"content": "!"}}]}, "[DONE]"),
    )
    theirs = await connect(people["customer"], answering)
    for client in (inside, follower):
        await client.expect("presence_update", user_id=people["customer"].id, status="online")
    await theirs.join(here)
    question = await theirs.send_message(here, SECRET)
    for client in (theirs, inside):
        await client.expect("message_streaming")
    more.set()
    await theirs.reach(here, question["seq"] + 1)
    await theirs.say("typing_start", conversation_id=here)
    for client in (inside, follower):
        await client.expect("typing_indicator", user_id=people["customer"].id, is_typing=True)
    await inside.say("typing_start", conversation_id=here)
    await theirs.expect("typing_indicator", user_id=people["agent"].id, is_typing=True)
    await inside.say("looking", conversation_id=here, mode="replying")
    await follower.expect("viewer_changed", user_id=people["agent"].id, mode="replying")
    answer = await inside.send_message(here, SECRET)
    await theirs.say("mark_read", conversation_id=here, seq=answer["seq"])
    for client in (theirs, inside):
        await client.expect("receipt_updated", read_seq=answer["seq"])
    await inside.ask("mark_unread", conversation_id=here, seq=1)
    await inside.expect("read_state", unread_from=1)
    await inside.ask("react", **message(here), target_seq=answer["seq"], emoji="👍", on=True)
    await installation.sql(
        "update entries set type = 'from_the_future'"
        " where conversation_id = $1::text::uuid and type = 'reaction_changed'",
        here,
    )
    await rest.patch(
        f"/chat/conversations/{here}", json={"assignee_id": other.id}, headers=world.headers["agent"]
    )
    await follower.until(lambda: told(follower, "assigned"))
    await rest.patch(
        f"/chat/conversations/{here}",
        json={"assignee_id": people["agent"].id},
        headers=world.headers["other"],
    )
    await inside.until(lambda: told(inside, "assigned"))
    await inside.ask("edit_message", **message(here, SECRET), target_seq=answer["seq"])
    await inside.ask("react", **message(here), target_seq=answer["seq"], emoji="👍", on=True)
    deleted = await inside.ask("delete_message", **message(here), target_seq=answer["seq"])
    for client in (theirs, inside):
        await client.reach(here, deleted["seq"])
        await client.ask("sync", conversation_id=here, since=0)
        await client.expect("unknown")
        await client.expect("conversation_event", event="agent_joined")
        await client.expect("ping")
    await follower.until(
        lambda: [
            event
            for event in follower.heard("conversation_updated")
            if event["conversation"]["id"] == here and event["conversation"]["last_seq"] == deleted["seq"]
        ]
    )
    listeners = {
        "inside": [inside],
        "follower": [follower],
        "customer": [theirs],
        "outsider": [outsider],
        "stranger": [stranger],
    }
    for name, reader in {"inside": "agent", "customer": "customer", "outsider": "outsider"}.items():
        back = await connect(people[reader], answering, resume={here: {"since": 0}})
        back.seen.insert(0, back.welcome)
        listeners[name].append(back)
    heard: dict[str, set[str]] = {tag: set() for tag in EVENTS}
    for name, clients in listeners.items():
        for client in clients:
            await client.fence()
            for event in client.seen:
                if about(event, world):
                    heard[event["type"]].add(name)
    assert heard == {tag: set(names) for tag, names in EVENTS.items()}


async def test_whoever_loses_sight_of_it_while_inside_is_shown_out(
    world: World, connect: Connect, installation: Installation, rest: httpx2.AsyncClient
) -> None:
    here, person = world.here, world.people["lost"]
    staying = [world.people["agent"], world.people["other"]]
    ours, theirs = await connect(person), await connect(world.people["customer"])
    await ours.join(here)
    await ours.ask("follow_inbox")
    await theirs.join(here)
    admin = await installation.agent("Root", is_admin=True)
    members = {"member_ids": [agent.id for agent in staying]}
    changed = await rest.patch(f"/chat/teams/{world.team_id}", json=members, headers=admin.headers)
    assert changed.status_code == 200, changed.text
    assert (await rest.get(f"/chat/conversations/{here}/messages", headers=person.headers)).status_code == 404
    # At once; the customer in the room notices nothing.
    assert await ours.closed() == 4002
    await theirs.fence()
    marks = "select count(*) from marks where conversation_id = $1::text::uuid and user_id = $2"
    assert await installation.sql(marks, here, person.id) == 0
    back = await connect(person, resume={here: {"since": 0}})
    assert back.welcome["conversations"] == {here: {"status": "forbidden"}}
    await back.ask("follow_inbox")
    await theirs.send_message(here, SECRET)
    seen = await connect(world.people["agent"])
    await seen.ask("follow_inbox")
    await theirs.send_message(here, SECRET)
    await seen.expect("conversation_updated")
    await back.fence()
    assert not any(about(event, world) for event in back.seen)
