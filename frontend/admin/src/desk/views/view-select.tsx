import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from "react-aria-components";
import { useLocation } from "wouter";
import { ChevronIcon } from "../../ui/icons";
import { listPath } from "../conversations/address";
import { UnreadCount } from "../unread/count";
import { type CurrentList, useViews } from "./current";
import { groupsOf, ViewCount } from "./views-column";
import { nameOf, words } from "./words";

/** Where the views have no column of their own: in the head of the list. */
export default function ViewSelect({ list }: { list: CurrentList }) {
  const { views = [], counts } = useViews();
  const [, navigate] = useLocation();
  return (
    <MenuTrigger>
      <Button className="view-select" aria-label={words.chosen(list.name)}>
        <span className="view-name" dir="auto">
          {list.name}
        </span>
        <ChevronIcon />
      </Button>
      <Popover className="popover view-sheet" placement="bottom start">
        <Menu className="menu" onAction={(id) => navigate(listPath({ view: String(id) }))}>
          {groupsOf(views).map(({ title, views: group }) => (
            <MenuSection key={title} selectionMode="single" selectedKeys={[list.address.view]}>
              <Header>{title}</Header>
              {group.map((view) => (
                <MenuItem key={view.id} id={view.id} className="menu-item" textValue={nameOf(view)}>
                  <bdi className="view-name">{nameOf(view)}</bdi>
                  {view.id === "mine" && <UnreadCount />}
                  {(counts[view.id] ?? 0) > 0 && view.id !== "closed" && (
                    <ViewCount count={counts[view.id] ?? 0} />
                  )}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
