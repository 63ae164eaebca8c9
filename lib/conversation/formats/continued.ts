import { canonicalize, isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Transcript } from "../transcript.ts";
import type { Reading, Readings } from "./reader.ts";

/**
 * Which conversations of a log are the beginning of others in it: a proxy that keeps the bodies of requests, or a
 * program that saves its history after every turn, has a conversation as often as it grew. Messages that are equal so
 * far are one path in a tree, so that a log takes no more memory than its different messages.
 */
export class Continuations {
  readonly #key: Keeping["key"];
  readonly #steps = new Map<string, number>();
  /** Whether a path goes on behind each node. */
  readonly #goesOn: boolean[] = [false];
  /** The node that each conversation ends at. */
  readonly #ends: number[] = [];

  constructor(key: Keeping["key"]) {
    this.#key = key;
  }

  add(messages: readonly JsonValue[]): void {
    let node = 0;
    for (const message of messages) {
      const step = `${node} ${this.#key(canonicalize(withoutMarks(message)))}`;
      let next = this.#steps.get(step);
      if (next === undefined) {
        next = this.#goesOn.push(false) - 1;
        this.#steps.set(step, next);
        this.#goesOn[node] = true;
      }
      node = next;
    }
    this.#ends.push(node);
  }

  /**
   * The readings without those whose conversation another one goes on with. Equal conversations may be two, and so may
   * those whose calls have no ids: they are kept.
   */
  leaveOut(readings: readonly Reading[]): Readings {
    const skipped: { position: string; reason: string }[] = [];
    const left = readings.filter(({ position, transcript }, i) => {
      const end = this.#ends[i]!;
      if (end === 0 || !this.#goesOn[end] || !hasIds(transcript)) return true;
      skipped.push({ position, reason: "a state that another one continues" });
      return false;
    });
    return { readings: left, skipped };
  }
}

function hasIds({ written, calls }: Transcript): boolean {
  return (written?.ids ?? calls.map(({ id }) => id)).every((id) => id !== undefined);
}

/** A message without the marks for a cache, which move from request to request. */
function withoutMarks(message: JsonValue): JsonValue {
  if (!isJsonObject(message) || !Array.isArray(message.content)) return message;
  return {
    ...message,
    content: message.content.map((block) => {
      if (!isJsonObject(block) || !Object.hasOwn(block, "cache_control")) return block;
      const { cache_control: _, ...rest } = block;
      return rest;
    }),
  };
}

/** Read conversations, of which those that another one goes on with are left out. */
export function readEach<T extends { readonly elements: readonly { readonly value: JsonValue }[] }>(
  logs: readonly T[],
  read: (log: T) => Reading,
): Readings {
  const readings = logs.map(read);
  if (logs.length < 2) return { readings, skipped: [] };
  const continued = new Continuations((text) => text);
  for (const { elements } of logs) continued.add(elements.map(({ value }) => value));
  return continued.leaveOut(readings);
}
