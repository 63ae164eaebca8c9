/// <reference lib="dom" />
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.ts";

/** Rows above and below those in sight. */
const MARGIN = 8;

/** Browsers refuse elements that are higher than this; longer lists are scrolled in proportion. */
const MAX_HEIGHT = 8_000_000;

/** A list of which only the rows in sight are elements, however long it is. */
export interface VirtualListProps {
  readonly label: string;
  readonly count: number;
  readonly rowHeight: number;
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  readonly onOpen: (index: number) => void;
  /** Asked for the rows in sight, whenever they change. */
  readonly onRange: (first: number, last: number) => void;
  readonly row: (index: number) => ComponentChildren;
}

export function VirtualList(props: VirtualListProps) {
  const { label, count, rowHeight, selected, onSelect, onOpen, onRange, row } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const whole = count * rowHeight;
  const scrolled = Math.min(whole, MAX_HEIGHT);
  const scale = whole > scrolled ? (whole - height) / (scrolled - height) : 1;
  const first = Math.max(0, Math.floor(top * scale / rowHeight) - MARGIN);
  const last = Math.min(count, Math.ceil((top * scale + height) / rowHeight) + MARGIN);
  useEffect(() => onRange(first, last), [first, last, count]);

  /** Bring a row into sight. */
  const reveal = (index: number) => {
    const element = box.current!;
    const at = index * rowHeight / scale;
    if (at < element.scrollTop) element.scrollTop = at;
    if (at + rowHeight > element.scrollTop + height) element.scrollTop = at + rowHeight - height;
  };
  const move = (index: number) => {
    const next = Math.max(0, Math.min(count - 1, index));
    onSelect(next);
    reveal(next);
  };
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(selected + 1),
    ArrowUp: () => move(selected - 1),
    PageDown: () => move(selected + page),
    PageUp: () => move(selected - page),
    Home: () => move(0),
    End: () => move(count - 1),
    Enter: () => selected >= 0 && onOpen(selected),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = moves[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act();
  };
  const rows = [];
  for (let i = first; i < last; i++) {
    rows.push(html`
      <div
        key=${i} id=${`row-${i}`} class=${`row ${i === selected ? "selected" : ""}`} role="option"
        aria-selected=${i === selected} aria-setsize=${count} aria-posinset=${i + 1}
        style=${{ top: `${i * rowHeight - top * (scale - 1)}px`, height: `${rowHeight}px` }}
        onClick=${() => (onSelect(i), onOpen(i))}>${row(i)}</div>
    `);
  }
  return html`
    <div class="list" ref=${box} role="listbox" tabindex="0" aria-label=${label}
      aria-activedescendant=${selected >= first && selected < last ? `row-${selected}` : undefined}
      onScroll=${(event: Event) =>
        setTop((event.currentTarget as HTMLElement).scrollTop)} onKeyDown=${onKeyDown}>
      <div class="list-inner" role="presentation" style=${{ height: `${scrolled}px` }}>${rows}</div>
    </div>
  `;
}
