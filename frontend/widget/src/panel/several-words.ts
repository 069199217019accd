/* The words of the list of conversations. */

export const startNew = "Start a new conversation";
export const title = "Your conversations";
export const list = (unread: number): string => (unread ? `${title}, ${unread} unread elsewhere` : title);
export const back = "Back to the conversation";
export const unread = (count: number): string => `${count > 99 ? "99+" : count} unread`;
export const closed = "Closed";
export const empty = "Nothing written yet";
export const saidBy = (name: string, text: string): string => `${name}: ${text}`;
export const more = "Show earlier conversations";
export const failed = "That did not work. Try again.";
export const tooMany = "You have many open conversations. Go on in one of them.";
