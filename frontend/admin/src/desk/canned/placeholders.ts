import type { Refusal } from "../../talk/slots";
import { words } from "./words";

/** Of whom a text speaks. */
export interface Spoken {
  customer: { name: string; email: string | null };
  agent: { name: string; email: string };
}

/** `{{customer.first_name|there}}`; braces around anything else are somebody's own, as in a piece of code. */
const PLACEHOLDER = /\{\{\s*(customer|agent)\.([a-z_]+)\s*(?:\|([^{}]*))?\}\}/g;
/** Visitors who have not said who they are. */
const NUMBERED = /^Visitor \d+$/;

export const PLACEHOLDERS = [
  "customer.first_name",
  "customer.name",
  "customer.email",
  "agent.first_name",
  "agent.name",
  "agent.email",
] as const;

/** The text with all that is known put in, or what its author wants in place of it; the rest stays as it is. */
export function fillIn(text: string, spoken: Spoken): string {
  return text.replace(PLACEHOLDER, (whole, whose: "customer" | "agent", what: string, otherwise?: string) => {
    return valueOf(spoken[whose], what) ?? otherwise?.trim() ?? whole;
  });
}

function valueOf({ name, email }: { name: string; email: string | null }, what: string): string | undefined {
  const known = NUMBERED.test(name) ? undefined : name.trim();
  if (what === "name") return known;
  if (what === "first_name") return known?.split(/\s+/)[0];
  return what === "email" ? (email ?? undefined) : undefined;
}

/** The first placeholder that is still in a text: nobody may be sent it. */
export function unfilled(text: string): Refusal | undefined {
  PLACEHOLDER.lastIndex = 0;
  const found = PLACEHOLDER.exec(text);
  if (!found) return undefined;
  const from = found.index;
  return { from, to: from + found[0].length, why: words.unfilled(found[0]) };
}
