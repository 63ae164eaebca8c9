import * as v from "valibot";
import { invalidInput } from "../errors/mod.ts";
import { isIntegerLiteral, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { parseTime, type Rfc3339, ZERO_TIME } from "../formats/time.ts";

/*
 * The kinds of field that artifacts are made of (docs/spec/core.md 1.1): `null` counts as absent, unknown members are
 * dropped, a wrong type is an error.
 */

/** An object with these members; others are dropped. Valibot alone would accept an array. */
export function object<const E extends v.ObjectEntries>(entries: E): v.ObjectSchema<E, undefined> {
  return refusingLists(v.object(entries));
}

/** An object with these members and no others. */
export function strictObject<const E extends v.ObjectEntries>(
  entries: E,
): v.StrictObjectSchema<E, undefined> {
  return refusingLists(v.strictObject(entries));
}

function refusingLists<S extends v.GenericSchema>(schema: S): S {
  const run = schema["~run"];
  return Object.assign(schema, {
    "~run": (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) => {
      if (!Array.isArray(dataset.value)) return run.call(schema, dataset, config);
      v._addIssue(schema, "type", dataset, config);
      return dataset;
    },
  });
}

/** A text; absent gives the empty one. */
export const text = v.nullish(v.string(), "");

/** A whole number, at least 0. */
export const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A whole number, at least 0; absent gives 0. */
export const count = v.nullish(wholeNumber, 0);

/** A whole number of either sign; absent gives 0. */
export const integer = v.nullish(v.pipe(v.number(), v.safeInteger()), 0);

/** A normalised RFC 3339 time; absent gives the zero time. */
export const time = v.pipe(
  v.nullish(v.string(), ZERO_TIME),
  v.rawTransform<string, Rfc3339>(({ dataset, addIssue, NEVER }) => {
    try {
      return parseTime(dataset.value);
    } catch (error) {
      addIssue({ message: (error as Error).message });
      return NEVER;
    }
  }),
);

/** The members that most artifacts begin with, in their order. */
export const artifactHead = {
  schema_id: text,
  schema_version: text,
  created_at: time,
  producer_version: text,
};

/** A JSON object of any shape, unchanged; absent stays absent. */
export const anyObject = v.nullish(v.custom<JsonObject>(isJsonObject, "expected an object"));

/** What a job is at, in its state and in the payload of its pack (docs/spec/job.md section 2). */
export const jobCondition = {
  job_id: text,
  status: text,
  stop_reason: text,
  status_reason_code: text,
  environment_fingerprint: text,
  safety_invariant_version: text,
  safety_invariant_hash: text,
};

/** A list; absent gives the empty one. */
export function listOf<T extends v.GenericSchema>(item: T) {
  return v.nullish(v.array(item), []);
}

/** A list of texts; absent gives the empty one. */
export const texts = listOf(v.string());

/** A tool or MCP server of a snapshot, as far as snapshots are compared (docs/spec/scout.md section 2). */
export const snapshotItem = {
  id: text,
  kind: text,
  name: text,
  locator: text,
  risk_level: text,
  tags: texts,
};

/** An object whose named members must be written as integer literals: `1`, not `1.0` (docs/spec/core.md 1.1). */
export function integersIn(...members: string[]) {
  // deno-lint-ignore no-explicit-any -- the next schema in the pipe determines the type
  return v.custom<any>(
    (value) => isJsonObject(value) && members.every((member) => isIntegerLiteral(value, member)),
    ({ input }) => {
      const wrong = isJsonObject(input) ? members.filter((member) => !isIntegerLiteral(input, member)) : [];
      return wrong.length === 0
        ? "expected an object"
        : `expected a whole number, without a fraction or exponent, at ${wrong.join(", ")}`;
    },
  );
}

/**
 * Read a JSON value as an artifact.
 *
 * @throws {GaitError} `invalid_input` naming the first invalid field
 */
export function decode<T extends v.GenericSchema>(
  schema: T,
  value: JsonValue,
  what: string,
): v.InferOutput<T> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  throw invalidInput(`Cannot read ${what}: ${path === null ? "" : `${path}: `}${describeIssue(issue)}`, {
    hint: "Correct this member; schemas/v1 holds the form of each artifact",
  });
}

/** The written form of a record: some members are omitted if they are empty, zero, false or absent. */
export function omitEmpty(record: object, ...members: string[]): JsonObject {
  const entries = Object.entries(record).filter(([name, value]) =>
    value !== undefined && !(members.includes(name) && isEmpty(value))
  );
  return Object.fromEntries(entries) as JsonObject;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false || value === null;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  strict_object: "an object",
  record: "an object",
  integer: "a whole number",
  safe_integer: "a whole number of at most 2^53 - 1",
};

/** Longest text quoted in an error. */
const SHOWN = 40;

/** Describe an issue as expected and actual value; the validator's message exposes its own types. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const { type, received, requirement } = issue as typeof issue & { requirement?: unknown };
  const isKey = issue.path?.at(-1)?.origin === "key";
  if (isKey && received === "undefined") return "it is missing";
  if (isKey) return "no such member is known";
  const expected = expectedBy(type, issue.expected, requirement);
  return expected === undefined ? issue.message : `expected ${expected}, found ${kindOf(issue.input)}`;
}

/** `undefined` if the schema has its own message. */
function expectedBy(type: string, expected: string | null, requirement: unknown): string | undefined {
  if (type === "picklist" || type === "literal") {
    return `one of ${(expected ?? "").replace(/^\(|\)$/g, "").replaceAll(" | ", ", ")}`.replace(
      /^one of (?!.*, )/,
      "",
    );
  }
  if (type === "min_value") return `at least ${requirement}`;
  if (type === "max_value") return `at most ${requirement}`;
  if (type === "min_length") return `at least ${requirement} of them`;
  if (type === "max_length") return `at most ${requirement} of them`;
  return KINDS[type];
}

function kindOf(input: unknown): string {
  if (input === undefined) return "nothing";
  if (input === null || typeof input === "number" || typeof input === "boolean") return `${input}`;
  if (typeof input === "string") {
    return JSON.stringify(input.length > SHOWN ? `${input.slice(0, SHOWN)}…` : input);
  }
  return Array.isArray(input) ? "a list" : "an object";
}
