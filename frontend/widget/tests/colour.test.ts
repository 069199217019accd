import { expect, test, vi } from "vitest";
import { tinted } from "../src/panel/colour";

vi.stubGlobal("CSS", { supports: () => true });

type Triple = [number, number, number];

const WHITE: Triple = [1, 1, 1];
const DARK_SURFACE: Triple = [31 / 255, 27 / 255, 24 / 255];
const INK: Triple = [27 / 255, 18 / 255, 11 / 255];

const toLinear = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]: Triple): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function contrast(linear: Triple, other: Triple): number {
  const [dark, light] = [luminance(linear), luminance(other.map(toLinear) as Triple)].sort(
    (a, b) => a - b,
  ) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** A browser's reading of `oklch(from colour f(l) c h)`, in linear light; the numbers are Oklab's (CSS Color 4). */
function withLightness(colour: string, limit: (l: number) => number): Triple {
  const [r, g, b] = [1, 3, 5].map((at) => toLinear(parseInt(colour.slice(at, at + 2), 16) / 255)) as Triple;
  const [l, m, s] = [
    0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
    0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
    0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
  ].map(Math.cbrt) as Triple;
  const light = limit(0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const [l2, m2, s2] = [
    light + 0.3963377774 * a + 0.2158037573 * bb,
    light - 0.1055613458 * a - 0.0638541728 * bb,
    light - 0.0894841775 * a - 1.291485548 * bb,
  ].map((value) => value ** 3) as Triple;
  return [
    4.0767416621 * l2 - 3.3077115913 * m2 + 0.2309699292 * s2,
    -1.2684380046 * l2 + 2.6097574011 * m2 - 0.3413193965 * s2,
    -0.0041960863 * l2 - 0.7034186147 * m2 + 1.707614701 * s2,
  ].map((value) => Math.min(1, Math.max(0, value))) as Triple;
}

const STEPS = ["00", "33", "66", "99", "cc", "ff"];
const COLOURS = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => `#${r}${g}${b}`)));

test("whatever colour an inbox has, text on it and its edges can be seen in both themes", () => {
  const { dark, light } = tinted("#ffcc00")!;
  const most = Number(/min\(l, ([\d.]+)\)/.exec(dark)![1]);
  const least = Number(/max\(l, ([\d.]+)\)/.exec(light)![1]);
  for (const colour of COLOURS) {
    const onLight = withLightness(colour, (l) => Math.min(l, most));
    expect(contrast(onLight, WHITE), `white on ${colour}, light`).toBeGreaterThanOrEqual(4.5);
    const onDark = withLightness(colour, (l) => Math.max(l, least));
    expect(contrast(onDark, INK), `ink on ${colour}, dark`).toBeGreaterThanOrEqual(4.5);
    expect(contrast(onDark, DARK_SURFACE), `${colour} on the dark surface`).toBeGreaterThanOrEqual(3);
  }
});

test.each([null, "", "red", "#fff", "#12345g", "#123456;background:url(x)"])("%j is no colour", (colour) => {
  expect(tinted(colour)).toBeUndefined();
});
