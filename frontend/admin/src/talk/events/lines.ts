import type { EventLine } from "../slots";
import { words } from "./words";

export const agentJoined: EventLine = ({ by }) => words.joined(by);

export const botHandover: EventLine = () => words.botHandover;
