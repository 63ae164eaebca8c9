/**
 * The package for Node and Bun (`deno task npm`) in Node 20, Node 22 and Bun, then its adapters with the real frameworks,
 * pinned, and a scripted model in each. Closes with `node: N passed, N failed, N skipped`; what can't be had counts as
 * one skipped.
 */
import { bundle } from "../bundle.ts";
import { buildPackage, COMPILER_PLACE, CompilerMissing } from "../npm.ts";
import {
  FRAMEWORKS_PLACE,
  installFrameworks,
  installRuntime,
  runThere,
  RUNTIMES,
} from "../node_frameworks.ts";
import { root } from "../root.ts";
import { setUp } from "../setup.ts";
import { statusOf } from "../test_counts.ts";

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
const frameworks = await installFrameworks();
await Deno.mkdir(`${FRAMEWORKS_PLACE}/node_modules/@gait`, { recursive: true });
await Deno.remove(`${FRAMEWORKS_PLACE}/node_modules/@gait/gait`).catch(() => {});
await Deno.symlink(`${root}dist-npm`, `${FRAMEWORKS_PLACE}/node_modules/@gait/gait`);
const programs = [...PACKAGE_TESTS, ...(frameworks ? FRAMEWORK_TESTS : [])];
for (const [name, spec, ...runner] of RUNTIMES) {
  const program = await installRuntime(spec);
  if (program === undefined) skip(name, "it can't be had");
  else {
    for (const file of programs) await test(`${name}: ${file}`, [program, ...runner, `./${file}.test.mjs`]);
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
  const { code, text } = await runThere(command, {
    GAIT_BIN: `${root}bin/gait`,
    GAIT_ROOT: root,
    GAIT_TSC: `${COMPILER_PLACE}/node_modules/.bin/tsc`,
    OPENAI_AGENTS_DISABLE_TRACING: "1",
  });
  code === 0 ? counts.passed++ : counts.failed++;
  console.log(`${name} ... ${code === 0 ? "ok" : `FAILED\n${text}`}`);
}

function skip(name: string, why: string): void {
  counts.skipped++;
  console.log(`${name}: skipped, ${why}`);
}
