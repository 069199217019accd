import { createRoot } from "react-dom/client";
import { Session } from "./api/session";
import { App } from "./app";
import "./styles/index.css";

const session = new Session();
void session.restore();

const root = document.getElementById("root");
if (root) createRoot(root).render(<App session={session} />);
