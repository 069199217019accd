import type { ChosenStatus, Presence, PresenceStatus } from "@fireside/shared/protocol";

/** What an agent can choose, each with the dot that others then see. */
export const CHOICES: readonly { choice: ChosenStatus; dot: PresenceStatus }[] = [
  { choice: "automatic", dot: "online" },
  { choice: "online", dot: "online" },
  { choice: "away", dot: "away" },
  { choice: "busy", dot: "busy" },
  { choice: "invisible", dot: "offline" },
];

/** A status as it is set: all of it at once. */
export interface Choice {
  status: ChosenStatus;
  text: string;
  emoji: string;
  /** When it ends, in milliseconds since the epoch. */
  until: number | undefined;
}

export const AUTOMATIC: Choice = { status: "automatic", text: "", emoji: "", until: undefined };

/** What an agent has chosen, from their own presence as they are told it. */
export function choiceOf(own: Presence | undefined): Choice {
  return {
    status: own?.chosen ?? "automatic",
    text: own?.text ?? "",
    emoji: own?.emoji ?? "",
    until: own?.until === undefined ? undefined : Date.parse(own.until),
  };
}
