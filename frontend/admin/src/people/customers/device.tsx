import type { Device } from "@fireside/shared/protocol/rest";
import { useNow } from "../../ui/clock";
import { Fact, Facts } from "../../ui/facts";
import { language } from "../../ui/language";
import { localTime, nameOfLanguage } from "./local";
import { words } from "./words";

/** The customer's device, and what time it is there. */
export function DeviceFacts({
  device: { kind, system, browser, language: asked, zone },
}: {
  device: Device;
}) {
  const now = useNow();
  const time = zone ? localTime(now, zone, language) : undefined;
  if (!kind && !browser && !asked && !time) return null;
  return (
    <>
      <h3>{words.device}</h3>
      <Facts>
        {time && (
          <Fact label={words.localTime}>
            <span title={zone ?? ""}>{time}</span>
          </Fact>
        )}
        {kind && (
          <Fact label={words.usedDevice}>
            {words.kinds[kind]}
            {system && `, ${system}`}
          </Fact>
        )}
        {browser && <Fact label={words.browser}>{browser}</Fact>}
        {asked && <Fact label={words.language}>{nameOfLanguage(asked, language)}</Fact>}
      </Facts>
    </>
  );
}
