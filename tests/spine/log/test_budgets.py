"""Budgets of bytes: which senders and conversations they count, and that they do not grow."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from app.errors import RateLimited
from app.protocol import Role, Sender
from app.settings import Settings
from app.settings.limits import Limits
from app.spine.log.budgets import DAY_SECONDS, SWEEP_AT, Budget, Budgets
from app.spine.log.entry import Draft

SIZE = 65_536
HERE = uuid4()
NOTHING = {"customer_bytes": 0, "customer_day_bytes": 0, "conversation_bytes": 0}


def budgets(**limits: int) -> Budgets:
    return Budgets(Settings(limits=msgspec.structs.replace(Limits(), **{**NOTHING, **limits})))


def draft(sender: int = 1, where: UUID = HERE, role: Role = "customer", size: int = SIZE) -> Draft:
    return Draft(
        conversation_id=where,
        sender=Sender(sender, role, "Somebody"),
        client_msg_id=uuid4(),
        message_id=uuid4(),
        body=b"x" * size,
    )


@pytest.mark.parametrize("limit", NOTHING)
def test_a_customer_who_has_used_it_up_is_told_how_long_to_wait(limit: str) -> None:
    counted = budgets(**{limit: SIZE})
    counted.take(draft())
    with pytest.raises(RateLimited) as refused:
        counted.take(draft())
    assert refused.value.retry_after_ms
    period = DAY_SECONDS if limit == "customer_day_bytes" else 10
    assert period * 900 < refused.value.retry_after_ms <= period * 1000


@pytest.mark.parametrize(
    ("limit", "others"),
    [
        ("customer_bytes", {"sender": 2}),
        ("customer_day_bytes", {"sender": 2}),
        ("conversation_bytes", {"where": uuid4()}),
    ],
)
def test_others_have_budgets_of_their_own(limit: str, others: dict[str, Any]) -> None:
    counted = budgets(**{limit: SIZE})
    counted.take(draft())
    counted.take(draft(**others))


@pytest.mark.parametrize("role", ["agent", "bot", "system"])
@pytest.mark.parametrize("limit", NOTHING)
def test_ours_are_not_counted(limit: str, role: Role) -> None:
    counted = budgets(**{limit: SIZE})
    for _ in range(3):
        counted.take(draft(role=role))


def test_a_limit_of_nothing_is_none() -> None:
    counted = budgets()
    for _ in range(100):
        counted.take(draft())


def test_budgets_that_are_whole_again_are_forgotten() -> None:
    budget = Budget(SIZE, 10)
    for second in range(10 * SWEEP_AT):
        assert budget.take(second, 1, float(second)) == 0
    assert len(budget) <= SWEEP_AT


def test_a_budget_that_is_in_use_is_kept() -> None:
    budget = Budget(SIZE, 10)
    budget.take("somebody", SIZE, 0.0)
    for number in range(3 * SWEEP_AT):
        budget.take(number, SIZE, 0.0)
    assert budget.take("somebody", 1, 0.0) > 0


def test_a_text_that_is_refused_by_one_budget_is_charged_to_no_other() -> None:
    counted = budgets(conversation_bytes=SIZE, customer_day_bytes=3 * SIZE)
    counted.take(draft())
    for _ in range(10):
        with pytest.raises(RateLimited):
            counted.take(draft())
    counted.take(draft(where=uuid4()))
    counted.take(draft(where=uuid4()))
    with pytest.raises(RateLimited):
        counted.take(draft(where=uuid4()))
