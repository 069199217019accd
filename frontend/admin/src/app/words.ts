import { en, type Words } from "./en";

/** The catalogue in use. English is the only one yet; the browser's language will choose here. */
export const words: Words = en;
