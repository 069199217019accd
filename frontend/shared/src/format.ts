const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Midnights between two moments, in local time; a daylight saving day counts as one. */
function daysBetween(at: number, now: number): number {
  const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / DAY_MS);
}

/** The time of day, such as 14:05. */
export function timeOfDay(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(at);
}

/** The day as a heading: today, yesterday, Monday, 3 March, 3 March 2024. */
export function dayHeading(at: number, now: number, locale?: string): string {
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) {
    return capital(new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day"), locale);
  }
  if (days > 1 && days < 7) return new Intl.DateTimeFormat(locale, { weekday: "long" }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", ...year }).format(at);
}

/** How long ago, in the fewest signs a list has room for: now, 5 min, 2 hr, Mon, 3 Mar, 03/2024. */
export function shortAgo(at: number, now: number, locale?: string): string {
  const ago = now - at;
  if (ago < MINUTE_MS) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "second");
  const unit = (value: number, name: string): string =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  if (ago < HOUR_MS) return unit(Math.floor(ago / MINUTE_MS), "minute");
  if (daysBetween(at, now) === 0) return unit(Math.floor(ago / HOUR_MS), "hour");
  if (daysBetween(at, now) < 7) return new Intl.DateTimeFormat(locale, { weekday: "short" }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const style = sameYear
    ? ({ day: "numeric", month: "short" } as const)
    : ({ month: "2-digit", year: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, style).format(at);
}

/** Date and time in full, for a tooltip. */
export function fullTime(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" }).format(at);
}

/** When someone was last here, as the end of a sentence: "5 minutes ago", "yesterday". */
export function longAgo(at: number, now: number, locale?: string): string {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
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
