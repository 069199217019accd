import { duration } from "../../ui/english";
import { inLanguage } from "../../ui/language";

const en = {
  title: "Sign in to Fireside",
  lead: "Answer your customers from here.",
  email: "E-mail",
  password: "Password",
  submit: "Sign in",
  submitting: "Signing in…",
  missing: "Enter your e-mail and your password.",
  refused: "This e-mail and password don't belong together. Check both and try again.",
  limited: (seconds: number) => `Too many tries. Wait ${duration(seconds)}, then try again.`,
  unreachable: "Fireside can't be reached. Check your connection and try again.",
  failed: "Something went wrong on our side. Try again in a moment.",
  expired: "You were signed out because your session ended. Sign in to go on; your drafts are kept.",
};

export const words = inLanguage({ en });
