/**
 * `deno task test:compiled`: prove the compile step with an older compiler and runtime from npm (a download of
 * 183 MB, kept in .cache), then use the executable where there is neither Deno nor Node.
 */
import { CHECKS } from "../tests/compiled/checks.ts";
import { runRecordedCases } from "../tests/compiled/conformance.ts";
import { hasPair, installPair } from "../tests/compiled/old_pair.ts";
import { bundle } from "./bundle.ts";
import { copyBundle, runCompiler } from "./compile.ts";
import { gaitPermissions } from "./runtime_flags.ts";
import { makeWorkFolder, root } from "./root.ts";

const cache = `${root}.cache/test-compiled`;

if (!hasPair()) {
  console.error(`Cannot test: the older runtime exists for x86_64 Linux only, this is ${Deno.build.target}`);
  Deno.exit(7);
}
const pair = await installPair(cache);
await bundle();
const folder = await makeWorkFolder("compiled-");
const made = { gait: `${folder}/gait`, probe: `${folder}/probe`, folder: `${folder}/work` };
const bundled = `${folder}/bundle`;
await Deno.mkdir(made.folder);
await Deno.mkdir(bundled);
const permissions = await gaitPermissions();
await make({ ...await copyBundle(bundled), out: made.gait, permissions });
const probe = `${root}tests/compiled/permission_probe.ts`;
await make({ entry: probe, include: [], out: made.probe, permissions });

let [passed, failed] = [0, 0];
for (const { name, run } of CHECKS) {
  const problem = await run(made).then(() => undefined, (error: Error) => error.message);
  report(name, problem === undefined ? "ok" : `FAILED\n${problem}`);
  problem === undefined ? passed++ : failed++;
}
const smoke = await new Deno.Command("sh", {
  args: [`${root}scripts/release/smoke.sh`, made.gait],
  stdout: "null",
}).output();
report("smoke test of a release", smoke.success ? "ok" : "FAILED");
smoke.success ? passed++ : failed++;
const cases = await runRecordedCases(made.gait);
report("recorded cases", `${cases.passed} passed, ${cases.failed} failed, ${cases.skipped} skipped`);
passed += cases.passed;
failed += cases.failed;
report("start of version, median of 21 processes", `${await medianStart(made.gait)} ms`);
report("size of the executable", `${((await Deno.stat(made.gait)).size / 1e6).toFixed(1)} MB`);
await Deno.remove(folder, { recursive: true });
console.log(`tests: ${passed} passed, ${failed} failed, ${cases.skipped} skipped`);
Deno.exit(failed === 0 ? 0 : 1);

async function make(compilation: Parameters<typeof runCompiler>[1]): Promise<void> {
  const env = { DENORT_BIN: pair.runtime, DENO_DIR: `${cache}/deno_dir` };
  if (await runCompiler(pair.compiler, compilation, env)) return;
  throw new Error(`Cannot compile ${compilation.entry}`);
}

/** Wall time of `gait version` in milliseconds. */
async function medianStart(gait: string): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < 21; i++) {
    const start = performance.now();
    await new Deno.Command(gait, { args: ["version"], stdout: "null" }).output();
    times.push(performance.now() - start);
  }
  return times.sort((left, right) => left - right)[10]!.toFixed(1);
}

function report(what: string, result: string): void {
  console.log(`${what.padEnd(56)} ${result}`);
}
