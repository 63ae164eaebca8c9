/** One page of the documentation site: Markdown in, HTML out. */
import { dirname, join, relative } from "node:path/posix";
import { Marked, type Tokens } from "marked";

/** A page as the site shows it. */
export interface SitePage {
  /** Path below the site, e.g. `contracts/policy.html`. */
  readonly path: string;
  readonly title: string;
  readonly html: string;
  /** Headings of the second and third level, for the table of contents. */
  readonly headings: readonly Heading[];
}

export interface Heading {
  readonly id: string;
  readonly text: string;
  readonly depth: number;
}

/** Where a Markdown file of the repository is in the site, and its title; `undefined` when it is not. */
export type PlaceOf = (file: string) => Place | undefined;

/** A page that others link to. */
export interface Place {
  readonly path: string;
  readonly title: string;
}

/**
 * Render a file of the repository.
 *
 * @param file path in the repository, e.g. `docs/policy.md`
 * @param at path below the site
 */
export function renderPage(file: string, markdown: string, at: string, placeOf: PlaceOf): SitePage {
  const headings: Heading[] = [];
  let title = "";
  const taken = new Map<string, number>();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const html = this.parser.parseInline(tokens);
        const text = this.parser.parseInline(tokens, this.parser.textRenderer);
        if (depth === 1 && title === "") title = text;
        const id = uniqueId(text, taken);
        if (depth === 2 || depth === 3) headings.push({ id, text, depth });
        return `<h${depth} id="${id}">${html}<a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const html = this.parser.parseInline(tokens);
        const named = fileOf(href, file);
        const place = placeOf(named) ?? placeOf(join(named, "README.md"));
        const target = linkTarget(href, at, place);
        if (target === undefined) return html;
        // Files have names in a checkout; on the site, pages have titles.
        const text = place !== undefined && /^[\w./-]+\.md$/.test(html) ? escapeHtml(place.title) : html;
        return `<a href="${escapeHtml(target)}">${text}</a>`;
      },
      image({ href, text }: Tokens.Image) {
        return `<img src="${escapeHtml(pictureTarget(href, file, at))}" alt="${
          escapeHtml(text)
        }" loading="lazy">`;
      },
      code({ text, lang = "" }: Tokens.Code) {
        const [language = ""] = lang.split(" ");
        const name = / file=(\S+)/.exec(lang)?.[1];
        const caption = name === undefined ? "" : `<figcaption>${escapeHtml(name)}</figcaption>`;
        const block = `<pre><code class="language-${escapeHtml(language)}">${
          escapeHtml(text)
        }\n</code></pre>`;
        return caption === "" ? `${block}\n` : `<figure class="file">${caption}${block}</figure>\n`;
      },
      table(token: Tokens.Table) {
        const cells = (row: Tokens.TableCell[], tag: string) =>
          `<tr>${
            row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")
          }</tr>`;
        const head = token.header.some(({ text }) => text !== "")
          ? `<thead>${cells(token.header, "th")}</thead>`
          : "";
        return `<div class="wide"><table>${head}<tbody>${
          token.rows.map((row) => cells(row, "td")).join("")
        }</tbody></table></div>\n`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  return { path: at, title, html, headings };
}

/** The file that a link of another one names. */
function fileOf(href: string, from: string): string {
  return join(dirname(from), href.split("#")[0]!);
}

/** A link of a page: to another page, to a section, or elsewhere. Links to files outside of the site become text. */
function linkTarget(href: string, at: string, place: Place | undefined): string | undefined {
  if (/^[a-z]+:/.test(href) || href.startsWith("#")) return href;
  if (place === undefined) return undefined;
  const [, section] = href.split("#");
  return relative(dirname(at), place.path) + (section === undefined ? "" : `#${section}`);
}

/** The title of a page, from its first heading, as plain text. */
export function titleOf(markdown: string): string {
  return (/^# (.*)$/m.exec(markdown)?.[1] ?? "").replaceAll("`", "");
}

/** A picture below docs/ is at the same path below the site. */
function pictureTarget(href: string, file: string, at: string): string {
  const path = join(dirname(file), href);
  return path.startsWith("docs/") ? relative(dirname(at), path.slice("docs/".length)) : href;
}

/** The id of a heading as GitHub makes it, so that links work in both places. */
function uniqueId(text: string, taken: Map<string, number>): string {
  const id = text.toLowerCase().replace(/&[a-z0-9#]+;/g, "").replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(
    /\s/g,
    "-",
  );
  const count = taken.get(id) ?? 0;
  taken.set(id, count + 1);
  return count === 0 ? id : `${id}-${count}`;
}

/** Text for HTML, also inside attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
