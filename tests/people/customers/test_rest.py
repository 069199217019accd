from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import jwt
import pytest

from app.factory import Fireside
from app.people.customers.store import open_conversation
from app.people.inboxes.inbox import Inbox
from app.people.provisioning.service import create_inbox
from app.settings import Settings
from app.values.uuid7 import uuid7
from tests.rest_people import Client, Person, come_in_to
from tests.values.test_text import CASES
from tests.waiting import until


def identity(inbox: Inbox, **claims: Any) -> str:
    return jwt.encode({"exp": time.time() + 60, **claims}, inbox.identity_secret, "HS256")


async def open_session(client: Client, inbox: Inbox, token: str = "", **body: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = await client.post("/chat/sessions", json={"inbox": inbox.key, **body}, headers=headers)
    return response.status_code, await response.get_json()


async def test_a_visitor_gets_a_name_a_token_and_a_conversation(client: Client, inbox: Inbox) -> None:
    status, body = await open_session(client, inbox)
    assert status == 201
    assert body["user"]["role"] == "customer"
    assert body["user"]["name"] == f"Visitor {1000 + body['user']['id']}"
    assert body["inbox"] == {"name": "Shop", "welcome": "Hello!", "colour": "#c2410c", "agents_online": False}
    own = Person(client, body["session_token"])
    response = await own.get(f"/chat/conversations/{body['conversation_id']}")
    assert (await response.get_json())["customer"]["id"] == body["user"]["id"]


async def test_only_the_hash_of_a_token_is_stored(app: Fireside, customer: Person) -> None:
    rows = await app.areas.spine.db.fetch("select * from sessions")
    assert len(rows) == 1
    assert customer.token not in str(dict(rows[0]))


async def test_a_returning_customer_stays_the_same_and_the_session_is_prolonged(
    app: Fireside, client: Client, inbox: Inbox, customer: Person
) -> None:
    db = app.areas.spine.db
    await db.execute("update sessions set expires_at = now() + interval '1 hour'")
    status, body = await open_session(client, inbox, customer.token)
    assert status == 200
    assert body["session_token"] == customer.token
    assert (body["user"]["id"], body["conversation_id"]) == (customer.id, customer.conversation_id)
    assert await db.fetchval("select expires_at > now() + interval '300 days' from sessions")


async def test_tabs_that_return_at_once_share_one_new_conversation(
    app: Fireside, client: Client, inbox: Inbox, customer: Person
) -> None:
    await app.areas.spine.db.execute("update conversations set status = 'closed'")
    answers = await asyncio.gather(*(open_session(client, inbox, customer.token) for _ in range(8)))
    conversations = {body["conversation_id"] for _, body in answers}
    assert len(conversations) == 1
    assert conversations != {customer.conversation_id}


async def test_a_tab_waits_for_the_conversation_that_another_is_opening(
    app: Fireside, settings: Settings, customer: Person
) -> None:
    db = app.areas.spine.db
    await db.execute("update conversations set status = 'closed'")
    first, second = uuid7(), uuid7()
    connection = await asyncpg.connect(settings.database_url)
    async with connection.transaction():
        assert await connection.fetchval("select open_conversation($1, $2)", customer.id, first) == first
        other = asyncio.create_task(open_conversation(db, customer.id, second))
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        await until(lambda: db.fetchval(waiting))
    assert await other == first
    await connection.close()


async def test_a_dead_token_is_refused_so_that_the_client_drops_it(
    app: Fireside, client: Client, inbox: Inbox, customer: Person
) -> None:
    status, body = await open_session(client, inbox, "fss_unknown")
    assert (status, body["code"]) == (401, "auth_failed")
    await app.areas.spine.db.execute("update sessions set expires_at = now()")
    status, body = await open_session(client, inbox, customer.token)
    assert (status, body["code"]) == (401, "token_expired")
    await app.areas.spine.db.execute(
        "update sessions set expires_at = now() + interval '1 day', revoked_at = now()"
    )
    status, body = await open_session(client, inbox, customer.token)
    assert (status, body["code"]) == (401, "auth_failed")


async def test_a_session_is_good_for_its_own_inbox_only(
    app: Fireside, client: Client, customer: Person
) -> None:
    other = await create_inbox(app.areas.spine.db, name="Other")
    status, body = await open_session(client, other, customer.token)
    assert (status, body["code"]) == (401, "auth_failed")


async def test_an_unknown_inbox_is_not_found(client: Client) -> None:
    response = await client.post("/chat/sessions", json={"inbox": "nope"})
    assert (response.status_code, (await response.get_json())["code"]) == (404, "not_found")


async def test_the_same_identity_is_the_same_customer_on_every_device(
    client: Client, inbox: Inbox, agent: Person
) -> None:
    _, phone = await open_session(
        client, inbox, identity=identity(inbox, sub="42", name="Grace", email="g@example.com")
    )
    _, laptop = await open_session(client, inbox, identity=identity(inbox, sub="42"))
    assert phone["user"] == laptop["user"]
    assert phone["user"]["name"] == "Grace"
    assert phone["conversation_id"] == laptop["conversation_id"]
    assert phone["session_token"] != laptop["session_token"]
    response = await agent.get(f"/chat/conversations/{phone['conversation_id']}")
    assert (await response.get_json())["customer"]["email"] == "g@example.com"


async def test_one_who_comes_at_once_from_many_devices_is_one_customer_with_one_conversation(
    client: Client, inbox: Inbox
) -> None:
    token = identity(inbox, sub="42")
    answers = await asyncio.gather(*(open_session(client, inbox, identity=token) for _ in range(8)))
    assert len({(body["user"]["id"], body["conversation_id"]) for _, body in answers}) == 1


async def test_a_visitor_who_signs_in_keeps_the_conversation(
    client: Client, inbox: Inbox, customer: Person
) -> None:
    status, body = await open_session(
        client, inbox, customer.token, identity=identity(inbox, sub="42", name="Grace")
    )
    assert status == 200
    assert body["user"] == {"id": customer.id, "role": "customer", "name": "Grace"}
    assert body["conversation_id"] == customer.conversation_id
    assert body["is_identified"]


async def test_a_visitor_who_signs_in_gets_a_new_token_and_the_old_one_opens_nothing(
    app: Fireside, client: Client, inbox: Inbox, customer: Person
) -> None:
    """Or else a token that somebody left in the browser beforehand would open what the identified one writes."""
    before = await app.areas.people.auth.customer(customer.token)
    _, body = await open_session(client, inbox, customer.token, identity=identity(inbox, sub="42"))
    assert body["session_token"] != customer.token
    assert (await customer.get("/chat/conversations")).status_code == 401
    assert await app.areas.people.auth.revoked([before]) == {before}
    own = Person(client, body["session_token"])
    assert (await own.get(f"/chat/conversations/{customer.conversation_id}")).status_code == 200
    # It is no rise to say it again: the token stays.
    status, again = await open_session(
        client, inbox, body["session_token"], identity=identity(inbox, sub="42")
    )
    assert (status, again["session_token"]) == (200, body["session_token"])


async def test_a_visitor_whose_new_token_was_lost_on_the_way_comes_again_with_the_old_one(
    client: Client, inbox: Inbox, customer: Person
) -> None:
    _, lost = await open_session(client, inbox, customer.token, identity=identity(inbox, sub="42"))
    status, body = await open_session(client, inbox, customer.token, identity=identity(inbox, sub="42"))
    assert status == 201
    assert (body["user"]["id"], body["conversation_id"]) == (customer.id, customer.conversation_id)
    assert body["session_token"] not in (customer.token, lost["session_token"])


async def test_two_tabs_that_sign_in_at_once_are_one_customer_with_a_good_token_each(
    client: Client, inbox: Inbox, customer: Person
) -> None:
    token = identity(inbox, sub="42")
    answers = await asyncio.gather(
        *(open_session(client, inbox, customer.token, identity=token) for _ in range(6))
    )
    assert {body["user"]["id"] for _, body in answers} == {customer.id}
    for _, body in answers:
        assert body["session_token"] != customer.token
        assert (await Person(client, body["session_token"]).get("/chat/conversations")).status_code == 200


async def test_an_ended_session_opens_nothing(
    app: Fireside, client: Client, inbox: Inbox, customer: Person, agent: Person, backend: Person
) -> None:
    before = await app.areas.people.auth.customer(customer.token)
    other = await come_in_to(client, inbox)
    for person, expected in ((agent, 403), (backend, 403), (customer, 204), (customer, 401)):
        response = await client.delete("/chat/sessions", headers=person.headers)
        assert response.status_code == expected
    assert (await client.delete("/chat/sessions")).status_code == 401
    assert await app.areas.people.auth.revoked([before]) == {before}
    assert (await customer.get("/chat/conversations")).status_code == 401
    assert (await customer.say("Still here?")).status_code == 401
    status, body = await open_session(client, inbox, customer.token)
    assert (status, body["code"]) == (401, "auth_failed")
    assert (await other.get("/chat/conversations")).status_code == 200


async def test_a_known_customer_who_comes_again_uses_up_no_id(
    app: Fireside, client: Client, inbox: Inbox
) -> None:
    token = identity(inbox, sub="42", name="Grace")
    _, first = await open_session(client, inbox, identity=token)
    for _ in range(5):
        _, body = await open_session(client, inbox, identity=token)
        assert body["user"] == first["user"]
    _, visitor = await open_session(client, inbox)
    assert visitor["user"]["id"] == first["user"]["id"] + 1


async def test_an_empty_identity_is_none(client: Client, inbox: Inbox) -> None:
    for empty in ("", None):
        status, body = await open_session(client, inbox, identity=empty)
        assert (status, body["is_identified"]) == (201, False)


async def test_an_identity_that_is_refused_says_why_and_costs_the_session_nothing(
    client: Client, inbox: Inbox, customer: Person
) -> None:
    half = "name has half a surrogate pair, which is no character"
    for token, code, reason in (
        (identity(inbox, sub=42), "auth_failed", "sub must be a string"),
        (identity(inbox, sub="42", exp=1), "token_expired", "expired"),
        (identity(inbox, sub="42", name="Ada \ud83d"), "auth_failed", half),
        ("x" * 5000, "auth_failed", "too long: more than 4096 characters"),
    ):
        status, body = await open_session(client, inbox, customer.token, identity=token)
        assert (status, body["code"], body["reason"]) == (401, code, reason)
        assert reason in body["message"]
    status, body = await open_session(client, inbox, customer.token)
    assert (status, body["user"]["id"]) == (200, customer.id)
    assert "reason" not in (await open_session(client, inbox, "fss_unknown"))[1]


async def test_the_next_person_on_a_browser_gets_nothing_of_the_one_before(
    client: Client, inbox: Inbox
) -> None:
    _, grace = await open_session(client, inbox, identity=identity(inbox, sub="42", name="Grace"))
    status, alan = await open_session(
        client, inbox, grace["session_token"], identity=identity(inbox, sub="43", name="Alan")
    )
    assert status == 201
    assert alan["user"]["id"] != grace["user"]["id"]
    assert alan["session_token"] != grace["session_token"]
    assert alan["conversation_id"] != grace["conversation_id"]
    # Nor does a visitor become a second one of somebody who is known already.
    _, visitor = await open_session(client, inbox)
    status, again = await open_session(
        client, inbox, visitor["session_token"], identity=identity(inbox, sub="42")
    )
    assert (status, again["user"]) == (201, grace["user"])


async def test_hostile_identities_are_refused_and_make_no_customer(
    app: Fireside, client: Client, inbox: Inbox
) -> None:
    db = app.areas.spine.db
    other = await create_inbox(db, name="Other")
    claims = {"sub": "42", "exp": time.time() + 60}
    for token, code in (
        (identity(other, sub="42"), "auth_failed"),
        (identity(inbox, sub="42", exp=1), "token_expired"),
        (jwt.encode({"sub": "42"}, inbox.identity_secret, "HS256"), "auth_failed"),
        (identity(inbox), "auth_failed"),
        (identity(inbox, sub=""), "auth_failed"),
        (identity(inbox, sub="a\0b"), "auth_failed"),
        (identity(inbox, sub="42", name="x" * 201), "auth_failed"),
        (identity(inbox, sub="42", name={"a": 1}), "auth_failed"),
        (jwt.encode(claims, "", "none"), "auth_failed"),
        (jwt.encode(claims, inbox.identity_secret.ljust(64), "HS512"), "auth_failed"),
        ("garbage", "auth_failed"),
    ):
        status, body = await open_session(client, inbox, identity=token)
        assert (status, body["code"]) == (401, code), token
    assert await db.fetchval("select count(*) from users where role = 'customer'") == 0


@pytest.mark.parametrize("claim", ["sub", "name", "email"])
async def test_a_claim_that_is_no_line_is_refused_by_its_name(
    app: Fireside, client: Client, inbox: Inbox, claim: str, subtests: pytest.Subtests
) -> None:
    for said in CASES["name"]["bad"] + CASES["blank"]:
        if claim != "sub" and not said:
            continue  # An empty one is none.
        with subtests.test(said=ascii(said)):
            claims = {"sub": "42", claim: said}
            status, body = await open_session(client, inbox, identity=identity(inbox, **claims))
            assert (status, body["code"]) == (401, "auth_failed")
            assert body["reason"].startswith(f"{claim} ")
    for said in CASES["name"]["good"]:
        claims = {"sub": "42", claim: f"{said.replace(' ', '.')}@example.com" if claim == "email" else said}
        status, body = await open_session(client, inbox, identity=identity(inbox, **claims))
        assert status == 201
        assert claim != "name" or body["user"]["name"] == said
    assert await app.areas.spine.db.fetchval("select count(*) from users where name = ''") == 0


async def test_an_inbox_with_origins_refuses_other_sites(app: Fireside, client: Client) -> None:
    inbox = await create_inbox(app.areas.spine.db, name="Strict", origins=["https://shop.example"])
    for origin, status in (
        ("https://shop.example", 201),
        ("http://localhost", 201),
        ("https://shop.example.evil.example", 403),
        ("http://shop.example", 403),
        ("null", 403),
    ):
        response = await client.post("/chat/sessions", json={"inbox": inbox.key}, headers={"Origin": origin})
        assert response.status_code == status, origin


async def test_a_browser_on_an_allowed_site_may_read_the_answer_and_others_may_not(
    app: Fireside, client: Client, come_in: Callable[[], Awaitable[Person]]
) -> None:
    await app.areas.spine.db.execute("update inboxes set origins = '{https://shop.example}'")
    allowed = await client.get("/chat/conversations", headers={"Origin": "https://shop.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert allowed.headers["Vary"] == "Origin"
    for foreign in (
        "https://evil.example",
        "null",
        "https://shop.example/",
        "file://",
        "https://shop.example\u00fc",
    ):
        refused = await client.get("/chat/conversations", headers={"Origin": foreign})
        assert "Access-Control-Allow-Origin" not in refused.headers
        assert refused.headers["Vary"] == "Origin"


async def test_if_any_site_may_read_the_answer_so_may_a_page_without_one(
    client: Client, inbox: Inbox
) -> None:
    for origin, reader in (
        ("https://any.example", "https://any.example"),
        ("null", "*"),
        ("capacitor://a", "*"),
    ):
        response = await client.post("/chat/sessions", json={"inbox": inbox.key}, headers={"Origin": origin})
        assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (201, reader)


async def test_a_site_with_an_umlaut_may_use_its_inbox(app: Fireside, client: Client) -> None:
    inbox = await create_inbox(app.areas.spine.db, name="Müller", origins=["http://Müller.example/"])
    for origin, status in (("http://xn--mller-kva.example", 201), ("http://muller.example", 403)):
        response = await client.post("/chat/sessions", json={"inbox": inbox.key}, headers={"Origin": origin})
        assert response.status_code == status


async def test_a_lookup_that_times_out_before_the_request_costs_its_answer_nothing(
    app: Fireside, client: Client, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.spine.db.ANSWER_SECONDS", 0.2)
    connection = await asyncpg.connect(app.areas.spine.settings.database_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("lock table inboxes in access exclusive mode")
    try:
        response = await client.get("/chat/agents", headers={"Origin": "https://shop.example"})
    finally:
        await transaction.rollback()
        await connection.close()
    assert response.status_code == 401
    assert "Access-Control-Allow-Origin" not in response.headers


async def test_preflights_say_what_may_be_sent(client: Client, inbox: Inbox) -> None:
    response = await client.options(
        "/chat/sessions",
        headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
    )
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


async def test_an_authorization_of_another_kind_is_refused(
    client: Client, inbox: Inbox, subtests: pytest.Subtests
) -> None:
    for header in ["Basic abc", "Bearer", "Bearer  ", "fss_x"]:
        with subtests.test(header=header):
            response = await client.post(
                "/chat/sessions", json={"inbox": inbox.key}, headers={"Authorization": header}
            )
            assert (response.status_code, (await response.get_json())["code"]) == (401, "auth_failed")
            assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_customer_is_told_whether_anyone_is_there(
    app: Fireside, client: Client, inbox: Inbox, agent: Person, customer: Person
) -> None:
    for status, online in (("online", True), ("busy", True), ("away", False), ("offline", False)):
        await app.areas.spine.db.execute(
            """
            insert into user_presence (user_id, status) values ($1, $3), ($2, 'online')
                on conflict (user_id) do update set status = excluded.status
            """,
            agent.id,
            customer.id,
            status,
        )
        _, body = await open_session(client, inbox, customer.token)
        assert body["inbox"]["agents_online"] is online, status
