// Where a message goes before it is acked: each takes Bun's client and returns a function that stores one message.
import { randomUUID } from "node:crypto";

/** An insert per message, over as many connections as there are. */
const each = (sql) => async (sender, { conversation_id, client_msg_id, content }) => {
  const [stored] = await sql`
    insert into peer_messages (conversation_id, sender_id, client_msg_id, message_id, body)
    values (${conversation_id}, ${sender.id}, ${client_msg_id}, ${randomUUID()}, ${content})
    returning id, created_at`;
  return stored;
};

/** What comes while a statement is at Postgres goes together into the next, as Fireside does it. */
const grouped = (sql) => {
  let waiting = [];
  let busy = false;

  async function run() {
    busy = true;
    while (waiting.length) {
      const group = waiting;
      waiting = [];
      const column = (name, type) => sql.array(group.map((one) => one[name]), type);
      try {
        const rows = await sql`
          insert into peer_messages (conversation_id, sender_id, client_msg_id, message_id, body)
          select * from unnest(${column("conversation_id", "UUID")}, ${column("sender_id", "INT")},
                               ${column("client_msg_id", "UUID")}, ${column("message_id", "UUID")},
                               ${column("content", "JSONB")})
          returning id, created_at`;
        group.forEach((one, number) => one.resolve(rows[number]));
      } catch (error) {
        group.forEach((one) => one.reject(error));
      }
    }
    busy = false;
  }

  return (sender, message) =>
    new Promise((resolve, reject) => {
      waiting.push({ ...message, sender_id: sender.id, message_id: randomUUID(), resolve, reject });
      if (!busy) void run();
    });
};

/** Nothing is stored: what the sockets and topics do alone. */
const nothing = () => {
  let id = 0;
  return () => ({ id: ++id, created_at: new Date() });
};

export const STORES = { each, grouped, nothing };
