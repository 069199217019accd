import { KeyedStore } from "../../ui/keyed-store";

/** Conversations whose menu of assignees is open: a key opens it, wherever its button is. */
export const openMenus = new KeyedStore<string, true>();
