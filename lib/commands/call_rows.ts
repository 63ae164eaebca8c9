import { compactJson, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { isDestructiveTarget } from "../intent/effects.ts";
import { runsCode } from "../intent/runs_code.ts";

/** Two cells of a table row. */
export type Row = readonly [string, string];

/** Characters of a value that are shown; a cut is marked. */
export const SHOWN_VALUE = 1000;

/** Follows the name of a tool that runs code from its arguments. */
export const RUNS_CODE = "  RUNS WHAT IT IS GIVEN";

/** Characters of a name that are shown. */
const SHOWN_NAME = 80;

/** Members of one list or object that are shown. */
const SHOWN_MEMBERS = 100;

/**
 * Every member of a call that an approval is bound to, for the approver: everything that a rule can match, and every
 * argument with its value. Long values and lists are cut, and every cut is marked, so that an approver never takes a
 * part for the whole.
 *
 * @param call the digested form of the call
 */
export function callRows({ tool_name: _, args, script, targets, ...rest }: JsonObject): Row[] {
  return [
    ...memberRows("args", args),
    ...memberRows("targets", targets, (target, i) => [[targetName(i), targetText(target)]]),
    ...memberRows("steps", isJsonObject(script) ? script.steps : [], stepRows),
    ...memberRows("arg_provenance", rest.arg_provenance),
    ...memberRows("skill_provenance", rest.skill_provenance),
    ...memberRows("delegation", rest.delegation),
    ...memberRows("context", rest.context, contextRows),
  ];
}

type ShowMember = (value: JsonValue, name: string | number) => Row[];

/** The members of a list or an object, one row each unless `show` returns others. */
function memberRows(path: string, value: JsonValue | undefined, show?: ShowMember): Row[] {
  if (typeof value !== "object" || value === null) return [];
  const members = Object.entries(value).map(([name, member]) =>
    [Array.isArray(value) ? Number(name) : name, member] as const
  );
  const rows = members.slice(0, SHOWN_MEMBERS).flatMap(([name, member]) =>
    show?.(member!, name) ?? [[pathOf(path, name), cutText(compactJson(member!))] as const]
  );
  const left = members.length - SHOWN_MEMBERS;
  return left <= 0 ? rows : [...rows, [path, `NOT SHOWN: ${left} more of ${members.length}; --json has all`]];
}

/** Only the first row of the list has its name. */
function targetName(i: string | number): string {
  return i === 0 ? "targets" : "";
}

function targetText(target: JsonValue): string {
  if (!isJsonObject(target)) return cutText(compactJson(target));
  const { kind, value, operation, destructive, ...more } = target;
  const what = [kind, value, operation].filter((part) => typeof part === "string" && part !== "").join(" ");
  const others = Object.entries(more).map(([name, member]) =>
    `${name}=${typeof member === "string" ? member : compactJson(member!)}`
  );
  const loses = isDestructiveTarget({
    destructive: destructive === true,
    operation: typeof operation === "string" ? operation : "",
  });
  return cutText([what, ...(loses ? ["DESTRUCTIVE"] : []), ...others].join("  "));
}

function stepRows(step: JsonValue, i: string | number): Row[] {
  if (!isJsonObject(step)) return [];
  const name = `step ${Number(i) + 1}`;
  return [
    [name, `${cutText(String(step.tool_name))}${runsCode(String(step.tool_name)) ? RUNS_CODE : ""}`],
    ...memberRows(`${name} args`, step.args),
    ...memberRows(
      `${name} targets`,
      step.targets,
      (target, at) => [[pathOf(`${name} targets`, at), targetText(target)]],
    ),
    ...memberRows(`${name} arg_provenance`, step.arg_provenance),
  ];
}

/** Claims about the context, e.g. the class of its data, are members of `auth_context`. */
function contextRows(value: JsonValue, name: string | number): Row[] {
  return name === "auth_context" && isJsonObject(value)
    ? memberRows("context.auth_context", value)
    : [[pathOf("context", name), cutText(typeof value === "string" ? value : compactJson(value))]];
}

function pathOf(path: string, name: string | number): string {
  return typeof name === "number" ? `${path}[${name}]` : `${path}.${cutText(name, SHOWN_NAME)}`;
}

/** A text up to a length, with a mark where it is cut. */
export function cutText(text: string, limit = SHOWN_VALUE): string {
  if (text.length <= limit) return text;
  // Never split a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text[limit - 1]!) ? limit - 1 : limit;
  return `${text.slice(0, end)}… CUT: ${limit} of ${text.length} characters shown; --json has all`;
}
