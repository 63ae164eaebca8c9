/** The service of `gait mcp serve` on a disk that a test chooses, without HTTP. */
import assert from "node:assert/strict";
import type { Disk } from "../../lib/effects/disk.ts";
import { makeJournals } from "../../lib/effects/journals.ts";
import { type Effects, makeFiles, systemEffects } from "../../lib/effects/mod.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { openLiveGate } from "../../lib/gate/live_gate.ts";
import { openRecords } from "../../lib/gate/open.ts";
import { adapterOf } from "../../lib/mcp/adapters/table.ts";
import { readEvaluateRequest } from "../../lib/mcp/serve/request.ts";
import { serveCalls, type Service } from "../../lib/mcp/serve/service.ts";
import { sha256 } from "../../lib/signing/mod.ts";

/** Whether a path is that of a journal of traces, or of a session. */
export const isTraceLog = (path: string) => path.includes("/.journal/");
export const isJournal = (path: string) => path.endsWith(".journal.jsonl");

const CONTEXT = { identity: "agent", workspace: "/srv", risk_class: "low" };
/** A request of which there is only one with this number. */
export const requestOf = (n: number, session: string) => ({
  call: { name: "t", args: { n }, context: CONTEXT },
  run_id: "r",
  ...(session === "" ? {} : { session_id: session }),
});

const keep = { maxAge: 0n, maxCount: 0 };
const retention = { trace: keep, runpack: keep, pack: keep, session: keep };

/** Opens the service of a server in a folder on a disk. */
export async function openService(folder: string, disk: Disk, others: Partial<Effects> = {}) {
  const real = { ...systemEffects(), ...others };
  const effects = { ...real, files: makeFiles(disk), journals: () => Promise.resolve(makeJournals(disk)) };
  const policy = `${folder}/policy.yaml`;
  await Deno.writeTextFile(policy, "default_verdict: allow\n");
  const live = await openLiveGate({ policy }, effects, "1.0.0", { defaultMayPass: true });
  const records = await openRecords(`${folder}/traces`, live.gate, effects);
  const service = serveCalls(
    { live, records, hash: sha256 },
    {
      adapter: adapterOf("mcp"),
      jobRoot: `${folder}/jobs`,
      folders: { trace: `${folder}/traces`, session: `${folder}/sessions` },
      retention,
      allowClientPaths: false,
      inputs: [],
      verdictStatus: "compat",
    },
    effects,
    "1.0.0",
  );
  const close = async () => {
    await live.close();
    await service.close();
    await records.close().catch(() => {});
  };
  return { service, close };
}

/** What is looked at in an answer. */
export interface Answered {
  readonly verdict: string;
  readonly intent_digest: string;
  readonly trace_path: string;
  readonly warnings: readonly string[];
}

/** Post a request as the routes do; `undefined` when the answer is an error. */
export async function ask(service: Service, request: unknown): Promise<Answered | undefined> {
  try {
    const body = new TextEncoder().encode(JSON.stringify(request));
    return (await service.evaluate(readEvaluateRequest(body))).json as unknown as Answered;
  } catch (error) {
    assert(error instanceof GaitError, String(error));
    return undefined;
  }
}

/** What the events of the journals in a folder say about traces. */
export async function journaled(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".journal.jsonl")) continue;
    for (const line of (await Deno.readTextFile(`${folder}/${name}`)).split("\n")) {
      if (line.includes('"record_type":"event"')) paths.push(JSON.parse(line).event.trace_path);
    }
  }
  return paths;
}
