// Raw fan-out: what comes from one socket goes to all.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

server.on("connection", (socket) => {
  socket.on("message", (data) => {
    for (const client of server.clients) client.send(data, { binary: false });
  });
});

http.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () =>
  console.log(JSON.stringify({ port: http.address().port })),
);
