import type { Conversation } from "@fireside/shared/protocol";
import { usePeople } from "../../people/people";
import { initials } from "../../ui/avatar";
import { useKeyed } from "../../ui/keyed-store";
import { useDesk } from "../desk";
import { words } from "./words";
import "./faces.css";

/** More are counted. */
const SHOWN = 2;

/** The colleagues who have this conversation before them now, as small faces: above it, and in its row. */
export function ViewerFaces({ conversation }: { conversation: Conversation }) {
  const { viewers } = useDesk();
  const { agent } = usePeople();
  const here = useKeyed(viewers, conversation.id)?.filter(({ id }) => id !== agent.id);
  if (!here?.length) return null;
  const said = here.map(({ name, mode }) => words[mode](name)).join(", ");
  return (
    <span className="viewer-faces" title={said}>
      {here.slice(0, SHOWN).map(({ id, name, mode }) => (
        <span key={id} className="viewer-face" data-mode={mode} aria-hidden="true">
          {initials(name)}
        </span>
      ))}
      {here.length > SHOWN && <span aria-hidden="true">+{here.length - SHOWN}</span>}
      <span className="visually-hidden">{said}</span>
    </span>
  );
}
