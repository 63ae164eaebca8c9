import type { Intent, Target } from "./types.ts";
import { runsCode } from "./runs_code.ts";

/*
 * What a call does, as decisions see it. Digests hold `endpoint_class` and `destructive` as docs/spec/gate.md 2.3
 * infers them, because approvals of other programs are bound to them. Decisions add what that inference misses, and
 * never take anything away (2.3, item 8).
 */

/** A call, or a step of a script. */
interface Call {
  readonly toolName: string;
  readonly targets: readonly Target[];
}

/** The classes of endpoints that a call touches; one target may count for two. */
export function classesOf({ toolName, targets }: Call): string[] {
  const classes = targets.flatMap(({ kind, operation, endpointClass }) => [
    endpointClass,
    ...(holdsWord(EXECUTIONS, operation) ? ["proc.exec"] : []),
    ...(kind === "path" && holdsWord(DELETIONS, operation) ? ["fs.delete"] : []),
  ]);
  return runsCode(toolName) ? [...classes, "proc.exec"] : classes;
}

/** Whether a call loses or runs something; of a script, whether the script itself or any of its steps does. */
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

/** Whether an operation is one of these words or has it in it, as `force_delete` has. */
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
