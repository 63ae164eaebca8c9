import type { Intent, Provenance, Target } from "./types.ts";
import { runsCode } from "./runs_code.ts";
import { asSeen } from "../formats/invisible.ts";
import { lower } from "../formats/text.ts";
import { wordSplitter } from "./joined_words.ts";
import { compactJson } from "../formats/json/mod.ts";
import { encodeProvenance, encodeTarget } from "./encode.ts";

/*
 * The effects of a call for decisions. Digests contain `endpoint_class` and `destructive` as inferred by
 * docs/spec/gate.md 2.3, because approvals of other programs are bound to them. Decisions add what that inference
 * misses and never remove anything (2.3, item 8).
 */

/** A call, or a step of a script. */
interface Call {
  readonly toolName: string;
  readonly targets: readonly Target[];
}

/** The endpoint classes of a call; a target may have two. */
export function classesOf({ toolName, targets }: Call): string[] {
  const classes = targets.flatMap(({ kind, operation, endpointClass }) => [
    endpointClass,
    ...(holdsWord(EXECUTIONS, operation) ? ["proc.exec"] : []),
    ...(kind === "path" && holdsWord(DELETIONS, operation) ? ["fs.delete"] : []),
  ]);
  return runsCode(toolName) ? [...classes, "proc.exec"] : classes;
}

/** Whether a call is destructive or executes code; for a script, whether the script itself or any of its steps is. */
export function isDestructiveCall(call: Call & Pick<Intent, "script" | "unusedToolName">): boolean {
  return runsCode(call.toolName) || (call.unusedToolName !== undefined && runsCode(call.unusedToolName)) ||
    call.targets.some(isDestructiveTarget) ||
    (call.script?.steps.some(isDestructiveCall) ?? false);
}

/** Whether a target is destructive, by itself or by its operation. */
export function isDestructiveTarget(
  { destructive, operation }: Pick<Target, "destructive" | "operation">,
): boolean {
  return destructive || holdsWord(EXECUTIONS, operation) || holdsWord(DELETIONS, operation);
}

/** Whether an operation contains one of these words, as in `force_delete`, `deleteall` and `ｄelete`. */
function holdsWord(words: ReadonlySet<string>, operation: string): boolean {
  return words.has(operation) || wordsOf(operation).some((word) => words.has(word));
}

/** The words of operations that were asked about before: agents use the same few. */
const known = new Map<string, readonly string[]>();
const KEPT = 256;
const KEPT_LENGTH = 64;

function wordsOf(operation: string): readonly string[] {
  const held = known.get(operation);
  if (held !== undefined) return held;
  const found = lower(asSeen(operation)).split(/[^a-z]/).flatMap((word) => splitJoined(word));
  if (known.size < KEPT && operation.length <= KEPT_LENGTH) known.set(operation, found);
  return found;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const EXECUTIONS = words("exec execute spawn run eval evaluate shell command cmd script sudo popen");
const DELETIONS = words(
  "delete remove rm unlink rmdir drop truncate del deltree rmtree destroy purge wipe wipefs erase shred expunge " +
    "obliterate nuke prune uninstall dropdb flushdb flushall kill killall pkill terminate shutdown reboot poweroff " +
    "halt mkfs teardown",
);

/** What stands beside such words in an operation without borders: `deleteall`, `bulkdelete`, `droptable`, `execsync`. */
const NEIGHBOURS = words(
  "all many one any by id ids in on from force bulk batch hard soft sync async forever permanently recursive " +
    "recursively db database table tables schema index column row rows record records document documents collection " +
    "bucket object objects item items entry entries key keys file files folder folders dir directory path tree " +
    "user users account accounts role branch tag repo repository namespace pod container instance cluster volume " +
    "process job task message messages topic queue code query sql update and or if exists",
);
const splitJoined = wordSplitter(
  new Set([...EXECUTIONS, ...DELETIONS, ...NEIGHBOURS].filter((word) => word !== "rm" && word !== "del")),
);

/** The targets and provenance that only the script declares. */
export interface BeyondSteps {
  readonly targets: readonly Target[];
  readonly provenance: readonly Provenance[];
}

const NOTHING: BeyondSteps = { targets: [], provenance: [] };

/**
 * Targets and provenance of a script that are in none of its steps. In digests they replace those of the steps
 * (docs/spec/gate.md 2.4), so decisions must consider both: otherwise a script could hide its steps behind a harmless
 * target, or the steps could hide the targets of the script.
 */
export function beyondSteps({ script, targets, provenance }: Intent): BeyondSteps {
  if (!script) return NOTHING;
  const { steps } = script;
  return {
    targets: others(targets, steps.flatMap((step) => step.targets), encodeTarget),
    provenance: others(provenance, steps.flatMap((step) => step.provenance), encodeProvenance),
  };
}

/** All targets of an intent: those of its steps, and its own. */
export function allTargets(intent: Intent): readonly Target[] {
  const { script, targets } = intent;
  if (!script) return targets;
  return [...script.steps.flatMap((step) => step.targets), ...beyondSteps(intent).targets];
}

function others<T>(
  items: readonly T[],
  known: readonly T[],
  encode: (item: T) => Parameters<typeof compactJson>[0],
): readonly T[] {
  if (items.length === 0) return items;
  const names = new Set(known.map((item) => compactJson(encode(item))));
  return items.filter((item) => !names.has(compactJson(encode(item))));
}
