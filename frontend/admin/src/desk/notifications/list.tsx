import { fullTime, shortAgo } from "@fireside/shared/format/times";
import type { Notification } from "@fireside/shared/protocol";
import { useState } from "react";
import { Button, Heading } from "react-aria-components";
import { Link } from "wouter";
import { BellIcon, SettingsIcon, WarningIcon } from "../../ui/icons";
import { language } from "../../ui/language";
import { Notice, Skeleton } from "../../ui/notice";
import { conversationPath, listAt } from "../conversations/address";
import { askForBanners, bannerPermission } from "./banner";
import { PAGE } from "./settings-page";
import type { NotificationsState } from "./store";
import { words } from "./words";

interface ListProps {
  state: NotificationsState;
  isOver(notification: Notification): boolean;
  onAgain(): void;
  onGo(path: string): void;
}

/** The latest, with the reason where one was not told. */
export function NotificationList({ state, isOver, onAgain, onGo }: ListProps) {
  const now = Date.now();
  const [permission, setPermission] = useState(bannerPermission);
  return (
    <>
      <header className="bell-header">
        <Heading slot="title">{words.title}</Heading>
        <Button className="icon-button" aria-label={words.choose} onPress={() => onGo(PAGE)}>
          <SettingsIcon />
        </Button>
      </header>
      {permission === "default" && (
        <Button className="button small bell-allow" onPress={() => void askForBanners().then(setPermission)}>
          {words.allow}
        </Button>
      )}
      {state.status === "loading" && <Skeleton rows={3} label={words.loading} />}
      {state.status === "failed" && (
        <Notice icon={<WarningIcon />} title={words.failed} hint={words.failedHint} role="alert">
          <Button className="button" onPress={onAgain}>
            {words.retry}
          </Button>
        </Notice>
      )}
      {state.status === "ready" && state.items.length === 0 && (
        <Notice icon={<BellIcon />} title={words.empty} hint={words.emptyHint} />
      )}
      <ul className="bell-list">
        {state.items.map((each) => (
          <li key={each.id}>
            <Item notification={each} isOver={isOver(each)} now={now} onGo={onGo} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface ItemProps {
  notification: Notification;
  isOver: boolean;
  now: number;
  onGo(path: string): void;
}

function Item({ notification, isOver, now, onGo }: ItemProps) {
  const { conversation_id, created_at, text, verdict, is_seen } = notification;
  const path = conversationPath(conversation_id, listAt(new URLSearchParams(location.search)));
  const isNew = verdict === "told" && !is_seen;
  const at = Date.parse(created_at);
  return (
    <Link
      className="bell-item"
      href={path}
      data-over={isOver || undefined}
      onClick={(event) => {
        // With a key it opens in a tab of its own.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        onGo(path);
      }}
    >
      <span className="bell-what">
        {isNew && <span className="visually-hidden">{words.isNew}: </span>}
        {words.happened(notification)}
      </span>
      <time dateTime={created_at} title={fullTime(at, language)}>
        {shortAgo(at, now, language)}
      </time>
      {text !== null && <span className="bell-text">{text}</span>}
      {verdict !== "told" && <span className="bell-reason">{words.reasons[verdict]}</span>}
      {isNew && <span className="bell-dot" aria-hidden="true" />}
    </Link>
  );
}
