import { lazy, Suspense, useState } from "react";
import { Button, Dialog } from "react-aria-components";
import { PlusIcon } from "../../ui/icons";
import { words } from "./words";
import "./reactions.css";

export const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

/** In a chunk of its own, with its list of emoji. */
const Picker = lazy(() => import("./picker").then(({ Picker }) => ({ default: Picker })));

/** Six reactions that are at hand, and the way to all others. */
export function QuickReactions({ onChoose }: { onChoose(emoji: string): void }) {
  const [isAll, setAll] = useState(false);
  return (
    <Dialog className="quick-reactions" aria-label={words.react}>
      {isAll ? (
        <Suspense fallback={<p role="status">{words.loading}</p>}>
          <Picker onChoose={onChoose} />
        </Suspense>
      ) : (
        <div className="emoji-row">
          {QUICK.map((emoji, index) => (
            <Button
              key={emoji}
              className="emoji"
              autoFocus={index === 0}
              aria-label={words.with(emoji)}
              onPress={() => onChoose(emoji)}
            >
              {emoji}
            </Button>
          ))}
          <Button className="emoji emoji-more" aria-label={words.more} onPress={() => setAll(true)}>
            <PlusIcon />
          </Button>
        </div>
      )}
    </Dialog>
  );
}
