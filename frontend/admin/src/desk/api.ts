import type { Rest } from "@fireside/shared/line/rest";
import type { Conversation, ConversationStatus } from "@fireside/shared/protocol";
import type {
  ConversationChange,
  ConversationPage,
  InboxList,
  InboxRow,
} from "@fireside/shared/protocol/rest";

/** The part of the REST API that the desk uses. */
export class DeskApi {
  constructor(readonly rest: Rest) {}

  /** A page of conversations, the newest activity first; of both statuses when none is given. */
  conversations(
    filter: { status?: ConversationStatus; before?: string },
    signal?: AbortSignal,
  ): Promise<ConversationPage> {
    return this.rest.get(`/chat/conversations?${new URLSearchParams({ limit: "50", ...filter })}`, signal);
  }

  conversation(id: string, signal?: AbortSignal): Promise<Conversation> {
    return this.rest.get(pathOf(id), signal);
  }

  update(id: string, change: ConversationChange): Promise<Conversation> {
    return this.rest.send("PATCH", pathOf(id), change);
  }

  async inboxes(signal?: AbortSignal): Promise<InboxRow[]> {
    return (await this.rest.get<InboxList>("/chat/inboxes", signal)).items;
  }
}

function pathOf(id: string): string {
  return `/chat/conversations/${encodeURIComponent(id)}`;
}
