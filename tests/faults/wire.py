"""A WebSocket client that is no more than these tests need: callbacks, no tasks, no queues, nothing in between."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Any

ABNORMAL = 1006
TEXT, CLOSE, PONG, PING = 1, 8, 10, 9
UNMASKED = bytes(4)
"""A mask of zeros is a mask (RFC 6455, section 5.3), and leaves the payload as it is."""


class Wire(asyncio.Protocol):
    """One connection, over HTTP/1.1. `on_close` is called once, with the code that a browser would tell."""

    def __init__(
        self,
        path: str,
        on_open: Callable[[], None],
        on_text: Callable[[bytes], None],
        on_close: Callable[[int, str], None],
    ) -> None:
        self._path = path
        self._on_open, self._on_text, self._on_close = on_open, on_text, on_close
        self._transport: Any = None
        self._buffer = b""
        self._is_open = False
        self._code, self._reason = ABNORMAL, "no close frame"

    @property
    def is_connected(self) -> bool:
        return self._transport is not None

    @property
    def port(self) -> int:
        """Our own end's port, by which a proxy knows the connection."""
        return int(self._transport.get_extra_info("sockname")[1])

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        if self._transport.is_closing():
            return
        length = len(payload)
        if length < 126:
            head = bytes((0x80 | opcode, 0x80 | length))
        elif length < 65536:
            head = bytes((0x80 | opcode, 0x80 | 126)) + length.to_bytes(2, "big")
        else:
            head = bytes((0x80 | opcode, 0x80 | 127)) + length.to_bytes(8, "big")
        self._write(head + UNMASKED + payload)

    def abort(self) -> None:
        """Drop the connection as a crashed browser does."""
        self._transport.abort()

    def stop_reading(self) -> None:
        """Read nothing, until `go_on_reading`: a laptop asleep, a tab that hangs."""
        self._transport.pause_reading()

    def go_on_reading(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    # --- what the transport calls

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: {transport.get_extra_info('peername')[0]}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._is_open or self._shake_hands():
            self._read_frames()

    def _read_frames(self) -> None:
        while (frame := self._next_frame()) is not None:
            opcode, payload = frame
            if opcode == TEXT:
                self._on_text(payload)
            elif opcode == PING:
                self.send(payload, PONG)
            elif opcode == CLOSE:
                self._code, self._reason = int.from_bytes(payload[:2], "big") or 1005, payload[2:].decode()
                self.send(payload[:2], CLOSE)
                self._transport.close()
                return

    def connection_lost(self, error: Exception | None) -> None:
        when = "" if self._is_open else " before the handshake was over"
        self._on_close(self._code, f"{self._reason}{when} ({error!r})" if error or when else self._reason)

    def _write(self, data: bytes) -> None:
        self._transport.write(data)

    def _shake_hands(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        status = head.split(b"\r\n", 1)[0]
        if b" 101 " not in status:
            self._reason = f"handshake refused: {status.decode()}"
            self._transport.close()
            return False
        self._buffer, self._is_open = rest, True
        self._on_open()
        return True

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length > 125:
            start = 4 if length == 126 else 10
            if len(buffer) < start:
                return None
            length = int.from_bytes(buffer[2:start], "big")
        end = start + length
        if len(buffer) < end:
            return None
        self._buffer = buffer[end:]
        return buffer[0] & 0x0F, buffer[start:end]
