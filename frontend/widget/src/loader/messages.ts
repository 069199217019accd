/** The messages between the loader on the host page and the panel in its frame, over a port of their own. */

/** How things stand on the host page, said anew whenever that changes; the first time with the port. */
export interface ToPanel {
  fireside: 1;
  theme: string | undefined;
  /** Empty is nobody. */
  identity: string | null | undefined;
  /** The person who was here is signed out. */
  logout: true | undefined;
  open: boolean;
}

export interface ToLoader {
  close?: true;
  /** Whether there is a session: from then on the frame is made with the page. */
  session?: boolean;
  unread?: number;
  colour?: string;
  /** Nobody is signed in any more. */
  out?: true;
  /** For `Fireside.on("message", …)`. */
  message?: { text: string; from: string };
}
