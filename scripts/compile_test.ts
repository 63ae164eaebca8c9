import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { repository } from "../tests/support/places.ts";
import { bundleFor, compileArguments, runCompiler } from "./compile.ts";
import { gaitPermissions, permissionFlags } from "./runtime_flags.ts";
import { setUp } from "./setup.ts";

const compilation = {
  entry: "/dist/main.js",
  include: ["/dist/a.js", "/dist/b.js"],
  out: "/out/gait",
  permissions: { read: true, net: ["127.0.0.1", "[::1]"] },
};

/** Run the task with a folder of Deno's that holds the packages of the checkout, and no runtime to compile with. */
async function compile(args: string[], env: Record<string, string> = {}) {
  const folder = await Deno.makeTempDir();
  for (const name of ["npm", "gen"]) {
    await Deno.symlink(`${repository}.cache/deno_dir/${name}`, `${folder}/${name}`);
  }
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", `${repository}scripts/compile.ts`, ...args],
    env: { DENO_DIR: folder, ...env },
  }).output();
  await Deno.remove(folder, { recursive: true });
  return { code, stderr: new TextDecoder().decode(stderr), folder };
}

Deno.test("compileArguments() refuses prompts, code cache, configuration and foreign modules", () => {
  const args = compileArguments(compilation);
  for (const flag of ["prompt", "code-cache", "config", "lock", "remote", "npm"]) {
    assert.ok(args.includes(`--no-${flag}`), flag);
  }
});

Deno.test("compileArguments() includes every chunk and ends with the entry", () => {
  const args = compileArguments(compilation);
  const included = args.filter((_, i) => args[i - 1] === "--include");
  assert.deepEqual(included, compilation.include);
  assert.equal(args.at(-1), "/dist/main.js");
});

Deno.test("compileArguments() allows what the permission set allows and nothing else", () => {
  const allowed = compileArguments(compilation).filter((flag) => /^(--allow|-A|--deny)/.test(flag));
  assert.deepEqual(allowed, ["--allow-read", "--allow-net=127.0.0.1,[::1]"]);
});

Deno.test("permissionFlags() refuses what it would have to guess at", () => {
  for (
    const set of [{ all: true }, { net: false }, { net: [] }, { net: ["a,b"] }, { run: "git" }, {
      hrtime: true,
    }]
  ) {
    assert.throws(() => permissionFlags(set), JSON.stringify(set));
  }
});

Deno.test("gaitPermissions() has no network beyond loopback, no ffi, no sys, no import", async () => {
  const set = await gaitPermissions();
  assert.deepEqual(Object.keys(set).sort(), ["env", "net", "read", "run", "write"]);
  assert.deepEqual(set.net, ["127.0.0.1", "localhost", "[::1]"]);
  assert.deepEqual(
    await gaitPermissions("gait-online"),
    { ...set, net: true },
    "the network, and nothing more",
  );
});

Deno.test("compile exits 7 and names the file when the runtime is missing", async () => {
  const { code, stderr, folder } = await compile(["--target", "aarch64-apple-darwin"]);
  assert.equal(code, 7);
  const wanted = `${folder}/dl/release/v${Deno.version.deno}/denort-aarch64-apple-darwin.zip`;
  assert.ok(stderr.includes(wanted), stderr);
  assert.ok(stderr.includes("DENORT_BIN"), stderr);
});

Deno.test("compile exits 7 when DENORT_BIN names no file", async () => {
  assert.equal((await compile([], { DENORT_BIN: "/nowhere/denort" })).code, 7);
});

Deno.test("compile exits 6 for an unknown flag, a missing value and an unknown target", async () => {
  for (const args of [["--outt", "x"], ["--out"], ["x"], ["--target", "sparc"]]) {
    assert.equal((await compile(args)).code, 6, args.join(" "));
  }
});

// That the same sources become the same bundle shows odd_place_test.ts, in another process and another folder.
Deno.test("the same bundle becomes the same executable, from files that no other build replaces", async () => {
  await setUp();
  const dist = `${repository}dist/main.js`;
  const before = await Deno.readTextFile(dist).catch(() => undefined);
  const folder = await Deno.makeTempDir();
  try {
    const sources = `${folder}/sources`;
    await Deno.mkdir(sources);
    const bundle = await bundleFor(sources, { version: "v9.8.7" });
    // Deno's own executable stands for the runtime, which no registry of packages has.
    const env = { DENORT_BIN: Deno.execPath() };
    const permissions = await gaitPermissions();
    const executables: Uint8Array[] = [];
    for (const name of ["first", "second"]) {
      const out = `${folder}/${name}/gait`;
      await Deno.mkdir(`${folder}/${name}`);
      assert.ok(await runCompiler(Deno.execPath(), { ...bundle, out, permissions }, env));
      executables.push(await Deno.readFile(out));
    }
    const [first, second] = executables as [Uint8Array, Uint8Array];
    assert.equal(Buffer.compare(first, second), 0);
    assert.ok(Buffer.from(first).includes("gait-version:9.8.7"));
    assert.equal(await Deno.readTextFile(dist).catch(() => undefined), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
