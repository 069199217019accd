import type { View } from "@fireside/shared/protocol";
import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useLocation } from "wouter";
import { usePeople } from "../../people/people";
import { MoreIcon } from "../../ui/icons";
import { FIRST_VIEW, listPath } from "../conversations/address";
import { AskName } from "./asking";
import { useCurrentList } from "./current";
import { useChangeView } from "./queries";
import { words } from "./words";

/** What its owner can do with a saved view. */
export default function ViewMenu({ view }: { view: View }) {
  const { agent } = usePeople();
  const current = useCurrentList();
  const [, navigate] = useLocation();
  const change = useChangeView(view);
  const [isRenaming, setRenaming] = useState(false);
  if (view.owner_id !== agent.id && !agent.is_admin) return null;

  function remove(): void {
    change.mutate("delete", {
      onSuccess: () => current?.address.view === view.id && navigate(listPath({ view: FIRST_VIEW })),
    });
  }

  return (
    <>
      <MenuTrigger>
        <Button className="icon-button view-more" aria-label={words.more(view.name)}>
          <MoreIcon />
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu className="menu">
            <MenuItem className="menu-item" onAction={() => setRenaming(true)}>
              {words.rename}
            </MenuItem>
            <MenuItem className="menu-item" onAction={() => change.mutate({ is_shared: !view.is_shared })}>
              {view.is_shared ? words.makeOwn : words.makeShared}
            </MenuItem>
            <MenuItem className="menu-item" onAction={remove}>
              {words.remove}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {change.isError && (
        <span className="visually-hidden" role="alert">
          {words.changeFailed}
        </span>
      )}
      <AskName
        title={words.renameTitle}
        isOpen={isRenaming}
        name={view.name}
        isShared={view.is_shared}
        onClose={() => setRenaming(false)}
        onSave={(name, is_shared) => change.mutateAsync({ name, is_shared })}
      />
    </>
  );
}
