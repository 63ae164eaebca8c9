import { compareInstants, isKnownTime, type Rfc3339, ZERO_TIME } from "../../../formats/time.ts";

/** The tone of a word, which determines its colour on the page; the word itself is always shown. */
export type Tone = "good" | "bad" | "warn" | "plain";

/** A name with its value, both as in the pack. */
export type Fact = readonly [name: string, value: string];

/** One event. */
export interface Step {
  /** Empty if unknown. */
  readonly time: string;
  /** The kind of event, as a fixed word. */
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

/** The content of a record or pack besides its files. */
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

/** A recorded word as a tag; an unknown word has no colour, an empty one gives no tag. */
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

/** A text of a record; empty for other values. */
export function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A value of a record as JSON; empty if absent. */
export function json(value: unknown): string {
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** A time as written; empty for placeholder times. */
export function timeText(time: Rfc3339): string {
  return isKnownTime(time) ? time : "";
}

/** Sorted by time; stable. */
export function inOrder(steps: readonly Step[]): Step[] {
  const timeOf = ({ time }: Step) => (time || ZERO_TIME) as Rfc3339;
  return [...steps].sort((a, b) => compareInstants(timeOf(a), timeOf(b)));
}
