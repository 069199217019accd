"""The first frame: who is let in, and what the others are told."""

from __future__ import annotations

import json
import time
from uuid import UUID, uuid4

import jwt
import pytest

from app.protocol import Surface
from tests.client import Client, Event
from tests.server.fixtures import Connect
from tests.server.installation import JWT_SECRET, Installation, Person, access_token

ENVIRONMENT = {"AUTH_TIMEOUT_MS": "2000"}
SURFACES: list[Surface] = ["admin", "widget"]


async def refused(client: Client, frame: str | bytes) -> tuple[Event, int]:
    """Say something else than a good `authenticate`; return the error and the close code."""
    await client.wire.send(frame)
    code = await client.closed()
    (error,) = client.seen
    assert error["type"] == "error"
    assert error["message"]
    return error, code


def authenticate(token: object, **fields: object) -> str:
    return json.dumps({"type": "authenticate", "id": "a", "token": token, "v": 1, **fields})


async def test_a_customer_is_welcomed(connect: Connect, customer: Person) -> None:
    client = await connect(customer)
    welcome = client.welcome
    assert welcome["type"] == "authenticated"
    assert welcome["v"] == 1
    assert welcome["user"] == {"id": customer.id, "role": "customer", "name": customer.name}
    assert (welcome["heartbeat_ms"], welcome["timeout_ms"]) == (25_000, 60_000)
    assert welcome["limits"] == {"frame_bytes": 65_536, "text_chars": 16_000, "edit_seconds": 900}
    assert "token_expires_at" not in welcome


async def test_an_agent_is_told_when_the_token_ends(connect: Connect, installation: Installation) -> None:
    admin = await installation.agent("Grace", is_admin=True)
    client = await connect(admin)
    assert client.welcome["user"] == {"id": admin.id, "role": "agent", "name": "Grace", "is_admin": True}
    assert client.welcome["token_expires_at"].endswith("Z")


async def test_each_socket_has_an_id_of_its_own(connect: Connect, agent: Person) -> None:
    first, second = await connect(agent), await connect(agent)
    assert first.welcome["connection_id"] != second.welcome["connection_id"]


async def test_the_clients_name_for_itself_and_fields_from_the_future_are_fine(
    connect: Connect, customer: Person
) -> None:
    client = await connect(customer, client={"name": "widget", "version": "9"}, from_the_future=[1, {}])
    assert client.welcome["type"] == "authenticated"


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "fss_" + "x" * 43, "\0", "é\ud800", "x" * 4096])
async def test_a_token_that_nobody_was_given_is_refused(
    connect: Connect, surface: Surface, token: str
) -> None:
    error, code = await refused(await connect.bare(surface), authenticate(token))
    # A lone surrogate is no text: JSON cannot carry it, and the request is told so under its id.
    wrong = ("invalid", 4400) if "\ud800" in token else ("auth_failed", 4401)
    assert (error["code"], code) == wrong


async def test_a_token_of_the_other_surface_is_refused(
    connect: Connect, customer: Person, agent: Person
) -> None:
    for person, surface in ((customer, "admin"), (agent, "widget")):
        error, code = await refused(await connect.bare(surface), authenticate(person.token))
        assert (error["re"], error["code"], code) == ("a", "auth_failed", 4401)


@pytest.mark.parametrize(
    ("claims", "secret", "algorithm"),
    [
        ({}, None, "none"),
        ({}, "another secret that is long enough too", "HS256"),
        ({}, JWT_SECRET * 2, "HS512"),
        ({"aud": "ws-widget"}, JWT_SECRET, "HS256"),
        ({"aud": None}, JWT_SECRET, "HS256"),
        ({"exp": None}, JWT_SECRET, "HS256"),
        ({"sub": "1 or 1=1"}, JWT_SECRET, "HS256"),
        ({"sub": "99999999999"}, JWT_SECRET, "HS256"),
        ({"sub": "2147483647"}, JWT_SECRET, "HS256"),
        ({"sid": str(uuid4())}, JWT_SECRET, "HS256"),
    ],
)
async def test_a_forged_access_token_is_refused(
    connect: Connect, agent: Person, claims: dict[str, object], secret: str | None, algorithm: str
) -> None:
    good = {"sub": str(agent.id), "aud": "ws-admin", "exp": int(time.time()) + 900}
    forged = {name: value for name, value in {**good, **claims}.items() if value is not None}
    token = jwt.encode(forged, secret, algorithm)
    error, code = await refused(await connect.bare("admin"), authenticate(token))
    assert (error["code"], code) == ("auth_failed", 4401)


