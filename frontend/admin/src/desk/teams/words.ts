import { inLanguage } from "../../ui/language";

const en = {
  title: "Teams",
  hint: "An inbox that belongs to teams is seen by their members only, admins included. One without teams is seen by every agent.",
  create: "New team",
  empty: "No teams yet",
  emptyHint: "Every agent sees every inbox. Make a team to give some inboxes to some people only.",
  loading: "Loading the teams",
  name: "Name",
  members: "Members",
  inboxes: "Inboxes of this team",
  noInboxes: "None: the team can be given conversations, and hides nothing.",
  counts: (members: number, inboxes: number) =>
    `${members} ${members === 1 ? "member" : "members"}, ${inboxes} ${inboxes === 1 ? "inbox" : "inboxes"}`,
  editShort: "Edit",
  edit: (name: string) => `Edit ${name}`,
  save: "Save",
  cancel: "Cancel",
  remove: "Delete team",
  removeSure: (name: string) => `Really delete ${name}`,
  nobody: "Nobody is in this team, so nobody sees its inboxes.",
  notIn: "You are not in this team: you will not see what comes to its inboxes.",
  noName: "Give the team a name.",
  failed: "That could not be saved. Try again.",
};

export const words = inLanguage({ en });
