import { h, type JSX } from "preact";

const PATHS = {
  close: "M6 9l6 6 6-6",
  send: "M5 12h14M13 6l6 6-6 6",
  sound: "M4 9v6h4l5 4V5L8 9H4ZM16.5 8.5a5 5 0 0 1 0 7",
  muted: "M4 9v6h4l5 4V5L8 9H4ZM17 9.5l5 5M22 9.5l-5 5",
  down: "M12 5v14M6 13l6 6 6-6",
};

export function Icon({ name }: { name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
