import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { isJsonObject, prettyJson, readJsonObject } from "../../formats/json/mod.ts";

const SCHEMA_ID = "gait.gate.rate_limit_state";

/** Members that a file of counters may have without any counter. */
const HEAD = ["schema_id", "schema_version"];

/** Calls counted so far, by counter key (docs/spec/gate.md 4.4). */
export type Counters = ReadonlyMap<string, number>;

/**
 * Read the file of counters. Blank keys and counts below 1 are dropped. Of a key that stands there twice the higher
 * count is kept, so that nobody gains calls by adding a line.
 *
 * A schema id that is none of ours is let pass, but a document that is plainly something else (a trace, an intent)
 * is refused: the counters would be written over it.
 *
 * @throws {GaitError} `invalid_input` when the bytes are no such file: a limit that can't be read is not assumed
 * to be unspent
 */
export function readCounters(bytes: Uint8Array, what: string): Counters {
  const document = readJsonObject(bytes, { what, duplicates: "refuse" });
  const { counters, schema_id } = document;
  const isOther = typeof schema_id === "string" && schema_id.startsWith("gait.") && schema_id !== SCHEMA_ID ||
    counters === undefined && Object.keys(document).some((member) => !HEAD.includes(member));
  if (isOther) {
    throw invalidInput(`Cannot read ${what}: it holds something else than counters`, {
      hint: "Give the counters a file of their own",
    });
  }
  if (counters !== undefined && counters !== null && !Array.isArray(counters)) {
    throw invalidInput(`Cannot read ${what}: "counters" is no list`);
  }
  const found = new Map<string, number>();
  for (const counter of counters ?? []) {
    if (!isJsonObject(counter)) throw invalidInput(`Cannot read ${what}: a counter is no object`);
    const { key = "", count = 0 } = counter;
    if (typeof key !== "string" || !Number.isSafeInteger(count)) {
      throw invalidInput(`Cannot read ${what}: a counter needs a text "key" and a whole "count"`);
    }
    if (key.trim() !== "" && (count as number) > 0) {
      found.set(key, Math.max(found.get(key) ?? 0, count as number));
    }
  }
  return found;
}

/** The file of counters, sorted by key. */
export function writeCounters(counters: Counters): Uint8Array<ArrayBuffer> {
  return prettyJson({
    schema_id: SCHEMA_ID,
    schema_version: "1.0.0",
    counters: [...counters].sort(([a], [b]) => compareBytewise(a, b)).map(([key, count]) => ({ key, count })),
  });
}
