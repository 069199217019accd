"""Raw fan-out: what comes from one socket goes to all, with a system call per delivery and little else."""

import asyncio
import json

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

everybody: set[WSTransport] = set()


class Socket(WSListener):  # type: ignore[misc]
    def on_ws_connected(self, transport: WSTransport) -> None:
        everybody.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        everybody.discard(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.TEXT:
            payload = frame.get_payload_as_bytes()
            for each in everybody:
                each.send(WSMsgType.TEXT, payload)


async def main() -> None:
    server = await ws_create_server(lambda _request: Socket(), "127.0.0.1", 0, backlog=2048)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
