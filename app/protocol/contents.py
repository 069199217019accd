"""The contents of messages."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from app.values.text import NOT_BLANK, TEXT_CHARS, MessageText, message_text


class TextContent(Struct, frozen=True, tag_field="type", tag="text"):
    text: str
    markdown: str | UnsetType = UNSET
    """The text as it was written, where it is formatted; `text` is the same without the marks."""


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

    def __post_init__(self) -> None:
        message_text(self.text)
