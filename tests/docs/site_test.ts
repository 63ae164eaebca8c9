/** The documentation site: every page once, every link leads somewhere, nothing is loaded from elsewhere. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path/posix";
import { docPages, groupedPages, images, makeSite } from "../../scripts/site/main.ts";

const files = await makeSite();
const pictures = await images();

Deno.test("every page of docs is in one group of the site", async () => {
  const listed = (await groupedPages()).flatMap(({ pages }) => pages);
  assert.equal(new Set(listed).size, listed.length);
  assert.deepEqual(listed.filter((path) => !path.startsWith("../")).sort(), await docPages());
});

Deno.test("every link inside the site leads to a page and a section that are there", () => {
  const broken: string[] = [];
  for (const [path, html] of files) {
    if (!path.endsWith(".html")) continue;
    for (const [, href = ""] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      if (/^[a-z]+:/.test(href)) continue;
      const [target = "", id] = href.split("#");
      const file = target === "" ? path : join(dirname(path), target);
      if (pictures.includes(file)) continue;
      const text = files.get(file);
      if (text === undefined) broken.push(`${path}: ${href}`);
      else if (id !== undefined && !text.includes(` id="${decodeURIComponent(id)}"`)) {
        broken.push(`${path}: ${href}`);
      }
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("pages are linked by their titles, not by the names of files", () => {
  for (const [path, html] of files) {
    assert.deepEqual(html.match(/<a href="[^"]*">[^<]*\.md<\/a>/g), null, path);
  }
});

Deno.test("no page loads anything from another machine, and none has a script of its own", () => {
  for (const [path, html] of files) {
    if (!path.endsWith(".html")) continue;
    assert.deepEqual(html.match(/ src="(?:https?:)?\/\/[^"]*"/g), null, path);
    assert.deepEqual(html.match(/<link [^>]*href="(?:https?:)?\/\/[^"]*"/g), null, path);
    assert.deepEqual(html.match(/<script>|\son[a-z]+="/g), null, path);
  }
});

Deno.test("the search index has every page, and no text that could end its script", () => {
  const script = files.get("search_index.js")!;
  assert.ok(!script.includes("<"));
  const { sections } = JSON.parse(script.slice(script.indexOf("{"), script.lastIndexOf(";")));
  // deno-lint-ignore no-explicit-any -- entries of the index
  const indexed = new Set(sections.map((section: any) => section.path.split("#")[0]));
  assert.deepEqual([...files.keys()].filter((path) => path.endsWith(".html") && !indexed.has(path)), []);
});

Deno.test("making the site twice gives the same files", async () => {
  assert.deepEqual(await makeSite(), files);
});
