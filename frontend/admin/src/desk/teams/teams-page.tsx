import type { Team } from "@fireside/shared/protocol/rest";
import { useState } from "react";
import { Button } from "react-aria-components";
import { SettingsColumn } from "../../settings/section";
import { TeamIcon } from "../../ui/icons";
import { Notice, Skeleton } from "../../ui/notice";
import { useTeams } from "./queries";
import { TeamForm } from "./team-form";
import { words } from "./words";
import "./teams-page.css";

const NEW = "new";

/** Who is in which team, and which inboxes are theirs alone. */
export function TeamsPage() {
  const teams = useTeams();
  const [editing, setEditing] = useState<Team["id"] | typeof NEW>();
  const done = () => setEditing(undefined);

  return (
    <SettingsColumn
      title={words.title}
      hint={words.hint}
      action={
        <Button className="button primary" isDisabled={editing === NEW} onPress={() => setEditing(NEW)}>
          {words.create}
        </Button>
      }
    >
      {editing === NEW && <TeamForm onDone={done} />}
      {teams === undefined ? (
        <Skeleton rows={3} label={words.loading} />
      ) : teams.length === 0 && editing !== NEW ? (
        <Notice icon={<TeamIcon />} title={words.empty} hint={words.emptyHint} />
      ) : (
        <ul className="teams">
          {teams.map((team) => (
            <li key={team.id}>
              {editing === team.id ? (
                <TeamForm team={team} onDone={done} />
              ) : (
                <div className="teams-row">
                  <TeamIcon />
                  <div>
                    <h2 dir="auto">{team.name}</h2>
                    <p className="muted">{words.counts(team.member_ids.length, team.inbox_ids.length)}</p>
                  </div>
                  <Button
                    className="button quiet"
                    aria-label={words.edit(team.name)}
                    onPress={() => setEditing(team.id)}
                  >
                    {words.editShort}
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </SettingsColumn>
  );
}
