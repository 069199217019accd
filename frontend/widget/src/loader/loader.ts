import css from "./launcher.css?inline";
import type { Hello, ToLoader, ToPanel } from "./messages";
import { words } from "./words";

type Listener = (detail?: unknown) => void;

export interface FiresideApi {
  open(): void;
  close(): void;
  toggle(): void;
  /** Vouches for the person on this page with a token that the site's own server signed. */
  identify(token: string): void;
  /** `open`, `close`, `unread` (a number) or `message` ({text, from}); returns how to stop. */
  on(event: string, listener: Listener): () => void;
  destroy(): void;
}

declare global {
  interface Window {
    Fireside?: FiresideApi & { inbox: string | undefined };
  }
}

const ICON_CHAT = "M21 12a8 8 0 0 1-8 8H4l1.6-3.4A8 8 0 1 1 21 12Z";
const ICON_CLOSE = "M6 9.5l6 6 6-6";

function make<K extends keyof HTMLElementTagNameMap>(tag: K, parent: Node): HTMLElementTagNameMap[K] {
  return parent.appendChild(document.createElement(tag));
}

function start(script: HTMLScriptElement): void {
  const { inbox, position = "", theme } = script.dataset;
  const { origin } = new URL(script.src);
  // Only a hint that a session exists: the session itself stays on the chat's origin, out of this page's reach.
  const hint = `fireside:${inbox}`;

  const host = make("div", document.body);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const button = make("button", root);
  const badge = make("span", button);
  const icon = button.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  icon.setAttribute("viewBox", "0 0 24 24");
  const path = icon.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));

  const listeners: [string, Listener][] = [];
  let frame: HTMLIFrameElement | undefined;
  let port: MessagePort | undefined;
  let identity: string | undefined;
  let isOpen = false;
  let unread = 0;

  const emit = (event: string, detail?: unknown): void => {
    for (const [name, listener] of listeners) if (name === event) listener(detail);
  };

  const show = (): void => {
    button.ariaExpanded = `${isOpen}`;
    button.ariaLabel = isOpen ? words.close : unread ? words.unread(unread) : words.open;
    path.setAttribute("d", isOpen ? ICON_CLOSE : ICON_CHAT);
    badge.hidden = isOpen || !unread;
    badge.textContent = unread > 99 ? "99+" : `${unread}`;
    frame?.classList.toggle("shut", !isOpen);
    const title = document.title.replace(/^\(\d+\) /, "");
    const wanted = unread && document.hidden ? `(${unread}) ${title}` : title;
    if (wanted !== document.title) document.title = wanted;
  };

  const tell = (message: ToPanel): void => port?.postMessage(message);

  const hear = ({ data }: MessageEvent<ToLoader>): void => {
    if ("close" in data) api.close();
    if ("session" in data) remember(data.session);
    if ("colour" in data) button.style.background = data.colour;
    if ("unread" in data) {
      emit("unread", (unread = data.unread));
      show();
    }
    if ("message" in data) emit("message", data.message);
  };

  const remember = (session: boolean): void => {
    try {
      if (session) localStorage.setItem(hint, "1");
      else localStorage.removeItem(hint);
    } catch {
      // Without storage the frame is simply made later.
    }
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
      const hello: Hello = { fireside: 1, theme, identity, open: isOpen };
      frame?.contentWindow?.postMessage(hello, origin, [channel.port2]);
    };
  };

  // The keyboard of a phone covers the page without resizing it; the panel must end above it.
  const fit = (): void => {
    const { height, offsetTop } = visualViewport!;
    const isFull = innerWidth < 480;
    if (frame) frame.style.cssText = isFull ? `height:${height}px;top:${offsetTop}px` : "";
  };

  const turn = (open: boolean): void => {
    if (open) load();
    if (open === isOpen) return;
    isOpen = open;
    fit();
    show();
    tell({ open });
    emit(open ? "open" : "close");
    if (open) frame?.focus();
    // Only if it would be lost otherwise: the person may be at work elsewhere on the page.
    else if (root.activeElement) button.focus();
  };

  const api = {
    inbox,
    open: () => turn(true),
    close: () => turn(false),
    toggle: () => turn(!isOpen),
    identify: (token: string) => tell({ identify: (identity = token) }),
    on(event: string, listener: Listener) {
      const entry: [string, Listener] = [event, listener];
      listeners.push(entry);
      return () => void listeners.splice(listeners.indexOf(entry), 1);
    },
    destroy() {
      document.removeEventListener("visibilitychange", show);
      visualViewport!.removeEventListener("resize", fit);
      unread = 0;
      show();
      port?.close();
      host.remove();
      delete window.Fireside;
    },
  };

  button.type = "button";
  button.className = position;
  button.onclick = api.toggle;
  button.onpointerenter = button.onfocus = load;
  host.onkeydown = (event) => {
    if (event.key === "Escape" && isOpen) api.close();
  };
  document.addEventListener("visibilitychange", show);
  visualViewport!.addEventListener("resize", fit);
  show();
  window.Fireside = api;
  try {
    if (localStorage.getItem(hint)) load();
  } catch {
    // The same as no hint.
  }
}

const script = document.currentScript as HTMLScriptElement;
// A page that changes without a reload may run this again: one widget is enough, and another inbox replaces it.
if (window.Fireside?.inbox !== script.dataset.inbox || !window.Fireside) {
  window.Fireside?.destroy();
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script));
}
