"""The dialects in which the load speaks to each kind of server."""

from __future__ import annotations

import json

from picows import WSFrame, WSTransport

from bench.load.client import TEXT, Client, Person, marked


class Fireside(Client):
    """Protocol version 1. `type` is the first field of a frame, so one byte tells most of them apart."""

    def __init__(self, person: Person, url: str, number: int) -> None:
        super().__init__(person, url, number)
        self._to_join = len(person.conversations) + person.follows_inbox
        self._to_catch_up = 0

    def path(self) -> str:
        return "/ws/admin" if self.person.is_agent else "/ws/widget"

    def on_ws_connected(self, transport: WSTransport) -> None:
        super().on_ws_connected(transport)
        person = self.person
        hello: dict[str, object] = {"type": "authenticate", "id": 0, "token": person.token, "v": 1}
        if person.since is not None:
            place = {"since": person.since, **({"epoch": person.epoch} if person.epoch else {})}
            hello["resume"] = dict.fromkeys(person.conversations, place)
        transport.send(TEXT, json.dumps(hello).encode())

    def say(self, conversation_id: str, meant_at: int) -> None:
        self.sent += 1
        self.transport.send(TEXT, send_message(self, conversation_id, meant_at))

    def type(self, conversation_id: str) -> None:
        self.transport.send(TEXT, typing_start(conversation_id))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not TEXT:
            return
        payload = frame.get_payload_as_bytes()
        kind = payload[9:12]
        if kind == b"mes":
            self.received += 1
            self.delivered(self, payload)
            if self._to_catch_up:
                self._caught_up()
        elif kind == b"ack":
            if self._to_join:
                self._joined()
            else:
                self.acked(self, payload)
        elif kind == b"con":
            self.listed(self, payload)
        elif kind in {b"aut", b"pin", b"err"} or payload[9:13] == b"reco":
            # A receipt begins with the same three letters as `reconnected`.
            self._control(kind, payload)

    def _control(self, kind: bytes, payload: bytes) -> None:
        if kind == b"err":
            raise RuntimeError(payload.decode())
        if kind == b"pin":
            self.transport.send(TEXT, b'{"type":"pong"}')
        elif kind == b"aut":
            self.person.epoch = json.loads(payload)["epoch"]
            self._join(self.person.conversations)
            if self.person.follows_inbox:
                self.transport.send(TEXT, b'{"type":"follow_inbox","id":-1000000}')
            if not self._to_join:
                self.got_in()
        else:
            resumed = json.loads(payload)["conversations"]
            since = self.person.since or 0
            self._to_catch_up = sum(one["head"] - since for one in resumed.values())
            # As our own clients do: what a join tells comes with the resume, and only where it does not they join.
            untold = [conversation_id for conversation_id, one in resumed.items() if "marks" not in one]
            self._to_join = len(untold)
            self._join(untold)
            for conversation_id, one in resumed.items():
                mark = {"type": "mark_delivered", "conversation_id": conversation_id, "seq": one["head"]}
                self.transport.send(TEXT, json.dumps(mark).encode())
            self._look_around()

    def _join(self, conversations: list[str]) -> None:
        for number, conversation_id in enumerate(conversations):
            join = {"type": "join_conversation", "id": -1 - number, "conversation_id": conversation_id}
            self.transport.send(TEXT, json.dumps(join).encode())

    def _joined(self) -> None:
        self._to_join -= 1
        self._look_around()

    def _caught_up(self) -> None:
        self._to_catch_up -= 1
        self._look_around()

    def _look_around(self) -> None:
        if not self._to_join and not self._to_catch_up:
            self.got_in()


