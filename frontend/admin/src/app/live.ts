import { systemClock } from "@fireside/shared/line/clock";
import { uuid } from "@fireside/shared/line/ids";
import { browserStore } from "@fireside/shared/line/storage";
import { Desk } from "../desk/desk";
import type { People } from "../people/people";
import { reportActivity } from "../people/presence/activity";
import type { Agent, Session } from "../people/sign-in/session";
import { Preferences } from "../settings/preferences";
import { Drafts } from "../talk/drafts/drafts";
import { Reading } from "../talk/reading/reading";
import { ReadStates } from "../talk/reading/read-states";
import { RecentRooms } from "../talk/rooms";
import type { Talk } from "../talk/talk";
import { remotePreferences } from "./remote-preferences";
import { AdminWebSocketClient } from "./client";

/** All that is live for one signed-in agent; made at sign-in, closed at sign-out. */
export class Live {
  readonly client: AdminWebSocketClient;
  readonly people: People;
  readonly talk: Talk;
  readonly desk: Desk;
  readonly preferences: Preferences;

  #stops: (() => void)[] = [];

  constructor(session: Session, agent: Agent) {
    const store = browserStore();
    this.client = new AdminWebSocketClient({
      agentId: agent.id,
      renewToken: session.token,
      poll: () => this.desk.catchUp(),
      store,
    });
    const { chat } = this.client;
    const reading = new Reading(chat, new ReadStates(chat.rest));
    this.client.chat.marked = (signal) => reading.marked(signal);
    this.people = { session, agent };
    const drafts = new Drafts({
      rest: chat.rest,
      store,
      clock: systemClock,
      agentId: agent.id,
      fresh: uuid,
      sending: (id) => chat.outbox.of(id).map(({ client_msg_id }) => client_msg_id),
    });
    this.talk = { rooms: new RecentRooms(chat), drafts, reading };
    this.desk = new Desk(chat, store, () => reading.states.doubt());
    this.preferences = new Preferences(remotePreferences(chat.rest), store, agent.id);
  }

  start(): void {
    const { chat } = this.client;
    this.desk.start();
    this.#stops = [
      reportActivity(chat),
      chat.on("replaced", () => this.talk.reading.clear()),
      chat.on("event", (event) => event.type === "read_state" && this.talk.reading.states.offer(event)),
      chat.on("open", () => void this.preferences.sync()),
      chat.on("open", () => void this.talk.drafts.load()),
      chat.on("event", (event) => event.type === "draft_changed" && this.talk.drafts.heard(event)),
      chat.on(
        "event",
        (event) => event.type === "preferences_changed" && this.preferences.heard(event.version),
      ),
    ];
    this.client.connect(this.people.session.accessToken);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.desk.stop();
    this.client.disconnect();
  }
}
