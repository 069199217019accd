from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import jwt
import pytest

from app.errors import Invalid
from app.factory import Fireside
from app.people.cards.card import checked
from app.people.customer_notes.service import MOST_NOTES
from app.people.erasure.service import erase_customer
from app.people.inboxes.inbox import Inbox
from app.people.provisioning.service import create_agent
from app.protocol import CustomerChanged, FieldChange, Sender
from app.settings import Settings
from app.spine.log.entries import append_entries
from app.spine.log.entry import Draft, Lane
from tests.rest_people import PASSWORD, Client, Person
from tests.waiting import until

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"

OURS = "datname = current_database() and wait_event_type = 'Lock'"


def path(customer: Person, more: str = "") -> str:
    return f"/chat/conversations/{customer.conversation_id}/customer{more}"


async def card_of(agent: Person, customer: Person) -> dict[str, Any]:
    response = await agent.get(path(customer))
    assert response.status_code == 200, await response.get_data()
    return dict(await response.get_json())


async def changed(agent: Person, customer: Person, **change: str | None) -> dict[str, Any]:
    response = await agent.patch(path(customer), change)
    assert response.status_code == 200, await response.get_data()
    return dict(await response.get_json())


async def team_entries(agent: Person, customer: Person) -> list[Any]:
    response = await agent.get(f"/chat/conversations/{customer.conversation_id}/messages?lane=team")
    return [
        entry for entry in (await response.get_json())["items"] if entry.get("event") == "customer_changed"
    ]


