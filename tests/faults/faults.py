"""All faults by their names, alone and as they come together."""

from __future__ import annotations

import asyncio
import random

from tests.faults.fault import Fault, name_of, named, pause
from tests.faults.network_faults import (
    black_hole,
    cut,
    cut_before_ack,
    cut_before_send,
    cut_mid_send,
    delay,
    finish,
    half_close,
    sleep,
    storm,
    throttle,
)
from tests.faults.outages import postgres_away, redis_away
from tests.faults.points import POINTS
from tests.faults.postgres_faults import (
    postgres_answer_lost,
    postgres_down,
    postgres_exhausted,
    postgres_locked,
    postgres_restart,
    postgres_terminate,
)
from tests.faults.redis_faults import (
    hints,
    redis_down,
    redis_flush,
    redis_freeze,
    redis_kill,
    redis_unsubscribe,
)
from tests.faults.server_faults import deploy, freeze, kill, kill_at
from tests.faults.stage import Stage


def together(*faults: Fault) -> Fault:
    async def fault(stage: Stage, length: float) -> None:
        async with asyncio.TaskGroup() as group:
            for each in faults:
                group.create_task(begin(each, stage, length))

    return named("+".join(name_of(each) for each in faults), "At the same time.", fault)


async def begin(fault: Fault, stage: Stage, length: float) -> None:
    await pause(stage, 0, 0.3)
    await fault(stage, length)


def shuffled(faults: list[Fault], rng: random.Random) -> list[Fault]:
    return rng.sample(faults, len(faults))


ALONE: list[Fault] = [
    cut,
    cut_before_send,
    cut_mid_send,
    cut_before_ack,
    finish,
    half_close,
    black_hole,
    delay,
    sleep,
    throttle,
    storm,
    kill,
    *(kill_at(point) for point in POINTS),
    freeze,
    deploy,
    redis_kill,
    redis_down,
    redis_away,
    redis_freeze,
    redis_unsubscribe,
    redis_flush,
    hints("lose"),
    hints("double"),
    hints("overtake", 0.5),
    postgres_restart,
    postgres_down,
    postgres_away,
    postgres_terminate,
    postgres_answer_lost,
    postgres_locked,
    postgres_exhausted,
]
COMBINED: list[Fault] = [
    together(deploy, storm),
    together(redis_kill, kill),
    together(postgres_restart, storm),
    together(postgres_answer_lost, cut_before_ack),
    together(hints("lose", 0.5), redis_unsubscribe, cut),
    together(redis_down, deploy),
]
FAULTS: dict[str, Fault] = {name_of(fault): fault for fault in ALONE + COMBINED}
