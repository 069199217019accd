import { useColleagues } from "../../people/team/queries";
import { Avatar } from "../../ui/avatar";
import { useChat } from "../../ui/chat";
import { words } from "./words";
import "./readers-line.css";

/** As many as fit beside a bubble; the rest are counted. */
const SHOWN = 3;

/** The colleagues who have read to here. */
export function ReadersLine({ ids }: { ids: readonly number[] }) {
  const colleagues = useColleagues();
  const { presence } = useChat();
  // Whoever has come to the team since the list was read is known by their presence.
  const names = ids.flatMap(
    (id) => (colleagues?.find((each) => each.id === id) ?? presence.get(id))?.name ?? [],
  );
  if (names.length === 0) return null;
  return (
    <p className="readers-line" title={words.readBy(names)}>
      {names.slice(0, SHOWN).map((name) => (
        <Avatar key={name} name={name} small />
      ))}
      {names.length > SHOWN && <span aria-hidden="true">+{names.length - SHOWN}</span>}
      <span className="visually-hidden">{words.readBy(names)}</span>
    </p>
  );
}
