import type { Files } from "../../../effects/types.ts";
import type { JsonObject } from "../../../formats/json/mod.ts";
import { timeOfMillis } from "../../../formats/time.ts";
import { decideAndRecord } from "../../../gate/answer.ts";
import type { BoundaryFinding } from "../../../gate/decide.ts";
import type { LiveGate } from "../../../gate/live_gate.ts";
import type { DecisionRecords } from "../../../gate/open.ts";
import type { Tightening } from "../../../gate/tighten.ts";
import { parseIntent } from "../../../intent/parse.ts";
import type { GivenToken } from "../../../tokens/given_token.ts";
import { boundaryOf } from "../../boundary.ts";
import type { CheckStop } from "../../emergency_stop.ts";
import { decideTrust } from "../../trust/decision.ts";
import type { ServerDescription } from "../../trust/server.ts";
import { readSnapshot } from "../../trust/snapshot.ts";
import type { Listed } from "../catalog/catalog.ts";
import { isToolName } from "../catalog/catalog.ts";
import type { RequestMessage } from "../codec/message.ts";
import type { TaintMatch } from "../../taint/memory.ts";
import type { PendingCalls } from "../evidence/pending_calls.ts";
import { ASKING, effectsOf, READING, type ToolEffects } from "./annotations.ts";
import type { GatewayAnswer } from "./answer.ts";
import { blockedFor, listedFinding, NO_FINDING } from "./findings.ts";
import { intentRequestOf } from "./intent.ts";
import { mappingOf, type Mappings } from "./mapping.ts";
import type { Subject } from "./subject.ts";

/** What all calls of a gateway share. */
export interface DeciderOptions {
  /** The name in tool names of intents. */
  readonly server: string;
  /** The id of the server in a trust snapshot; its name without one. */
  readonly serverId: string;
  readonly identity: string;
  readonly workspace: string;
  readonly sessionId: string;
  readonly mappings: Mappings;
}

/** Effects for deciding. */
export interface DeciderEffects {
  readonly files: Pick<Files, "read">;
  readonly now: () => number;
  readonly checkStop: CheckStop;
  readonly pending: Pick<PendingCalls, "keep" | "drop">;
}

/** A call to decide. */
export interface CallToDecide {
  readonly message: Pick<RequestMessage, "text" | "scan">;
  readonly subject: Subject;
  /** What the list of the server says about a tool or a prompt. */
  readonly listed: Listed | undefined;
  readonly taint: readonly TaintMatch[];
  readonly approvals: readonly GivenToken[];
  /** The id of the session of the gateway, which all its traces have in common. */
  readonly session: string;
  /** Who calls, when the token of the caller says so. */
  readonly identity: string | undefined;
  /** The name of a person who confirmed through the client; it is recorded and grants nothing. */
  readonly confirmation: string | undefined;
}

/** Decides calls, and makes the trace of each durable. */
export interface Decider {
  /**
   * INVARIANT: resolves only after the trace of the decision is durable.
   *
   * @throws {GaitError} when the call can't be decided or its trace can't be written: it must not be forwarded
   */
  decide(call: CallToDecide): Promise<GatewayAnswer>;
}

