import { GaitError, invalidInput, MEANING, messageOf } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { escapeControlsInJson } from "../../formats/controls.ts";
import type { Answer } from "../answer.ts";
import type { OpenGate, Reported } from "../open.ts";
import { type Line, type LineId, LineSplitter, readStreamLine } from "./request.ts";

/** The input and output of a stream. */
export interface StreamPipes {
  readonly input: AsyncIterable<Uint8Array>;
  /** Waits while the reader is slow. */
  write(bytes: Uint8Array): Promise<void>;
  /** Wait until pending work of the event loop is done. */
  turn(): Promise<void>;
  /** Stop reading, because the answers can't be written. */
  stop(): void;
  /** Whether reading was stopped, so that a last line without newline may be incomplete. */
  readonly stopped: () => boolean;
}

/** What a stream needs of a gate. */
export type StreamGate = Pick<OpenGate, "decide" | "report">;

/** Limits of a stream. */
export interface StreamLimits {
  readonly maxLineBytes: number;
  /** Largest number of lines that are accepted but not answered yet. */
  readonly maxInFlight: number;
}

/**
 * Decide line after line until the input ends: one answer a line, in order. A line that can't be decided is answered
 * with a block, and the stream goes on. Blank lines are skipped.
 *
 * @returns the number of answered lines
 * @throws {GaitError} `io_failure` when answers can't be written any more
 */
export async function serveStream(
  gate: StreamGate,
  pipes: StreamPipes,
  { maxLineBytes, maxInFlight }: StreamLimits,
): Promise<number> {
  const answers = new AnswerQueue(pipes, maxInFlight);
  const splitter = new LineSplitter(maxLineBytes);
  const accept = async (line: Line) => {
    if (line.kind === "line" && isBlank(line.bytes)) return;
    await answers.room();
    answers.add(answer(gate, line, maxLineBytes));
  };
  try {
    for await (const piece of pipes.input) {
      for (const line of splitter.push(piece)) await accept(line);
    }
  } catch (error) {
    await answers.drained(); // accepted lines are answered even when the input fails
    throw error;
  }
  const last = pipes.stopped() ? undefined : splitter.end();
  if (last) await accept(last);
  return await answers.drained();
}

async function answer(
  gate: StreamGate,
  line: Line,
  maxLineBytes: number,
): Promise<string> {
  let id: LineId = line.number;
  try {
    if (line.kind === "too_long") {
      throw invalidInput(`Cannot read line: it is longer than ${maxLineBytes} bytes`);
    }
    const read = readStreamLine(line.bytes, (given) => id = given);
    return read.kind === "call"
      ? answerLine(id, await gate.decide({ ...read.call, id }))
      : reportLine(id, await gate.report(id, read.result));
  } catch (error) {
    return errorLine(id, error);
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/** Pending answers in the order of their lines. */
class AnswerQueue {
  readonly #waiting: { text?: string }[] = [];
  #answered = 0;
  #writing = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(readonly pipes: Pick<StreamPipes, "write" | "turn" | "stop">, readonly limit: number) {}

  /** Wait until there is room for one more. */
  async room(): Promise<void> {
    while (this.#waiting.length >= this.limit && !this.#failure) await this.#change();
    if (this.#failure) throw this.#failure.error;
  }

  add(answer: Promise<string>): void {
    const place: { text?: string } = {};
    this.#waiting.push(place);
    answer.then((text) => {
      place.text = text;
      if (!this.#writing && !this.#failure) void this.#write();
    });
  }

  /** Wait until all are written. */
  async drained(): Promise<number> {
    while (this.#waiting.length > 0 && !this.#failure) await this.#change();
    if (this.#failure) throw this.#failure.error;
    return this.#answered;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting[0]?.text !== undefined) {
        await this.pipes.turn();
        const text = this.#ready();
        await this.pipes.write(utf8(text.join("\n") + "\n"));
        this.#waiting.splice(0, text.length);
        this.#answered += text.length;
        this.#wake?.();
      }
    } catch (error) {
      this.#failure = { error };
      this.#wake?.();
      // Otherwise the process would wait for a line that may never come.
      this.pipes.stop();
    }
    this.#writing = false;
  }

  /** The available answers up to the first pending one. */
  #ready(): string[] {
    const ready: string[] = [];
    for (const { text } of this.#waiting) {
      if (text === undefined) break;
      ready.push(text);
    }
    return ready;
  }
}

/** JSON that is the same to a program, and hides nothing from a person who looks at the answers. */
function visible(answer: object): string {
  const json = JSON.stringify(answer);
  return /^[\x20-\x7e]*$/.test(json) ? json : escapeControlsInJson(json);
}

/** The answer to a line as one line of JSON, without its newline. */
export function answerLine(id: LineId, { decision, exit, paths, callId }: Answer): string {
  const { outcome, evaluation } = decision;
  return visible({
    id,
    ok: true,
    verdict: outcome.verdict,
    exit_code: exit,
    reason_codes: outcome.reasonCodes,
    violations: outcome.violations,
    matched_rule: evaluation.matchedRule,
    ...(decision.requiredScope ? { required_approval_scope: decision.requiredScope } : {}),
    intent_digest: decision.intentDigest,
    policy_digest: decision.policyDigest,
    trace_id: decision.traceId,
    ...(paths.trace === undefined ? {} : { trace_path: paths.trace }),
    ...(callId === undefined ? {} : { call_id: callId }),
    ...(outcome.simulated ? { simulated_verdict: outcome.simulated.verdict } : {}),
    ...(decision.warnings.length > 0 ? { warnings: decision.warnings } : {}),
  });
}

/** The answer to a result. */
export function reportLine(id: LineId, { callId, withoutAllow }: Reported): string {
  return visible({
    id,
    ok: true,
    recorded: true,
    call_id: callId,
    ...(withoutAllow ? { warnings: ["the call was executed without an allow"] } : {}),
  });
}

/** INVARIANT: the answer to any error is a block. */
export function errorLine(id: LineId, thrown: unknown): string {
  const error = thrown instanceof GaitError
    ? thrown
    : new GaitError("internal_failure", `Internal error: ${messageOf(thrown)}`, { cause: thrown });
  const { exit, hint } = MEANING[error.code];
  return visible({
    id,
    ok: false,
    verdict: "block",
    exit_code: exit,
    error_code: error.code,
    error: error.message,
    hint: error.hint ?? hint,
  });
}
