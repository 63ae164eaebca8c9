/**
 * `deno run -A bench/mcp/gateway.ts [rounds] [calls for memory]`: what `gait mcp gateway` adds to a call, and to its memory
 * in a long session. Calls go to a server that only answers, in turn directly and through the gateway; the difference is
 * the gateway's. A call is decided, and its signed trace is durable before it is forwarded; `ping` is only relayed. In
 * the same rounds a line of the size of a trace is appended to a file and synced: no durable call is faster than the disk;
 * and over stdio the same goes through a bare relay, which forwards lines, after such an append where the gateway makes
 * one: what three processes and a disk cost on this machine without any gateway. In turn with the gateway it also waits for
 * what that does behind its answers, so a row has it alone; another has the first calls of sessions, whose code is cold.
 */
import { bundle } from "../../scripts/bundle.ts";
import { makeWorkFolder, root } from "../../scripts/root.ts";
import { setUp } from "../../scripts/setup.ts";
import { STAYING_ENVIRONMENT, stayingCommand } from "../bundle_command.ts";
import { processorTime, residentMemory } from "../processes.ts";
import { conclude, median, ms, printTable } from "../table.ts";
import { type BenchClient, httpClient, type Started, stdioClient } from "./clients.ts";

const [rounds = 9, memoryCalls = 10_000] = Deno.args.map(Number);

/** Calls of a round. What other programs of the machine do in some rounds does not move the median of all. */
const CALLS = 300;

/** Calls that are not counted: the first ones also compile the code. */
const WARM_UP = 500;

/** Milliseconds that the gateway may add at the 99th percentile, and MiB that so many calls may add. */
const BUDGET = { relayed: 1, signed: 2, http: 2, memory: 20 } as const;

await setUp();
await bundle();
const folder = await makeWorkFolder("bench-gateway-");
const gait = await stayingCommand();
const server = [Deno.execPath(), "run", "-q", "-A", "--no-config", `${root}bench/mcp/echo_server.mjs`];

/** A process in a folder of its own. */
let count = 0;
async function inOwnFolder(command: readonly string[]): Promise<Started> {
  const cwd = `${folder}/${++count}`;
  await Deno.mkdir(cwd);
  await Deno.writeTextFile(
    `${cwd}/policy.yaml`,
    "default_verdict: block\nrules:\n  - {name: r, effect: allow, match: {tool_names: [mcp.s.echo]}}\n",
  );
  await Deno.writeTextFile(
    `${cwd}/tools.json`,
    '{"tools": {"echo": {"destructive_hint": false, "risk_class": "low"}}}',
  );
  return { command, cwd, env: { ...STAYING_ENVIRONMENT, HOME: cwd } };
}

const gateway = (...args: string[]) =>
  inOwnFolder([
    ...gait,
    ..."mcp gateway --policy policy.yaml --tools tools.json --name s".split(" "),
    ...args,
  ]);

/** One call in the way agents make them: every argument is another. */
const callNumber = (i: number) =>
  ["tools/call", {
    name: "echo",
    arguments: { path: `/srv/data/report-${i}.txt`, limit: i },
  }] as const;
const pingNumber = () => ["ping", {}] as const;

type Request = (i: number) => readonly [string, unknown];

/** What is timed in turn. */
const TIMED = ["direct", "gateway", "relay", "disk"] as const;
type Timed = typeof TIMED[number];

/** Percentiles of a round. */
interface Round {
  readonly p50: Readonly<Record<Timed, number>>;
  readonly p99: Readonly<Record<Timed, number>>;
}

/** Who is asked; there is no bare relay over HTTP. */
interface Clients {
  readonly direct: BenchClient;
  readonly gateway: BenchClient;
  readonly relay?: BenchClient;
}

/** As much as the journal gets for a call. */
const LINE = new Uint8Array(2_500).fill(0x61);
const probe = await Deno.open(`${folder}/probe`, { createNew: true, append: true });

/** Append as the journal does, and wait for the disk. */
async function appendDurably(): Promise<void> {
  await probe.write(LINE);
  await probe.sync();
}

let made = 0;

/** The times of requests to each client, and of the disk, in turn. */
async function playRound(clients: Clients, request: Request, calls: number): Promise<Round> {
  const times: Record<Timed, number[]> = { direct: [], gateway: [], relay: [], disk: [] };
  for (let i = 0; i < calls; i++) {
    made++;
    for (const which of TIMED) {
      const client = which === "disk" ? { ask: appendDurably } : clients[which];
      if (!client) continue;
      const start = performance.now();
      await client.ask(...request(made));
      times[which].push(performance.now() - start);
    }
  }
  const at = (share: number) => {
    const of = (which: Timed) => times[which].sort((a, b) => a - b)[Math.floor(calls * share)] ?? NaN;
    return { direct: of("direct"), gateway: of("gateway"), relay: of("relay"), disk: of("disk") };
  };
  return { p50: at(0.5), p99: at(0.99) };
}

