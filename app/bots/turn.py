"""The part of a conversation that a bot is shown."""

from __future__ import annotations

from collections.abc import Sequence

from app.bots.bot import Customer, Line, Turn
from app.bots.store import Claim, Question
from app.protocol import LogEntry, MessageDeleted, MessageEdited, MessageReceived, TextContent

LINES = 20
"""Messages before the one that is answered."""
ENTRIES = 60
"""Entries among which these are looked for: edits and events lie between."""


def make_turn(entries: Sequence[LogEntry], question: Question, claim: Claim) -> Turn | None:
    """Return the turn for a question, from the newest entries, oldest first.

    What the customer wrote after the question is left out: it will be a question of its own. None means that
    there is nothing to answer: the message was deleted, or so much has followed that an answer would confuse.
    """
    messages: dict[int, MessageReceived] = {}
    texts: dict[int, str] = {}
    for entry in entries:
        match entry:
            case MessageReceived(content=TextContent(text=text)):
                messages[entry.seq] = entry
                texts[entry.seq] = text
            case MessageEdited(content=TextContent(text=text)):
                texts[entry.target_seq] = text
            case MessageDeleted():
                messages.pop(entry.target_seq, None)
    asked = messages.pop(question.seq, None)
    if asked is None:
        return None
    history = [
        Line(message.sender.role, message.sender.name, texts[seq])
        for seq, message in messages.items()
        if seq < question.seq or message.sender.role != "customer"
    ]
    return Turn(
        conversation_id=question.conversation_id,
        message_id=question.message_id,
        created_at=asked.created_at,
        text=texts[question.seq],
        customer=Customer(claim.customer_id, claim.customer_name, claim.customer_email),
        history=tuple(history[-LINES:]),
    )
