/**
 * `deno task site [--out <folder>]`: the documentation as a static site, by default in site/. It needs no server and
 * loads nothing from elsewhere.
 */
import { root } from "../root.ts";
import { layOut, type NavigationGroup } from "./layout.ts";
import { GROUPS, NOT_PUBLISHED } from "./navigation.ts";
import { renderPage, type SitePage } from "./page.ts";
import { searchIndex } from "./search_index.ts";

const INDEX = "index.html";

/** Every page below docs/, sorted, as paths below it. */
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
  const all = await docPages();
  return GROUPS.map(({ title, pages }) => ({
    title,
    pages: pages.flatMap((page) => page.endsWith("/") ? all.filter((path) => path.startsWith(page)) : [page]),
  }));
}

/** All files of the site by their paths. */
export async function makeSite(): Promise<Map<string, string>> {
  const groups = await groupedPages();
  const places = new Map([["README.md", INDEX]]);
  for (const path of groups.flatMap(({ pages }) => pages)) {
    places.set(`docs/${path}`, path.replace(/README\.md$/, "index.md").replace(/\.md$/, ".html"));
  }
  const rendered = new Map<string, SitePage>();
  for (const [file, place] of places) {
    rendered.set(
      file,
      renderPage(file, await Deno.readTextFile(root + file), place, (file) => places.get(file)),
    );
  }
  const navigation: NavigationGroup[] = groups.map(({ title, pages }) => ({
    title,
    pages: pages.map((path) => rendered.get(`docs/${path}`)!),
  }));
  const files = new Map<string, string>();
  for (const page of rendered.values()) files.set(page.path, layOut(page, navigation, INDEX));
  files.set("search_index.js", searchIndex([...rendered.values()]));
  for (const name of ["search.js", "style.css"]) {
    files.set(name, await Deno.readTextFile(`${root}scripts/site/${name}`));
  }
  return files;
}

if (import.meta.main) {
  const at = Deno.args.indexOf("--out");
  const out = at < 0 ? `${root}site` : Deno.args[at + 1]!;
  const files = await makeSite();
  for (const [path, text] of files) {
    const file = `${out}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  for (const name of await images()) {
    await Deno.mkdir(`${out}/${name.slice(0, name.lastIndexOf("/"))}`, { recursive: true });
    await Deno.copyFile(`${root}docs/${name}`, `${out}/${name}`);
  }
  console.log(`${files.size} files in ${out}`);
}
