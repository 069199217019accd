import { fullTime, timeOfDay } from "@fireside/shared/format/times";
import type { Notice } from "@fireside/shared/log/lane";
import { language } from "../../ui/language";
import { words } from "./words";
import "./event-line.css";

/** An event of the conversation, in one quiet line. */
export function NoticeLine({ notice, ownId }: { notice: Notice; ownId: number }) {
  const { at } = notice;
  return (
    <p className="log-line notice-line">
      {describe(notice, ownId)}
      <time dateTime={new Date(at).toISOString()} title={fullTime(at, language)}>
        {timeOfDay(at, language)}
      </time>
    </p>
  );
}

export function describe({ event, data, sender }: Notice, ownId: number): string {
  const by = sender.id === ownId ? words.you : sender.name;
  switch (event) {
    case "agent_joined":
      return sender.id === ownId ? words.youJoined : words.agentJoined(by);
    case "assigned":
      return assignment(by, data, sender.id, ownId);
    case "status_changed":
      return data.status === "closed" ? words.closed(by) : words.reopened(by);
    case "bot_handover":
      return words.botHandover;
    default:
      return words.changed;
  }
}

function assignment(by: string, data: Notice["data"], senderId: number, ownId: number): string {
  if (typeof data.user_id !== "number") return words.unassigned(by);
  if (data.user_id === senderId) return words.assignedSelf(by);
  return words.assigned(by, data.user_id === ownId ? words.youObject : String(data.name));
}
