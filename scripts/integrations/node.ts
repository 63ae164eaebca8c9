/**
 * The package for Node and Bun (`deno task npm`) in Node 20, Node 22 and Bun, then its adapters with the real frameworks,
 * pinned, and a scripted model in each. Closes with `node: N passed, N failed, N skipped`; what can't be had counts as
 * one skipped.
 */
import { bundle } from "../bundle.ts";
import { buildPackage, COMPILER_PLACE, CompilerMissing } from "../npm.ts";
import { root } from "../root.ts";
import { setUp } from "../setup.ts";
import { statusOf } from "../test_counts.ts";

const PLACE = `${root}.cache/node_frameworks`;
const TESTS = `${root}tests/integrations/node`;
/** Runtimes from npm, by the words that start their test runner. */
const RUNTIMES: readonly (readonly [name: string, ...command: string[]])[] = [
  ["Node 20", "npx", "-y", "node@20", "--test"],
  ["Node 22", "npx", "-y", "node@22", "--test"],
  ["Bun", "npx", "-y", "bun@1.3", "test", "--timeout", "60000"],
];
/** What the package does without a framework. */
const PACKAGE_TESTS = ["client", "faults", "here", "guide"];
const FRAMEWORK_TESTS = ["openai_agents", "ai_sdk", "langchain", "mastra", "mcp", "frameworks_guide"];

await setUp();
await bundle(undefined, true);
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  await buildPackage();
} catch (error) {
  if (!(error instanceof CompilerMissing)) throw error;
  skip("the package", error.message);
  finish();
}
await Deno.mkdir(PLACE, { recursive: true });
for await (const { name, isFile } of Deno.readDir(TESTS)) {
  if (isFile) await Deno.copyFile(`${TESTS}/${name}`, `${PLACE}/${name}`);
}
await Deno.mkdir(`${PLACE}/models`, { recursive: true });
for await (const { name } of Deno.readDir(`${TESTS}/models`)) {
  await Deno.copyFile(`${TESTS}/models/${name}`, `${PLACE}/models/${name}`);
}
const frameworks = (await run(["npm", "install", "--no-audit", "--no-fund"])).code === 0;
await Deno.mkdir(`${PLACE}/node_modules/@gait`, { recursive: true });
await Deno.remove(`${PLACE}/node_modules/@gait/gait`).catch(() => {});
await Deno.symlink(`${root}dist-npm`, `${PLACE}/node_modules/@gait/gait`);
const programs = [...PACKAGE_TESTS, ...(frameworks ? FRAMEWORK_TESTS : [])];
for (const [name, ...command] of RUNTIMES) {
  const version = command.slice(0, command.findIndex((word) => /^(--)?test$/.test(word)));
  if ((await run([...version, "--version"])).code !== 0) skip(name, "it can't be had");
  else {
    for (const file of programs) await test(`${name}: ${file}`, [...command, `./${file}.test.mjs`]);
  }
}
for (const file of ["types", ...(frameworks ? ["frameworks_types"] : [])]) {
  await test(`compiled: ${file}`, ["node", "--test", `./${file}.test.mjs`]);
}
if (!frameworks) skip(FRAMEWORK_TESTS.join(", "), "the frameworks can't be installed");
finish();

function finish(): never {
  console.log(`node: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  Deno.exit(statusOf(counts));
}

async function test(name: string, command: readonly string[]): Promise<void> {
  const { code, text } = await run(command);
  code === 0 ? counts.passed++ : counts.failed++;
  console.log(`${name} ... ${code === 0 ? "ok" : `FAILED\n${text}`}`);
}

function skip(name: string, why: string): void {
  counts.skipped++;
  console.log(`${name}: skipped, ${why}`);
}

async function run([program = "", ...args]: readonly string[]): Promise<{ code: number; text: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args,
      cwd: PLACE,
      env: {
        GAIT_BIN: `${root}bin/gait`,
        GAIT_ROOT: root,
        GAIT_TSC: `${COMPILER_PLACE}/node_modules/.bin/tsc`,
        npm_config_cache: `${root}.cache/npm`,
        npm_config_update_notifier: "false",
        OPENAI_AGENTS_DISABLE_TRACING: "1",
      },
    }).output();
    return { code, text: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("") };
  } catch (error) {
    return { code: 127, text: String(error) };
  }
}