/** Make the decider of a gateway (docs/spec/mcp.md 10.2). */
export function makeDecider(
  live: LiveGate,
  records: Pick<DecisionRecords, "record">,
  options: DeciderOptions,
  effects: DeciderEffects,
): Decider {
  const server: ServerDescription = {
    serverId: options.serverId,
    serverName: options.serverId === "" ? options.server : "",
    publisher: "",
    source: "",
  };

  /** Whether the snapshot of the policy vouches for the server, so that its annotations count. */
  async function isTrusted(): Promise<boolean> {
    const { mcpTrust } = live.policy();
    if (!mcpTrust) return false;
    const snapshot = await readSnapshot(mcpTrust.snapshot, effects.files);
    return decideTrust(mcpTrust, snapshot, { server, riskClass: "high", now: effects.now() }).status ===
      "trusted";
  }

  async function prepare(call: CallToDecide, hash: Parameters<typeof intentRequestOf>[3]) {
    const { subject, listed, message } = call;
    const mapping = subject.kind === "tool" ? mappingOf(options.mappings, subject.name) : undefined;
    const trusted = await isTrusted();
    const descriptor = listed?.kind === "found" ? listed.descriptor : undefined;
    const valid = subject.kind !== "tool" || isToolName(subject.name);
    const request = await intentRequestOf(
      message,
      // What no policy can name is decided as a call of an unnamed tool, and blocked.
      valid ? subject : { ...subject, kind: "prompt" },
      {
        server: options.server,
        identity: call.identity ?? options.identity,
        workspace: options.workspace,
        sessionId: options.sessionId,
        effects: EFFECTS[subject.kind] ?? effectsOf(descriptor, { trusted, mapping }),
        mapping,
        taint: call.taint,
        now: timeOfMillis(effects.now()),
      },
      hash,
    );
    const intent = await parseIntent(request, "call", hash ? { hash } : {});
    const own = listed && (subject.kind === "tool" || subject.kind === "prompt")
      ? listedFinding(subject.kind, subject.name, listed)
      : NO_FINDING;
    const boundary = boundaryOf({ server, ...effects }, () => {});
    const gateCall = {
      intent,
      approvals: call.approvals,
      withoutApprovals: call.approvals.length === 0,
      correlationId: call.session,
      boundary: async (...asked: Parameters<typeof boundary>): Promise<BoundaryFinding> => {
        const found = await boundary(...asked);
        const late = trusted && !await isTrusted() ? blockedFor("mcp_trust_changed") : NO_FINDING;
        return {
          ...stricter(found, own, late),
          trace: { ...found.trace, mcp_gateway: traceOf(call, options) },
        };
      },
    };
    return { request, gateCall };
  }

  return {
    async decide(call) {
      let request: JsonObject = {};
      const deciding = live.decide(async ({ hash }) => {
        const prepared = await prepare(call, hash);
        request = prepared.request;
        return prepared.gateCall;
      });
      const answer = await decideAndRecord(deciding, (decision) => records.record(decision));
      const { intentDigest, outcome: { verdict } } = answer.decision;
      // Nobody waits for an approval of what the server asks.
      if (["sampling", "elicitation"].includes(call.subject.kind)) return answer;
      if (verdict === "require_approval") {
        const { path, letGo } = await effects.pending.keep(intentDigest, request);
        return { ...answer, intentPath: path, letGo };
      }
      if (verdict === "allow" && call.approvals.length > 0) await effects.pending.drop(intentDigest);
      return answer;
    },
  };
}

/** The effects of what has no annotations. */
const EFFECTS: Readonly<Partial<Record<Subject["kind"], ToolEffects>>> = {
  resource: READING,
  prompt: READING,
  sampling: ASKING,
  elicitation: ASKING,
};

/** Several findings as one; the last that has a verdict gives it, which for the gateway is always a block. */
function stricter(...findings: readonly Tightening[]): Tightening {
  const verdict = findings.map((finding) => finding.verdict).findLast((found) => found !== undefined);
  return {
    reasonCodes: findings.flatMap(({ reasonCodes }) => reasonCodes),
    violations: findings.flatMap(({ violations }) => violations),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

/** What a trace says about the gateway (docs/spec/mcp.md 10.13). */
function traceOf(
  { session, subject, taint, confirmation }: CallToDecide,
  { server }: DeciderOptions,
): JsonObject {
  return {
    server,
    session,
    method: subject.method,
    name: subject.name,
    ...(taint.length > 0 ? { sources: taint.map(({ path, kind, ref }) => ({ path, kind, ref })) } : {}),
    ...(confirmation === undefined ? {} : { client_confirmation: confirmation }),
  };
}
