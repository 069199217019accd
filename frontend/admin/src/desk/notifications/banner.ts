import type { Notification as Told } from "@fireside/shared/protocol";
import { words } from "./words";

export type BannerPermission = NotificationPermission | "unsupported";

/** Whether the browser lets us show banners; pages without TLS have none to ask for. */
export function bannerPermission(): BannerPermission {
  return typeof Notification === "function" && isSecureContext ? Notification.permission : "unsupported";
}

/** Ask for it; browsers take that from a click alone. */
export async function askForBanners(): Promise<BannerPermission> {
  if (bannerPermission() === "default") await Notification.requestPermission();
  return bannerPermission();
}

/** Shows a banner, and returns it; nothing where the browser shows none. Those of one `tag` replace each other. */
export function showBanner(
  tag: string,
  title: string,
  body: string,
  onClick: () => void,
): Notification | undefined {
  if (bannerPermission() !== "granted") return undefined;
  try {
    // The sound is ours; two would be one too many.
    const banner = new Notification(title, { body, tag, silent: true });
    banner.onclick = () => {
      focus();
      banner.close();
      onClick();
    };
    return banner;
  } catch {
    // Browsers on phones show them from a service worker alone.
    return undefined;
  }
}

/** The banners on the screen, one a conversation. */
export class Banners {
  readonly #shown = new Map<string, Notification>();

  constructor(readonly open: (conversationId: string) => void) {}

  show(told: Told): void {
    const { conversation_id: id } = told;
    const banner = showBanner(id, words.happened(told), told.text ?? "", () => this.open(id));
    if (banner) this.#shown.set(id, banner);
  }

  hide(conversationId: string): void {
    this.#shown.get(conversationId)?.close();
    this.#shown.delete(conversationId);
  }

  hideAll(): void {
    for (const id of [...this.#shown.keys()]) this.hide(id);
  }
}
