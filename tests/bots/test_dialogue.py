from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.bots.bot import Line
from app.bots.dialogue import Utterance, dialogue
from tests.bots.dialects import TURN

lines = st.builds(
    Line,
    st.sampled_from(["customer", "agent", "bot", "system"]),
    st.just("Ada"),
    st.sampled_from(["Hi", "Yes.", " "]),
)


@given(st.lists(lines, max_size=30), st.integers(0, 30))
def test_roles_take_turns_and_begin_and_end_with_the_user_however_the_window_is_cut(
    history: list[Line], start: int
) -> None:
    said = dialogue(msgspec.structs.replace(TURN, history=tuple(history[start:])))
    assert [utterance.role for utterance in said] == [
        "user" if position % 2 == 0 else "assistant" for position in range(len(said))
    ]
    assert len(said) % 2 == 1
    assert said[-1].text.endswith(TURN.text)
    assert all(utterance.text.strip() for utterance in said)


def test_words_of_the_assistant_before_any_question_are_left_out() -> None:
    history = (
        Line("bot", "Bot", "Hi!"),
        Line("customer", "Ada", "Hello"),
        Line("agent", "Grace", "Welcome."),
    )
    assert dialogue(msgspec.structs.replace(TURN, history=history)) == [
        Utterance("user", "Hello"),
        Utterance("assistant", "Welcome."),
        Utterance("user", TURN.text),
    ]
