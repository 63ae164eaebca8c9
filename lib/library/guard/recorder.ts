import { copyJson } from "../../formats/json/copy.ts";
import { messageOf } from "../../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { checkRunId } from "../../runpack/locate.ts";
import { checkText } from "../arguments.ts";
import type { RecordRequest } from "../records.ts";
import type { GuardedCall } from "./call.ts";
import type { Refusal } from "./refusal.ts";

/** Collects the calls of a run, for {@linkcode recordRun}. */
export class RunRecorder {
  /** Id of the run. */
  readonly runId: string;
  readonly #intents: { intent_id: string; tool_name: string; args: JsonObject }[] = [];
  readonly #results: { intent_id: string; status: string; result: JsonObject }[] = [];

  /**
   * Begin a run.
   *
   * @throws {GaitError} `invalid_input` for an id that is not a file name: `recordRun` would refuse it only after all
   * calls were made
   */
  constructor(runId: string) {
    checkText("runId", runId);
    checkRunId(runId);
    this.runId = runId;
  }

  /** A call was made, and returned. */
  returned(call: GuardedCall, result: unknown): void {
    this.#add(call, "ok", { executed: true, result: plain(result) });
  }

  /** A call was made, and its tool threw. */
  failed(call: GuardedCall, error: unknown): void {
    this.#add(call, "error", { executed: true, error: messageOf(error) });
  }

  /** A call was refused. */
  refused(call: GuardedCall, refusal: Refusal): void {
    this.#add(call, refusal.verdict, refusal.toJSON() as JsonObject);
  }

  /** The run so far, as `recordRun` takes it. */
  request(): RecordRequest {
    return { run: { run_id: this.runId }, intents: [...this.#intents], results: [...this.#results] };
  }

  #add({ name, args }: GuardedCall, status: string, result: JsonObject): void {
    const id = `intent_${String(this.#intents.length + 1).padStart(4, "0")}`;
    this.#intents.push({ intent_id: id, tool_name: name, args: argumentsOf(args) });
    this.#results.push({ intent_id: id, status, result });
  }
}

/** A result as JSON; what is none is recorded as its text, because a run must not fail for its record. */
function plain(value: unknown): JsonValue {
  try {
    return value === undefined ? null : copyJson(value, "result");
  } catch {
    return textOf(value);
  }
}

/**
 * Arguments as a runpack has them. A model may give anything, and such a call is refused; what is no object of JSON is
 * kept as an import of a log keeps it, because one such call must not cost the record of the whole run.
 */
function argumentsOf(given: unknown): JsonObject {
  if (given === undefined) return {};
  const args = plain(given);
  if (isJsonObject(args)) return args;
  return { raw: typeof given === "string" ? given : jsonOf(given) };
}

/** The text of a value that is no JSON; to ask for it may throw as well, as of an object without a prototype. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** The JSON that is nearest to a value, where there is some: it says more of an object than its text. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? textOf(value);
  } catch {
    return textOf(value);
  }
}
