"""An allowance against its model: a bucket that holds the count, is full at first, and refills evenly."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol import Surface
from app.settings.variables import settings_of
from app.spine.allowance import PERIOD_SECONDS, Allowance, Allowances, allowances

COUNTS = st.sampled_from([1, 2, 4, 5, 8, 10, 16, 20, 32, 40, 80])
"""Those of which the tenth of the reciprocal is exact in binary, so that no rounding blurs the comparison."""
PAUSES = st.integers(0, 64).map(lambda count: Fraction(count, 16)) | st.integers(0, 40).map(Fraction)


@dataclass
class Bucket:
    count: int
    left: Fraction = dataclasses.field(init=False)
    at: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        self.left = Fraction(self.count)

    def take(self, now: Fraction) -> Fraction:
        each = Fraction(PERIOD_SECONDS) / self.count
        self.left = min(Fraction(self.count), self.left + (now - self.at) / each)
        self.at = now
        if self.left < 1:
            return (1 - self.left) * each
        self.left -= 1
        return Fraction(0)


@given(COUNTS, st.lists(st.tuples(PAUSES, st.integers(1, 12)), max_size=30))
def test_it_lets_pass_what_a_bucket_has_left_and_tells_the_wait(
    count: int, bursts: list[tuple[Fraction, int]]
) -> None:
    allowance, bucket, now = Allowance(count), Bucket(count), Fraction(1000)
    bucket.at = now
    for pause, size in bursts:
        now += pause
        for _ in range(size):
            assert allowance.take(float(now)) == bucket.take(now)


@given(COUNTS, st.lists(PAUSES, max_size=30))
def test_waiting_as_told_is_enough_and_waiting_less_is_not(count: int, pauses: list[Fraction]) -> None:
    allowance, now = Allowance(count), 0.0
    for pause in pauses:
        now += float(pause)
        while not (wait := allowance.take(now)):
            pass
        assert 0 < wait <= PERIOD_SECONDS
        assert allowance.take(now + wait / 2) == wait / 2
        now += wait
        assert allowance.take(now) == 0
    # Being refused has cost nothing: after a period of silence all is there again.
    now += PERIOD_SECONDS
    assert [allowance.take(now) == 0 for _ in range(count + 1)] == [True] * count + [False]


@given(st.integers(1, 20_000), st.floats(0, 1e7))
def test_any_count_may_be_used_up_at_once_and_no_more(count: int, now: float) -> None:
    allowance = Allowance(count)
    assert [allowance.take(now) for _ in range(count)] == [0] * count
    assert allowance.take(now) > 0


@given(st.lists(st.floats(0, 1e9), max_size=50))
def test_a_count_of_nothing_allows_everything(times: list[float]) -> None:
    allowance = Allowance(0)
    assert not any(allowance.take(now) for now in sorted(times) for _ in range(100))


@pytest.mark.parametrize("surface", ["widget", "admin"])
def test_each_kind_has_the_count_of_its_own_setting(surface: Surface) -> None:
    kinds = Allowances.__struct_fields__
    counts = {f"LIMIT_{surface}_{kind}".upper(): number for number, kind in enumerate(kinds, 1)}
    made = allowances(settings_of(counts), surface)
    for number, kind in enumerate(kinds, 1):
        passed = [getattr(made, kind).take(5.0) for _ in range(10)].count(0.0)
        assert passed == number, kind
