"""The content of messages, as the log keeps it."""

from __future__ import annotations

from app.errors import Invalid
from app.protocol import NewText, Role, TextContent
from app.values.markdown import Plain
from app.values.text import is_blank

CONTENT_BYTES = 60_000
"""Bytes of a text with its Markdown beside it; where both would not fit into a frame, it stays as it was written."""


def said_by(role: Role, new: NewText) -> TextContent:
    """Return the content of a message.

    Raises:
        Invalid: Customers write plain text.
    """
    if new.format != "markdown":
        return TextContent(new.text)
    if role == "customer":
        raise Invalid("Markdown is for agents and bots. Leave out `format`.")
    return formatted(new.text)


def formatted(source: str) -> TextContent:
    """Return what was written in Markdown, with its plain text for whoever cannot draw it."""
    plain = Plain(source)
    fits = len(source.encode()) + len(plain.text.encode()) <= CONTENT_BYTES
    if not plain.is_formatted or is_blank(plain.text) or not fits:
        return TextContent(source)
    return TextContent(plain.text, markdown=source)
