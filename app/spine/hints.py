"""The messages between the processes, as they go over Redis. A rolling restart has two versions read each other's."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class Hint(Struct, array_like=True):
    """An entry that was committed, with its bytes as a courtesy."""

    conversation_id: bytes
    lane: int
    seq: int
    sender_id: int
    payload: bytes


class Hints(Struct, array_like=True, tag="h"):
    origin: bytes
    hints: list[Hint]
    epoch: str = ""
    """Of the log that the entries are in; empty from a process of the version before."""


class RoomSignal(Struct, array_like=True, tag="s"):
    """A signal for everyone in a room but the sockets of one user; or a state of one user, for everyone."""

    origin: bytes
    conversation_id: bytes
    except_user_id: int
    event: str
    """The event's type, for those who keep a state of it."""
    payload: bytes
    of_user_id: int = 0
    """The user whose state it is; 0 for a signal, which may get lost."""


class Notice(Struct, array_like=True, tag="n"):
    """Something for a service of every process: which one, and what."""

    origin: bytes
    topic: str
    body: bytes


class Heartbeat(Struct, array_like=True, tag="b"):
    origin: bytes
    count: int


Message = Hints | RoomSignal | Notice | Heartbeat
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Message).decode
