/** The time on the wall of a zone, with the day of the week and the zone; nothing for one that this browser does not know. */
export function localTime(now: number, zone: string, language: string): string | undefined {
  try {
    return new Intl.DateTimeFormat(language, {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      timeZoneName: "short",
    }).format(now);
  } catch {
    return undefined;
  }
}

/** A language by its tag, as the agent calls it. */
export function nameOfLanguage(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
