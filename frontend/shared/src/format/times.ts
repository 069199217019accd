const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Making a formatter takes a hundred times as long as using it, and a list scrolls by in hundreds of rows a second. */
function kept<Formatter>(make: (locale?: string) => Formatter): (locale?: string) => Formatter {
  const made = new Map<string | undefined, Formatter>();
  return (locale) => {
    const formatter = made.get(locale) ?? make(locale);
    made.set(locale, formatter);
    return formatter;
  };
}

const dates = (options: Intl.DateTimeFormatOptions) =>
  kept((locale) => new Intl.DateTimeFormat(locale, options));
const shortUnit = (unit: string) =>
  kept((locale) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }));
// Marked as pure, so that a face gets only those it uses.
const timeFormat = /* @__PURE__ */ dates({ hour: "numeric", minute: "2-digit" });
const weekdayFormat = /* @__PURE__ */ dates({ weekday: "long" });
const dayFormat = /* @__PURE__ */ dates({ day: "numeric", month: "long" });
const dayOfYearFormat = /* @__PURE__ */ dates({ day: "numeric", month: "long", year: "numeric" });
const shortWeekdayFormat = /* @__PURE__ */ dates({ weekday: "short" });
const shortDayFormat = /* @__PURE__ */ dates({ day: "numeric", month: "short" });
const monthFormat = /* @__PURE__ */ dates({ month: "2-digit", year: "numeric" });
const fullFormat = /* @__PURE__ */ dates({ dateStyle: "full", timeStyle: "short" });
const minuteFormat = /* @__PURE__ */ shortUnit("minute");
const hourFormat = /* @__PURE__ */ shortUnit("hour");
const relativeFormat = /* @__PURE__ */ kept(
  (locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }),
);

/** Midnights between two moments, in local time; a daylight saving day counts as one. */
function daysBetween(at: number, now: number): number {
  const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / DAY_MS);
}

/** The time of day, such as 14:05. */
export function timeOfDay(at: number, locale?: string): string {
  return timeFormat(locale).format(at);
}

/** The day as a heading: today, yesterday, Monday, 3 March, 3 March 2024. */
export function dayHeading(at: number, now: number, locale?: string): string {
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) {
    return capital(relativeFormat(locale).format(-days, "day"), locale);
  }
  if (days > 1 && days < 7) return weekdayFormat(locale).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? dayFormat : dayOfYearFormat)(locale).format(at);
}

/** The time that has passed, in the fewest signs a list has room for: now, 5 min, 2 hr, Mon, 3 Mar, 03/2024. */
export function shortAgo(at: number, now: number, locale?: string): string {
  const ago = now - at;
  if (ago < MINUTE_MS) return relativeFormat(locale).format(0, "second");
  if (ago < HOUR_MS) return minuteFormat(locale).format(Math.floor(ago / MINUTE_MS));
  const days = daysBetween(at, now);
  if (days === 0) return hourFormat(locale).format(Math.floor(ago / HOUR_MS));
  if (days < 7) return shortWeekdayFormat(locale).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? shortDayFormat : monthFormat)(locale).format(at);
}

/** Date and time in full, for a tooltip. */
export function fullTime(at: number, locale?: string): string {
  return fullFormat(locale).format(at);
}

/** When someone was last here, as the end of a sentence: "5 minutes ago", "yesterday". */
export function longAgo(at: number, now: number, locale?: string): string {
  const relative = relativeFormat(locale);
  const ago = Math.max(0, now - at);
  if (ago < MINUTE_MS) return relative.format(0, "second");
  if (ago < HOUR_MS) return relative.format(-Math.floor(ago / MINUTE_MS), "minute");
  const days = daysBetween(at, now);
  if (days === 0) return relative.format(-Math.floor(ago / HOUR_MS), "hour");
  if (days < 31) return relative.format(-days, "day");
  return dayHeading(at, now, locale);
}

function capital(text: string, locale?: string): string {
  return text.slice(0, 1).toLocaleUpperCase(locale) + text.slice(1);
}
