import { type Effects, systemEffects } from "../../lib/effects/mod.ts";
import { appendEvent } from "../../lib/session/append.ts";
import { checkpointSession } from "../../lib/session/checkpoint.ts";
import { headPath, sessionPaths } from "../../lib/session/paths.ts";
import { startSession } from "../../lib/session/start.ts";
import { sessionStatus } from "../../lib/session/status.ts";
import type { VerifyChainOptions } from "../../lib/session/chain.ts";
import { verifySessionChain } from "../../lib/session/verify_chain.ts";
import { NO_KEYS, type PrivateKey, type TrustedKeys } from "../../lib/signing/mod.ts";

/** One session in a fresh folder, driven in process. */
export interface SessionStage {
  readonly folder: string;
  readonly journal: string;
  readonly chain: string;
  readonly head: string;
  readonly effects: Effects;
  append(tool?: string, effects?: Effects): Promise<number>;
  /** Seal into `<name>.zip`. */
  checkpoint(name: string, key?: PrivateKey): Promise<void>;
  status(): Promise<{ last: number; events: number; checkpoints: number }>;
  /** Verify the chain, by default with all strict options, without a key. */
  verify(demands?: Partial<VerifyChainOptions>): ReturnType<typeof verifySessionChain>;
  read(path?: string): Promise<string>;
  write(text: string, path?: string): Promise<void>;
}

/** Strict demands with one trusted key. */
export function strictBy(key: PrivateKey): Partial<VerifyChainOptions> {
  const trusted: TrustedKeys = { source: "flag", key: key.public };
  return { trusted, requireSignature: true };
}

/** Run a test with a started session. */
export async function onSessionStage(test: (stage: SessionStage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-session-" });
  const journal = `${folder}/s.jsonl`;
  const { chain } = sessionPaths(journal);
  const settings: Readonly<Record<string, string>> = { TIMEOUT: "60s", RETRY: "2ms" };
  // Long enough that no process times out on a busy machine.
  const effects = { ...systemEffects(), env: { get: (name: string) => settings[name.split("_").at(-1)!] } };
  try {
    await startSession(journal, { sessionId: "s", runId: "r" }, effects, "1.0.0");
    await test({
      folder,
      journal,
      chain,
      head: headPath(chain),
      effects,
      append: async (tool = "t", given = effects) =>
        (await appendEvent(journal, { toolName: tool, verdict: "allow" }, given, "1.0.0")).event.sequence,
      checkpoint: async (name, key) => {
        await checkpointSession(
          journal,
          { out: `${folder}/${name}.zip`, key },
          effects,
          "1.0.0",
        );
      },
      async status() {
        const { state } = await sessionStatus(journal, effects, "1.0.0");
        return { last: state.last_sequence, events: state.event_count, checkpoints: state.checkpoint_count };
      },
      verify: (demands = {}) =>
        verifySessionChain(effects.files, chain, {
          ...{ trusted: NO_KEYS, requireSignature: false, strict: true, requireHead: true, atLeast: 0 },
          ...demands,
        }),
      read: (path = journal) => Deno.readTextFile(path),
      write: (text, path = journal) => Deno.writeTextFile(path, text),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
