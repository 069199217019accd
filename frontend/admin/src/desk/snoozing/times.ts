import { language } from "../../ui/language";

/** Later than this, "later today" would be tonight, when nobody is at the desk. */
const LATE_HOUR = 20;
const LATER_HOURS = 3;
const MORNING_HOUR = 9;
const MONDAY = 1;
const DAYS = 1000;

export type Choice = "later" | "tomorrow" | "monday" | "week";

/** The times that are offered now, in the agent's zone; those that would say the same twice are left out. */
export function choicesAt(now: Date): [Choice, Date][] {
  const tomorrow = morning(now, 1);
  const monday = morning(now, (MONDAY - now.getDay() + 7) % 7 || 7);
  const all: [Choice, Date][] = [
    ["later", later(now)],
    ["tomorrow", tomorrow],
    ["monday", monday],
    ["week", morning(now, 7)],
  ];
  return all.filter(
    ([choice, at]) =>
      (choice !== "later" || at.getDate() === now.getDate()) &&
      !all.some(([other, same]) => other < choice && same.getTime() === at.getTime()),
  );
}

/** Some hours ahead, at a full half hour, unless that is too late for today. */
function later(now: Date): Date {
  const at = new Date(now);
  at.setHours(now.getHours() + LATER_HOURS, now.getMinutes() < 30 ? 30 : 60, 0, 0);
  return at.getHours() <= LATE_HOUR ? at : morning(now, 1);
}

/** Counted in days of the calendar: where a clock changes in between, nine stays nine. */
function morning(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING_HOUR);
}

/** What a field of date and time says: a time on the wall, in the agent's zone. */
export function fieldValue(at: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Why a time cannot be chosen. */
export function refusal(at: Date, now: Date): "past" | "tooFar" | undefined {
  if (!(at > now)) return "past";
  return at.getTime() - now.getTime() < DAYS * 24 * 3_600_000 ? undefined : "tooFar";
}

/** The moment with the offset of the agent's zone, so with the time on the wall. */
export function withOffset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const offset = [hours, rest].map((number) => String(number).padStart(2, "0")).join(":");
  return `${fieldValue(at)}:00${minutes < 0 ? "-" : "+"}${offset}`;
}

export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const timeFormat = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const weekFormat = new Intl.DateTimeFormat(language, {
  weekday: "long",
  hour: "numeric",
  minute: "2-digit",
});
const dayFormat = new Intl.DateTimeFormat(language, {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "numeric",
  minute: "2-digit",
});
const shortDayFormat = new Intl.DateTimeFormat(language, { weekday: "short" });
const shortDateFormat = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const yearFormat = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** The same for a row, in the fewest signs: "14:00", "Mon", "5 Mar". */
export function shortWallTime(at: number, now = Date.now()): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return timeFormat.format(at);
  return (Math.abs(at - now) / 86_400_000 < 6 ? shortDayFormat : shortDateFormat).format(at);
}

/** A time that is near, in as few words as tell it from others: "14:00", "Monday 09:00", "Fri 5 Mar, 09:00". */
export function wallTime(at: number, now = Date.now()): string {
  const days = Math.abs(at - now) / 86_400_000;
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  const format = isToday ? timeFormat : days < 6 ? weekFormat : days < 300 ? dayFormat : yearFormat;
  return format.format(at);
}
