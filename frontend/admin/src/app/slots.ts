import { assign, assignToMe } from "../desk/assignment/command";
import { assigned, teamChanged } from "../desk/assignment/event-line";
import { AssignAction } from "../desk/assignment/header-action";
import { select } from "../desk/bulk/command";
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
import { setLabels } from "../desk/labels/command";
import { labelsChanged } from "../desk/labels/event-line";
import { LabelsAction } from "../desk/labels/header-action";
import { ConversationLabels } from "../desk/labels/pane";
import { LabelsBadge } from "../desk/labels/row-badge";
import { labelsPage } from "../desk/labels/settings-page";
import { notificationsPage } from "../desk/notifications/settings-page";
import { setPriority } from "../desk/priority/command";
import { priorityChanged } from "../desk/priority/event-line";
import { PriorityAction } from "../desk/priority/header-action";
import { PriorityBadge } from "../desk/priority/row-badge";
import type { DeskSlots } from "../desk/slots";
import { snooze, wake } from "../desk/snoozing/command";
import { snoozed, woken } from "../desk/snoozing/event-line";
import { SnoozeAction } from "../desk/snoozing/header-action";
import { SnoozedBadge } from "../desk/snoozing/row-badge";
import { teamsPage } from "../desk/teams/settings";
import { markUnread } from "../desk/unread/command";
import { UnreadDot } from "../desk/unread/dot";
import { ViewerFaces } from "../desk/viewers/faces";
import { undo } from "../desk/undo/command";
import { viewCommands } from "../desk/views/commands";
import { ViewsColumn } from "../desk/views/views-column";
import { Customer } from "../people/customers/customer";
import { customerChanged } from "../talk/events/customer-changed";
import { profilePage } from "../people/profile/settings-page";
import { Team } from "../people/team/team";
import { goToInbox, goToSettings, help, palette, type Place } from "../shell/commands";
import { keyboardPage } from "../shell/keyboard-settings";
import { InboxPage } from "../shell/inbox-page";
import { SETTINGS } from "../shell/settings-address";
import type { ShellSlots } from "../shell/slots";
import { words as shellWords } from "../shell/words";
import { note, reply } from "../talk/composer/commands";
import { DraftBadge } from "../talk/drafts/row-badge";
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
  select,
  help,
  reply,
  note,
  assign,
  assignToMe,
  snooze,
  wake,
  setLabels,
  setPriority,
  closeOrReopen,
  markUnread,
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
  settingsPages: [profilePage, notificationsPage, keyboardPage, labelsPage, cannedPage, teamsPage],
};

export const deskSlots: DeskSlots = {
  columns: [ViewsColumn],
  headerActions: [
    ViewerFaces,
    AssignAction,
    LabelsAction,
    PriorityAction,
    SnoozeAction,
    CloseAction,
    DetailsAction,
  ],
  rowBadges: [
    DraftBadge,
    ViewerFaces,
    LabelsBadge,
    SnoozedBadge,
    PriorityBadge,
    TeamBadge,
    AssigneeBadge,
    UnreadBadge,
    UnreadDot,
  ],
  panes: [Customer, ConversationLabels, ConversationFacts, Team],
  choosers: {
    snooze: lazily(() => import("../desk/snoozing/chooser"), "SnoozeChooser"),
    priority: lazily(() => import("../desk/priority/chooser"), "PriorityChooser"),
    labels: lazily(() => import("../desk/labels/chooser"), "LabelChooser"),
  },
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
    labels_changed: labelsChanged,
    customer_changed: customerChanged,
  },
  composerTools: [cannedReplies],
};
