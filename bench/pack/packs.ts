import { median } from "../table.ts";
import { runWorker } from "../worker_process.ts";

/** The cost of packs by size of the runpack: times in milliseconds, peak memory in bytes. */
export interface EvidencePackCost {
  readonly bytes: number;
  readonly raw: number;
  readonly build: Cost;
  readonly verify: Cost;
  readonly diff: Cost;
}

interface Cost {
  readonly time: number;
  /** Absent if the system does not report it. */
  readonly peak: number | undefined;
}

type Figures = Readonly<{ time: number; peak?: number }>;

const worker = `${import.meta.dirname}/worker.ts`;

/** Measure building, verifying and comparing packs, alternating with the calibration, each in a fresh process. */
export async function measureEvidencePack(
  runpack: string,
  rounds: number,
  folder: string,
): Promise<EvidencePackCost> {
  const [left, right] = [`${folder}/left_pack.zip`, `${folder}/right_pack.zip`];
  await run("build", runpack, left);
  const found: Record<"raw" | "build" | "verify" | "diff", Figures[]> = {
    raw: [],
    build: [],
    verify: [],
    diff: [],
  };
  for (let round = 0; round < rounds; round++) {
    found.raw.push(await run("raw", runpack));
    found.build.push(await run("build", runpack, right));
    found.verify.push(await run("verify", left));
    found.diff.push(await run("diff", left, right));
  }
  return {
    bytes: (await Deno.stat(left)).size,
    raw: costOf(found.raw).time,
    build: costOf(found.build),
    verify: costOf(found.verify),
    diff: costOf(found.diff),
  };
}

function costOf(rounds: readonly Figures[]): Cost {
  const peaks = rounds.map(({ peak }) => peak).filter((peak) => peak !== undefined);
  return {
    time: median(rounds.map(({ time }) => time)),
    peak: peaks.length === 0 ? undefined : median(peaks),
  };
}

/** Write a number of different small packs. */
export async function writeSmallPacks(folder: string, count: number): Promise<void> {
  await run("small", folder, `${count}`);
}

const run = (...args: string[]) => runWorker<Figures>(worker, ...args);
