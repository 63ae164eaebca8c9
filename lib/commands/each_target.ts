import { EXIT, GaitError } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { failure, type Outcome, success, verdict } from "./outcome.ts";
import { bad, good, type Line, line } from "./text.ts";

/** The result for one of several targets. */
type TargetResult = { readonly target: string; readonly outcome: Outcome } | {
  readonly target: string;
  readonly error: GaitError;
};

/**
 * Verify every given target, and report on all of them: a target that is skipped silently would be taken for
 * verified. The worst result gives the exit code: a failed one, else one that can't be read.
 *
 * @param verify the outcome for one target alone
 */
export async function verifyEach(
  command: string,
  targets: readonly string[],
  verify: (target: string) => Promise<Outcome>,
): Promise<Outcome> {
  const all: TargetResult[] = [];
  for (const target of targets) {
    try {
      const outcome = await verify(target);
      all.push(outcome.error ? { target, error: outcome.error } : { target, outcome });
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      all.push({ target, error });
    }
  }
  const good = all.filter((done) => "outcome" in done && done.outcome.exit === EXIT.ok);
  const json: JsonObject = {
    total: all.length,
    verified: good.length,
    failed: all.length - good.length,
    results: all.map(encode),
  };
  const lines = [summary(command, good.length, all.length), ...all.flatMap(describe)];
  const negative = all.some((done) => "outcome" in done && done.outcome.exit !== EXIT.ok);
  if (good.length === all.length) return success(json, lines);
  if (negative) return verdict(false, EXIT.verificationFailed, json, lines);
  const errors = all.flatMap((done) => "error" in done ? [done] : []);
  const worst = errors.find(({ error }) => error.code === "verification_failed") ?? errors[0]!;
  return failure(naming(worst.target, worst.error), json, lines);
}

/** The error, with its target in the message. */
function naming(target: string, error: GaitError): GaitError {
  if (error.message.includes(target)) return error;
  return new GaitError(error.code, `${target}: ${error.message}`, {
    cause: error,
    others: error.others,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  });
}

function encode(done: TargetResult): JsonObject {
  if ("outcome" in done) return { target: done.target, ...done.outcome.json };
  return { target: done.target, ok: false, error: done.error.message, error_code: done.error.code };
}

function describe(done: TargetResult): readonly Line[] {
  return "outcome" in done
    ? done.outcome.lines
    : [line(bad("error"), `: ${done.target}: ${done.error.message}`)];
}

function summary(command: string, verified: number, total: number): Line {
  const text = `: ${verified} of ${total} verified`;
  return verified === total ? line(good(`${command} ok`), text) : line(bad(`${command} failed`), text);
}
