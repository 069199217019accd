import type { Rest } from "@fireside/shared/line/rest";
import type { Conversation, ConversationStatus } from "@fireside/shared/protocol";

export interface Page {
  items: Conversation[];
  /** The beginning of the next, older page; null at the end. */
  next: string | null;
}

export interface Inbox {
  id: number;
  key: string;
  name: string;
}

export interface Change {
  status?: ConversationStatus;
  assignee_id?: number | null;
}

/** The part of the REST API that the desk uses. */
export class DeskApi {
  constructor(readonly rest: Rest) {}

  /** A page of conversations, the newest activity first; of both statuses when none is given. */
  conversations(
    filter: { status?: ConversationStatus; before?: string },
    signal?: AbortSignal,
  ): Promise<Page> {
    return this.rest.get(`/chat/conversations?${new URLSearchParams({ limit: "50", ...filter })}`, signal);
  }

  conversation(id: string, signal?: AbortSignal): Promise<Conversation> {
    return this.rest.get(pathOf(id), signal);
  }

  update(id: string, change: Change): Promise<Conversation> {
    return this.rest.send("PATCH", pathOf(id), change);
  }

  async inboxes(signal?: AbortSignal): Promise<Inbox[]> {
    return (await this.rest.get<{ items: Inbox[] }>("/chat/inboxes", signal)).items;
  }
}

function pathOf(id: string): string {
  return `/chat/conversations/${encodeURIComponent(id)}`;
}
