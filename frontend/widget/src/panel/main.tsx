import { h, render } from "preact";
import { browserStore } from "@fireside/shared";
import { App } from "./app";
import { Composer } from "./composer";
import { environment } from "./environment";
import { Panel } from "./panel";
import css from "./panel.css?inline";
import { Scroller } from "./scroller";
import { SessionKeeper } from "./session";

// With the script, in one download less; a style element the policy would not allow.
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
document.adoptedStyleSheets = [sheet];

const inboxKey = new URLSearchParams(location.search).get("inbox") ?? "";
const store = browserStore();
const keeper = new SessionKeeper(inboxKey, store, environment.origin, environment.fetch);
const panel = new Panel(keeper, store, drawSoon, (panel) =>
  import("./several").then(({ Several }) => new Several(panel)),
);
const scroller = new Scroller(() => void panel.handler.room?.loadOlder().catch(() => {}), drawSoon);
const composer = new Composer(panel, scroller);

let isDrawing = false;
let extras: Promise<void> | undefined;
let wasOpen = false;
/** The last drawing: its oldest entry, and how much there was at the end. */
let seen = { first: 0, below: 0 };

/** Draws once for all that happens in one go. */
function drawSoon(): void {
  if (isDrawing) return;
  isDrawing = true;
  queueMicrotask(draw);
}

function draw(): void {
  isDrawing = false;
  render(<App panel={panel} composer={composer} scroller={scroller} />, document.body);
  const { room } = panel.handler;
  if (room) {
    // If they cannot be had, messages are read and written without.
    extras ??= import("./extras").then(({ Extras }) => {
      panel.extras = new Extras(panel);
      drawSoon();
    }, drawSoon);
    const { lanes, pending, streaming } = room.view.conversation;
    const { first, last } = lanes.public;
    const below = (last ?? 0) + pending.length + streaming.length;
    scroller.settle(below > seen.below ? "below" : first < seen.first ? "above" : undefined);
    seen = { first, below };
  }
  composer.settle();
  if (panel.isOpen && !wasOpen) composer.focus();
  wasOpen = panel.isOpen;
}

drawSoon();
