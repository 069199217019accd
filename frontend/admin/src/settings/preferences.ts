import { browserStore } from "@fireside/shared/line/storage";
import { useState } from "react";

const store = browserStore();

/** A choice of the agent that this browser remembers. */
export function usePreference(name: string, byDefault: boolean): [boolean, (value: boolean) => void] {
  const key = `fireside.${name}`;
  const [value, setValue] = useState(() => (store.get(key) ?? String(byDefault)) === "true");
  return [
    value,
    (chosen) => {
      store.set(key, String(chosen));
      setValue(chosen);
    },
  ];
}
