import type { Files } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";
import { findFixtures } from "../evaluate/fixtures/compare.ts";
import { MAX_LINE_BYTES } from "../formats/json/mod.ts";
import { type Verdict, VERDICTS } from "../schema/verdict.ts";
import { checkCall, type CheckedCall, type CheckGate } from "./check.ts";
import { readContextEnvelope } from "./context/envelope.ts";
import { readRequest } from "./stream/request.ts";

/** One intent and what became of it; its name is its path, with the number of its line in a file of lines. */
export type CheckRow =
  & { readonly name: string }
  & ({ readonly call: CheckedCall } | { readonly error: GaitError });

/** Endings of files with one intent, and with one a line. */
const SINGLE = [".json"];
const LINES = [".jsonl", ".ndjson"];

/**
 * Check the intents in files and folders (docs/spec/gate.md 6.4), each as `gait gate stream` reads a line: an intent
 * request, or an object with the member `intent`. One that can't be read does not stop the others.
 *
 * @throws {GaitError} `invalid_input` when a path is missing, or holds no intent at all
 */
export async function* checkMany(
  gate: CheckGate,
  paths: readonly string[],
  files: Files,
  now: number,
): AsyncGenerator<CheckRow> {
  for (const path of await findFixtures(paths, files, [...SINGLE, ...LINES])) {
    if (SINGLE.some((ending) => path.toLowerCase().endsWith(ending))) {
      yield await row(gate, path, () => files.read(path), now);
      continue;
    }
    let number = 0;
    let found = false;
    try {
      for (const { bytes } of files.readLines(path, MAX_LINE_BYTES)) {
        number++;
        if (bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) continue;
        found = true;
        yield await row(gate, `${path}:${number}`, () => Promise.resolve(bytes), now);
      }
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      found = true;
      yield { name: path, error };
    }
    if (!found) yield { name: path, error: new GaitError("invalid_input", "Cannot read intents: no line") };
  }
}

async function row(
  gate: CheckGate,
  name: string,
  read: () => Promise<Uint8Array>,
  now: number,
): Promise<CheckRow> {
  try {
    const { intent, contextEnvelope } = readRequest(await read(), () => {});
    const envelope = contextEnvelope && await readContextEnvelope(contextEnvelope);
    return { name, call: await checkCall(gate, { intent, ...(envelope ? { envelope } : {}) }, now) };
  } catch (error) {
    if (error instanceof GaitError) return { name, error };
    throw error;
  }
}

/** A call that can't be decided safely is blocked; every other error leaves the intent unread. */
export function verdictOf(row: CheckRow): Verdict | undefined {
  if ("call" in row) return row.call.outcome.verdict;
  return row.error.code === "policy_blocked" ? "block" : undefined;
}

/** How often each verdict occurs; verdicts that don't occur are left out. */
export function countVerdicts(rows: readonly CheckRow[]): Partial<Record<Verdict, number>> {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const one of rows) {
    const verdict = verdictOf(one);
    if (verdict) counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return Object.fromEntries(VERDICTS.filter((name) => counts[name]).map((name) => [name, counts[name]]));
}