async def come_in_as(client: Client, inbox: Inbox, token: str = "", **claims: Any) -> Any:
    identity = jwt.encode({"exp": time.time() + 60, "sub": "7", **claims}, inbox.identity_secret, "HS256")
    headers = {"User-Agent": PHONE, "Accept-Language": "de-DE,de"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    response = await client.post(
        "/chat/sessions", json={"inbox": inbox.key, "identity": identity}, headers=headers
    )
    body = await response.get_json()
    assert response.status_code in (200, 201), body
    return Person(client, body["session_token"], body["user"]["id"], body["conversation_id"])


async def test_what_is_known_says_by_whom(client: Client, inbox: Inbox, agent: Person) -> None:
    customer = await come_in_as(client, inbox, name="Karl")
    card = await card_of(agent, customer)
    assert card["name"] == {"value": "Karl", "source": "signed"}
    assert (card["email"], card["phone"], card["notes"], card["conversations"]) == (None, None, [], [])
    assert card["device"] == {"kind": "phone", "system": "iOS", "browser": "Safari", "language": "de-DE"}
    response = await client.put("/chat/sessions/zone", json={"zone": "Asia/Tokyo"}, headers=customer.headers)
    assert response.status_code == 204
    await come_in_as(client, inbox, customer.token)
    after = await card_of(agent, customer)
    assert after["device"] == {**card["device"], "zone": "Asia/Tokyo"}
    assert after["version"] == card["version"] + 1


async def test_attributes_of_the_site_are_shown_replaced_and_taken_away(
    client: Client, inbox: Inbox, agent: Person
) -> None:
    customer = await come_in_as(client, inbox, attributes={"plan": "gold", "orders": 3, "vip": True})
    card = await card_of(agent, customer)
    assert card["attributes"] == [
        {"name": "plan", "value": "gold", "source": "signed"},
        {"name": "orders", "value": 3, "source": "signed"},
        {"name": "vip", "value": True, "source": "signed"},
    ]
    # The same again, and a token that says nothing of them, change nothing.
    await come_in_as(client, inbox, attributes={"plan": "gold", "orders": 3, "vip": True})
    await come_in_as(client, inbox, customer.token)
    assert await card_of(agent, customer) == card
    await come_in_as(client, inbox, customer.token, attributes={"plan": "silver"})
    after = await card_of(agent, customer)
    assert after["attributes"] == [{"name": "plan", "value": "silver", "source": "signed"}]
    assert after["version"] == card["version"] + 1
    await come_in_as(client, inbox, customer.token, attributes={})
    assert (await card_of(agent, customer))["attributes"] == []


async def test_attributes_are_kept_when_a_visitor_is_identified_and_go_with_erasure(
    app: Fireside, client: Client, inbox: Inbox, agent: Person, customer: Person
) -> None:
    await come_in_as(client, inbox, customer.token, attributes={"plan": "gold"})
    assert [each["value"] for each in (await card_of(agent, customer))["attributes"]] == ["gold"]
    await erase_customer(app.areas.spine.db, customer.id)
    assert (await card_of(agent, customer))["attributes"] == []


async def test_a_visitors_name_is_nobodys_word(agent: Person, customer: Person) -> None:
    card = await card_of(agent, customer)
    assert card["name"] == {"value": f"Visitor {1000 + customer.id}", "source": None}


async def test_a_change_is_an_entry_with_who_before_and_after(agent: Person, customer: Person) -> None:
    await customer.say("hello")
    row = await (await agent.get(f"/chat/conversations/{customer.conversation_id}")).get_json()
    name = row["customer"]["name"]
    given = {"name": " Grace ", "email": "grace@example.com", "phone": "+49 30 1"}
    await changed(agent, customer, **given)
    card = await changed(agent, customer, **given)
    assert card["name"] == {"value": "Grace", "source": "agent"}
    assert card["phone"] == {"value": "+49 30 1", "source": "agent"}
    assert (await changed(agent, customer, email=None))["email"] is None
    first, second = await team_entries(agent, customer)
    assert first["sender"]["id"] == agent.id
    assert first["data"]["changes"] == [
        {"field": "name", "before": name, "after": "Grace"},
        {"field": "email", "before": None, "after": "grace@example.com"},
        {"field": "phone", "before": None, "after": "+49 30 1"},
    ]
    assert second["data"]["changes"] == [{"field": "email", "before": "grace@example.com", "after": None}]
    after = await (await agent.get(f"/chat/conversations/{customer.conversation_id}")).get_json()
    assert after["customer"]["name"] == "Grace"
    assert after["customer"]["card_version"] == (await card_of(agent, customer))["version"]
    assert after["version"] > row["version"]


async def test_what_an_agent_wrote_stays_when_the_site_speaks_again(
    client: Client, inbox: Inbox, agent: Person
) -> None:
    customer = await come_in_as(client, inbox, name="Karl", email="karl@example.com")
    await changed(agent, customer, name="Carl")
    for token in (customer.token, ""):
        await come_in_as(client, inbox, token, name="Karl M.", email="km@example.com")
        card = await card_of(agent, customer)
        assert card["name"] == {"value": "Carl", "source": "agent"}
        assert card["email"] == {"value": "km@example.com", "source": "signed"}


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("name", "  "),
        ("name", "a\nb"),
        ("email", "nobody"),
        ("email", "a b@c"),
        ("phone", "+"),
        ("phone", "call me"),
        ("phone", "1\n2"),
    ],
)
def test_what_is_no_name_address_or_number_is_refused(field: Any, raw: str) -> None:
    with pytest.raises(Invalid):
        checked(field, raw)


async def test_notes_are_their_authors_and_the_admins(
    app: Fireside, client: Client, agent: Person, customer: Person
) -> None:
    db = app.areas.spine.db
    made = await create_agent(db, email="grace@example.com", name="Grace", password=PASSWORD, role="agent")
    response = await client.post("/auth/login", json={"email": "grace@example.com", "password": PASSWORD})
    grace = Person(client, (await response.get_json())["access_token"], made.id)
    for text in ("Likes tea", "Calls on Fridays"):
        response = await agent.post(path(customer, "/notes"), {"text": text})
        assert response.status_code == 201
    card = await response.get_json()
    assert [note["text"] for note in card["notes"]] == ["Calls on Fridays", "Likes tea"]
    assert card["notes"][0]["author"] == {"id": agent.id, "role": "agent", "name": "Ada"}
    assert card["version"] == 2
    one = path(customer, f"/notes/{card['notes'][0]['id']}")
    assert (await grace.patch(one, {"text": "x"})).status_code == 403
    card = await (await agent.patch(one, {"text": "Calls on Mondays"})).get_json()
    assert (card["notes"][0]["text"], card["notes"][0]["edited_at"] is None) == ("Calls on Mondays", False)
    await db.execute("update users set is_admin = true where id = $1", grace.id)
    response = await client.delete(one, headers=grace.headers)
    assert [note["text"] for note in (await response.get_json())["notes"]] == ["Likes tea"]
    assert (await client.delete(one, headers=grace.headers)).status_code == 404
    assert (await agent.post(path(customer, "/notes"), {"text": " "})).status_code == 422


