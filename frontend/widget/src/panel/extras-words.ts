/* The words of what is fetched after the panel. */

export const actions = (name: string, text: string): string => `Actions for “${text}” of ${name}`;
export const reactWith = (emoji: string): string => `React with ${emoji}`;
export const reacted = (emoji: string, count: number, names: string): string =>
  `${emoji} ${count} by ${names}`;
export const you = "You";
export const reply = "Reply";
export const edit = "Edit";
export const remove = "Delete";
export const reallyRemove = "Delete for everyone";
export const save = "Save";
export const cancel = "Cancel";
export const editing = "Edit your message";
export const replyingTo = (name: string): string => `Replying to ${name}`;
export const takeBack = "Take the reply back";
export const answers = (name: string, text: string): string => `Reply to ${name}: ${text}`;
export const earlier = "Earlier message";
export const failed = "That did not work. Try again.";
export const edited = "edited";
export const startNew = "Start a new conversation";
