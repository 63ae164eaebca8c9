import { type ErrorCode, GaitError } from "../../../lib/errors/mod.ts";
import { concat, decodeUtf8Strict } from "../../../lib/formats/bytes.ts";
import { type JsonObject, readJsonObject } from "../../../lib/formats/json/mod.ts";
import { isVerdict } from "../../../lib/schema/verdict.ts";
import type { GateAnswer } from "./types.ts";

/** An answer is about a kilobyte; whatever is much longer is none. */
const MAX_ANSWER = 4 << 20;
const NEWLINE = 0x0a;
const STATUS: Readonly<Record<string, number>> = { allow: 0, dry_run: 0, block: 3, require_approval: 4 };

/** The gate answered with something that is no answer: nothing that it said can be relied on. */
export function garbage(reason: string): GaitError {
  return new GaitError("io_failure", `The gate is not to be understood: ${reason}`, {
    detail: "garbage",
    hint: "Check what answers there, and that its version fits this package",
  });
}

/** Cuts what comes into lines, with bounded memory. */
export class AnswerLines {
  #parts: Uint8Array[] = [];
  #held = 0;

  /** The lines that a piece completes. */
  push(piece: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      lines.push(concat([...this.#parts, piece.subarray(start, end)]));
      this.#parts = [];
      this.#held = 0;
      start = end + 1;
    }
    this.#held += piece.length - start;
    if (this.#held > MAX_ANSWER) throw garbage("an answer has no end");
    // A copy: the runtime may use the memory of a piece again.
    if (start < piece.length) this.#parts.push(piece.slice(start));
    return lines;
  }
}

/**
 * Read an answer and the number of the line that it is for.
 *
 * @throws {GaitError} for what is no answer, and for one that contradicts itself
 */
export function readAnswer(line: Uint8Array): { readonly id: number; readonly answer: JsonObject } {
  let answer: JsonObject;
  try {
    const text = decodeUtf8Strict(line);
    if (text === undefined) throw new Error("it is no UTF-8");
    answer = readJsonObject(text, { what: "answer", duplicates: "refuse" });
  } catch (error) {
    throw garbage(error instanceof Error ? error.message : String(error));
  }
  const { id, ok, verdict, exit_code: status } = answer;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || typeof ok !== "boolean") {
    throw garbage("it is no answer");
  }
  if (typeof verdict !== "string" || !isVerdict(verdict)) throw garbage("its verdict is unknown");
  if (ok ? STATUS[verdict] !== status : verdict !== "block" || typeof status !== "number" || status === 0) {
    throw garbage("its verdict does not go with its status");
  }
  return { id, answer };
}

/**
 * The decision of an answer.
 *
 * @throws {GaitError} of the gate, when it could not decide
 */
export function decisionOf(answer: JsonObject): GateAnswer {
  const text = (name: string) => typeof answer[name] === "string" ? answer[name] : "";
  const texts = (name: string) => (Array.isArray(answer[name]) ? answer[name] : []).map(String);
  if (answer.ok !== true) {
    throw new GaitError(codeOf(text("error_code")), text("error") || "The gate could not decide", {
      ...(text("hint") === "" ? {} : { hint: text("hint") }),
    });
  }
  return {
    verdict: text("verdict"),
    exitCode: answer.exit_code,
    reasonCodes: texts("reason_codes"),
    violations: texts("violations"),
    matchedRule: text("matched_rule"),
    ...(answer.required_approval_scope === undefined
      ? {}
      : { requiredScope: texts("required_approval_scope") }),
    intentDigest: text("intent_digest"),
    policyDigest: text("policy_digest"),
    traceId: text("trace_id"),
    tracePath: text("trace_path"),
    warnings: texts("warnings"),
  } as unknown as GateAnswer;
}

const CODES: readonly ErrorCode[] = [
  "invalid_input",
  "verification_failed",
  "policy_blocked",
  "approval_required",
  "dependency_missing",
  "unsafe_operation",
  "io_failure",
  "state_contention",
];

function codeOf(given: string): ErrorCode {
  return CODES.find((code) => code === given) ?? "internal_failure";
}
