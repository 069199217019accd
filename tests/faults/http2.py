"""The same client over HTTP/2 (RFC 8441), with prior knowledge: one WebSocket on a connection."""

from __future__ import annotations

from typing import Any

import h2.config
import h2.connection
import h2.events

from tests.faults.wire import Wire

HEADERS = [
    (":method", "CONNECT"),
    (":protocol", "websocket"),
    (":scheme", "http"),
    (":authority", "127.0.0.1"),
    ("sec-websocket-version", "13"),
]


class Http2Wire(Wire):
    _stream = 0
    _unsent = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._http = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding=None))
        self._http.initiate_connection()
        self._flush()

    def data_received(self, data: bytes) -> None:
        for event in self._http.receive_data(data):
            match event:
                case h2.events.RemoteSettingsChanged() if not self._stream:
                    self._ask()
                case h2.events.ResponseReceived(headers=headers):
                    self._answered(dict(headers)[b":status"].decode())
                case h2.events.DataReceived(data=payload, flow_controlled_length=length, stream_id=stream):
                    self._http.acknowledge_received_data(length, stream)
                    self._buffer += payload
                case h2.events.StreamEnded() | h2.events.StreamReset() | h2.events.ConnectionTerminated():
                    self._read_frames()
                    self._flush()
                    self._transport.close()
                    return
                case _:
                    pass
        if self._is_open:
            self._read_frames()
        self._flush()

    def _ask(self) -> None:
        self._stream = self._http.get_next_available_stream_id()
        self._http.send_headers(self._stream, [(":path", self._path), *HEADERS])

    def _answered(self, status: str) -> None:
        if status == "200":
            self._is_open = True
            self._on_open()
        else:
            self._reason = f"handshake refused: {status}"
            self._transport.close()

    def _write(self, data: bytes) -> None:
        self._unsent += data
        self._flush()

    def _flush(self) -> None:
        """Send what the peer's windows have room for; the rest goes when it makes more."""
        if self._transport.is_closing():
            return
        while self._unsent:
            room = min(self._http.local_flow_control_window(self._stream), self._http.max_outbound_frame_size)
            if room <= 0:
                break
            self._http.send_data(self._stream, self._unsent[:room])
            self._unsent = self._unsent[room:]
        self._transport.write(self._http.data_to_send())
