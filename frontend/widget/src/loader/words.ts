/** The launcher's own words; the panel has its catalogue, which this file must not make heavier. */
export const words = {
  title: "Chat",
  open: "Open chat",
  close: "Close chat",
  away: "Fireside: no answer from",
  module: "Fireside: drop type=module",
  twice: "Fireside: two inboxes; keep one tag",
  unread: (count: number): string => `Open chat, ${count} unread`,
};
