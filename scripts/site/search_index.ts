/** The search index of the site: a script, because pages that are opened from disk may not fetch files. */
import type { SitePage } from "./page.ts";

interface Section {
  readonly page: string;
  readonly title: string;
  readonly path: string;
  /** Words in lower case with a blank before each, also before the first. */
  readonly titleText: string;
  readonly text: string;
}

/** A section for each heading, and one for the beginning of each page. */
export function searchIndex(pages: readonly SitePage[]): string {
  const sections = pages.flatMap(sectionsOf);
  return `globalThis.SEARCH_INDEX = ${JSON.stringify({ sections }).replaceAll("<", "\\u003c")};\n`;
}

function sectionsOf({ path, title, html }: SitePage): Section[] {
  const parts = html.split(/(?=<h[23] id=")/);
  return parts.map((part) => {
    const heading = /^<h[23] id="([^"]*)">(.*?)<a class="anchor"/s.exec(part);
    const name = heading ? textOf(heading[2]!) : title;
    return {
      page: title,
      title: name,
      path: heading ? `${path}#${heading[1]}` : path,
      titleText: wordsOf(name),
      text: wordsOf(textOf(part)),
    };
  });
}

function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, " ").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll(
    "&quot;",
    '"',
  )
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

/** Each word once: what is searched is whether a section has it. */
function wordsOf(text: string): string {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter((word) => word !== "");
  return [...new Set(words)].map((word) => ` ${word}`).join("");
}
