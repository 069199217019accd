import type { PresenceStatus } from "@fireside/shared/protocol";

/**
 * Two letters for a name: of its first and last word, or the first two of the only one.
 * Visitors without a name are numbered, and their numbers tell them apart.
 */
export function initials(name: string): string {
  const number = /\d+$/.exec(name.trim());
  if (number) return number[0].slice(-2);
  const parts = name.trim().split(/\s+/);
  const first = [...(parts[0] ?? "")];
  const last = parts.length > 1 ? [...(parts[parts.length - 1] ?? "")] : [];
  const letters = last.length > 0 ? [first[0], last[0]] : first.slice(0, 2);
  return letters.join("").toLocaleUpperCase() || "?";
}

interface AvatarProps {
  name: string;
  small?: boolean;
  presence?: PresenceStatus | undefined;
}

/** A person as initials; their name stands beside it, so it is silent to screen readers. */
export function Avatar({ name, small = false, presence }: AvatarProps) {
  return (
    <span className="avatar" data-small={small || undefined} aria-hidden="true">
      {initials(name)}
      {presence !== undefined && <span className="presence-dot" data-status={presence} />}
    </span>
  );
}
