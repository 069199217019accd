// The chat as the requirements describe it: Socket.IO with its Redis adapter, an insert per message, an ack after it.
import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import jwt from "jsonwebtoken";
import pg from "pg";
import { createClient } from "redis";
import { Server } from "socket.io";

const { BENCH_DATABASE, BENCH_POSTGRES_HOST, BENCH_REDIS_SOCKET, JWT_SECRET } = process.env;
const TYPING_MS = 3000;

const db = new pg.Pool({ host: BENCH_POSTGRES_HOST, database: BENCH_DATABASE, user: "postgres", max: 10 });
const publisher = createClient({ socket: { path: BENCH_REDIS_SOCKET } });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const http = createServer();
const io = new Server(http, {
  transports: ["websocket", "polling"],
  pingInterval: 25000,
  pingTimeout: 60000,
  perMessageDeflate: false,
  adapter: createAdapter(publisher, subscriber),
});
const room = (conversation) => `conversation:${conversation}`;

async function userOf({ token, role }) {
  if (role === "agent") {
    const { sub } = jwt.verify(token, JWT_SECRET, { algorithms: ["HS256"], audience: "ws-admin" });
    const { rows } = await db.query({
      name: "agent",
      text: "select id, name from users where id = $1 and role = 'agent'",
      values: [sub],
    });
    return { ...rows[0], role };
  }
  const { rows } = await db.query({
    name: "customer",
    text: `select u.id, u.name from sessions s join users u on u.id = s.user_id
            where s.token_hash = $1 and s.expires_at > now()`,
    values: [createHash("sha256").update(token).digest()],
  });
  return { ...rows[0], role };
}

async function mayEnter(user, conversation) {
  const { rows } = await db.query({
    name: "enter",
    text: "select 1 from conversations where id = $1 and ($2 or customer_id = $3)",
    values: [conversation, user.role === "agent", user.id],
  });
  return rows.length === 1;
}

async function missed(conversation, since) {
  const { rows } = await db.query({
    name: "missed",
    text: "select * from peer_messages where conversation_id = $1 and id > $2 order by id limit 200",
    values: [conversation, since],
  });
  return rows;
}

async function store(user, message) {
  const { rows } = await db.query({
    name: "store",
    text: `insert into peer_messages (conversation_id, sender_id, client_msg_id, message_id, body)
           values ($1, $2, $3, $4, $5) returning id, created_at`,
    values: [message.conversation_id, user.id, message.client_msg_id, randomUUID(), message.content],
  });
  return rows[0];
}

io.on("connection", (socket) => {
  let user;
  let typing;

  socket.on("authenticate", async (credentials) => {
    try {
      user = await userOf(credentials);
      socket.join(`user:${user.id}`);
      socket.emit("authenticated", { success: true, user });
    } catch {
      socket.emit("error", { message: "Authentication failed" });
      socket.disconnect();
    }
  });

  socket.on("join_conversation", async ({ conversation_id, since }, ack) => {
    if (!(await mayEnter(user, conversation_id))) return ack({ success: false });
    socket.join(room(conversation_id));
    ack({ success: true, messages: since == null ? [] : await missed(conversation_id, since) });
  });

  socket.on("leave_conversation", ({ conversation_id }) => socket.leave(room(conversation_id)));

  socket.on("follow_inbox", (_, ack) => {
    socket.join("inbox");
    ack({ success: user.role === "agent" });
  });

  socket.on("send_message", async (message, ack) => {
    if (!socket.rooms.has(room(message.conversation_id))) return ack({ success: false });
    const { id, created_at } = await store(user, message);
    ack({ success: true, id, client_msg_id: message.client_msg_id, created_at });
    const { conversation_id, client_msg_id, content } = message;
    io.to(room(conversation_id)).to("inbox").emit("message_received", {
      conversation_id,
      id,
      client_msg_id,
      sender: user,
      content,
      created_at,
    });
  });

  const tell = (conversation_id, isTyping) =>
    socket
      .to(room(conversation_id))
      .emit("typing_indicator", { conversation_id, user_id: user.id, user_name: user.name, is_typing: isTyping });

  socket.on("typing_start", ({ conversation_id }) => {
    clearTimeout(typing);
    tell(conversation_id, true);
    typing = setTimeout(tell, TYPING_MS, conversation_id, false);
  });

  socket.on("typing_stop", ({ conversation_id }) => {
    clearTimeout(typing);
    tell(conversation_id, false);
  });

  socket.on("disconnect", () => clearTimeout(typing));
});

http.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () =>
  console.log(JSON.stringify({ port: http.address().port })),
);
