"""States that a slow reader has still to be told: of each subject the newest, in the order in which they became due."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.spine.frame import Burst, Frame
from app.spine.rooms import states as states_module
from app.spine.rooms.states import States, StatesLost

ROW, OTHER = UUID(int=1), UUID(int=2)


class Reader:
    def __init__(self, space: int = 100) -> None:
        self.space = space
        self.written: list[bytes] = []

    def write(self, frame: Frame | Burst) -> bool:
        if not self.space:
            return False
        self.space -= 1
        self.written += frame.payloads
        return True


def test_the_newest_of_each_is_told_once_in_the_order_in_which_they_became_due() -> None:
    states, reader = States(), Reader()
    for subject, payload in ((ROW, b"a1"), (7, b"b1"), (ROW, b"a2"), ((ROW, 7), b"c1"), (7, b"b2")):
        states.put(subject, Frame(payload))
    states.flush(reader.write)
    assert reader.written == [b"a2", b"b2", b"c1"]
    assert not states


def test_states_that_the_reader_does_not_take_stay() -> None:
    states, reader = States(), Reader(space=1)
    for number in range(3):
        states.put(number, Frame(b"%d" % number))
    states.flush(reader.write)
    assert (reader.written, 0 in states, 1 in states) == ([b"0"], False, True)
    states.put(1, Frame(b"newer"))
    reader.space = 9
    states.flush(reader.write)
    assert reader.written == [b"0", b"newer", b"2"]


def test_states_of_a_conversation_that_was_left_are_forgotten() -> None:
    states, reader = States(), Reader()
    for subject in (ROW, OTHER, 7, (ROW, 7), (OTHER, 7)):
        states.put(subject, Frame(repr(subject).encode()))
    states.forget(ROW)
    states.forget_rows()
    states.flush(reader.write)
    assert reader.written == [b"7", repr((OTHER, 7)).encode()]


def test_more_than_is_kept_is_said_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states_module, "MOST_BYTES", 100)
    states, reader = States(), Reader()
    for _ in range(50):  # The same subject takes no more room.
        states.put(ROW, Frame(b"x" * 60))
    states.put(7, Frame(b"y" * 40))
    states.flush(reader.write)
    assert len(reader.written) == 2
    for number in range(3):
        states.put(number, Frame(b"z" * 40))
    assert states
    with pytest.raises(StatesLost):
        states.flush(reader.write)


def test_what_is_said_of_all_before_it_comes_after_all_of_it() -> None:
    states, reader = States(), Reader()
    states.put_last("cursor", Frame(b"c1"))
    states.put(ROW, Frame(b"a1"))
    states.put_last("cursor", Frame(b"c2"))
    states.flush(reader.write)
    assert reader.written == [b"a1", b"c2"]
    states.put_last("cursor", Frame(b"c3"))
    states.forget_rows()
    assert not states
