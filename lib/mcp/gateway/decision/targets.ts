import type { JsonObject, JsonValue } from "../../../formats/json/mod.ts";
import { trim } from "../../../formats/text.ts";
import { addressed, argumentTargets } from "../../argument_targets.ts";
import { foldName } from "../../fields.ts";
import type { ToolEffects } from "./annotations.ts";
import type { ToolMapping } from "./mapping.ts";
import type { Subject } from "./subject.ts";

/** A target as an intent request writes it. */
type TargetRequest = JsonObject;

/**
 * The targets of a call (docs/spec/mcp.md 10.5): the tool itself, which carries what it may do, and what its arguments
 * name. A mapping says which arguments these are; without one they are found by their names. A target only adds to what
 * a policy looks at.
 */
export function targetsOf(
  subject: Subject,
  toolName: string,
  effects: ToolEffects,
  mapping: ToolMapping | undefined,
): TargetRequest[] {
  const hints = {
    discovery_method: "mcp",
    read_only_hint: effects.readOnly,
    destructive_hint: effects.destructive,
    idempotent_hint: effects.idempotent,
    open_world_hint: effects.openWorldHint,
  };
  const target = (kind: string, value: string, operation = ""): TargetRequest => ({
    kind,
    value,
    operation,
    ...hints,
  });
  const named = (args: JsonObject) => argumentTargets(args).map(({ kind, value }) => target(kind, value));
  switch (subject.kind) {
    case "resource": {
      const { kind, value } = addressed("url", subject.name);
      return [target(kind, value, "read")];
    }
    case "tool": {
      const mapped = mapping?.targets?.flatMap(({ kind, argument, operation }) =>
        textsOf(subject.args, argument).map((value) => target(kind, value, operation))
      );
      return [target("other", toolName), ...mapped ?? named(subject.args)];
    }
    case "prompt":
      return [target("other", toolName), ...named(subject.args["arguments"] as JsonObject)];
    default:
      return [target("other", toolName)];
  }
}

/** The texts in an argument, by its name in any case: many servers read names without regard to it. */
function textsOf(args: JsonObject, argument: string): string[] {
  const folded = foldName(argument);
  return Object.entries(args).flatMap(([name, value]) => foldName(name) === folded ? textsIn(value) : []);
}

/** The texts in a value, at any depth, that are no blanks: servers take one for a list, and a list for one. */
function textsIn(value: JsonValue | undefined): string[] {
  if (typeof value === "string") return trim(value) === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
