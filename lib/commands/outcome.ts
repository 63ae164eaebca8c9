import { EXIT, type ExitStatus, type GaitError } from "../errors/mod.ts";
import type { VerdictExit } from "../gate/decision_outcome.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { Line } from "./text.ts";

export { compact } from "../formats/json/compact.ts";

/** The result of a command: an exit code, an object for machines, lines for people. A renderer prints one of them. */
export interface Outcome {
  readonly exit: ExitStatus;
  readonly json: JsonObject;
  readonly lines: readonly Line[];
  /** Set when the command failed; a negative verdict is not an error. */
  readonly error?: GaitError;
  /** Set by {@linkcode decided} alone. */
  readonly decision?: true;
  /** Exit status of a child that is passed on in place of `exit`; set by {@linkcode childEnded} alone. */
  readonly childStatus?: number;
  /** Set by {@linkcode served} alone: standard output has been written already. */
  readonly served?: true;
}

/** The command succeeded. */
export function success(json: JsonObject, lines: readonly Line[]): Outcome {
  return { exit: EXIT.ok, json: { ok: true, ...json }, lines };
}

/** A negative result: `ok` is false and the exit code gives the reason, but there is no error. */
export function negative(exit: Exclude<ExitStatus, 0>, json: JsonObject, lines: readonly Line[]): Outcome {
  return { exit, json: { ok: false, ...json }, lines };
}

/** A positive or a negative result. */
export function verdict(
  ok: boolean,
  exit: Exclude<ExitStatus, 0>,
  json: JsonObject,
  lines: readonly Line[],
): Outcome {
  return ok ? success(json, lines) : negative(exit, json, lines);
}

/**
 * A decision of the gate: a block is a successful evaluation, so `ok` is true while the exit code is 3
 * (docs/spec/gate.md 0).
 */
export function decided(exit: VerdictExit, json: JsonObject, lines: readonly Line[]): Outcome {
  return { exit, json: { ok: true, ...json }, lines, decision: true };
}

/** A child ended with a status of its own, from 1 to 255, which is passed on. */
export function childEnded(status: number, json: JsonObject, lines: readonly Line[]): Outcome {
  return { ...negative(EXIT.internal, json, lines), childStatus: status };
}

/** Served to the end: standard output holds the answers, so there is nothing to print. */
export function served(): Outcome {
  return { exit: EXIT.ok, json: { ok: true }, lines: [], served: true };
}

/** A failure, with what is known in spite of it. */
export function failure(error: GaitError, json: JsonObject = {}, lines: readonly Line[] = []): Outcome {
  return { exit: EXIT.internal, json: { ok: false, ...json }, lines, error };
}
