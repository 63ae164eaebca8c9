import { compareInstants, isKnownTime, type Rfc3339, ZERO_TIME } from "../../../formats/time.ts";

/** How a word is meant; the page colours it by this, and the word itself always stands beside. */
export type Tone = "good" | "bad" | "warn" | "plain";

/** A name and what it is, both as they stand in the pack. */
export type Fact = readonly [name: string, value: string];

/** One thing that happened. */
export interface Step {
  /** Empty when the pack tells no time. */
  readonly time: string;
  /** What kind of thing it is, in a word of ours. */
  readonly kind: string;
  readonly title: string;
  /** The verdict or status that was recorded. */
  readonly tag?: { readonly word: string; readonly tone: Tone };
  readonly facts: readonly Fact[];
}

/** A titled list of steps. */
export interface Section {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** What a record or a pack of one type tells beside its files. */
export interface RecordView {
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
}

const TONES: Readonly<Record<string, Tone>> = {
  allow: "good",
  ok: "good",
  success: "good",
  completed: "good",
  dry_run: "warn",
  require_approval: "warn",
  approval_required: "warn",
  needs_approval: "warn",
  decision_needed: "warn",
  paused: "warn",
  block: "bad",
  blocked: "bad",
  error: "bad",
  failed: "bad",
  fail: "bad",
  denied: "bad",
  cancelled: "bad",
  emergency_stopped: "bad",
};

/** A recorded word as a tag; an unknown one has no colour, and an empty one is none. */
export function tagOf(...words: readonly string[]): Pick<Step, "tag"> {
  const word = words.map((text) => text.trim()).find((text) => text !== "");
  if (word === undefined) return {};
  const tone = Object.hasOwn(TONES, word.toLowerCase()) ? TONES[word.toLowerCase()]! : "plain";
  return { tag: { word, tone } };
}

/** Facts without those whose value is empty. */
export function facts(...given: readonly Fact[]): Fact[] {
  return given.filter(([, value]) => value !== "");
}

/** A text of a record, or nothing for a value that is none. */
export function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A value of a record as JSON, or nothing when it is absent. */
export function json(value: unknown): string {
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** A time as it is written, or nothing for those that stand for none. */
export function timeText(time: Rfc3339): string {
  return isKnownTime(time) ? time : "";
}

/** In the order of time; what has the same time stays in order. */
export function inOrder(steps: readonly Step[]): Step[] {
  const timeOf = ({ time }: Step) => (time || ZERO_TIME) as Rfc3339;
  return [...steps].sort((a, b) => compareInstants(timeOf(a), timeOf(b)));
}
