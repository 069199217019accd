"""The rooms of a process, and by whom they are found."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.spine.batch import Batch
from app.spine.broker import Broker
from app.spine.identity import Identity
from app.spine.log.heads import Door
from app.spine.rooms.news import News
from app.spine.rooms.room import Room
from app.spine.rooms.rooms import Rooms
from app.values.redis_address import RedisAddress

ADA = Identity(user_id=1, role="agent", name="Ada")
PEOPLE = st.sets(st.integers(1, 4))


def made() -> Rooms:
    return Rooms(cast(Any, None), Broker(RedisAddress(), process_id=bytes(16)), News())


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["open", "join", "close"]), PEOPLE)))
def test_the_rooms_of_an_agent_are_found_without_a_walk(
    steps: list[tuple[int, str, set[int]]],
) -> None:
    async def play() -> None:
        rooms = made()
        pinned: list[Room] = []
        for number, step, agents in steps:
            conversation_id = UUID(int=number)
            if step == "open":
                door = Door(last_seq=0, team_last_seq=0, customer_id=9, agents=agents, marks=[])
                rooms._doors = Batch(all_lead_to(door))
                pinned.append((await rooms.pin(ADA, conversation_id))[0])
            elif step == "join":
                for user_id in agents:
                    rooms.tell_agent(conversation_id, user_id)
            elif pinned:
                rooms.unpin(pinned.pop())
            for user_id in range(1, 5):
                assert set(rooms.with_agent(user_id)) == {room for room in rooms if user_id in room.agents}
        for room in pinned:
            rooms.unpin(room)
        assert (len(rooms), rooms._by_agent, rooms._by_customer) == (0, {}, {})

    asyncio.run(play())


def all_lead_to(door: Door) -> Any:
    async def load(keys: list[Any]) -> Mapping[Any, Door]:
        return dict.fromkeys(keys, door)

    return load
