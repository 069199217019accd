"""What is measured, and whom it is compared with."""

from __future__ import annotations

import msgspec

CHATS = ("fireside", "socketio_node", "python_socketio")
ALL = (*CHATS, "ws_node", "picows")
OURS = ("fireside",)


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    title: str
    load: str
    """What the load does: a module of `bench/load/`."""
    servers: tuple[str, ...]
    options: dict[str, float]
    warm_up: float = 2.0
    seconds: float = 5.0


PLAN = [
    Scenario(
        name="fanout",
        title="Fan-out into one room of 500",
        load="fanout",
        servers=ALL,
        options={"members": 500, "in_flight": 16},
    ),
    Scenario(
        name="durable",
        title="Durable chat in 200 conversations, saturated",
        load="durable",
        servers=CHATS,
        options={"conversations": 200, "in_flight": 1},
    ),
    *(
        Scenario(
            name=f"rate_{per_second}",
            title=f"{per_second:,} messages a second, 500 conversations, 1,000 connections",
            load="rate",
            servers=CHATS,
            options={"conversations": 500, "per_second": per_second},
            seconds=8.0,
        )
        for per_second in (100, 1_000)
    ),
    *(
        Scenario(
            name=f"rate_{per_second}_crowd",
            title=f"{per_second:,} messages a second, 2,500 conversations, 5,000 connections",
            load="rate",
            servers=OURS,
            options={"conversations": 2_500, "per_second": per_second},
            seconds=8.0,
        )
        for per_second in (100, 1_000)
    ),
    Scenario(
        name="inbox",
        title="An agent's inbox with 2,000 live conversations, 200 messages a second",
        load="inbox",
        servers=CHATS,
        options={"conversations": 2_000, "per_second": 200},
        seconds=8.0,
    ),
    *(
        Scenario(
            name=f"storm_{connections}",
            title=f"{connections:,} clients cut off at once, each resumes its conversation",
            load="storm",
            servers=servers,
            options={"connections": connections},
        )
        for connections, servers in ((1_000, CHATS), (2_000, CHATS), (5_000, OURS))
    ),
    Scenario(
        name="idle",
        title="5,000 idle connections",
        load="idle",
        servers=CHATS,
        options={"connections": 5_000},
    ),
]
