"""The chat as the requirements describe it, on python-socketio: an insert per message, an ack after it."""

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

sio = socketio.AsyncServer(
    async_mode="asgi",
    client_manager=socketio.AsyncRedisManager(f"unix://{os.environ['BENCH_REDIS_SOCKET']}"),
    ping_interval=25,
    ping_timeout=60,
    http_compression=False,
)
users: dict[str, dict[str, Any]] = {}
typing: dict[str, asyncio.TimerHandle] = {}
db: asyncpg.Pool


def room(conversation_id: str) -> str:
    return f"conversation:{conversation_id}"


@sio.event
async def authenticate(sid: str, credentials: dict[str, str]) -> None:
    user = await user_of(credentials)
    if user is None:
        await sio.emit("error", {"message": "Authentication failed"}, to=sid)
        await sio.disconnect(sid)
        return
    users[sid] = user
    await sio.enter_room(sid, f"user:{user['id']}")
    await sio.emit("authenticated", {"success": True, "user": user}, to=sid)


async def user_of(credentials: dict[str, str]) -> dict[str, Any] | None:
    token, role = credentials["token"], credentials["role"]
    if role == "agent":
        try:
            claims = jwt.decode(
                token, os.environ["JWT_SECRET"], algorithms=["HS256"], audience="ws-admin"
            )
        except jwt.InvalidTokenError:
            return None
        row = await db.fetchrow(
            "select id, name from users where id = $1 and role = 'agent'", int(claims["sub"])
        )
    else:
        row = await db.fetchrow(
            """select u.id, u.name from sessions s join users u on u.id = s.user_id
                where s.token_hash = $1 and s.expires_at > now()""",
            hashlib.sha256(token.encode()).digest(),
        )
    return None if row is None else {**row, "role": role}


@sio.event
async def join_conversation(sid: str, asked: dict[str, Any]) -> dict[str, Any]:
    user, conversation_id, since = users[sid], asked["conversation_id"], asked.get("since")
    allowed = await db.fetchval(
        "select true from conversations where id = $1 and ($2 or customer_id = $3)",
        conversation_id,
        user["role"] == "agent",
        user["id"],
    )
    if not allowed:
        return {"success": False}
    await sio.enter_room(sid, room(conversation_id))
    return {"success": True, "messages": [] if since is None else await missed(conversation_id, since)}


async def missed(conversation_id: str, since: int) -> list[dict[str, Any]]:
    rows = await db.fetch(
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


@sio.event
async def leave_conversation(sid: str, asked: dict[str, Any]) -> None:
    await sio.leave_room(sid, room(asked["conversation_id"]))


@sio.event
async def follow_inbox(sid: str, asked: dict[str, Any]) -> dict[str, Any]:
    await sio.enter_room(sid, "inbox")
    return {"success": users[sid]["role"] == "agent"}


@sio.event
async def send_message(sid: str, message: dict[str, Any]) -> dict[str, Any]:
    user, conversation_id = users[sid], message["conversation_id"]
    if room(conversation_id) not in sio.rooms(sid):
        return {"success": False}
    row = await db.fetchrow(
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
    await sio.emit("message_received", received, room=[room(conversation_id), "inbox"])
    return {"success": True, **stored}


async def tell_typing(sid: str, conversation_id: str, *, is_typing: bool) -> None:
    if (timer := typing.pop(sid, None)) is not None:
        timer.cancel()
    user = users[sid]
    indicator = {
        "conversation_id": conversation_id,
        "user_id": user["id"],
        "user_name": user["name"],
        "is_typing": is_typing,
    }
    await sio.emit("typing_indicator", indicator, room=room(conversation_id), skip_sid=sid)


@sio.event
async def typing_start(sid: str, asked: dict[str, Any]) -> None:
    await tell_typing(sid, asked["conversation_id"], is_typing=True)
    typing[sid] = asyncio.get_running_loop().call_later(
        TYPING_SECONDS, lambda: sio.start_background_task(stop_typing, sid, asked["conversation_id"])
    )


async def stop_typing(sid: str, conversation_id: str) -> None:
    if sid in users:
        await tell_typing(sid, conversation_id, is_typing=False)


@sio.event
async def typing_stop(sid: str, asked: dict[str, Any]) -> None:
    await tell_typing(sid, asked["conversation_id"], is_typing=False)


@sio.event
async def disconnect(sid: str, reason: str) -> None:
    users.pop(sid, None)
    if (timer := typing.pop(sid, None)) is not None:
        timer.cancel()


async def main() -> None:
    global db
    db = await asyncpg.create_pool(
        host=os.environ["BENCH_POSTGRES_HOST"],
        database=os.environ["BENCH_DATABASE"],
        user="postgres",
        min_size=10,
        max_size=10,
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
        config = uvicorn.Config(
            socketio.ASGIApp(sio), log_level="warning", ws_per_message_deflate=False, backlog=2048
        )
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
