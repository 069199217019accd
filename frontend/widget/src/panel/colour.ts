/**
 * An inbox's colour made usable, as CSS: dark enough for white upon it in the light theme, light enough for ink
 * in the dark one, and 3 : 1 against the surface in both. Undefined where the colour or the browser will not do.
 */
export function tinted(colour: string | null): { dark: string; light: string } | undefined {
  if (!/^#[0-9a-f]{6}$/i.test(colour ?? "")) return undefined;
  const dark = `oklch(from ${colour} min(l, 0.5) c h)`;
  const light = `oklch(from ${colour} max(l, 0.8) c h)`;
  return CSS.supports("color", dark) ? { dark, light } : undefined;
}
