/** A checkout works wherever it lies, makes the same bundle there, and makes nothing outside of itself. */
import assert from "node:assert/strict";
import { bundle } from "./bundle.ts";
import { root } from "./root.ts";

const NAME = "a b ü %41 #x";

/** What a clone does not have, and databases of the runtime, which two folders must not share. */
const LEFT_OUT =
  /^(\.git|\.gait|dist|gait-out|node_modules|\.cache\/(?!deno$|deno_dir)[^/]*|.*_cache_v\d.*)$/;

Deno.test(`a checkout in a folder named "${NAME}" runs its launcher and its scripts`, async () => {
  const parent = await Deno.makeTempDir({ prefix: "gait-odd-" });
  try {
    const [copy, home, temporary, work] = [NAME, "home", "tmp", "work"].map((name) => `${parent}/${name}`);
    for (const folder of [home!, temporary!, work!]) await Deno.mkdir(folder);
    await linkTree(root.replace(/\/$/, ""), copy!);
    const env = {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: home!,
      TMPDIR: temporary!,
      NO_COLOR: "1",
    };
    const run = async (command: string, args: readonly string[], more: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await new Deno.Command(command, {
        args: [...args],
        cwd: work!,
        clearEnv: true,
        env: { ...env, ...more },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(code, 0, `${command} ${args.join(" ")}\n${out}${err}`);
      return out!;
    };
    const gait = (...args: string[]) => run(`${copy}/bin/gait`, args);
    const script = (name: string, ...args: string[]) =>
      run(`${copy}/.cache/deno`, ["run", "-q", "-A", `${copy}/scripts/${name}.ts`, ...args], {
        DENO_DIR: `${copy}/.cache/deno_dir`,
      });

    assert.match(await gait("version"), /^gait /);
    await bundle({}, true);
    const there = await textsOf(`${copy}/dist`);
    assert.ok("main.js" in there);
    assert.deepEqual(there, await textsOf(`${root}dist`));
    await gait("demo");
    assert.equal(JSON.parse(await gait("verify", "run_demo", "--json")).ok, true);
    await gait("pack", "build", "run_demo", "--out", "p.zip");
    await gait("pack", "export", "p.zip", "--html", "page.html");
    await script("demo");
    await script("check_imports");
    await script("docs", "--check");
    await script("schemas", "--check");
    for (const folder of [home!, temporary!]) {
      assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), []);
    }
    assert.deepEqual((await Array.fromAsync(Deno.readDir(parent))).map(({ name }) => name).sort(), [
      NAME,
      "home",
      "tmp",
      "work",
    ]);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

/** The modules of a bundle. */
async function textsOf(folder: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".js")) texts[name] = await Deno.readTextFile(`${folder}/${name}`);
  }
  return texts;
}

/** Copy a folder by hard links, so that 100 MB of runtime cost nothing. */
async function linkTree(from: string, to: string, path = ""): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    const below = path === "" ? name : `${path}/${name}`;
    if (LEFT_OUT.test(below)) continue;
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) await linkTree(source, target, below);
    else if (isFile) await Deno.link(source, target).catch(() => Deno.copyFile(source, target));
  }
}
