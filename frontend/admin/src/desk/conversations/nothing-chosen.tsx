import { ChatIcon } from "../../ui/icons";
import { Notice } from "../../ui/notice";
import { words } from "./words";

/** In the place of a conversation, while none is chosen. */
export function NothingChosen({ byKey }: { byKey: boolean }) {
  return (
    <main className="pane conversation-pane" id="conversation" tabIndex={-1}>
      <Notice icon={<ChatIcon />} title={words.none} hint={byKey ? words.noneHint : words.noneHintPhone} />
    </main>
  );
}
