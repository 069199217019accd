import type { View } from "@fireside/shared/protocol";
import { lazy, Suspense } from "react";
import { Link } from "wouter";
import { NARROW, TIGHT, useMediaQuery } from "../../ui/browser";
import { Resizable } from "../../ui/resizable";
import { listPath } from "../conversations/address";
import { UnreadCount } from "../unread/count";
import { useCurrentList, useViews } from "./current";
import { nameOf, words } from "./words";
import "./views-column.css";

const ViewMenu = lazy(() => import("./view-menu"));
const WIDTH = { least: 160, most: 360 };
/** At this the server counts no further. */
export const MANY = 1000;

export interface Group {
  title: string;
  views: readonly View[];
}

/** The views in the groups in which they are shown; one without views is left out. */
export function groupsOf(views: readonly View[]): Group[] {
  const saved = views.filter(({ kind }) => kind === "saved");
  return [
    { title: words.views, views: views.filter(({ kind }) => kind === "built_in") },
    { title: words.inboxes, views: views.filter(({ kind }) => kind === "inbox") },
    { title: words.shared, views: saved.filter(({ is_shared }) => is_shared) },
    { title: words.own, views: saved.filter(({ is_shared }) => !is_shared) },
  ].filter((group) => group.views.length > 0);
}

/** The views beside the list, each with its live count. Where there is no room they are chosen above the list. */
export function ViewsColumn() {
  const { views = [], counts } = useViews();
  const current = useCurrentList();
  const usual = useMediaQuery(TIGHT) ? 176 : 220;
  if (useMediaQuery(NARROW)) return null;
  return (
    <Resizable
      name="views"
      label={words.width}
      edge="end"
      width={{ ...WIDTH, usual }}
      className="views-column"
    >
      <nav className="views" aria-label={words.views}>
        {groupsOf(views).map(({ title, views: group }, place) => (
          <section key={title} aria-label={title}>
            {/* The first group needs no title: it is what one expects here. */}
            <h2 className={place === 0 ? "visually-hidden" : undefined}>{title}</h2>
            <ul>
              {group.map((view) => (
                <ViewRow
                  key={view.id}
                  view={view}
                  count={counts[view.id]}
                  isCurrent={current?.address.view === view.id}
                />
              ))}
            </ul>
          </section>
        ))}
      </nav>
    </Resizable>
  );
}

interface ViewRowProps {
  view: View;
  count: number | undefined;
  isCurrent: boolean;
}

function ViewRow({ view, count = 0, isCurrent }: ViewRowProps) {
  const name = nameOf(view);
  return (
    <li className="view-row" data-calls={(view.id === "mine" && count > 0) || undefined}>
      <Link
        className="view-link"
        href={listPath({ view: view.id })}
        aria-current={isCurrent ? "page" : undefined}
        title={name}
      >
        <span className="view-name" dir="auto">
          {name}
        </span>
        {view.id === "mine" && <UnreadCount />}
        {/* What is closed only becomes more. */}
        {count > 0 && view.id !== "closed" && <ViewCount count={count} />}
      </Link>
      {view.kind === "saved" && (
        <Suspense>
          <ViewMenu view={view} />
        </Suspense>
      )}
    </li>
  );
}

export function ViewCount({ count }: { count: number }) {
  const shown = count >= MANY ? words.many : String(count);
  return (
    <span className="view-count">
      <span aria-hidden="true">{shown}</span>
      <span className="visually-hidden">{count >= MANY ? shown : words.count(count)}</span>
    </span>
  );
}
