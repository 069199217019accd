import type { Attribute } from "@fireside/shared/protocol/rest";
import { Fact, Facts } from "../../ui/facts";
import { language } from "../../ui/language";
import { words } from "./words";

/** What the website's server has signed of its customer, beside name and address. */
export function AttributeFacts({ attributes }: { attributes: readonly Attribute[] }) {
  if (attributes.length === 0) return null;
  return (
    <>
      <h3>{words.attributes}</h3>
      <small className="customer-source">{words.signed}</small>
      <div className="customer-attributes">
        <Facts>
          {attributes.map(({ name, value }) => (
            <Fact key={name} label={name}>
              {shown(value)}
            </Fact>
          ))}
        </Facts>
      </div>
    </>
  );
}

function shown(value: Attribute["value"]): string {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  return typeof value === "number" ? value.toLocaleString(language, { maximumFractionDigits: 20 }) : value;
}
