// The chat as the requirements describe it, on what Bun brings: its sockets, topics, Postgres and Redis clients.
// How messages are stored is the argument: see stores.mjs.
import { createHash } from "node:crypto";
import { RedisClient, SQL } from "bun";
import jwt from "jsonwebtoken";
import { STORES } from "./stores.mjs";

const { BENCH_DATABASE, BENCH_POSTGRES_HOST, BENCH_REDIS_SOCKET, JWT_SECRET } = process.env;
const TYPING_MS = 3000;
const CHANNEL = "peer_bun";
const ME = crypto.randomUUID();

const sql = new SQL({
  adapter: "postgres",
  path: `${BENCH_POSTGRES_HOST}/.s.PGSQL.5432`,
  database: BENCH_DATABASE,
  username: "postgres",
  max: 10,
});
const publisher = new RedisClient(`redis+unix://${BENCH_REDIS_SOCKET}`);
const subscriber = await publisher.duplicate();
const store = STORES[process.argv[2]](sql);
const room = (conversation) => `conversation:${conversation}`;

async function userOf({ token, role }) {
  if (role === "agent") {
    const { sub } = jwt.verify(token, JWT_SECRET, { algorithms: ["HS256"], audience: "ws-admin" });
    const [agent] = await sql`select id, name from users where id = ${Number(sub)} and role = 'agent'`;
    return { ...agent, role };
  }
  const hash = createHash("sha256").update(token).digest();
  const [customer] = await sql`
    select u.id, u.name from sessions s join users u on u.id = s.user_id
     where s.token_hash = ${hash} and s.expires_at > now()`;
  return { ...customer, role };
}

async function mayEnter(user, conversation) {
  const rows = await sql`
    select 1 from conversations
     where id = ${conversation} and (${user.role === "agent"} or customer_id = ${user.id})`;
  return rows.length === 1;
}

const missed = (conversation, since) => sql`
  select * from peer_messages where conversation_id = ${conversation} and id > ${since} order by id limit 200`;

/** Send to the sockets of a topic, here and in other processes; not to `except`, who has said it. */
function tell(topic, event, except) {
  const frame = JSON.stringify(event);
  (except ?? server).publish(topic, frame);
  void publisher.publish(CHANNEL, `${ME}${topic}\n${frame}`);
}

await subscriber.subscribe(CHANNEL, (said) => {
  if (said.startsWith(ME)) return;
  const end = said.indexOf("\n");
  server.publish(said.slice(ME.length, end), said.slice(end + 1));
});

const answer = (socket, event) => socket.send(JSON.stringify(event));

function tellTyping(socket, conversation_id, is_typing) {
  const { id, name } = socket.data.is;
  tell(room(conversation_id), { type: "typing_indicator", conversation_id, user_id: id, user_name: name, is_typing }, socket);
}

const EVENTS = {
  async authenticate(socket, credentials) {
    socket.data.user = userOf(credentials);
    try {
      socket.data.is = await socket.data.user;
      socket.subscribe(`user:${socket.data.is.id}`);
      answer(socket, { type: "authenticated", success: true, user: socket.data.is });
    } catch {
      answer(socket, { type: "error", message: "Authentication failed" });
      socket.close();
    }
  },

  async join_conversation(socket, { id, conversation_id, since }) {
    // A client need not wait for the answer to its first event.
    const user = await socket.data.user;
    if (!(await mayEnter(user, conversation_id))) return answer(socket, { type: "ack", id, success: false });
    socket.subscribe(room(conversation_id));
    const messages = since == null ? [] : await missed(conversation_id, since);
    answer(socket, { type: "ack", id, success: true, messages });
  },

  leave_conversation: (socket, { conversation_id }) => socket.unsubscribe(room(conversation_id)),

  async send_message(socket, { id, conversation_id, client_msg_id, content }) {
    const topic = room(conversation_id);
    if (!socket.isSubscribed(topic)) return answer(socket, { type: "ack", id, success: false });
    const sender = socket.data.is;
    const stored = await store(sender, { conversation_id, client_msg_id, content });
    answer(socket, { type: "ack", id, success: true, message_id: stored.id, client_msg_id, created_at: stored.created_at });
    tell(topic, {
      type: "message_received",
      conversation_id,
      id: stored.id,
      client_msg_id,
      sender,
      content,
      created_at: stored.created_at,
    });
  },

  typing_start(socket, { conversation_id }) {
    clearTimeout(socket.data.typing);
    tellTyping(socket, conversation_id, true);
    socket.data.typing = setTimeout(tellTyping, TYPING_MS, socket, conversation_id, false);
  },

  typing_stop(socket, { conversation_id }) {
    clearTimeout(socket.data.typing);
    tellTyping(socket, conversation_id, false);
  },
};

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, server) =>
    server.upgrade(request, { data: {} }) ? undefined : new Response("Not a WebSocket", { status: 400 }),
  websocket: {
    perMessageDeflate: false,
    message(socket, text) {
      const event = JSON.parse(text);
      return EVENTS[event.type](socket, event);
    },
    close: (socket) => clearTimeout(socket.data.typing),
  },
});

console.log(JSON.stringify({ port: server.port }));
