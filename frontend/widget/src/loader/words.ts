/* The launcher's own words; the panel has its catalogue, which this file must not make heavier. */

export const title = "Chat";
export const open = "Open chat";
export const close = "Close chat";
export const away = "Fireside: no answer from";
export const module = "Fireside: drop type=module";
export const twice = "Fireside: two tags; keep one tag";
export const unread = (count: number): string => `${open}, ${count} unread`;
