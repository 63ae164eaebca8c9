/**
 * What a command loads is what it costs to start: a bare process takes about 12 ms, and one import of `node:crypto`
 * as much again. The modules of the commands that must start fast are pinned, one list a command, in
 * testdata/modules; whoever adds one sees it here and decides. So is the size of what the bundle makes of them.
 */
import assert from "node:assert/strict";
import { repository } from "../support/places.ts";
import { urlOf } from "../../scripts/root.ts";

interface Dependency {
  readonly code?: { readonly specifier: string };
  readonly isDynamic?: boolean;
}

interface Graph {
  readonly modules: readonly { readonly specifier: string; readonly dependencies?: readonly Dependency[] }[];
  readonly redirects: Readonly<Record<string, string>>;
}

/** Modules that are loaded with a module, itself included: its static imports and theirs, without types. */
async function loadedWith(path: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    cwd: repository,
  }).output();
  const { modules, redirects }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const loaded = new Set<string>();
  const visit = (specifier: string): void => {
    const resolved = redirects[specifier] ?? specifier;
    if (loaded.has(resolved)) return;
    loaded.add(resolved);
    const found = modules.find((module) => module.specifier === resolved);
    for (const { code, isDynamic } of found?.dependencies ?? []) {
      if (code && !isDynamic) visit(code.specifier);
    }
  };
  visit(urlOf(path));
  return [...loaded].map((specifier) => specifier.replace(urlOf(""), ""));
}

async function loadedBy(command: string): Promise<string[]> {
  const parts = await Promise.all(["main.ts", `lib/commands/${command}.ts`].map(loadedWith));
  return [...new Set(parts.flat())].sort();
}

async function pinned(command: string): Promise<string[]> {
  return (await Deno.readTextFile(`${repository}testdata/modules/${command.replace("/", "_")}.txt`)).trimEnd()
    .split("\n");
}

/** The package that a command may load beside our own modules; a plain policy is read without js-yaml. */
const PACKAGES: Readonly<Record<string, string | undefined>> = {
  version: "valibot",
  verify: "valibot",
  "gate/eval": undefined,
};

for (const command of ["version", "verify", "gate/eval"]) {
  Deno.test(`gait ${command} loads the pinned modules and no other`, async () => {
    assert.deepEqual(await loadedBy(command), await pinned(command));
  });

  Deno.test(`gait ${command} loads nothing of node: and no package but ${PACKAGES[command] ?? "our own"}`, async () => {
    const foreign = (await loadedBy(command)).filter((name) => !/^(main\.ts$|lib\/)/.test(name));
    const known = PACKAGES[command];
    const allowed = known === undefined ? /^$/ : new RegExp(`^npm:/?${known}@`);
    assert.deepEqual(foreign.filter((name) => !allowed.test(name)), []);
  });
}

/** Bytes may differ by this part before somebody has to decide. */
const TOLERANCE = 0.02;

Deno.test("the files that the hot commands start from have the pinned sizes, within 2 %", async () => {
  const text = await Deno.readTextFile(`${repository}testdata/modules/sizes.json`);
  const pinnedSizes: Readonly<Record<string, number>> = JSON.parse(text);
  const files = Array.from(Deno.readDirSync(`${repository}dist`), ({ name }) => name);
  const grown: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(pinnedSizes)) {
    const found = files.filter((file) => file.startsWith(`${name}-`));
    assert.equal(found.length, 1, name);
    const { size } = await Deno.stat(`${repository}dist/${found[0]}`);
    if (Math.abs(size - bytes) > bytes * TOLERANCE) grown[name] = `${bytes} bytes are pinned, ${size} found`;
  }
  assert.deepEqual(grown, {});
});

Deno.test("the files that the hot commands start from are ASCII: V8 keeps and reads any other as two bytes a character", async () => {
  const files = Array.from(Deno.readDirSync(`${repository}dist`), ({ name }) => name);
  const hot = files.filter((name) => /^(main|front-.*|hot_.*)\.js$/.test(name));
  assert.ok(hot.length >= 5, hot.join(" "));
  const wide: string[] = [];
  for (const name of hot) {
    const bytes = await Deno.readFile(`${repository}dist/${name}`);
    if (bytes.some((byte) => byte > 0x7f)) wide.push(name);
  }
  assert.deepEqual(wide, []);
});

Deno.test("Deno loads two files before the program starts: it finds no other in an import()", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-config", `${repository}dist/main.js`],
  }).output();
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const names = modules.map(({ specifier }) => specifier.slice(urlOf("dist/").length).replace(/-.*/, ""))
    .sort();
  assert.deepEqual(names, ["front", "main.js"]);
});
