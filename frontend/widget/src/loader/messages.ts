/** What the loader on the host page and the panel in its frame tell each other, over a port of their own. */
export type ToPanel = { open: boolean } | { identify: string };

/** One of these at a time. */
export interface ToLoader {
  close?: true;
  /** Whether there is a session: from then on the frame is made with the page. */
  session?: boolean;
  unread?: number;
  colour?: string;
  /** For `Fireside.on("message", …)`. */
  message?: { text: string; from: string };
}

/** The first message, which carries the port, with what the host has said so far. */
export interface Hello {
  fireside: 1;
  theme: string | undefined;
  identity: string | undefined;
  open: boolean;
}
