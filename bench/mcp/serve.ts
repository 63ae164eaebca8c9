/**
 * `deno run -A bench/mcp/serve.ts [calls] [folder]`: `gait mcp serve` on four connections that stay open, with a durable
 * trace for each call, and with a journal too, beside an empty server of `node:http`. Each server answers
 * {@linkcode WARM_UP} calls before it is measured, because a new process compiles its code meanwhile. The traces go to a
 * folder inside of the given one: where ext4 has deleted many files within a minute, it takes ten times as long to make a
 * new one.
 */
import { makeWorkFolder, root } from "../../scripts/root.ts";
import { bundle } from "../../scripts/bundle.ts";
import { ms, printTable } from "../table.ts";
import { connectTo, portOf, postOf } from "./http.ts";

const CONNECTIONS = 4;
const WARM_UP = 6_000;
const calls = Number(Deno.args[0] ?? 12_000);
const where = Deno.args[1];

/** Budgets in multiples of the echo server. */
const BUDGET = { traces: 0.13, journal: 0.1 } as const;
const P99_BUDGET = 5;

const BODY = JSON.stringify({
  call: {
    name: "tool.read",
    args: { path: "/srv/a.txt" },
    context: { identity: "agent-7", workspace: "/srv", risk_class: "low" },
  },
});
const IN_SESSION = JSON.stringify({ ...JSON.parse(BODY), session_id: "s1", run_id: "r1" });

interface Measured {
  readonly perSecond: number;
  readonly p99: number;
  /** Calls in a second in the last tenth, by that in the first tenth. */
  readonly steady: number;
}

async function measure(port: number, path: string, body: string): Promise<Measured> {
  const request = postOf(port, path, body);
  await measureCalls(port, request, WARM_UP);
  return await measureCalls(port, request, calls);
}

/** Send a request again and again on each connection. */
async function measureCalls(port: number, request: Uint8Array, count: number): Promise<Measured> {
  const each = Math.ceil(count / CONNECTIONS);
  const times: number[] = [];
  const ends: number[] = [];
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    using connection = await connectTo(port);
    for (let i = 0; i < each; i++) {
      const before = performance.now();
      const answer = await connection.ask(request);
      if (!answer.head.startsWith("HTTP/1.1 200")) throw new Error(answer.head + answer.body);
      const now = performance.now();
      times.push(now - before);
      ends.push(now - start);
    }
  }));
  const tenth = Math.floor(ends.length / 10);
  const first = ends[tenth]!;
  const last = ends.at(-1)! - ends.at(-1 - tenth)!;
  times.sort((a, b) => a - b);
  return {
    perSecond: ends.length / (ends.at(-1)! / 1000),
    p99: times[Math.floor(times.length * 0.99)]!,
    steady: first / last,
  };
}

async function withProcess<T>(
  command: readonly string[],
  cwd: string,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, { args, cwd, stdout: "piped", stderr: "inherit" }).spawn();
  try {
    return await use(await portOf(child.stdout.pipeThrough(new TextDecoderStream()).getReader()));
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

await bundle({}, true);
const folder = where === undefined
  ? await makeWorkFolder("bench-serve-")
  : await Deno.makeTempDir({ dir: where, prefix: "bench-serve-" });
try {
  await Deno.writeTextFile(
    `${folder}/policy.yaml`,
    "default_verdict: block\nrules:\n  - {name: r, effect: allow, match: {tool_names: [tool.read]}}\n",
  );
  await Deno.writeTextFile(
    `${folder}/echo.mjs`,
    `import { createServer } from "node:http";
    const server = createServer((_request, response) => response.end());
    server.listen(0, "127.0.0.1", () => console.log("127.0.0.1:" + server.address().port));`,
  );
  const echo = await withProcess(
    [Deno.execPath(), "run", "-q", "-A", "echo.mjs"],
    folder,
    (port) => measure(port, "/", BODY),
  );
  const serve = [
    `${root}bin/gait`,
    ..."mcp serve --policy policy.yaml --listen 127.0.0.1:0 --json".split(" "),
  ];
  const traces = await withProcess(serve, folder, (port) => measure(port, "/v1/evaluate", BODY));
  const journal = await withProcess(serve, folder, (port) => measure(port, "/v1/evaluate", IN_SESSION));
  const row = (name: string, { perSecond, p99, steady }: Measured, budget?: number) => {
    const ratio = perSecond / echo.perSecond;
    return [
      name,
      perSecond.toFixed(0),
      ratio.toFixed(3),
      budget === undefined ? "" : `>= ${budget} ${ratio >= budget ? "ok" : "UNDER"}`,
      ms(p99),
      budget === undefined ? "" : `<= ${P99_BUDGET} ${p99 <= P99_BUDGET ? "ok" : "OVER"}`,
      steady.toFixed(2),
    ];
  };
  printTable(`${calls.toLocaleString("en")} calls on ${CONNECTIONS} connections, after ${WARM_UP} others`, [
    "server",
    "calls/s",
    "/ echo",
    "budget",
    "p99 ms",
    "budget",
    "last / first tenth",
  ], [
    row("echo", echo),
    row("serve, durable traces", traces, BUDGET.traces),
    row("serve, and a journal", journal, BUDGET.journal),
  ]);
} finally {
  await Deno.remove(folder, { recursive: true });
}
