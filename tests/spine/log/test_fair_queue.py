"""The fair queue: what is kept whatever comes, and how long a short message waits behind somebody's long ones."""

from __future__ import annotations

from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from app.spine.log.fair_queue import ITEM_BYTES, FairQueue

SIZE = 64 * 1024
BATCH_BYTES = 256 * 1024
Item = tuple[str, int]

items = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, SIZE)), max_size=60)


def key(item: Item) -> Hashable:
    return item


def everything(item: Item) -> bool:
    return True


def filled(wanted: list[tuple[str, int]]) -> FairQueue[Item]:
    queue: FairQueue[Item] = FairQueue()
    for number, (sender, size) in enumerate(wanted):
        queue.put((sender, number), sender, size)
    return queue


def emptied(queue: FairQueue[Item], most: int = 4) -> list[list[Item]]:
    batches = []
    while len(queue):
        batches.append(queue.take(most, BATCH_BYTES, key, everything))
    return batches


@given(items, st.integers(1, 10))
def test_everything_comes_once_in_each_senders_order(wanted: list[tuple[str, int]], most: int) -> None:
    queue = filled(wanted)
    taken = [item for batch in emptied(queue, most) for item in batch]
    for sender in "abc":
        numbers = [number for name, number in taken if name == sender]
        assert numbers == [number for number, (name, _) in enumerate(wanted) if name == sender]
    assert queue.bytes == 0
    assert all(queue.bytes_of(sender) == 0 for sender in "abc")


@given(items, st.integers(1, 10))
def test_batches_are_bounded_by_count_and_bytes_but_for_one_that_is_too_large(
    wanted: list[tuple[str, int]], most: int
) -> None:
    for batch in emptied(filled(wanted), most):
        size = sum(wanted[number][1] + ITEM_BYTES for _, number in batch)
        assert 1 <= len(batch) <= most
        assert size <= BATCH_BYTES or len(batch) == 1


@given(items)
def test_the_bytes_that_wait_are_known_in_all_and_by_sender(wanted: list[tuple[str, int]]) -> None:
    queue = filled(wanted)
    left = dict(enumerate(wanted))
    while True:
        for name in "abc":
            assert queue.bytes_of(name) == sum(
                size + ITEM_BYTES for who, size in left.values() if who == name
            )
        assert queue.bytes == sum(size + ITEM_BYTES for _, size in left.values())
        if not left:
            return
        for _, number in queue.take(3, BATCH_BYTES, key, everything):
            del left[number]


@given(st.integers(1, 100), st.integers(1, 40), st.integers(0, 100))
def test_a_short_message_waits_for_no_more_than_what_is_being_written(
    flooders: int, each: int, size: int
) -> None:
    queue: FairQueue[Item] = FairQueue()
    for number in range(each):
        for flooder in range(flooders):
            queue.put((f"flooder {flooder}", number), flooder, SIZE)
    queue.take(1, BATCH_BYTES, key, everything)
    queue.put(("short", 0), "somebody else", size)
    assert queue.take(1, BATCH_BYTES, key, everything) == [("short", 0)]


def test_many_small_ones_of_one_sender_are_no_cheaper_than_one_large() -> None:
    queue: FairQueue[Item] = FairQueue()
    for number in range(1000):
        queue.put(("flooder", number), "flooder", 0)
    queue.put(("somebody", 0), "somebody", 1000)
    ahead = emptied(queue, 1).index([("somebody", 0)])
    assert ahead <= 1000 / ITEM_BYTES + 1


def test_those_who_ask_for_the_same_share_the_bytes() -> None:
    queue = filled([("a", SIZE)] * 10 + [("b", SIZE)] * 10)
    order = [batch[0][0] for batch in emptied(queue, 1)]
    assert order == ["a", "b"] * 10


def test_a_sender_who_was_idle_has_not_saved_up() -> None:
    queue = filled([("a", SIZE)] * 10)
    for _ in range(9):
        queue.take(1, BATCH_BYTES, key, everything)
    for number in range(3):
        queue.put(("b", number), "b", SIZE)
        queue.put(("a", 10 + number), "a", SIZE)
    assert [batch[0][0] for batch in emptied(queue, 1)] == ["a", "b", "a", "b", "a", "b", "a"]


def test_of_two_with_one_key_the_second_waits_for_the_next_time() -> None:
    queue = filled([("a", 1), ("a", 2), ("a", 3)])
    same = {0: "once", 1: "other", 2: "once"}
    assert queue.take(9, BATCH_BYTES, lambda item: same[item[1]], everything) == [("a", 0), ("a", 1)]
    assert queue.take(9, BATCH_BYTES, lambda item: same[item[1]], everything) == [("a", 2)]


@given(items, st.lists(st.integers(0, 2), max_size=8), st.integers(1, 10))
def test_what_is_not_free_stays_in_its_order(
    wanted: list[tuple[str, int]], busy: list[int], most: int
) -> None:
    queue = filled(wanted)
    taken: list[Item] = []
    for place in busy:

        def is_free(item: Item, place: int = place) -> bool:
            return item[1] % 3 != place

        batch = queue.take(most, BATCH_BYTES, key, is_free)
        assert all(map(is_free, batch))
        taken += batch
    taken += [item for batch in emptied(queue, most) for item in batch]
    for place in range(3):
        for sender in "abc":
            numbers = [number for name, number in taken if name == sender and number % 3 == place]
            mine = [number for number, (name, _) in enumerate(wanted) if name == sender]
            assert numbers == [number for number in mine if number % 3 == place]
    assert (len(taken), queue.bytes) == (len(wanted), 0)


@given(items)
def test_clearing_gives_everything_back_in_order_and_forgets(wanted: list[tuple[str, int]]) -> None:
    queue = filled(wanted)
    expected = [item for batch in emptied(filled(wanted)) for item in batch]
    assert queue.clear() == expected
    assert (len(queue), queue.bytes, queue.bytes_of("a")) == (0, 0, 0)
