import { useEffect, useRef, useState } from "react";
import { useLocation, useRoute, useSearchParams } from "wouter";
import { CONVERSATION, conversationPath, listAt, listPath } from "../desk/conversations/address";
import { NothingChosen } from "../desk/conversations/nothing-chosen";
import { ConversationPage } from "../desk/conversations/page";
import { useChange } from "../desk/conversations/queries";
import { useDesk } from "../desk/desk";
import { Inbox, stepFrom, useListedRows } from "../desk/inbox/inbox";
import { focusedRow } from "../desk/inbox/focused-row";
import { useDeskSlots } from "../desk/slots";
import { useMarkUnread } from "../desk/unread/use-mark-unread";
import { keyOf, useCurrentList } from "../desk/views/current";
import { usePreference, useRemembered } from "../settings/preferences";
import { type ComposerHandle, ComposerProvider } from "../talk/composer/handle";
import { BRAND } from "../ui/brand";
import { NARROW, PHONE, useMediaQuery } from "../ui/browser";
import { Resizable } from "../ui/resizable";
import { usePaneFocus } from "./pane-focus";
import { usePagePlace } from "./place";
import { useTitle } from "./title";
import { words } from "./words";

const LIST_WIDTH = { usual: 320, least: 260, most: 560 };

/** The desk itself: views, the list, the conversation, the customer. */
export function InboxPage() {
  const [, params] = useRoute<{ id: string }>(CONVERSATION);
  const id = params?.id;
  const { conversations, selection } = useDesk();
  const list = useCurrentList();
  const { columns } = useDeskSlots();
  const [, navigate] = useLocation();
  const [search] = useSearchParams();
  const address = listAt(search);
  const rows = useListedRows();
  const composer = useRef<ComposerHandle>(null);
  const change = useChange(id ?? "");
  const markUnread = useMarkUnread();
  const [singleKeys] = usePreference<boolean>("single-keys", true);
  const [paneShown, setPaneShown] = useRemembered("details", true);
  const [drawerShown, setDrawerShown] = useState(false);
  const isNarrow = useMediaQuery(NARROW);
  const isPhone = useMediaQuery(PHONE);
  const [detailsShown, setDetailsShown] = isNarrow
    ? [drawerShown, setDrawerShown]
    : [paneShown, setPaneShown];

  usePaneFocus(isPhone, id);
  useTitle(id);
  // A failure with one conversation is not to be read above another.
  useEffect(() => change.reset(), [id]);

  function step(by: number): void {
    const next = stepFrom(rows(), id, by);
    if (next) navigate(conversationPath(next.id, address));
  }

  usePagePlace(() => {
    const conversation = id === undefined ? undefined : conversations.get(id);
    return {
      conversation,
      change: change.mutate,
      step,
      select() {
        const wanted = focusedRow() ?? id;
        if (list && wanted !== undefined) selection.toggle(keyOf(list), wanted);
      },
      toggleDetails: () => setDetailsShown(!detailsShown),
      markUnread: () => id !== undefined && markUnread(id),
      write: conversation && ((wanted) => composer.current?.write(wanted)),
    };
  });

  return (
    <div className="panes" data-view={id === undefined ? "list" : "conversation"}>
      {columns.map((Column, place) => (
        <Column key={place} />
      ))}
      <Resizable
        name="list"
        label={words.listWidth}
        edge="end"
        width={LIST_WIDTH}
        isFixed={isPhone}
        className="list-column"
      >
        <section
          className="pane list-pane"
          aria-label={words.conversations}
          role={isPhone && id === undefined ? "main" : undefined}
        >
          <h1 className="visually-hidden">{BRAND}</h1>
          <Inbox currentId={id} />
        </section>
      </Resizable>
      {id === undefined ? (
        <NothingChosen byKey={singleKeys && !isPhone} />
      ) : (
        <ComposerProvider value={composer}>
          <ConversationPage
            id={id}
            back={listPath(address)}
            detailsShown={detailsShown}
            onDetails={setDetailsShown}
            onChange={(wanted) => change.mutate(wanted)}
            changeFailed={change.isError}
          />
        </ComposerProvider>
      )}
    </div>
  );
}
