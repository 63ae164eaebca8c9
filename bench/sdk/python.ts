/**
 * `deno run -A bench/sdk/python.ts [--quick]`: decisions of the Python package, signed and durable. Budgets: an open
 * gate at least 20 times the decisions per second of a process a call, its 99th percentile at most 3 ms; a gate on
 * a Unix socket with 16 client processes at least 0.7 of what it does with one.
 */
import { bundle } from "../../scripts/bundle.ts";
import { findPython, SUPPORTED } from "../../scripts/python/interpreters.ts";
import { makeWorkFolder, root } from "../../scripts/root.ts";
import { setUp } from "../../scripts/setup.ts";
import { TYPICAL_POLICY } from "../gate/typical.ts";
import { median, ms, printTable } from "../table.ts";
import { CLIENTS, measureClients } from "./clients.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 3 : 5;
const [PROCESSES, CALLS, CLIENT_CALLS] = quick ? [10, 1_000, 100] : [40, 5_000, 500];

interface Measured {
  readonly rate: number;
  readonly p50?: number;
  readonly p99?: number;
}

await setUp();
await bundle();
const python = await newestPython();
const folder = await makeWorkFolder("bench-");
try {
  await Deno.writeTextFile(`${folder}/policy.yaml`, TYPICAL_POLICY);
  await measureGate();
  await measureSocket();
} finally {
  await Deno.remove(folder, { recursive: true });
}

/**
 * All kinds are measured in turn, so that a busy moment of the machine meets all. A decision waits for one fsync: where
 * the disk alone is over the budget, the tail is not that of the package.
 */
async function measureGate(): Promise<void> {
  const rounds: { process: Measured; gate: Measured; disk: Measured }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      process: await run("process", PROCESSES),
      gate: await run("gate", CALLS),
      disk: await run("disk", CALLS),
    });
  }
  const of = (pick: (round: typeof rounds[number]) => number) => median(rounds.map(pick));
  const times = of(({ process, gate }) => gate.rate / process.rate);
  const p99 = of(({ gate }) => gate.p99!);
  const disk = of(({ disk }) => disk.p99!);
  printTable("Python, one caller (median of rounds)", ["", "per second", "p50 ms", "p99 ms", "budget"], [
    ["a process a call", of(({ process }) => process.rate).toFixed(1), "", "", ""],
    [
      "an append and an fsync",
      of(({ disk }) => disk.rate).toFixed(0),
      ms(of(({ disk }) => disk.p50!)),
      ms(disk),
      "",
    ],
    [
      "an open gate",
      of(({ gate }) => gate.rate).toFixed(0),
      ms(of(({ gate }) => gate.p50!)),
      ms(p99),
      `p99 <= 3 ${p99 <= 3 ? "ok" : "OVER"}`,
    ],
    ["open gate / process", times.toFixed(1), "", "", `>= 20 ${times >= 20 ? "ok" : "UNDER"}`],
  ]);
}

async function measureSocket(): Promise<void> {
  const socket = `${folder}/gate.sock`;
  const server = await serve(socket);
  if (server === undefined) {
    console.log("\nUnix socket: not measured, this gait has no `gate serve`");
    return;
  }
  try {
    const env = { GAIT_GATE_SOCKET: socket };
    await measureClients(
      "Python",
      ROUNDS,
      async (clients) => (await run("clients", clients, CLIENT_CALLS * CLIENTS / clients, env)).rate,
    );
  } finally {
    server.kill("SIGTERM");
    await server.status;
  }
}

/** A gate on the socket, once it listens; nothing when this gait can't. */
async function serve(socket: string): Promise<Deno.ChildProcess | undefined> {
  const known = await new Deno.Command(`${root}bin/gait`, { args: ["gate", "serve", "--explain"] }).output();
  if (!known.success) return undefined;
  const child = new Deno.Command(`${root}bin/gait`, {
    args: ["gate", "serve", "--policy", "policy.yaml", "--socket", socket],
    cwd: folder,
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await Deno.lstat(socket).then(() => true, () => false)) return child;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill();
  await child.status;
  throw new Error("Cannot measure: gate serve does not listen");
}

async function run(what: string, ...rest: (number | Record<string, string>)[]): Promise<Measured> {
  const numbers = rest.filter((part) => typeof part === "number").map(String);
  const env = rest.find((part) => typeof part === "object") ?? {};
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: [`${root}bench/sdk/python_gate.py`, what, ...numbers],
    cwd: folder,
    env: {
      GAIT_BIN: `${root}bin/gait`,
      PYTHONPATH: `${root}sdk/python`,
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
    },
  }).output();
  if (!success) throw new Error(`Cannot measure: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function newestPython(): Promise<string> {
  for (const version of SUPPORTED.toReversed()) {
    const found = await findPython(version);
    if (found !== undefined) return found;
  }
  throw new Error(`Cannot measure: none of Python ${SUPPORTED.join(", ")} is there`);
}