async def test_an_expired_access_token_is_told_from_a_bad_one(connect: Connect, agent: Person) -> None:
    token = access_token(agent.id, seconds=-1)
    error, code = await refused(await connect.bare("admin"), authenticate(token))
    assert (error["code"], code) == ("token_expired", 4201)


async def test_an_expired_session_is_told_from_a_bad_one(
    connect: Connect, installation: Installation, customer: Person
) -> None:
    await installation.sql("update sessions set expires_at = now() where user_id = $1", customer.id)
    error, code = await refused(await connect.bare(), authenticate(customer.token))
    assert (error["code"], code) == ("token_expired", 4201)


async def test_a_revoked_session_and_a_disabled_agent_are_refused(
    connect: Connect, installation: Installation, customer: Person, agent: Person
) -> None:
    await installation.sql("update sessions set revoked_at = now() where user_id = $1", customer.id)
    await installation.sql("update users set disabled_at = now() where id = $1", agent.id)
    for person in (customer, agent):
        error, code = await refused(await connect.bare(person.surface), authenticate(person.token))
        assert (error["code"], code) == ("auth_failed", 4401)


async def test_another_version_is_refused(connect: Connect, customer: Person) -> None:
    error, code = await refused(await connect.bare(), authenticate(customer.token, v=2))
    assert (error["re"], error["code"], code) == ("a", "invalid", 4406)


@pytest.mark.parametrize("surface", SURFACES)
async def test_any_other_request_first_is_refused(connect: Connect, surface: Surface) -> None:
    frame = json.dumps({"type": "join_conversation", "id": 7, "conversation_id": str(UUID(int=1))})
    error, code = await refused(await connect.bare(surface), frame)
    assert (error["re"], error["code"], code) == (7, "not_authenticated", 4400)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "nonsense",
        "[]",
        "null",
        "{}",
        '{"type": 7}',
        '{"type": "authenticate"}',
        "[" * 5000,
        '{"a":' * 1300,
        b"",
        b"{}",
        b"\xff\xfe",
        "\0",
    ],
)
async def test_a_frame_that_is_no_request_is_refused(connect: Connect, frame: str | bytes) -> None:
    error, code = await refused(await connect.bare(), frame)
    assert "re" not in error
    assert (error["code"], code) == ("bad_frame", 4400)


@pytest.mark.parametrize(
    "frame",
    [
        authenticate(7),
        authenticate("x" * 4097),
        authenticate("x", v="1"),
        authenticate("x", resume=[]),
        authenticate("x", resume={"no uuid": {"since": 1}}),
        authenticate("x", resume={str(UUID(int=1)): {"since": -1}}),
        authenticate("x", resume={str(UUID(int=1)): {"since": 2**63}}),
        authenticate("x", resume={str(UUID(int=1)): {}}),
    ],
)
async def test_a_field_that_cannot_be_is_named(connect: Connect, frame: str) -> None:
    error, code = await refused(await connect.bare(), frame)
    assert (error["re"], error["code"], code) == ("a", "invalid", 4400)


async def test_the_first_frame_may_have_8_kib(connect: Connect, customer: Person) -> None:
    room = 8192 - len(authenticate(customer.token, client=""))
    good = await connect.bare()
    await good.wire.send(authenticate(customer.token, client="x" * room))
    assert (await good.answer("a"))["type"] == "authenticated"
    error, code = await refused(await connect.bare(), authenticate(customer.token, client="x" * (room + 1)))
    assert (error["code"], code) == ("bad_frame", 4400)


async def test_a_silent_client_is_let_go(connect: Connect) -> None:
    client = await connect.bare()
    assert await client.closed() == 4200
    (error,) = client.seen
    assert error["code"] == "not_authenticated"


async def test_authenticating_again_is_an_error_and_no_end(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    client, other = await connect(customer), await installation.customer()
    assert await client.refusal("authenticate", token=other.token, v=1) == "invalid"
    assert await client.refusal("join_conversation", conversation_id=other.conversation_id) == "not_found"
    await client.join(customer.conversation_id)
