import type { EventLine } from "../slots";
import { words } from "./words";

export const agentJoined: EventLine<"agent_joined"> = ({ by }) => words.joined(by);

export const botHandover: EventLine<"bot_handover"> = () => words.botHandover;
