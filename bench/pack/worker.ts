/**
 * One measurement of packs in a separate process, so that peak memory is measured separately:
 *
 * raw <runpack> inflate and hash every entry of a runpack, and nothing else build <runpack> <pack> build a pack of it
 * verify <pack> verify it, and the runpack inside diff <left> <right> compare two packs small <folder> <count> write
 * so many small packs
 *
 * Prints one JSON object; times in milliseconds, memory in bytes.
 */
import { writeAtomic } from "../../lib/effects/atomic_write.ts";
import { disk } from "../../lib/effects/disk.ts";
import { buildRunPack } from "../../lib/pack/build_run.ts";
import { diffPacks, readSide } from "../../lib/pack/diff.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { verifyPack } from "../../lib/pack/verify.ts";
import { inflateAndHash } from "../calibrations.ts";
import { peak } from "../peak.ts";

async function work(mode: string, paths: readonly string[]): Promise<() => Promise<unknown>> {
  const [first, second] = paths as [string, string];
  if (mode === "small") return () => writeSmall(first, Number(second));
  const bytes = await Deno.readFile(first);
  switch (mode) {
    case "raw":
      return () => inflateAndHash(bytes);
    case "build":
      return async () => {
        const { pack } = await buildRunPack(bytes, "bench");
        // As the program does: Deno.writeFile() would make a copy of it.
        await writeAtomic(disk, second, pack.bytes, { anywhere: true });
      };
    case "verify":
      return async () => {
        const report = await verifyPack(bytes);
        if (!report.ok) {
          throw new Error(`Cannot measure: the pack does not verify: ${JSON.stringify(report)}`);
        }
      };
    case "diff": {
      const other = await Deno.readFile(second);
      return async () => diffPacks(await readSide(bytes), await readSide(other));
    }
    default:
      throw new Error(`Cannot measure ${mode}`);
  }
}

async function writeSmall(folder: string, count: number): Promise<void> {
  const { recordRun } = await import("../../lib/runpack/record.ts");
  const { readRecordInput } = await import("../../lib/runpack/record_input.ts");
  const { FIXED_CONTEXT } = await import("../../lib/runpack/demo.ts");
  for (let i = 0; i < count; i++) {
    const input = {
      run: { run_id: `run_${i}`, created_at: "2026-01-01T00:00:00Z" },
      intents: [{ intent_id: "i1", tool_name: "fs.read", args: { path: `/data/${i}` } }],
      results: [{ intent_id: "i1", status: "ok", result: { rows: i } }],
    };
    const { bytes } = await recordRun(readRecordInput(utf8(JSON.stringify(input))), FIXED_CONTEXT);
    await Deno.writeFile(`${folder}/pack_${i}.zip`, (await buildRunPack(bytes, "bench")).pack.bytes);
  }
}

const [mode, ...paths] = Deno.args;
const step = await work(mode!, paths);
const started = performance.now();
await step();
console.log(JSON.stringify({ time: performance.now() - started, ...peak() }));
