import type { Files, Journals } from "../../../effects/types.ts";
import { GaitError, invalidInput, messageOf } from "../../../errors/mod.ts";
import { readJsonObject } from "../../../formats/json/mod.ts";
import { type CallRecord, MAX_LOG_BYTES, readSessionLog } from "./records.ts";
import { type SealContext, type SealedSession, sealSession, SESSIONS } from "./seal.ts";
import { removeTemporaries } from "./temporaries.ts";

/** A session that a gateway left behind when it was killed. */
export type LeftSession =
  | ({ readonly kind: "sealed"; readonly log: string } & SealedSession)
  | { readonly kind: "refused"; readonly log: string; readonly problem: string };

/**
 * Seal the sessions of gateways that are gone (docs/spec/mcp.md 10.13). Those of running ones are locked and left alone.
 *
 * @param report called for each of them
 *
 * INVARIANT: a log that says something else than the traces is not sealed: whoever can write into the folder must not
 * get it signed.
 */
export async function sealLeftSessions(
  context: SealContext,
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
          for (const call of log.calls) await checkTrace(call, files);
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
async function checkTrace(call: CallRecord, files: Pick<Files, "read">): Promise<void> {
  const what = `trace "${call.tracePath}"`;
  const trace = readJsonObject(await files.read(call.tracePath, MAX_TRACE_BYTES), { what, signed: true });
  const same = trace["trace_id"] === call.traceId && trace["verdict"] === call.verdict &&
    trace["intent_digest"] === call.intentDigest && trace["tool_name"] === call.toolName;
  if (!same) throw invalidInput(`Cannot seal call "${call.callId}": ${what} says something else`);
}

const MAX_TRACE_BYTES = 1 << 24;
