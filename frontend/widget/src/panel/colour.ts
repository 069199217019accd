type Rgb = readonly [red: number, green: number, blue: number];

const LIGHT_SURFACE: Rgb = [255, 255, 255];
const DARK_SURFACE: Rgb = [31, 27, 24];
const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [27, 18, 11];
/** WCAG 2.2, 1.4.11 for what is not text, 1.4.3 for text. */
const CONTROL_CONTRAST = 3;
const TEXT_CONTRAST = 4.5;

/** An inbox's colour made usable: dark enough (light enough in the dark) to be seen, and black or white upon it. */
export function accents(colour: string, isDark: boolean): { accent: string; onAccent: string } | undefined {
  const wished = parse(colour);
  if (!wished) return undefined;
  const surface = isDark ? DARK_SURFACE : LIGHT_SURFACE;
  const towards: Rgb = isDark ? WHITE : [0, 0, 0];
  for (let share = 0; share <= 1; share += 0.04) {
    const accent = mix(wished, towards, share);
    const onAccent = contrast(accent, WHITE) >= contrast(accent, INK) ? WHITE : INK;
    if (contrast(accent, surface) >= CONTROL_CONTRAST && contrast(accent, onAccent) >= TEXT_CONTRAST) {
      return { accent: hex(accent), onAccent: hex(onAccent) };
    }
  }
  return undefined;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function parse(colour: string): Rgb | undefined {
  const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  return digits ? [parseInt(digits[1]!, 16), parseInt(digits[2]!, 16), parseInt(digits[3]!, 16)] : undefined;
}

const mix = (from: Rgb, to: Rgb, share: number): Rgb =>
  from.map((value, index) => Math.round(value + (to[index]! - value) * share)) as unknown as Rgb;

const hex = (colour: Rgb): string =>
  `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
