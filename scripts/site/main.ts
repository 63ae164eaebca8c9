/**
 * `deno task site [--out <folder>]`: the documentation as a static site, by default in site/. It needs no server and
 * loads nothing from elsewhere.
 */
import { dirname, join } from "node:path/posix";
import { root } from "../root.ts";
import { layOut, type NavigationGroup } from "./layout.ts";
import { GROUPS, NOT_PUBLISHED } from "./navigation.ts";
import { type Place, renderPage, type SitePage, titleOf } from "./page.ts";
import { searchIndex } from "./search_index.ts";

const INDEX = "index.html";

/** Every page below docs/, or below a folder out of it, sorted, as paths from docs/. */
export async function docPages(folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${root}docs/${folder}`)) {
    const path = folder + name;
    if (isDirectory) found.push(...await docPages(`${path}/`));
    else if (name.endsWith(".md") && !NOT_PUBLISHED.includes(path)) found.push(path);
  }
  return found.sort();
}

/** Every picture below docs/images/, sorted, as paths below docs/. */
export async function images(folder = "images/"): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${root}docs/${folder}`)) {
    if (isDirectory) found.push(...await images(`${folder}${name}/`));
    else found.push(folder + name);
  }
  return found.sort();
}

/** The pages of the groups; a folder stands for its pages. */
export async function groupedPages(): Promise<{ title: string; pages: string[] }[]> {
  return await Promise.all(GROUPS.map(async ({ title, pages }) => {
    const listed = await Promise.all(pages.map((page) => page.endsWith("/") ? docPages(page) : [page]));
    return { title, pages: listed.flat() };
  }));
}

/** The file in the repository of a page. */
function fileOf(page: string): string {
  return join("docs", page);
}

/** All files of the site by their paths. */
export async function makeSite(): Promise<Map<string, string>> {
  const groups = await groupedPages();
  const places = new Map<string, Place>();
  const texts = new Map<string, string>();
  const add = async (file: string, path: string) => {
    const text = await Deno.readTextFile(root + file);
    texts.set(file, text);
    places.set(file, { path, title: titleOf(text) });
  };
  await add("README.md", INDEX);
  for (const path of groups.flatMap(({ pages }) => pages)) {
    const place = path.replace(/^\.\.\//, "").replace(/README\.md$/, "index.md").replace(/\.md$/, ".html");
    await add(fileOf(path), place);
  }
  const rendered = new Map<string, SitePage>();
  for (const [file, { path }] of places) {
    rendered.set(file, renderPage(file, texts.get(file)!, path, (file) => places.get(file)));
  }
  const navigation: NavigationGroup[] = groups.map(({ title, pages }) => ({
    title,
    pages: pages.map((path) => rendered.get(fileOf(path))!),
  }));
  const files = new Map<string, string>();
  for (const page of rendered.values()) files.set(page.path, layOut(page, navigation, INDEX));
  files.set("search_index.js", searchIndex([...rendered.values()]));
  for (const name of ["search.js", "style.css"]) {
    files.set(name, await Deno.readTextFile(`${root}scripts/site/${name}`));
  }
  return files;
}

/** Write the site into a folder; the number of its pages and scripts. */
export async function writeSite(out: string): Promise<number> {
  const files = await makeSite();
  for (const [path, text] of files) {
    const file = `${out}/${path}`;
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  for (const name of await images()) {
    await Deno.mkdir(dirname(`${out}/${name}`), { recursive: true });
    await Deno.copyFile(`${root}docs/${name}`, `${out}/${name}`);
  }
  return files.size;
}

if (import.meta.main) {
  const at = Deno.args.indexOf("--out");
  const out = at < 0 ? `${root}site` : Deno.args[at + 1]!;
  console.log(`${await writeSite(out)} files in ${out}`);
}
