import { inLanguage } from "../../ui/language";

const en = {
  assignToMe: "Assign to me",
  takeOver: "Take over",
  unassign: "Unassign",
  assign: "Assign to a person or a team",
  find: "Find a person or a team",
  nobodyFound: "Nobody of that name may see this conversation.",
  people: "People",
  teams: "Teams",
  me: (name: string) => `${name} (you)`,
  has: "has it",
  nobody: "Nobody",
  noTeam: "No team",
  team: (name: string) => `Team ${name}`,
  assigned: (name: string) => `Assigned to ${name}`,

  event: {
    assigned: (by: string, to: string) => `${by} assigned this to ${to}`,
    taken: (by: string) => `${by} took this conversation`,
    unassigned: (by: string) => `${by} unassigned this`,
    team: (by: string, to: string) => `${by} gave this to ${to}`,
    noTeam: (by: string) => `${by} took this from its team`,
    you: "you",
  },
};

export const words = inLanguage({ en });
