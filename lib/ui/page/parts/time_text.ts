import { html } from "../html.ts";
import { safe } from "./safe_text.ts";

/** A time as the reader's clock shows it; the recorded text is its title. */
export function Time({ text }: { text: string | undefined }) {
  if (!text) return html`<span class="dim">no time</span>`;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return html`<span>${safe(text)}</span>`;
  return html`<time datetime=${text} title=${safe(text)}>${written(time)}</time>`;
}

function written(time: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
