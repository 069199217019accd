import type { EventLine } from "../../talk/slots";
import { language } from "../../ui/language";
import { words } from "./words";

const listFormat = new Intl.ListFormat(language, { type: "unit" });

export const customerChanged: EventLine<"customer_changed"> = ({ by, data: { changes } }) =>
  changes.length === 0
    ? words.event.erased(by)
    : listFormat.format(
        changes.map(({ field, before, after }) =>
          words.event.changed(by, words.event.fields[field], before, after),
        ),
      );
