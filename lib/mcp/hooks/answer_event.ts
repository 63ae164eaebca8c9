import type { Effects } from "../../effects/types.ts";
import { GaitError, messageOf } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { joinPath, outputFolder } from "../../formats/path.ts";
import { timeOfMillis } from "../../formats/time.ts";
import type { Decision, GateCall } from "../../gate/decide.ts";
import type { Profile } from "../../gate/profile/profile.ts";
import { writeRecords } from "../../gate/trace/write.ts";
import type { Digest } from "../../signing/mod.ts";
import type { GivenToken } from "../../tokens/given_token.ts";
import { adapterOf } from "../adapters/table.ts";
import { ApprovalsFolder } from "../approvals/folder.ts";
import { jobStop } from "../job_stop.ts";
import { prepareCall } from "../prepare_call.ts";
import { refusalOf } from "./answer.ts";
import { CONTRACTS, type HookClient } from "./clients.ts";
import { type HookCaller, type HookEvent, readEvent } from "./event.ts";
import { digestOf } from "../../signing/mod.ts";
import { resultLine, RESULTS } from "./result.ts";

/** The gate of a hook: one that is loaded for this call, or one that stays open. */
export interface HookGate {
  readonly profile: Profile;
  /**
   * Decide a call.
   *
   * @param call gives it, with the tokens that are there for it under this policy
   * @throws {GaitError} when it can't be decided: then it must not happen
   */
  decide(call: (policyDigest: Digest) => Promise<GateCall>): Promise<Decision>;
}

/** Where a hook reads and writes. */
export interface HookPlaces {
  readonly traceDir: string;
  readonly approvals: string;
  readonly jobRoot: string;
  /** Take tokens alone that are marked as single-use; needed where the gate does not make every token so. */
  readonly onlySingleUse: boolean;
}

/** What the answers of a hook depend on. */
export interface HookSettings {
  readonly client: HookClient;
  readonly caller: HookCaller;
  readonly places: HookPlaces;
  /** Opens the gate; an event after a call needs none. */
  readonly openGate: () => Promise<HookGate>;
}

/** Effects of a hook. */
export type HookEffects = Pick<Effects, "files" | "now" | "random" | "env">;

/** What the agent gets for an event. */
export interface HookAnswer {
  /** Absent when the event could not be read: then it may be one before a call. */
  readonly event?: HookEvent;
  /** Why the call must not be made, or, after a call, why it was not recorded; absent when all is well. */
  readonly reason?: string;
}

/**
 * Answer one event of a coding agent's hook (docs/spec/sdk.md 3.1).
 *
 * INVARIANT: before a call there is no reason only when the verdict is `allow` and its records are on the disk.
 *
 * @param read gives the event; whatever it throws is answered too
 */
export async function answerEvent(
  read: () => Promise<JsonObject>,
  settings: HookSettings,
  effects: HookEffects,
): Promise<HookAnswer> {
  let event: HookEvent | undefined;
  try {
    const payload = await read();
    event = await boundToArguments(
      readEvent(payload, settings.client, CONTRACTS[settings.client], settings.caller),
    );
    if (event.when === "after") {
      await recordResult(payload, event, settings, effects);
      return { event };
    }
    const reason = await decideEvent(payload, event, settings, effects);
    return { event, ...(reason === undefined ? {} : { reason }) };
  } catch (error) {
    return { ...(event ? { event } : {}), reason: failureReason(error, event) };
  }
}

/**
 * The digest of an intent does not tell blanks at the ends of a text apart, which are code in a line of Python: an approval
 * of one edit would let another one pass.
 */
async function boundToArguments(event: HookEvent): Promise<HookEvent> {
  const { call } = event;
  const authContext = { ...call.context.authContext, arguments_digest: await digestOf(call.args ?? {}) };
  return { ...event, call: { ...call, context: { ...call.context, authContext } } };
}

/** What the agent reads about an event that could not be dealt with. */
export function failureReason(error: unknown, event?: HookEvent): string {
  const hint = error instanceof GaitError && error.hint !== undefined ? ` Next: ${error.hint}` : "";
  const what = event?.when === "after"
    ? "what this call returned could not be recorded"
    : "this call could not be decided, so it was not made";
  return `Gait: ${what}: ${messageOf(error)}.${hint}`;
}

/** @returns why the call must not be made */
async function decideEvent(
  payload: JsonObject,
  event: HookEvent,
  { places, openGate }: HookSettings,
  effects: HookEffects,
): Promise<string | undefined> {
  const gate = await openGate();
  const prepare = preparing(payload, event, places, effects);
  const { rawIntent: intentDigest } = await prepare(gate.profile);
  const folder = new ApprovalsFolder(effects.files, places.approvals);
  const decision = await gate.decide(async (policyDigest) => {
    const { onlySingleUse } = places;
    const { tokens } = await folder.find({ intentDigest, policyDigest, onlySingleUse });
    return (await prepare(gate.profile, tokens)).gateCall;
  });
  const tracePath = joinPath(places.traceDir, `trace_${decision.traceId}.json`);
  await writeRecords(effects.files, decision, { trace: tracePath });
  return refusalOf(decision, places.approvals, tracePath);
}

async function recordResult(
  payload: JsonObject,
  event: HookEvent,
  { client, places }: HookSettings,
  effects: HookEffects,
): Promise<void> {
  const { rawIntent: intentDigest } = await preparing(payload, event, places, effects)("standard");
  const folder = outputFolder(places.traceDir);
  await effects.files.makeFolder(folder);
  const createdAt = timeOfMillis(effects.now());
  await effects.files.appendLine(
    joinPath(folder, RESULTS),
    await resultLine(event, { client, intentDigest, createdAt }),
  );
}

function preparing(payload: JsonObject, event: HookEvent, { jobRoot }: HookPlaces, effects: HookEffects) {
  const adapter = { ...adapterOf("claude_code"), read: () => event.call };
  return (profile: Profile, approvals: readonly GivenToken[] = []) =>
    prepareCall(payload, { adapter, profile, checkStop: jobStop(jobRoot, effects), approvals }, effects);
}
