"""The chat as the requirements describe it, on python-socketio: an insert per message, an ack after it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import uuid
from typing import Any

import asyncpg
import jwt
import socketio
import uvicorn
import uvloop

TYPING_SECONDS = 3.0
Fields = dict[str, Any]


class Chat(socketio.AsyncNamespace):  # type: ignore[misc]
    """Each `on_…` is an event that a client may send."""

    def __init__(self, db: asyncpg.Pool) -> None:
        super().__init__("/")
        self.db = db
        self.users: dict[str, Fields] = {}
        self.typing: dict[str, asyncio.TimerHandle] = {}

    async def on_authenticate(self, sid: str, credentials: dict[str, str]) -> None:
        user = await self.user_of(credentials)
        if user is None:
            await self.emit("error", {"message": "Authentication failed"}, to=sid)
            await self.disconnect(sid)
            return
        self.users[sid] = user
        await self.enter_room(sid, f"user:{user['id']}")
        await self.emit("authenticated", {"success": True, "user": user}, to=sid)

    async def user_of(self, credentials: dict[str, str]) -> Fields | None:
        token, role = credentials["token"], credentials["role"]
        if role == "agent":
            secret = os.environ["JWT_SECRET"]
            try:
                claims = jwt.decode(token, secret, algorithms=["HS256"], audience="ws-admin")
            except jwt.InvalidTokenError:
                return None
            row = await self.db.fetchrow(
                "select id, name from users where id = $1 and role = 'agent'", int(claims["sub"])
            )
        else:
            row = await self.db.fetchrow(
                """select u.id, u.name from sessions s join users u on u.id = s.user_id
                    where s.token_hash = $1 and s.expires_at > now()""",
                hashlib.sha256(token.encode()).digest(),
            )
        return None if row is None else {**row, "role": role}

    async def on_join_conversation(self, sid: str, asked: Fields) -> Fields:
        user, conversation_id, since = self.users[sid], asked["conversation_id"], asked.get("since")
        allowed = await self.db.fetchval(
            "select true from conversations where id = $1 and ($2 or customer_id = $3)",
            conversation_id,
            user["role"] == "agent",
            user["id"],
        )
        if not allowed:
            return {"success": False}
        await self.enter_room(sid, room(conversation_id))
        messages = [] if since is None else await self.missed(conversation_id, since)
        return {"success": True, "messages": messages}

    async def missed(self, conversation_id: str, since: int) -> list[Fields]:
        rows = await self.db.fetch(
            "select * from peer_messages where conversation_id = $1 and id > $2 order by id limit 200",
            conversation_id,
            since,
        )
        return [
            {
                "conversation_id": conversation_id,
                "id": row["id"],
                "client_msg_id": str(row["client_msg_id"]),
                "sender_id": row["sender_id"],
                "content": json.loads(row["body"]),
                "created_at": row["created_at"].isoformat(),
            }
            for row in rows
        ]

    async def on_leave_conversation(self, sid: str, asked: Fields) -> None:
        await self.leave_room(sid, room(asked["conversation_id"]))

    async def on_follow_inbox(self, sid: str, asked: Fields) -> Fields:
        await self.enter_room(sid, "inbox")
        return {"success": self.users[sid]["role"] == "agent"}

    async def on_send_message(self, sid: str, message: Fields) -> Fields:
        user, conversation_id = self.users[sid], message["conversation_id"]
        if room(conversation_id) not in self.rooms(sid):
            return {"success": False}
        row = await self.db.fetchrow(
            """insert into peer_messages (conversation_id, sender_id, client_msg_id, message_id, body)
               values ($1, $2, $3, $4, $5) returning id, created_at""",
            conversation_id,
            user["id"],
            message["client_msg_id"],
            uuid.uuid4(),
            json.dumps(message["content"]),
        )
        stored = {
            "id": row["id"],
            "client_msg_id": message["client_msg_id"],
            "created_at": row["created_at"].isoformat(),
        }
        received = {
            "conversation_id": conversation_id,
            **stored,
            "sender": user,
            "content": message["content"],
        }
        await self.emit("message_received", received, room=[room(conversation_id), "inbox"])
        return {"success": True, **stored}

    async def on_typing_start(self, sid: str, asked: Fields) -> None:
        await self.tell_typing(sid, asked["conversation_id"], is_typing=True)
        self.typing[sid] = asyncio.get_running_loop().call_later(
            TYPING_SECONDS, self.stop_typing, sid, asked["conversation_id"]
        )

    async def on_typing_stop(self, sid: str, asked: Fields) -> None:
        await self.tell_typing(sid, asked["conversation_id"], is_typing=False)

    def stop_typing(self, sid: str, conversation_id: str) -> None:
        if sid in self.users:
            self.server.start_background_task(self.tell_typing, sid, conversation_id, is_typing=False)

    async def tell_typing(self, sid: str, conversation_id: str, *, is_typing: bool) -> None:
        if (timer := self.typing.pop(sid, None)) is not None:
            timer.cancel()
        user = self.users[sid]
        indicator = {
            "conversation_id": conversation_id,
            "user_id": user["id"],
            "user_name": user["name"],
            "is_typing": is_typing,
        }
        await self.emit("typing_indicator", indicator, room=room(conversation_id), skip_sid=sid)

    def on_disconnect(self, sid: str, reason: str) -> None:
        self.users.pop(sid, None)
        if (timer := self.typing.pop(sid, None)) is not None:
            timer.cancel()


def room(conversation_id: str) -> str:
    return f"conversation:{conversation_id}"


async def main() -> None:
    db = await asyncpg.create_pool(
        host=os.environ["BENCH_POSTGRES_HOST"],
        database=os.environ["BENCH_DATABASE"],
        user="postgres",
        min_size=10,
        max_size=10,
    )
    sio = socketio.AsyncServer(
        async_mode="asgi",
        client_manager=socketio.AsyncRedisManager(f"unix://{os.environ['BENCH_REDIS_SOCKET']}"),
        ping_interval=25,
        ping_timeout=60,
        http_compression=False,
    )
    sio.register_namespace(Chat(db))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
        app = socketio.ASGIApp(sio)
        config = uvicorn.Config(app, log_level="warning", ws_per_message_deflate=False, backlog=2048)
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
