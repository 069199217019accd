from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from app.factory import Fireside
from app.settings import Settings
from tests.rest_people import Person
from tests.waiting import until

ComeIn = Callable[[], Awaitable[Person]]
OURS = "datname = current_database() and wait_event_type = 'Lock'"


async def made(person: Person, name: str, colour: str = "blue") -> int:
    response = await person.post("/chat/labels", {"name": name, "colour": colour})
    assert response.status_code in (200, 201), await response.get_data()
    return int((await response.get_json())["id"])


async def listed(person: Person) -> list[tuple[str, str]]:
    body = await (await person.get("/chat/labels")).get_json()
    return [(label["name"], label["colour"]) for label in body["items"]]


async def labelled(agent: Person, customer: Person, **change: list[int]) -> list[int]:
    response = await agent.patch(f"/chat/conversations/{customer.conversation_id}", change)
    assert response.status_code == 200, await response.get_data()
    return list((await response.get_json())["labels"])


async def changes(agent: Person, customer: Person) -> list[Any]:
    response = await agent.get(f"/chat/conversations/{customer.conversation_id}/messages?lane=team")
    return [
        tuple([label["name"] for label in entry["data"][which]] for which in ("added", "removed"))
        for entry in (await response.get_json())["items"]
        if entry.get("event") == "labels_changed"
    ]


@pytest.fixture
async def admin(app: Fireside, agent: Person) -> Person:
    await app.areas.spine.db.execute("update users set is_admin = true where id = $1", agent.id)
    return agent


async def test_a_name_is_there_once_however_it_is_written(agent: Person) -> None:
    first = await made(agent, "Billing")
    assert await made(agent, " billing ", "red") == first
    refunds = await made(agent, "Refunds", "green")
    assert await listed(agent) == [("Billing", "blue"), ("Refunds", "green")]
    response = await agent.patch(f"/chat/labels/{refunds}", {"name": "BILLING"})
    assert response.status_code == 422
    response = await agent.patch(f"/chat/labels/{first}", {"name": "Invoices", "colour": "teal"})
    assert await response.get_json() == {"id": first, "name": "Invoices", "colour": "teal"}
    assert (await agent.patch("/chat/labels/99", {"name": "x"})).status_code == 404


async def test_what_no_label_can_be_is_refused(
    agent: Person, customer: Person, backend: Person, subtests: pytest.Subtests
) -> None:
    for body in (
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 41},
        {"name": "a\nb\u202e"},
        {"name": "a", "colour": "#ff0000"},
    ):
        with subtests.test(body=body):
            assert (await agent.post("/chat/labels", body)).status_code == 422
    assert (await customer.post("/chat/labels", {"name": "Mine"})).status_code == 403
    assert (await customer.get("/chat/labels")).status_code == 403
    assert await listed(backend) == []


async def test_labels_on_a_conversation_are_entries_with_their_names_as_they_were(
    agent: Person, customer: Person
) -> None:
    await customer.say("hello")
    billing, refunds = await made(agent, "Billing"), await made(agent, "Refunds")
    for _ in range(2):
        assert await labelled(agent, customer, add_labels=[refunds, billing]) == [billing, refunds]
    await agent.patch(f"/chat/labels/{billing}", {"name": "Invoices"})
    for _ in range(2):
        assert await labelled(agent, customer, remove_labels=[billing], add_labels=[]) == [refunds]
    assert await changes(agent, customer) == [(["Billing", "Refunds"], []), ([], ["Invoices"])]
    response = await agent.patch(
        f"/chat/conversations/{customer.conversation_id}", {"add_labels": [billing, 99]}
    )
    assert response.status_code == 404
    many = [await made(agent, f"Label {number}") for number in range(20)]
    response = await agent.patch(f"/chat/conversations/{customer.conversation_id}", {"add_labels": many})
    assert response.status_code == 422
    assert len(await changes(agent, customer)) == 2


async def test_conversations_are_found_by_a_label_before_and_after_it_is_merged(
    admin: Person, come_in: ComeIn
) -> None:
    first, second, neither = [await come_in() for _ in range(3)]
    for person in (first, second, neither):
        await person.say("hello")
    billing, invoices, refunds = [await made(admin, name) for name in ("Billing", "Invoices", "Refunds")]
    await labelled(admin, first, add_labels=[billing])
    await labelled(admin, second, add_labels=[billing, invoices, refunds])

    async def found(label: int) -> set[str]:
        view = f'{{"op":"is","field":"label","value":[{label}]}}'
        response = await admin.get("/chat/conversations", query_string={"view": view})
        return {row["id"] for row in (await response.get_json())["items"]}

    both = {first.conversation_id, second.conversation_id}
    assert await found(billing) == both
    row = await (await admin.get(f"/chat/conversations/{second.conversation_id}")).get_json()
    for _ in range(2):
        response = await admin.post(f"/chat/labels/{billing}/merge", {"into": invoices})
        assert response.status_code == 204
    assert (await found(billing), await found(invoices)) == (set(), both)
    after = await (await admin.get(f"/chat/conversations/{second.conversation_id}")).get_json()
    assert after["labels"] == [invoices, refunds]
    assert after["version"] == row["version"] + 1
    # Nothing of it is said in the conversations, and what was said stays.
    assert await changes(admin, first) == [(["Billing"], [])]
    # Whoever still has the old one means the other, however often that was merged.
    assert await labelled(admin, neither, add_labels=[billing]) == [invoices]
    assert (await admin.post(f"/chat/labels/{invoices}/merge", {"into": refunds})).status_code == 204
    assert await labelled(admin, first, remove_labels=[billing]) == []
    assert await listed(admin) == [("Refunds", "blue")]


