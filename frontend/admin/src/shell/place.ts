import { type RefObject, useLayoutEffect } from "react";
import { provided } from "../ui/provided";
import type { PagePlace } from "./commands";

type Teller = RefObject<(() => PagePlace) | undefined>;

const [PageProvider, usePage] = provided<Teller>("the page on the screen");
export { PageProvider };

/** What commands find while nothing is to be acted on. */
export const NOWHERE: PagePlace = {
  conversation: undefined,
  write: undefined,
  change: () => {},
  step: () => {},
  select: () => {},
  toggleDetails: () => {},
  markUnread: () => {},
};

/** A page says what commands find on it, for as long as it is on the screen; it is asked when one is to run. */
export function usePagePlace(tell: () => PagePlace): void {
  const page = usePage();
  useLayoutEffect(() => {
    page.current = tell;
  });
  useLayoutEffect(() => () => void (page.current = undefined), [page]);
}
