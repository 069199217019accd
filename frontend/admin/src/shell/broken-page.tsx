import { Button } from "react-aria-components";
import { WarningIcon } from "../ui/icons";
import { Notice } from "../ui/notice";
import { words } from "./words";

/** In place of a page that failed, or whose script did not come. */
export function BrokenPage() {
  return (
    <main className="page" id="conversation" tabIndex={-1}>
      <Notice role="alert" icon={<WarningIcon />} title={words.broken} hint={words.brokenHint}>
        <Button className="button" onPress={() => location.reload()}>
          {words.connection.reload}
        </Button>
      </Notice>
    </main>
  );
}
