import type { EventLine } from "../slots";
import { language } from "../../ui/language";
import { words } from "./words";

const listFormat = new Intl.ListFormat(language, { type: "unit" });

export const customerChanged: EventLine<"customer_changed"> = ({ by, data: { changes } }) =>
  changes.length === 0
    ? words.customer.erased(by)
    : listFormat.format(
        changes.map(({ field, before, after }) =>
          words.customer.changed(by, words.customer.fields[field], before, after),
        ),
      );
