import type { Files } from "../../../effects/types.ts";
import { invalidInput } from "../../../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue, readJsonObject } from "../../../formats/json/mod.ts";
import { RISK_CLASSES, TARGET_KINDS } from "../../../schema/intent_words.ts";

/** A target of a tool: the argument that holds it. */
export interface MappedTarget {
  readonly kind: string;
  /** The name of an argument; a list of texts is several targets. */
  readonly argument: string;
  readonly operation: string;
}

/** What whoever runs the gateway says about a tool (docs/spec/mcp.md 10.5). */
export interface ToolMapping {
  readonly readOnly?: boolean | undefined;
  readonly destructive?: boolean | undefined;
  readonly idempotent?: boolean | undefined;
  readonly openWorldHint?: boolean | undefined;
  readonly riskClass?: string | undefined;
  /** Absent: they are inferred. */
  readonly targets?: readonly MappedTarget[] | undefined;
}

/** Mappings by the exact name of the tool. */
export type Mappings = ReadonlyMap<string, ToolMapping>;

export const NO_MAPPINGS: Mappings = new Map();

/** The name that stands for all tools without an entry of their own; no tool can have it. */
const ALL_OTHERS = "*";

/** The mapping of a tool. */
export function mappingOf(mappings: Mappings, name: string): ToolMapping | undefined {
  return mappings.get(name) ?? mappings.get(ALL_OTHERS);
}

/** A mapping file is no larger than this: 1 MiB. */
const MAX_BYTES = 1 << 20;

/**
 * Read a mapping file. What it says loosens decisions, so unknown members are refused.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function readMappings(path: string, files: Pick<Files, "read">): Promise<Mappings> {
  const what = `tool mapping "${path}"`;
  const object = readJsonObject(await files.read(path, MAX_BYTES), {
    what,
    duplicates: "refuse",
    numbers: "unchanged",
  });
  const bad = (reason: string) => invalidInput(`Cannot read ${what}: ${reason}`, { hint: HINT });
  for (const name of Object.keys(object)) {
    if (!["schema_id", "schema_version", "tools"].includes(name)) throw bad(`unknown member "${name}"`);
  }
  const { schema_id: id = SCHEMA_ID, schema_version: version = "1.0.0", tools } = object;
  if (id !== SCHEMA_ID || version !== "1.0.0") throw bad(`it is no ${SCHEMA_ID} 1.0.0`);
  if (!isJsonObject(tools)) throw bad('"tools" is no object');
  return new Map(
    Object.entries(tools).map(([name, entry]) => [name, readMapping(entry, `tools.${name}`, bad)]),
  );
}

const SCHEMA_ID = "gait.mcp.tool_mapping";
const HINT =
  'For example: {"tools": {"read_file": {"read_only_hint": true, "risk_class": "low", "targets": [{"kind": "path", "argument": "path", "operation": "read"}]}}}';

type Bad = (reason: string) => Error;

const HINTS = ["read_only_hint", "destructive_hint", "idempotent_hint", "open_world_hint"] as const;

function readMapping(entry: JsonValue, at: string, bad: Bad): ToolMapping {
  if (!isJsonObject(entry)) throw bad(`"${at}" is no object`);
  for (const name of Object.keys(entry)) {
    if (![...HINTS, "risk_class", "targets"].includes(name)) throw bad(`unknown member "${at}.${name}"`);
  }
  const hint = (name: typeof HINTS[number]) => {
    const value = entry[name];
    if (value === undefined || typeof value === "boolean") return value;
    throw bad(`"${at}.${name}" is neither true nor false`);
  };
  const { risk_class: risk, targets } = entry;
  if (risk !== undefined && !RISK_CLASSES.some((known) => known === risk)) {
    throw bad(`"${at}.risk_class" is none of ${RISK_CLASSES.join(", ")}`);
  }
  if (targets !== undefined && !Array.isArray(targets)) throw bad(`"${at}.targets" is no list`);
  return {
    readOnly: hint("read_only_hint"),
    destructive: hint("destructive_hint"),
    idempotent: hint("idempotent_hint"),
    openWorldHint: hint("open_world_hint"),
    riskClass: risk as string | undefined,
    targets: targets?.map((target, i) => readTarget(target, `${at}.targets[${i}]`, bad)),
  };
}

function readTarget(target: JsonValue, at: string, bad: Bad): MappedTarget {
  if (!isJsonObject(target)) throw bad(`"${at}" is no object`);
  const text = (object: JsonObject, name: string, fallback?: string) => {
    const value = object[name] ?? fallback;
    if (typeof value === "string") return value;
    throw bad(`"${at}.${name}" is no text`);
  };
  for (const name of Object.keys(target)) {
    if (!["kind", "argument", "operation"].includes(name)) throw bad(`unknown member "${at}.${name}"`);
  }
  const kind = text(target, "kind");
  if (!TARGET_KINDS.some((known) => known === kind)) {
    throw bad(`"${at}.kind" is none of ${TARGET_KINDS.join(", ")}`);
  }
  return { kind, argument: text(target, "argument"), operation: text(target, "operation", "") };
}
