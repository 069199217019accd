import { timeOfDay } from "@fireside/shared/format/times";
import type { Presence } from "@fireside/shared/protocol";
import { language } from "../../ui/language";
import { words } from "./words";
import "./status-text.css";

/** What somebody has written as their status, and until when; nothing where they have written nothing. */
export function StatusText({ presence: { text, emoji, until } }: { presence: Presence }) {
  if (!text && !emoji && until === undefined) return null;
  return (
    <span className="status-text">
      <span dir="auto">
        {emoji} {text}
      </span>{" "}
      {until !== undefined && (
        <time dateTime={until}>{words.until(untilText(Date.parse(until), Date.now()))}</time>
      )}
    </span>
  );
}

const DAY_MS = 86_400_000;

function untilText(at: number, now: number): string {
  if (at - now < DAY_MS) return timeOfDay(at, language);
  return new Date(at).toLocaleDateString(language, { day: "numeric", month: "short" });
}
