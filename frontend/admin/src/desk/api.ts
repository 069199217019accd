import type { Rest } from "@fireside/shared/line/rest";
import type { Conversation, Label, Sort, View } from "@fireside/shared/protocol";
import type {
  ConversationChange,
  ConversationPage,
  InboxList,
  InboxRow,
  LabelChange,
  LabelMerge,
  NewLabel,
  NewView,
  ViewChange,
} from "@fireside/shared/protocol/rest";

/** The part of the REST API that the desk uses. */
export class DeskApi {
  constructor(readonly rest: Rest) {}

  /** A page of conversations; of all when no view is given, and the newest activity first when no order is. */
  conversations(
    filter: { view?: string; sort?: Sort; before?: string; limit?: string },
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

  saveView(view: NewView): Promise<View> {
    return this.rest.send("POST", "/chat/views", view);
  }

  changeView(id: string, change: ViewChange): Promise<View> {
    return this.rest.send("PATCH", `/chat/views/${id}`, change);
  }

  deleteView(id: string): Promise<void> {
    return this.rest.send("DELETE", `/chat/views/${id}`);
  }

  createLabel(label: NewLabel): Promise<Label> {
    return this.rest.send("POST", "/chat/labels", label);
  }

  changeLabel(id: number, change: LabelChange): Promise<Label> {
    return this.rest.send("PATCH", `/chat/labels/${id}`, change);
  }

  mergeLabel(id: number, into: number): Promise<void> {
    return this.rest.send("POST", `/chat/labels/${id}/merge`, { into } satisfies LabelMerge);
  }

  deleteLabel(id: number): Promise<void> {
    return this.rest.send("DELETE", `/chat/labels/${id}`);
  }

  async inboxes(signal?: AbortSignal): Promise<InboxRow[]> {
    return (await this.rest.get<InboxList>("/chat/inboxes", signal)).items;
  }
}

function pathOf(id: string): string {
  return `/chat/conversations/${encodeURIComponent(id)}`;
}
