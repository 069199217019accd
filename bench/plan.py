"""The measurements, whom they are compared with, and what we want of them."""

from __future__ import annotations

from typing import Literal

import msgspec

CHATS = ("fireside", "socketio_node", "python_socketio")
BUN = ("bun", "bun_grouped")
ALL = (*CHATS, *BUN, "bun_unstored", "ws_node", "picows")
PAIR = ("fireside", "socketio_node")
OURS = ("fireside",)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A bound for a figure of ours, or for its ratio to another server's in the same round."""

    figure: str
    versus: str | None = None
    at_least: float | None = None
    at_most: float | None = None


ONCE = Target(figure="delivered_share", at_least=1, at_most=1)
"""Everything that was sent, and nothing twice."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    title: str
    load: str
    """The load: a module of `bench/load/`."""
    servers: tuple[str, ...]
    options: dict[str, float]
    warm_up: float = 2.0
    seconds: float = 5.0
    processes: int = 1
    """Server processes on the same engines; sockets get them in turn."""
    entries: int = 0
    """Entries stored beforehand, over 1,000 conversations."""
    targets: tuple[Target, ...] = ()


def rate(
    name: str, per_second: int, conversations: int, *targets: Target, servers: tuple[str, ...]
) -> Scenario:
    return Scenario(
        name=name,
        title=f"{per_second:,} messages a second in {conversations:,} conversations, "
        f"{2 * conversations:,} connections",
        load="rate",
        servers=servers,
        options={"conversations": conversations, "per_second": per_second},
        seconds=8.0,
        targets=(
            Target(figure="p99_ms", at_most=100),
            ONCE,
            *targets,
        ),
    )


def storm(connections: int, *targets: Target, servers: tuple[str, ...]) -> Scenario:
    return Scenario(
        name=f"storm_{connections}",
        title=f"{connections:,} clients cut off at once, each comes back and resumes its conversation",
        load="storm",
        servers=servers,
        options={"connections": connections},
        targets=(
            Target(figure="resumed_share", at_least=1, at_most=1),
            Target(figure="dropped_share", at_most=0.01),
            *targets,
        ),
    )


FANOUT = Scenario(
    name="fanout",
    title="Fan-out into one room of 500",
    load="fanout",
    servers=ALL,
    options={"members": 500, "in_flight": 16},
    targets=(
        Target(figure="per_second", versus="socketio_node", at_least=1.7),
        Target(figure="per_second", versus="ws_node", at_least=1.0),
        Target(figure="per_second", versus="picows", at_least=0.9),
        ONCE,
    ),
)
ONE_BY_ONE = msgspec.structs.replace(
    FANOUT,
    name="one_by_one",
    title="The same with one message on its way, so that none shares a write with another",
    options={"members": 500, "in_flight": 1},
    targets=(ONCE,),
)
FOUR = msgspec.structs.replace(
    FANOUT,
    name="four",
    title="The same with four messages on their way",
    servers=("fireside", *BUN, "bun_unstored"),
    options={"members": 500, "in_flight": 4},
    targets=(
        Target(figure="per_second", versus="bun", at_least=1.0),
        Target(figure="per_second", versus="bun_grouped", at_least=1.0),
        Target(figure="per_second", versus="bun_unstored", at_least=0.8),
        ONCE,
    ),
)
DURABLE = Scenario(
    name="durable",
    title="Durable chat in 200 conversations, as much as the server can take",
    load="durable",
    servers=(*CHATS, *BUN),
    options={"conversations": 200},
    targets=(
        Target(figure="per_second", versus="socketio_node", at_least=1.3),
        Target(figure="per_second", versus="bun", at_least=1.5),
        ONCE,
    ),
)
COMPARISON = (
    FANOUT,
    FOUR,
    ONE_BY_ONE,
    DURABLE,
    rate("rate_100", 100, 500, servers=CHATS),
    rate(
        "rate_1000",
        1_000,
        500,
        Target(figure="p99_ms", versus="socketio_node", at_most=1.0),
        Target(figure="p99_ms", versus="bun", at_most=1.0),
        Target(figure="p99_ms", at_most=20),
        servers=(*CHATS, *BUN),
    ),
    rate("rate_100_crowd", 100, 2_500, servers=OURS),
    rate("rate_1000_crowd", 1_000, 2_500, servers=OURS),
    Scenario(
        name="inbox",
        title="An agent's inbox with 2,000 live conversations, 200 messages a second",
        load="inbox",
        servers=CHATS,
        options={"conversations": 2_000, "per_second": 200},
        seconds=8.0,
        targets=(ONCE,),
    ),
    storm(1_000, Target(figure="mean_seconds", at_most=2), servers=(*CHATS, "bun")),
    storm(2_000, Target(figure="per_second", versus="socketio_node", at_least=1.5), servers=(*CHATS, "bun")),
    storm(
        5_000,
        Target(figure="mean_seconds", at_most=2),
        Target(figure="worst_seconds", at_most=10),
        servers=OURS,
    ),
    Scenario(
        name="idle",
        title="5,000 idle connections",
        load="idle",
        servers=CHATS,
        options={"connections": 5_000},
        targets=(Target(figure="kilobytes", at_most=40),),
    ),
)
CONVERSATIONS = tuple(
    Scenario(
        name=f"conversations_{count}",
        title=f"{count:,} conversations",
        load="many",
        servers=PAIR,
        options={"conversations": count, "in_flight": 200},
    )
    for count in (10, 100, 1_000, 10_000)
)
ENTRIES = tuple(
    Scenario(
        name=f"entries_{count}",
        title=f"{count:,} stored entries",
        load="durable",
        servers=OURS,
        options={"conversations": 200},
        entries=count,
    )
    for count in (1_000, 10_000, 100_000, 1_000_000)
)
WIDE = msgspec.structs.replace(
    FANOUT,
    title="Fan-out into one room of 500, 64 messages on their way for each process",
    options={"members": 500, "in_flight": 64},
)
PROCESSES = tuple(
    msgspec.structs.replace(
        scenario,
        name=f"{scenario.name}_{count}_processes",
        title=f"{scenario.title}, {count} {'process' if count == 1 else 'processes'}",
        servers=OURS,
        # As much for each process, or each would write smaller batches.
        options={**scenario.options, share: scenario.options[share] * count},
        processes=count,
        targets=(),
    )
    for scenario, share in ((WIDE, "in_flight"), (DURABLE, "conversations"))
    for count in (1, 2)
)
Size = Literal["quick", "full"]
PLANS: dict[Size, tuple[Scenario, ...]] = {
    "quick": tuple(msgspec.structs.replace(each, servers=(*PAIR, "bun")) for each in (FANOUT, DURABLE)),
    "full": (*COMPARISON, *CONVERSATIONS, *ENTRIES, *PROCESSES),
}
