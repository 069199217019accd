/** The languages that the app speaks. With a second one here, each folder's words do not compile until they have it. */
export type Language = "en";

/** The language in use; the browser's will choose here. Times, numbers and lists follow it. */
export const language: Language = "en";

/** Chooses a folder's words: each language has all that the English ones have. */
export function inLanguage<Words>(catalogues: { en: Words } & Record<Language, NoInfer<Words>>): Words {
  return catalogues[language];
}
