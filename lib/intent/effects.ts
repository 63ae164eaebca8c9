import type { Intent, Provenance, Target } from "./types.ts";
import { runsCode } from "./runs_code.ts";
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

/** Whether an operation contains one of these words, as in `force_delete`. */
function holdsWord(words: ReadonlySet<string>, operation: string): boolean {
  return words.has(operation) ||
    (/[^a-z]/.test(operation) && operation.split(/[^a-z]/).some((word) => words.has(word)));
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const EXECUTIONS = words("exec execute spawn run eval evaluate shell command cmd script sudo popen");
const DELETIONS = words(
  "delete remove rm unlink rmdir drop truncate del deltree rmtree destroy purge wipe wipefs erase shred expunge " +
    "obliterate nuke prune uninstall dropdb flushdb flushall kill killall pkill terminate shutdown reboot poweroff " +
    "halt mkfs teardown",
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
