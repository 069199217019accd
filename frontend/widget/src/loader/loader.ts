import css from "./launcher.css?inline";
import type { ToLoader, ToPanel } from "./messages";
import * as words from "./words";

type Listener = (detail?: unknown) => void;

export interface FiresideApi {
  open(): void;
  close(): void;
  toggle(): void;
  /** Vouches for the person on this page with a token that the site's own server signed; empty is nobody. */
  identify(token?: string | null): void;
  /** Ends the session and forgets whoever was here; the event `logout` tells when, in other tabs too. */
  logout(): void;
  /** `open`, `close`, `logout`, `unread` (a number) or `message` ({text, from}); returns how to stop. */
  on(event: string, listener: Listener): () => void;
  destroy(): void;
}

declare global {
  interface Window {
    Fireside?: FiresideApi & { inbox: string | undefined };
  }
}

/** From a frame's load until we give up hearing from the panel in it. */
const PATIENCE_MS = 9_000;

function make<K extends keyof HTMLElementTagNameMap>(tag: K, parent: Node): HTMLElementTagNameMap[K] {
  return parent.appendChild(document.createElement(tag));
}

function start(script: HTMLScriptElement): void {
  const { inbox, position = "", theme } = script.dataset;
  const { origin } = new URL(script.src);
  // Only a hint that a session exists: the session itself stays on the chat's origin, out of this page's reach.
  const hint = `fireside:${inbox}`;

  // A page's rules for its `div`s are none for us, nor are its scripts'.
  const host = document.createElement("fireside-chat");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const button = make("button", root);
  const badge = make("span", button);

  const listeners = new Set<[string, Listener]>();
  /** Ends what listens to the page; as options of a listener it has just the `signal` that these want. */
  const gone = new AbortController();
  let frame: HTMLIFrameElement | undefined;
  let port: MessagePort | undefined;
  let identity: string | null | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let isOpen = false;
  let unread = 0;
  /** The page's own title, and what we have made of it last: anything else is the page's again. */
  let title = "";
  let badged = "";
  /** While somebody is being signed out. */
  let isLeaving: true | undefined;
  /** Whether there may be a session: the panel says when there is none. */
  let isHere = true;

  const emit = (event: string, detail?: unknown): void => {
    listeners.forEach(([name, listener]) => name === event && listener(detail));
  };

  const show = (): void => {
    // The browser makes strings of both.
    button.ariaExpanded = isOpen as unknown as string;
    button.ariaLabel = isOpen ? words.close : unread ? words.unread(unread) : words.open;
    badge.hidden = isOpen || !unread;
    badge.textContent = (unread > 99 ? "99+" : unread) as string;
    frame?.classList.toggle("shut", !isOpen);
    if (document.title !== badged) title = document.title;
    badged = unread && document.hidden ? `(${unread}) ${title}` : title;
    if (badged !== document.title) document.title = badged;
    badged = document.title;
  };

  /** Takes back what only could disappoint. */
  const fail = (): void => {
    if (window.Fireside !== api) return;
    console.error(words.away, origin);
    api.destroy();
  };

  const news = (): ToPanel => ({ fireside: 1, theme, identity, logout: isLeaving, open: isOpen });

  /** Tells the panel how things stand, after the changes that it is given. */
  const tell = (..._changes: unknown[]): void => port?.postMessage(news());

  const hear = ({
    data: { close, session, colour, unread: count, message, out },
  }: MessageEvent<ToLoader>): void => {
    clearTimeout(patience);
    // First of all, for to close says anew how things stand.
    if (out) {
      // Somebody who signed out in another tab must not come back by what this page said; here it may have said more since.
      identity = isLeaving && identity;
      isLeaving = undefined;
    }
    if (session != null) {
      isHere = session;
      stored((it) => (session ? (it[hint] = "1") : delete it[hint]));
    }
    if (close) turn(false);
    if (colour) button.style.background = colour;
    if (count != null) {
      emit("unread", (unread = count));
      show();
    }
    if (message) emit("message", message);
    if (out) emit("logout");
  };

  /** Without storage the frame is simply made later. */
  const stored = (use: (storage: Storage) => unknown): unknown => {
    try {
      return use(localStorage);
    } catch {}
  };

  const load = (): void => {
    if (frame) return;
    frame = make("iframe", root);
    frame.title = words.title;
    frame.allow = "autoplay";
    frame.className = `shut ${position}`;
    frame.src = `${origin}/widget/panel?inbox=${inbox}`;
    frame.onload = () => {
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = hear;
      // An error page loads too, and says nothing.
      patience = setTimeout(fail, PATIENCE_MS);
      frame!.contentWindow!.postMessage(news(), origin, [channel.port2]);
    };
  };

  // The keyboard of a phone covers the page without resizing it; the panel must end above it.
  const fit = (): void => {
    const { height, offsetTop } = visualViewport!;
    if (frame) frame.style.cssText = innerWidth < 480 ? `height:${height}px;top:${offsetTop}px` : "";
  };

  const turn = (open: boolean): void => {
    if (open) load();
    if (open === isOpen) return;
    isOpen = open;
    fit();
    show();
    tell();
    emit(open ? "open" : "close");
    if (open) frame!.focus();
    // Only if it would be lost otherwise: the person may be at work elsewhere on the page.
    else if (root.activeElement) button.focus();
  };

  const api: typeof window.Fireside & {} = {
    inbox,
    open: () => turn(true),
    close: () => turn(false),
    toggle: () => turn(!isOpen),
    identify: (token?: string | null) => tell((identity = token)),
    logout() {
      // A page may sign out whenever it hears that somebody was, and would never hear the end of it.
      if (!isHere && !identity) return;
      load();
      tell((identity = undefined), (isLeaving = true));
    },
    on(event: string, listener: Listener) {
      const entry: [string, Listener] = [event, listener];
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    destroy() {
      gone.abort();
      unread = 0;
      show();
      port?.close();
      host.remove();
      delete window.Fireside;
    },
  };

  button.className = position;
  button.onclick = api.toggle;
  button.onpointerenter = button.onfocus = load;
  host.onkeydown = (event) => {
    if (event.key === "Escape") turn(false);
  };
  document.addEventListener("visibilitychange", show, gone);
  visualViewport!.addEventListener("resize", fit, gone);
  show();
  window.Fireside = api;

  // A module, for a policy that lets the tag load lets this too. If the inbox may not be used here, it says why.
  import(/* @vite-ignore */ `${origin}/widget/inbox.js?inbox=${inbox}`).then((answer: { default?: true }) => {
    if (window.Fireside !== api) return;
    if (!answer.default) return api.destroy();
    // Beside the body, whose rules would be ours too, and in the top layer, above whatever the page does to its root.
    document.documentElement.append(host);
    host.popover = "manual";
    host.showPopover?.();
    if (stored((it) => it[hint])) load();
  }, fail);
}

const script = document.currentScript as HTMLScriptElement | null;
const running = window.Fireside;
if (!script) console.error(words.module);
// A page that changes without a reload may run this again: one widget is enough, and another inbox replaces it.
else if (!running || running.inbox !== script.dataset.inbox) {
  if (running) {
    console.warn(words.twice);
    running.destroy();
  }
  start(script);
}