async def test_two_changes_beside_two_conversations_of_one_customer_wait_their_turn(
    app: Fireside, settings: Settings, client: Client, agent: Person, customer: Person
) -> None:
    db = app.areas.spine.db
    await customer.say("hello")
    begun = await customer.post("/chat/conversations", {"client_id": str(uuid4())})
    beside = Person(client, customer.token, customer.id, (await begun.get_json())["conversation_id"])
    waiting = f"select count(*) = 2 from pg_stat_activity where {OURS}"

    async def append(where: Person, change: FieldChange) -> None:
        # Not by the journal, which may take both in one statement.
        event, sender = CustomerChanged([change]), Sender(agent.id, "agent", "Ada")
        conversation_id = UUID(where.conversation_id)
        (verdict,) = await append_entries(
            db, [Draft.of_event(conversation_id, event, sender=sender, lane=Lane.TEAM)]
        )
        assert verdict.verdict == "new"

    connection = await asyncpg.connect(settings.database_url)
    async with connection.transaction():
        # Whichever of the two is first, both have begun when either may go on.
        await connection.execute("select from users where id = $1 for update", customer.id)
        appends = asyncio.gather(
            append(customer, FieldChange("name", "Visitor", "Grace")),
            append(beside, FieldChange("email", None, "g@example.com")),
        )
        await until(lambda: db.fetchval(waiting))
    await connection.close()
    await appends
    card = await card_of(agent, customer)
    assert (card["name"]["value"], card["email"]["value"]) == ("Grace", "g@example.com")


async def test_no_more_notes_than_there_may_be_come_at_once(
    app: Fireside, settings: Settings, agent: Person, customer: Person
) -> None:
    db = app.areas.spine.db
    await db.execute(
        "insert into customer_notes (customer_id, author_id, text) select $1, $2, 'x' from generate_series(2, $3)",
        customer.id,
        agent.id,
        MOST_NOTES,
    )
    connection = await asyncpg.connect(settings.database_url)
    async with connection.transaction():
        await connection.execute("select from users where id = $1 for update", customer.id)
        adding = asyncio.gather(*(agent.post(path(customer, "/notes"), {"text": each}) for each in "ab"))
        waiting = f"select count(*) = 2 from pg_stat_activity where {OURS}"
        await until(lambda: db.fetchval(waiting))
    await connection.close()
    assert sorted(response.status_code for response in await adding) == [201, 422]
    assert len((await card_of(agent, customer))["notes"]) == MOST_NOTES


async def test_the_other_conversations_are_listed(
    app: Fireside, client: Client, inbox: Inbox, agent: Person, customer: Person
) -> None:
    await customer.say("hello")
    await app.areas.spine.db.execute("update conversations set status = 'closed'")
    response = await client.post("/chat/sessions", json={"inbox": inbox.key}, headers=customer.headers)
    now = Person(client, customer.token, customer.id, (await response.get_json())["conversation_id"])
    assert now.conversation_id != customer.conversation_id
    (other,) = (await card_of(agent, now))["conversations"]
    assert other["id"] == customer.conversation_id
    # In the new one nothing was said.
    assert (await card_of(agent, customer))["conversations"] == []


async def test_nothing_of_it_outlives_the_customer(app: Fireside, agent: Person, customer: Person) -> None:
    await changed(agent, customer, name="Grace Hopper", email="grace@example.com", phone="1234567")
    await agent.post(path(customer, "/notes"), {"text": "Grace Hopper is an admiral"})
    db = app.areas.spine.db
    await erase_customer(db, customer.id)
    card = await card_of(agent, customer)
    assert (card["name"]["source"], card["email"], card["phone"], card["notes"]) == (None, None, None, [])
    (entry,) = await team_entries(agent, customer)
    assert entry["data"] == {"changes": []}
    assert (await agent.patch(path(customer), {"name": "Grace"})).status_code == 403
    assert (await agent.post(path(customer, "/notes"), {"text": "x"})).status_code == 404
