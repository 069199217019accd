"""The contents of messages."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from app.values.text import NOT_BLANK, TEXT_CHARS, MessageText, message_text


class TextContent(Struct, frozen=True, tag_field="type", tag="text"):
    text: str


class DeletedContent(Struct, frozen=True, tag_field="type", tag="deleted"):
    """The remains of a message that its sender or an admin has deleted."""


class UnknownContent(Struct, frozen=True, tag_field="type", tag="unknown"):
    """A stand-in for content that this version cannot read, because a newer one has written it."""


Content = TextContent | DeletedContent | UnknownContent
Said = Annotated[
    MessageText, Meta(extra_json_schema={"minLength": 1, "maxLength": TEXT_CHARS, "pattern": NOT_BLANK})
]


class NewText(Struct, frozen=True, tag_field="type", tag="text"):
    """A text before it is stored."""

    text: Said

    def __post_init__(self) -> None:
        message_text(self.text)
