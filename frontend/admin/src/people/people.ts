import { provided } from "../ui/provided";
import type { Agent, Session } from "./sign-in/session";

/** Who is signed in here, and how they came in. */
export interface People {
  session: Session;
  agent: Agent;
}

export const [PeopleProvider, usePeople] = provided<People>("people");
