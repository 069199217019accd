/** A random UUID, version 4. `crypto.randomUUID` is missing on plain http, where self-hosters often begin. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(....).(...).(...)/, "$1-$2-4$3-a$4-");
}
