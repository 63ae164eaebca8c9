import { repository } from "../support/places.ts";

/** A value of JSON; integers that a number can't hold are exact as `bigint`. */
export type Json = null | boolean | number | bigint | string | Json[] | { [name: string]: Json };

/**
 * A recorded case: steps that run in an empty folder, and what must come of each.
 *
 * `{work}` and `{port}` stand for that folder and for a free port of 127.0.0.1.
 */
export interface Case {
  /** One line: what the case shows. */
  readonly about: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files that are there before the first step. */
  readonly inputs?: Readonly<Record<string, Input>>;
  readonly steps: readonly Step[];
  /** Checked after the last step, by path. */
  readonly files?: Readonly<Record<string, FileExpectation>>;
}

/**
 * The bytes of a file: a text as it stands, a text as its lines (each ends with a line feed), what
 * `JSON.stringify(json, null, 1)` writes and a line feed, or Base64.
 */
export type Input = string | readonly string[] | { readonly json: Json } | { readonly base64: string };

export type Step = GaitStep | HttpStep | ShellStep;

/** Run the executable. */
export interface GaitStep {
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Start it and go on; it is ended after the case. */
  readonly background?: boolean;
  /** The exit status, or those that are as good. */
  readonly exit?: number | readonly number[];
  readonly json?: Json;
  /** Texts that standard output contains. */
  readonly lines?: readonly string[];
  /** Texts that standard error contains. */
  readonly err?: readonly string[];
}

/** Ask what a background step serves; `json` and `lines` are about the body of the answer. */
export interface HttpStep {
  readonly http: HttpRequest;
  readonly status?: number;
  readonly json?: Json;
  readonly lines?: readonly string[];
}

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A body, as a value. */
  readonly json?: Json;
}

/** Set something up; never what is tested. */
export interface ShellStep {
  readonly shell: string;
}

/** What a file must be, in one of these ways. */
export type FileExpectation =
  | { readonly json: Json }
  | { readonly jsonl: Json[] }
  | { readonly text: string }
  | { readonly sha256: string }
  | { readonly exists: boolean }
  | { readonly zip: Readonly<Record<string, FileExpectation>> };

/** Where the cases are: `<area>/<name>.json`. */
export const CASES = `${repository}testdata/conformance`;

/** Cases that Gait is known to fail, as `area/name`. The one list: a case on it that passes is an error. */
export function readRed(): ReadonlySet<string> {
  const lines = Deno.readTextFileSync(`${CASES}/red.txt`).split("\n");
  return new Set(lines.filter((line) => line !== "" && !line.startsWith("#")));
}

/** All cases, or those of areas (`gate`) and single ones (`gate/one`), by `area/name` in order. */
export function readCases(only: readonly string[] = []): ReadonlyMap<string, Case> {
  const names: string[] = [];
  for (const area of Deno.readDirSync(CASES)) {
    if (!area.isDirectory) continue;
    for (const { name } of Deno.readDirSync(`${CASES}/${area.name}`)) {
      names.push(`${area.name}/${name.replace(/\.json$/, "")}`);
    }
  }
  const wanted = names.filter((id) =>
    only.length === 0 || only.some((o) => id === o || id.startsWith(`${o}/`))
  );
  return new Map(wanted.sort().map((id) => [id, parseCase(Deno.readTextFileSync(`${CASES}/${id}.json`))]));
}

/** Read a case; throws on what the runner would not look at, so that no expectation is passed over. */
export function parseCase(text: string): Case {
  const recorded = parseExact(text) as unknown as Case;
  known(recorded, ["about", "env", "inputs", "steps", "files"], "case");
  for (const step of recorded.steps) {
    if ("shell" in step) known(step, ["shell"], "shell step");
    else if ("http" in step) {
      known(step, ["http", "status", "json", "lines"], "http step");
      known(step.http, ["method", "path", "headers", "body", "json"], "request");
    } else known(step, step.background ? ["args", "background"] : GAIT_STEP, "step");
  }
  for (const expectation of Object.values(recorded.files ?? {})) knownExpectation(expectation);
  if (!recorded.steps.some((step) => EXPECTATIONS.some((name) => name in step))) {
    throw new Error(`Nothing is expected of the case: ${recorded.about}`);
  }
  return recorded;
}

const EXPECTATIONS = ["exit", "json", "lines", "err", "status"];
const GAIT_STEP = ["args", "stdin", "exit", "json", "lines", "err"];

function knownExpectation(expectation: FileExpectation): void {
  if (Object.keys(expectation).length !== 1) throw new Error("A file is expected in one way");
  known(expectation, ["json", "jsonl", "text", "sha256", "exists", "zip"], "expectation");
  if ("zip" in expectation) Object.values(expectation.zip).forEach(knownExpectation);
}

function known(object: object, names: readonly string[], what: string): void {
  const unknown = Object.keys(object).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`Unknown members of a ${what}: ${unknown.join(", ")}`);
}

/** `JSON.parse`, with integers exact however long. */
export function parseExact(text: string): Json {
  return JSON.parse(
    text,
    (_, value, { source } = { source: "" }) =>
      typeof value === "number" && String(value) !== source && /^-?\d+$/.test(source)
        ? BigInt(source)
        : value,
  );
}

/** The bytes of an input. */
export function bytesOf(input: Input): Uint8Array<ArrayBuffer> {
  if (typeof input === "string") return new TextEncoder().encode(input);
  if ("json" in input) return new TextEncoder().encode(JSON.stringify(input.json, null, 1) + "\n");
  if ("base64" in input) return Uint8Array.fromBase64(input.base64);
  return new TextEncoder().encode(input.map((line) => line + "\n").join(""));
}

/** Inputs of cases whose names end so, by `area/name/path`. */
export function recordedInputs(
  ending: RegExp,
  only: readonly string[] = [],
): Map<string, Uint8Array<ArrayBuffer>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [id, { inputs = {} }] of readCases(only)) {
    for (const [path, input] of Object.entries(inputs)) {
      if (ending.test(path)) found.set(`${id}/${path}`, bytesOf(input));
    }
  }
  return found;
}
