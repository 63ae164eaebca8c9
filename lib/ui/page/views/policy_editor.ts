/// <reference lib="dom" />
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.ts";
import { safe } from "../parts/safe_text.ts";
import { useQuery } from "../session/use_query.ts";
import { type Offer, offersFor, wordBefore } from "./policy_offers.ts";

/** Of the text field, in pixels, as in the style. */
const LINE_HEIGHT = 20;
const PADDING = 12;

/** A place in the text that something is said about. */
export interface Mark {
  readonly line?: number;
  readonly column?: number;
  readonly level?: string;
  readonly message: string;
}

/** A text field with line numbers, marks, and the keys and words of the policy language (Ctrl+Space). */
export function Editor({ text, onChange, marks, at }: {
  text: string;
  onChange: (text: string) => void;
  marks: readonly Mark[];
  at: Mark | undefined;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const [offers, setOffers] = useState<readonly Offer[]>([]);
  const [chosen, setChosen] = useState(0);
  const [place, setPlace] = useState({});
  const keys = useQuery("policy/keys").data?.keys ?? [];
  useEffect(() => {
    const element = area.current;
    if (!element || at?.line === undefined) return;
    const start = offsetOf(text, at.line, at.column ?? 1);
    element.focus();
    element.setSelectionRange(start, start);
    element.scrollTop = Math.max(0, (at.line - 5) * element.scrollHeight / text.split("\n").length);
  }, [at]);
  const byLine = new Map(marks.filter(({ line }) => line !== undefined).map((mark) => [mark.line!, mark]));

  const complete = () => {
    const element = area.current!;
    setPlace(placeAt(element));
    const found = offersFor(text.slice(0, element.selectionStart), keys);
    setOffers(found);
    setChosen(0);
  };
  const insert = (offer: Offer) => {
    const element = area.current!;
    const { selectionStart: end } = element;
    const start = end - wordBefore(text.slice(0, end)).length;
    setOffers([]);
    onChange(text.slice(0, start) + offer.text + text.slice(end));
    requestAnimationFrame(() => {
      element.focus();
      element.setSelectionRange(start + offer.text.length, start + offer.text.length);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      complete();
    } else if (offers.length > 0 && ["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].includes(event.key)) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (step !== 0) setChosen((chosen + step + offers.length) % offers.length);
      else if (event.key === "Escape") setOffers([]);
      else insert(offers[chosen]!);
    }
  };
  const lines = text.split("\n").length;
  return html`
    <div class="editor">
        <div class="gutter" ref=${gutter} aria-hidden="true">${Array.from({ length: lines }, (_, i) => {
          const mark = byLine.get(i + 1);
          return html`<div key=${i} class=${mark ? `mark ${mark.level ?? "error"}` : ""} title=${
            mark ? safe(mark.message) : undefined
          }>${i + 1}</div>`;
        })}</div>
        <textarea ref=${area} id="policy-text" aria-label="Text of the policy" spellcheck="false" autocomplete="off" wrap="off"
          value=${text} onInput=${(event: Event) => {
            setOffers([]);
            onChange((event.currentTarget as HTMLTextAreaElement).value);
          }} onKeyDown=${onKeyDown} onScroll=${(event: Event) => {
            gutter.current!.scrollTop = (event.currentTarget as HTMLElement).scrollTop;
          }} onBlur=${() => setOffers([])} />
        ${offers.length > 0 &&
          html`<ul class="offers" role="listbox" aria-label="Keys and words" style=${place}>${
            offers.map((offer, i) =>
              html`
                <li key=${offer.text} role="option" ref=${i === chosen
                  ? intoSight
                  : undefined} aria-selected=${i === chosen} class=${i === chosen ? "selected" : ""}
                  onMouseDown=${(event: Event) => (event.preventDefault(), insert(offer))}><code>${safe(
                    offer.text,
                  )}</code>
                          <span>${safe(offer.about, 120)}</span></li>
              `
            )
          }</ul>`}</div>
    <p class="editor-hint"><kbd>Ctrl+Space</kbd> lists keys and words</p>
  `;
}

/** Called with an element when it is drawn, and with nothing when it goes. */
function intoSight(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}

/** A place below the line that the cursor is in, or above it where there is more room: what is typed stays in sight. */
function placeAt(
  { value, selectionStart, scrollTop, clientHeight }: HTMLTextAreaElement,
): Readonly<Record<string, string>> {
  const line = value.slice(0, selectionStart).split("\n").length;
  const end = PADDING + line * LINE_HEIGHT - scrollTop;
  return end < clientHeight / 2
    ? { top: `${end}px`, bottom: "auto" }
    : { top: "auto", bottom: `${clientHeight - end + LINE_HEIGHT}px` };
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(text.length, start + column - 1);
}
