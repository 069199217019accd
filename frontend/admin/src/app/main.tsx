import "../ui/index.css";
import { createRoot } from "react-dom/client";
import { Session } from "../people/sign-in/session";
import { App } from "./app";

const session = new Session();
void session.restore();

const root = document.getElementById("root");
if (root) createRoot(root).render(<App session={session} />);
