/**
 * `deno run -A bench/regress/run.ts [fixtures] [runs]`: what `regress run` and `report top` cost, in multiples of
 * verifying the same runpacks alone. All in one process, in turn, so that other load affects all alike.
 */
import { makeFiles } from "../../lib/effects/mod.ts";
import { initFixture, runRegressions } from "../../lib/regress/mod.ts";
import { rankActions } from "../../lib/report/mod.ts";
import { parseTime } from "../../lib/formats/time.ts";
import { recordRun } from "../../lib/runpack/record.ts";
import { verifyRunpack } from "../../lib/runpack/verify.ts";
import { recordInputSchema } from "../../lib/schema/runpack.ts";
import { decode } from "../../lib/schema/fields.ts";
import { makeWorkFolder } from "../../scripts/root.ts";
import { conclude, median, ms, printTable } from "../table.ts";

const fixtures = Number(Deno.args[0] ?? 200);
const runs = Number(Deno.args[1] ?? 1000);

/** Calls a run: those of a long task. */
const CALLS = 50;
const ROUNDS = 7;
const BUDGET = 2;

async function runpack(id: string): Promise<Uint8Array<ArrayBuffer>> {
  const at = "2026-03-01T10:00:00Z";
  const calls = Array.from(
    { length: CALLS },
    (_, i) => ({ intent_id: `${id}_${i}`, tool_name: `tool.get_${i % 9}` }),
  );
  const input = {
    run: { run_id: id, created_at: at, timeline: [] },
    intents: calls.map((call, i) => ({ ...call, args: { query: `what is number ${i}`, page: i } })),
    results: calls.map(({ intent_id }, i) => ({
      intent_id,
      status: "ok",
      result: { text: `it is ${i}`.repeat(5) },
    })),
    capture_mode: "raw",
  };
  const around = { now: parseTime(at), os: "linux", arch: "amd64", producer: "0.0.0-bench" };
  return (await recordRun(decode(recordInputSchema, input, "bench"), around, { stripPayloads: false })).bytes;
}

const folder = await makeWorkFolder("bench-");
const before = Deno.cwd();
try {
  Deno.chdir(folder);
  Deno.mkdirSync("gait-out");
  for (let i = 0; i < runs; i++) {
    Deno.writeFileSync(`gait-out/runpack_run_${i}.zip`, await runpack(`run_${i}`));
  }
  const places = { files: makeFiles(), home: undefined };
  for (let i = 0; i < fixtures; i++) await initFixture(`run_${i}`, {}, places);
  const verify = async (paths: readonly string[]) => {
    for (const path of paths) await verifyRunpack(await places.files.read(path));
  };
  const of = (count: number, path: (i: number) => string) => Array.from({ length: count }, (_, i) => path(i));
  const rows = [];
  for (
    const [name, work, paths] of [
      [
        "regress run",
        () => runRegressions({}, places, "0.0.0-bench"),
        of(fixtures, (i) => `fixtures/run_${i}/runpack.zip`),
      ],
      [
        "report top",
        () => rankActions({ runs: ["gait-out"], traces: [], limit: 20 }, places),
        of(runs, (i) => `gait-out/runpack_run_${i}.zip`),
      ],
    ] as const
  ) {
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, step] of [() => verify(paths), work].entries()) {
        const start = performance.now();
        await step();
        times[i]!.push(performance.now() - start);
      }
    }
    const [alone, whole] = times.map(median) as [number, number];
    const ratio = whole / alone;
    rows.push([
      `${name}, ${paths.length} runs`,
      ms(alone),
      ms(whole),
      ratio.toFixed(2),
      conclude(ratio, BUDGET),
    ]);
  }
  printTable("What regressions cost", ["", "verify alone, ms", "ms", "times", ""], rows);
} finally {
  Deno.chdir(before);
  await Deno.remove(folder, { recursive: true });
}
