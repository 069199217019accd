import type { Label } from "@fireside/shared/protocol";

export type Colour = Label["colour"];

export const COLOURS: readonly Colour[] = [
  "blue",
  "green",
  "orange",
  "purple",
  "teal",
  "red",
  "yellow",
  "grey",
];

/** The colour that the fewest labels have, for the next one. */
export function nextColour(labels: readonly Label[]): Colour {
  const uses = (colour: Colour): number => labels.filter((label) => label.colour === colour).length;
  return COLOURS.reduce((best, colour) => (uses(colour) < uses(best) ? colour : best));
}
