import { invalidInput } from "../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import type { Runpack } from "../runpack/read.ts";
import type { Intent, Result } from "../schema/runpack.ts";
import type { StoredTolerance } from "../schema/regress.ts";
import { matchesWildcard } from "./wildcard.ts";

/** The differences that a fixture allows in later runs (docs/spec/regress.md 1.6, tolerances). */
export interface Tolerances {
  readonly values: readonly Tolerance[];
  /** Groups of tools whose calls may come in any order, by name. */
  readonly freeOrder: Readonly<Record<string, readonly string[]>>;
}

/** A part of a call's arguments or result that may differ from the recording. */
export interface Tolerance {
  /** Tools that it applies to, with the wildcards `*` and `?`. */
  readonly tool: string;
  readonly part: "args" | "result";
  /** Path of members to the value; `*` matches any member. */
  readonly path: readonly string[];
  readonly accepts: (expected: JsonValue | undefined, actual: JsonValue | undefined) => boolean;
  /** Whether it accepts any value; for a whole part it then also works without recorded values. */
  readonly ignores: boolean;
}

/**
 * Check the tolerances of a fixture. They decide what passes, so each must have exactly one condition.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readTolerances(
  stored: readonly StoredTolerance[],
  freeOrder: Readonly<Record<string, readonly string[]>>,
  what: string,
): Tolerances {
  const seen = new Set<string>();
  for (const [name, tools] of Object.entries(freeOrder)) {
    for (const tool of tools) {
      if (seen.has(tool)) throw invalidInput(`Cannot read ${what}: free_order "${name}" has "${tool}" twice`);
      seen.add(tool);
    }
  }
  return {
    values: stored.map((tolerance, i) => readTolerance(tolerance, `${what}: tolerances[${i}]`)),
    freeOrder,
  };
}

function readTolerance({ tool, path, ...stored }: StoredTolerance, what: string): Tolerance {
  // `null` in JSON means absent.
  const ignore = stored.ignore ?? undefined;
  const pattern = stored.pattern ?? undefined;
  const within = stored.within ?? undefined;
  const [part, ...members] = path.split(".");
  if (part !== "args" && part !== "result") {
    throw invalidInput(`Cannot read ${what}: path "${path}" must begin with args or result`);
  }
  const given = [ignore === true, pattern !== undefined, within !== undefined].filter(Boolean).length;
  if (given !== 1 || ignore === false) {
    throw invalidInput(`Cannot read ${what}: give one of "ignore": true, pattern and within`);
  }
  if (within !== undefined && within < 0) throw invalidInput(`Cannot read ${what}: within is less than 0`);
  return {
    tool: tool || "*",
    part,
    path: members,
    ignores: ignore === true,
    accepts: (expected, actual) => {
      if (ignore === true) return true;
      if (pattern !== undefined) return typeof actual === "string" && matchesWildcard(pattern, actual);
      return typeof expected === "number" && typeof actual === "number" &&
        Math.abs(expected - actual) <= within!;
    },
  };
}

/** A candidate whose allowed differences are replaced by the recorded values, and the number of calls affected. */
export interface ToleranceResult {
  readonly pack: Runpack;
  readonly calls: number;
}

/**
 * Replace the allowed differences of a candidate by the recorded values, so that the graders see only the other
 * differences. A digest can't be compared in parts: unless both runs have values, only a whole part can be ignored.
 */
export function applyTolerances(
  recorded: Runpack,
  candidate: Runpack,
  tolerances: Tolerances,
): ToleranceResult {
  if (tolerances.values.length === 0 && Object.keys(tolerances.freeOrder).length === 0) {
    return { pack: candidate, calls: 0 };
  }
  const ordered = reorder(recorded, candidate, tolerances);
  const [before, after] = [resultsOf(recorded), resultsOf(ordered)];
  const results = new Map<Result, Result>();
  const touched = new Set<number>();
  const intents = ordered.intents.map((intent, i) => {
    const old = recorded.intents[i];
    if (old === undefined || old.tool_name !== intent.tool_name) return intent;
    const rules = tolerances.values.filter(({ tool }) => matchesWildcard(tool, intent.tool_name));
    const [oldResult, result] = [before.get(old.intent_id), after.get(intent.intent_id)];
    if (oldResult && result && oldResult.result_digest !== result.result_digest) {
      if (isForgiven(oldResult.result, result.result, rules, "result")) {
        results.set(result, { ...result, result: oldResult.result, result_digest: oldResult.result_digest });
        touched.add(i);
      }
    }
    if (old.args_digest === intent.args_digest || !isForgiven(old.args, intent.args, rules, "args")) {
      return intent;
    }
    touched.add(i);
    return { ...intent, args: old.args, args_digest: old.args_digest };
  });
  return {
    pack: { ...ordered, intents, results: ordered.results.map((result) => results.get(result) ?? result) },
    calls: touched.size,
  };
}

