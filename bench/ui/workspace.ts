import { root } from "../../scripts/root.ts";

const TOOLS = ["tool.read", "tool.search", "tool.pay", "tool.delete", "tool.mail", "tool.deploy"];

const POLICY = `default_verdict: block
rules:
  - {name: reads, priority: 10, effect: allow, match: {tool_names: [tool.read, tool.search]}}
  - {name: payments, priority: 20, effect: require_approval, match: {tool_names: [tool.pay]}}
`;

/** The lines of calls `from` to `to` for `gait gate stream`. */
export function* callLines(from: number, to: number): Generator<string> {
  for (let i = from; i < to; i++) {
    const intent = {
      schema_id: "gait.gate.intent_request",
      schema_version: "1.0.0",
      producer_version: "bench",
      created_at: "2026-11-20T08:00:00Z",
      tool_name: TOOLS[i % TOOLS.length],
      args: { path: `/srv/shop/${i}.csv` },
      targets: [],
      context: {
        identity: `agent.${i % 5}`,
        workspace: "/srv/shop",
        risk_class: "low",
        session_id: "bench",
      },
    };
    yield `${JSON.stringify({ id: String(i), intent })}\n`;
  }
}

/** Folder of the traces, inside a workspace. */
export const TRACES = "gait-out/traces";

/** Start a process that decides calls, each of which leaves a signed trace. */
export function startStream(folder: string): Deno.ChildProcess {
  const options = ["--policy", "policy.yaml", "--trace-dir", TRACES];
  const key = ["--key-mode", "prod", "--private-key", "keys/gait_private.key"];
  return new Deno.Command(`${root}bin/gait`, {
    args: ["gate", "stream", ...options, ...key],
    cwd: folder,
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

/** Fill a folder with the signed traces of so many calls, unless it has some. */
export async function makeWorkspace(folder: string, traces: number): Promise<void> {
  const exists = await Deno.stat(`${folder}/${TRACES}`).then(() => true, () => false);
  if (exists) return;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/policy.yaml`, POLICY);
  await gait(folder, "keys", "init", "--out-dir", "keys");
  await gait(folder, "keys", "trust", "add", "keys/gait_public.key", "--name", "gate");
  const stream = startStream(folder);
  await ReadableStream.from(callLines(0, traces)).pipeThrough(new TextEncoderStream()).pipeTo(stream.stdin);
  if (!(await stream.status).success) throw new Error("gait gate stream failed");
}

async function gait(folder: string, ...args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(`${root}bin/gait`, {
    args: [...args],
    cwd: folder,
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`gait ${args.join(" ")} failed`);
}
