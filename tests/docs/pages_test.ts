/** What pages must name, and where their links lead; tests/docs/site_test.ts has the links between pages of docs/. */
import assert from "node:assert/strict";
import { urlOf } from "../../scripts/root.ts";
import { repository } from "../support/places.ts";

const read = (path: string) => Deno.readTextFile(repository + path);

Deno.test("docs/verdicts.md names every reason code and violation of the gate", async () => {
  const spec = await read("docs/spec/gate.md");
  const section = /^### 4\.9 [^\n]*\n([\s\S]*?)^## /m.exec(spec)![1]!;
  const guide = await read("docs/verdicts.md");
  const names = [...section.matchAll(/`([a-z_|*]+)`/g)].flatMap(([, text]) => expand(text!));
  assert.ok(names.length > 60, `${names.length}`);
  for (const name of names) {
    if (!name.includes("*")) assert.ok(guide.includes(`\`${name}\``), name);
  }
});

/** `a_b|c` stands for `a_b` and `a_c`: what differs begins where the first word of the list does. */
function expand(text: string): string[] {
  const [first = "", ...others] = text.split("|");
  if (others.length === 0) return [first];
  const known = KNOWN_ENDS.find((end) => first.endsWith(end)) ?? "";
  return [first, ...others.map((other) => first.slice(0, first.length - known.length) + other)];
}

const KNOWN_ENDS = ["allow", "targets", "required", "block"];

Deno.test("links of pages outside of docs/ lead somewhere", async () => {
  for (const page of ["README.md", "SECURITY.md", "CONTRIBUTING.md", ...await examplePages("examples/")]) {
    for (const [, link] of (await read(page)).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue;
      const target = new URL(link!, urlOf(page));
      assert.ok(await Deno.stat(target).catch(() => undefined), `${page}: ${link}`);
    }
  }
});

async function examplePages(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(repository + folder)) {
    if (isDirectory) found.push(...await examplePages(`${folder}${name}/`));
    else if (name.endsWith(".md")) found.push(folder + name);
  }
  return found;
}