async def test_a_label_that_is_deleted_is_gone_and_its_name_free(admin: Person, customer: Person) -> None:
    await customer.say("hello")
    billing = await made(admin, "Billing")
    await labelled(admin, customer, add_labels=[billing])
    for _ in range(2):
        response = await admin.client.delete(f"/chat/labels/{billing}", headers=admin.headers)
        assert response.status_code == 204
    row = await (await admin.get(f"/chat/conversations/{customer.conversation_id}")).get_json()
    assert row["labels"] == []
    response = await admin.patch(f"/chat/conversations/{customer.conversation_id}", {"add_labels": [billing]})
    assert response.status_code == 404
    assert await made(admin, "Billing") != billing
    assert await changes(admin, customer) == [(["Billing"], [])]
    merged = await admin.post(f"/chat/labels/{billing}/merge", {"into": billing + 1})
    assert merged.status_code == 404


async def test_only_admins_merge_and_delete(agent: Person) -> None:
    one, other = await made(agent, "One"), await made(agent, "Other")
    assert (await agent.post(f"/chat/labels/{one}/merge", {"into": other})).status_code == 403
    response = await agent.client.delete(f"/chat/labels/{one}", headers=agent.headers)
    assert response.status_code == 403
    assert len(await listed(agent)) == 2


async def test_a_saved_view_names_the_label_that_another_was_merged_into(
    admin: Person, customer: Person
) -> None:
    await customer.say("hello")
    old, new, other = [await made(admin, name) for name in ("Old", "New", "Other")]
    await labelled(admin, customer, add_labels=[old])
    label = {"op": "is", "field": "label", "value": [other, old, new]}
    predicate = {
        "op": "and",
        "of": [{"op": "not", "of": {"op": "is", "field": "label", "value": [old]}}, label],
    }
    response = await admin.post("/chat/views", {"name": "Either", "predicate": predicate})
    view = await response.get_json()
    alone = {"op": "is", "field": "label", "value": [old]}
    found = (await (await admin.post("/chat/views", {"name": "Old", "predicate": alone})).get_json())["id"]
    for _ in range(2):
        assert (await admin.post(f"/chat/labels/{old}/merge", {"into": new})).status_code == 204
    views = {each["id"]: each for each in (await (await admin.get("/chat/views")).get_json())["items"]}
    excluded, either = views[view["id"]]["predicate"]["of"]
    assert excluded["of"]["value"] == [new]
    assert either["value"] == [other, new]
    assert views[view["id"]]["version"] == view["version"] + 1
    rows = (await (await admin.get(f"/chat/conversations?view={found}")).get_json())["items"]
    assert [row["id"] for row in rows] == [customer.conversation_id]


async def test_a_label_that_is_given_while_it_is_merged_moves_as_well(
    app: Fireside, settings: Settings, admin: Person, customer: Person
) -> None:
    db = app.areas.spine.db
    old, new = await made(admin, "Old"), await made(admin, "New")
    connection = await asyncpg.connect(settings.database_url)
    async with connection.transaction():
        data = {"added": [{"id": old, "name": "Old"}], "removed": []}
        await connection.execute(
            """
            select append_entries(array[$1::uuid], array[1::smallint], array['conversation_event'], array[$2::int],
                                  array[gen_random_uuid()], array[gen_random_uuid()], array[null::bigint],
                                  array[$3], array[null::bigint], array[null::bigint])
            """,
            customer.conversation_id,
            admin.id,
            json.dumps({"event": "labels_changed", "data": data}),
        )
        merging = asyncio.create_task(admin.post(f"/chat/labels/{old}/merge", {"into": new}))
        waiting = f"select count(*) > 0 from pg_stat_activity where {OURS}"
        await until(lambda: db.fetchval(waiting))
    await connection.close()
    assert (await merging).status_code == 204
    row = await (await admin.get(f"/chat/conversations/{customer.conversation_id}")).get_json()
    assert row["labels"] == [new]
