from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.factory import Fireside
from app.people.preferences.service import MOST_BYTES, MOST_NAMES
from tests.rest_people import Client, Person

PATH = "/chat/me/preferences"


async def put(person: Person, values: Any) -> Any:
    return await person.client.put(PATH, headers=person.headers, json={"values": values})


async def test_a_choice_is_kept_with_its_version_and_others_stay(app: Fireside, agent: Person) -> None:
    assert await (await agent.get(PATH)).get_json() == {"version": 0, "values": {}}
    keys = {"close": ["x"], "assign": []}
    assert await (await put(agent, {"keys": keys, "single-keys": False})).get_json() == {
        "version": 1,
        "values": {"keys": keys, "single-keys": False},
    }
    of_a_later_app = {"density": {"rows": "compact", "of": [1, 2.5, None]}}
    await put(agent, of_a_later_app)
    changed = await (await put(agent, {"keys": None})).get_json()
    assert changed == {"version": 3, "values": {"single-keys": False, **of_a_later_app}}
    assert await (await agent.get(PATH)).get_json() == changed


async def test_choices_made_at_once_do_not_take_each_other_away(app: Fireside, agent: Person) -> None:
    await asyncio.gather(*(put(agent, {f"name-{number}": number}) for number in range(20)))
    stored = await (await agent.get(PATH)).get_json()
    assert stored["values"] == {f"name-{number}": number for number in range(20)}
    assert stored["version"] == 20


def deep(levels: int) -> Any:
    return [deep(levels - 1)] if levels else "end"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"a": "half \ud83d emoji"}, 400),
        ({"a": {"nul \0": 1}}, 422),
        ({"a": ["\0"]}, 422),
        ({"A name": 1}, 422),
        ({"": 1}, 422),
        ({"x" * 65: 1}, 422),
        ({"a": deep(8)}, 422),
        ({"a": "x" * MOST_BYTES}, 413),
        ({f"n{number}": 1 for number in range(MOST_NAMES + 1)}, 422),
        ([], 422),
    ],
)
async def test_what_cannot_be_kept_is_refused(app: Fireside, agent: Person, values: Any, status: int) -> None:
    response = await put(agent, values)
    assert response.status_code == status, await response.get_json()
    assert await (await agent.get(PATH)).get_json() == {"version": 0, "values": {}}


async def test_all_of_them_together_are_bounded(app: Fireside, agent: Person) -> None:
    half = "x" * (MOST_BYTES // 2)
    assert (await put(agent, {"a": half})).status_code == 200
    assert (await put(agent, {"b": half})).status_code == 413
    names = [f"n{number}" for number in range(MOST_NAMES)]
    assert (await put(agent, dict.fromkeys(names[1:], 1))).status_code == 200
    assert (await put(agent, {names[0]: 1})).status_code == 413
    # What is taken away makes room.
    assert (await put(agent, {"a": None, "b": half})).status_code == 200


async def test_they_are_of_nobody_else(
    app: Fireside, agent: Person, customer: Person, backend: Person, client: Client
) -> None:
    await put(agent, {"a": 1})
    for other in (customer, backend):
        assert (await other.get(PATH)).status_code == 403
    assert (await client.get(PATH)).status_code == 401
