import type { JsonObject, JsonValue } from "../../../formats/json/mod.ts";
import { trim } from "../../../formats/text.ts";
import type { ToolEffects } from "./annotations.ts";
import type { ToolMapping } from "./mapping.ts";
import type { Subject } from "./subject.ts";

/** Arguments that commonly hold a path or an address. */
const PATHS = new Set(["path", "file", "file_path", "filepath", "filename", "directory", "dir", "folder"]);
const MOVES = new Set(["source", "destination", "src", "dst"]);
const PATH_LISTS = new Set(["paths", "files", "file_paths"]);
const ADDRESSES = new Set(["url", "uri", "endpoint", "href"]);
const ADDRESS_LISTS = new Set(["urls", "uris"]);
const HOSTS = new Set(["host", "hostname"]);

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
  if (subject.kind === "resource") return [resourceTarget(subject.name, target)];
  const found = subject.kind !== "tool"
    ? []
    : mapping?.targets
    ? mapping.targets.flatMap(({ kind, argument, operation }) =>
      textsOf(subject.args[argument]).map((value) => target(kind, value, operation))
    )
    : inferred(subject.args, target);
  return [target("other", toolName), ...found];
}

type MakeTarget = (kind: string, value: string, operation?: string) => TargetRequest;

function inferred(args: JsonObject, target: MakeTarget): TargetRequest[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const folded = name.toLowerCase();
    const texts = (list: boolean) => list === Array.isArray(value) ? textsOf(value) : [];
    if (PATHS.has(folded) || MOVES.has(folded)) return texts(false).map((text) => addressed(text, target));
    if (PATH_LISTS.has(folded)) return texts(true).map((text) => addressed(text, target));
    if (ADDRESSES.has(folded)) return texts(false).map((text) => addressed(text, target, "url"));
    if (ADDRESS_LISTS.has(folded)) return texts(true).map((text) => addressed(text, target, "url"));
    return HOSTS.has(folded) ? texts(false).map((text) => target("host", text)) : [];
  });
}

function resourceTarget(uri: string, target: MakeTarget): TargetRequest {
  return addressed(uri, (kind, value) => target(kind, value, "read"), "url");
}

/** A path or an address; `file:` addresses are paths. */
function addressed(text: string, target: MakeTarget, kind: "path" | "url" = "path"): TargetRequest {
  if (!/^file:/i.test(text)) return target(/^[a-z][a-z0-9+.-]{1,31}:\/\//i.test(text) ? "url" : kind, text);
  try {
    const url = new URL(text);
    if (url.host === "") return target("path", decodeURIComponent(url.pathname));
  } catch {
    // What is no address is looked at as it is written.
  }
  return target("url", text);
}

/** The texts of an argument that are no blanks. */
function textsOf(value: JsonValue | undefined): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.filter((item): item is string => typeof item === "string" && trim(item) !== "");
}
