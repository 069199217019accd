import { useMemo } from "react";
import {
  Autocomplete,
  Button,
  Dialog,
  DialogTrigger,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Popover,
  SearchField,
} from "react-aria-components";
import { usePeople } from "../../people/people";
import { Avatar } from "../../ui/avatar";
import { AssignIcon, CheckIcon, ChevronIcon, TeamIcon } from "../../ui/icons";
import { fits, fold } from "../../ui/fuzzy";
import { useKeyed } from "../../ui/keyed-store";
import type { HeaderActionProps } from "../slots";
import { useCandidates } from "../teams/queries";
import { openMenus } from "./open-menus";
import { words } from "./words";
import "./assign-menu.css";

/** To whom and to which team a conversation may be given, found by typing. */
export function AssignMenu({ conversation, onChange }: HeaderActionProps) {
  const { id } = conversation;
  const isOpen = useKeyed(openMenus, id) === true;
  const close = () => openMenus.set(id, undefined);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={(open) => openMenus.set(id, open || undefined)}>
      <Button className="icon-button assign-more" aria-label={words.assign}>
        <span className="assign-alone">
          <AssignIcon />
        </span>
        <span className="assign-quick">
          <ChevronIcon />
        </span>
      </Button>
      <Popover className="popover assign-menu" placement="bottom end">
        <Dialog className="assign-dialog" aria-label={words.assign}>
          <Candidates
            conversation={conversation}
            onChange={(change) => {
              close();
              onChange(change);
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Candidates({ conversation, onChange }: Pick<HeaderActionProps, "conversation" | "onChange">) {
  const { assignee, team } = conversation;
  const { agent } = usePeople();
  const { people, teams } = useCandidates(conversation);
  const ordered = useMemo(
    () => [...people].sort((one, other) => Number(other.id === agent.id) - Number(one.id === agent.id)),
    [people, agent.id],
  );
  return (
    <Autocomplete filter={(text, typed) => fits(fold(typed), fold(text)) !== undefined}>
      <SearchField className="assign-search" aria-label={words.find} autoFocus>
        <Input placeholder={words.find} />
      </SearchField>
      <Menu
        className="menu assign-list"
        renderEmptyState={() => <p className="muted">{words.nobodyFound}</p>}
      >
        <MenuSection>
          <Header>{words.people}</Header>
          {ordered.map(({ id, name }) => (
            <MenuItem
              key={`agent:${id}`}
              id={`agent:${id}`}
              className="menu-item"
              textValue={id === agent.id ? words.me(name) : name}
              onAction={() => onChange({ assignee_id: id })}
            >
              <Avatar name={name} small />
              <span dir="auto">{id === agent.id ? words.me(name) : name}</span>
              {assignee?.id === id && <CheckIcon />}
              {assignee?.id === id && <span className="visually-hidden">{words.has}</span>}
            </MenuItem>
          ))}
          {assignee && (
            <MenuItem
              id="nobody"
              className="menu-item"
              textValue={words.nobody}
              onAction={() => onChange({ assignee_id: null })}
            >
              {words.nobody}
            </MenuItem>
          )}
        </MenuSection>
        {teams.length > 0 && (
          <MenuSection>
            <Header>{words.teams}</Header>
            {teams.map(({ id, name }) => (
              <MenuItem
                key={`team:${id}`}
                id={`team:${id}`}
                className="menu-item"
                textValue={name}
                onAction={() => onChange({ team_id: id })}
              >
                <TeamIcon />
                <span dir="auto">{name}</span>
                {team?.id === id && <CheckIcon />}
                {team?.id === id && <span className="visually-hidden">{words.has}</span>}
              </MenuItem>
            ))}
            {team && (
              <MenuItem
                id="no-team"
                className="menu-item"
                textValue={words.noTeam}
                onAction={() => onChange({ team_id: null })}
              >
                {words.noTeam}
              </MenuItem>
            )}
          </MenuSection>
        )}
      </Menu>
    </Autocomplete>
  );
}
