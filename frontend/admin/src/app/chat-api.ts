import type { Conversation, ConversationStatus, Presence } from "@fireside/shared/protocol";
import type { Rest } from "@fireside/shared/line/rest";

export interface Page {
  items: Conversation[];
  /** The beginning of the next, older page; null at the end. */
  next: string | null;
}

export interface Colleague {
  id: number;
  name: string;
  email: string;
  is_admin: boolean;
  presence: Presence | null;
}

export interface Inbox {
  id: number;
  key: string;
  name: string;
}

interface Items<T> {
  items: T[];
}

/** The part of the REST API that this app uses. */
export class ChatApi {
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

  update(
    id: string,
    change: { status?: ConversationStatus; assignee_id?: number | null },
  ): Promise<Conversation> {
    return this.rest.send("PATCH", pathOf(id), change);
  }

  async colleagues(signal?: AbortSignal): Promise<Colleague[]> {
    return (await this.rest.get<Items<Colleague>>("/chat/agents", signal)).items;
  }

  async inboxes(signal?: AbortSignal): Promise<Inbox[]> {
    return (await this.rest.get<Items<Inbox>>("/chat/inboxes", signal)).items;
  }
}

function pathOf(id: string): string {
  return `/chat/conversations/${encodeURIComponent(id)}`;
}
