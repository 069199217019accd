import { browserStore } from "@fireside/shared";
import { render } from "preact";
import { App } from "./app";
import { environment } from "./environment";
import { Panel } from "./panel";
import "./panel.css";
import { SessionKeeper } from "./session";

const inboxKey = new URLSearchParams(location.search).get("inbox") ?? "";
const store = browserStore();
const keeper = new SessionKeeper(inboxKey, store, environment.origin, environment.fetch);
const panel = new Panel(keeper, store);
render(<App panel={panel} store={store} />, document.body);
if (window.parent === window) panel.openAlone();
