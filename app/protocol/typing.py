"""Typing: signals that begin and end, and end by themselves."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from app.protocol.wire import Event, Role, TalkRequest


class TypingStart(TalkRequest, tag="typing_start"):
    conversation_id: UUID


class TypingStop(TalkRequest, tag="typing_stop"):
    conversation_id: UUID


class Typing(Struct, kw_only=True):
    user_id: int
    user_name: str
    role: Role
    is_typing: bool
    expires_in_ms: int


class TypingIndicator(Typing, Event, kw_only=True, tag="typing_indicator"):
    conversation_id: UUID


Requests = TypingStart | TypingStop
Events = TypingIndicator
