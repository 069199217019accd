import type { Conversation, Notification } from "@fireside/shared/protocol";

/** Whether nobody needs to hear of something any more, as its conversation stands now. */
export function isOver(
  notification: Notification,
  conversation: Conversation | undefined,
  agentId: number,
): boolean {
  if (notification.is_seen) return true;
  if (!conversation) return notification.is_over;
  const { status, assignee, waiting_since } = conversation;
  if (status === "closed") return true;
  switch (notification.kind) {
    case "mentioned":
      return false;
    case "assigned":
      return assignee?.id !== agentId;
    case "replied":
      return assignee?.id !== agentId || waiting_since === null;
    case "team":
    case "new":
    case "waiting":
      return assignee !== null || waiting_since === null;
  }
}
