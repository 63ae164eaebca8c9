import type { ToolAnswer, ToolCall } from "./transcript.ts";

/** A call by its id, for messages. */
export const quoteCall = (name: string) => `call "${name.slice(0, 80)}"`;
export const NOT_THERE = "which is not there";

/** An answer whose call is not there yet. */
export interface EarlyAnswer {
  readonly position: string;
  readonly id: string;
  readonly answer: Omit<ToolAnswer, "call">;
}

/** Give early answers to their calls, where an id leaves no doubt: of one call, without another answer. */
export function giveEarly(
  early: readonly EarlyAnswer[],
  calls: readonly ToolCall[],
  answers: ToolAnswer[],
  skip: (position: string, reason: string) => void,
): void {
  if (early.length === 0) return;
  const callsOf = new Map<string, number[]>(early.map(({ id }) => [id, []]));
  calls.forEach(({ id }, i) => id === undefined || callsOf.get(id)?.push(i));
  const answered = new Set(answers.map(({ call }) => call));
  for (const { position, id, answer } of early) {
    const [call, ...others] = callsOf.get(id)!.slice(0, 2);
    if (call === undefined) skip(position, `answer to ${quoteCall(id)}, ${NOT_THERE}`);
    else if (others.length > 0) {
      skip(position, `answer before several calls with its id, to ${quoteCall(id)}`);
    } else if (answered.has(call)) skip(position, `second answer to ${quoteCall(id)}`);
    else {
      answered.add(call);
      answers.push({ ...answer, call });
    }
  }
}
