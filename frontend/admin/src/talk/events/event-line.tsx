import { fullTime, timeOfDay } from "@fireside/shared/format/times";
import type { Notice, NoticeOf } from "@fireside/shared/log/lane";
import type { EventName } from "@fireside/shared/protocol";
import { language } from "../../ui/language";
import { type TalkSlots, useTalkSlots } from "../slots";
import { words } from "./words";
import "./event-line.css";

/** An event of the conversation, in one quiet line. */
export function NoticeLine({ notice, ownId }: { notice: Notice; ownId: number }) {
  const { eventLines } = useTalkSlots();
  const { at } = notice;
  return (
    <p className="log-line notice-line">
      {describe(notice, ownId, eventLines)}
      <time dateTime={new Date(at).toISOString()} title={fullTime(at, language)}>
        {timeOfDay(at, language)}
      </time>
    </p>
  );
}

/** An event in words; one that only a newer server knows gets a sentence too. */
export function describe<Name extends EventName>(
  { event, data, sender }: NoticeOf<Name>,
  ownId: number,
  lines: TalkSlots["eventLines"],
): string {
  const by = sender.id === ownId ? words.you : sender.name;
  return lines[event]?.({ by, senderId: sender.id, ownId, data }) ?? words.changed;
}
