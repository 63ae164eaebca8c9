/**
 * `deno run -A bench/gate/stream.ts [--quick]`: decisions per second of `gait gate stream`, measured over a whole
 * process, compared with the signatures per second of this machine. Budgets: signed and durable at least 0.15 of the
 * calibration (about 5,000/s), without traces at least 30,000/s.
 */
import { bundle } from "../../scripts/bundle.ts";
import { setUp } from "../../scripts/setup.ts";
import { STAYING_ENVIRONMENT, stayingCommand } from "../bundle_command.ts";
import { signaturesPerSecond } from "../calibrations.ts";
import { median, printTable } from "../table.ts";
import { intentLine, TYPICAL_POLICY } from "./typical.ts";
import { makeWorkFolder } from "../../scripts/root.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 1 : 5;
const LINES = quick ? 5_000 : 40_000;

await setUp();
await bundle();
const folder = await makeWorkFolder("bench-");
try {
  await Deno.writeTextFile(`${folder}/policy.yaml`, TYPICAL_POLICY);
  await Deno.writeTextFile(
    `${folder}/in.ndjson`,
    Array.from({ length: LINES }, (_, i) => intentLine(i)).join(""),
  );
  const rows: string[][] = [];
  for (
    const [name, flags, conclude] of [
      ["signed and durable", [], (rate: number, sign: number) => ratio(rate / sign, 0.15)],
      ["without traces", ["--no-trace"], (rate: number) => ratio(rate / 30_000, 1)],
    ] as const
  ) {
    const rates: number[] = [];
    const signs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      signs.push(await signaturesPerSecond(500));
      rates.push(await decisionsPerSecond(flags, round));
    }
    const [rate, sign] = [median(rates), median(signs)];
    rows.push([name, rate.toFixed(0), sign.toFixed(0), (rate / sign).toFixed(2), conclude(rate, sign)]);
  }
  printTable("gate stream (median of rounds)", ["decisions", "per second", "sign", "/ sign", "budget"], rows);
} finally {
  await Deno.remove(folder, { recursive: true });
}

function ratio(figure: number, budget: number): string {
  return `>= ${budget} ${figure >= budget ? "ok" : "UNDER"}`;
}

/**
 * Each run gets its own folder, and nothing is removed before the end: on ext4, allocating inodes is slow after many
 * deletions.
 */
async function decisionsPerSecond(flags: readonly string[], round: number): Promise<number> {
  const [deno, ...args] = await stayingCommand();
  const started = performance.now();
  const child = new Deno.Command(deno!, {
    args: [...args, "gate", "stream", "--policy", "policy.yaml", ...flags, "--trace-dir", `traces-${round}`],
    cwd: folder,
    env: STAYING_ENVIRONMENT,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const answers = countLines(child.stdout);
  await (await Deno.open(`${folder}/in.ndjson`)).readable.pipeTo(child.stdin);
  if (await answers !== LINES || !(await child.status).success) throw new Error("Cannot measure: it failed");
  const seconds = (performance.now() - started) / 1000;
  return LINES / seconds;
}

async function countLines(output: ReadableStream<Uint8Array>): Promise<number> {
  let lines = 0;
  for await (const piece of output) {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++;
  }
  return lines;
}
