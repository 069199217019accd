import { Suspense, useEffect } from "react";
import { Link, Redirect, useRoute } from "wouter";
import { usePeople } from "../people/people";
import type { SettingsPage as Page } from "../settings/page";
import { BRAND } from "../ui/brand";
import { MayBreak } from "../ui/broken";
import { PHONE, useMediaQuery } from "../ui/browser";
import { BackIcon, WarningIcon } from "../ui/icons";
import { Notice, Skeleton } from "../ui/notice";
import { BrokenPage } from "./broken-page";
import { SETTINGS } from "./settings-address";
import { useShellSlots } from "./slots";
import { words } from "./words";
import "./settings-page.css";

/** The settings: their list, and the page that the address names. On a phone one at a time. */
export function SettingsPage() {
  const [, params] = useRoute(SETTINGS);
  const path = params?.["*"] ?? "";
  const { agent } = usePeople();
  const { settingsPages } = useShellSlots();
  const isPhone = useMediaQuery(PHONE);
  const visible = settingsPages.filter(({ who }) => who === "all" || agent.is_admin);
  const page = settingsPages.find((one) => one.path === path);

  useEffect(() => {
    document.title = `${page?.title ?? words.settings.title} · ${BRAND}`;
  }, [page]);

  if (path === "" && !isPhone && visible[0]) return <Redirect to={`/settings/${visible[0].path}`} replace />;
  return (
    <div className="panes settings" data-view={path === "" ? "list" : "page"}>
      <SettingsList pages={visible} current={page} />
      {path !== "" && (
        <main className="page" id="conversation" tabIndex={-1} aria-label={page?.title}>
          <Link className="settings-back" href="/settings">
            <BackIcon />
            {words.settings.title}
          </Link>
          {page && visible.includes(page) ? (
            <MayBreak key={page.id} instead={<BrokenPage />}>
              <Suspense fallback={<Skeleton rows={0} label={words.opening} />}>
                <page.component />
              </Suspense>
            </MayBreak>
          ) : (
            <Notice
              icon={<WarningIcon />}
              title={page ? words.settings.forAdmins : words.settings.missing}
              hint={page ? words.settings.forAdminsHint : words.settings.missingHint}
              isPage
            />
          )}
        </main>
      )}
    </div>
  );
}

interface ListProps {
  pages: readonly Page[];
  current: Page | undefined;
}

function SettingsList({ pages, current }: ListProps) {
  const sections = Object.keys(words.settings.sections) as Page["section"][];
  return (
    <nav className="settings-list" aria-label={words.settings.title}>
      <h2>{words.settings.title}</h2>
      {sections.map((section) => {
        const own = pages.filter((page) => page.section === section);
        if (own.length === 0) return null;
        return (
          <section key={section}>
            <h3>{words.settings.sections[section]}</h3>
            <ul>
              {own.map((page) => (
                <li key={page.id}>
                  <Link href={`/settings/${page.path}`} aria-current={page === current ? "page" : undefined}>
                    {page.title}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}
