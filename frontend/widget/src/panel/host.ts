import type { ToLoader, ToPanel } from "../loader/messages";

/** The loader on the host page, over the port that it hands us; without one, as in a tab of its own, nothing is told. */
export class Host {
  #port: MessagePort | undefined;

  constructor(hear: (message: ToPanel) => void) {
    addEventListener("message", ({ source, data, ports }: MessageEvent<ToPanel | undefined>) => {
      // Only the page around us, once; which pages may be around us, the frame-ancestors policy says.
      if (source !== window.parent || data?.fireside !== 1 || this.#port) return;
      this.#port = ports[0];
      if (!this.#port) return;
      this.#port.onmessage = (event: MessageEvent<ToPanel>) => hear(event.data);
      hear(data);
      // So that the loader knows that it has the panel around the port and no error page.
      this.tell({});
    });
  }

  tell(message: ToLoader): void {
    this.#port?.postMessage(message);
  }
}
