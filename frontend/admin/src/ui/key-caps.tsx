import { chordName, parseKeys } from "./keys";
import "./key-caps.css";

/** "g i" as the two keys that are pressed. */
export function KeyCaps({ keys }: { keys: string | undefined }) {
  if (keys === undefined) return null;
  return (
    <span className="key-caps">
      {parseKeys(keys).map((chord, place) => (
        <kbd key={place}>{chordName(chord)}</kbd>
      ))}
    </span>
  );
}
