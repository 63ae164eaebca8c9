/** Cases of which one thing is expected, and wrong. */
import type { Case, FileExpectation, Json, Step } from "./case.ts";

/** The first case of every area for each kind of expectation. */
export function sampleOf(cases: Iterable<readonly [id: string, recorded: Case]>): ReadonlySet<string> {
  const chosen = new Set<string>();
  const seen = new Set<string>();
  for (const [id, recorded] of cases) {
    const kinds = kindsOf(recorded).map((kind) => `${id.split("/")[0]} ${kind}`);
    if (kinds.some((kind) => !seen.has(kind))) chosen.add(id);
    for (const kind of kinds) seen.add(kind);
  }
  return chosen;
}

/** What is expected in a case, as kinds. */
function kindsOf(recorded: Case): string[] {
  const ofSteps = recorded.steps.flatMap((step) => Object.keys(step).filter((name) => name !== "args"));
  const ofFiles = Object.values(recorded.files ?? {}).flatMap((expectation) => Object.keys(expectation));
  return [...ofSteps.map((name) => `step ${name}`), ...ofFiles.map((name) => `file ${name}`)];
}

/** A wrong expectation and where it stands. */
export interface Mutant {
  readonly where: string;
  readonly recorded: Case;
}

/** For every single expectation of a case that passes, that case with nothing else expected and this one wrong. */
export function* mutantsOf(recorded: Case): Generator<Mutant> {
  const bare: Case = { ...recorded, steps: recorded.steps.map(withoutExpectations), files: {} };
  for (const [i, step] of recorded.steps.entries()) {
    for (const [what, wrong] of wrongSteps(step)) {
      const steps = bare.steps.with(i, { ...bare.steps[i]!, ...wrong });
      yield { where: `step ${i + 1} ${what}`, recorded: { ...bare, steps } };
    }
  }
  for (const [name, expectation] of Object.entries(recorded.files ?? {})) {
    for (const [what, wrong] of wrongFiles(expectation)) {
      yield { where: `${name} ${what}`, recorded: { ...bare, files: { [name]: wrong } } };
    }
  }
}

function withoutExpectations(step: Step): Step {
  if ("shell" in step) return step;
  if ("http" in step) return { http: step.http };
  const { exit: _, json: __, lines: ___, err: ____, ...rest } = step;
  return rest;
}

function* wrongSteps(step: Step): Generator<[string, Partial<Step>]> {
  if ("shell" in step) return;
  if ("args" in step && step.exit !== undefined) yield ["exit", { exit: 201 }];
  if ("args" in step && step.err) { for (const text of step.err) yield ["err", { err: [`${text}\0`] }]; }
  if ("http" in step && step.status !== undefined) yield ["status", { status: step.status + 1 }];
  for (const text of step.lines ?? []) yield ["lines", { lines: [`${text}\0`] }];
  if (step.json !== undefined) { for (const [where, json] of wrongJson(step.json)) yield [where, { json }]; }
}

function* wrongFiles(expectation: FileExpectation): Generator<[string, FileExpectation]> {
  if ("exists" in expectation) yield ["exists", { exists: !expectation.exists }];
  if ("sha256" in expectation) yield ["sha256", { sha256: "0".repeat(64) }];
  if ("text" in expectation) yield ["text", { text: wrongText(expectation.text) }];
  if ("json" in expectation) {
    for (const [where, json] of wrongJson(expectation.json)) yield [where, { json }];
  }
  if ("jsonl" in expectation) {
    for (const [where, jsonl] of wrongJson(expectation.jsonl)) yield [where, { jsonl: jsonl as Json[] }];
  }
  if ("zip" in expectation) {
    const { zip } = expectation;
    const [some, ...others] = Object.keys(zip);
    yield ["an entry too many", { zip: { ...zip, "no such entry": { text: "" } } }];
    yield ["an entry too few", { zip: Object.fromEntries(others.map((name) => [name, zip[name]!])) }];
    if (some === undefined) return;
    for (const [name, inner] of Object.entries(zip)) {
      for (const [where, wrong] of wrongFiles(inner)) {
        yield [`${name} ${where}`, { zip: { ...zip, [name]: wrong } }];
      }
    }
  }
}

function* wrongJson(value: Json, where = "$"): Generator<[string, Json]> {
  if (Array.isArray(value)) {
    yield [where, [...value, null]];
    for (const [i, item] of value.entries()) {
      for (const [at, wrong] of wrongJson(item, `${where}[${i}]`)) yield [at, value.with(i, wrong)];
    }
  } else if (typeof value === "object" && value !== null) {
    yield [where, { ...value, "no such member": 1 }];
    for (const [name, member] of Object.entries(value)) {
      for (const [at, wrong] of wrongMember(member, `${where}.${name}`)) {
        yield [at, { ...value, [name]: wrong }];
      }
    }
  } else {
    yield [where, wrongScalar(value)];
  }
}

function* wrongMember(member: Json, where: string): Generator<[string, Json]> {
  const absent = typeof member === "object" && member !== null && "!absent" in member;
  if (absent) yield [where, null];
  else {
    yield [where, { "!absent": true }];
    yield* wrongJson(member, where);
  }
}

function wrongScalar(value: null | boolean | number | bigint | string): Json {
  switch (typeof value) {
    case "string":
      return wrongText(value);
    case "number":
      return value === 0 ? 1 : value * 2; // one more would be the same number when it is large
    case "bigint":
      return value + 1n;
    case "boolean":
      return !value;
    default:
      return 0;
  }
}

/** A text that does not match what the given one matches. */
function wrongText(text: string): string {
  return text.startsWith("~") ? "~(?!)" : `${text}x`;
}
