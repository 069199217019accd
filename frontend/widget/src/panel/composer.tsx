import { asChatError, isBlank, isComposing, TEXT_CHARS } from "@fireside/shared";
import { h, type JSX } from "preact";
import { Icon } from "./icons";
import type { Panel } from "./panel";
import type { Scroller } from "./scroller";
import * as words from "./words";

/** The field to write in. It is never disabled: offline, messages wait. */
export class Composer {
  #field: HTMLTextAreaElement | null = null;
  #hint = "";
  /** The field that has the draft of whoever is here, and where this is kept. */
  #filled: HTMLTextAreaElement | undefined;
  #filledKey = "";
  /** Sent before there was a conversation to send it to. */
  #isEarly = false;

  constructor(
    readonly panel: Panel,
    readonly scroller: Scroller,
  ) {}

  focus(): void {
    this.#field?.focus();
  }

  /** Call it when there may be a conversation now. */
  settle(): void {
    const key = this.#draftKey;
    const field = this.#field;
    if (key && field && (field !== this.#filled || key !== this.#filledKey)) {
      this.#filled = field;
      this.#filledKey = key;
      // A text that is in it already was typed by the same person.
      field.value ||= this.panel.store.get(key) ?? "";
      this.#keep(field);
    }
    if (this.#isEarly && this.panel.handler.room) this.#send();
  }

  view = (): JSX.Element => (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        this.#send();
      }}
    >
      {this.panel.extras?.above()}
      <p class="under" role="status">
        {this.#hint}
      </p>
      <textarea
        ref={this.#attach}
        rows={1}
        dir="auto"
        aria-label={words.message}
        placeholder={words.placeholder}
        enterkeyhint="send"
        onInput={() => this.#changed()}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
          event.preventDefault();
          this.#send();
        }}
      />
      <button type="submit" class="send" aria-label={words.send}>
        <Icon name="send" />
      </button>
    </form>
  );

  #attach = (field: HTMLTextAreaElement | null): void => {
    if (field && field !== this.#field && this.panel.isOpen) field.focus();
    this.#field = field;
  };

  #changed(): void {
    const field = this.#field;
    if (!field) return;
    this.#isEarly = false;
    this.panel.handler.sendTyping(!isBlank(field.value));
    this.#keep(field);
  }

  #keep(field: HTMLTextAreaElement): void {
    const { store } = this.panel;
    const key = this.#draftKey;
    if (key && field.value) store.set(key, field.value);
    else if (key) store.remove(key);
    // It grows with its text as far as the style sheet lets it.
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
    this.scroller.settle();
    const excess = field.value.length - TEXT_CHARS;
    this.#tell(excess > 0 ? words.tooLong(excess) : "");
  }

  #send(): void {
    const { panel } = this;
    const text = this.#field?.value.trim();
    if (!this.#field || !text || isBlank(text) || text.length > TEXT_CHARS) return;
    this.#isEarly = !panel.handler.room;
    if (this.#isEarly) return;
    try {
      panel.handler.sendMessage(text);
      this.#field.value = "";
      this.#changed();
      this.scroller.toEnd();
    } catch (error) {
      this.#tell(asChatError(error).code === "outbox_full" ? words.full : "");
    }
  }

  #tell(hint: string): void {
    if (hint === this.#hint) return;
    this.#hint = hint;
    this.panel.changed();
  }

  /** A draft is kept for its conversation, as soon as we know which that is. */
  get #draftKey(): string | undefined {
    const { handler, keeper } = this.panel;
    return handler.session && `${keeper.key("draft")}.${handler.session.conversation_id}`;
  }
}
