/**
 * `deno run -A bench/registry/list.ts [--quick]`: listing a cache of 10,000 packs, compared with reading and hashing
 * the same files with nothing else done.
 */
import { systemEffects } from "../../lib/effects/mod.ts";
import { listCache } from "../../lib/registry/list.ts";
import { makeWorkFolder } from "../../scripts/root.ts";
import { signedPack } from "../../tests/support/registry.ts";
import { readManifest } from "../../lib/registry/manifest.ts";
import { sha256 } from "../../lib/signing/mod.ts";
import { conclude, median, ms, printTable } from "../table.ts";

const quick = Deno.args.includes("--quick");
const PACKS = quick ? 1000 : 10_000;
const ROUNDS = quick ? 3 : 7;

/** Finding, parsing, checking and digesting, in multiples of reading and hashing. */
const BUDGET = 3;

const { files } = systemEffects();
const folder = await makeWorkFolder("bench-");
try {
  const paths: string[] = [];
  await Deno.mkdir(`${folder}/pins`);
  const manifest = await signedPack();
  for (let i = 0; i < PACKS; i++) {
    const bytes = new TextEncoder().encode(manifest.replace('"2.1.0"', `"1.0.${i}"`));
    const { digest } = await readManifest(bytes, "a sample");
    const place = `${folder}/guardrails/1.0.${i}/${digest}`;
    await Deno.mkdir(place, { recursive: true });
    await Deno.writeFile(`${place}/registry_pack.json`, bytes);
    paths.push(`${place}/registry_pack.json`);
  }
  const times = { list: [] as number[], raw: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.list.push(
      await timeOf(async () => {
        if ((await listCache(files, folder)).packs.length !== PACKS) throw new Error("A pack is missing");
      }),
    );
    times.raw.push(
      await timeOf(async () => {
        for (const path of paths) await sha256(await files.read(path));
      }),
    );
  }
  const [list, raw] = [median(times.list), median(times.raw)];
  printTable(`registry list, ${PACKS.toLocaleString("en")} packs, in process`, [
    "work",
    "ms",
    "/ raw",
    "budget",
  ], [
    ["raw", ms(raw), "1.00", ""],
    ["list", ms(list), (list / raw).toFixed(2), conclude(list / raw, BUDGET)],
  ]);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function timeOf(step: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await step();
  return performance.now() - started;
}
