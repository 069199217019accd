/**
 * Something that the agent can have done by key. Lists of commands, such as the sheet of shortcuts, are made from
 * these; `Place` is what the command needs of where it runs.
 */
export interface Command<Place> {
  id: string;
  title: string;
  /** As a keyboard names it, in lower case. */
  key: string;
  group: "move" | "act";
  /** It works where single keys are turned off too. */
  always?: true;
  /** Whether there is something to do it to; without this, there always is. */
  when?: (place: Place) => boolean;
  run: (place: Place) => void;
}

/** The key as it is shown. */
export function keyName({ key }: { key: string }): string {
  return key.toLocaleUpperCase();
}
