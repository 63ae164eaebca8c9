/**
 * `deno run -A bench/sdk/typescript.ts [--quick]`: decisions from TypeScript, signed and durable, and hooks. Budgets: the
 * gate in process as fast as `gait gate stream`; a gate on a Unix socket with 16 client processes at least 0.7 of what it
 * does with one; a hook at most 1.3 of a `gait gate eval`.
 *
 * With `--client <calls>` it is one of the client processes.
 */
import { fileURLToPath } from "node:url";
import { openGate as openInProcess } from "../../mod.ts";
import { openGate as openClient } from "../../sdk/typescript/src/mod.ts";
import { bundle } from "../../scripts/bundle.ts";
import { makeWorkFolder, root } from "../../scripts/root.ts";
import { setUp } from "../../scripts/setup.ts";
import { median, printTable } from "../table.ts";
import { measureClients } from "./clients.ts";

const GAIT = `${root}bin/gait`;
const POLICY =
  "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [tool.read]}}]\n";
const context = { identity: "a", workspace: "/w", risk_class: "low" };
const call = (n: number) => ({ tool_name: "tool.read", args: { n }, context });

interface AnyGate {
  decide(intent: ReturnType<typeof call>): Promise<{ readonly verdict: string }>;
  close(): Promise<unknown>;
}

/** Calls of a client before it counts: what is measured is a gate and clients that run, not how they start. */
const WARM_CALLS = 250;

if (Deno.args[0] === "--client") {
  const gate = openClient({});
  await decideCalls(gate, WARM_CALLS);
  console.log("ready");
  await Deno.stdin.read(new Uint8Array(1)); // all clients begin together
  await decideCalls(gate, Number(Deno.args[1]));
  console.log("done");
  await Deno.stdin.read(new Uint8Array(1)); // no client ends while another one still works
  await gate.close();
} else await main(Deno.args.includes("--quick"));

async function main(quick: boolean): Promise<void> {
  const [rounds, calls, pairs] = quick ? [3, 800, 7] : [5, 4_000, 21];
  await setUp();
  await bundle();
  const folder = await makeWorkFolder("bench-");
  const policy = `${folder}/policy.yaml`;
  await Deno.writeTextFile(policy, POLICY);
  try {
    const inProcess: number[] = [];
    const stream: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const traceDir = `${folder}/t${round}`;
      inProcess.push(await decideAll(await openInProcess({ policy, traceDir: `${traceDir}a` }), calls));
      stream.push(await decideAll(openClient({ policy, traceDir: `${traceDir}b`, gaitBin: GAIT }), calls));
    }
    const share = median(inProcess) / median(stream);
    printTable("TypeScript, one program (median of rounds)", ["", "per second", "budget"], [
      ["gate stream, by the client", median(stream).toFixed(0), ""],
      ["in process", median(inProcess).toFixed(0), `as the stream ${share >= 0.9 ? "ok" : "UNDER"}`],
    ]);
    await measureSocket(folder, rounds, calls);
    await measureHook(folder, pairs);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How many decisions per second. */
async function decideAll(gate: AnyGate, calls: number): Promise<number> {
  await gate.decide(call(-1)); // the start is not measured
  const rate = calls / (await timed(() => decideCalls(gate, calls)) / 1000);
  await gate.close();
  return rate;
}

/** Decide calls, 64 on their way at a time. */
async function decideCalls(gate: AnyGate, calls: number): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: 64 }, async () => {
    for (let n = next++; n < calls; n = next++) {
      const { verdict } = await gate.decide(call(n));
      if (verdict !== "allow") throw new Error(`Expected leave, got ${verdict}`);
    }
  }));
}

async function measureSocket(folder: string, rounds: number, calls: number): Promise<void> {
  const socket = `${folder}/gate.sock`;
  const flags = ["--socket", socket, "--policy", `${folder}/policy.yaml`, "--trace-dir", `${folder}/t`];
  const server = new Deno.Command(GAIT, {
    args: ["gate", "serve", ...flags, "--json"],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = server.stdout.getReader();
  await reader.read(); // it listens
  try {
    await measureClients("TypeScript", rounds, (count) => clients(socket, count, Math.ceil(calls / count)));
  } finally {
    server.kill("SIGTERM");
    await server.status;
    await reader.cancel();
  }
}

/** Calls per second of some client processes together, from the moment when all are ready to that when all are done. */
async function clients(socket: string, count: number, calls: number): Promise<number> {
  const children = Array.from({ length: count }, () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--no-check", fileURLToPath(import.meta.url), "--client", String(calls)],
      env: { GAIT_GATE_SOCKET: socket },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    return { child, reader: child.stdout.getReader(), writer: child.stdin.getWriter() };
  });
  const answered = () =>
    Promise.all(children.map(async ({ reader }) => {
      if ((await reader.read()).done) throw new Error("A client failed");
    }));
  const go = () => Promise.all(children.map(({ writer }) => writer.write(new Uint8Array(1))));
  await answered();
  const took = await timed(async () => {
    await go();
    await answered();
  });
  await go();
  await Promise.all(children.map(async ({ child, reader, writer }) => {
    await reader.cancel();
    if (!(await child.status).success) throw new Error("A client failed");
    await writer.close().catch(() => {});
  }));
  return count * calls / (took / 1000);
}

/** Both events of a call and what a hook is compared with take turns, so that a busy moment meets all. */
async function measureHook(folder: string, pairs: number): Promise<void> {
  const policy = `${folder}/policy.yaml`;
  const event = (name: string) =>
    JSON.stringify({
      hook_event_name: name,
      session_id: "s",
      cwd: "/w",
      tool_name: "Read",
      tool_input: { file_path: "/w/a" },
      ...(name === "PreToolUse" ? {} : { tool_response: { lines: 3 } }),
    });
  await Deno.writeTextFile(`${folder}/intent.json`, JSON.stringify(call(0)));
  const evalWords = ["gate", "eval", "--policy", policy, "--intent", `${folder}/intent.json`];
  const hookWords = ["hook", "claude-code", "--policy", policy, "--trace-dir", `${folder}/h`];
  const [evals, before, after]: [number[], number[], number[]] = [[], [], []];
  for (let n = 0; n < pairs; n++) {
    evals.push(await timed(() => gait([...evalWords, "--trace-out", `${folder}/e/x.json`])));
    before.push(await timed(() => gait(hookWords, event("PreToolUse"))));
    after.push(await timed(() => gait(hookWords, event("PostToolUse"))));
  }
  const row = (name: string, times: number[]) => {
    const share = median(times) / median(evals);
    return [
      name,
      median(times).toFixed(0),
      `<= 1.3 of it: ${share.toFixed(2)} ${share <= 1.3 ? "ok" : "OVER"}`,
    ];
  };
  printTable("Hook (median of rounds)", ["", "ms", "budget"], [
    ["gait gate eval", median(evals).toFixed(0), ""],
    row("gait hook, before a call", before),
    row("gait hook, after a call", after),
  ]);
}

async function gait(args: string[], stdin?: string): Promise<void> {
  const child = new Deno.Command(GAIT, {
    args,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  if ((await child.status).code !== 0) throw new Error(`gait ${args[0]} failed`);
}

async function timed(step: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await step();
  return performance.now() - started;
}
