"""The content of messages, as the log keeps it."""

from __future__ import annotations

from msgspec import structs

from app.errors import Invalid
from app.protocol import NewText, Role, TextContent, encode
from app.values.markdown import Plain
from app.values.text import is_blank

CONTENT_BYTES = 60_000
"""Bytes of a text with its Markdown beside it; where both would not fit into a frame, it stays as it was written."""


def said_by(role: Role, new: NewText) -> TextContent:
    """Return the content of a message.

    Raises:
        Invalid: Customers write plain text.
    """
    if new.format == "markdown" and role == "customer":
        raise Invalid("Markdown is for agents and bots. Leave out `format`.")
    beside = encode(new.mentions) if new.mentions else b""
    content = (
        formatted(new.text, room=CONTENT_BYTES - len(beside))
        if new.format == "markdown"
        else TextContent(new.text)
    )
    return structs.replace(content, mentions=new.mentions) if new.mentions else content


def formatted(source: str, *, room: int = CONTENT_BYTES) -> TextContent:
    """Return what was written in Markdown, with its plain text for whoever cannot draw it."""
    plain = Plain(source)
    fits = len(source.encode()) + len(plain.text.encode()) <= room
    if not plain.is_formatted or is_blank(plain.text) or not fits:
        return TextContent(source)
    return TextContent(plain.text, markdown=source)