/** What a row measures. */
interface Measured {
  readonly name: string;
  /** Milliseconds that the gateway may add at the 99th percentile; absent where nothing is promised. */
  readonly budget?: number;
  /** Every round is the first calls of a session, while V8 still compiles; else all are of one session that is warm. */
  readonly cold?: boolean;
}

async function row(
  { name, budget, cold = false }: Measured,
  open: () => Promise<Clients>,
  request: Request,
): Promise<string[]> {
  const played: Round[] = [];
  let spent = 0;
  /** Play rounds with the same processes. */
  const play = async (count: number, warmUp: number) => {
    const clients = await open();
    if (warmUp > 0) await playRound(clients, request, warmUp);
    const before = await processorTime(clients.gateway.pid);
    for (let round = 0; round < count; round++) played.push(await playRound(clients, request, CALLS));
    spent += await processorTime(clients.gateway.pid) - before;
    for (const client of Object.values(clients)) await client.close();
  };
  if (cold) { for (let round = 0; round < rounds; round++) await play(1, 0); }
  else await play(rounds, WARM_UP);
  const middle = (of: (round: Round) => number) => median(played.map(of));
  const added = middle(({ p99 }) => p99.gateway - p99.direct);
  const shown = (milliseconds: number) => Number.isNaN(milliseconds) ? "" : ms(milliseconds);
  return [
    name,
    ...TIMED.flatMap((which) => [middle(({ p50 }) => p50[which]), middle(({ p99 }) => p99[which])]).map(
      shown,
    ),
    shown(spent / (rounds * CALLS)),
    ms(middle(({ p50 }) => p50.gateway - p50.direct)),
    ms(added),
    conclude(added, budget),
  ];
}

const relay = (file: string) =>
  inOwnFolder([
    ...[Deno.execPath(), "run", "-q", "-A", "--no-config", `${root}bench/mcp/bare_relay.mjs`, file],
    ...server,
  ]);

/** Over standard input and output. */
const stdioClients = async (file: string): Promise<Clients> => ({
  direct: await stdioClient(await inOwnFolder(server)),
  gateway: await stdioClient(await gateway("--", ...server)),
  relay: await stdioClient(await relay(file)),
});

/** The bare relay in the place of the gateway: what it takes in turn with a gateway, it waits for the gateway's work. */
const relayAlone = async (): Promise<Clients> => ({
  direct: await stdioClient(await inOwnFolder(server)),
  gateway: await stdioClient(await relay("journal")),
});

const httpClients = async (): Promise<Clients> => ({
  direct: await httpClient(await inOwnFolder([...server, "http"])),
  gateway: await httpClient(await gateway("--listen", "127.0.0.1:0", "--json", "--", ...server)),
});

try {
  const durable = () => stdioClients("journal");
  const rows = [
    await row({ name: "stdio, relayed", budget: BUDGET.relayed }, () => stdioClients("-"), pingNumber),
    await row({ name: "stdio, bare relay alone" }, relayAlone, callNumber),
    await row({ name: "stdio, signed and durable", budget: BUDGET.signed }, durable, callNumber),
    await row({ name: "the same, first calls of a session", cold: true }, durable, callNumber),
    await row({ name: "HTTP, signed and durable", budget: BUDGET.http }, httpClients, callNumber),
  ];
  printTable(`Milliseconds a call, one after the other: median of ${rounds} rounds of ${CALLS} calls`, [
    "transport",
    "direct p50",
    "p99",
    "gateway p50",
    "p99",
    "bare relay p50",
    "p99",
    "disk p50",
    "p99",
    "processor",
    "added p50",
    "added p99",
    "budget",
  ], rows);

  if (Deno.build.os === "linux") {
    const client = await stdioClient(await gateway("--", ...server));
    const figures: number[] = [];
    for (let i = 0; i <= memoryCalls; i++) {
      if (i % Math.ceil(memoryCalls / 10) === 0) figures.push(await residentMemory(client.pid));
      await client.ask(...callNumber(i));
    }
    const added = figures.at(-1)! - figures[0]!;
    await client.close();
    printTable(`MiB of the gateway in one session of ${memoryCalls.toLocaleString("en")} calls`, [
      "at the start, then every tenth",
      "added",
      "budget",
    ], [[
      figures.map((figure) => figure.toFixed(0)).join(" "),
      added.toFixed(1),
      conclude(added, BUDGET.memory),
    ]]);
  }
} finally {
  probe.close();
  await Deno.remove(folder, { recursive: true });
}
