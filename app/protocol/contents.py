"""The contents of messages."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from app.protocol.wire import RowId
from app.values.text import NAME_CHARS, NOT_BLANK, ONE_LINE, TEXT_CHARS, Line, MessageText, message_text, name

MENTIONS = 20
"""Mentions in one note; each costs a look whether they may see it, and may fan out to a team."""


class Mention(Struct, frozen=True):
    """A person or a team that a note speaks to: `@` and the name stand in its text, and what is meant stands here."""

    kind: Literal["user", "team"]
    id: RowId
    name: Annotated[
        Line, Meta(extra_json_schema={"minLength": 1, "maxLength": NAME_CHARS, "pattern": ONE_LINE})
    ]
    """As the text has it; clients draw each place where it stands behind an `@`."""

    def __post_init__(self) -> None:
        name(self.name)


class TextContent(Struct, frozen=True, tag_field="type", tag="text"):
    text: str
    markdown: str | UnsetType = UNSET
    """The text as it was written, where it is formatted; `text` is the same without the marks."""
    mentions: list[Mention] | UnsetType = UNSET
    """Of a note."""


class DeletedContent(Struct, frozen=True, tag_field="type", tag="deleted"):
    """The remains of a message that its sender or an admin has deleted."""


class UnknownContent(Struct, frozen=True, tag_field="type", tag="unknown"):
    """A stand-in for content that this version cannot read, because a newer one has written it."""


Format = Literal["plain", "markdown"]
Content = TextContent | DeletedContent | UnknownContent
Said = Annotated[
    MessageText, Meta(extra_json_schema={"minLength": 1, "maxLength": TEXT_CHARS, "pattern": NOT_BLANK})
]


class NewText(Struct, frozen=True, tag_field="type", tag="text"):
    """A text before it is stored."""

    text: Said
    format: Format | UnsetType = UNSET
    """Markdown is for agents and bots."""
    mentions: Annotated[list[Mention], Meta(max_length=MENTIONS)] | UnsetType = UNSET
    """Of a note: each makes an agent, or the members of a team, watch the conversation."""

    def __post_init__(self) -> None:
        message_text(self.text)
