import type { Journals } from "../../../effects/types.ts";
import { GaitError, invalidInput, messageOf } from "../../../errors/mod.ts";
import { canonicalize, isJsonObject, readJsonObject } from "../../../formats/json/mod.ts";
import { verifyTrace } from "../../../gate/trace/verify.ts";
import type { TrustedKeys } from "../../../signing/mod.ts";
import { type CallRecord, MAX_LOG_BYTES, readSessionLog } from "./records.ts";
import { type SealContext, type SealedSession, sealSession, SESSIONS } from "./seal.ts";
import { removeTemporaries } from "./temporaries.ts";

/** A session that a gateway left behind when it was killed. */
export type LeftSession =
  | ({ readonly kind: "sealed"; readonly log: string } & SealedSession)
  | { readonly kind: "refused"; readonly log: string; readonly problem: string };

/** What sealing a session needs that another gateway left. */
export interface LeftContext extends SealContext {
  /**
   * The keys that may have signed its traces; absent where the key of this gateway was made for it alone, and neither
   * traces nor packs prove anything to others.
   */
  readonly trusted?: TrustedKeys | undefined;
}

/**
 * Seal the sessions of gateways that are gone (docs/spec/mcp.md 10.13). Those of running ones are locked and left alone.
 *
 * @param report called for each of them
 *
 * INVARIANT: a log that says something else than the traces is not sealed, nor one whose traces this key did not sign:
 * whoever can write into the folder must not get it signed.
 */
export async function sealLeftSessions(
  context: LeftContext,
  journals: Journals,
  report: (left: LeftSession) => void,
): Promise<void> {
  const { files, folder } = context;
  for (const name of await files.list(`${folder}/${SESSIONS}`)) {
    if (!name.endsWith(".calls.jsonl")) continue;
    const path = `${folder}/${SESSIONS}/${name}`;
    try {
      const found = await journals.takeOver(path, MAX_LOG_BYTES);
      if (!found) continue;
      let done = false;
      try {
        await removeTemporaries(name, context);
        if (found.content.length > 0) {
          const log = readSessionLog(found.content, `log "${path}"`);
          for (const call of log.calls) await checkTrace(call, log.header.session, context);
          if (log.calls.length > 0) {
            report({ kind: "sealed", log: path, ...await sealSession(log, context) });
          }
        }
        done = true;
      } finally {
        if (done) await found.discard();
        else found.close();
      }
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      report({ kind: "refused", log: path, problem: messageOf(error) });
    }
  }
}

/** The trace of a call says the same as its log. */
async function checkTrace(
  call: CallRecord,
  session: string,
  { files, trusted }: Pick<LeftContext, "files" | "trusted">,
): Promise<void> {
  const what = `trace "${call.tracePath}"`;
  const bytes = await files.read(call.tracePath, MAX_TRACE_BYTES);
  const trace = readJsonObject(bytes, { what, signed: true });
  const logged = {
    trace_id: call.traceId,
    correlation_id: session,
    tool_name: call.toolName,
    args_digest: call.argsDigest,
    intent_digest: call.intentDigest,
    policy_digest: call.policyDigest,
    verdict: call.verdict,
  };
  const { mcp_gateway } = trace;
  const about = isJsonObject(mcp_gateway) ? mcp_gateway : {};
  const same = Object.entries(logged).every(([name, value]) => trace[name] === value) &&
    about["method"] === call.method && about["name"] === call.name &&
    // Only the trace proves that the person at the client let the call pass.
    (!call.confirmed || about["client_confirmation"] === "accepted");
  if (!same) throw invalidInput(`Cannot seal call "${call.callId}": ${what} says something else`);
  if (canonicalize(trace["violations"] ?? []) !== canonicalize([...call.violations])) {
    throw invalidInput(`Cannot seal call "${call.callId}": ${what} has other violations`);
  }
  if (trusted && !(await verifyTrace(bytes, trusted)).ok) {
    throw invalidInput(
      `Cannot seal call "${call.callId}": ${what} is not signed with the key of this gateway`,
      {
        hint: "After a change of keys, start it once with the key that it had",
      },
    );
  }
}

const MAX_TRACE_BYTES = 1 << 24;
