import { assign, assignToMe } from "../desk/assignment/command";
import { assigned, teamChanged } from "../desk/assignment/event-line";
import { AssignAction } from "../desk/assignment/header-action";
import { cannedPage } from "../desk/canned/settings-page";
import { cannedReplies } from "../desk/canned/tool";
import { AssigneeBadge, TeamBadge } from "../desk/assignment/row-badge";
import { closeOrReopen } from "../desk/closing/command";
import { statusChanged } from "../desk/closing/event-line";
import { CloseAction } from "../desk/closing/header-action";
import { ConversationFacts } from "../desk/conversations/facts";
import { details } from "../desk/details/command";
import { DetailsAction } from "../desk/details/header-action";
import { next, previous } from "../desk/inbox/commands";
import { UnreadBadge } from "../desk/inbox/unread-badge";
import { priorityChanged } from "../desk/priority/event-line";
import type { DeskSlots } from "../desk/slots";
import { snoozed, woken } from "../desk/snoozing/event-line";
import { teamsPage } from "../desk/teams/settings";
import { undo } from "../desk/undo/command";
import { viewCommands } from "../desk/views/commands";
import { ViewsColumn } from "../desk/views/views-column";
import { Customer } from "../people/customers/customer";
import { profilePage } from "../people/profile/settings-page";
import { Team } from "../people/team/team";
import { goToInbox, goToSettings, help, palette, type Place } from "../shell/commands";
import { keyboardPage } from "../shell/keyboard-settings";
import { InboxPage } from "../shell/inbox-page";
import { SETTINGS } from "../shell/settings-address";
import type { ShellSlots } from "../shell/slots";
import { words as shellWords } from "../shell/words";
import { note, reply } from "../talk/composer/commands";
import { agentJoined, botHandover } from "../talk/events/lines";
import type { TalkSlots } from "../talk/slots";
import type { Command } from "../ui/command";
import { InboxIcon, SettingsIcon } from "../ui/icons";
import { lazily } from "../ui/lazily";

/* Where features show: one line for each place that a feature has. All is known when this compiles; nothing registers itself. */

/** In the order in which they are listed. */
export const commands: readonly Command<Place>[] = [
  next,
  previous,
  help,
  reply,
  note,
  assign,
  assignToMe,
  closeOrReopen,
  details,
  ...viewCommands,
  goToInbox,
  goToSettings,
  palette,
  undo,
];

export const shellSlots: ShellSlots = {
  inbox: { id: "inbox", home: "/", title: shellWords.inbox, icon: InboxIcon, component: InboxPage },
  routes: [
    {
      id: "settings",
      path: SETTINGS,
      home: "/settings",
      title: shellWords.settings.title,
      icon: SettingsIcon,
      component: lazily(() => import("../shell/settings-page"), "SettingsPage"),
    },
  ],
  commands,
  settingsPages: [profilePage, keyboardPage, cannedPage, teamsPage],
};

export const deskSlots: DeskSlots = {
  columns: [ViewsColumn],
  headerActions: [AssignAction, CloseAction, DetailsAction],
  rowBadges: [TeamBadge, AssigneeBadge, UnreadBadge],
  panes: [Customer, ConversationFacts, Team],
};

export const talkSlots: TalkSlots = {
  eventLines: {
    agent_joined: agentJoined,
    assigned,
    team_changed: teamChanged,
    status_changed: statusChanged,
    bot_handover: botHandover,
    snoozed,
    woken,
    priority_changed: priorityChanged,
  },
  composerTools: [cannedReplies],
};
