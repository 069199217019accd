import { useState } from "react";
import { Button, Input, SearchField } from "react-aria-components";
import { found } from "./emoji";
import { words } from "./words";

/** All emoji that we offer, by what they are called. */
export function Picker({ onChoose }: { onChoose(emoji: string): void }) {
  const [asked, setAsked] = useState("");
  const all = found(asked);
  return (
    <div className="picker">
      <SearchField aria-label={words.search} value={asked} onChange={setAsked} autoFocus>
        <Input placeholder={words.search} />
      </SearchField>
      <div className="picker-grid">
        {all.map(([emoji, name]) => (
          <Button key={emoji} className="emoji" aria-label={name} onPress={() => onChoose(emoji)}>
            {emoji}
          </Button>
        ))}
      </div>
      <p role="status">{all.length === 0 && words.none}</p>
    </div>
  );
}
