/**
 * `deno task test:compiled [part]...`: prove the compile step with an older compiler and runtime from npm (a download
 * of 183 MB, kept in .cache), then use the executable where there is neither Deno nor Node. The parts are `checks`,
 * `empty-root` and the areas of the recorded cases (`gate`, `pack`, …); all of them without an argument.
 */
import { readCases } from "../tests/conformance/case.ts";
import { runRecordedCases } from "../tests/compiled/conformance.ts";
import { runInEmptyRoot } from "../tests/compiled/empty_root_lane.ts";
import type { Installation } from "../tests/compiled/installation.ts";
import { hasPair, installPair } from "../tests/compiled/old_pair.ts";
import { QUICKSTART } from "../tests/compiled/quickstart.ts";
import { report, runChecks } from "../tests/compiled/report.ts";
import { GATEWAY, PAGE } from "../tests/compiled/services.ts";
import { bundleFor, type Compilation, runCompiler } from "./compile.ts";
import { gaitPermissions } from "./runtime_flags.ts";
import { makeWorkFolder, root } from "./root.ts";
import { type Counts, statusOf, sumOf } from "./test_counts.ts";

const cache = `${root}.cache/test-compiled`;

async function main(parts: readonly string[]): Promise<number> {
  const areas = [...new Set([...readCases().keys()].map((id) => id.split("/")[0]!))];
  const unknown = parts.find((part) => !["checks", "empty-root", ...areas].includes(part));
  if (unknown !== undefined) {
    console.error(`Cannot test "${unknown}": the parts are checks, empty-root, ${areas.join(", ")}`);
    return 6;
  }
  if (!hasPair()) {
    console.error(
      `Cannot test: the older runtime exists for x86_64 Linux only, this is ${Deno.build.target}`,
    );
    return 7;
  }
  const folder = await makeWorkFolder("compiled-");
  try {
    const counts = await runParts(parts, areas, folder);
    console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    return statusOf(counts);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runParts(parts: readonly string[], areas: readonly string[], folder: string): Promise<Counts> {
  const has = (part: string) => parts.length === 0 || parts.includes(part);
  const made = await compileAll(folder);
  const results: Counts[] = [];
  if (has("checks")) {
    results.push(await runChecks([...QUICKSTART, SMOKE, ...GATEWAY, ...PAGE], made));
    report("start of version, median of 21 processes", `${await medianStart(made.gait)} ms`);
    report("size of the executable", `${((await Deno.stat(made.gait)).size / 1e6).toFixed(1)} MB`);
  }
  if (has("empty-root")) results.push(await runInEmptyRoot({ ...made, folder: `${folder}/fresh` }));
  const wanted = areas.filter(has);
  if (wanted.length > 0) {
    const cases = await runRecordedCases(made.gait, wanted);
    report("recorded cases", `${cases.passed} passed, ${cases.failed} failed, ${cases.skipped} skipped`);
    results.push(cases);
  }
  return sumOf(results);
}

const SMOKE = {
  name: "smoke test of a release",
  async run({ gait }: Installation) {
    const args = [`${root}scripts/release/smoke.sh`, gait];
    const { success, stderr } = await new Deno.Command("sh", { args, stdout: "null" }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  },
};

async function compileAll(folder: string): Promise<Installation> {
  const pair = await installPair(cache);
  const made = { gait: `${folder}/gait`, probe: `${folder}/probe`, folder: `${folder}/work` };
  const bundled = `${folder}/bundle`;
  await Deno.mkdir(made.folder);
  await Deno.mkdir(bundled);
  const permissions = await gaitPermissions();
  const env = { DENORT_BIN: pair.runtime, DENO_DIR: `${cache}/deno_dir` };
  for (
    const compilation of [
      { ...await filledIn(await bundleFor(bundled)), out: made.gait, permissions },
      { entry: `${root}tests/compiled/permission_probe.ts`, include: [], out: made.probe, permissions },
    ]
  ) {
    if (await runCompiler(pair.compiler, compilation, env)) continue;
    throw new Error(`Cannot compile ${compilation.entry}`);
  }
  return made;
}

/** The bundle behind what the older runtime lacks. Only modules beside the entry get into the executable. */
async function filledIn({ entry, include }: Pick<Compilation, "entry" | "include">) {
  const folder = entry.replace(/[^/]*$/, "");
  await Deno.copyFile(`${root}tests/compiled/fill_in.ts`, `${folder}fill_in.ts`);
  const worker = `${folder}journal_worker.js`;
  await Deno.writeTextFile(worker, `import "./fill_in.ts";\n${await Deno.readTextFile(worker)}`);
  const own = `${folder}with_older_runtime.js`;
  await Deno.writeTextFile(
    own,
    `import "./fill_in.ts";\nimport ${JSON.stringify(entry.replace(folder, "./"))};\n`,
  );
  return { entry: own, include };
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

Deno.exit(await main(Deno.args));
