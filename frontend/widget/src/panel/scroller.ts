/** Closer to an end than this counts as being there, in pixels. */
const NEAR = 48;

/** Keeps the log where its reader is: at the end while they are there, else in place, whatever comes above or below. */
export class Scroller {
  /** Something new is below, out of sight. */
  hasNews = false;
  #log: HTMLElement | null = null;
  #fromEnd = 0;

  /** `atTop` is called when older entries are wanted, `changed` when `hasNews` did. */
  constructor(
    readonly atTop: () => void,
    readonly changed: () => void,
  ) {
    // A keyboard that opens, a field that grows: who was at the end stays there.
    addEventListener("resize", () => this.settle());
  }

  /** A `ref` for the element that scrolls. */
  attach = (log: HTMLElement | null): void => {
    if (log === this.#log) return;
    this.#log = log;
    this.#fromEnd = 0;
    log?.addEventListener("scroll", () => this.#scrolled(log), { passive: true });
  };

  /** Call it after each drawing, with what grew: older entries above, newer ones below. */
  settle(grew?: "above" | "below"): void {
    if (this.#fromEnd < NEAR) this.toEnd();
    else if (grew === "above" && this.#log) {
      this.#log.scrollTop = this.#log.scrollHeight - this.#log.clientHeight - this.#fromEnd;
    } else if (grew === "below") this.#setNews(true);
  }

  toEnd = (): void => {
    this.#fromEnd = 0;
    if (this.#log) this.#log.scrollTop = this.#log.scrollHeight;
    this.#setNews(false);
  };

  #scrolled({ scrollHeight, clientHeight, scrollTop }: HTMLElement): void {
    this.#fromEnd = scrollHeight - clientHeight - scrollTop;
    if (this.#fromEnd < NEAR) this.#setNews(false);
    if (scrollTop < NEAR) this.atTop();
  }

  #setNews(hasNews: boolean): void {
    if (hasNews === this.hasNews) return;
    this.hasNews = hasNews;
    this.changed();
  }
}
