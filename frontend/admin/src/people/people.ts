import { provided } from "../ui/provided";
import type { Agent, Session } from "./sign-in/session";

/** The agent who is signed in here, and the way they came in. */
export interface People {
  session: Session;
  agent: Agent;
}

export const [PeopleProvider, usePeople] = provided<People>("people");
