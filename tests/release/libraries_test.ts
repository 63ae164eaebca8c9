/** `deno task libraries`: what a release gives to npm and PyPI, installed as users install it. */
import assert from "node:assert/strict";
import { libraryNames } from "../../scripts/release/library_names.ts";
import { makeLibraries } from "../../scripts/release/libraries.ts";
import { CompilerMissing } from "../../scripts/npm.ts";
import { PackagesMissing } from "../../scripts/python/venv.ts";
import { repository } from "../support/places.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const VERSION = "1.2.3-rc.1";
const work = await Deno.makeTempDir({ prefix: "gait-libraries-" });
const missing = withoutProgram("npm", "npx", "python3") ?? await make("first");

/** Why the libraries can't be made here: compiler and build backend come from the registries. */
async function make(name: string): Promise<string | undefined> {
  try {
    await makeLibraries(VERSION, `${work}/${name}`);
  } catch (error) {
    if (error instanceof PackagesMissing || error instanceof CompilerMissing) return error.message;
    throw error;
  }
}

async function run(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: work,
    env: { npm_config_cache: `${repository}.cache/npm`, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

const [npm, wheel, source] = libraryNames(VERSION).map(({ name }) => name);

testUnless(missing, "the libraries have the same bytes each time", async () => {
  assert.equal(await make("second"), undefined);
  for (const name of [npm, wheel, source]) {
    assert.deepEqual(
      await Deno.readFile(`${work}/first/${name}`),
      await Deno.readFile(`${work}/second/${name}`),
      name,
    );
  }
});

testUnless(missing, "npm installs the package without a network, and it says its version", async () => {
  await Deno.writeTextFile(`${work}/package.json`, '{"private": true, "type": "module"}');
  await run("npm", "install", "--offline", "--no-audit", "--no-fund", `${work}/first/${npm}`);
  const { version, dependencies } = JSON.parse(
    await Deno.readTextFile(`${work}/node_modules/@gait/gait/package.json`),
  );
  assert.deepEqual([version, dependencies], [VERSION, undefined]);
  await run(
    "node",
    "--input-type=module",
    "-e",
    'await import("@gait/gait"); await import("@gait/gait/mcp");',
  );
});

testUnless(missing, "pip installs the wheel without a network, and it says its version", async () => {
  const options = ["--quiet", "--no-index", "--no-deps", "--target", `${work}/site`];
  await run("python3", "-m", "pip", "install", ...options, `${work}/first/${wheel}`);
  const script = `import sys; sys.path.insert(0, sys.argv[1]); import gait; print(gait.__version__)`;
  assert.equal(await run("python3", "-c", script, `${work}/site`), "1.2.3rc1");
});

testUnless(missing, "the sources have the licence and nothing that a run left behind", async () => {
  const names = (await run("tar", "-tzf", `${work}/first/${source}`)).split("\n");
  assert.ok(names.includes("gait-1.2.3rc1/LICENSE"));
  assert.deepEqual(names.filter((name) => /__pycache__|\.pyc$|\/\.\w/.test(name)), []);
});

addEventListener("unload", () => Deno.removeSync(work, { recursive: true }));
