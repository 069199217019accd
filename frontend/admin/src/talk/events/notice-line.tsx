import { fullTime, timeOfDay } from "@fireside/shared/format/times";
import type { Notice } from "@fireside/shared/log/lane";
import { words } from "../../app/words";

/** An event of the conversation, in one quiet line. */
export function NoticeLine({ notice, ownId }: { notice: Notice; ownId: number }) {
  const { at } = notice;
  return (
    <p className="notice-line">
      {describe(notice, ownId)}
      <time dateTime={new Date(at).toISOString()} title={fullTime(at, words.language)}>
        {timeOfDay(at, words.language)}
      </time>
    </p>
  );
}

export function describe({ event, data, sender }: Notice, ownId: number): string {
  const by = sender.id === ownId ? words.event.you : sender.name;
  switch (event) {
    case "agent_joined":
      return sender.id === ownId ? words.event.youJoined : words.event.agentJoined(by);
    case "assigned":
      return assignment(by, data, sender.id, ownId);
    case "status_changed":
      return data.status === "closed" ? words.event.closed(by) : words.event.reopened(by);
    case "bot_handover":
      return words.event.botHandover;
    default:
      return words.event.changed;
  }
}

function assignment(by: string, data: Notice["data"], senderId: number, ownId: number): string {
  if (typeof data.user_id !== "number") return words.event.unassigned(by);
  if (data.user_id === senderId) return words.event.assignedSelf(by);
  return words.event.assigned(by, data.user_id === ownId ? words.event.youObject : String(data.name));
}
