import { lazy, Suspense, useState } from "react";
import { Button } from "react-aria-components";
import { useLocation } from "wouter";
import { NARROW, useMediaQuery } from "../../ui/browser";
import { conversationPath, type ListAddress, listPath } from "../conversations/address";
import { AskName } from "./asking";
import type { CurrentList } from "./current";
import { useSaveView } from "./queries";
import { words } from "./words";
import "./list-head.css";

// Menus are large, and nobody opens one in the first second.
const ListMenus = lazy(() => import("./list-menus"));
const FilterChips = lazy(() => import("./filter-chips"));
const ViewSelect = lazy(() => import("./view-select"));

interface ListHeadProps {
  list: CurrentList;
  currentId: string | undefined;
}

/** Above the list: which it is, what narrows it, and its order. All of it is in the address. */
export function ListHead({ list, currentId }: ListHeadProps) {
  const [, navigate] = useLocation();
  const isNarrow = useMediaQuery(NARROW);
  const save = useSaveView();
  const [isSaving, setSaving] = useState(false);

  function go(change: Partial<ListAddress>): void {
    const address = { ...list.address, ...change };
    navigate(currentId === undefined ? listPath(address) : conversationPath(currentId, address));
  }

  async function saveAs(name: string, is_shared: boolean): Promise<void> {
    const { id } = await save.mutateAsync({ name, is_shared, predicate: list.predicate, sort: list.sort });
    navigate(listPath({ view: id }));
  }

  const isChanged = list.filters.length > 0 || list.sort !== (list.view?.sort ?? "activity");
  const title = <h2 dir="auto">{list.name}</h2>;
  return (
    <header className="list-head">
      <Suspense fallback={title}>{isNarrow ? <ViewSelect list={list} /> : title}</Suspense>
      <Suspense fallback={<span className="list-menus" />}>
        <ListMenus list={list} onChange={go} />
      </Suspense>
      {list.filters.length > 0 && (
        <Suspense>
          <FilterChips list={list} onChange={go} />
        </Suspense>
      )}
      {isChanged && (
        <div className="list-changed">
          <Button className="link" onPress={() => setSaving(true)}>
            {words.save}
          </Button>
          <Button className="link" onPress={() => navigate(listPath({ view: list.address.view }))}>
            {words.clear}
          </Button>
        </div>
      )}
      <AskName
        title={words.saveTitle}
        isOpen={isSaving}
        name=""
        isShared={false}
        onClose={() => setSaving(false)}
        onSave={saveAs}
      />
    </header>
  );
}
