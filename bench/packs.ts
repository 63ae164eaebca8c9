import { median } from "./table.ts";
import { runWorker } from "./worker_process.ts";

/** The cost of a pack by size, in milliseconds and bytes. */
export interface PackCost {
  readonly intents: number;
  readonly bytes: number;
  readonly canonicalise: number;
  readonly digest: number;
  readonly verify: number;
  readonly raw: number;
  /** Peak memory of the process; absent if the system does not report it. */
  readonly verifyPeak: number | undefined;
  readonly rawPeak: number | undefined;
}

type Figures = Readonly<Record<string, number>>;

const worker = `${import.meta.dirname}/pack_worker.ts`;

/** Measure a pack of a given size, alternating between verification and calibration, each in a fresh process. */
export async function measurePack(intents: number, rounds: number, folder: string): Promise<PackCost> {
  const file = `${folder}/runpack_${intents}.zip`;
  const { bytes } = await run("build", file, `${intents}`);
  const [records, verified, raws]: [Figures[], Figures[], Figures[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    records.push(await run("records", `${intents}`));
    verified.push(await run("verify", file));
    raws.push(await run("raw", file));
  }
  return {
    intents,
    bytes: bytes!,
    canonicalise: middle(records, "canonicalise"),
    digest: middle(records, "digest"),
    verify: middle(verified, "time"),
    raw: middle(raws, "time"),
    verifyPeak: highest(verified, "peak"),
    rawPeak: highest(raws, "peak"),
  };
}

const run = (...args: string[]) => runWorker<Figures>(worker, ...args);

function middle(rounds: readonly Figures[], name: string): number {
  return median(rounds.map((figures) => figures[name]!));
}

function highest(rounds: readonly Figures[], name: string): number | undefined {
  const found = rounds.map((figures) => figures[name]).filter((figure) => figure !== undefined);
  return found.length === 0 ? undefined : Math.max(...found);
}
