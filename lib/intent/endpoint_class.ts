/*
 * Which class of endpoint a target is, when it does not say (docs/spec/gate.md 2.3). Digests depend on every line, also
 * where a substring of a tool name misleads ("fs.format" has "rm" in it).
 */

/** The class that follows from kind, operation and tool name. */
export function inferEndpointClass(kind: string, operation: string, toolName: string): string {
  switch (kind) {
    case "path":
      return PATH_OPERATIONS.get(operation) ?? hintedClass(PATH_HINTS, toolName);
    case "host":
    case "url":
      return NAME_LOOKUPS.has(operation) ? "net.dns" : "net.http";
    case "other":
      return EXECUTIONS.has(operation) ? "proc.exec" : hintedClass(EXECUTION_HINTS, toolName);
    default:
      return "other";
  }
}

/** Whether class or operation say that something is lost or run. */
export function isDestructive(endpointClass: string, operation: string): boolean {
  return endpointClass === "fs.delete" || endpointClass === "proc.exec" || DESTRUCTIVE.has(operation);
}

type Hints = readonly (readonly [endpointClass: string, parts: readonly string[]])[];

function hintedClass(hints: Hints, toolName: string): string {
  const hint = toolHint(toolName);
  return hints.find(([, parts]) => parts.some((part) => hint.includes(part)))?.[0] ?? "other";
}

/** The part of a tool name that tells about its targets. */
export function toolHint(toolName: string): string {
  return toolName.slice(toolName.lastIndexOf("/") + 1);
}

/** What in a tool name classes targets of this kind that have no operation, for `policy lint`. */
export function findHint(
  kind: "path" | "other",
  toolName: string,
): { readonly endpointClass: string; readonly part: string } | undefined {
  const hint = toolHint(toolName);
  for (const [endpointClass, parts] of kind === "path" ? PATH_HINTS : EXECUTION_HINTS) {
    const part = parts.find((word) => hint.includes(word));
    if (part !== undefined) return { endpointClass, part };
  }
  return undefined;
}

const words = (text: string) => text.split(" ");
const DELETIONS = words("delete remove rm unlink rmdir drop truncate");

const PATH_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ...words("read get list open cat head download stat").map((word) => [word, "fs.read"] as const),
  ...words("write append put create update save copy move rename").map((word) => [word, "fs.write"] as const),
  ...DELETIONS.map((word) => [word, "fs.delete"] as const),
]);

const PATH_HINTS: Hints = [
  ["fs.read", words("read list fetch search")],
  ["fs.write", words("write update save create")],
  ["fs.delete", words("delete remove rm drop")],
];

const NAME_LOOKUPS: ReadonlySet<string> = new Set(words("dns resolve lookup"));
const EXECUTIONS: ReadonlySet<string> = new Set(words("exec spawn run shell command"));
const EXECUTION_HINTS: Hints = [["proc.exec", words("exec shell command spawn run")]];
const DESTRUCTIVE: ReadonlySet<string> = new Set([...DELETIONS, "exec", "spawn"]);
