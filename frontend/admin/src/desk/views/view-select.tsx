import {
  Button,
  Header,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Popover,
  Select,
  SelectValue,
} from "react-aria-components";
import { useLocation } from "wouter";
import { ChevronIcon } from "../../ui/icons";
import { listPath } from "../conversations/address";
import { type CurrentList, useViews } from "./current";
import { groupsOf, ViewCount } from "./views-column";
import { nameOf, words } from "./words";

/** Where the views have no column of their own: in the head of the list. */
export function ViewSelect({ list }: { list: CurrentList }) {
  const { views = [], counts } = useViews();
  const [, navigate] = useLocation();
  return (
    <Select
      className="view-select"
      aria-label={words.views}
      selectedKey={list.address.view}
      onSelectionChange={(id) => navigate(listPath({ view: String(id) }))}
    >
      <Button className="view-select-button">
        <SelectValue>{list.name}</SelectValue>
        <ChevronIcon />
      </Button>
      <Popover className="popover view-sheet">
        <ListBox className="menu">
          {groupsOf(views).map(({ title, views: group }) => (
            <ListBoxSection key={title}>
              <Header>{title}</Header>
              {group.map((view) => (
                <ListBoxItem key={view.id} id={view.id} className="menu-item" textValue={nameOf(view)}>
                  <bdi>{nameOf(view)}</bdi>
                  {(counts[view.id] ?? 0) > 0 && view.id !== "closed" && (
                    <ViewCount count={counts[view.id] ?? 0} />
                  )}
                </ListBoxItem>
              ))}
            </ListBoxSection>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
