"""GET /events: a backend hears the whole log, in the order of commits, and nothing is left out."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.factory import Fireside
from app.people.operating.service import revoke_api_key
from app.protocol import Sender
from app.spine.log.entry import Draft
from app.spine.log.position import Bookmark, Position
from app.values.uuid7 import uuid7
from tests.rest_people import Person
from tests.spine.log.written import Written, faults_of, held_open


async def read(backend: Person, **query: Any) -> Any:
    response = await backend.get("/events", query_string={"wait": 0, **query})
    assert response.status_code == 200, await response.get_data(as_text=True)
    return await response.get_json()


async def walk(backend: Person, **query: Any) -> tuple[list[Any], str]:
    """Read on until nothing is left; return all items and the last `next`."""
    items = []
    while (page := await read(backend, **query))["items"]:
        items += page["items"]
        query["after"] = page["next"]
    return items, page["next"]


def seqs(items: list[Any]) -> list[int]:
    return [item["entry"]["seq"] for item in items]


async def test_entries_have_the_shape_of_the_sockets_and_their_lane(
    backend: Person, customer: Person, agent: Person
) -> None:
    await customer.say("Hello")
    await agent.say("Who knows this one?", customer.conversation_id, lane="team")
    await agent.patch(f"/chat/conversations/{customer.conversation_id}", {"status": "closed"})
    items, _ = await walk(backend)
    path = f"/chat/conversations/{customer.conversation_id}/events?wait=0"
    public = (await (await agent.get(path)).get_json())["items"]
    team = (await (await agent.get(path + "&lane=team")).get_json())["items"]
    entries = [item["entry"] for item in items]
    assert [entry for entry in entries if entry.get("lane") is None] == public
    assert [entry for entry in entries if entry.get("lane") == "team"] == team
    assert len(entries) == len(public) + len(team) >= 3
    assert [item["id"] for item in items] == [entry["message_id"] for entry in entries]


async def test_it_begins_with_the_oldest_and_goes_on_from_next(backend: Person, customer: Person) -> None:
    first = await read(backend)
    assert first["items"] == []
    for text in ("one", "two", "three"):
        await customer.say(text)
    assert seqs((await read(backend, after=first["next"]))["items"]) == [1, 2, 3]
    page = await read(backend, limit=2)
    assert seqs(page["items"]) == [1, 2]
    rest = await read(backend, after=page["next"])
    assert seqs(rest["items"]) == [3]
    nothing = await read(backend, after=rest["next"])
    assert (nothing["items"], nothing["next"]) == ([], rest["next"])
    # Entries that were dealt with and not remembered come again, under the same id.
    assert (await read(backend, after=page["next"]))["items"] == rest["items"]


async def test_what_was_edited_or_deleted_reads_as_in_the_history(
    app: Fireside, backend: Person, customer: Person
) -> None:
    for _ in range(2):
        await customer.say("my password is hunter2")
    for type_, seq, body in (
        ("message_edited", 1, b'{"type": "text", "text": "sorry"}'),
        ("message_deleted", 2, b"{}"),
    ):
        await app.areas.spine.journal.append(
            Draft(
                conversation_id=UUID(customer.conversation_id),
                type=type_,
                sender=Sender(customer.id, "customer", "Visitor"),
                client_msg_id=uuid7(),
                message_id=uuid7(),
                target_seq=seq,
                body=body,
            )
        )
    items, _ = await walk(backend)
    assert "hunter2" not in str(items)
    assert [(item["entry"]["type"], item["entry"].get("content")) for item in items] == [
        ("message_received", {"type": "text", "text": "sorry"}),
        ("message_received", {"type": "deleted"}),
        ("message_edited", {"type": "text", "text": "sorry"}),
        ("message_deleted", None),
    ]


async def test_what_this_version_cannot_read_is_passed_on_as_unknown(
    app: Fireside, backend: Person, customer: Person
) -> None:
    for text in ("one", "two", "three"):
        await customer.say(text)
    await app.areas.spine.db.execute("update entries set type = 'file_received' where seq = 2")
    await app.areas.spine.db.execute("update entries set body = '[1]' where seq = 3")
    items, _ = await walk(backend)
    assert seqs(items) == [1, 2, 3]
    assert items[1]["entry"]["type"] == "unknown"
    assert items[2]["entry"]["content"] == {"type": "unknown"}


async def test_a_page_of_long_texts_ends_early(backend: Person, customer: Person) -> None:
    for _ in range(12):
        await customer.say("x" * 4_000 * 4)
    first = await read(backend)
    assert 1 <= len(first["items"]) < 12
    assert seqs((await walk(backend))[0]) == list(range(1, 13))


async def test_a_walk_over_concurrent_appends_finds_exactly_the_log(
    app: Fireside, backend: Person, database_url: str
) -> None:
    written = Written(app.areas.spine.db, database_url)
    await written.prepare()
    conversations = [await written.conversation() for _ in range(6)]
    writers = [
        asyncio.create_task(written.write_much(conversations, batches=15, seed=seed)) for seed in range(4)
    ]
    items, place = await walk(backend, limit=9)
    while not all(writer.done() for writer in writers):
        more, place = await walk(backend, limit=9, after=place)
        items += more
    async with held_open(database_url, "create temporary table long_one (id integer)"):
        await written.write(*conversations)
        more, place = await walk(backend, limit=9, after=place)
        items += more
    items += (await walk(backend, limit=9, after=place))[0]
    told = [
        (UUID(entry["conversation_id"]), int(entry.get("lane") == "team"), entry["seq"])
        for entry in (item["entry"] for item in items)
    ]
    assert faults_of(told, await written.log()) == []


# --- waiting


async def test_a_request_waits_until_something_is_said(backend: Person, customer: Person) -> None:
    place = (await read(backend))["next"]
    waiting = asyncio.create_task(read(backend, after=place, wait=25))
    from_the_start = asyncio.create_task(read(backend, wait=25))
    await asyncio.sleep(0)
    await customer.say("Hello")
    assert seqs((await waiting)["items"]) == seqs((await from_the_start)["items"]) == [1]


async def test_a_process_that_leaves_lets_go_of_those_who_wait(app: Fireside, backend: Person) -> None:
    waiting = asyncio.create_task(read(backend, wait=25))
    while not app.areas.spine.tail._waiting:
        await asyncio.sleep(0)
    app.areas.spine.tail.release()
    assert (await waiting)["items"] == []


async def test_a_key_that_is_revoked_while_it_waits_hears_nothing(
    app: Fireside, backend: Person, customer: Person
) -> None:
    waiting = asyncio.create_task(backend.get("/events", query_string={"wait": 25}))
    while not app.areas.spine.tail._waiting:
        await asyncio.sleep(0)
    await revoke_api_key(app.areas.spine.db, "shop backend")
    await customer.say("Hello")
    assert (await waiting).status_code == 401


# --- what is refused


async def test_only_a_backend_may_read_it(agent: Person, customer: Person) -> None:
    for person in (agent, customer):
        assert (await person.get("/events?wait=0")).status_code == 403
    assert (await customer.client.get("/events?wait=0")).status_code == 401


@pytest.mark.parametrize(
    "after", ["", "0", "1.2.3", "-1.0.0.00000000", "1.2.3.zzzzzzzz", "9" * 30 + ".0.0.00000000"]
)
async def test_what_is_no_position_is_invalid(backend: Person, after: str) -> None:
    response = await backend.get("/events", query_string={"wait": 0, "after": after})
    assert response.status_code == 422
    assert (await response.get_json())["code"] == "invalid"


@pytest.mark.parametrize("query", [{"wait": 26}, {"wait": -1}, {"limit": 0}, {"limit": 501}])
async def test_what_is_beyond_the_bounds_is_invalid(backend: Person, query: Any) -> None:
    assert (await backend.get("/events", query_string=query)).status_code == 422


async def test_a_position_that_is_not_known_any_more_is_gone(
    app: Fireside, backend: Person, customer: Person
) -> None:
    beginning = (await read(backend))["next"]
    for text in ("one", "two"):
        await customer.say(text)
    first = (await read(backend, limit=1))["next"]
    db = app.areas.spine.db
    await db.execute("update tail set at = now() - interval '8 days'")
    while await db.fetchval("select count(*) from tail"):  # Until our own reader has been there.
        await app.areas.people.clearing.clear()
    for after in (beginning, first, str(Bookmark(Position(10**17, 1, 1)))):
        response = await backend.get("/events", query_string={"wait": 0, "after": after})
        assert response.status_code == 410
        body = await response.get_json()
        assert body["code"] == "gone"
        assert "Begin anew" in body["message"]
    await customer.say("three")
    assert seqs((await read(backend))["items"]) == [3]
