export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function duration(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.ceil(seconds)), "second", "seconds");
  return plural(Math.ceil(seconds / 60), "minute", "minutes");
}
