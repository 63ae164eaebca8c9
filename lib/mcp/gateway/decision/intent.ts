import type { JsonObject } from "../../../formats/json/mod.ts";
import { canonicalBytes } from "../../../formats/json/mod.ts";
import { utf8 } from "../../../formats/bytes.ts";
import type { Rfc3339 } from "../../../formats/time.ts";
import { type Hasher, sha256 } from "../../../signing/mod.ts";
import { ARGUMENTS } from "../codec/scan.ts";
import { type RequestMessage, sliceOf } from "../codec/message.ts";
import type { TaintMatch } from "../../taint/memory.ts";
import type { ToolEffects } from "./annotations.ts";
import type { ToolMapping } from "./mapping.ts";
import type { Subject } from "./subject.ts";
import { targetsOf } from "./targets.ts";

/** What is known about a call beside what it says itself. */
export interface CallFacts {
  /** The name of the server, as the gateway was started with it. */
  readonly server: string;
  readonly identity: string;
  readonly workspace: string;
  readonly sessionId: string;
  readonly effects: ToolEffects;
  readonly mapping: ToolMapping | undefined;
  readonly taint: readonly TaintMatch[];
  readonly now: Rfc3339;
}

/** The producer of intents made from calls: part of no digest. */
const INTENT_PRODUCER = "0.0.0-dev";

/** The tool name of an intent (docs/spec/mcp.md 10.4); no tool can be named like a method, for a name has no slash. */
export function intentToolName({ kind, method, name }: Subject, server: string): string {
  return kind === "tool" ? `mcp.${server}.${name}` : `mcp.${server}.${method}`;
}

/**
 * The intent request of a call (docs/spec/mcp.md 10.7). Request id, progress token and clock are not in its digest, so
 * that an approval lets the same call pass when it is made again. What the digest of an intent would not tell apart is:
 * the arguments as they are, blanks and long numbers included, and the answers that a retry carries.
 */
export async function intentRequestOf(
  message: Pick<RequestMessage, "text" | "scan">,
  subject: Subject,
  facts: CallFacts,
  hash: Hasher = sha256,
): Promise<JsonObject> {
  const toolName = intentToolName(subject, facts.server);
  const { inexactArguments, ranges } = message.scan;
  const written = inexactArguments ? ranges.get(ARGUMENTS) : undefined;
  return {
    schema_id: "gait.gate.intent_request",
    schema_version: "1.0.0",
    created_at: facts.now,
    producer_version: INTENT_PRODUCER,
    tool_name: toolName,
    args: subject.args,
    targets: targetsOf(subject, toolName, facts.effects, facts.mapping),
    arg_provenance: facts.taint.map(({ path, kind, ref }) => ({
      arg_path: path,
      source: kind,
      source_ref: ref,
    })),
    context: {
      identity: facts.identity,
      workspace: facts.workspace,
      risk_class: facts.mapping?.riskClass ?? "high",
      ...(facts.sessionId === "" ? {} : { session_id: facts.sessionId }),
      auth_context: {
        mcp: {
          server: facts.server,
          method: subject.method,
          name: subject.name,
          arguments_digest: await hash(canonicalBytes(subject.args)),
          ...(written ? { written_arguments_digest: await hash(utf8(sliceOf(message.text, written))) } : {}),
          ...(subject.continuation
            ? { continuation_digest: await hash(canonicalBytes(subject.continuation)) }
            : {}),
          ...(subject.isTask ? { task: true } : {}),
        },
      },
    },
  };
}
