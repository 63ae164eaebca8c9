import type { Effects } from "../effects/mod.ts";
import { GaitError, unsafeOperation } from "../errors/mod.ts";
import { escapeControls } from "../formats/controls.ts";
import type { Line } from "./text.ts";

/**
 * Show what is about to happen and ask for it. Without a terminal nothing happens.
 *
 * @param instead what to give instead of an answer, for the hint
 * @throws {GaitError} `unsafe_operation` without a terminal, `approval_required` when the answer is no
 */
export async function confirm(
  lines: readonly Line[],
  question: string,
  instead: string,
  effects: Pick<Effects, "ask" | "isTerminal">,
): Promise<void> {
  if (!effects.isTerminal()) {
    throw unsafeOperation("Cannot ask for confirmation: there is no terminal", {
      hint: `Nothing was changed; ${instead}`,
    });
  }
  const shown = lines.map((spans) => spans.map(({ text }) => escapeControls(text)).join("") + "\n").join("");
  const answer = await effects.ask(`${shown}${question} [y/N] `);
  if (/^y(?:es)?$/i.test(answer)) return;
  throw new GaitError("approval_required", "Not confirmed: nothing was changed", {
    hint: "Answer y to confirm",
  });
}