class SocketIO(Client):
    """Socket.IO 4 on the WebSocket transport, as far as the peers need it."""

    def __init__(self, person: Person, url: str, number: int) -> None:
        super().__init__(person, url, number)
        self._to_join = len(person.conversations) + person.follows_inbox

    def path(self) -> str:
        return "/socket.io/?EIO=4&transport=websocket"

    def say(self, conversation_id: str, meant_at: int) -> None:
        self.sent += 1
        self.transport.send(
            TEXT,
            b'42%d["send_message",{"conversation_id":"%s","client_msg_id":"%08x-0000-7000-8000-%012x",'
            b'"content":{"type":"text","text":"%s"}}]'
            % (
                self.sent,
                conversation_id.encode(),
                self.number,
                self.sent,
                marked(meant_at).encode(),
            ),
        )

    def type(self, conversation_id: str) -> None:
        self.transport.send(TEXT, b'42["typing_start",{"conversation_id":"%s"}]' % conversation_id.encode())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not TEXT:
            return
        payload = frame.get_payload_as_bytes()
        kind = payload[:2]
        if kind == b"42":
            if payload[4:11] == b"message":
                self.received += 1
                self.delivered(self, payload)
            elif payload[4:8] == b"auth":
                self._join()
            elif payload[4:9] == b"error":
                raise RuntimeError(payload.decode())
        elif kind == b"43":
            if self._to_join:
                self._joined(payload)
            else:
                self.acked(self, payload)
        elif payload == b"2":
            transport.send(TEXT, b"3")
        elif payload[:1] == b"0":
            transport.send(TEXT, b"40")
        elif kind == b"40":
            hello = {"token": self.person.token, "role": "agent" if self.person.is_agent else "customer"}
            transport.send(TEXT, f"42{json.dumps(['authenticate', hello])}".encode())

    def _join(self) -> None:
        for number, conversation_id in enumerate(self.person.conversations):
            join = ["join_conversation", {"conversation_id": conversation_id, "since": self.person.since}]
            self.transport.send(TEXT, f"42{1_000_000 + number}{json.dumps(join)}".encode())
        if self.person.follows_inbox:
            self.transport.send(TEXT, b'422000000["follow_inbox",{}]')
        if not self._to_join:
            self.got_in()

    def _joined(self, payload: bytes) -> None:
        if b'"success":true' not in payload:
            raise RuntimeError(payload.decode())
        self._to_join -= 1
        if not self._to_join:
            self.got_in()


class Plain(Client):
    """The requirements' events as JSON, a frame each, with `type` first: what Socket.IO wraps, without its wrapping."""

    def __init__(self, person: Person, url: str, number: int) -> None:
        super().__init__(person, url, number)
        self._to_join = len(person.conversations)

    def path(self) -> str:
        return "/"

    def on_ws_connected(self, transport: WSTransport) -> None:
        super().on_ws_connected(transport)
        person = self.person
        role = "agent" if person.is_agent else "customer"
        hello = {"type": "authenticate", "token": person.token, "role": role}
        transport.send(TEXT, json.dumps(hello).encode())
        # All at once: the server lets the joins wait until it knows who it is.
        for number, conversation_id in enumerate(person.conversations):
            join = {"conversation_id": conversation_id, "since": person.since}
            transport.send(
                TEXT, json.dumps({"type": "join_conversation", "id": -1 - number, **join}).encode()
            )

    def say(self, conversation_id: str, meant_at: int) -> None:
        self.sent += 1
        self.transport.send(TEXT, send_message(self, conversation_id, meant_at))

    def type(self, conversation_id: str) -> None:
        self.transport.send(TEXT, typing_start(conversation_id))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not TEXT:
            return
        payload = frame.get_payload_as_bytes()
        kind = payload[9:12]
        if kind == b"mes":
            self.received += 1
            self.delivered(self, payload)
        elif kind == b"ack":
            if self._to_join:
                self._joined(payload)
            else:
                self.acked(self, payload)
        elif kind == b"err":
            raise RuntimeError(payload.decode())
        elif kind == b"aut" and not self._to_join:
            self.got_in()

    def _joined(self, payload: bytes) -> None:
        if b'"success":true' not in payload:
            raise RuntimeError(payload.decode())
        self._to_join -= 1
        if not self._to_join:
            self.got_in()


def send_message(client: Client, conversation_id: str, meant_at: int) -> bytes:
    """Return the frame that our protocol and the plain events have alike."""
    return (
        b'{"type":"send_message","id":%d,"conversation_id":"%s","client_msg_id":"%08x-0000-7000-8000-%012x",'
        b'"content":{"type":"text","text":"%s"}}'
        % (client.sent, conversation_id.encode(), client.number, client.sent, marked(meant_at).encode())
    )


def typing_start(conversation_id: str) -> bytes:
    return b'{"type":"typing_start","conversation_id":"%s"}' % conversation_id.encode()


class Raw(Client):
    """A server that sends every frame to everybody, and knows nothing else."""

    def path(self) -> str:
        return "/"

    def on_ws_connected(self, transport: WSTransport) -> None:
        super().on_ws_connected(transport)
        self.got_in()

    def say(self, conversation_id: str, meant_at: int) -> None:
        self.sent += 1
        # As large as the frame that Fireside delivers.
        self.transport.send(TEXT, (marked(meant_at) + " " * 280).encode())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is TEXT:
            self.received += 1
            self.delivered(self, frame.get_payload_as_bytes())


DIALECTS: dict[str, type[Client]] = {
    "fireside": Fireside,
    "socketio": SocketIO,
    "plain": Plain,
    "raw": Raw,
}