function isForgiven(
  expected: JsonObject | null | undefined,
  actual: JsonObject | null | undefined,
  rules: readonly Tolerance[],
  part: Tolerance["part"],
): boolean {
  const own = rules.filter((rule) => rule.part === part);
  if (own.some((rule) => rule.ignores && rule.path.length === 0)) return true;
  return !!expected && !!actual && own.length > 0 && isClose(expected, actual, own, 0);
}

/**
 * Whether two values are equal except for differences that the rules allow; the rules are those whose path matches so
 * far.
 */
function isClose(
  expected: JsonValue | undefined,
  actual: JsonValue | undefined,
  rules: readonly Tolerance[],
  depth: number,
): boolean {
  if (rules.some(({ path, accepts }) => path.length === depth && accepts(expected, actual))) return true;
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return expected.length === actual.length &&
      expected.every((item, i) => isClose(item, actual[i], deeper(rules, depth, String(i)), depth + 1));
  }
  if (isJsonObject(expected) && isJsonObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].every((name) =>
      isClose(memberOf(expected, name), memberOf(actual, name), deeper(rules, depth, name), depth + 1)
    );
  }
  return expected === actual;
}

function deeper(rules: readonly Tolerance[], depth: number, name: string): Tolerance[] {
  return rules.filter(({ path }) => path[depth] === name || path[depth] === "*");
}

function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Reorder the calls of each free-order group to the recorded order, within the positions that they occupy. */
function reorder(recorded: Runpack, candidate: Runpack, { freeOrder }: Tolerances): Runpack {
  const groupOf = new Map(
    Object.entries(freeOrder).flatMap(([name, tools]) => tools.map((tool) => [tool, name] as const)),
  );
  const inGroup = ({ tool_name: tool }: Intent) => groupOf.get(tool.trim());
  const wanted = Map.groupBy(recorded.intents.filter(inGroup), inGroup);
  const intents = [...candidate.intents];
  for (
    const [name, places] of Map.groupBy(
      intents.keys().filter((i) => inGroup(intents[i]!)),
      (i) => inGroup(intents[i]!),
    )
  ) {
    const ordered = orderLike(wanted.get(name) ?? [], places.map((i) => intents[i]!));
    places.forEach((place, i) => intents[place] = ordered[i]!);
  }
  const rank = new Map(intents.map(({ intent_id: id }, i) => [id, i]));
  const order = (result: Result) => rank.get(result.intent_id) ?? intents.length;
  const moved = intents.some((intent, i) => intent !== candidate.intents[i]);
  return moved
    ? { ...candidate, intents, results: candidate.results.toSorted((a, b) => order(a) - order(b)) }
    : candidate;
}

/**
 * Order the calls like the wanted ones: each wanted call takes one with the same arguments, else one of the same
 * tool; the others follow.
 */
function orderLike(wanted: readonly Intent[], calls: readonly Intent[]): Intent[] {
  const ordered = new Array<Intent | undefined>(Math.max(wanted.length, calls.length));
  const left = new Set(calls);
  const keys = [
    (intent: Intent) => `${intent.tool_name}\0${intent.args_digest}`,
    (intent: Intent) => intent.tool_name,
  ];
  for (const keyOf of keys) {
    const open = Map.groupBy([...left].reverse(), keyOf);
    wanted.forEach((intent, i) => {
      const found = ordered[i] === undefined ? open.get(keyOf(intent))?.pop() : undefined;
      if (found === undefined) return;
      ordered[i] = found;
      left.delete(found);
    });
  }
  const rest = left.values();
  for (let i = 0; i < ordered.length; i++) ordered[i] ??= rest.next().value;
  return ordered.filter((intent) => intent !== undefined);
}

function resultsOf({ results }: Runpack): Map<string, Result> {
  return new Map(results.map((result) => [result.intent_id, result]));
}
