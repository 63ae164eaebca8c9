/**
 * Checks that all citations resolve: `docs/spec/gate.md 3.3`, `docs/threat_model.md 12` and links between the pages
 * of docs must name an existing file and section. Prints unresolved ones and exits 1.
 */
import { dirname, join, normalize } from "node:path";

/** A citation in a text: the page, and optionally the section. */
export interface Citation {
  readonly page: string;
  readonly section: string | undefined;
  readonly line: number;
}

/** Pages that code and documents may cite by section. */
const CITED =
  /\b((?:docs\/)?(?:spec\/[a-z_-]+|contracts\/[a-z0-9_-]+|threat_model|glossary|architecture)\.md)/g;

/** What may stand between the page and the number of a section: a blank, a break of a comment, "section". */
const SECTION = /^(?:`?,?\s+(?:\*\s+|\/\/\s+)?(?:sections?\s+)?)(\d+(?:\.\d+)*)(?![\w.]*\d)/;

/** The citations of a text. A number right behind the name of a page is a section of it. */
export function findCitations(text: string): Citation[] {
  const found: Citation[] = [];
  for (const match of text.matchAll(CITED)) {
    const page = match[1]!;
    const behind = text.slice(match.index + page.length, match.index + page.length + 40);
    found.push({
      page,
      section: SECTION.exec(behind)?.[1],
      line: text.slice(0, match.index).split("\n").length,
    });
  }
  return found;
}

/** The numbers of a page's headings (`3.3`), and of the items of the lists below them (`3.3.2`). */
export function sectionsOf(markdown: string): Set<string> {
  const sections = new Set<string>();
  let heading: string | undefined;
  for (const line of markdown.split("\n")) {
    const [, hashes, number] = /^(#{2,4}) (?:(\d+(?:\.\d+)*)\.? )?/.exec(line) ?? [];
    if (hashes !== undefined) heading = number;
    const item = /^(\d+)\. /.exec(line)?.[1];
    if (heading !== undefined) sections.add(item === undefined ? heading : `${heading}.${item}`);
  }
  return sections;
}

/** The targets of a document's relative links, without fragments. */
export function findLinks(markdown: string): string[] {
  const outsideCode = markdown.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...outsideCode.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));
}

const root = join(import.meta.dirname!, "..");
/** Where citations are checked. */
const PLACES = ["lib", "tests", "scripts", "bench", "docs", "examples", "sdk"];
const SKIPPED = new Set(["check_citations.ts", "check_citations_test.ts"]);

async function* texts(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      if (folder !== "" || PLACES.includes(entry.name)) yield* texts(path);
    } else if (/\.(ts|md|sh)$/.test(entry.name) && !SKIPPED.has(entry.name)) yield path;
  }
}

async function main(): Promise<void> {
  const pages = new Map<string, Set<string> | undefined>();
  const page = async (path: string) => {
    if (!pages.has(path)) {
      const text = await Deno.readTextFile(join(root, path)).catch(() => undefined);
      pages.set(path, text === undefined ? undefined : sectionsOf(text));
    }
    return pages.get(path);
  };
  let lost = 0;
  const report = (path: string, problem: string) => {
    lost++;
    console.error(`${path}: ${problem}`);
  };
  for await (const path of texts("")) {
    const text = await Deno.readTextFile(join(root, path));
    for (const { page: cited, section, line } of findCitations(text)) {
      const target = cited.startsWith("docs/") ? cited : `docs/${cited}`;
      const sections = await page(target);
      if (sections === undefined) report(`${path}:${line}`, `cites ${cited}, which is not there`);
      else if (section !== undefined && !sections.has(section)) {
        report(`${path}:${line}`, `cites ${cited} ${section}, a section that it doesn't have`);
      }
    }
    if (!path.endsWith(".md")) continue;
    for (const link of findLinks(text)) {
      const target = normalize(join(dirname(path), decodeURIComponent(link)));
      const there = await Deno.stat(join(root, target)).then(() => true, () => false);
      if (!there) report(path, `links to ${link}, which is not there`);
    }
  }
  if (lost > 0) Deno.exit(1);
}

if (import.meta.main) await main();
