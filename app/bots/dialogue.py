"""A conversation as language models want it: user and assistant taking turns, the user first and last."""

from __future__ import annotations

from itertools import dropwhile, groupby
from typing import Literal

from msgspec import Struct

from app.bots.bot import Turn
from app.values.text import is_blank

Role = Literal["user", "assistant"]


class Utterance(Struct, frozen=True):
    role: Role
    text: str


def dialogue(turn: Turn) -> list[Utterance]:
    """Return the history and the question, neighbours of one role joined.

    The templates of many open models refuse two of a role in a row, and a dialogue that an assistant opens. The
    history is a window on the conversation, so it can begin anywhere: what was said before the customer's first
    words in it is left out.
    """
    said: list[tuple[Role, str]] = [
        ("user" if line.role == "customer" else "assistant", line.text)
        for line in turn.history
        if not is_blank(line.text)
    ]
    said.append(("user", turn.text))
    opened = dropwhile(lambda line: line[0] == "assistant", said)
    return [
        Utterance(role, "\n\n".join(text for _, text in lines))
        for role, lines in groupby(opened, key=lambda line: line[0])
    ]
