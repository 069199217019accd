import type { Message } from "@fireside/shared/log/lane";
import type { Room } from "@fireside/shared/log/room";
import type { LaneName } from "@fireside/shared/protocol";
import { provided } from "../ui/provided";

/** What can be done to the messages on the screen. */
export interface MessageActions {
  room: Room;
  ownId: number;
  /** Whether the agent may delete what others wrote. */
  isAdmin: boolean;
  /** The message that is being edited in its place, by its `client_msg_id`. */
  editing: string | undefined;
  edit(message: Message | undefined): void;
  reply(message: Message): void;
  /** Goes to a message, wherever it is. */
  jump(lane: LaneName, seq: number): void;
}

export const [MessageActionsProvider, useMessageActions] = provided<MessageActions>("the messages' actions");
