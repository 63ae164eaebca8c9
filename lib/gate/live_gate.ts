import { GaitError, invalidInput, messageOf } from "../errors/mod.ts";
import type { ChildRequest, ChildResult } from "../effects/mod.ts";
import { compile } from "../evaluate/compile.ts";
import { type BulkCrypto, loadBulkCrypto } from "../signing/bulk.ts";
import type { Digest } from "../signing/mod.ts";
import { decide, type Decision, type Gate, type GateCall } from "./decide.ts";
import { checkedPolicy, loadGate, type LoadGateEffects } from "./load.ts";
import type { GateOptions } from "./options.ts";
import type { Policy } from "../policy/types.ts";
import { watchFile } from "./watched_file.ts";

/** How long calls that wait together share one look at the policy. Milliseconds. */
const SHARED = 10;

/** Effects for a gate that decides more than once. */
export interface LiveGateEffects extends LoadGateEffects {
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
}

/** A gate that stays loaded and follows its policy file. It writes no records: whoever decides does. */
export interface LiveGate {
  /** As it was loaded. */
  readonly gate: Gate;
  /** The policy that decides at the moment. */
  policy(): Policy;
  /** Its digest. */
  policyDigest(): Digest;
  /** It signs with a key that nobody can verify later. */
  readonly devKey: boolean;
  readonly warnings: readonly string[];
  /**
   * Decide a call. Calls are decided one after the other in the order in which they come, so limits are exact, each by
   * the policy that the file holds when its turn comes.
   *
   * @param read gives the call when its turn came
   * @throws {GaitError} when the call can't be decided: then it must not happen
   */
  decide(read: (crypto: BulkCrypto) => Promise<GateCall>): Promise<Decision>;
  /** Finish what was accepted. */
  close(): Promise<void>;
}

/** How a live gate decides, beside what the user says. */
export interface LiveGateHow {
  /** Make no traces. */
  readonly unsigned?: boolean;
  /** Production takes a policy whose default lets calls pass (docs/spec/mcp.md 2.1). */
  readonly defaultMayPass?: boolean;
}

/**
 * Load a gate once, to decide call after call (docs/spec/gate.md 4.3).
 *
 * @throws {GaitError} as {@linkcode loadGate} does
 */
export async function openLiveGate(
  options: GateOptions,
  effects: LiveGateEffects,
  producerVersion: string,
  { unsigned = false, defaultMayPass = false }: LiveGateHow = {},
): Promise<LiveGate> {
  const { policy: policyPath } = options;
  const watched = watchFile(policyPath, effects.files, effects.now);
  // Read once: what is watched is what decides.
  const policyContent = await watched.changed();
  const { gate: loaded, warnings, devKey } = await loadGate(options, effects, producerVersion, {
    policyContent,
    defaultMayPass,
  });
  const bulk = await loadBulkCrypto();
  const deciding = { ...effects, ...bulk };

  let gate: Gate = unsigned ? { ...loaded, unsigned } : loaded;
  const use = {
    profile: loaded.profile,
    broker: loaded.credentials.broker,
    defaultMayPass,
  };
  let unreadable: GaitError | undefined;
  let unusable: GaitError | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  let looks = 0;
  let lookedAt = NaN;

  /**
   * INVARIANT: no call is decided by a policy that was replaced before the call came; and one that waited, behind a
   * slow broker or in a long queue, by none that was replaced more than {@linkcode SHARED} before its turn.
   *
   * @param came how often the policy had been looked at when the call came
   */
  async function lookAtPolicy(came: number): Promise<void> {
    const now = effects.now();
    // One look serves all calls that waited for it: else thousands a second would each look at the same file.
    if (came < looks && now >= lookedAt && now < lookedAt + SHARED) return;
    looks++;
    lookedAt = now;
    await reload();
  }

  async function reload(): Promise<void> {
    let changed: Uint8Array<ArrayBuffer> | undefined;
    try {
      changed = await watched.changed();
      unreadable = undefined;
    } catch (error) {
      unreadable = policyProblem(error, policyPath);
      return;
    }
    if (!changed) return;
    try {
      const policy = await checkedPolicy(changed, policyPath, use);
      gate = { ...gate, policy, compiled: compile(policy.policy) };
      unusable = undefined;
    } catch (error) {
      unusable = policyProblem(error, policyPath);
    }
  }

  async function decideNow(read: (crypto: BulkCrypto) => Promise<GateCall>, came: number): Promise<Decision> {
    await lookAtPolicy(came);
    const problem = unreadable ?? unusable;
    if (problem) throw problem;
    return await decide(gate, await read(bulk), deciding);
  }

  return {
    gate,
    policy: () => gate.compiled.policy,
    policyDigest: () => gate.policy.digest,
    devKey,
    warnings,
    decide(read) {
      if (closed) return Promise.reject(invalidInput("Cannot decide: the gate is closed"));
      const came = looks;
      const decided = queue.then(() => decideNow(read, came));
      queue = decided.catch(() => {});
      return decided;
    },
    async close() {
      closed = true;
      await queue;
    },
  };
}

/** INVARIANT: whatever is wrong with a changed policy, a defect of ours included, nothing is decided by an older one. */
function policyProblem(error: unknown, path: string): GaitError {
  const code = error instanceof GaitError ? error.code : "internal_failure";
  return new GaitError(code, `Cannot decide, the policy changed: ${messageOf(error)}`, {
    hint: `Repair "${path}"; it is read again at once`,
    cause: error,
  });
}
